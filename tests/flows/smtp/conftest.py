"""A connector on free ports, in a thread of its own, with verbs that the test sees through."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from acuse.accounts.values import SmtpCredentialValue
from acuse.delivery.envelope import Envelope
from acuse.doors.smtp.connector import Connector, Listening, Ports, tls_context
from acuse.doors.smtp.limits import Limits
from acuse.doors.smtp.service import Verbs
from acuse.errors import AccessDenied
from tests.flows.smtp.client import PATIENCE, Client

DOMAIN = "@talleres-ribera.example"
CREDENTIAL = SmtpCredentialValue(id=UUID(int=1), organisation=UUID(int=2), name="CRM")


Handed = tuple[SmtpCredentialValue, Envelope, bytes]


@dataclass
class Behind:
    """What lies behind the door: keeps what it is given, and fails where it is told to.

    Attributes:
        refused: the ENVIDs of the messages that are refused, and no others with them.
        held: what every transaction waits for.
        batches: how many messages each transaction has or had.
    """

    accepted: list[Handed] = field(default_factory=list)
    login_error: BaseException | None = None
    permission_error: BaseException | None = None
    keep_error: BaseException | None = None
    accept_error: BaseException | None = None
    refused: frozenset[str] = frozenset()
    held: threading.Event | None = None
    inside: threading.Event = field(default_factory=threading.Event)
    batches: list[int] = field(default_factory=list)

    def authenticate(self, username: str, secret: str, ip: str) -> SmtpCredentialValue:
        assert ip == "127.0.0.1"
        if self.login_error is not None:
            raise self.login_error
        if (username, secret) != ("crm", "clave"):
            raise AccessDenied("The user name or the secret is wrong.")
        return CREDENTIAL

    def may_send_as(self, credential: SmtpCredentialValue, address: str) -> bool:
        assert credential is CREDENTIAL
        if self.permission_error is not None:
            raise self.permission_error
        return address.endswith(DOMAIN)

    def keep(self, credential: SmtpCredentialValue, envelope: Envelope, raw: bytes) -> Handed:
        if self.keep_error is not None:
            raise self.keep_error
        return credential, envelope, raw

    def accept(self, messages: Sequence[Handed]) -> list[list[UUID] | Exception]:
        self.batches.append(len(messages))
        self.inside.set()
        if (held := self.held) is not None:
            assert held.wait(PATIENCE)
        if self.accept_error is not None:
            raise self.accept_error
        return [self._accept_one(*message) for message in messages]

    def _accept_one(self, credential: SmtpCredentialValue, envelope: Envelope, raw: bytes) -> list[UUID] | Exception:
        if envelope.envid in self.refused:
            return AccessDenied("This credential was revoked.")
        self.accepted.append((credential, envelope, raw))
        return [uuid4() for _ in envelope.recipients]

    def verbs(self) -> Verbs:
        return Verbs(authenticate=self.authenticate, may_send_as=self.may_send_as, keep=self.keep, accept=self.accept)


@dataclass
class Door:
    """A running connector."""

    behind: Behind
    ports: Ports
    connector: Connector
    trust: ssl.SSLContext
    stop: Callable[[], None]

    def plain(self) -> Client:
        """Connect to the STARTTLS port and read the banner."""
        assert self.ports.starttls is not None
        return Client(socket.create_connection(("127.0.0.1", self.ports.starttls), PATIENCE))

    def encrypted(self) -> Client:
        """Connect to the port of implicit TLS and read the banner."""
        assert self.ports.tls is not None
        raw = socket.create_connection(("127.0.0.1", self.ports.tls), PATIENCE)
        return Client(self.trust.wrap_socket(raw, server_hostname="localhost"))

    def logged_in(self) -> Client:
        """Connect, say EHLO and authenticate."""
        client = self.encrypted()
        client.hello()
        client.login()
        return client


@pytest.fixture(scope="session")
def identity(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for localhost and its key, as files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(7).not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
    builder = builder.not_valid_after(datetime(2050, 1, 1, tzinfo=UTC))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    folder = tmp_path_factory.mktemp("identity")
    certificate_file, key_file = folder / "certificate.pem", folder / "key.pem"
    certificate_file.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    key_file.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return certificate_file, key_file


@contextmanager
def running(identity: tuple[Path, Path], limits: Limits, grace: float = 20.0, port: int = 0) -> Iterator[Door]:
    """Run a connector in a thread until the block ends."""
    behind, loop = Behind(), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    listening = Listening(hostname="localhost", starttls_port=port, tls_port=0, threads=4, grace=grace, limits=limits)

    async def start() -> tuple[Connector, Ports]:
        connector = Connector(listening=listening, context=tls_context(*identity), verbs=behind.verbs())
        return connector, await connector.start()

    def end() -> None:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(PATIENCE)
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()

    try:
        connector, ports = asyncio.run_coroutine_threadsafe(start(), loop).result(PATIENCE)
    except BaseException:
        end()
        raise
    stopped: list[bool] = []

    def stop() -> None:
        if not stopped:
            stopped.append(True)
            asyncio.run_coroutine_threadsafe(connector.stop(), loop).result(PATIENCE)

    try:
        yield Door(behind, ports, connector, ssl.create_default_context(cafile=str(identity[0])), stop)
    finally:
        stop()
        end()


Opener = Callable[..., AbstractContextManager[Door]]


@pytest.fixture(scope="session")
def opened(identity: tuple[Path, Path]) -> Opener:
    """Return `open_(grace=..., port=..., **limits)`, a context manager over a connector with those limits."""

    def open_(grace: float = 20.0, port: int = 0, **limits: float) -> AbstractContextManager[Door]:
        return running(identity, replace(Limits(), **limits), grace, port)

    return open_


@pytest.fixture(scope="module")
def _shared(identity: tuple[Path, Path]) -> Iterator[Door]:
    with running(identity, Limits(message=2**20, errors=200, permission=0.0)) as door:
        yield door


@pytest.fixture
def door(_shared: Door) -> Door:
    """A connector that takes 1 MB, with nothing behind it yet."""
    _shared.behind.__init__()  # type: ignore[misc]
    return _shared
