"""Preparing an installation: what must exist before any of its processes starts. Everything here can be repeated.

Order, and what a crash leaves: directories; the database server; keys (each file whole or absent); the development
authority; the schema; the seal's binding of the checkpoint key; the trust file. The next start goes on from there.
"""

import hashlib
import logging
import os
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from acuse import clock
from acuse.certificates.stories.proofs import LOG_KEY, SEAL_ANCHOR, TIME_STAMP_ANCHOR
from acuse.config.database import embedded_postgres
from acuse.config.environment import Environment
from acuse.config.keys import Keys
from acuse.embedded.authority import Authority
from acuse.embedded.postgres import EmbeddedPostgres
from acuse.embedded.trust_services import crl_url
from acuse.errors import ConfigurationError, TemporaryError
from acuse.evidence.rules import INSTALLATION
from acuse.proof.trust import Trust

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class SealFiles:
    """Where the seal's key lies and who vouches for it.

    Args:
        pkcs12: file with key and chain.
        passphrase: of that file.
        roots: PEM certificates above the seal.
        development: the seal has no legal value.
    """

    pkcs12: Path
    passphrase: bytes
    roots: tuple[x509.Certificate, ...]
    development: bool


@dataclass(frozen=True, kw_only=True)
class ServerFiles:
    """Certificate chain and key of the SMTP door, both PEM files."""

    certificate: Path
    key: Path


def trust_services_url(environment: Environment) -> str:
    """Return the address of the embedded CA and TSA."""
    return f"http://127.0.0.1:{environment.trust_services_port}"


def authority(environment: Environment) -> Authority:
    """Open the development authority, making it at first use."""
    return Authority(environment.data_directory / "authority", crl_url=crl_url(trust_services_url(environment)))


def _read_roots(path: Path, name: str) -> tuple[x509.Certificate, ...]:
    try:
        return tuple(x509.load_pem_x509_certificates(path.read_bytes()))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{name} is {path}, which is not a readable PEM file of certificates.") from error


def seal_files(environment: Environment) -> SealFiles:
    """Return the seal's files: those configured, else the development seal, made at first use.

    Raises:
        ConfigurationError: a configured file cannot be used.
    """
    if environment.seal_pkcs12 is None or environment.seal_passphrase is None:
        development = authority(environment)
        files = development.seal(environment.certifier)
        return SealFiles(
            pkcs12=files.pkcs12,
            passphrase=files.passphrase.read_bytes(),
            roots=(development.root,),
            development=True,
        )
    if environment.seal_trust is None:
        raise ConfigurationError("Set ACUSE_SEAL_TRUST to a PEM file with the root of the seal's certificate.")
    return SealFiles(
        pkcs12=environment.seal_pkcs12,
        passphrase=environment.seal_passphrase.get_secret_value().encode(),
        roots=_read_roots(environment.seal_trust, "ACUSE_SEAL_TRUST"),
        development=False,
    )


def tsa_roots(environment: Environment) -> tuple[x509.Certificate, ...]:
    """Return the roots of the time-stamping authorities in use."""
    if environment.tsa_urls and environment.tsa_trust is not None:
        return _read_roots(environment.tsa_trust, "ACUSE_TSA_TRUST")
    return (authority(environment).root,)


def tsa_urls(environment: Environment) -> tuple[str, ...]:
    """Return the time-stamping services in order of preference."""
    return environment.tsa_urls or (f"{trust_services_url(environment)}/tsa",)


def smtp_files(environment: Environment) -> ServerFiles:
    """Return the SMTP door's certificate: the one configured, else one of the development authority."""
    if environment.smtp_certificate is not None and environment.smtp_key is not None:
        return ServerFiles(certificate=environment.smtp_certificate, key=environment.smtp_key)
    names = sorted({environment.mail_hostname, "localhost", "127.0.0.1"})
    files = authority(environment).server(names)
    return ServerFiles(certificate=files.certificate, key=files.key)


def make_directories(environment: Environment) -> None:
    """Make the data directory and its parts, as private as PostgreSQL's own user allows.

    Raises:
        ConfigurationError: they cannot be made.
    """
    try:
        environment.data_directory.mkdir(parents=True, exist_ok=True)
        # As root, PostgreSQL's unprivileged user must pass through; everything of ours below is closed to it.
        environment.data_directory.chmod(0o711 if os.geteuid() == 0 else 0o700)
        for path in (environment.keys, environment.custody_directory):
            path.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"The data directory {environment.data_directory} cannot be used: {error.strerror}. "
            "Set ACUSE_DATA_DIRECTORY to a directory that you may write."
        ) from error


