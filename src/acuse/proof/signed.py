"""CMS SignedData of one signer, read strictly (RFC 5652): the form of time stamp tokens and of the seal's binding.

Refused although CMS would allow it: BER, several signers, unsigned attributes (but the one that a caller asks for and
reads itself), revocation data inside, certificates twice, algorithms outside a short list, a signer not named by
ESSCertIDv2 (RFC 5816). So a byte that the signature does not cover is either fixed or compared.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from asn1crypto import cms, core
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from acuse.errors import InputError
from acuse.proof.chain import is_strong, load_certificate, to_der
from acuse.proof.der import check_der

HASHES: Mapping[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
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
        attributes: name of each signed attribute -> its only value, as asn1crypto object.
        signature: the signature value.
        unsigned: value of the one unsigned attribute that was allowed, as asn1crypto object; None without it.
    """

    content: bytes
    signer: x509.Certificate
    others: tuple[x509.Certificate, ...]
    attributes: Mapping[str, Any]
    signature: bytes
    unsigned: Any | None


def open_signed(der: bytes, *, content_type: str, detached: bytes | None = None, unsigned: str | None = None) -> Signed:
    """Verify the signature of a CMS SignedData.

    Args:
        der: the ContentInfo.
        content_type: name that asn1crypto gives to the content, `tst_info` or `data`.
        detached: the content, where it is not inside.
        unsigned: name of the one unsigned attribute that may be there, with one value; None for none at all.

    Returns:
        The content with the signer's certificate.

    Raises:
        InputError: not of the accepted form, or the signature is wrong.
    """
    check_der(der)
    try:
        return _open(der, content_type, detached, unsigned)
    except FOREIGN_ERRORS as error:
        raise InputError(f"Not a readable signature: {str(error)[:120]}.") from error


def _open(der: bytes, content_type: str, detached: bytes | None, unsigned: str | None) -> Signed:
    wrapper = cms.ContentInfo.load(der, strict=True)
    if wrapper["content_type"].native != "signed_data":
        raise InputError("Not a CMS signature.")
    body = wrapper["content"]
    if len(body["signer_infos"]) != 1:
        raise InputError("The signature has not exactly one signer.")
    signer_info = body["signer_infos"][0]
    _check_frame(body, signer_info, content_type)
    encapsulated = body["encap_content_info"]["content"]
    if (encapsulated.native is None) != (detached is not None):
        raise InputError("The signed content is inside where it should not be, or the other way round.")
    content = bytes(encapsulated) if detached is None else detached
    certificates = _certificates(body)
    signer = _signer(certificates, signer_info["sid"])
    attributes = _attributes(signer_info["signed_attrs"])
    _check_attributes(attributes, signer_info, signer, content_type, content)
    # RFC 5652 section 5.4: the attributes are signed as a SET OF, not under the [0] tag they travel with.
    signed_bytes = b"\x31" + signer_info["signed_attrs"].dump()[1:]
    _check_signature(signer, signer_info, signed_bytes)
    others = tuple(each for each in certificates if each != signer)
    return Signed(
        content=content,
        signer=signer,
        others=others,
        attributes=attributes,
        signature=signer_info["signature"].native,
        unsigned=_unsigned(signer_info, unsigned),
    )


def _unsigned(signer_info: Any, allowed: str | None) -> Any | None:
    attributes = signer_info["unsigned_attrs"]
    if isinstance(attributes, core.Void):
        return None
    if len(attributes) != 1 or attributes[0]["type"].native != allowed or len(attributes[0]["values"]) != 1:
        raise InputError("The signature carries parts that it does not cover.")
    return attributes[0]["values"][0]


def _check_frame(body: Any, signer_info: Any, content_type: str) -> None:
    """Check what no signature covers: versions, algorithms named twice, parts that may not be there."""
    if body["encap_content_info"]["content_type"].native != content_type:
        raise InputError(f"The signature is not over content of the type {content_type}.")
    expected = "v1" if content_type == "data" else "v3"
    if body["version"].native != expected or signer_info["version"].native != "v1":
        raise InputError("The signature is of another CMS version than its content demands.")
    if [each.dump() for each in body["digest_algorithms"]] != [signer_info["digest_algorithm"].dump()]:
        raise InputError("The signature names other digest algorithms than its signer uses.")
    if not isinstance(body["crls"], core.Void):
        raise InputError("The signature carries parts that it does not cover.")
    digest = signer_info["digest_algorithm"]
    if digest["algorithm"].native not in HASHES or digest["parameters"].native is not None:
        raise InputError("The signature uses a digest that proofs do not accept.")


