"""Leased work: nobody shares a row, the dead lose theirs, the living keep theirs."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import close_old_connections, connection, connections

from acuse import clock
from acuse.config.database import conninfo
from acuse.embedded.roles import Addresses
from acuse.evidence.leases import Holder, Queue, _lock_number

QUEUE = Queue(table="work", key="id", waiting="done IS NOT TRUE")
TERM = timedelta(minutes=5)


@pytest.fixture(autouse=True)
def _table(database: Addresses) -> None:
    """A table of work of the test's own: the queue is not told what its rows mean."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "CREATE TABLE work (id uuid PRIMARY KEY, domain text NOT NULL DEFAULT '', due_at timestamptz NOT NULL, "
            "lease uuid, lease_until timestamptz, done boolean)"
        )
        cursor.execute("GRANT SELECT, INSERT, UPDATE ON work TO acuse_application")


@pytest.fixture
def holders(database: Addresses) -> Iterator[list[Holder]]:
    """Three living workers."""
    made = [Holder(conninfo=conninfo()) for _ in range(3)]
    for holder in made:
        holder.show_life()
    yield made
    for holder in made:
        holder.release()


def add(count: int = 1, *, due: timedelta = timedelta(), domain: str = "") -> list[UUID]:
    made = [uuid4() for _ in range(count)]
    with connection.cursor() as cursor:
        for number, identity in enumerate(made):
            due_at = clock.now() + due + timedelta(microseconds=number)
            cursor.execute("INSERT INTO work (id, domain, due_at) VALUES (%s, %s, %s)", (identity, domain, due_at))
    return made


