"""The inbound door: only for us, never a relay, never a line end but CR LF, nothing said before it is durable."""

import asyncio
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acuse.doors.smtp.connector import tls_context
from acuse.doors.smtp.inbound import LIMITS, InboundDoor, InboundListening, InboundService, InboundVerbs
from acuse.doors.smtp.limits import Limits
from acuse.doors.smtp.replies import Refused
from acuse.errors import TemporaryError
from acuse.mail.tokens import encode_address
from acuse.reception.rules import Ours, read_address
from acuse.reception.services import Arrival
from tests.flows.smtp.client import PATIENCE, Client, has_enhanced_code, stuffed

KEY = b"k" * 32
DOMAIN = "rebotes.example"
BOUNCE, REPLY, INBOX = (
    encode_address(key=KEY, purpose=purpose, identifier=UUID(int=7), domain=DOMAIN)
    for purpose in ("bounce", "reply", "inbox")
)
RAW = b"From: MAILER-DAEMON@mx.example\r\nSubject: no\r\n\r\nNo.\r\n.punto\r\n"


def ours(address: str) -> Ours | None:
    with pytest.raises(RuntimeError):  # the product asks the database, which may not be in the loop
        asyncio.get_running_loop()
    return read_address(address, keys=(KEY,), token_domain=DOMAIN, domains=frozenset({DOMAIN, "acuse.example"}))


@dataclass
class Inbound:
    """A running door, and what came through it."""

    came: list[tuple[Arrival, bytes]] = field(default_factory=list)
    error: Exception | None = None
    held: threading.Event | None = None
    inside: threading.Event = field(default_factory=threading.Event)
    port: int = 0
    trust: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    stop: Callable[[], None] = lambda: None

    def receive(self, arrival: Arrival, raw: bytes) -> list[UUID]:
        self.inside.set()
        if self.held is not None:
            assert self.held.wait(PATIENCE)
        if self.error is not None:
            raise self.error
        self.came.append((arrival, raw))
        return [uuid4() for _ in arrival.recipients]

    def client(self) -> Client:
        return Client(socket.create_connection(("127.0.0.1", self.port), PATIENCE))

    def hello(self) -> Client:
        client = self.client()
        client.hello()
        return client


@contextmanager
def running(identity: tuple[Path, Path], limits: Limits) -> Iterator[Inbound]:
    """Run a door in a thread until the block ends."""
    behind, loop = Inbound(), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    listening = InboundListening(hostname="acuse.example", host="127.0.0.1", port=0, limits=limits, grace=PATIENCE)
    verbs = InboundVerbs(ours=ours, receive=behind.receive)

    async def start() -> InboundDoor:
        door = InboundDoor(listening=listening, context=tls_context(*identity), verbs=verbs)
        behind.port = await door.start()
        return door

    door = asyncio.run_coroutine_threadsafe(start(), loop).result(PATIENCE)
    behind.trust = ssl.create_default_context(cafile=str(identity[0]))
    try:
        yield behind
    finally:
        asyncio.run_coroutine_threadsafe(door.stop(), loop).result(2 * PATIENCE)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(PATIENCE)
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()


@pytest.fixture(scope="module")
def _shared(identity: tuple[Path, Path]) -> Iterator[Inbound]:
    with running(identity, replace(LIMITS, message=2**20, errors=200)) as door:
        yield door


@pytest.fixture
def door(_shared: Inbound) -> Inbound:
    """A door that takes 1 MB, with nothing behind it yet."""
    _shared.came.clear()
    _shared.error = _shared.held = None
    return _shared


def test_it_offers_what_servers_use_and_no_login(door: Inbound) -> None:
    with door.client() as client:
        assert client.banner == "220 acuse.example ESMTP"
        lines = [line[4:] for line in client.hello().split("\n")]
        assert lines == [
            "acuse.example", "PIPELINING", f"SIZE {2**20}", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "STARTTLS",
        ]  # fmt: skip
        assert client.say("AUTH PLAIN AGEAYg==").startswith("500 5.5.1")
        assert client.say("VRFY postmaster").startswith("252")
        assert client.say("EXPN todos").startswith("502 5.5.1")
        assert client.say("HELP").startswith("214 2.0.0")


