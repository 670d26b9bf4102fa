"""A development time stamping authority: RFC 3161 requests in, responses out, no network.

The token carries the signer's certificate when asked for (certReq) and never the root. Its one-second accuracy is that
of a machine with NTP; the clock is handed in.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from asn1crypto import algos, cms, core, parser, tsp
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from acuse import clock
from acuse.embedded.authority import Issued
from acuse.errors import ConfigurationError, InputError

REQUEST_LIMIT = 16_384  # bytes
NONCE_LIMIT = 64  # bytes
ACCURACY_SECONDS = 1
DIGEST_SIZES = {"sha256": 32, "sha384": 48, "sha512": 64}
# Everything that asn1crypto raises on malformed input, found by fuzzing.
_MALFORMED = (ValueError, TypeError, KeyError, IndexError, RecursionError, OverflowError, AttributeError)


class Refusal(InputError):
    """A request that gets a rejection (RFC 3161 section 2.4.2).

    Args:
        failure: name of the PKIFailureInfo bit, as asn1crypto writes it.
        reason: one sentence for the status string.
    """

    def __init__(self, failure: str, reason: str) -> None:
        super().__init__(reason)
        self.failure = failure


@dataclass(frozen=True, kw_only=True)
class _Parts:
    """What every token of one certificate has in common, as DER: building it each time took most of the time."""

    signer: bytes
    digest_algorithm: bytes
    signature_algorithm: bytes
    content_type: bytes
    signing_certificate: bytes
    certificates: bytes

    @classmethod
    def of(cls, issued: Issued, intermediates: Sequence[bytes]) -> Self:
        der = issued.certificate.public_bytes(serialization.Encoding.DER)
        certificate = asn1_x509.Certificate.load(der, strict=True)
        elliptic = isinstance(issued.key, ec.EllipticCurvePrivateKey)
        identifier = tsp.ESSCertIDv2(  # RFC 5816; its digest algorithm is SHA-256 when absent
            {
                "cert_hash": issued.certificate.fingerprint(hashes.SHA256()),
                "issuer_serial": {
                    "issuer": [asn1_x509.GeneralName({"directory_name": certificate.issuer})],
                    "serial_number": certificate.serial_number,
                },
            }
        )
        return cls(
            signer=cms.IssuerAndSerialNumber(
                {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
            ).dump(),
            digest_algorithm=algos.DigestAlgorithm({"algorithm": "sha256"}).dump(),
            signature_algorithm=algos.SignedDigestAlgorithm(
                {"algorithm": "sha256_ecdsa" if elliptic else "sha256_rsa"}
            ).dump(),
            content_type=cms.CMSAttribute({"type": "content_type", "values": ["tst_info"]}).dump(),
            signing_certificate=cms.CMSAttribute(
                {"type": "signing_certificate_v2", "values": [{"certs": [identifier]}]}
            ).dump(),
            certificates=b"".join(sorted([der, *intermediates])),
        )


class TimestampAuthority:
    """Answers time stamp requests.

    Args:
        issued: the time stamping certificate and its key; loaded once, because loading an RSA key checks it slowly.
        intermediates: certificates between it and the root, DER; without the root.
        policy: dotted object identifier under which every token is issued.
        now: the clock.

    Raises:
        ConfigurationError: the policy is not an object identifier.
    """

    def __init__(
        self,
        issued: Issued,
        *,
        policy: str,
        intermediates: Sequence[bytes] = (),
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        try:
            self._policy = core.ObjectIdentifier(policy).dotted
        except (ValueError, TypeError) as error:
            raise ConfigurationError(f"The time stamping policy {policy!r} is not an object identifier.") from error
        self._key = issued.key
        self._parts = _Parts.of(issued, intermediates)
        self._now = now

    def respond(self, raw: bytes) -> bytes:
        """Answer one request.

        Args:
            raw: DER of a TimeStampReq, at most 16 kB.

        Returns:
            DER of a TimeStampResp: granted with a token, or a rejection that says why. Never raises on bad input.
        """
        try:
            return self._grant(_parse(raw, self._policy))
        except Refusal as refusal:
            return _rejection(refusal)

    def _grant(self, request: tsp.TimeStampReq) -> bytes:
        content = tsp.TSTInfo(
            {
                "version": "v1",
                "policy": self._policy,
                "message_imprint": request["message_imprint"],
                "serial_number": self._serial(),
                "gen_time": self._now(),
                "accuracy": {"seconds": ACCURACY_SECONDS},
            }
        )
        if request["nonce"].native is not None:
            content["nonce"] = request["nonce"].native
        token = self._sign(content.dump(), with_certificates=bool(request["cert_req"].native))
        return _sequence(tsp.PKIStatusInfo({"status": "granted"}).dump(), token)

    def _serial(self) -> int:
        """Return a number that no restart and no other process repeats: the time and 64 random bits."""
        return int(self._now().timestamp() * 1_000_000) << 64 | secrets.randbits(64)

    def _sign(self, content: bytes, *, with_certificates: bool) -> bytes:
        """Return the token: a ContentInfo of SignedData version 3 (RFC 5652 section 5), as DER."""
        parts = self._parts
        digest = hashes.Hash(hashes.SHA256())
        digest.update(content)
        attributes = b"".join(
            sorted(  # DER orders the members of a set by their bytes
                [
                    parts.content_type,
                    cms.CMSAttribute({"type": "message_digest", "values": [digest.finalize()]}).dump(),
                    parts.signing_certificate,
                ]
            )
        )
        signer = _sequence(
            core.Integer(1).dump(),
            parts.signer,
            parts.digest_algorithm,
            _context(0, attributes),
            parts.signature_algorithm,
            core.OctetString(self._signature(_set(attributes))).dump(),
        )
        signed = _sequence(
            core.Integer(3).dump(),
            _set(parts.digest_algorithm),
            _sequence(cms.ContentType("tst_info").dump(), _context(0, core.OctetString(content).dump())),
            _context(0, parts.certificates) if with_certificates else b"",
            _set(signer),
        )
        return _sequence(cms.ContentType("signed_data").dump(), _context(0, signed))

    def _signature(self, attributes: bytes) -> bytes:
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(attributes, padding.PKCS1v15(), hashes.SHA256())
        return self._key.sign(attributes, ec.ECDSA(hashes.SHA256()))


def _parse(raw: bytes, policy: str) -> tsp.TimeStampReq:
    """Read a request and check everything that RFC 3161 section 2.4.1 lets a server check."""
    if len(raw) > REQUEST_LIMIT:
        raise Refusal("bad_data_format", f"A request has at most {REQUEST_LIMIT} bytes.")
    try:
        request: tsp.TimeStampReq = tsp.TimeStampReq.load(raw, strict=True)
        fields = request.native
        imprint = request["message_imprint"]
        algorithm = imprint["hash_algorithm"]["algorithm"].native
        digest = imprint["hashed_message"].native
        parameters = imprint["hash_algorithm"]["parameters"]
        nonce = request["nonce"].contents or b""
        # Signed bytes are ours: the imprint is written again in its one DER form.
        request["message_imprint"] = tsp.MessageImprint.load(imprint.dump(force=True), strict=True)
    except _MALFORMED as error:
        raise Refusal("bad_data_format", "This is not a time stamp request.") from error
    if fields["version"] != "v1":
        raise Refusal("bad_request", "Only version 1 is known.")
    if algorithm not in DIGEST_SIZES or not isinstance(parameters, core.Null | core.Void):
        raise Refusal("bad_alg", f"The digest must be one of {', '.join(sorted(DIGEST_SIZES))}.")
    if len(digest) != DIGEST_SIZES[algorithm]:
        raise Refusal("bad_data_format", f"A {algorithm} digest has {DIGEST_SIZES[algorithm]} bytes.")
    if fields["req_policy"] is not None and request["req_policy"].dotted != policy:
        raise Refusal("unaccepted_policy", f"The only policy is {policy}.")
    if fields["extensions"] is not None:
        raise Refusal("unaccepted_extensions", "No extension is known.")
    if len(nonce) > NONCE_LIMIT:
        raise Refusal("bad_request", f"A nonce has at most {NONCE_LIMIT} bytes.")
    return request


def _rejection(refusal: Refusal) -> bytes:
    status = {"status": "rejection", "status_string": [str(refusal)], "fail_info": {refusal.failure}}
    return _sequence(tsp.PKIStatusInfo(status).dump())


def _sequence(*parts: bytes) -> bytes:
    return bytes(parser.emit(0, 1, 16, b"".join(parts)))


def _set(*parts: bytes) -> bytes:
    return bytes(parser.emit(0, 1, 17, b"".join(parts)))


def _context(tag: int, content: bytes) -> bytes:
    return bytes(parser.emit(2, 1, tag, content))
