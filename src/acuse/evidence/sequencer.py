"""The sequencer: *pending* facts become *integrated* (a position, a leaf, stored hashes) and *published* (a signed
checkpoint), in one transaction each tick.

Exactly one process sequences at a time: the one whose connection holds the advisory lock. Every write of a tick uses
that very connection, so a leader that lost its lock lost its connection too and cannot write; and it first locks the
row of the tree head, whose size it must find as it left it. Any process may wait to take over.

A crash before a tick's commit leaves the facts pending: the next tick, of whoever leads, integrates them. A crash
after it leaves them integrated and published. The signature is made inside the transaction and leaves this process
only through a committed row, so no two different checkpoints of one size are ever seen.

Writers do not NOTIFY: PostgreSQL serialises the commits of notifying transactions, which would cost the acceptance of
mail its group commit. The sequencer looks ten times a second instead (docs/adr/0002).
"""

import logging
import threading
from collections.abc import Iterable, Sequence
from typing import Any

import psycopg

from acuse import clock
from acuse.errors import ConflictError
from acuse.evidence import custody
from acuse.evidence.statements import words
from acuse.proof import checkpoint, merkle
from acuse.proof.checkpoint import SigningKey

log = logging.getLogger(__name__)

LEADER_LOCK = 0x0ACC5E01
TICK_SECONDS = 0.1
BATCH = 4096

Connection = psycopg.Connection[Any]


