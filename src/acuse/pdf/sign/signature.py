"""The CMS of a seal (RFC 5652 with the signed attributes of ETSI EN 319 142-1), written in DER directly.

pyHanko writes the same bytes (a test compares) through asn1crypto, which builds, copies and encodes every certificate
anew for each signature: two thirds of the time that sealing took. Only the digest and the signature value differ from
one seal of a key to the next.
"""

import hashlib
from collections.abc import Callable

from acuse.pdf.sign.paths import Certificates
from acuse.pdf.sign.splice import wrap

_DATA = bytes.fromhex("06092a864886f70d010701")
_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_CONTENT_TYPE = bytes.fromhex("06092a864886f70d010903")
_MESSAGE_DIGEST = bytes.fromhex("06092a864886f70d010904")
_SIGNING_CERTIFICATE_V2 = bytes.fromhex("060b2a864886f70d010910022f")
_SHA256 = bytes.fromhex("300d06096086480165030402010500")
_VERSION = bytes.fromhex("020101")

RSA_WITH_SHA256 = bytes.fromhex("300d06092a864886f70d01010b0500")
ECDSA_WITH_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")


class SealWriter:
    """Writes the CMS of one key's signatures.

    Args:
        certificates: of the seal, without the root.
        algorithm: DER of the signature's AlgorithmIdentifier.
        sign: signature value over some bytes, hashing them with SHA-256.
    """

    def __init__(self, certificates: Certificates, *, algorithm: bytes, sign: Callable[[bytes], bytes]) -> None:
        leaf = bytes(certificates.leaf.dump())
        issuer = bytes(certificates.leaf["tbs_certificate"]["issuer"].dump())
        serial = bytes(certificates.leaf["tbs_certificate"]["serial_number"].dump())
        self._algorithm, self._sign = algorithm, sign
        self._signer = wrap(0x30, issuer, serial)
        self._certificates = wrap(0xA0, *sorted(certificates.ders))
        # ESSCertIDv2 (RFC 5035) with its default hash, SHA-256, and the issuer as a directoryName.
        named = wrap(0x30, wrap(0x30, wrap(0xA4, issuer)), serial)
        identified = wrap(0x30, wrap(0x04, hashlib.sha256(leaf).digest()), named)
        self._signing_certificate = _attribute(_SIGNING_CERTIFICATE_V2, wrap(0x30, wrap(0x30, identified)))

    def write(self, digest: bytes) -> bytes:
        """Return the DER of a ContentInfo that signs content of this SHA-256 digest, which is not inside."""
        attributes = sorted(
            [
                _attribute(_CONTENT_TYPE, _DATA),
                _attribute(_MESSAGE_DIGEST, wrap(0x04, digest)),
                self._signing_certificate,
            ]
        )
        # Signed as a SET OF, stored under an implicit tag (RFC 5652 section 5.4).
        value = self._sign(wrap(0x31, *attributes))
        signer = wrap(
            0x30, _VERSION, self._signer, _SHA256, wrap(0xA0, *attributes), self._algorithm, wrap(0x04, value)
        )
        signed = wrap(0x30, _VERSION, wrap(0x31, _SHA256), wrap(0x30, _DATA), self._certificates, wrap(0x31, signer))
        return wrap(0x30, _SIGNED_DATA, wrap(0xA0, signed))


def _attribute(name: bytes, value: bytes) -> bytes:
    return wrap(0x30, name, wrap(0x31, value))
