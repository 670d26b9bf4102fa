"""A development time stamping authority: RFC 3161 requests in, responses out, no network.

The token carries the signer's certificate when asked for (certReq) and never the root. Its one-second accuracy is that
of a machine with NTP; the clock is handed in.
"""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime

from asn1crypto import cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
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
        self._certificate = asn1_x509.Certificate.load(
            issued.certificate.public_bytes(serialization.Encoding.DER), strict=True
        )
        self._digest = _fingerprint(issued.certificate)
        self._chain = [
            self._certificate,
            *(asn1_x509.Certificate.load(each, strict=True) for each in intermediates),
        ]
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
        return bytes(tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token}).dump())

    def _serial(self) -> int:
        """Return a number that no restart and no other process repeats: the time and 64 random bits."""
        return int(self._now().timestamp() * 1_000_000) << 64 | secrets.randbits(64)

    def _sign(self, content: bytes, *, with_certificates: bool) -> cms.ContentInfo:
        encapsulated = cms.EncapsulatedContentInfo(
            {"content_type": "tst_info", "content": core.ParsableOctetString(content)}
        )
        attributes = self._attributes(content)
        signer = cms.SignerInfo(
            {
                "version": "v1",
                "sid": cms.SignerIdentifier({"issuer_and_serial_number": self._issuer_and_serial()}),
                "digest_algorithm": {"algorithm": "sha256"},
                "signed_attrs": attributes,
                "signature_algorithm": {
                    "algorithm": "sha256_ecdsa" if isinstance(self._key, ec.EllipticCurvePrivateKey) else "sha256_rsa"
                },
                "signature": self._signature(attributes.dump()),
            }
        )
        signed = cms.SignedData(
            {
                "version": "v3",
                "digest_algorithms": [{"algorithm": "sha256"}],
                "encap_content_info": encapsulated,
                "signer_infos": [signer],
            }
        )
        if with_certificates:
            signed["certificates"] = [cms.CertificateChoices({"certificate": each}) for each in self._chain]
        return cms.ContentInfo({"content_type": "signed_data", "content": signed})

    def _issuer_and_serial(self) -> cms.IssuerAndSerialNumber:
        return cms.IssuerAndSerialNumber(
            {"issuer": self._certificate.issuer, "serial_number": self._certificate.serial_number}
        )

    def _attributes(self, content: bytes) -> cms.CMSAttributes:
        digest = hashes.Hash(hashes.SHA256())
        digest.update(content)
        identifier = tsp.ESSCertIDv2(
            {
                "cert_hash": self._digest,
                "issuer_serial": {
                    "issuer": [asn1_x509.GeneralName({"directory_name": self._certificate.issuer})],
                    "serial_number": self._certificate.serial_number,
                },
            }
        )
        return cms.CMSAttributes(
            [
                cms.CMSAttribute({"type": "content_type", "values": ["tst_info"]}),
                cms.CMSAttribute({"type": "message_digest", "values": [digest.finalize()]}),
                cms.CMSAttribute({"type": "signing_certificate_v2", "values": [{"certs": [identifier]}]}),
            ]
        )

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
    # A TimeStampResp without its token, which asn1crypto takes for required.
    return bytes(core.SequenceOf([tsp.PKIStatusInfo(status)], spec=tsp.PKIStatusInfo).dump())


def _fingerprint(certificate: x509.Certificate) -> bytes:
    return certificate.fingerprint(hashes.SHA256())
