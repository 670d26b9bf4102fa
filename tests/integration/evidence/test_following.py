"""Followers miss nothing, repeat nothing, and lose nothing when a handler fails."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections, transaction

from acuse.embedded.roles import Addresses
from acuse.evidence import following
from acuse.evidence.alarms import raise_alarm
from acuse.evidence.following import follow, follow_each
from acuse.evidence.ledger import record
from acuse.evidence.models import Alarm, Cursor
from acuse.evidence.queries import LedgerFact
from acuse.evidence.sequencer import Sequencer
from tests.integration.evidence.conftest import keep_message, login

LOGINS = ("member.logged_in",)


def position(follower: str = "test") -> int:
    return Cursor.objects.get(follower=follower).position


def test_facts_come_in_ledger_order_and_once(database: Addresses, sequencer: Sequencer) -> None:
    seen: list[LedgerFact] = []
    assert follow("test", LOGINS, seen.append) == 0
    with transaction.atomic():
        record(*(login() for _ in range(5)))
    assert follow("test", LOGINS, seen.append) == 0, "pending facts have no position yet"
    sequencer.tick()
    assert follow("test", LOGINS, seen.append) == 5
    assert follow("test", LOGINS, seen.append) == 0
    assert [item.position for item in seen] == [0, 1, 2, 3, 4]


def test_other_types_are_passed_over(database: Addresses, sequencer: Sequencer) -> None:
    with transaction.atomic():
        record(login())
    keep_message(b"x")
    sequencer.tick()
    seen: list[str] = []
    assert follow("test", ("sender.notified",), lambda item: seen.append(item.fact.type)) == 2
    assert seen == ["sender.notified"]


def test_followers_have_cursors_of_their_own(database: Addresses, sequencer: Sequencer) -> None:
    with transaction.atomic():
        record(login())
    sequencer.tick()
    assert follow("one", LOGINS, lambda _: None) == 1
    assert follow("two", LOGINS, lambda _: None) == 1


def test_a_window_bounds_one_transaction(
    database: Addresses, sequencer: Sequencer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "WINDOW", 3)
    with transaction.atomic():
        record(*(login() for _ in range(7)))
    sequencer.tick()
    seen: list[int | None] = []
    moved = [follow("test", LOGINS, lambda item: seen.append(item.position)) for _ in range(4)]
    assert moved == [3, 3, 1, 0]
    assert seen == list(range(7))


def test_a_handler_that_fails_leaves_the_cursor_and_undoes_what_it_did(
    database: Addresses, sequencer: Sequencer
) -> None:
    with transaction.atomic():
        record(*(login() for _ in range(3)))
    sequencer.tick()

    def fail_at_the_last(item: LedgerFact) -> None:
        raise_alarm(f"seen {item.position}", "")
        if item.position == 2:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        follow("test", LOGINS, fail_at_the_last)
    assert not Alarm.objects.exists()
    assert not Cursor.objects.exists()
    assert follow("test", LOGINS, lambda item: raise_alarm(f"seen {item.position}", "")) == 3
    assert Alarm.objects.count() == 3
    assert position() == 3


def test_two_workers_of_one_follower_share_the_work(database: Addresses, sequencer: Sequencer) -> None:
    with transaction.atomic():
        record(*(login() for _ in range(20)))
    sequencer.tick()
    seen: list[int | None] = []

    def work(_: int) -> int:
        moved = follow("test", LOGINS, lambda item: seen.append(item.position))
        connections.close_all()
        return moved

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(work, range(4))) == [0, 0, 0, 20]
    assert seen == list(range(20))


def test_nothing_is_lost_while_many_write(database: Addresses, sequencer: Sequencer) -> None:
    """Transactions that begin early and commit late are what loses rows to those who tail identifiers."""
    late = threading.Event()
    written: list[UUID] = []

    def write(number: int) -> None:
        member = uuid4()
        with transaction.atomic():
            record(login(member))
            if number % 4 == 0:
                late.wait(120)
        written.append(member)
        connections.close_all()

    seen: list[UUID] = []

    def read() -> int:
        sequencer.tick()
        return follow("test", LOGINS, lambda item: seen.append(item.fact.subject.id))

    with ThreadPoolExecutor(12) as pool:
        futures = [pool.submit(write, number) for number in range(36)]
        while sum(future.done() for future in futures) < 27:
            read()
        read()
        assert 27 <= len(seen) <= 36
        early = len(seen)
        late.set()
    while read():
        pass
    assert early < 36, "some were still open while others were read"
    assert len(seen) == 36
    assert set(seen) == set(written)


def test_each_fact_is_a_transaction_of_its_own_where_they_are_followed_one_by_one(
    database: Addresses, sequencer: Sequencer
) -> None:
    with transaction.atomic():
        record(*(login() for _ in range(5)))
    sequencer.tick()
    applied: list[int] = []
    faults: dict[int, Exception] = {1: ValueError("never"), 3: OSError("not now")}

    def prepare(item: LedgerFact) -> Callable[[], object]:
        assert not connection.in_atomic_block
        assert item.position is not None
        at = item.position
        if at in faults:
            raise faults[at]
        return lambda: applied.append(at)

    def failed(item: LedgerFact, error: Exception) -> None:
        if isinstance(error, OSError):
            raise error
        raise_alarm("test", "One could not be applied.")

    with pytest.raises(OSError, match="not now"):
        follow_each("test", LOGINS, prepare, failed)
    assert (applied, position()) == ([0, 2], 3)
    del faults[3]
    assert follow_each("test", LOGINS, prepare, failed) == 2
    assert (applied, position()) == ([0, 2, 3, 4], 5)
    assert Alarm.objects.filter(name="test").exists()


def test_two_processes_apply_each_fact_once(database: Addresses, sequencer: Sequencer) -> None:
    with transaction.atomic():
        record(*(login() for _ in range(20)))
    sequencer.tick()
    applied: list[int | None] = []

    def run() -> None:
        try:
            while follow_each("test", LOGINS, lambda item: lambda: applied.append(item.position), lambda *_: None):
                pass
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(run) for _ in range(2)]:
            done.result(60)
    while follow_each("test", LOGINS, lambda item: lambda: applied.append(item.position), lambda *_: None):
        pass
    assert (applied, position()) == (list(range(20)), 20)
