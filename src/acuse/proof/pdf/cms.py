"""The one profile of CMS signed data (RFC 5652) that seals and time stamps of sealed PDFs may have.

CMS leaves much unsigned: versions, algorithm identifiers, the set of certificates, unsigned attributes. Each is either
fixed here, compared with something signed, or required to be on the path, so that no byte can be altered unseen.
"""

from dataclasses import dataclass
from datetime import datetime

from asn1crypto import algos, cms, core, tsp, x509
from cryptography import x509 as crypto_x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from cryptography.hazmat.primitives.serialization import Encoding

from acuse.errors import CannotTell, Invalid

_STEP = 7
_HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
_MOST_CERTIFICATES = 12
_SET = b"\x31"  # signed attributes are written with tag [0] and signed with that of SET OF (RFC 5652, 5.4)
_NULL = b"\x05\x00"


@dataclass(frozen=True, kw_only=True)
class Signed:
    """Signed data of the profile, its signature verified with the key of `leaf`; the path is not judged yet.

    Attributes:
        digest: name of the hash.
        message_digest: digest of the signed content, from the signed attributes.
        stamp: content of a time stamp token, None for a seal.
        token: DER of the signature time stamp of a seal, if it has one.
        signature: the signature value, which `token` stamps.
    """

    leaf: x509.Certificate
    others: tuple[x509.Certificate, ...]
    digest: str
    message_digest: bytes
    stamp: tsp.TSTInfo | None
    token: bytes | None
    signature: bytes

    @property
    def stamped_at(self) -> datetime:
        """`genTime` of a token, aware."""
        assert self.stamp is not None
        moment: datetime = self.stamp["gen_time"].native
        return moment

    def check_stamps(self, content: bytes) -> None:
        """Check that this token's imprint is that of `content`; raise `Invalid` if not."""
        assert self.stamp is not None
        imprint = self.stamp["message_imprint"]
        algorithm = imprint["hash_algorithm"]["algorithm"].native
        if imprint["hashed_message"].native != hash_of(algorithm, content):
            raise Invalid(_STEP, "A time stamp belongs to something else.")


def hash_of(algorithm: str, content: bytes) -> bytes:
    """Digest of `content`; `Invalid` for a hash outside SHA-256, SHA-384 and SHA-512."""
    if algorithm not in _HASHES:
        raise Invalid(_STEP, f"The hash {algorithm} is not accepted.")
    digest = hashes.Hash(_HASHES[algorithm]())
    digest.update(content)
    return digest.finalize()


def content_type_of(der: bytes) -> str:
    """Return "data" for a seal, "tst_info" for a time stamp token; `Invalid` for anything else."""
    try:
        found = cms.ContentInfo.load(der, strict=True)["content"]["encap_content_info"]["content_type"].native
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Invalid(_STEP, "The seal cannot be read.") from error
    if found not in ("data", "tst_info"):
        raise Invalid(_STEP, "The last signature is neither a seal nor a time stamp.")
    return str(found)


def open_signed(der: bytes, *, expected: str) -> Signed:
    """Read signed data of the profile and verify its signature.

    Args:
        der: exactly one DER value.
        expected: content type, "data" for a seal, "tst_info" for a time stamp token.

    Raises:
        Invalid: anything outside the profile, or a signature that does not verify.
    """
    try:
        outer = cms.ContentInfo.load(der, strict=True)
        if outer["content_type"].native != "signed_data":
            raise Invalid(_STEP, "The seal is not signed data.")
        return _read(outer["content"], expected)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, UnsupportedAlgorithm) as error:
        raise Invalid(_STEP, "The seal or a time stamp cannot be read.") from error


