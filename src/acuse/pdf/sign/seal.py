"""Seals: PAdES signatures of whoever runs the installation (ETSI EN 319 142-1).

A seal adds revisions *behind* the unsigned PDF, which stays the byte prefix of the sealed file:

1. the seal: an invisible certification signature that forbids every later change (DocMDP 1), with, from B-T on, an
   RFC 3161 token over its signature value;
2. for B-LTA, in ONE more revision: the document security store (certificates and revocation lists of the seal and of
   the time stamping authority, without VRI) and the document time stamp. pyHanko's own sequence writes the store of
   the time stamp's chain behind the time stamp, where nothing covers it; here the store comes first, so the last byte
   range ends with the file.

Nothing here knows a network: the caller gives a function that obtains a time stamp token and one that obtains
revocation lists. Trust roots are always given; the operating system's store is never read.
"""

import hashlib
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, Literal

from asn1crypto import cms, crl, x509
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign import fields
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner, PdfTimeStamper
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore

from acuse import clock
from acuse.errors import AcuseError, ConfigurationError, InputError, TemporaryError
from acuse.pdf.sign.key import DIGEST, SealSigner, load_seal_key
from acuse.pdf.sign.paths import Certificates, check_path
from acuse.pdf.sign.splice import add_time_stamp, signature_value

Level = Literal["B-B", "B-T", "B-LTA"]

RequestToken = Callable[[bytes], bytes]
"""SHA-256 imprint (32 bytes) -> DER of one verified RFC 3161 token; `TemporaryError` when no authority answers."""

RevocationLists = Callable[[Sequence[bytes]], Sequence[bytes]]
"""DER certificates (end entities and intermediates, no root) -> DER revocation lists that cover them."""

SIGNATURE_DIGITS = 24_576
"""Hexadecimal digits kept free for the seal: 12 kB for two chains. Fixed, so that pyHanko signs once, not twice."""

TIMESTAMP_DIGITS = 16_384
"""Hexadecimal digits kept free for the document time stamp."""

SEAL_FIELD = "AcuseSeal"
TIMESTAMP_FIELD = "AcuseTimestamp"

UNSIGNED_LIMIT = 128 * 1024 * 1024
"""Largest unsigned PDF, in bytes."""

_UNTAGGED_WIDGET = fields.InvisSigSettings(set_print_flag=True, set_hidden_flag=False, box_out_of_bounds=True)
"""The one form of an invisible, untagged widget that both PDF/A-3 and PDF/UA-1 allow."""

_AUTHORITY_CHANGES = 3


@dataclass(frozen=True, kw_only=True)
class SealedPdf:
    """A sealed document.

    Attributes:
        content: the whole file; begins with the unsigned PDF.
        level: the PAdES baseline level it has.
    """

    content: bytes
    level: Level


class _TokenAsItCame(cms.ContentInfo):
    """A token that is written byte for byte as the authority sent it (see `splice` for why)."""

    der: bytes

    def dump(self, force: bool = False) -> bytes:
        del force
        return self.der


class _Tokens(TimeStamper):
    """pyHanko's view of the caller's `RequestToken`; remembers the certificates of the tokens that were embedded."""

    def __init__(self, request_token: RequestToken) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._request_token = request_token
        self.last: Certificates | None = None
        self.last_time: datetime | None = None

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        if md_algorithm != DIGEST:
            raise SigningError(f"Only {DIGEST} imprints are stamped.")
        return self.token(message_digest)

    def token(self, imprint: bytes) -> _TokenAsItCame:
        """Obtain a token over a SHA-256 digest."""
        der = self._request_token(imprint)
        read = cms.ContentInfo.load(der, strict=True)
        self.last = Certificates.of_token(read)
        self.last_time = read["content"]["encap_content_info"]["content"].parsed["gen_time"].native
        token: _TokenAsItCame = _TokenAsItCame.load(der, strict=True)  # type: ignore[no-untyped-call]
        token.der = der
        return token


class _Writer(IncrementalPdfFileWriter):
    """Adds objects and nothing else: pyHanko would also rewrite the metadata, which stay true, in each revision."""

    def _update_meta(self) -> None:
        pass

    def behind(self, content: bytes) -> "_Writer":
        """Return a writer of the next revision, once, behind the one that this writer wrote.

        It goes on with what is read already: parsing the file again would take a quarter of all sealing.

        Args:
            content: the whole file with this writer's revision.
        """
        if self.stream_xrefs:
            return _Writer(BytesIO(content), strict=True)  # its table is an object too, and that one nobody holds
        reader = self.prev
        for (generation, number), written in self.objects.items():
            _place(written, generic.Reference(number, generation, reader))
            reader.cache_indirect_object(generation, number, written)
        size = max(reader.trailer["/Size"], 1 + max(number for _, number in self.objects))
        reader.trailer["/Size"] = generic.NumberObject(size)
        reader.last_startxref = int(content.rsplit(b"startxref", 1)[1].split()[0])
        reader.stream = BytesIO(content)
        return _Writer(reader.stream, prev=reader)


