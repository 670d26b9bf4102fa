"""A mailbox fetched from a real Dovecot by the whole process tree: cases and receipts, once each, whatever breaks."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from acuse.embedded.zone import PUBLISHED, publish
from tests.flows.installation import SLUG, Installation, installation, kill_all, until
from tests.flows.test_desk import CASES, DESK, EMAIL, PASSWORD, delivered, text_of, written
from tests.flows.web import Visitor, visitor
from tests.peers import imap
from tests.peers.certificates import Authority
from tests.peers.imap import Server, imap_server

_SETTINGS = f"/console/{SLUG}/settings/desk/"
_WAITS = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query ILIKE %s"


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """An installation that fetches a mailbox, the server where that is, a member, and the page of its settings."""

    running: Installation
    server: Server
    agent: Visitor
    page: str

    def drop(self, subject: str, body: str, name: str) -> bytes:
        """Put a customer's letter into the mailbox; return it."""
        raw = written(subject, body, DESK, name)
        self.server.drop(raw, name)
        return raw

    def look(self) -> None:
        """Have the folder looked into without waiting for its minute, unless somebody is at it."""
        self.running.rows("UPDATE reception_pickups SET due_at = now() WHERE lease IS NULL RETURNING id")

    def shows(self, subject: str) -> bool:
        """Whether the inbox has a case, the folder looked into meanwhile."""
        self.look()
        return subject in self.agent.get(CASES).text

    def cases(self, subject: str) -> list[tuple[object, ...]]:
        """The cases of a subject, each with what was said in it by customers."""
        return self.running.rows(
            "SELECT id, (SELECT count(*) FROM helpdesk_interactions AS said WHERE said.ticket_id = helpdesk_tickets.id "
            "AND kind = 'message') FROM helpdesk_tickets WHERE subject = %s",
            subject,
        )

    def items(self, raw: bytes) -> object:
        """How often a letter came in."""
        return self.running.value(
            "SELECT count(*) FROM reception_items WHERE sha256 = %s", hashlib.sha256(raw).hexdigest()
        )

    def kill_the_worker(self) -> None:
        """End it as a crash does; the tree starts another."""
        kill_all(self.running.pids("worker"))


@pytest.fixture(scope="module")
def fetched() -> Iterator[Fetched]:
    with installation() as running:
        folder = running.data / "authority"
        key = load_pem_private_key((folder / "ca.key").read_bytes(), password=None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        root = Authority(certificate=x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes()), key=key)
        publish(running.data / "sandbox" / PUBLISHED, [(imap.HOST, "A", "127.0.0.1")])
        running.add_member(EMAIL, PASSWORD)
        agent = visitor(running)
        agent.log_in(EMAIL, PASSWORD)
        agent.post(f"{_SETTINGS}mailboxes/", form=_SETTINGS, name="Atención", address=DESK, default_type="claim")
        found = re.search(rf"{_SETTINGS}mailboxes/[0-9a-f-]{{36}}/fetching/", agent.get(_SETTINGS).text)
        assert found is not None
        with imap_server(root=root) as server:
            agent.post(
                found[0],
                act="save",
                host=imap.HOST,
                security="tls",
                port=str(server.tls),
                username=imap.USERNAME,
                secret=imap.PASSWORD,
                folder="INBOX",
            )
            assert running.rows("SELECT host FROM reception_pickups") == [(imap.HOST,)]
            yield Fetched(running=running, server=server, agent=agent, page=found[0])


def test_a_letter_becomes_a_case_with_its_receipt(fetched: Fetched) -> None:
    fetched.drop("Ruido al frenar", "Desde la revisión hace ruido.", "ruido")
    until(lambda: fetched.shows("Ruido al frenar"), "the case is in the inbox")
    receipt = delivered(fetched.running, "Desde la revisión hace ruido.")
    assert re.search(r"TAL-\d{4}-[A-Z0-9]{6}", text_of(receipt))
    assert "No funciona desde" not in fetched.agent.get(fetched.page).text


