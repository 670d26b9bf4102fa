"""The seal's signature over the verifier key of the log: whose ledger it is (evidence.md section 4).

A detached CMS over the UTF-8 bytes of the line `name+hash+base64` and a line break, with the seal's certificates
below the root inside.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from asn1crypto import algos, cms, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from acuse.errors import ConfigurationError, InputError, Invalid
from acuse.proof.chain import PathMaterial, check_seal_purpose, name_of, to_der, validate_path
from acuse.proof.signed import DATA, FOREIGN_ERRORS, SIGNING_TIME, open_signed

STEP = 4
SealKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True, kw_only=True)
class VerifiedBinding:
    """A binding that holds.

    Attributes:
        name: who the seal certificate is about.
        signed_at: when the seal says it signed, aware.
        chain: the validated path, the seal first, the anchor last.
    """

    name: str
    signed_at: datetime
    chain: tuple[x509.Certificate, ...]


def is_same_holder(certificate: x509.Certificate, other: x509.Certificate) -> bool:
    """Say whether two seals are of one operator: the same certificate, or a renewed one of that issuer and subject."""
    return certificate == other or (certificate.issuer, certificate.subject) == (other.issuer, other.subject)


def bind(
    verifier_key: str, *, key: SealKey, certificate: x509.Certificate, chain: Sequence[x509.Certificate], at: datetime
) -> bytes:
    """Sign the verifier key of the log with the seal.

    Args:
        verifier_key: line without its line break.
        key: the seal's private key, RSA or on a NIST curve.
        certificate: the seal's certificate.
        chain: the certificates above it, in any order; a self-signed one is left out, since a verifier has its own.
        at: the present time, aware.

    Returns:
        DER of the detached CMS.

    Raises:
        ConfigurationError: the key is not that of the certificate.
    """
    if key.public_key() != certificate.public_key():
        raise ConfigurationError("The seal's private key does not belong to its certificate.")
    content = _content(verifier_key)
    signed = _signed_attributes(content, certificate, at)
    identity = asn1_x509.Certificate.load(to_der(certificate))
    algorithm = "sha256_rsa" if isinstance(key, rsa.RSAPrivateKey) else "sha256_ecdsa"
    signer = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                "issuer_and_serial_number",
                cms.IssuerAndSerialNumber(
                    {"issuer": identity.issuer, "serial_number": certificate.serial_number},
                ),
            ),
            "digest_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
            "signed_attrs": signed,
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": algorithm}),
            "signature": _sign(key, signed.dump()),
        }
    )
    inside = [certificate, *(each for each in chain if each.issuer != each.subject and each != certificate)]
    body = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [algos.DigestAlgorithm({"algorithm": "sha256"})],
            "encap_content_info": {"content_type": "data"},
            "certificates": [
                cms.CertificateChoices("certificate", asn1_x509.Certificate.load(to_der(each))) for each in inside
            ],
            "signer_infos": [signer],
        }
    )
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": body}).dump())


def verify_binding(
    binding: bytes,
    *,
    verifier_key: str,
    trust: Sequence[x509.Certificate],
    crls: Sequence[bytes] = (),
    at: datetime | None = None,
) -> VerifiedBinding:
    """Verify that a trusted seal signed the log's key.

    Args:
        binding: DER of the CMS.
        verifier_key: line without its line break.
        trust: anchors.
        crls: DER revocation lists of the seal's path, as of whenever they were made: a binding is used long after it
            was signed. A certificate without one is not checked for revocation.
        at: when somebody outside saw the key in use, aware; None where nobody did. The seal must be valid at that
            time or at the time that it states itself, whichever is later: neither an old seal nor a false date helps.

    Raises:
        Invalid: altered, over another key, or by a certificate that was not valid or was revoked.
        CannotTell: sound, but leads to no anchor.
    """
    return _verified(binding, verifier_key, tuple(trust), tuple(crls), at)


@lru_cache(maxsize=16)  # all documents of one log under one checkpoint are judged alike
def _verified(
    binding: bytes,
    verifier_key: str,
    trust: tuple[x509.Certificate, ...],
    crls: tuple[bytes, ...],
    at: datetime | None,
) -> VerifiedBinding:
    try:
        signed = open_signed(binding, content_type=DATA, detached=_content(verifier_key))
        signed_at = cms.Time.load(signed.attributes[SIGNING_TIME], strict=True).native
        judged_at = signed_at if at is None else max(at, signed_at)
        check_seal_purpose(signed.signer)
    except InputError as error:
        raise Invalid(STEP, "The seal's signature over the log's key: %(error)s", error=error) from error
    except FOREIGN_ERRORS as error:
        raise Invalid(STEP, "The seal's signature over the log's key does not say when it was made.") from error
    material = PathMaterial(others=signed.others, trust=trust, crls=crls, at=judged_at, needs_crls=False)
    chain = validate_path(signed.signer, material, step=STEP)
    return VerifiedBinding(name=name_of(signed.signer), signed_at=signed_at, chain=chain)


def _content(verifier_key: str) -> bytes:
    return verifier_key.encode("utf-8") + b"\n"


def _signed_attributes(content: bytes, certificate: x509.Certificate, at: datetime) -> cms.CMSAttributes:
    identity = tsp.ESSCertIDv2(
        {
            "hash_algorithm": {"algorithm": "sha256"},
            "cert_hash": certificate.fingerprint(hashes.SHA256()),
        }
    )
    attributes: list[tuple[str, Any]] = [
        ("content_type", "data"),
        ("message_digest", hashlib.sha256(content).digest()),
        ("signing_time", cms.Time({"utc_time": at.replace(microsecond=0)})),
        ("signing_certificate_v2", tsp.SigningCertificateV2({"certs": [identity]})),
    ]
    return cms.CMSAttributes([cms.CMSAttribute({"type": name, "values": [value]}) for name, value in attributes])


def _sign(key: SealKey, content: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(content, padding.PKCS1v15(), hashes.SHA256())
    return key.sign(content, ec.ECDSA(hashes.SHA256()))