def _read(data: cms.SignedData, expected: str) -> Signed:
    signer = _only_signer(data, expected)
    digest = signer["digest_algorithm"]["algorithm"].native
    leaf, others = _certificates(data, signer["sid"])
    attributes = _attributes(signer["signed_attrs"])
    if attributes["content_type"].native != expected:
        raise Invalid(_STEP, "The signed content type is another.")
    message_digest: bytes = attributes["message_digest"].native
    _check_identity(attributes, leaf)
    content = data["encap_content_info"]["content"]
    stamp = None
    if expected == "tst_info":
        stamp = content.parsed
        if hash_of(digest, content.contents) != message_digest:
            raise Invalid(_STEP, "A time stamp was altered.")
    elif content.contents:
        raise Invalid(_STEP, "The seal carries content of its own.")
    signature: bytes = signer["signature"].native
    _verify(leaf, signature, _SET + signer["signed_attrs"].dump()[1:], signer["signature_algorithm"], digest)
    return Signed(
        leaf=leaf,
        others=others,
        digest=digest,
        message_digest=message_digest,
        stamp=stamp,
        token=_signature_token(signer, expected),
        signature=signature,
    )


def _only_signer(data: cms.SignedData, expected: str) -> cms.SignerInfo:
    """The one signer, after everything around it that no signature covers was found to be as the profile fixes it."""
    version = "v3" if expected == "tst_info" else "v1"
    if data["version"].native != version or data["encap_content_info"]["content_type"].native != expected:
        raise Invalid(_STEP, "The seal or a time stamp has another version or content type than it must have.")
    if len(data["signer_infos"]) != 1 or len(data["digest_algorithms"]) != 1 or not isinstance(data["crls"], core.Void):
        raise Invalid(_STEP, "The seal or a time stamp must have one signer and no revocation lists inside.")
    signer: cms.SignerInfo = data["signer_infos"][0]
    if signer["version"].native != "v1" or signer["sid"].name != "issuer_and_serial_number":
        raise Invalid(_STEP, "The signer is not named by issuer and serial number.")
    if data["digest_algorithms"][0].dump() != signer["digest_algorithm"].dump():
        raise Invalid(_STEP, "The seal or a time stamp names two hashes.")
    return signer


def _certificates(
    data: cms.SignedData, sid: cms.SignerIdentifier
) -> tuple[x509.Certificate, tuple[x509.Certificate, ...]]:
    choices = list(data["certificates"])
    if not 1 <= len(choices) <= _MOST_CERTIFICATES or any(choice.name != "certificate" for choice in choices):
        raise Invalid(_STEP, "The seal or a time stamp carries no certificate, too many, or one of another kind.")
    present: list[x509.Certificate] = [choice.chosen for choice in choices]
    if len({each.dump() for each in present}) != len(present):
        raise Invalid(_STEP, "The seal or a time stamp carries a certificate twice.")
    for each in present:
        _check_frame(each)
    wanted = sid.chosen
    leaves = [
        each
        for each in present
        if each.issuer.dump() == wanted["issuer"].dump() and each.serial_number == wanted["serial_number"].native
    ]
    if len(leaves) != 1:
        raise Invalid(_STEP, "The certificate of the signer is not there.")
    return leaves[0], tuple(each for each in present if each is not leaves[0])


def _check_frame(certificate: x509.Certificate) -> None:
    """The parts of a certificate that its issuer does not sign (RFC 5280, 4.1.1.2): they must repeat what is signed."""
    same = certificate["signature_algorithm"].dump() == certificate["tbs_certificate"]["signature"].dump()
    if not same or certificate["signature_value"].contents[:1] != b"\x00":
        raise Invalid(_STEP, "A certificate in the seal or in a time stamp was altered.")


def _attributes(attributes: cms.CMSAttributes) -> dict[str, object]:
    """Attribute name -> its single value."""
    found: dict[str, object] = {}
    for attribute in attributes:
        name = attribute["type"].native
        if name in found or len(attribute["values"]) != 1:
            raise Invalid(_STEP, f"The signed attribute {name} is there more than once.")
        found[name] = attribute["values"][0]
    return found