def test_a_server_that_was_away_is_fetched_from_when_it_is_back(fetched: Fetched) -> None:
    fetched.server.stop()
    fetched.drop("Sin servidor", "Llegó mientras nadie podía recogerlo.", "fuera")

    def told() -> bool:
        fetched.look()
        return "No funciona desde" in fetched.agent.get(fetched.page).text

    until(told, "the page says that it does not work")
    assert "No se pudo preguntar a imap.ribera.example" in fetched.agent.get(fetched.page).text
    fetched.server.start()
    until(lambda: fetched.shows("Sin servidor"), "the case is in the inbox")
    until(lambda: not told(), "the page says that it works again")
    assert [count for _id, count in fetched.cases("Sin servidor")] == [1]


def test_a_worker_killed_before_a_letter_is_recorded_loses_nothing(fetched: Fetched) -> None:
    with fetched.running.connect() as held:
        _hold(held, "LOCK TABLE reception_items IN SHARE MODE")
        raw = fetched.drop("Antes de anotar", "El proceso muere con la carta en la mano.", "antes")
        until(lambda: _waits(fetched, 'INSERT INTO "reception_items"%'), "a letter waits to be recorded")
        kept = fetched.running.data / "custody/objects"
        assert any(one.read_bytes() == raw for one in kept.glob("*/*/[!.]*"))
        fetched.kill_the_worker()
        held.rollback()
    assert fetched.cases("Antes de anotar") == []
    until(lambda: fetched.shows("Antes de anotar"), "the case is in the inbox")
    delivered(fetched.running, "El proceso muere con la carta en la mano.")
    assert fetched.items(raw) == 1
    assert [count for _id, count in fetched.cases("Antes de anotar")] == [1]


def test_a_worker_killed_after_a_letter_was_recorded_opens_no_second_case(fetched: Fetched) -> None:
    """It dies before it has noted how far the folder was read: the letter is fetched again, and known."""
    before = fetched.running.value("SELECT last_uid FROM reception_pickups")
    with fetched.running.connect() as items, fetched.running.connect() as pickups:
        _hold(items, "LOCK TABLE reception_items IN SHARE MODE")
        raw = fetched.drop("Ya anotada", "El proceso muere después de anotarla.", "ya")
        until(lambda: _waits(fetched, 'INSERT INTO "reception_items"%'), "the letter waits to be recorded")
        _hold(pickups, "SELECT id FROM reception_pickups FOR UPDATE")
        items.rollback()
        until(lambda: _waits(fetched, 'UPDATE "reception_pickups"%', look=False), "it waits to be noted")
        fetched.kill_the_worker()
        # Its statement too: the server would carry it out for nobody once the row is free.
        for (pid,) in fetched.running.rows(_WAITS, 'UPDATE "reception_pickups"%'):
            fetched.running.rows("SELECT pg_terminate_backend(%s)", pid)
        pickups.rollback()
    assert fetched.running.value("SELECT last_uid FROM reception_pickups") == before

    def noted() -> bool:
        fetched.look()
        return fetched.running.value("SELECT last_uid FROM reception_pickups") != before

    until(noted, "the folder was read again")
    until(lambda: fetched.shows("Ya anotada"), "the case is in the inbox")
    delivered(fetched.running, "El proceso muere después de anotarla.")
    assert [count for _id, count in fetched.cases("Ya anotada")] == [1]
    assert fetched.items(raw) == 1


def _hold(connection: "psycopg.Connection[tuple[object, ...]]", statement: str) -> None:
    """Take a lock until the connection's transaction ends."""
    connection.autocommit = False
    connection.execute(statement.encode())


def _waits(fetched: Fetched, statement: str, *, look: bool = True) -> bool:
    """Whether a process waits for a lock with a statement; the folder looked into meanwhile, where nobody holds it."""
    if look:
        fetched.look()
    return bool(fetched.running.rows(_WAITS, statement))