class Sequencer:
    """One candidate for leadership.

    Args:
        conninfo: libpq connection string of the application role.
        key: the log's checkpoint key; its name is the log's origin.
        batch: most facts of one tick.
    """

    def __init__(self, *, conninfo: str, key: SigningKey, batch: int = BATCH) -> None:
        self._conninfo = conninfo
        self._key = key
        self._batch = batch
        self._connection: Connection | None = None
        self._size = 0

    def run(self, stop: threading.Event) -> None:
        """Lead whenever possible until `stop`; a lost connection or leadership is tried again.

        Raises:
            ConflictError: the database is behind custody, or belongs to another log or key; an operator must act.
        """
        while not stop.is_set():
            try:
                if self._connection is None and not self.lead():
                    stop.wait(0.5)
                    continue
                if self.tick() < self._batch:
                    stop.wait(TICK_SECONDS)
            except psycopg.OperationalError as error:
                log.warning("sequencer lost the database: %s", error)
                self.resign()
                stop.wait(0.5)
        self.resign()

    def lead(self) -> bool:
        """Try to become the leader; return whether we are.

        Raises:
            ConflictError: the database is behind custody, or belongs to another log or key.
        """
        connection = psycopg.connect(self._conninfo, autocommit=True)
        try:
            row = connection.execute("SELECT pg_try_advisory_lock(%s)", (LEADER_LOCK,)).fetchone()
            if not (row and row[0]):
                connection.close()
                return False
            self._size = self._open_log(connection)
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        return True

    def resign(self) -> None:
        """Give up the connection, and with it the leadership."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def tick(self) -> int:
        """Integrate and publish one batch; return how many facts it held.

        Raises:
            psycopg.OperationalError: the connection, and so the leadership, is lost.
            ConflictError: somebody else moved the tree head: this process must not write.
        """
        assert self._connection is not None, "only a leader ticks"
        connection = self._connection
        pending = connection.execute(
            "SELECT id, organisation::text, entry FROM evidence_pending ORDER BY id LIMIT %s", (self._batch,)
        ).fetchall()
        if not pending:
            return 0
        with connection.transaction():
            size = _lock_head(connection)
            if size != self._size:
                raise ConflictError("Another process moved the tree head while this one led.")
            size = self._integrate(connection, size, pending)
            self._publish(connection, size)
        # Committed: these facts have positions and a signed checkpoint, whatever happens to us now.
        self._size = size
        return len(pending)

    def _open_log(self, connection: Connection) -> int:
        """Create or check the tree head; return its size."""
        newest = custody.newest_checkpoint()
        verifier_key = self._key.verifier().line()
        with connection.transaction():
            connection.execute(
                "INSERT INTO evidence_tree_head (id, origin, verifier_key, size, root, note, published_at) "
                "VALUES (1, %s, %s, 0, %s, '', %s) ON CONFLICT (id) DO NOTHING",
                (self._key.name, verifier_key, merkle.EMPTY_ROOT, clock.now()),
            )
            row = connection.execute(
                "SELECT origin, verifier_key, size FROM evidence_tree_head WHERE id = 1"
            ).fetchone()
        assert row is not None
        origin, opened_with, size = row
        if origin != self._key.name:
            raise ConflictError(
                f"The database holds the log {origin}, but the key is for {self._key.name}: "
                "ACUSE_LOG_ORIGIN never changes."
            )
        if opened_with != verifier_key:
            raise ConflictError(
                f"The log was opened with the key {opened_with}, but the one at hand is {verifier_key}: "
                "bring its file back from a backup. Nothing is sequenced until then."
            )
        custody.check_not_behind(size, newest)
        return int(size)

    def _integrate(self, connection: Connection, size: int, pending: Sequence[tuple[int, str, bytes]]) -> int:
        """Give each fact its position and store the hashes that changed; return the new size."""
        sequences = _organisation_sequences(connection, sorted({row[1] for row in pending}))
        rows = []
        for position, (_, organisation, entry) in enumerate(pending, start=size):
            sequences[organisation] += 1
            rows.append(f"{position}\t\\\\x{entry.hex()}\t{organisation}\t{sequences[organisation]}\n")
        with connection.cursor() as cursor:
            with cursor.copy(
                "COPY evidence_entries (position, entry, organisation, organisation_sequence) FROM STDIN"
            ) as copy:
                copy.write("".join(rows))
            tiles = merkle.append(
                lambda level, index: read_tile(connection, level, index),
                size,
                [merkle.leaf_hash(row[2]) for row in pending],
            )
            cursor.execute(
                "INSERT INTO evidence_tiles (level, index, hashes) "
                "SELECT * FROM unnest(%s::smallint[], %s::bigint[], %s::bytea[]) "
                "ON CONFLICT (level, index) DO UPDATE SET hashes = EXCLUDED.hashes",
                ([level for level, _ in tiles], [index for _, index in tiles], list(tiles.values())),
            )
            cursor.execute(
                "UPDATE evidence_organisation_sequences AS held SET last = new.last "
                "FROM unnest(%s::uuid[], %s::bigint[]) AS new (organisation, last) "
                "WHERE held.organisation = new.organisation",
                (words(sequences), words(sequences.values())),
            )
            cursor.execute(
                "DELETE FROM evidence_pending WHERE id = ANY(%s::bigint[])", (words(row[0] for row in pending),)
            )
        return size + len(pending)

    def _publish(self, connection: Connection, size: int) -> None:
        """Sign the checkpoint of `size` and make it the tree head."""
        root = merkle.root(lambda level, index: read_tile(connection, level, index), size)
        note = checkpoint.sign(checkpoint.Checkpoint(origin=self._key.name, size=size, root=root), self._key)
        connection.execute(
            "UPDATE evidence_tree_head SET size = %s, root = %s, note = %s, published_at = %s WHERE id = 1",
            (size, root, note.decode(), clock.now()),
        )


def _lock_head(connection: Connection) -> int:
    row = connection.execute("SELECT size FROM evidence_tree_head WHERE id = 1 FOR UPDATE").fetchone()
    assert row is not None
    return int(row[0])


def _organisation_sequences(connection: Connection, organisations: Iterable[str]) -> dict[str, int]:
    """Return the last sequence of each organisation, beginning new ones at 0."""
    wanted = words(organisations)
    connection.execute(
        "INSERT INTO evidence_organisation_sequences (organisation, last) SELECT unnest(%s::uuid[]), 0 "
        "ON CONFLICT DO NOTHING",
        (wanted,),
    )
    rows = connection.execute(
        "SELECT organisation::text, last FROM evidence_organisation_sequences WHERE organisation = ANY(%s::uuid[])",
        (wanted,),
    )
    return dict(rows.fetchall())


def read_tile(connection: Connection, level: int, index: int) -> bytes:
    """Return the stored hashes of a tile, empty where there are none yet."""
    row = connection.execute(
        "SELECT hashes FROM evidence_tiles WHERE level = %s AND index = %s", (level, index)
    ).fetchone()
    return bytes(row[0]) if row else b""
