"""A development certification authority: a root, a time stamping certificate, a document seal, server certificates.

It exists so that an installation works from its first minute with real protocols. Nothing it issues has any legal
value, and every subject name says so. All of it is created once, in one folder, and found again afterwards.

Files: `ca.key` `ca.pem` `ca.crl` `tsa.key` `tsa.pem` `seal.p12` `seal.pem` `seal.passphrase` `server-*.key`
`server-*.pem` `revoked.json` `lock`. Keys and passphrase are 0600. A key is on disk before its certificate, so a crash
leaves at most a key without a certificate, which the next start uses.
"""

import fcntl
import ipaddress
import json
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from acuse import clock
from acuse.embedded import profiles
from acuse.embedded.files import write_durably
from acuse.errors import ConfigurationError, InputError

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
CRL_LIFE = timedelta(days=90)
CRL_REFRESH = timedelta(hours=12)
SERVER_RENEWAL = timedelta(days=30)
MOST_NAMES = 100  # of one server certificate


@dataclass(frozen=True, kw_only=True)
class Issued:
    """A certificate and its private key, loaded."""

    certificate: x509.Certificate
    key: Key


@dataclass(frozen=True, kw_only=True)
class SealFiles:
    """The document seal: a PKCS#12 file (key and certificate, without the root) and the file with its passphrase."""

    pkcs12: Path
    passphrase: Path
    certificate: Path


@dataclass(frozen=True, kw_only=True)
class ServerFiles:
    """A server's certificate and key, both PEM, as `ssl.SSLContext.load_cert_chain` takes them."""

    certificate: Path
    key: Path


