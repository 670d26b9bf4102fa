"""Following: a consumer reads the ledger by position and keeps its own durable cursor.

Positions are gapless and given in one order, so a follower misses nothing; tailing an identity column would lose rows
that commit late. The handler and the cursor share one transaction: a crash repeats the batch or none of it.
"""

from collections.abc import Callable, Sequence
from uuid import UUID

from django.db import transaction

from acuse.errors import ConflictError
from acuse.evidence.queries import LedgerFact, ledger_fact
from acuse.evidence.statements import execute

#: Positions looked at in one call, so that rare types do not make one transaction long.
WINDOW = 2000

_BEGIN = "INSERT INTO evidence_cursors (follower, position) VALUES (%(follower)s, 0) ON CONFLICT DO NOTHING"
_LOCK = """
SELECT held.position, least(coalesce((SELECT size FROM evidence_tree_head WHERE id = 1), 0),
    held.position + %(window)s::bigint)
FROM evidence_cursors AS held WHERE held.follower = %(follower)s FOR UPDATE
"""
_WINDOW = """
SELECT fact.canonical, entry.position, entry.organisation_sequence
FROM evidence_entries AS entry JOIN evidence_facts AS fact ON fact.entry = entry.entry
WHERE entry.position >= %(begin)s AND entry.position < %(end)s AND fact.type = ANY(%(types)s)
ORDER BY entry.position
"""
_STANDS = """
SELECT coalesce((SELECT position FROM evidence_cursors WHERE follower = %(follower)s), 0),
    coalesce((SELECT size FROM evidence_tree_head WHERE id = 1), 0)
"""
_AHEAD = """
WITH ahead AS MATERIALIZED (
    SELECT entry FROM evidence_pending
    UNION ALL SELECT entry FROM evidence_entries WHERE position >= coalesce(
        (SELECT position FROM evidence_cursors WHERE follower = %(follower)s), 0))
SELECT fact.subject FROM ahead JOIN evidence_facts AS fact ON fact.entry = ahead.entry
WHERE fact.type = %(type)s LIMIT %(most)s
"""
_MOVE = "UPDATE evidence_cursors SET position = %(end)s WHERE follower = %(follower)s"


def follow(follower: str, types: Sequence[str], apply: Callable[[LedgerFact], None]) -> int:
    """Apply the next facts of some types, in ledger order, and move the cursor in the same transaction.

    Args:
        follower: name of the cursor.
        types: fact types to see.
        apply: called with each; an exception undoes the whole window and leaves the cursor.

    Returns:
        How many positions the cursor moved; 0 when it is at the end.
    """
    with transaction.atomic():
        begin, end = _lock(follower)
        if begin == end:
            return 0
        found = execute(_WINDOW, {"begin": begin, "end": end, "types": list(types)})
        for row in found.fetchall():
            apply(ledger_fact(row))
        execute(_MOVE, {"follower": follower, "end": end})
    return end - begin


def follow_each(
    follower: str,
    types: Sequence[str],
    prepare: Callable[[LedgerFact], Callable[[], object]],
    failed: Callable[[LedgerFact, Exception], None],
) -> int:
    """Apply the next facts of some types one by one, in ledger order, each in one transaction with the cursor.

    For what takes long or may fail alone: no fact waits for the commit of those behind it, or is undone with them.

    Args:
        follower: name of the cursor.
        types: fact types to see.
        prepare: called with each outside of any transaction, twice where two processes are at it; what it returns is
            called inside.
        failed: called inside a transaction of its own with a fact that raised, which is passed over then; it raises
            what may pass, and the fact is tried again.

    Returns:
        How many positions the cursor moved; 0 when it is at the end.
    """
    row = execute(_STANDS, {"follower": follower}).fetchone()
    assert row is not None
    begin: int = row[0]
    end = min(int(row[1]), begin + WINDOW)
    if begin >= end:
        return 0
    at = begin
    for found in execute(_WINDOW, {"begin": begin, "end": end, "types": list(types)}).fetchall():
        item = ledger_fact(found)
        assert item.position is not None
        if not _pass(follower, at, item, prepare, failed):
            return at - begin
        at = item.position + 1
    return (end if _step(follower, at, end, lambda: None) else at) - begin


def ahead(follower: str, *, type: str, most: int = WINDOW) -> list[UUID]:
    """Return the subjects of facts of a type that were recorded and that a follower has not come to yet.

    Args:
        follower: name of the cursor. type: of the facts.
        most: returned at once; there may be more where there are so many.
    """
    return [row[0] for row in execute(_AHEAD, {"follower": follower, "type": type, "most": most}).fetchall()]


def _pass(
    follower: str,
    at: int,
    item: LedgerFact,
    prepare: Callable[[LedgerFact], Callable[[], object]],
    failed: Callable[[LedgerFact, Exception], None],
) -> bool:
    """Apply one fact and move the cursor from `at` behind it; False where another process did."""
    assert item.position is not None
    try:
        return _step(follower, at, item.position + 1, prepare(item))
    except Exception as error:
        cause = error
    return _step(follower, at, item.position + 1, lambda: failed(item, cause))


def _step(follower: str, at: int, to: int, act: Callable[[], object]) -> bool:
    """Act and move the cursor in one transaction; False, and nothing done, where another process moved it."""
    with transaction.atomic():
        begin, _ = _lock(follower)
        if begin != at:
            return False
        act()
        execute(_MOVE, {"follower": follower, "end": to})
    return True


def _lock(follower: str) -> tuple[int, int]:
    """Lock a follower's cursor, making it where it is new; return where it stands and up to where it may read now.

    Whoever waited for the lock reads the size of the tree as it was before: the rest comes with the next window.
    """
    asked = {"follower": follower, "window": WINDOW}
    row = execute(_LOCK, asked).fetchone()
    if row is None:
        execute(_BEGIN, {"follower": follower})
        row = execute(_LOCK, asked).fetchone()
    if row is None:
        raise ConflictError(f"The cursor of {follower} was removed meanwhile.")
    return row[0], max(row)
