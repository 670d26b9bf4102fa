"""The seal's private key: opened once, checked, and kept in memory for every signature.

pyHanko's own signer parses the key again for each signature, which with OpenSSL 3 includes the full RSA key check and
costs more than the signature (see bench/certificate.py).
"""

from datetime import datetime

from asn1crypto import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12
from cryptography.x509 import Certificate
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from acuse.errors import ConfigurationError
from acuse.pdf.sign.paths import Certificates
from acuse.pdf.sign.signature import ECDSA_WITH_SHA256, RSA_WITH_SHA256, SealWriter

DIGEST = "sha256"
SMALLEST_RSA = 2048
PKCS12_LIMIT = 256 * 1024

SealKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class SealSigner(Signer):
    """A pyHanko signer over a key object that is already loaded."""

    def __init__(self, key: SealKey, certificates: Certificates) -> None:
        registry = SimpleCertificateStore()
        registry.register_multiple(certificates.others)
        super().__init__(signing_cert=certificates.leaf, cert_registry=registry, embed_roots=False)
        self.certificates = certificates
        self._key = key
        algorithm = RSA_WITH_SHA256 if isinstance(key, rsa.RSAPrivateKey) else ECDSA_WITH_SHA256
        self._writer = SealWriter(certificates, algorithm=algorithm, sign=self._value)

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """Sign for pyHanko's own CMS."""
        return self._value(data)

    def sign_digest(self, digest: bytes) -> bytes:
        """Return the DER of the CMS of a seal over a document of this SHA-256 digest."""
        return self._writer.write(digest)

    def _value(self, data: bytes) -> bytes:
        """RSASSA-PKCS1-v1_5 or ECDSA over SHA-256 (RFC 8017, RFC 5753)."""
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return self._key.sign(data, ec.ECDSA(hashes.SHA256()))


def load_seal_key(pkcs12: bytes, passphrase: bytes, *, at: datetime) -> SealSigner:
    """Open and check a PKCS #12 file.

    Args:
        pkcs12: the file's bytes, at most 256 kB.
        passphrase: UTF-8 bytes.
        at: aware moment at which the certificate must be valid.

    Raises:
        ConfigurationError: says what is wrong with the file.
    """
    if len(pkcs12) > PKCS12_LIMIT:
        raise ConfigurationError(
            "The seal's PKCS #12 file is larger than 256 kB: it should hold one key and its chain."
        )
    try:
        bag = load_pkcs12(pkcs12, passphrase)
    except ValueError as error:
        raise ConfigurationError(
            "The seal's PKCS #12 file does not open: wrong passphrase, or not such a file."
        ) from error
    if bag.key is None or bag.cert is None:
        raise ConfigurationError("The seal's PKCS #12 file must hold a private key together with its certificate.")
    leaf = bag.cert.certificate
    if not isinstance(bag.key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) or not _strong_enough(bag.key):
        raise ConfigurationError("The seal's key must be RSA of at least 2048 bits, or on the curve P-256.")
    if bag.key.public_key() != leaf.public_key():
        raise ConfigurationError("The seal's private key does not belong to its certificate.")
    if not leaf.not_valid_before_utc <= at <= leaf.not_valid_after_utc:
        raise ConfigurationError(
            f"The seal's certificate is valid from {leaf.not_valid_before_utc} to {leaf.not_valid_after_utc}: "
            "install a current one."
        )
    certificates = Certificates(
        leaf=_asn1(leaf), others=_issuers(leaf, [each.certificate for each in bag.additional_certs])
    )
    _check_key_usage(certificates.leaf)
    return SealSigner(bag.key, certificates)


def _strong_enough(key: SealKey) -> bool:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.key_size >= SMALLEST_RSA
    return isinstance(key.curve, ec.SECP256R1)


def _check_key_usage(leaf: x509.Certificate) -> None:
    usage = leaf.key_usage_value
    if usage is not None and not usage.native & {"digital_signature", "non_repudiation"}:
        raise ConfigurationError("The seal's certificate may not be used for signatures (key usage).")


def _issuers(leaf: Certificate, candidates: list[Certificate]) -> tuple[x509.Certificate, ...]:
    """The intermediates above `leaf`, in order and without the root; whatever else the file holds is left out."""
    path: list[Certificate] = []
    current = leaf
    while len(path) < len(candidates):
        issuer = next((each for each in candidates if each.subject == current.issuer and each not in path), None)
        if issuer is None or issuer.issuer == issuer.subject:
            break
        path.append(issuer)
        current = issuer
    return tuple(_asn1(each) for each in path)


def _asn1(certificate: Certificate) -> x509.Certificate:
    loaded: x509.Certificate = x509.Certificate.load(certificate.public_bytes(Encoding.DER))
    return loaded