class Authority:
    """The authority in one folder; opened by several processes at once without harm.

    Args:
        directory: its folder; created (0700) when missing.
        crl_url: where the revocation list will be served; written into what is issued from now on.
        now: the clock.

    Raises:
        ConfigurationError: a file of it is damaged or lost; says which.
    """

    def __init__(self, directory: Path, *, crl_url: str, now: Callable[[], datetime] = clock.now) -> None:
        self._directory = directory
        self._crl_url = crl_url
        self._now = now
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._alone():
            key = self._key("ca", _new_p256)
            self._root = Issued(certificate=self._certificate("ca", lambda: self._make_root(key)), key=key)
        _check_pair("ca", self._root)

    @property
    def root(self) -> x509.Certificate:
        """The root certificate: what others have to trust."""
        return self._root.certificate

    @property
    def root_pem(self) -> bytes:
        """The root certificate as PEM."""
        return self.root.public_bytes(serialization.Encoding.PEM)

    def timestamping(self) -> Issued:
        """Return the time stamping certificate and key (ECDSA P-256), made the first time."""
        with self._alone():
            key = self._key("tsa", _new_p256)
            issued = Issued(
                certificate=self._certificate(
                    "tsa",
                    lambda: self._sign(
                        profiles.timestamping(self._subject("Acuse development TSA - no legal value"), key.public_key())
                    ),
                ),
                key=key,
            )
        _check_pair("tsa", issued)
        return issued

    def seal(self, organisation: str) -> SealFiles:
        """Return the files of the document seal (RSA-3072), made the first time for `organisation`.

        Args:
            organisation: legal name of who seals (the first 64 characters are used); ignored once the seal exists.
        """
        files = SealFiles(
            pkcs12=self._directory / "seal.p12",
            passphrase=self._directory / "seal.passphrase",
            certificate=self._directory / "seal.pem",
        )
        with self._alone():
            if not files.passphrase.exists():
                if files.pkcs12.exists():
                    raise ConfigurationError(f"{files.passphrase} is lost and {files.pkcs12} cannot be opened.")
                write_durably(files.passphrase, secrets.token_hex(20).encode())
            if not files.pkcs12.exists():
                self._make_seal(files, organisation)
        return files

    def server(self, names: Sequence[str]) -> ServerFiles:
        """Return a TLS server certificate for these host names and IP addresses.

        It is issued again when it has less than 30 days left. The name of the files depends on `names`.

        Raises:
            InputError: no names, or more than 100.
        """
        if not 0 < len(names) <= MOST_NAMES:
            raise InputError(f"A server certificate takes 1 to {MOST_NAMES} names; {len(names)} were given.")
        stem = f"server-{profiles.fingerprint(names)}"
        files = ServerFiles(certificate=self._directory / f"{stem}.pem", key=self._directory / f"{stem}.key")
        with self._alone():
            key = self._key(stem, _new_p256)
            if files.certificate.exists():
                old = x509.load_pem_x509_certificate(files.certificate.read_bytes())
                if old.not_valid_after_utc - self._now() < SERVER_RENEWAL:
                    files.certificate.unlink()
            subject = self._subject("Acuse development server - no legal value")
            self._certificate(stem, lambda: self._sign(profiles.server(subject, key.public_key(), _general(names))))
        return files

    def crl(self) -> bytes:
        """Return the revocation list (DER), at most 12 hours old and valid for 90 days."""
        path = self._directory / "ca.crl"
        with self._alone():
            old = x509.load_der_x509_crl(path.read_bytes()) if path.exists() else None
            if old is None or not timedelta(0) <= self._now() - old.last_update_utc < CRL_REFRESH:
                return self._publish_crl(old)
            return path.read_bytes()

    def revoke(self, serial_number: int) -> None:
        """Revoke a certificate by its serial number; the list names it from now on."""
        with self._alone():
            revoked = self._revoked()
            revoked.setdefault(str(serial_number), self._now().timestamp())
            write_durably(self._directory / "revoked.json", json.dumps(revoked).encode())
            path = self._directory / "ca.crl"
            self._publish_crl(x509.load_der_x509_crl(path.read_bytes()) if path.exists() else None)

    # -- making ------------------------------------------------------------------------------------------------------

    @contextmanager
    def _alone(self) -> Iterator[None]:
        descriptor = os.open(self._directory / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _key(self, name: str, make: Callable[[], Key]) -> Key:
        path = self._directory / f"{name}.key"
        if not path.exists():
            if (self._directory / f"{name}.pem").exists():
                raise ConfigurationError(f"{path} is lost; restore it, or remove {name}.pem to begin anew.")
            write_durably(path, _private_pem(make()))
        try:
            key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        except ValueError as error:
            raise ConfigurationError(f"{path} is damaged; restore it from a backup.") from error
        if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
            raise ConfigurationError(f"{path} holds a key of another kind.")
        return key

    def _certificate(self, name: str, make: Callable[[], x509.Certificate]) -> x509.Certificate:
        path = self._directory / f"{name}.pem"
        if not path.exists():
            write_durably(path, make().public_bytes(serialization.Encoding.PEM), mode=0o644)
        try:
            return x509.load_pem_x509_certificate(path.read_bytes())
        except ValueError as error:
            raise ConfigurationError(f"{path} is damaged; restore it from a backup.") from error

    def _subject(self, common_name: str, organisation: str = "Acuse development") -> x509.Name:
        return x509.Name(
            [
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:64]),
                x509.NameAttribute(NameOID.COMMON_NAME, common_name),
            ]
        )

    def _make_root(self, key: Key) -> x509.Certificate:
        subject = self._subject("Acuse development CA - no legal value")
        return profiles.root(subject, key.public_key(), self._now()).sign(key, hashes.SHA256())

    def _sign(self, profile: profiles.Profile) -> x509.Certificate:
        builder = profiles.complete(profile, issuer=self.root, crl_url=self._crl_url, moment=self._now())
        return builder.sign(self._root.key, hashes.SHA256())

    def _make_seal(self, files: SealFiles, organisation: str) -> None:
        key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
        subject = self._subject("Development seal - no legal value", organisation)
        certificate = self._sign(profiles.seal(subject, key.public_key()))
        content = pkcs12.serialize_key_and_certificates(
            b"seal",
            key,
            certificate,
            None,
            serialization.BestAvailableEncryption(files.passphrase.read_bytes()),
        )
        # The certificate alone first: a crash between the two leaves one that nothing uses and the next start replaces.
        write_durably(files.certificate, certificate.public_bytes(serialization.Encoding.PEM), mode=0o644)
        write_durably(files.pkcs12, content)

    def _revoked(self) -> dict[str, float]:
        path = self._directory / "revoked.json"
        return dict(json.loads(path.read_bytes())) if path.exists() else {}

    def _publish_crl(self, old: x509.CertificateRevocationList | None) -> bytes:
        number = 1
        if old is not None:  # a list without entries is false
            number += old.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
        revoked = [
            x509.RevokedCertificateBuilder()
            .serial_number(int(serial))
            .revocation_date(datetime.fromtimestamp(at, UTC))
            .add_extension(x509.CRLReason(x509.ReasonFlags.cessation_of_operation), critical=False)
            .build()
            for serial, at in self._revoked().items()
        ]
        builder = profiles.revocation_list(self.root, number=number, moment=self._now(), life=CRL_LIFE)
        for entry in revoked:
            builder = builder.add_revoked_certificate(entry)
        content = builder.sign(self._root.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
        write_durably(self._directory / "ca.crl", content, mode=0o644)
        return content


def _new_p256() -> Key:
    return ec.generate_private_key(ec.SECP256R1())


def _private_pem(key: Key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _check_pair(name: str, issued: Issued) -> None:
    if issued.certificate.public_key() != issued.key.public_key():
        raise ConfigurationError(f"{name}.key and {name}.pem do not belong together; restore the right pair.")


def _general(names: Sequence[str]) -> list[x509.GeneralName]:
    found: list[x509.GeneralName] = []
    for name in names:
        try:
            found.append(x509.IPAddress(ipaddress.ip_address(name)))
        except ValueError:
            found.append(x509.DNSName(name))
    return found
