"""Work claimed by lease: rows with `due_at`, `lease` and `lease_until`, taken in batches, no lock held while working.

A worker is a `Holder`: its id is the lease that it writes, and an advisory lock on a connection of its own shows that
it lives. What a dead worker held is released as soon as its lock is found free twice, rather than when the lease ends;
a worker that only lost its connection takes its lock again in between.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection
from psycopg import sql
from uuid6 import uuid7

from acuse import clock
from acuse.evidence.statements import execute


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


_WINDOW = 10  # rows looked at for each that is wanted, where domains share

_CLAIM = """
UPDATE {table} AS work SET lease = %(lease)s, lease_until = %(until)s FROM (
    SELECT {key} AS key FROM {table} WHERE {free}{chosen} ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
) AS picked WHERE work.{key} = picked.key RETURNING work.{key}, work.due_at{returned}
"""
_FREE = "due_at <= %(now)s AND {waiting} AND (lease_until IS NULL OR lease_until < %(now)s)"
# Whoever claims at the same time may choose the same rows: each is locked, and judged again, before it is taken.
_SHARES = """
 AND {key} IN (
    SELECT key FROM (
        SELECT key, domain, row_number() OVER (PARTITION BY domain ORDER BY due_at) AS place FROM (
            SELECT {key} AS key, domain, due_at FROM {table}
            WHERE {free}{past} ORDER BY due_at LIMIT %(window)s
        ) AS due
    ) AS queued LEFT JOIN unnest(%(domains)s::text[], %(counts)s::int[]) AS busy (name, count) ON name = domain
    WHERE place <= %(each)s - coalesce(count, 0)
)
"""


@lru_cache
def _claiming(queue: Queue) -> str:
    return _written(queue, chosen=sql.SQL(""), returned=sql.SQL(""))


@lru_cache
def _claiming_shares(queue: Queue, crowded: bool) -> str:
    # Where nothing is to be left out, the index alone says which rows are first; else the planner may read all of them.
    past = sql.SQL(" AND domain <> ALL (%(crowded)s::text[])" if crowded else "")
    chosen = sql.SQL(_SHARES).format(**_names(queue), past=past)
    return _written(queue, chosen=chosen, returned=sql.SQL(", work.domain"))


def _written(queue: Queue, **parts: sql.Composable) -> str:
    return sql.SQL(_CLAIM).format(**_names(queue), **parts).as_string(None)


def _names(queue: Queue) -> dict[str, sql.Composable]:
    return {
        "table": sql.Identifier(queue.table),
        "key": sql.Identifier(queue.key),
        "free": sql.SQL(_FREE).format(waiting=sql.SQL(queue.waiting)),
    }


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

    def show_life(self) -> bool:
        """Take the lock that shows that this worker lives, again if the connection was lost.

        Returns:
            Whether it was held all along. Where it was not, the server may have been away, and everybody's lock with
            it: who looks for the dead at once finds workers that have not yet come to take theirs again.
        """
        if self._connection is not None and not self._connection.closed:
            try:
                self._connection.execute("SELECT 1")
                return True
            except psycopg.OperationalError:
                self._connection.close()
        self._connection = psycopg.connect(self._conninfo, autocommit=True)
        self._suspects = set()
        self._connection.execute("SELECT pg_advisory_lock(%s)", (_lock_number(self.lease),))
        return False

    def release(self) -> None:
        """Give up the lock: what this worker still holds is free for others."""
        if self._connection is not None:
            self._connection.close()

    def claim(self, queue: Queue, *, term: timedelta, limit: int) -> list[UUID]:
        """Claim up to `limit` due rows for `term`; return their keys, the longest due first.

        Args:
            queue: where the work is.
            term: after which anybody may claim them again.
            limit: most rows.
        """
        return [row[0] for row in self._claim(_claiming(queue), term, limit, {})]

    def claim_shares(
        self, queue: Queue, *, term: timedelta, limit: int, each: int, busy: Mapping[str, int]
    ) -> list[tuple[UUID, str]]:
        """Claim as `claim` does, but no more of one `domain` than it has room for; return keys with their domains.

        Rows of one domain that fill the whole window hide those behind them until it is crowded itself: the next call.

        Args:
            queue: where the work is; its table has a column `domain`.
            term: after which anybody may claim them again.
            limit: most rows.
            each: how many of one domain may be under way.
            busy: how many are now.
        """
        crowded = [domain for domain, count in busy.items() if count >= each]
        shares = {
            "each": each,
            "domains": list(busy),
            "counts": list(busy.values()),
            "crowded": crowded,
            "window": _WINDOW * limit,
        }
        statement = _claiming_shares(queue, bool(crowded))
        return [(key, domain) for key, _, domain in self._claim(statement, term, limit, shares)]

    def _claim(self, statement: str, term: timedelta, limit: int, more: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        now = clock.now()
        found = execute(statement, {"lease": self.lease, "until": now + term, "now": now, "limit": limit, **more})
        return sorted(found.fetchall(), key=lambda row: row[1])

    def let_go(self, queue: Queue) -> None:
        """Release all that this worker holds of a queue.

        For a loop that begins, with nothing under way: where the database went away during a claim, rows may have been
        claimed that nobody here knows of.
        """
        statement = sql.SQL(
            "UPDATE {table} SET lease = NULL, lease_until = NULL WHERE lease = %s AND {waiting}"
        ).format(table=sql.Identifier(queue.table), waiting=sql.SQL(queue.waiting))
        with connection.cursor() as cursor:
            cursor.execute(statement, (self.lease,))

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