def _place(value: generic.PdfObject, reference: generic.Reference) -> None:
    """Say of a value and all in it which object they are part of, as reading them from the file would."""
    value.container_ref = reference
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            _place(part, reference)


class Seal:
    """The private key, certificate and chain that seal documents. Immutable; may be used by several threads at once."""

    def __init__(self, signer: SealSigner) -> None:
        self._signer = signer

    @classmethod
    def load(cls, pkcs12: bytes, passphrase: bytes) -> "Seal":
        """Open a PKCS #12 file; the key is parsed once, here.

        Args:
            pkcs12: the file's bytes, with the key, its certificate and the intermediates.
            passphrase: UTF-8 bytes.

        Raises:
            ConfigurationError: wrong passphrase, no key, a key that is neither RSA (2048 bits or more) nor
                P-256, a key that does not fit the certificate, a certificate that is not valid now or may not sign.
        """
        return cls(load_seal_key(pkcs12, passphrase, at=clock.now()))

    @property
    def certificate(self) -> bytes:
        """DER of the seal's certificate."""
        return bytes(self._signer.certificates.leaf.dump())

    @property
    def chain(self) -> tuple[bytes, ...]:
        """DER of the intermediates, without the root."""
        return tuple(bytes(each.dump()) for each in self._signer.certificates.others)

    @property
    def subject(self) -> str:
        """The certificate's subject as one line for a person."""
        return str(self._signer.certificates.leaf.subject.human_friendly)

    @property
    def not_after(self) -> datetime:
        """Last moment of the certificate's validity, aware."""
        moment: datetime = self._signer.certificates.leaf.not_valid_after
        return moment

    def sign_pdf(
        self,
        unsigned: bytes,
        *,
        level: Level,
        signed_at: datetime,
        request_token: RequestToken | None = None,
        trust_roots: Sequence[bytes] = (),
        revocation_lists: RevocationLists | None = None,
        reason: str | None = None,
        location: str | None = None,
    ) -> SealedPdf:
        """Seal a PDF at exactly the level asked for.

        A caller that would rather have a lower level than none catches `TemporaryError` and asks again.

        Args:
            unsigned: a PDF without signatures, at most `UNSIGNED_LIMIT` bytes.
            level: PAdES baseline level.
            signed_at: aware; the claimed signing time (`/M`).
            request_token: needed for B-T (called once) and B-LTA (twice; again if the authority changes between).
            trust_roots: DER of the roots of the seal and of the time stamping authorities; needed for B-LTA.
            revocation_lists: needed for B-LTA.
            reason: `/Reason`, shown by readers.
            location: `/Location`.

        Raises:
            InputError: not a PDF that can be sealed.
            ConfigurationError: expired, revoked, not under a root, or a token too large for the space kept.
            TemporaryError: no token, or no current revocation list.
        """
        if len(unsigned) > UNSIGNED_LIMIT:
            raise InputError(f"The document is too large to be sealed: {len(unsigned)} bytes, limit {UNSIGNED_LIMIT}.")
        self._check_validity(signed_at)
        tokens = _tokens_for(level, request_token)
        metadata = PdfSignatureMetadata(
            field_name=SEAL_FIELD,
            md_algorithm=DIGEST,
            subfilter=fields.SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=fields.MDPPerm.NO_CHANGES,
            reason=reason,
            location=location,
        )
        try:
            content, writer = self._add_seal(unsigned, metadata, signed_at, tokens)
            if tokens is not None and level == "B-LTA":
                if revocation_lists is None or not trust_roots:
                    raise ConfigurationError("Level B-LTA needs trust roots and a source of revocation lists.")
                content = self._add_timestamp(content, writer.behind(content), tokens, trust_roots, revocation_lists)
        except AcuseError:
            raise
        except SigningError as error:
            raise ConfigurationError(f"The document could not be sealed: {error}.") from error
        except (PdfError, ValueError, TypeError, KeyError, RecursionError) as error:
            raise InputError("This is not a PDF that can be sealed.") from error
        if not content.startswith(unsigned):
            raise InputError("This PDF cannot be sealed by adding to it.")
        return SealedPdf(content=content, level=level)

    def _check_validity(self, moment: datetime) -> None:
        if moment.tzinfo is None:
            raise InputError("The signing time must carry its zone.")
        leaf = self._signer.certificates.leaf
        if not leaf.not_valid_before <= moment <= leaf.not_valid_after:
            raise ConfigurationError(
                f"The seal's certificate is valid from {leaf.not_valid_before} to {leaf.not_valid_after}: "
                "install a current one."
            )

    def _add_seal(
        self, unsigned: bytes, metadata: PdfSignatureMetadata, signed_at: datetime, tokens: _Tokens | None
    ) -> tuple[bytes, _Writer]:
        """Append the seal's revision (with the signature time stamp when there are tokens); return its writer too."""
        # A line end between the old end mark and the new objects: without it both stand on one line.
        base = unsigned if unsigned.endswith(b"\n") else unsigned + b"\n"
        writer = _Writer(BytesIO(base), strict=True)
        if writer.prev.embedded_signatures:
            raise InputError("This PDF is already signed.")
        widget = fields.SigFieldSpec(sig_field_name=SEAL_FIELD, invis_sig_settings=_UNTAGGED_WIDGET)
        signer = PdfSigner(metadata, self._signer, new_field_spec=widget)
        session = signer.init_signing_session(writer)
        session.system_time = signed_at
        prepared = session.prepare_tbs_document(validation_info=None, bytes_reserved=SIGNATURE_DIGITS)
        output = BytesIO()
        digest, _ = prepared.digest_tbs_document(output=output)
        signature = self._signer.sign_digest(digest.document_digest)
        if tokens is not None:
            imprint = hashlib.sha256(signature_value(signature)).digest()
            signature = add_time_stamp(signature, tokens.token(imprint).der)
        digest.fill_with_cms(output, signature)
        return output.getvalue(), writer

    def _add_timestamp(
        self,
        sealed: bytes,
        writer: _Writer,
        tokens: _Tokens,
        trust_roots: Sequence[bytes],
        revocation_lists: RevocationLists,
    ) -> bytes:
        """Append the revision with the security store and the document time stamp.

        The store must hold the chain of a token that does not exist yet, so the chain of the signature's token is
        taken; if another authority (or another unit of the same) then answers, its chain is added and the revision is
        made again.
        """
        roots = [x509.Certificate.load(root) for root in trust_roots]
        known: list[Certificates] = [self._signer.certificates]
        for _ in range(_AUTHORITY_CHANGES):
            assert tokens.last is not None
            assert tokens.last_time is not None
            known.append(tokens.last)
            stored = _without_roots(known, roots)
            lists = [bytes(each) for each in revocation_lists([bytes(each.dump()) for each in stored])]
            ends = [check_path(known[0], roots=roots, lists=lists, at=tokens.last_time, usage="seal")]
            ends += [
                check_path(each, roots=roots, lists=lists, at=tokens.last_time, usage="timestamp") for each in known[1:]
            ]
            # Roots are no evidence, but validators look for the issuer of the issuing authority's list in the store.
            stored += {end.dump(): end for end in ends}.values()
            content = _timestamped(writer, tokens, stored, lists)
            if tokens.last.ders <= {der for each in known for der in each.ders}:
                return content
            writer = _Writer(BytesIO(sealed), strict=True)
        raise TemporaryError(
            "The time stamping authorities kept changing their certificates while one document was sealed."
        )


