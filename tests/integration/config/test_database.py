"""Sessions with the database: one that ended is replaced, one that lives is not asked."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import OperationalError, close_old_connections, connection
from django.db.backends.postgresql import base

from acuse.embedded.roles import Addresses


@pytest.fixture(autouse=True)
def _kept(database: Addresses) -> None:
    """Keep the session between uses, as processes do; the tests' settings end it each time."""
    connection.ensure_connection()
    connection.close_at = None


def backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bool]]:
    """Note what the server was asked, and whether it answered."""
    asked: list[bool] = []
    asking = base.DatabaseWrapper.is_usable

    def ask(self: base.DatabaseWrapper) -> bool:
        asked.append(asking(self))
        return asked[-1]

    with monkeypatch.context() as patch:
        patch.setattr(base.DatabaseWrapper, "is_usable", ask)
        yield asked


def test_a_session_that_lives_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    first = backend()
    with counted(monkeypatch) as asked:
        for _ in range(3):
            close_old_connections()
            assert backend() == first
    assert asked == []


def test_a_session_that_the_server_ended_is_replaced_before_it_is_used(
    database: Addresses, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = backend()
    with psycopg.connect(database.application_dsn, autocommit=True) as killer:
        killer.execute("SELECT pg_terminate_backend(%s, 60000)", (first,))
    with counted(monkeypatch) as asked:
        close_old_connections()
        assert backend() != first
    assert asked == [False]


def test_a_session_that_failed_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    first = backend()
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 1")
        with pytest.raises(OperationalError):
            cursor.execute("SELECT pg_sleep(60)")
    with counted(monkeypatch) as asked:
        close_old_connections()
        assert asked == [True]
        connection.connection.execute("RESET statement_timeout")
        assert backend() == first
    assert asked == [True]