def _certificates(body: Any) -> list[x509.Certificate]:
    choices = body["certificates"]
    if choices.native is None or not 1 <= len(choices) <= 8:
        raise InputError("The signature carries no certificate, or more than eight.")
    if any(choice.name != "certificate" for choice in choices):
        raise InputError("The signature carries a certificate of an obsolete form.")
    certificates = [load_certificate(choice.chosen.dump()) for choice in choices]
    if len(set(certificates)) != len(certificates):
        raise InputError("The signature carries the same certificate twice.")
    return certificates


def _signer(certificates: list[x509.Certificate], sid: Any) -> x509.Certificate:
    if sid.name != "issuer_and_serial_number":
        raise InputError("The signer is not named by issuer and serial number.")
    issuer, serial = sid.chosen["issuer"].dump(), sid.chosen["serial_number"].native
    for certificate in certificates:
        if certificate.serial_number == serial and certificate.issuer.public_bytes() == issuer:
            return certificate
    raise InputError("The signer's certificate is not inside the signature.")


def _attributes(signed_attributes: Any) -> dict[str, Any]:
    if signed_attributes.native is None:
        raise InputError("The signature has no signed attributes.")
    attributes: dict[str, Any] = {}
    for attribute in signed_attributes:
        name, values = attribute["type"].native, attribute["values"]
        if name in attributes or len(values) != 1:
            raise InputError("A signed attribute stands twice.")
        attributes[name] = values[0]
    return attributes


def _check_attributes(
    attributes: Mapping[str, Any], signer_info: Any, signer: x509.Certificate, content_type: str, content: bytes
) -> None:
    if attributes["content_type"].native != content_type:
        raise InputError("The signed attribute contradicts the type of the content.")
    name = signer_info["digest_algorithm"]["algorithm"].native
    if attributes["message_digest"].native != hashlib.new(name, content).digest():
        raise InputError("The signature is over other content.")
    if "signing_certificate_v2" not in attributes:
        raise InputError("The signature does not name its certificate by ESSCertIDv2 (RFC 5816).")
    identity = attributes["signing_certificate_v2"]["certs"][0]
    algorithm = identity["hash_algorithm"]["algorithm"].native
    if algorithm not in HASHES or identity["cert_hash"].native != hashlib.new(algorithm, to_der(signer)).digest():
        raise InputError("The signature names another certificate than the one inside (ESSCertIDv2).")
    stated = identity["issuer_serial"]
    if stated.native is not None and stated["serial_number"].native != signer.serial_number:
        raise InputError("The signature names another certificate than the one inside (ESSCertIDv2).")
    protection = attributes.get("cms_algorithm_protection")
    if protection is not None and (
        protection["digest_algorithm"].dump() != signer_info["digest_algorithm"].dump()
        or protection["signature_algorithm"].untag().dump() != signer_info["signature_algorithm"].dump()
    ):
        raise InputError("The algorithms of the signature were exchanged (RFC 6211).")


def _check_signature(signer: x509.Certificate, signer_info: Any, signed_bytes: bytes) -> None:
    key, signature = signer.public_key(), signer_info["signature"].native
    digest_name = signer_info["digest_algorithm"]["algorithm"].native
    algorithm, parameters = signer_info["signature_algorithm"]["algorithm"].native, signer_info["signature_algorithm"]
    if not is_strong(key):
        raise InputError("The signer's key is of a kind or size that proofs do not accept.")
    digest = HASHES[digest_name]
    try:
        if isinstance(key, rsa.RSAPublicKey) and algorithm == "rsassa_pss":
            key.verify(signature, signed_bytes, _pss(parameters["parameters"], digest_name), digest)
        elif isinstance(key, rsa.RSAPublicKey) and algorithm in ("rsassa_pkcs1v15", f"{digest_name}_rsa"):
            _check_no_parameters(parameters)
            key.verify(signature, signed_bytes, padding.PKCS1v15(), digest)
        elif isinstance(key, ec.EllipticCurvePublicKey) and algorithm == f"{digest_name}_ecdsa":
            _check_no_parameters(parameters)
            key.verify(signature, signed_bytes, ec.ECDSA(digest))
        elif isinstance(key, ed25519.Ed25519PublicKey) and algorithm == "ed25519" and digest_name == "sha512":
            _check_no_parameters(parameters)
            key.verify(signature, signed_bytes)
        else:
            raise InputError(f"The signature algorithm {algorithm} does not fit the key and digest.")
    except InvalidSignature as error:
        raise InputError("The signature is wrong.") from error


def _check_no_parameters(algorithm: Any) -> None:
    if algorithm["parameters"].native is not None:
        raise InputError("The signature algorithm has parameters where it should have none.")


def _pss(parameters: Any, digest_name: str) -> padding.PSS:
    """Return the padding, of which only the usual parameters are accepted (RFC 4055 section 3.1)."""
    digest = HASHES[digest_name]
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
