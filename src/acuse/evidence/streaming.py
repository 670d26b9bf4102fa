"""Reading many subjects one after the other, each with its facts in order: what can be derived, can be derived again.

However many there are, memory holds the facts of one subject and some rows of the database's answer.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from acuse.evidence.models import Cursor, Fact, TreeHead
from acuse.proof.facts.fact import Fact as ProvenFact

_ROWS = 2000
_SUBJECTS = """
SELECT fact.kind, fact.subject, fact.canonical
FROM evidence_facts AS fact JOIN evidence_entries AS entry ON entry.entry = fact.entry
WHERE fact.organisation = %(organisation)s AND fact.kind = %(kind)s AND entry.position < %(before)s
    AND (%(subjects)s::uuid[] IS NULL OR fact.subject = ANY(%(subjects)s::uuid[]))
    AND (%(types)s::text[] IS NULL OR fact.type = ANY(%(types)s::text[]))
ORDER BY fact.kind, fact.subject, fact.sequence
"""


def subjects_of(
    *,
    organisation: UUID,
    kind: str,
    before: int,
    subjects: Sequence[UUID] | None = None,
    types: Sequence[str] | None = None,
) -> Iterator[list[ProvenFact]]:
    """Yield the facts of each subject of one kind, in the order of its chain; subjects by their identifiers.

    Args:
        organisation: whose.
        kind: of subject.
        before: ledger position; what stands there or later is left out.
        subjects: only these; None for all.
        types: only facts of these types; None for all.
    """
    asked: dict[str, Any] = {
        "organisation": organisation,
        "kind": kind,
        "before": before,
        "subjects": None if subjects is None else list(subjects),
        "types": None if types is None else list(types),
    }
    # A cursor of the server's own, which ends with the transaction.
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(_SUBJECTS, asked)
        rows = (row for page in iter(lambda: cursor.fetchmany(_ROWS), []) for row in page)
        for _, group in groupby(rows, key=lambda row: (row[0], row[1])):
            yield [ProvenFact.parse(bytes(row[2])) for row in group]


def ledger_size() -> int:
    """Return how many entries the ledger has: the position of the next."""
    return TreeHead.objects.values_list("size", flat=True).first() or 0


def cursor_position(follower: str, *, lock: bool = False) -> int:
    """Return up to where a follower has read; 0 of one that never did.

    Args:
        follower: name of its cursor.
        lock: hold it there until the transaction ends.
    """
    rows = Cursor.objects.select_for_update() if lock else Cursor.objects.all()
    return rows.filter(follower=follower).values_list("position", flat=True).first() or 0


def without_facts(kind: str, subjects: Sequence[UUID]) -> set[UUID]:
    """Return which of these subjects have no facts any more: they were erased."""
    known = Fact.objects.filter(kind=kind, subject__in=subjects).values_list("subject", flat=True).distinct()
    return set(subjects) - set(known)
