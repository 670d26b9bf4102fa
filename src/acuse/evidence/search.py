"""Search in an organisation's facts: by position, digest, subject, type. Every search does a bounded amount of work.

Facts have no index by type, which each recording would pay for: a search by type reads the organisation's entries back
from the newest, as many as `DEPTH` at a time, and says how far it came.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from acuse.evidence.queries import LedgerFact, ledger_fact, recent_facts
from acuse.proof.facts.fact import Fact

DEPTH = 20_000
NEWEST = 2**62

_BACK = """
SELECT fact.canonical, entry.position, entry.organisation_sequence
FROM (
    SELECT entry, position, organisation_sequence FROM evidence_entries
    WHERE organisation = %(whose)s AND organisation_sequence < %(before)s
    ORDER BY organisation_sequence DESC LIMIT %(depth)s
) AS entry JOIN evidence_facts AS fact USING (entry)
WHERE (%(type)s = '' OR fact.type = %(type)s) AND (%(kind)s = '' OR fact.kind = %(kind)s)
ORDER BY entry.organisation_sequence DESC LIMIT %(limit)s
"""
_OF_SUBJECT = """
SELECT fact.canonical, entry.position, entry.organisation_sequence
FROM evidence_facts AS fact JOIN evidence_entries AS entry USING (entry)
WHERE fact.kind = ANY(%(kinds)s) AND fact.subject = %(subject)s AND fact.organisation = %(whose)s
AND (%(type)s = '' OR fact.type = %(type)s) AND entry.organisation_sequence < %(before)s
ORDER BY entry.organisation_sequence DESC LIMIT %(limit)s
"""
_OF_POSITION = """
SELECT fact.canonical, entry.position, entry.organisation_sequence
FROM evidence_entries AS entry JOIN evidence_facts AS fact USING (entry)
WHERE entry.position = %(position)s AND entry.organisation = %(whose)s
"""
_NEWEST_OF_EACH = """
SELECT said.canonical, NULL, NULL FROM unnest(%(ids)s::uuid[]) AS wanted (id) CROSS JOIN LATERAL (
    SELECT canonical FROM evidence_facts
    WHERE kind = %(kind)s AND subject = wanted.id AND organisation = %(whose)s AND type = ANY(%(types)s)
    ORDER BY sequence DESC LIMIT 1
) AS said
"""
_OF_DIGEST = """
SELECT fact.canonical, entry.position, entry.organisation_sequence
FROM evidence_facts AS fact JOIN evidence_entries AS entry USING (entry)
WHERE fact.entry = %(entry)s AND fact.organisation = %(whose)s
"""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What facts to find; what is empty does not narrow.

    Args:
        type: of fact.
        kind: of subject.
        kinds: those in which `subject` is looked for.
        subject: one subject.
    """

    type: str = ""
    kind: str = ""
    kinds: tuple[str, ...] = ()
    subject: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Found:
    """Facts, the newest first.

    Args:
        facts: at most as many as asked for.
        searched_to: organisation sequence from which older entries were not looked at; None where all were.
    """

    facts: tuple[LedgerFact, ...]
    searched_to: int | None


def find_facts(*, organisation: UUID, wanted: Wanted, before: int | None = None, limit: int = 50) -> Found:
    """Find an organisation's integrated facts.

    Args:
        organisation: whose.
        wanted: which.
        before: organisation sequence to search back from, exclusive; None = the newest.
        limit: at most 200.
    """
    last = NEWEST if before is None else before
    if wanted.subject is None and not wanted.type and not wanted.kind:
        return Found(facts=tuple(recent_facts(organisation=organisation, before=last, limit=limit)), searched_to=None)
    parameters = {
        "whose": organisation,
        "type": wanted.type,
        "kind": wanted.kind,
        "before": last,
        "limit": min(limit, 200),
    }
    if wanted.subject is not None:
        kinds = [wanted.kind] if wanted.kind else list(wanted.kinds)
        return Found(
            facts=_read(_OF_SUBJECT, parameters | {"subject": wanted.subject, "kinds": kinds}), searched_to=None
        )
    facts = _read(_BACK, parameters | {"depth": DEPTH})
    return Found(facts=facts, searched_to=None if len(facts) >= limit else _end(organisation, last))


def fact_at(*, organisation: UUID, position: int) -> LedgerFact | None:
    """Return the organisation's fact at a position of the ledger; None where it is another's, or erased."""
    return next(iter(_read(_OF_POSITION, {"position": position, "whose": organisation})), None)


def fact_of_digest(*, organisation: UUID, entry: bytes) -> LedgerFact | None:
    """Return the organisation's fact with an entry digest (32 bytes), or None."""
    return next(iter(_read(_OF_DIGEST, {"entry": entry, "whose": organisation})), None)


def newest_of_each(*, organisation: UUID, kind: str, ids: Sequence[UUID], types: Sequence[str]) -> dict[UUID, Fact]:
    """Return the newest fact of some types of each of some subjects, pending ones included.

    Args:
        organisation: whose.
        kind: of the subjects.
        ids: of the subjects; those without such a fact are left out.
        types: of fact.
    """
    parameters = {"whose": organisation, "kind": kind, "ids": list(ids), "types": list(types)}
    return {item.fact.subject.id: item.fact for item in _read(_NEWEST_OF_EACH, parameters)}


def _read(statement: str, parameters: dict[str, Any]) -> tuple[LedgerFact, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return tuple(ledger_fact(row) for row in cursor.fetchall())


def _end(organisation: UUID, before: int) -> int | None:
    """Return the last sequence that a search back from `before` looked at; None where nothing older is left."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT organisation_sequence FROM evidence_entries WHERE organisation = %s AND organisation_sequence < %s "
            "ORDER BY organisation_sequence DESC OFFSET %s LIMIT 2",
            (organisation, before, DEPTH - 1),
        )
        rows = cursor.fetchall()
    return rows[0][0] if len(rows) == 2 else None
