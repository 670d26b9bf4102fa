"""The examination of a sealed PDF, in the order that the package describes."""

from datetime import datetime, timedelta

from cryptography import x509
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from acuse.errors import CannotTell, Invalid
from acuse.proof.pdf.cms import Signed, check_only_path, content_type_of, hash_of, open_signed
from acuse.proof.pdf.container import STEP, last_container
from acuse.proof.pdf.reading import Structure, read_attachments, read_structure
from acuse.proof.pdf.validation import validate_at, validate_long_term
from acuse.proof.pdf.values import Level, PdfEvidence, PdfTimestamp

_CLOCK_TOLERANCE = timedelta(seconds=5)
"""Two authorities may disagree by so much (each states an accuracy of 1 s or better)."""


def examine_pdf(raw: bytes, anchors: tuple[x509.Certificate, ...]) -> PdfEvidence:
    """See `acuse.proof.pdf.examine`; pyHanko's own errors on unreadable files pass through here."""
    # 1 outer shell
    last = last_container(raw)
    _check_covers(open_signed(last.der, expected=content_type_of(last.der)), raw[: last.start] + raw[last.end :])
    if not anchors:
        raise CannotTell(STEP, "No trust anchor was given, so nobody vouches for who sealed the PDF.")
    # 2 shape
    structure = read_structure(raw, last)
    seal = open_signed(structure.seal_der, expected="data")
    _check_covers(seal, structure.signed[0])
    tokens = _tokens(structure, seal)
    # 3 contents
    found = [check_only_path(each, anchors=anchors, stored=structure.stored) for each in (seal, *tokens)]
    # 4 changes, 5 signatures, paths and revocation
    level = _level(seal, structure)
    at = tokens[-1].stamped_at if tokens else _claimed_time(structure.seal)
    if level == "B-LTA":
        validate_long_term(structure.seal, anchors, at)
    else:
        validate_at(structure.seal, anchors, at)
    return PdfEvidence(
        attachments=read_attachments(raw[: structure.prefix_length]),  # 6 attachments
        seal_certificate=x509.load_der_x509_certificate(seal.leaf.dump()),
        seal_time=tokens[0].stamped_at if tokens else at,
        level=level,
        timestamps=tuple(_timestamp(each, first=at == 0) for at, each in enumerate(tokens)),
        anchors=tuple(dict.fromkeys(found)),
        revocation_checked=level == "B-LTA",
        unsigned_prefix_length=structure.prefix_length,
    )


def _check_covers(signed: Signed, content: bytes) -> None:
    if signed.stamp is not None:
        signed.check_stamps(content)
    elif hash_of(signed.digest, content) != signed.message_digest:
        raise Invalid(STEP, "The PDF was altered after it was sealed.")


def _tokens(structure: Structure, seal: Signed) -> list[Signed]:
    """The time stamp over the seal's signature and those over the document, each over what it must be, in order of time."""
    tokens: list[Signed] = []
    if seal.token is not None:
        tokens.append(open_signed(seal.token, expected="tst_info"))
        tokens[0].check_stamps(seal.signature)
    for der, content in zip(structure.token_ders, structure.signed[1:], strict=True):
        token = open_signed(der, expected="tst_info")
        token.check_stamps(content)
        tokens.append(token)
    for earlier, later in zip(tokens, tokens[1:], strict=False):
        if later.stamped_at < earlier.stamped_at - _CLOCK_TOLERANCE:
            raise Invalid(STEP, "The time stamps of the PDF are not in order of time.")
    return tokens


def _level(seal: Signed, structure: Structure) -> Level:
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


def _timestamp(token: Signed, *, first: bool) -> PdfTimestamp:
    assert token.stamp is not None
    return PdfTimestamp(
        over="signature" if first else "document",
        at=token.stamped_at,
        authority=token.leaf.subject.human_friendly,
        policy=token.stamp["policy"].native,
        serial_number=token.stamp["serial_number"].native,
        certificate=x509.load_der_x509_certificate(token.leaf.dump()),
    )