def _tokens_for(level: Level, request_token: RequestToken | None) -> _Tokens | None:
    if level == "B-B":
        return None
    if request_token is None:
        raise ConfigurationError(f"Level {level} needs a time stamping authority.")
    return _Tokens(request_token)


def _timestamped(
    writer: _Writer, tokens: _Tokens, certificates: Sequence[x509.Certificate], lists: Sequence[bytes]
) -> bytes:
    DocumentSecurityStore.supply_dss_in_writer(
        writer, None, certs=certificates, crls=[crl.CertificateList.load(each, strict=True) for each in lists]
    )
    stamper = PdfTimeStamper(
        tokens, field_name=TIMESTAMP_FIELD, invis_settings=_UNTAGGED_WIDGET, readable_field_name="Document time stamp"
    )
    _run(stamper.async_timestamp_pdf(writer, DIGEST, bytes_reserved=TIMESTAMP_DIGITS, in_place=True))
    content: bytes = writer.prev.stream.getvalue()
    return content


def _run(steps: Coroutine[Any, Any, object]) -> None:
    """Run a coroutine of pyHanko's that waits for nothing, as `_Tokens` does not; an event loop would cost 3 ms."""
    try:
        steps.send(None)
    except StopIteration:
        return
    steps.close()
    raise AssertionError("A coroutine waited without an event loop.")


def _without_roots(known: Sequence[Certificates], roots: Sequence[x509.Certificate]) -> list[x509.Certificate]:
    """Every certificate once, in order, without the trust roots."""
    trusted = {root.dump() for root in roots}
    unique = {each.dump(): each for group in known for each in (group.leaf, *group.others)}
    return [each for der, each in unique.items() if der not in trusted]
