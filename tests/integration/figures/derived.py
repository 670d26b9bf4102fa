"""Rows of the figures from facts that no ledger holds: as many as a whole month of a real service has."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from uuid import UUID

from acuse.figures.models import Case, Event
from acuse.figures.rules.rows import rows_of
from acuse.proof.facts.fact import Fact
from acuse.proof.verdicts.deadlines import Judgement

_NO_DEADLINES = Judgement(deadlines=(), contradictions=())
_BATCH = 2_000


def keep_rows(organisation: UUID, subjects: Iterable[Sequence[Fact]]) -> None:
    """Keep what the follower would derive from the facts of these cases and calls."""
    derived = [rows_of(facts, lambda _: _NO_DEADLINES) for facts in subjects]
    cases = [asdict(rows.case) | {"turns": list(rows.case.turns)} for rows in derived if rows.case]
    Case.objects.bulk_create((Case(organisation=organisation, **case) for case in cases), _BATCH)
    events = (asdict(event) for rows in derived for event in rows.events)
    Event.objects.bulk_create((Event(organisation=organisation, **event) for event in events), _BATCH)
