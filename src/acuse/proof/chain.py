"""Certificate paths, judged at a past moment from the material given and nothing else (RFC 5280 section 6, narrowed).

Narrowed: a path of at most eight certificates; SHA-2 or Ed25519 signatures; no name constraints, policy mappings or
other critical extensions that are not read here; revocation from complete lists or those of a distribution point.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import pairwise

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

from acuse.clock import to_rfc3339
from acuse.errors import CannotTell, InputError, Invalid
from acuse.proof.der import check_der, parts, primitive

MAX_PATH = 8
_READ = {
    ExtensionOID.BASIC_CONSTRAINTS,
    ExtensionOID.KEY_USAGE,
    ExtensionOID.EXTENDED_KEY_USAGE,
    ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
    ExtensionOID.CERTIFICATE_POLICIES,
}
_CURVES = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)
_HASHES = (hashes.SHA256, hashes.SHA384, hashes.SHA512)
# Certificates of servers and time stamping authorities are issued to anybody who has one: none of them is an operator.
_NEVER_SEAL = {ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.OCSP_SIGNING}
_SEAL_NOT_ALONE = {ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.CODE_SIGNING}
# RFC 3161 section 4.1: with these reasons, what was signed before the revocation stays valid; otherwise nothing does.
_HARMLESS = {
    x509.ReasonFlags.unspecified,
    x509.ReasonFlags.affiliation_changed,
    x509.ReasonFlags.superseded,
    x509.ReasonFlags.cessation_of_operation,
}
_FOREIGN_ERRORS = (
    ValueError,
    TypeError,
    KeyError,
    OverflowError,
    UnsupportedAlgorithm,
    x509.ExtensionNotFound,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    # cryptography only warns of some malformed parts; where warnings are errors, they are the file's fault too.
    Warning,
)


@dataclass(frozen=True, kw_only=True)
class PathMaterial:
    """What a path is built and judged with.

    Attributes:
        others: certificates that came along; each must turn out to be on the path.
        trust: anchors.
        crls: DER revocation lists; each must concern a certificate of the path.
        at: the moment at which the path is judged, aware.
        needs_crls: whether every certificate below the anchor needs a list that covers `at`. Otherwise the lists given
            speak as of their own dates.
    """

    others: Sequence[x509.Certificate]
    trust: Sequence[x509.Certificate]
    crls: Sequence[bytes]
    at: datetime
    needs_crls: bool


@lru_cache(maxsize=64)  # the same few authorities stand in every proof
def load_certificate(der: bytes) -> x509.Certificate:
    """Parse a certificate and check that the parts outside its signature have only one spelling.

    Raises:
        InputError: not DER, not a certificate, or its two statements of the signature algorithm differ.
    """
    check_der(der)
    try:
        _check_frame(der)
        certificate = x509.load_der_x509_certificate(der)
        # Parsed lazily: whatever is wrong with them shows here and not later.
        _ = certificate.extensions, certificate.issuer, certificate.subject, certificate.not_valid_after_utc
        _ = certificate.not_valid_before_utc, certificate.public_key()
    except _FOREIGN_ERRORS as error:
        raise InputError("Not a readable certificate: %(cause)s.", cause=str(error)[:120]) from error
    return certificate


def is_strong(key: object) -> bool:
    """Say whether a public key is of a kind and size accepted in proofs."""
    if isinstance(key, rsa.RSAPublicKey):
        return 2048 <= key.key_size <= 16_384
    if isinstance(key, ec.EllipticCurvePublicKey):
        return isinstance(key.curve, _CURVES)
    return isinstance(key, ed25519.Ed25519PublicKey)


def validate_path(leaf: x509.Certificate, material: PathMaterial, *, step: int) -> tuple[x509.Certificate, ...]:
    """Build the path from `leaf` to an anchor and judge it at `material.at`.

    Args:
        leaf: the signer's certificate.
        material: everything to do it with.
        step: number of the verification step, for the errors.

    Returns:
        The path, leaf first, anchor last.

    Raises:
        Invalid: broken, revoked, not valid at that moment, or something given does not belong to the path.
        CannotTell: it leads to no anchor, or a needed revocation list is absent or does not cover the moment.
    """
    path = _build(leaf, material)
    outside = [each for each in material.others if each not in path]
    if outside:
        raise Invalid(
            step, "A certificate that is not on the path came along: %(certificate)s.", certificate=name_of(outside[0])
        )
    lists = [_load_crl(der, step) for der in material.crls]
    for depth, certificate in enumerate(path):
        _check_certificate(certificate, depth, material.at, step)
    used: list[x509.CertificateRevocationList] = []
    for certificate, issuer in pairwise(path):
        found = [each for each in lists if _concerns(each, certificate, issuer)]
        for each in found:
            if material.needs_crls:
                _check_covers(certificate, each, material.at, step)
            _check_not_revoked(certificate, each, material.at, step)
        used += found
        if not found and material.needs_crls and path[-1] in material.trust:
            raise CannotTell(
                step,
                "There is no revocation list for the certificate %(certificate)s.",
                certificate=name_of(certificate),
            )
    if path[-1] not in material.trust:
        # Judged as far as it goes: what came along is sound, but nothing says whose it is.
        raise CannotTell(
            step,
            "The certificate %(certificate)s leads to none of the trusted certificates.",
            certificate=name_of(leaf),
        )
    if len(used) < len(lists):
        raise Invalid(step, "A revocation list came along that concerns no certificate of the path.")
    return path


def check_seal_purpose(certificate: x509.Certificate) -> None:
    """Check that a certificate may seal documents and bind a log's key, as far as it states purposes (RFC 5280 4.2.1).

    Raises:
        InputError: it serves servers, time stamping or OCSP, or nothing but clients or code, or may not sign.
    """
    try:
        purposes = set(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound:
        purposes = set()
    if purposes & _NEVER_SEAL or (purposes and purposes <= _SEAL_NOT_ALONE):
        raise InputError("its certificate serves something else, not sealing (extended key usage).")
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    if not (usage.digital_signature or usage.content_commitment):
        raise InputError("its certificate may not sign.")


def name_of(certificate: x509.Certificate) -> str:
    """Return a readable name of the subject."""
    common = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(common[0].value)[:200] if common else certificate.subject.rfc4514_string()[:200]


def says_no_legal_value(chain: Sequence[x509.Certificate]) -> bool:
    """Say whether a certificate of a path is of the development authority, which says in its name what it is worth."""
    return any("no legal value" in each.subject.rfc4514_string().lower() for each in chain)


def to_der(certificate: x509.Certificate) -> bytes:
    """Return the DER of a certificate."""
    return certificate.public_bytes(Encoding.DER)


def _build(leaf: x509.Certificate, material: PathMaterial) -> tuple[x509.Certificate, ...]:
    path = [leaf]
    while path[-1] not in material.trust and len(path) < MAX_PATH:
        above = next(
            (each for each in (*material.trust, *material.others) if each not in path and _issued(path[-1], each)), None
        )
        if above is None:
            break
        path.append(above)
    return tuple(path)


@lru_cache(maxsize=64)
def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    if certificate.issuer != issuer.subject or not is_strong(issuer.public_key()):
        return False
    try:
        certificate.verify_directly_issued_by(issuer)
        algorithm = certificate.signature_hash_algorithm
    except (InvalidSignature, *_FOREIGN_ERRORS):
        return False
    return algorithm is None or isinstance(algorithm, _HASHES)


def _check_certificate(certificate: x509.Certificate, depth: int, at: datetime, step: int) -> None:
    name = name_of(certificate)
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        raise Invalid(step, "The certificate %(name)s was not valid at %(at)s.", name=name, at=to_rfc3339(at))
    if not is_strong(certificate.public_key()):
        raise Invalid(
            step, "The key of the certificate %(name)s is of a kind or size that proofs do not accept.", name=name
        )
    if any(each.critical and each.oid not in _READ for each in certificate.extensions):
        raise Invalid(
            step, "The certificate %(name)s has a critical extension that this program does not know.", name=name
        )
    if depth and not _may_issue(certificate, depth):
        raise Invalid(step, "The certificate %(name)s may not issue the certificates under it.", name=name)


def _may_issue(certificate: x509.Certificate, depth: int) -> bool:
    try:
        constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
    except x509.ExtensionNotFound:
        return False
    below = depth - 1
    if not constraints.ca or (constraints.path_length is not None and constraints.path_length < below):
        return False
    try:
        return certificate.extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
    except x509.ExtensionNotFound:
        return True


@lru_cache(maxsize=8)  # checking one of a large authority takes long, and it stands in every token of a day
def _load_crl(der: bytes, step: int) -> x509.CertificateRevocationList:
    try:
        check_der(der)
        _check_frame(der)
        revocation_list = x509.load_der_x509_crl(der)
        _ = revocation_list.extensions, revocation_list.issuer, revocation_list.next_update_utc
    except (InputError, *_FOREIGN_ERRORS) as error:
        raise Invalid(step, "A revocation list is not readable: %(cause)s.", cause=str(error)[:120]) from error
    return revocation_list


def _check_frame(der: bytes) -> None:
    """Check what surrounds the signed part of a certificate or list, and that a certificate's number is positive.

    Raises:
        InputError: the algorithm stated outside is not the one inside, or the signature has spare bits.
    """
    outer = parts(der)
    inner = parts(outer[0]) if outer else []
    # A certificate begins with its version under the tag [0] and its number, a list with its version alone.
    certificate = bool(inner) and inner[0][0] == 0xA0
    if len(outer) != 3 or len(inner) < 3 or primitive(outer[2], 0x03)[:1] != b"\x00":
        raise InputError("It does not have the parts of a certificate or revocation list.")
    if inner[2 if certificate else 1] != outer[1]:
        raise InputError("It was altered outside its signed part.")
    if certificate and int.from_bytes(primitive(inner[1], 0x02), "big", signed=True) <= 0:
        # cryptography only warns of such a number; refused first, it never gets to.
        raise InputError("A certificate has no positive number.")


def _concerns(
    revocation_list: x509.CertificateRevocationList, certificate: x509.Certificate, issuer: x509.Certificate
) -> bool:
    """Say whether the list is signed by the certificate's issuer and covers the certificate."""
    key = issuer.public_key()
    if revocation_list.issuer != certificate.issuer or not isinstance(
        key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey
    ):
        return False
    try:
        algorithm = revocation_list.signature_hash_algorithm
        signed = revocation_list.is_signature_valid(key)
    except _FOREIGN_ERRORS:
        return False
    if not signed or not (algorithm is None or isinstance(algorithm, _HASHES)) or not _may_sign_lists(issuer):
        return False
    return _covers(revocation_list, certificate)