def state(identity: UUID) -> tuple[UUID | None, bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT lease, lease_until IS NOT NULL FROM work WHERE id = %s", (identity,))
        row: tuple[UUID | None, bool] = cursor.fetchone()
        return row


def claim(holder: Holder, limit: int = 10) -> list[UUID]:
    return holder.claim(QUEUE, term=TERM, limit=limit)


def leave(holder: Holder) -> None:
    """Have a worker give up its lock, as the end of its process does; it is gone when the server has noticed."""
    assert holder._connection is not None
    pid = holder._connection.info.backend_pid
    holder.release()
    with psycopg.connect(conninfo(), autocommit=True) as watcher:
        while watcher.execute("SELECT 1 FROM pg_locks WHERE pid = %s", (pid,)).fetchone():
            pass


def cut(holder: Holder, database: Addresses) -> None:
    """End a worker's connection without its knowing."""
    assert holder._connection is not None
    with psycopg.connect(database.application_dsn, autocommit=True) as killer:
        killer.execute("SELECT pg_terminate_backend(%s)", (holder._connection.info.backend_pid,))
        while killer.execute(
            "SELECT 1 FROM pg_locks WHERE pid = %s", (holder._connection.info.backend_pid,)
        ).fetchone():
            pass


def test_what_is_due_is_claimed_the_longest_due_first(holders: list[Holder]) -> None:
    late = add(2, due=-timedelta(hours=1))
    now = add(2)
    add(1, due=timedelta(hours=1))
    assert claim(holders[0], limit=3) == [*late, now[0]]
    assert claim(holders[0]) == [now[1]]
    assert claim(holders[0]) == []
    assert state(late[0]) == (holders[0].lease, True)


def test_what_is_done_is_not_claimed(holders: list[Holder]) -> None:
    done, left = add(2)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE work SET done = true WHERE id = %s", (done,))
    assert claim(holders[0]) == [left]


def shares(holder: Holder, limit: int = 10, *, each: int = 2, **busy: int) -> list[tuple[UUID, str]]:
    return holder.claim_shares(QUEUE, term=TERM, limit=limit, each=each, busy=busy)


def test_no_domain_is_claimed_beyond_its_share(holders: list[Holder]) -> None:
    first = add(3, domain="a")
    other = add(1, domain="b")
    assert shares(holders[0], a=1) == [(first[0], "a"), (other[0], "b")]
    assert shares(holders[0], a=2) == []
    assert shares(holders[1], limit=1) == [(first[1], "a")]
    assert [state(identity)[1] for identity in first] == [True, True, False]


def test_a_crowded_domain_does_not_hide_those_behind_it(holders: list[Holder]) -> None:
    many = add(30, domain="a", due=-timedelta(hours=1))
    other = add(1, domain="b")
    assert shares(holders[0], limit=2) == [(many[0], "a"), (many[1], "a")]
    assert shares(holders[0], limit=2, a=2) == [(other[0], "b")]


def test_two_workers_never_share_a_row(holders: list[Holder]) -> None:
    rows = add(60)

    def take(number: int) -> list[UUID]:
        taken: list[UUID] = []
        while batch := claim(holders[number % 3], limit=3):
            taken += batch
        connections.close_all()
        return taken

    with ThreadPoolExecutor(6) as pool:
        taken = [identity for part in pool.map(take, range(6)) for identity in part]
    assert len(taken) == len(set(taken)) == 60
    assert set(taken) == set(rows)


def test_a_lease_ends_with_its_term(holders: list[Holder], monkeypatch: pytest.MonkeyPatch) -> None:
    rows = add()
    assert claim(holders[0]) == rows
    later = clock.now() + TERM
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now", lambda: later - timedelta(seconds=5))
        assert claim(holders[1]) == []
        patch.setattr(clock, "now", lambda: later + timedelta(seconds=1))
        assert claim(holders[1]) == rows
    assert state(rows[0])[0] == holders[1].lease


def test_the_rows_of_a_dead_worker_are_freed_at_the_second_look(holders: list[Holder]) -> None:
    dead, living, watcher = holders
    lost, kept = add(2)
    assert claim(dead, limit=1) == [lost]
    assert claim(living, limit=1) == [kept]
    assert watcher.free_the_dead([QUEUE]) == 0
    leave(dead)
    assert watcher.free_the_dead([QUEUE]) == 0, "it may only have lost its connection"
    assert state(lost) == (dead.lease, True)
    assert watcher.free_the_dead([QUEUE]) == 1
    assert state(lost) == (None, False)
    assert state(kept) == (living.lease, True)
    assert watcher.free_the_dead([QUEUE]) == 0
    assert claim(watcher) == [lost]


def test_the_living_keep_their_rows_however_often_one_looks(holders: list[Holder]) -> None:
    rows = add(2)
    assert claim(holders[0]) == rows
    assert [holders[1].free_the_dead([QUEUE]) for _ in range(4)] == [0, 0, 0, 0]
    assert state(rows[0])[0] == holders[0].lease


def test_a_worker_is_not_dead_to_itself(database: Addresses) -> None:
    holder = Holder(conninfo=conninfo())
    rows = add()
    assert claim(holder) == rows
    assert [holder.free_the_dead([QUEUE]) for _ in range(3)] == [0, 0, 0]


def test_a_worker_that_lost_its_connection_takes_its_lock_again(holders: list[Holder], database: Addresses) -> None:
    cut_off, watcher, _ = holders
    rows = add()
    assert claim(cut_off) == rows
    cut(cut_off, database)
    assert watcher.free_the_dead([QUEUE]) == 0
    cut_off.show_life()
    assert watcher.free_the_dead([QUEUE]) == 0
    assert watcher.free_the_dead([QUEUE]) == 0
    assert state(rows[0])[0] == cut_off.lease
    # What was suspected once is not remembered for ever: it takes two looks in a row.
    cut(cut_off, database)
    assert watcher.free_the_dead([QUEUE]) == 0
    assert watcher.free_the_dead([QUEUE]) == 1


def test_watchers_do_not_mistake_each_other_for_the_living(holders: list[Holder]) -> None:
    dead, first, second = holders
    rows = add(3)
    assert claim(dead) == rows
    leave(dead)
    with psycopg.connect(conninfo(), autocommit=True) as asking:
        # Another watcher is just looking: it holds the lock shared.
        assert asking.execute("SELECT pg_try_advisory_lock_shared(%s)", (_lock_number(dead.lease),)).fetchone() == (
            True,
        )
        assert [first.free_the_dead([QUEUE]) for _ in range(2)] == [0, 3]
    assert [second.free_the_dead([QUEUE]) for _ in range(2)] == [0, 0]


def test_showing_life_twice_takes_one_lock(holders: list[Holder]) -> None:
    holders[0].show_life()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted")
        assert cursor.fetchone() == (3,)


def test_what_is_done_is_not_freed_for_others(holders: list[Holder]) -> None:
    (row,) = add()
    claim(holders[0])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE work SET done = true")
    leave(holders[0])
    assert [holders[1].free_the_dead([QUEUE]) for _ in range(3)] == [0, 0, 0]
    assert claim(holders[1]) == []
    assert state(row)[0] == holders[0].lease


def test_a_loop_that_begins_lets_go_of_what_it_holds_and_of_nothing_else(holders: list[Holder]) -> None:
    one, two, *_ = holders
    add(2)
    mine = claim(one, 1)
    others = claim(two, 1)
    one.let_go(QUEUE)
    assert state(mine[0]) == (None, False)
    assert state(others[0]) == (two.lease, True)


def test_after_the_server_was_away_nobody_looks_at_once(holders: list[Holder], database: Addresses) -> None:
    for holder in holders:
        cut(holder, database)
    assert [holder.show_life() for holder in holders] == [False] * 3
    assert [holder.show_life() for holder in holders] == [True] * 3


def test_who_lost_its_own_connection_suspects_nobody_any_more(holders: list[Holder], database: Addresses) -> None:
    """Twice without a database in a short time: each time all lost their locks, and took them again."""
    slow, watcher, _ = holders
    (held,) = add()
    claim(slow)
    leave(slow)
    assert watcher.free_the_dead([QUEUE]) == 0
    cut(watcher, database)
    watcher.show_life()
    assert watcher.free_the_dead([QUEUE]) == 0
    assert state(held) == (slow.lease, True)
    assert watcher.free_the_dead([QUEUE]) == 1


def test_a_session_that_broke_while_nobody_used_it_claims_all_the_same(holders: list[Holder]) -> None:
    rows = add()
    assert claim(holders[0], limit=1) == rows
    connection.connection.close()
    close_old_connections()
    holders[0].let_go(QUEUE)
    connection.connection.close()
    close_old_connections()
    assert claim(holders[0]) == rows