def test_a_report_comes_in_with_the_null_sender(door: Inbound) -> None:
    with smtplib.SMTP("localhost", door.port, "mx.cliente.example", PATIENCE) as client:
        client.starttls(context=door.trust)
        client.sendmail("", [BOUNCE], RAW)
    ((arrival, raw),) = door.came
    assert raw == RAW
    assert (arrival.mail_from, arrival.client_ip, arrival.helo) == ("", "127.0.0.1", "mx.cliente.example")
    assert arrival.recipients == (Ours(address=BOUNCE, purpose="bounce", identifier=UUID(int=7)),)
    assert arrival.tls is not None
    assert arrival.tls[0] == "TLSv1.3"


def test_clear_text_and_helo_are_enough(door: Inbound) -> None:
    with door.client() as client:
        assert client.say("HELO viejo.example").startswith("250 acuse.example")
        reply = client.submit(RAW, "MAIL FROM:<>", f"RCPT TO:<{BOUNCE}>")
        assert reply.startswith("250 2.6.0 Message received, reference ")
    assert door.came[0][0].tls is None


@pytest.mark.parametrize(
    ("address", "purpose"),
    [
        (BOUNCE, "bounce"),
        (BOUNCE.upper(), "bounce"),
        (REPLY, "reply"),
        (INBOX, "inbox"),
        (f"bounce+falso@{DOMAIN}", "unknown"),
        (f"reply+{'a' * 42}@{DOMAIN}", "unknown"),
        ("bounce" + REPLY.removeprefix("reply"), "unknown"),
        (f"Postmaster@{DOMAIN}", "postmaster"),
        ("abuse@ACUSE.example", "postmaster"),
        ("Postmaster", "postmaster"),
    ],
)
def test_our_addresses(door: Inbound, address: str, purpose: str) -> None:
    with door.hello() as client:
        assert client.submit(RAW, "MAIL FROM:<quien@sea.example>", f"RCPT TO:<{address}>").startswith("250 2.6.0")
    (found,) = door.came[0][0].recipients
    assert found.purpose == purpose
    assert (found.identifier is None) == (purpose in {"unknown", "postmaster"})


@pytest.mark.parametrize(
    "address",
    [
        "cliente@acepta.example",
        f"nadie@{DOMAIN}",
        f"bounce@{DOMAIN}",
        f"otra+cosa@{DOMAIN}",
        f"inbox+falso@{DOMAIN}",
        f"bounce+falso@sub.{DOMAIN}",
        "bounce+falso@acuse.example",
        f'"bounce+x@{DOMAIN}"@acepta.example',
        f"bounce+x%acepta.example@sub.{DOMAIN}",
        "abuse",
    ],
)
def test_it_relays_for_nobody(door: Inbound, address: str) -> None:
    with door.hello() as client:
        assert client.say("MAIL FROM:<>").startswith("250 2.1.0")
        assert client.say(f"RCPT TO:<{address}>").startswith("550 5.1.1")
        assert client.say("DATA").startswith("503 5.5.1")
    assert door.came == []


@pytest.mark.parametrize(
    ("content", "reply"),
    [
        (b"Subject: x\n\r\nHola.\r\n", "554 5.6.0"),
        (b"Subject: x\r\n\r\nHola.\rMAIL FROM:<a@b.example>\r\n", "554 5.6.0"),
        (b"a\n.\nMAIL FROM:<x@y.example>\r\n", "554 5.6.0"),
        (b"a\r\n.\n\r\n", "554 5.6.0"),
        (b"x" * (2**20 + 3) + b"\r\n", "552 5.3.4"),
        (b"\0nulos\r\n", "250 2.6.0"),
        (b"x" * 100_000 + b"\r\n", "250 2.6.0"),
        (b"", "250 2.6.0"),
    ],
)
def test_only_the_end_of_the_standard_ends_a_message(door: Inbound, content: bytes, reply: str) -> None:
    with door.hello() as client:
        assert client.submit(content, "MAIL FROM:<>", f"RCPT TO:<{BOUNCE}>")[:9] == reply
        assert client.say("NOOP").startswith("250 2.0.0")
    assert len(door.came) == (reply[0] == "2")


