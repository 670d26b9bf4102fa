"""Waiting until somebody waits: a race is run step by step."""

from concurrent.futures import Future
from typing import Any

from django.db import connection

# Of the tables' own locks alone: what the server itself waits for now and then is no race.
_WAITING = "SELECT FROM pg_locks WHERE NOT granted AND locktype IN ('transactionid', 'tuple', 'advisory')"


def until_waiting(work: Future[Any]) -> None:
    """Return when the other thread waits for a lock of this one's transaction."""
    with connection.cursor() as cursor:
        while not _waits(cursor):
            assert not work.done(), work.result()


def _waits(cursor: Any) -> bool:
    cursor.execute(_WAITING)
    return cursor.fetchone() is not None
