"""The IMAP client against a real Dovecot."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from acuse.channels.mailbox import Account, MailboxAway, MailboxRefused, Session, opened
from tests.peers.imap import HOST, PASSWORD, USERNAME, Server, imap_server
from tests.ports import free_port

LETTER = b"From: Ana <ana@cliente.example>\r\nSubject: Ruido\r\n\r\nHace ruido.\r\n"
HERE = ("127.0.0.1",)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with imap_server() as running:
        yield running


def trusting(server: Server) -> ssl.SSLContext:
    return ssl.create_default_context(cadata=server.root.certificate.public_bytes(Encoding.PEM).decode())


def account(server: Server, **changes: Any) -> Account:
    made: dict[str, Any] = {"host": HOST, "port": server.tls, "security": "tls"}
    return Account(**{**made, "username": USERNAME, "secret": PASSWORD, **changes})


def looked(server: Server, **changes: Any) -> tuple[Session, list[int]]:
    with opened(account(server, **changes), HERE, context=trusting(server), seconds=60) as session:
        return session, session.newer(0)


def test_a_folder_is_read_over_tls_and_over_starttls(server: Server) -> None:
    server.drop(LETTER, "uno")
    for changes in ({}, {"security": "starttls", "port": server.starttls}):
        with opened(account(server, **changes), HERE, context=trusting(server), seconds=60) as session:
            (uid,) = session.newer(0)
            found = session.describe(uid)
            assert found is not None
            assert session.message(uid, size=found.size) == LETTER
            assert found.size == len(LETTER)
            assert abs(found.arrived_at.timestamp() - time.time()) < 3600
            assert (session.messages, session.newer(uid), session.since(date(2020, 1, 1))) == (1, [], [uid])
            assert session.describe(uid + 1) is None
            assert session.message(uid + 1, size=10) is None


def test_a_folder_is_named_as_people_write_it(server: Server) -> None:
    with opened(account(server), HERE, context=trusting(server), seconds=60) as session:
        session._client.create('"Atenci&APM-n &- &IKw-"')  # "Atención & €"
    found, uids = looked(server, folder="Atención & €")
    assert (found.messages, uids) == (0, [])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"secret": "otra"}, "The server refuses the user name or the password"),
        ({"folder": "Ninguna"}, "There is no folder Ninguna"),
        ({"host": "otra.example"}, "The certificate of otra.example is not valid for it"),
    ],
)
def test_what_somebody_has_to_mend_is_said(server: Server, changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(MailboxRefused, match=sentence):
        looked(server, **changes)


def test_a_certificate_that_nobody_vouches_for_is_refused(server: Server) -> None:
    with (
        pytest.raises(MailboxRefused, match="is not valid for it"),
        opened(account(server), HERE, context=ssl.create_default_context(), seconds=60),
    ):
        raise AssertionError("It was opened.")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"port": 0}, "could not be asked: Connection refused|could not be asked"),
        ({"security": "tls", "port": 1}, "does not speak TLS"),
    ],
)
def test_a_server_that_is_away_may_come_back(server: Server, changes: dict[str, Any], sentence: str) -> None:
    port = server.starttls if changes["port"] else free_port()
    with pytest.raises(MailboxAway, match=sentence):
        looked(server, **{**changes, "port": port})


def serve_once(lines: list[bytes]) -> int:
    """Answer one client with lines, the first unasked, each other after a line of theirs; return the port."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with listening, listening.accept()[0] as client, client.makefile("rb") as received, suppress(OSError):
            client.sendall(lines[0])
            for line in lines[1:]:
                if not received.readline():
                    return
                client.sendall(line)
            received.readline()

    threading.Thread(target=serve, daemon=True).start()
    return listening.getsockname()[1]  # type: ignore[no-any-return]


def test_starttls_is_never_done_without(server: Server) -> None:
    port = serve_once([b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello\r\n", b"* CAPABILITY IMAP4rev1\r\nA0 OK\r\n"])
    with pytest.raises((MailboxRefused, MailboxAway)) as raised:
        looked(server, security="starttls", port=port)
    assert PASSWORD not in str(raised.value)


def test_a_server_that_sends_more_than_was_asked_for_is_left(server: Server) -> None:
    port = serve_once([b"* OK {99999999999}\r\n" + b"x" * 100_000])
    with pytest.raises(MailboxAway):
        looked(server, security="starttls", port=port)


def test_a_server_that_says_nothing_is_left(server: Server) -> None:
    listening = socket.create_server(("127.0.0.1", 0))
    with (
        listening,
        pytest.raises(MailboxAway, match="did not answer in time"),
        opened(
            account(server, security="starttls", port=listening.getsockname()[1]),
            HERE,
            context=trusting(server),
            seconds=0.3,
        ),
    ):
        raise AssertionError("It was opened.")


def test_an_account_never_shows_its_password(tmp_path: Path) -> None:
    made = Account(host=HOST, port=993, security="tls", username=USERNAME, secret=PASSWORD)
    assert PASSWORD not in repr(made)
