"""A whole month of a service: its facts in the ledger, which the figures follow, or their rows without a ledger."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from itertools import chain, islice
from uuid import UUID

from django.db import transaction

from acuse.config.database import conninfo
from acuse.evidence.ledger import FactDraft, record
from acuse.evidence.sequencer import Sequencer
from acuse.figures.followers import follow_figures
from acuse.figures.models import Case, Event
from acuse.figures.rules.rows import rows_of
from acuse.proof.checkpoint import SigningKey
from acuse.proof.facts.fact import Fact
from acuse.proof.verdicts.deadlines import Judgement

_NO_DEADLINES = Judgement(deadlines=(), contradictions=())
_BATCH = 2_000


def keep_facts(organisation: UUID, subjects: Iterable[Sequence[Fact]]) -> None:
    """Record the facts of these cases and calls, and let the ledger and the figures follow."""
    drafts = (
        FactDraft(
            organisation=organisation,
            subject_kind=fact.subject.kind,
            subject_id=fact.subject.id,
            type=fact.type,
            actor=fact.actor,
            details=fact.details,
            occurred_at=fact.occurred_at,
        )
        for fact in chain.from_iterable(subjects)
    )
    while some := list(islice(drafts, _BATCH)):
        with transaction.atomic():
            record(*some)
    sequencer = Sequencer(conninfo=conninfo(), key=SigningKey.generate("acuse.example/test"))
    assert sequencer.lead()
    while sequencer.tick():
        pass
    sequencer.resign()
    while follow_figures():
        pass


def keep_rows(organisation: UUID, subjects: Iterable[Sequence[Fact]]) -> None:
    """Keep what the follower would derive from the facts of these cases and calls: quicker, as no ledger holds them."""
    derived = [rows_of(facts, lambda _: _NO_DEADLINES) for facts in subjects]
    cases = [asdict(rows.case) | {"turns": list(rows.case.turns)} for rows in derived if rows.case]
    Case.objects.bulk_create((Case(organisation=organisation, **case) for case in cases), _BATCH)
    events = (asdict(event) for rows in derived for event in rows.events)
    Event.objects.bulk_create((Event(organisation=organisation, **event) for event in events), _BATCH)
