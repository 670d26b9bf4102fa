"""Work claimed by lease: rows with `due_at`, `lease` and `lease_until`, taken in batches, no lock held while working.

A worker is a `Holder`: its id is the lease that it writes, and an advisory lock on a connection of its own shows that
it lives. What a dead worker held is released as soon as its lock is found free twice, rather than when the lease ends;
a worker that only lost its connection takes its lock again in between.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection
from psycopg import sql
from uuid6 import uuid7

from acuse import clock


@dataclass(frozen=True, kw_only=True)
class Queue:
    """A table of leased work.

    Args:
        table: its name.
        key: its primary key column.
        waiting: SQL condition of the rows that are still work.
    """

    table: str
    key: str
    waiting: str = "true"


def _lock_number(lease: UUID) -> int:
    return (lease.int & (2**63 - 1)) - 2**62


class Holder:
    """One worker process' right to claim.

    Args:
        conninfo: libpq connection string of the application role.
    """

    def __init__(self, *, conninfo: str) -> None:
        self.lease: UUID = uuid7()
        self._conninfo = conninfo
        self._connection: psycopg.Connection[Any] | None = None
        self._suspects: set[UUID] = set()

    def show_life(self) -> None:
        """Take the lock that shows that this worker lives, again if the connection was lost."""
        if self._connection is not None and not self._connection.closed:
            try:
                self._connection.execute("SELECT 1")
                return
            except psycopg.OperationalError:
                self._connection.close()
        self._connection = psycopg.connect(self._conninfo, autocommit=True)
        self._connection.execute("SELECT pg_advisory_lock(%s)", (_lock_number(self.lease),))

    def release(self) -> None:
        """Give up the lock: what this worker still holds is free for others."""
        if self._connection is not None:
            self._connection.close()

    def claim(self, queue: Queue, *, term: timedelta, limit: int, excluding: Sequence[str] = ()) -> list[UUID]:
        """Claim up to `limit` due rows for `term`; return their keys, the longest due first.

        Args:
            queue: where the work is.
            term: after which anybody may claim them again.
            limit: most rows.
            excluding: values of the `domain` column not to take now.
        """
        now = clock.now()
        statement = sql.SQL(
            "UPDATE {table} AS work SET lease = %(lease)s, lease_until = %(until)s FROM ("
            " SELECT {key} AS key FROM {table} WHERE due_at <= %(now)s AND {waiting}"
            " AND (lease_until IS NULL OR lease_until < %(now)s) {excluded}"
            " ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED"
            ") AS picked WHERE work.{key} = picked.key RETURNING work.{key}, work.due_at"
        ).format(
            table=sql.Identifier(queue.table),
            key=sql.Identifier(queue.key),
            waiting=sql.SQL(queue.waiting),
            excluded=sql.SQL("AND domain <> ALL(%(excluding)s)" if excluding else ""),
        )
        parameters: dict[str, Any] = {
            "lease": self.lease,
            "until": now + term,
            "now": now,
            "limit": limit,
            "excluding": list(excluding),
        }
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return [key for key, _ in sorted(cursor.fetchall(), key=lambda row: row[1])]

    def free_the_dead(self, queues: Sequence[Queue]) -> int:
        """Release what workers held whose lock is free now and was free at the last call; return how many rows."""
        with connection.cursor() as cursor:
            held: set[UUID] = set()
            for queue in queues:
                cursor.execute(
                    sql.SQL("SELECT DISTINCT lease FROM {table} WHERE lease IS NOT NULL AND {waiting}").format(
                        table=sql.Identifier(queue.table), waiting=sql.SQL(queue.waiting)
                    )
                )
                held |= {row[0] for row in cursor.fetchall()}
            dead = {lease for lease in held - {self.lease} if self._is_free(cursor, lease)}
            certain, self._suspects = dead & self._suspects, dead - self._suspects
            freed = 0
            for queue in queues if certain else ():
                cursor.execute(
                    sql.SQL("UPDATE {table} SET lease = NULL, lease_until = NULL WHERE lease = ANY(%s)").format(
                        table=sql.Identifier(queue.table)
                    ),
                    (list(certain),),
                )
                freed += cursor.rowcount
        return freed

    @staticmethod
    def _is_free(cursor: Any, lease: UUID) -> bool:
        """Tell whether nobody holds the lock of `lease` (shared, so that two askers do not mistake each other)."""
        number = _lock_number(lease)
        cursor.execute("SELECT pg_try_advisory_lock_shared(%s)", (number,))
        if not cursor.fetchone()[0]:
            return False
        cursor.execute("SELECT pg_advisory_unlock_shared(%s)", (number,))
        return True