def test_one_address_however_often_is_one_recipient_and_a_hundred_are_the_most(door: Inbound) -> None:
    with door.hello() as client:
        assert client.say("MAIL FROM:<> SIZE=100 BODY=8BITMIME SMTPUTF8").startswith("250")
        for address in (BOUNCE, BOUNCE.upper(), BOUNCE):
            assert client.say(f"RCPT TO:<{address}>").startswith("250 2.1.5")
        for number in range(99):
            assert client.say(f"RCPT TO:<bounce+{number}@{DOMAIN}>").startswith("250 2.1.5")
        assert client.say(f"RCPT TO:<bounce+mas@{DOMAIN}>").startswith("452 4.5.3")
        assert client.say("DATA").startswith("354")
        client.send(stuffed(RAW))
        assert client.reply().startswith("250 2.6.0")
    assert len(door.came[0][0].recipients) == 100


@pytest.mark.parametrize(
    ("command", "reply"),
    [
        ("MAIL FROM:<> SIZE=99999999", "552 5.3.4"),
        ("MAIL FROM:<> SIZE=mucho", "501 5.5.4"),
        ("MAIL FROM:<> BODY=BINARYMIME", "501 5.5.4"),
        ("MAIL FROM:<> RET=HDRS", "555 5.5.4"),
        ("MAIL FROM:<ñ@b.example>", "553 5.6.7"),
        ("MAIL FROM:<ñ@b.example> SMTPUTF8", "250 2.1.0"),
        ("MAIL FROM:<a..raro.@b_c.example>", "250 2.1.0"),
        ("MAIL FROM:a@b.example", "501 5.5.4"),
        ("RCPT TO:<>", "503 5.5.1"),
        ("DATA", "503 5.5.1"),
    ],
)
def test_senders(door: Inbound, command: str, reply: str) -> None:
    with door.hello() as client:
        said = client.say(command)
        assert said[:9] == reply
        assert has_enhanced_code(said)


def test_nothing_goes_before_a_greeting(door: Inbound) -> None:
    with door.client() as client:
        assert client.say("MAIL FROM:<>").startswith("503 5.5.1")


@pytest.mark.parametrize(
    ("error", "reply"),
    [(TemporaryError("full"), "451 4.3.0"), (OSError(28, "No space left"), "452 4.3.1"), (ValueError(), "451 4.3.0")],
)
def test_what_is_not_durable_is_not_said_to_be(door: Inbound, error: Exception, reply: str) -> None:
    door.error = error
    with door.hello() as client:
        assert client.submit(RAW, "MAIL FROM:<>", f"RCPT TO:<{BOUNCE}>")[:9] == reply
        door.error = None
        assert client.submit(RAW, "MAIL FROM:<>", f"RCPT TO:<{BOUNCE}>").startswith("250 2.6.0")


def test_what_came_before_tls_is_forgotten_and_injected_commands_are_refused(door: Inbound) -> None:
    with door.hello() as client:
        assert client.say("MAIL FROM:<>").startswith("250")
        client.start_tls(door.trust)
        assert client.say("DATA").startswith("503 5.5.1")
    with door.hello() as client:
        client.send(b"STARTTLS\r\nMAIL FROM:<>\r\n")
        assert client.reply().startswith("554 5.5.1")
        assert client.closed()


def test_commands_may_come_together(door: Inbound) -> None:
    with door.hello() as client:
        client.send(f"MAIL FROM:<>\r\nRCPT TO:<{BOUNCE}>\r\nRCPT TO:<x@y.example>\r\nDATA\r\n".encode())
        assert [client.reply()[:3] for _ in range(4)] == ["250", "250", "550", "354"]
        client.send(stuffed(RAW) + b"QUIT\r\n")
        assert [client.reply()[:3] for _ in range(2)] == ["250", "221"]


