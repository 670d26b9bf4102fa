"""What each kind of development certificate says about itself (RFC 5280; RFC 3161 section 2.3 for time stamping)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey
ROOT_LIFE = timedelta(days=30 * 365)
TIMESTAMPING_LIFE = timedelta(days=20 * 365)
SEAL_LIFE = timedelta(days=10 * 365)
SERVER_LIFE = timedelta(days=365)
EARLIER = timedelta(minutes=5)  # valid a little before, for clocks that are behind
_NO_USAGE = dict.fromkeys(
    (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    ),
    False,
)


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A certificate to be signed by the root: whose it is, how long it lives, what it may be used for."""

    subject: x509.Name
    key: PublicKey
    life: timedelta
    usages: tuple[str, ...]
    extended: tuple[x509.ObjectIdentifier, ...] = ()
    extended_critical: bool = False
    names: tuple[x509.GeneralName, ...] = ()


def timestamping(subject: x509.Name, key: PublicKey) -> Profile:
    """Time stamping: that extended usage alone, and critical (RFC 3161 section 2.3)."""
    return Profile(
        subject=subject,
        key=key,
        life=TIMESTAMPING_LIFE,
        usages=("digital_signature",),
        extended=(ExtendedKeyUsageOID.TIME_STAMPING,),
        extended_critical=True,
    )


def seal(subject: x509.Name, key: PublicKey) -> Profile:
    """Document sealing: digital signature and non-repudiation."""
    return Profile(subject=subject, key=key, life=SEAL_LIFE, usages=("digital_signature", "content_commitment"))


def server(subject: x509.Name, key: PublicKey, names: Sequence[x509.GeneralName]) -> Profile:
    """TLS server for the names given."""
    return Profile(
        subject=subject,
        key=key,
        life=SERVER_LIFE,
        usages=("digital_signature",),
        extended=(ExtendedKeyUsageOID.SERVER_AUTH,),
        names=tuple(names),
    )


def root(subject: x509.Name, key: PublicKey, moment: datetime) -> x509.CertificateBuilder:
    """Build the self-signed root: it may sign end certificates and revocation lists, nothing else."""
    return (
        _builder(subject, subject, key, moment, ROOT_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage("key_cert_sign", "crl_sign"), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def complete(profile: Profile, *, issuer: x509.Certificate, crl_url: str, moment: datetime) -> x509.CertificateBuilder:
    """Build the certificate that `profile` describes, to be signed by `issuer`."""
    identifier = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    point = x509.DistributionPoint(
        full_name=[x509.UniformResourceIdentifier(crl_url)], relative_name=None, reasons=None, crl_issuer=None
    )
    builder = (
        _builder(profile.subject, issuer.subject, profile.key, moment, profile.life)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(*profile.usages), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(profile.key), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier),
            critical=False,
        )
        .add_extension(x509.CRLDistributionPoints([point]), critical=False)
    )
    if profile.extended:
        builder = builder.add_extension(x509.ExtendedKeyUsage(profile.extended), critical=profile.extended_critical)
    if profile.names:
        builder = builder.add_extension(x509.SubjectAlternativeName(profile.names), critical=False)
    return builder


def revocation_list(
    issuer: x509.Certificate, *, number: int, moment: datetime, life: timedelta
) -> x509.CertificateRevocationListBuilder:
    """Build an empty revocation list of `issuer`, valid from `moment` for `life`."""
    identifier = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(moment)
        .next_update(moment + life)
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
    )


def fingerprint(names: Sequence[str]) -> str:
    """Return a short file name for a set of server names."""
    return hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()[:16]


def _builder(
    subject: x509.Name, issuer: x509.Name, key: PublicKey, moment: datetime, life: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - EARLIER)
        .not_valid_after(moment + life)
    )


def _usage(*names: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{**_NO_USAGE, **dict.fromkeys(names, True)})
