"""The examination of a sealed PDF, in the order that the package describes."""

from datetime import datetime, timedelta
from itertools import pairwise

from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from acuse.errors import CannotTell, Invalid
from acuse.proof.chain import name_of, says_no_legal_value
from acuse.proof.pdf.cms import SealSignature, Token, anchor_of, is_token, open_seal, open_token, seal_anchor_of
from acuse.proof.pdf.container import STEP, last_container
from acuse.proof.pdf.reading import Structure, read_attachments, read_structure
from acuse.proof.pdf.validation import validate_at, validate_long_term
from acuse.proof.pdf.values import Level, PdfEvidence, PdfTimestamp
from acuse.proof.timestamp import DEVELOPMENT_POLICY
from acuse.proof.trust import Trust

_CLOCK_TOLERANCE = timedelta(seconds=5)
"""Two authorities may disagree by so much (each states an accuracy of 1 s or better)."""


def examine_pdf(raw: bytes, trust: Trust) -> PdfEvidence:
    """See `acuse.proof.pdf.examine`; pyHanko's own errors on unreadable files pass through here."""
    # 1 outer shell
    last = last_container(raw)
    open_last = open_token if is_token(last.der) else open_seal
    open_last(last.der, content=raw[: last.start] + raw[last.end :])
    if not trust.seals:
        raise CannotTell(STEP, "No trust anchor was given, so nobody vouches for who sealed the PDF.")
    # 2 shape
    structure = read_structure(raw, last)
    seal = open_seal(structure.seal_der, content=structure.signed[0])
    tokens = _tokens(structure, seal)
    # 3 contents
    sealed_at = tokens[0].at if tokens else _claimed_time(structure.seal)
    ends = [seal_anchor_of(seal.signed, anchors=trust.seals, at=sealed_at)]
    ends += [anchor_of(each.signed, anchors=trust.stamps, at=each.at) for each in tokens]
    # 4 changes, 5 signatures, paths and revocation
    level = _level(seal, structure)
    if level == "B-LTA":
        validate_long_term(structure.seal, trust, tokens[-1].at)
    else:
        validate_at(structure.seal, trust, sealed_at)
    return PdfEvidence(
        attachments=read_attachments(raw[: structure.prefix_length]),  # 6 attachments
        seal_certificate=seal.signed.signer,
        seal_time=sealed_at,
        level=level,
        timestamps=tuple(_timestamp(each, first=at == 0) for at, each in enumerate(tokens)),
        anchors=tuple(dict.fromkeys(ends)),
        development=any(each.policy == DEVELOPMENT_POLICY for each in tokens)
        or says_no_legal_value((seal.signed.signer, *ends)),
        revocation_checked=level == "B-LTA",
        unsigned_prefix_length=structure.prefix_length,
    )


def _tokens(structure: Structure, seal: SealSignature) -> list[Token]:
    """The time stamps over the seal's signature and over the document, in order, each over what it must be."""
    tokens = [] if seal.token is None else [seal.token]
    for der, content in zip(structure.token_ders, structure.signed[1:], strict=True):
        tokens.append(open_token(der, content=content))
    for earlier, later in pairwise(tokens):
        if later.at < earlier.at - _CLOCK_TOLERANCE:
            raise Invalid(STEP, "The time stamps of the PDF are not in order of time.")
    return tokens


def _level(seal: SealSignature, structure: Structure) -> Level:
    if seal.token is None:
        if structure.timestamps:
            raise Invalid(STEP, "The document is time stamped, but its seal is not.")
        return "B-B"
    return "B-LTA" if structure.timestamps else "B-T"


def _claimed_time(seal: EmbeddedPdfSignature) -> datetime:
    claimed: datetime | None = seal.self_reported_timestamp
    if claimed is None or claimed.tzinfo is None:
        raise Invalid(STEP, "The seal does not say when it was made.")
    return claimed


def _timestamp(token: Token, *, first: bool) -> PdfTimestamp:
    return PdfTimestamp(
        over="signature" if first else "document",
        at=token.at,
        authority=name_of(token.signed.signer),
        policy=token.policy,
        serial_number=token.serial_number,
        certificate=token.signed.signer,
    )