def _check_identity(attributes: dict[str, object], leaf: x509.Certificate) -> None:
    """ESSCertIDv2 (RFC 5816, RFC 5035): the first identity is that of the signer's certificate."""
    identity = attributes["signing_certificate_v2"]["certs"][0]  # type: ignore[index]
    algorithm = identity["hash_algorithm"]["algorithm"].native
    if identity["cert_hash"].native != hash_of(algorithm, leaf.dump()):
        raise Invalid(_STEP, "The seal or a time stamp was signed under another certificate.")


def _signature_token(signer: cms.SignerInfo, expected: str) -> bytes | None:
    """DER of the signature time stamp: the only unsigned attribute of the profile, and of seals alone."""
    unsigned = signer["unsigned_attrs"]
    if isinstance(unsigned, core.Void):
        return None
    if expected != "data" or len(unsigned) != 1 or unsigned[0]["type"].native != "signature_time_stamp_token":
        raise Invalid(_STEP, "Something unsigned was added to the seal or to a time stamp.")
    if len(unsigned[0]["values"]) != 1:
        raise Invalid(_STEP, "The seal has more than one time stamp over its signature.")
    token: bytes = unsigned[0]["values"][0].dump()
    return token


def _verify(
    leaf: x509.Certificate, signature: bytes, content: bytes, mechanism: algos.SignedDigestAlgorithm, digest: str
) -> None:
    name = mechanism["algorithm"].native
    parameters = mechanism["parameters"].dump()
    key = crypto_x509.load_der_x509_certificate(leaf.dump()).public_key()
    algorithm = _HASHES[digest]()
    try:
        if isinstance(key, rsa.RSAPublicKey) and name in ("rsassa_pkcs1v15", f"{digest}_rsa") and parameters == _NULL:
            key.verify(signature, content, padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey) and name == f"{digest}_ecdsa" and parameters == b"":
            key.verify(signature, content, ec.ECDSA(algorithm))
        else:
            raise Invalid(_STEP, f"The signature algorithm {name} is not accepted.")
    except InvalidSignature as error:
        raise Invalid(_STEP, "A signature does not verify.") from error


def check_only_path(
    signed: Signed, *, anchors: tuple[crypto_x509.Certificate, ...], stored: tuple[x509.Certificate, ...]
) -> crypto_x509.Certificate:
    """Check that every certificate carried is on the path from the signer to an anchor, and return that anchor.

    Args:
        signed: seal or token.
        anchors: trust anchors; may themselves be the signer's certificate.
        stored: further certificates to build the path from (the security store).

    Raises:
        Invalid: a certificate that is not on the path.
        CannotTell: no path to an anchor.
    """
    path, anchor = _path(signed, anchors, stored)
    if any(each.dump() not in path for each in signed.others):
        raise Invalid(_STEP, "The seal or a time stamp carries a certificate that does not belong to it.")
    return anchor


def _path(
    signed: Signed, anchors: tuple[crypto_x509.Certificate, ...], stored: tuple[x509.Certificate, ...]
) -> tuple[set[bytes], crypto_x509.Certificate]:
    loaded = [crypto_x509.load_der_x509_certificate(each.dump()) for each in (*signed.others, *stored)]
    current = crypto_x509.load_der_x509_certificate(signed.leaf.dump())
    path: set[bytes] = set()
    for _ in range(_MOST_CERTIFICATES):
        path.add(current.public_bytes(Encoding.DER))
        anchor = next((each for each in anchors if each == current or _issued(current, each)), None)
        if anchor is not None:
            return path, anchor
        issuer = next((each for each in loaded if each != current and _issued(current, each)), None)
        if issuer is None:
            break
        current = issuer
    subject = signed.leaf.subject.human_friendly
    raise CannotTell(_STEP, f"The certificate of {subject} does not lead to any of the trust anchors given.")


def _issued(certificate: crypto_x509.Certificate, issuer: crypto_x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, ValueError, TypeError, UnsupportedAlgorithm):
        return False
    return True
