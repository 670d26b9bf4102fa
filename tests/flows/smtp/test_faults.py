"""Time, stopping, and failures behind the door."""

import errno
import socket
import ssl
import threading
import time
from pathlib import Path

import pytest

from acuse.doors.smtp import replies
from acuse.doors.smtp.connector import tls_context
from acuse.errors import (
    AccessDenied,
    AcuseError,
    ConfigurationError,
    ConflictError,
    InputError,
    PermanentError,
    TemporaryError,
)
from tests.flows.smtp.client import MAIL, MESSAGE, PATIENCE, RCPT, Client
from tests.flows.smtp.conftest import Door, Opener
from tests.ports import free_port


class DiskFull(Exception):
    """As a database driver says it."""

    sqlstate = "53100"


def caused(error: AcuseError, cause: BaseException) -> AcuseError:
    error.__cause__ = cause
    return error


FAILURES = [
    (OSError(errno.ENOSPC, "No space left on device"), "452 4.3.1"),
    (caused(TemporaryError("custody"), OSError(errno.EDQUOT, "quota")), "452 4.3.1"),
    (DiskFull("could not extend file"), "452 4.3.1"),
    (TemporaryError("The database is away."), "451 4.3.0"),
    (OSError(errno.EIO, "Input/output error"), "451 4.3.0"),
    (RuntimeError("a bug\r\n250 2.0.0 forged"), "451 4.3.0"),
    (ConflictError("busy"), "451 4.3.0"),
    (InputError("The subject is too long; shorten it."), "554 5.6.0 The subject is too long; shorten it."),
    (InputError("a\r\n250 forged ñ"), "554 5.6.0 a??250 forged ?"),
    (AccessDenied("no"), "550 5.7.1"),
    (PermanentError("never"), "554 5.3.0"),
]


@pytest.mark.parametrize(("error", "expected"), FAILURES)
def test_failures_behind_the_door(
    door: Door, error: Exception, expected: str, caplog: pytest.LogCaptureFixture
) -> None:
    with door.logged_in() as client:
        door.behind.accept_error = error
        reply = client.submit(MESSAGE)
        assert reply.startswith(expected)
        assert "\n" not in reply
        door.behind.accept_error = None
        assert client.submit(MESSAGE).startswith("250 2.6.0"), "the client may try again on the same connection"
    if "reference" in reply:
        reference = reply.partition("reference ")[2].rstrip(")")
        assert any(reference in record.getMessage() for record in caplog.records)
    if not isinstance(error, RuntimeError | DiskFull):
        assert not any(record.exc_info for record in caplog.records), "an expected failure is one line"


def test_failing_permission_check(door: Door) -> None:
    with door.logged_in() as client:
        door.behind.permission_error = TemporaryError("The database is away.")
        assert client.say(MAIL).startswith("451 4.3.0")
        door.behind.permission_error = None
        assert client.say(MAIL).startswith("250")
        assert client.say(RCPT).startswith("250")
        assert client.say("DATA").startswith("354")
        door.behind.permission_error = RuntimeError("a bug")
        client.send(MESSAGE.replace(b"avisos", b"marta") + b".\r\n")
        assert client.reply().startswith("451 4.3.0")


def test_idle_client_is_told_and_closed(opened: Opener) -> None:
    with opened(idle=0.2) as door, door.plain() as client:
        assert client.reply().startswith("421 4.4.2")
        assert client.closed()


def drip(client: Client) -> None:
    """Send an octet now and then, never a line end, as long as there is patience."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        client.send(b"N")
        time.sleep(0.05)


def test_slowloris_before_login_is_cut_by_the_login_time(opened: Opener) -> None:
    with opened(login=0.6) as door, door.plain() as client, pytest.raises(ConnectionError):
        drip(client)


def flood(client: Client) -> None:
    """Send commands as long as there is patience and read no answer."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        client.send(b"HELP\r\n" * 1000)


def test_a_client_that_never_reads_is_cut(opened: Opener) -> None:
    with opened(idle=0.3) as door, door.plain() as client:
        with pytest.raises(ConnectionError):
            flood(client)
        with door.plain() as other:
            assert other.banner.startswith("220")


def test_slow_data_is_cut_by_its_own_time(opened: Opener) -> None:
    with opened(data=0.5) as door, door.logged_in() as client:
        for command in (MAIL, RCPT, "DATA"):
            client.say(command)
        client.send(MESSAGE)
        assert client.reply().startswith("421 4.4.2")
        assert client.closed()
        assert not door.behind.accepted


def wait_for_room(door: Door) -> None:
    """Wait until a connection is greeted."""
    until = time.monotonic() + PATIENCE
    while True:
        with door.plain() as client:
            if client.banner.startswith("220"):
                return
        assert time.monotonic() < until


def test_a_handshake_that_fails_is_counted_out(opened: Opener) -> None:
    with opened(connections=1) as door:
        for _ in range(3):
            with door.plain() as client:
                assert client.say("STARTTLS").startswith("220")
                client.send(b"this is not TLS\r\n")
            with socket.create_connection(("127.0.0.1", door.ports.tls), PATIENCE) as other:
                other.sendall(b"EHLO nor is this\r\n")
            wait_for_room(door)


