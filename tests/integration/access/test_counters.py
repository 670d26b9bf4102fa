"""Counters of the limits on public pages: true however many count at once, remembered for their time alone."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from acuse import clock
from acuse.doors.ui.counters import count, forget_expired
from acuse.embedded.roles import Addresses


def stored() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_cache")
        return int(cursor.fetchone()[0])


def test_those_who_count_at_once_are_all_counted(database: Addresses) -> None:
    found: list[int] = []
    together = threading.Barrier(4)

    def run() -> None:
        together.wait()
        found.extend(count("many", seconds=60) for _ in range(25))
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == list(range(1, 101))
    assert count("other", seconds=60) == 1


def test_a_count_begins_anew_after_its_time_and_is_then_forgotten(
    database: Addresses, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = clock.now()
    assert [count("one", seconds=60) for _ in range(2)] == [1, 2]
    monkeypatch.setattr(clock, "now", lambda: start + timedelta(seconds=90))
    assert count("one", seconds=60) == 1
    forget_expired()
    assert stored() == 1
    monkeypatch.setattr(clock, "now", lambda: start + timedelta(seconds=200))
    forget_expired()
    assert stored() == 0


def test_no_transaction_loses_its_durability_to_a_counter(database: Addresses) -> None:
    with transaction.atomic(), pytest.raises(TransactionManagementError):
        count("one", seconds=60)
    count("one", seconds=60)
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == ("on",)