def _may_sign_lists(issuer: x509.Certificate) -> bool:
    try:
        return issuer.extensions.get_extension_for_class(x509.KeyUsage).value.crl_sign
    except x509.ExtensionNotFound:
        return True


def _covers(revocation_list: x509.CertificateRevocationList, certificate: x509.Certificate) -> bool:
    """Judge a list's own scope (RFC 5280 section 5.2.5): complete, or of the certificate's distribution point."""
    unread = [each for each in revocation_list.extensions if each.critical]
    point = next((each.value for each in unread if isinstance(each.value, x509.IssuingDistributionPoint)), None)
    if len(unread) != (0 if point is None else 1):
        return False
    if point is None:
        return True
    if point.indirect_crl or point.only_contains_attribute_certs or point.only_some_reasons or point.relative_name:
        return False
    try:
        authority = bool(certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
    except x509.ExtensionNotFound:
        authority = False
    if (point.only_contains_user_certs and authority) or (point.only_contains_ca_certs and not authority):
        return False
    return point.full_name is None or not set(point.full_name).isdisjoint(_distribution_names(certificate))


def _distribution_names(certificate: x509.Certificate) -> list[x509.GeneralName]:
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return []
    return [name for point in points for name in point.full_name or ()]


def _check_covers(
    certificate: x509.Certificate, revocation_list: x509.CertificateRevocationList, at: datetime, step: int
) -> None:
    next_update = revocation_list.next_update_utc
    if next_update is None or next_update < at or revocation_list.last_update_utc > certificate.not_valid_after_utc:
        raise CannotTell(
            step,
            "The revocation list for %(certificate)s does not cover %(at)s.",
            certificate=name_of(certificate),
            at=to_rfc3339(at),
        )


def _check_not_revoked(
    certificate: x509.Certificate, revocation_list: x509.CertificateRevocationList, at: datetime, step: int
) -> None:
    name = name_of(certificate)
    try:
        entry = revocation_list.get_revoked_certificate_by_serial_number(certificate.serial_number)
        reason = _reason(entry) if entry is not None else None
    except _FOREIGN_ERRORS as error:
        raise Invalid(
            step, "The revocation list for %(name)s is not readable: %(cause)s.", name=name, cause=str(error)[:120]
        ) from error
    if entry is None:
        return
    if entry.revocation_date_utc <= at or reason not in _HARMLESS:
        raise Invalid(
            step, "The certificate %(name)s was revoked on %(at)s.", name=name, at=to_rfc3339(entry.revocation_date_utc)
        )


def _reason(entry: x509.RevokedCertificate) -> x509.ReasonFlags | None:
    try:
        return entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    except x509.ExtensionNotFound:
        return None