def test_a_handshake_that_does_not_come_is_cut_and_counted(opened: Opener) -> None:
    with opened(login=0.5, connections=2) as door:
        address = ("127.0.0.1", door.ports.tls)
        with socket.create_connection(address, PATIENCE) as one, socket.create_connection(address, PATIENCE) as two:
            with socket.create_connection(address, PATIENCE) as third:
                assert third.recv(1) == b"", "the house is full, and no handshake is spent on saying so"
            assert one.recv(1) == two.recv(1) == b"", "TLS did not come in time"
        wait_for_room(door)


def test_total_time(opened: Opener) -> None:
    with opened(total=0.4) as door, door.plain() as client:
        assert client.reply().startswith("421 4.4.2")
        assert client.closed()


def test_a_client_that_leaves_inside_data_leaves_nothing(door: Door) -> None:
    with door.logged_in() as client:
        for command in (MAIL, RCPT, "DATA"):
            client.say(command)
        client.send(MESSAGE)
    with door.logged_in() as client:
        assert client.say("NOOP").startswith("250")
    assert not door.behind.accepted


def test_stopping_finishes_the_message_under_way(opened: Opener) -> None:
    with opened() as door, door.logged_in() as busy, door.logged_in() as idle:
        door.behind.held = threading.Event()
        for command in (MAIL, RCPT, "DATA"):
            busy.say(command)
        busy.send(MESSAGE + b".\r\n" + b"NOOP\r\n")
        assert door.behind.inside.wait(PATIENCE)
        stopping = threading.Thread(target=door.stop)
        stopping.start()
        assert idle.reply().startswith("421 4.3.2")
        assert idle.closed()
        door.behind.held.set()
        assert busy.reply().startswith("250 2.6.0")
        assert busy.reply().startswith("421 4.3.2")
        assert busy.closed()
        stopping.join(PATIENCE)
        assert len(door.behind.accepted) == 1
        with pytest.raises(ConnectionError):
            door.plain()


def test_stopping_does_not_wait_for_handshakes(opened: Opener) -> None:
    with opened(grace=30) as door, door.plain() as upgrading:
        with socket.create_connection(("127.0.0.1", door.ports.tls), PATIENCE) as silent, door.encrypted() as after_it:
            assert upgrading.say("STARTTLS").startswith("220")
            begun = time.monotonic()
            door.stop()
            assert time.monotonic() - begun < 15
            assert after_it.reply().startswith("421 4.3.2")
            assert upgrading.closed()
            assert silent.recv(1) == b"", "nothing is said in clear where TLS is expected"


def test_stopping_cuts_a_client_that_does_not_end(opened: Opener) -> None:
    with opened(grace=0.3) as door, door.logged_in() as client:
        for command in (MAIL, RCPT, "DATA"):
            client.say(command)
        client.send(MESSAGE)
        door.stop()
        assert client.closed()
        assert not door.behind.accepted


def test_stopping_waits_for_what_is_being_made_durable(opened: Opener) -> None:
    with opened(grace=0.2) as door, door.logged_in() as client:
        door.behind.held = threading.Event()
        for command in (MAIL, RCPT, "DATA"):
            client.say(command)
        client.send(MESSAGE + b".\r\n")
        assert door.behind.inside.wait(PATIENCE)
        stopping = threading.Thread(target=door.stop)
        stopping.start()
        assert client.closed(), "the client does not hear of it, and will ask again"
        assert stopping.is_alive()
        door.behind.held.set()
        stopping.join(PATIENCE)
        assert len(door.behind.accepted) == 1


def test_two_connectors_share_a_port(opened: Opener) -> None:
    port = free_port()
    with opened(port=port) as one, opened(port=port) as other:
        assert one.ports.starttls == other.ports.starttls == port
        for _ in range(20):
            with one.plain() as client:
                assert client.banner.startswith("220")
        other.stop()
        for _ in range(20):
            with one.plain() as client:
                assert client.banner.startswith("220"), "the one that stays takes all"


def test_port_that_is_taken(opened: Opener) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(ConfigurationError, match="cannot listen"):
        with opened(port=taken.getsockname()[1]):
            pass


def test_certificate_that_cannot_be_used(tmp_path: Path, identity: tuple[Path, Path]) -> None:
    with pytest.raises(ConfigurationError, match="certificate or key"):
        tls_context(tmp_path / "none.pem", tmp_path / "none.key")
    assert tls_context(*identity).minimum_version is ssl.TLSVersion.TLSv1_2


def test_old_tls_is_refused(door: Door) -> None:
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        trust.minimum_version = trust.maximum_version = ssl.TLSVersion.TLSv1_1
    with door.plain() as client, pytest.raises(ssl.SSLError):
        client.start_tls(trust)
    with door.logged_in() as client:
        assert client.say("NOOP").startswith("250")


def test_texts_are_safe_in_a_reply() -> None:
    assert replies.printable("a\r\nb\0ñ" + "x" * 100) == "a??b??" + "x" * 58
