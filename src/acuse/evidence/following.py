"""Following: a consumer reads the ledger by position and keeps its own durable cursor.

Positions are gapless and given in one order, so a follower misses nothing; tailing an identity column would lose rows
that commit late. The handler and the cursor share one transaction: a crash repeats the batch or none of it.
"""

from collections.abc import Callable, Sequence

from django.db import connection, transaction

from acuse.evidence.models import Cursor
from acuse.evidence.queries import LedgerFact, ledger_fact

#: Positions looked at in one call, so that rare types do not make one transaction long.
WINDOW = 2000

_WINDOW = """
SELECT fact.canonical, entry.position, entry.organisation_sequence
FROM evidence_entries AS entry JOIN evidence_facts AS fact ON fact.entry = entry.entry
WHERE entry.position >= %s AND entry.position < %s AND fact.type = ANY(%s)
ORDER BY entry.position
"""


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
        Cursor.objects.get_or_create(follower=follower)
        cursor_row = Cursor.objects.select_for_update().get(follower=follower)
        with connection.cursor() as cursor:
            cursor.execute("SELECT size FROM evidence_tree_head WHERE id = 1")
            row = cursor.fetchone()
            end = min(row[0] if row else 0, cursor_row.position + WINDOW)
            cursor.execute(_WINDOW, (cursor_row.position, end, list(types)))
            facts = [ledger_fact(found) for found in cursor.fetchall()]
        for fact in facts:
            apply(fact)
        moved = end - cursor_row.position
        cursor_row.position = end
        cursor_row.save(update_fields=["position"])
    return moved