def test_limits_of_connections_errors_and_time(identity: tuple[Path, Path]) -> None:
    with running(identity, replace(LIMITS, connections_per_ip=2)) as door:
        with door.hello(), door.hello(), door.client() as third:
            assert third.banner.startswith("421 4.7.0")
    with running(identity, replace(LIMITS, errors=3)) as door, door.client() as client:
        for _ in range(3):
            reply = client.say("NADA")
        assert reply.startswith("500")
        assert client.reply().startswith("421 4.7.0")
    with running(identity, replace(LIMITS, idle=0.3)) as door, door.client() as client:
        assert client.reply().startswith("421 4.4.2")


def test_a_message_under_way_is_finished_when_the_door_closes(identity: tuple[Path, Path]) -> None:
    with running(identity, LIMITS) as door:
        door.held = threading.Event()
        client = door.hello()
        for command in ("MAIL FROM:<>", f"RCPT TO:<{BOUNCE}>", "DATA"):
            client.say(command)
        client.send(stuffed(RAW))
        assert door.inside.wait(PATIENCE)
        threading.Timer(0.3, door.held.set).start()
    assert client.reply().startswith("250 2.6.0")
    client.__exit__()
    assert len(door.came) == 1


def test_what_no_token_vouches_for_is_little(identity: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("acuse.doors.smtp.inbound.UNPROVEN_HOURLY", 2)
    forged, big = f"RCPT TO:<bounce+falso@{DOMAIN}>", b"x" * 2**20 + b"\r\n"
    with running(identity, LIMITS) as door, door.hello() as client:
        assert client.submit(big, "MAIL FROM:<>", forged).startswith("552 5.3.4")
        assert client.submit(big, "MAIL FROM:<>", forged, f"RCPT TO:<{BOUNCE}>").startswith("552 5.3.4")
        assert client.submit(big, "MAIL FROM:<>", f"RCPT TO:<{BOUNCE}>").startswith("250 2.6.0")
        many = [f"RCPT TO:<bounce+{number}@{DOMAIN}>" for number in range(3)]
        assert client.submit(RAW, "MAIL FROM:<>", f"RCPT TO:<{BOUNCE}>", *many).startswith("450 4.7.1")
        for _ in range(2):
            assert client.submit(RAW, "MAIL FROM:<>", forged).startswith("250 2.6.0")
        assert client.submit(RAW, "MAIL FROM:<>", "RCPT TO:<postmaster>").startswith("450 4.7.1")
        assert client.submit(RAW, "MAIL FROM:<>", f"RCPT TO:<{BOUNCE}>").startswith("250 2.6.0")


def test_an_hour_later_there_is_room_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("acuse.doors.smtp.inbound.UNPROVEN_HOURLY", 1)
    with ThreadPoolExecutor(1) as threads:
        service = InboundService(hostname="x", limits=LIMITS, threads=threads)
    service.check_unproven(1, 1, 0.0)
    with pytest.raises(Refused, match="450"):
        service.check_unproven(1, 1, 3599.0)
    service.check_unproven(1, 1, 3600.0)


GARBAGE = st.lists(
    st.sampled_from(
        [
            b"MAIL FROM:<>\r\n",
            b"RCPT TO:<postmaster>\r\n",
            b"DATA\r\n",
            b".\r\n",
            b"EHLO x\r\n",
            b"RSET\r\n",
            b"\r\n",
            b"\n",
            f"RCPT TO:<{BOUNCE}>\r\n".encode(),
            b"\x00",
            b"\xff\r\n",
            b"MAIL FROM:<a@b>\r\n",
            b"x" * 5000,
            b"STARTTLS \r\n",
        ]
    )
    | st.binary(max_size=30),
    max_size=30,
).map(b"".join)


@given(GARBAGE)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_garbage_never_breaks_it(door: Inbound, octets: bytes) -> None:
    with door.client() as client:
        client.send(octets)
        client.sock.shutdown(socket.SHUT_WR)
        while reply := client.reply():
            assert reply[:1] in "2345"
            assert "reference" not in reply or reply.startswith("250")
    with door.hello() as client:
        assert client.submit(RAW, "MAIL FROM:<>", f"RCPT TO:<{BOUNCE}>").startswith("250 2.6.0")
