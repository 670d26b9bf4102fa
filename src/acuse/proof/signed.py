"""CMS SignedData of one signer, read strictly (RFC 5652): the form of time stamp tokens and of the seal's binding.

Refused although CMS would allow it: BER, several signers, unsigned attributes (but the one that a caller asks for and
reads itself), revocation data inside, certificates twice, algorithms outside a short list, a signer not named by
ESSCertIDv2 (RFC 5816). So a byte that the signature does not cover is either fixed or compared.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from asn1crypto import algos, core, tsp
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from acuse.errors import InputError
from acuse.proof.chain import is_strong, load_certificate, to_der
from acuse.proof.der import check_der, parts, primitive

HASHES: Mapping[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
DATA = "1.2.840.113549.1.7.1"
TST_INFO = "1.2.840.113549.1.9.16.1.4"
SIGNING_TIME = "1.2.840.113549.1.9.5"
_SIGNED_DATA = "1.2.840.113549.1.7.2"
_CONTENT_TYPE = "1.2.840.113549.1.9.3"
_MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
_SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.47"
_PROTECTION = "1.2.840.113549.1.9.52"
_DIGESTS = {
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
_PKCS1 = {
    "1.2.840.113549.1.1.1": "any",
    "1.2.840.113549.1.1.11": "sha256",
    "1.2.840.113549.1.1.12": "sha384",
    "1.2.840.113549.1.1.13": "sha512",
}
_ECDSA = {
    "1.2.840.10045.4.3.2": "sha256",
    "1.2.840.10045.4.3.3": "sha384",
    "1.2.840.10045.4.3.4": "sha512",
}
_PSS = "1.2.840.113549.1.1.10"
_ED25519 = "1.3.101.112"
_VERSION_1, _VERSION_3, _NULL = b"\x02\x01\x01", b"\x02\x01\x03", b"\x05\x00"


class OtherContent(InputError):
    """The signature is whole, but over other bytes than those at hand."""


FOREIGN_ERRORS = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    RecursionError,
    UnsupportedAlgorithm,
    NotImplementedError,
)
"""What asn1crypto and cryptography raise on bytes that are not what they should be; asn1crypto parses lazily."""


@dataclass(frozen=True, kw_only=True)
class Signed:
    """A CMS whose signature holds. Nothing is known yet of whose certificate it is.

    Attributes:
        content: the signed content.
        signer: certificate whose key signed it, named by the signed attribute.
        others: the other certificates inside.
        attributes: dotted OID of each signed attribute -> DER of its only value.
        signature: the signature value.
        unsigned: DER of the value of the one unsigned attribute that was allowed; None without it.
    """

    content: bytes
    signer: x509.Certificate
    others: tuple[x509.Certificate, ...]
    attributes: Mapping[str, bytes]
    signature: bytes
    unsigned: bytes | None


@dataclass(frozen=True, kw_only=True)
class _SignerInfo:
    """The parts of the one SignerInfo, in DER, byte for byte as they came."""

    sid: bytes
    digest_algorithm: bytes
    attributes: bytes
    signature_algorithm: bytes
    signature: bytes
    unsigned: bytes | None


def open_signed(der: bytes, *, content_type: str, detached: bytes | None = None, unsigned: str | None = None) -> Signed:
    """Verify the signature of a CMS SignedData.

    Args:
        der: the ContentInfo.
        content_type: dotted OID of the content, TST_INFO or DATA.
        detached: the content, where it is not inside.
        unsigned: dotted OID of the one unsigned attribute that may be there, with one value; None for none at all.

    Returns:
        The content with the signer's certificate.

    Raises:
        InputError: not of the accepted form, or the signature is wrong.
    """
    check_der(der)
    try:
        return _open(der, content_type, detached, unsigned)
    except FOREIGN_ERRORS as error:
        raise InputError("Not a readable signature: %(cause)s.", cause=str(error)[:120]) from error


def _open(der: bytes, content_type: str, detached: bytes | None, unsigned: str | None) -> Signed:
    version, digests, encapsulated, inside, signers = _frame(der)
    info = _signer_info(signers, unsigned)
    expected = _VERSION_1 if content_type == DATA else _VERSION_3
    if version != expected or parts(digests, 0x31) != [info.digest_algorithm]:
        raise InputError("The signature is of another CMS version, or names other digests, than it should.")
    content = _content(encapsulated, content_type) if detached is None else detached
    if detached is not None and parts(encapsulated) != [_oid(content_type)]:
        raise InputError("The signed content is inside, or of another type.")
    certificates = _certificates(inside)
    signer = _signer(certificates, info.sid)
    digest_name = _digest_name(info.digest_algorithm)
    attributes = _attributes(info.attributes)
    if attributes.get(_CONTENT_TYPE) != _oid(content_type):
        raise InputError("The signed attribute contradicts the type of the content.")
    if primitive(attributes.get(_MESSAGE_DIGEST, b""), 0x04) != hashlib.new(digest_name, content).digest():
        raise OtherContent("The signature is over other content.")
    _check_identity(attributes, signer)
    _check_protection(attributes, info)
    # RFC 5652 section 5.4: the attributes are signed as a SET OF, not under the [0] tag they travel with.
    _check_signature(signer, info, digest_name, b"\x31" + info.attributes[1:])
    others = tuple(each for each in certificates if each != signer)
    return Signed(
        content=content,
        signer=signer,
        others=others,
        attributes=attributes,
        signature=info.signature,
        unsigned=info.unsigned,
    )


def _frame(der: bytes) -> tuple[bytes, bytes, bytes, bytes, bytes]:
    """Return version, digest algorithms, encapsulated content, certificates and signers: all there is, and no more."""
    wrapper = parts(der)
    if len(wrapper) != 2 or wrapper[0] != _oid(_SIGNED_DATA) or wrapper[1][0] != 0xA0:
        raise InputError("Not a CMS signature.")
    inner = parts(wrapper[1], 0xA0)
    fields = parts(inner[0]) if len(inner) == 1 else []
    if [each[0] for each in (*inner, *fields)] != [0x30, 0x02, 0x31, 0x30, 0xA0, 0x31]:
        raise InputError("The signature carries no certificates, or parts that it does not cover.")
    version, digests, encapsulated, inside, signers = fields
    return version, digests, encapsulated, inside, signers


def _signer_info(signers: bytes, allowed: str | None) -> _SignerInfo:
    infos = parts(signers, 0x31)
    if len(infos) != 1:
        raise InputError("The signature has not exactly one signer.")
    fields = parts(infos[0])
    unsigned = fields[6:]
    # A signer named by key identifier would have another second part.
    if [each[0] for each in fields[:6]] != [0x02, 0x30, 0x30, 0xA0, 0x30, 0x04] or fields[0] != _VERSION_1:
        raise InputError("The signature lacks signed attributes or names its signer in another way.")
    return _SignerInfo(
        sid=fields[1],
        digest_algorithm=fields[2],
        attributes=fields[3],
        signature_algorithm=fields[4],
        signature=primitive(fields[5], 0x04),
        unsigned=_unsigned(unsigned, allowed) if unsigned else None,
    )


def _unsigned(fields: list[bytes], allowed: str | None) -> bytes:
    """Return the value of the one unsigned attribute; whoever asked for it verifies it."""
    attributes = parts(fields[0], 0xA1) if len(fields) == 1 and allowed is not None else []
    found = [parts(each) for each in attributes]
    if allowed is None or len(found) != 1 or len(found[0]) != 2 or found[0][0] != _oid(allowed):
        raise InputError("The signature carries parts that it does not cover.")
    values = parts(found[0][1], 0x31)
    if len(values) != 1:
        raise InputError("The signature carries parts that it does not cover.")
    return values[0]


def _content(encapsulated: bytes, content_type: str) -> bytes:
    fields = parts(encapsulated)
    inner = parts(fields[1], 0xA0) if len(fields) == 2 and fields[1][0] == 0xA0 else []
    if not inner or len(inner) != 1 or fields[0] != _oid(content_type):
        raise InputError("The signed content is not inside, or of another type.")
    return primitive(inner[0], 0x04)


def _certificates(inside: bytes) -> list[x509.Certificate]:
    found = parts(inside, 0xA0)
    if not 1 <= len(found) <= 8 or len(set(found)) != len(found):
        raise InputError("The signature carries no certificate, more than eight, or the same one twice.")
    return [load_certificate(each) for each in found]


def _signer(certificates: list[x509.Certificate], sid: bytes) -> x509.Certificate:
    issuer, serial = parts(sid)
    number = int.from_bytes(primitive(serial, 0x02), "big", signed=True)
    for certificate in certificates:
        if certificate.serial_number == number and certificate.issuer.public_bytes() == issuer:
            return certificate
    raise InputError("The signer's certificate is not inside the signature.")


def _attributes(encoded: bytes) -> dict[str, bytes]:
    attributes: dict[str, bytes] = {}
    for attribute in parts(encoded, 0xA0):
        oid, values = parts(attribute)
        name = core.ObjectIdentifier.load(oid, strict=True).dotted
        found = parts(values, 0x31)
        if name in attributes or len(found) != 1:
            raise InputError("A signed attribute stands twice.")
        attributes[name] = found[0]
    return attributes


def _check_identity(attributes: Mapping[str, bytes], signer: x509.Certificate) -> None:
    """Check the signed name of the certificate, ESSCertIDv2 (RFC 5035 section 3, RFC 5816)."""
    if _SIGNING_CERTIFICATE not in attributes:
        raise InputError("The signature does not name its certificate by ESSCertIDv2 (RFC 5816).")
    identity = tsp.SigningCertificateV2.load(attributes[_SIGNING_CERTIFICATE], strict=True)["certs"][0]
    algorithm = identity["hash_algorithm"]["algorithm"].native
    if algorithm not in HASHES or identity["cert_hash"].native != hashlib.new(algorithm, to_der(signer)).digest():
        raise InputError("The signature names another certificate than the one inside (ESSCertIDv2).")
    stated = identity["issuer_serial"]
    if stated.native is not None and stated["serial_number"].native != signer.serial_number:
        raise InputError("The signature names another certificate than the one inside (ESSCertIDv2).")


def _check_protection(attributes: Mapping[str, bytes], info: _SignerInfo) -> None:
    """Check the signed copy of the algorithms, where there is one (RFC 6211)."""
    protection = attributes.get(_PROTECTION)
    if protection is None:
        return
    expected = [info.digest_algorithm, b"\xa1" + info.signature_algorithm[1:]]
    if parts(protection) != expected:
        raise InputError("The algorithms of the signature were exchanged (RFC 6211).")


def _digest_name(algorithm: bytes) -> str:
    fields = parts(algorithm)
    name = core.ObjectIdentifier.load(fields[0], strict=True).dotted
    if fields[1:] not in ([], [_NULL]) or name not in _DIGESTS:
        raise InputError("The signature uses a digest that proofs do not accept.")
    return _DIGESTS[name]


def _check_signature(signer: x509.Certificate, info: _SignerInfo, digest_name: str, signed: bytes) -> None:
    key, digest = signer.public_key(), HASHES[digest_name]
    fields = parts(info.signature_algorithm)
    algorithm, parameters = core.ObjectIdentifier.load(fields[0], strict=True).dotted, fields[1:]
    if not is_strong(key):
        raise InputError("The signer's key is of a kind or size that proofs do not accept.")
    try:
        if isinstance(key, rsa.RSAPublicKey) and algorithm == _PSS:
            key.verify(info.signature, signed, _pss(info.signature_algorithm, digest_name), digest)
        elif isinstance(key, rsa.RSAPublicKey) and _PKCS1.get(algorithm, "") in ("any", digest_name):
            _check_parameters(parameters, [], [_NULL])
            key.verify(info.signature, signed, padding.PKCS1v15(), digest)
        elif isinstance(key, ec.EllipticCurvePublicKey) and _ECDSA.get(algorithm) == digest_name:
            _check_parameters(parameters, [])
            key.verify(info.signature, signed, ec.ECDSA(digest))
        elif isinstance(key, ed25519.Ed25519PublicKey) and algorithm == _ED25519 and digest_name == "sha512":
            _check_parameters(parameters, [])
            key.verify(info.signature, signed)
        else:
            raise InputError(
                "The signature algorithm %(algorithm)s does not fit the key and digest.", algorithm=algorithm
            )
    except InvalidSignature as error:
        raise InputError("The signature is wrong.") from error


def _check_parameters(parameters: list[bytes], *accepted: list[bytes]) -> None:
    if parameters not in accepted:
        raise InputError("The signature algorithm has parameters where it should have none.")


def _oid(dotted: str) -> bytes:
    return bytes(core.ObjectIdentifier(dotted).dump())


def _pss(algorithm: bytes, digest_name: str) -> padding.PSS:
    """Return the padding, of which only the usual parameters are accepted (RFC 4055 section 3.1)."""
    digest = HASHES[digest_name]
    parameters = algos.SignedDigestAlgorithm.load(algorithm, strict=True)["parameters"]
    mask = parameters["mask_gen_algorithm"]
    if (
        parameters["hash_algorithm"]["algorithm"].native != digest_name
        or mask["algorithm"].native != "mgf1"
        or mask["parameters"]["algorithm"].native != digest_name
        or parameters["salt_length"].native != digest.digest_size
        or parameters["trailer_field"].native != "trailer_field_bc"
    ):
        raise InputError("The signature uses unusual RSASSA-PSS parameters.")
    return padding.PSS(mgf=padding.MGF1(digest), salt_length=digest.digest_size)