def make_keys(environment: Environment) -> Keys:
    """Make every key that does not exist yet."""
    keys = Keys(environment.keys, origin=environment.log_origin)
    for made in (keys.credential, keys.address, keys.web, keys.checkpoint):
        if not made:
            raise ConfigurationError(f"A key in {environment.keys} is empty; restore it from a backup.")
    return keys


@contextmanager
def running_database(environment: Environment) -> Iterator[EmbeddedPostgres | None]:
    """Keep the embedded server running for the time of a block; None where an outside server is configured."""
    if environment.database_url is not None:
        yield None
        return
    postgres = embedded_postgres(environment)
    postgres.start()
    try:
        yield postgres
    finally:
        postgres.stop()


def load_seal_key(
    files: SealFiles,
) -> tuple[rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, x509.Certificate, tuple[x509.Certificate, ...]]:
    """Return the seal's private key, certificate and intermediates.

    Raises:
        ConfigurationError: the file or the passphrase is wrong, or the key is of another kind.
    """
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(files.pkcs12.read_bytes(), files.passphrase)
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"The seal {files.pkcs12} cannot be opened: check the file and passphrase.") from error
    if certificate is None or not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise ConfigurationError(f"The seal {files.pkcs12} holds no RSA or elliptic-curve key with its certificate.")
    return key, certificate, tuple(others)


def _revocation_lists(environment: Environment, files: SealFiles, path: list[bytes]) -> list[bytes]:
    """Return the lists that show the seal was not revoked when it bound the key; none where they cannot be had now."""
    from acuse.evidence.revocation import RevocationSource

    if files.development:
        return [authority(environment).crl()]
    try:
        return RevocationSource().lists_for(path)
    except TemporaryError as error:
        log.warning("the seal's revocation lists cannot be had: %s", error)
        return []


def bind_checkpoint_key(environment: Environment, keys: Keys) -> None:
    """Have the seal sign the log's verifier key, once per change of seal, and record it as a fact.

    Proofs carry the newest signature and must be sealed with that same seal; so one that returns signs again.
    """
    from django.db import transaction

    from acuse.evidence import custody
    from acuse.evidence.ledger import FactDraft, record, refer
    from acuse.evidence.models import Binding
    from acuse.proof.binding import bind
    from acuse.proof.facts.fact import Actor

    files = seal_files(environment)
    key, certificate, chain = load_seal_key(files)
    line = keys.checkpoint.verifier().line()
    digest = hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()
    newest = Binding.objects.filter(verifier_key=line).order_by("-id").first()
    if newest is not None and newest.seal_sha256 == digest:
        return
    now = clock.now()
    cms = bind(line, key=key, certificate=certificate, chain=chain, at=now)
    path = [each.public_bytes(Encoding.DER) for each in (certificate, *chain)]
    crls = [b64encode(crl).decode("ascii") for crl in _revocation_lists(environment, files, path)]
    kept = custody.keep(organisation=INSTALLATION, content=cms, media_type="application/pkcs7-signature")
    with transaction.atomic():
        Binding.objects.create(verifier_key=line, seal_sha256=digest, cms=cms, crls=crls, bound_at=now)
        record(
            FactDraft(
                organisation=INSTALLATION,
                subject_kind="installation",
                subject_id=INSTALLATION,
                type="seal.bound",
                actor=Actor(kind="component", id="installation"),
                details={"verifier_key": line, "certificate_sha256": digest},
                objects=(refer("seal-binding", kept),),
            )
        )


def write_trust(environment: Environment, keys: Keys) -> None:
    """Write the anchors: all in the file that `acuse verify` reads when none are given, and each kind by itself."""
    seals, stamps = seal_files(environment).roots, tsa_roots(environment)
    log_keys = (keys.checkpoint.verifier().line(),)
    _publish(environment.trust_file, Trust(seals=seals, stamps=stamps, log_keys=log_keys))
    environment.anchors_directory.mkdir(mode=0o755, exist_ok=True)
    for name, trust in (
        (TIME_STAMP_ANCHOR, Trust(stamps=stamps)),
        (SEAL_ANCHOR, Trust(seals=seals)),
        (LOG_KEY, Trust(log_keys=log_keys)),
    ):
        _publish(environment.anchors_directory / name, trust)


def _publish(path: Path, trust: Trust) -> None:
    temporary = path.with_suffix(".new")
    temporary.write_text(trust.to_text(), "utf-8")
    temporary.chmod(0o644)
    temporary.replace(path)


def prepare(environment: Environment) -> Keys:
    """Bring an installation whose database runs up to date.

    Raises:
        ConfigurationError: something cannot be used; says what to do.
    """
    from acuse.config.database import migrate

    keys = make_keys(environment)
    seal_files(environment)
    migrate()
    bind_checkpoint_key(environment, keys)
    write_trust(environment, keys)
    return keys
