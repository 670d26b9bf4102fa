"""The IMAP client against a real Dovecot."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from acuse.channels import mailbox
from acuse.channels.mailbox import Account, MailboxAway, MailboxRefused, Session, opened
from tests.channels.scripted import Conversation, serving
from tests.peers.certificates import authority, server_certificate
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
        return session, list(session.newer(0))


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
            assert session.messages == 1
            assert (list(session.newer(uid)), list(session.since(date(2020, 1, 1)))) == ([], [uid])
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


def test_a_folder_is_listed_range_by_range(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox, "_LISTED", 2)
    with opened(account(server), HERE, context=trusting(server), seconds=60, writes=True) as session:
        session._client.create("Muchas")
        for _ in range(7):
            session._client.append("Muchas", "", "", LETTER)
    with opened(account(server, folder="Muchas"), HERE, context=trusting(server), seconds=60, writes=True) as session:
        assert list(session.newer(0)) == list(session.since(date(2020, 1, 1))) == [1, 2, 3, 4, 5, 6, 7]
        assert (list(session.newer(4)), list(session.newer(6)), list(session.newer(7))) == ([5, 6, 7], [7], [])
        # What somebody removes while the folder is listed leaves nothing else out.
        listing = session.newer(0)
        assert next(listing) == 1
        session._client.store("1,2,5", "+FLAGS", r"(\Deleted)")
        session._client.expunge()
        assert list(listing) == [2, 3, 4, 6, 7]


@contextmanager
def scripted(folder: Path, answer: Callable[[str], str]) -> Iterator[Session]:
    """Open a folder of a server that answers commands with what is made of them, and lets everybody in."""

    def talk(conversation: Conversation) -> None:
        conversation.secure(context)
        conversation.say("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello\r\n")
        while command := conversation.hear().decode():
            tag, _, asked = command.rstrip().partition(" ")
            if asked.startswith("CAPABILITY"):
                conversation.say("* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n")
            elif asked.startswith("AUTHENTICATE"):
                conversation.say("+ \r\n")
                conversation.hear()
            else:
                conversation.say(answer(asked))
            conversation.say(f"{tag} OK done\r\n")

    root = authority()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*server_certificate(root, HOST, folder=folder))
    trust = ssl.create_default_context(cadata=root.certificate.public_bytes(Encoding.PEM).decode())
    with serving(talk) as server:
        made = Account(host=HOST, port=server.port, security="tls", username=USERNAME, secret=PASSWORD)
        with opened(made, HERE, context=trust, seconds=60) as session:
            yield session


def test_more_messages_than_an_answer_holds_are_listed(tmp_path: Path) -> None:
    """A server that lists what it is asked for, of 130,000 messages with numbers of ten digits: 1.4 MB at once."""
    count, before = 130_000, 4_000_000_000

    def answer(asked: str) -> str:
        if asked.startswith("EXAMINE"):
            return f"* {count} EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n"
        if asked.startswith("FETCH"):
            places = asked.split()[1].split(",")
            return "".join(f"* {place} FETCH (UID {before + int(place)})\r\n" for place in places)
        if asked.startswith("UID SEARCH UID"):
            first, last = (before + count if end == "*" else int(end) for end in asked.split()[3].split(":"))
            found = range(max(first, before + 1), min(last, before + count) + 1)
            return f"* SEARCH {' '.join(map(str, found))}\r\n"
        return ""

    with scripted(tmp_path, answer) as session:
        assert sum(1 for _uid in session.newer(0)) == count
        assert list(session.newer(before + count - 2)) == [before + count - 1, before + count]


@pytest.mark.parametrize("number", ["4294967296", "9999999999999", "9" * 5000])
@pytest.mark.parametrize("where", ["EXISTS", "UIDVALIDITY", "UIDNEXT", "SEARCH"])
def test_a_number_larger_than_imap_has_is_not_believed(tmp_path: Path, where: str, number: str) -> None:
    said = {"EXISTS": "1", "UIDVALIDITY": "7", "UIDNEXT": "2", "SEARCH": "1", where: number}

    def answer(asked: str) -> str:
        if asked.startswith("EXAMINE"):
            told = "".join(f"* OK [{name} {said[name]}] x\r\n" for name in ("UIDVALIDITY", "UIDNEXT"))
            return f"* {said['EXISTS']} EXISTS\r\n{told}"
        return f"* SEARCH 1 {said['SEARCH']}\r\n" if asked.startswith("UID SEARCH") else ""

    with pytest.raises(MailboxAway, match="larger than IMAP allows"), scripted(tmp_path, answer) as session:
        list(session.newer(0))


def test_a_folder_that_claims_to_hold_billions_is_divided_within_bounds(tmp_path: Path) -> None:
    asked_for: list[str] = []

    def answer(asked: str) -> str:
        if asked.startswith("EXAMINE"):
            return "* 4294967295 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n"
        if asked.startswith("FETCH"):
            asked_for.extend(asked.split()[1].split(","))
        return "* SEARCH 4294967295\r\n" if asked.startswith("UID SEARCH") else ""

    with scripted(tmp_path, answer) as session:
        assert list(session.newer(0)) == [4_294_967_295]
    assert (len(asked_for), asked_for[0], asked_for[-1]) == (200, "50000", "10000000")


def test_what_a_server_says_unasked_is_forgotten_before_the_next_question(tmp_path: Path) -> None:
    def answer(asked: str) -> str:
        if asked.startswith("EXAMINE"):
            return "* 1 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n"
        return f"* RUBBISH {{3000000}}\r\n{'x' * 3_000_000}\r\n"

    with scripted(tmp_path, answer) as session:
        for uid in range(1, 4):
            assert session.describe(uid) is None
        assert len(session._client.untagged_responses["RUBBISH"]) == 2  # the literal, and what follows it


def test_a_literal_instead_of_a_number_is_no_number(tmp_path: Path) -> None:
    def answer(asked: str) -> str:
        if asked.startswith("EXAMINE"):
            return "* EXISTS {1}\r\n5\r\n* OK [UIDVALIDITY 7] x\r\n"
        return "* SEARCH {1}\r\n5 6\r\n" if asked.startswith("UID SEARCH") else ""

    with scripted(tmp_path, answer) as session:
        assert (session.messages, list(session.newer(0))) == (0, [6])


def test_a_message_that_came_after_the_last_year_is_passed_over(tmp_path: Path) -> None:
    def answer(asked: str) -> str:
        if asked.startswith("EXAMINE"):
            return "* 1 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n"
        if asked.startswith("UID FETCH"):
            return '* 1 FETCH (UID 1 RFC822.SIZE 5 INTERNALDATE "31-Dec-9999 23:30:00 -0100")\r\n'
        return ""

    with scripted(tmp_path, answer) as session:
        assert session.describe(1) is None


def test_an_account_never_shows_its_password(tmp_path: Path) -> None:
    made = Account(host=HOST, port=993, security="tls", username=USERNAME, secret=PASSWORD)
    assert PASSWORD not in repr(made)
