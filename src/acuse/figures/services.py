"""Writing the rows of the cache, and asking for a comparison of it with the ledger. No fact comes of either."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import islice
from typing import TypeVar
from uuid import UUID

from django.db import transaction

from acuse import clock
from acuse.accounts.queries import Access
from acuse.errors import ConflictError
from acuse.evidence.streaming import cursor_position, without_facts
from acuse.figures.derive import rows_in_ledger, teams_in_ledger
from acuse.figures.models import Case, Check, Event, Team
from acuse.figures.rules.questions import Question
from acuse.figures.rules.rows import CALL, TICKET, Rows

T = TypeVar("T")

FOLLOWER = "figures.rows"
_BATCH = 1000
_MOST_WAITING = 3


def replace_rows(*, organisation: UUID, kind: str, subjects: Sequence[UUID], before: int) -> None:
    """Write the rows of some cases or calls anew, from their facts before a position. Done twice, it is the same."""
    with transaction.atomic():
        Event.objects.filter(subject__in=subjects).delete()
        Case.objects.filter(ticket__in=subjects).delete()
        _write(organisation, rows_in_ledger(organisation, kind, before=before, subjects=subjects))


def replace_teams(*, organisation: UUID, before: int) -> None:
    """Write the teams of an organisation anew, from its facts before a position."""
    with transaction.atomic():
        Team.objects.filter(organisation=organisation).delete()
        found = teams_in_ledger(organisation, before=before).values()
        Team.objects.bulk_create(
            Team(team=one.id, organisation=organisation, name=one.name, members=sorted(one.members)) for one in found
        )


def forget_erased(*, organisation: UUID) -> None:
    """Remove the rows of cases and calls whose facts were erased after their retention."""
    mine = Event.objects.filter(organisation=organisation)
    cases = Case.objects.filter(organisation=organisation).values_list("ticket", flat=True)
    calls = mine.filter(kind__startswith="call_").values_list("subject", flat=True)
    for kind, subjects in ((TICKET, cases), (CALL, calls)):
        for some in _batches(subjects.iterator()):
            gone = without_facts(kind, some)
            Event.objects.filter(subject__in=gone).delete()
            Case.objects.filter(ticket__in=gone).delete()


def rebuild(*, organisation: UUID) -> int:
    """Derive every row of an organisation anew; return how many cases and calls gave some.

    The page shows the old ones until all are there. The follower waits meanwhile, and goes on from the same place.
    """
    with transaction.atomic():
        before = cursor_position(FOLLOWER, lock=True)
        Event.objects.filter(organisation=organisation).delete()
        Case.objects.filter(organisation=organisation).delete()
        replace_teams(organisation=organisation, before=before)
        kinds = (TICKET, CALL)
        return sum(_write(organisation, rows_in_ledger(organisation, kind, before=before)) for kind in kinds)


def _write(organisation: UUID, subjects: Iterable[Rows]) -> int:
    count = 0
    for some in _batches(subjects):
        cases = (rows.case for rows in some if rows.case is not None)
        Case.objects.bulk_create(
            Case(organisation=organisation, **(asdict(case) | {"turns": list(case.turns)})) for case in cases
        )
        events = (event for rows in some for event in rows.events)
        Event.objects.bulk_create((Event(organisation=organisation, **asdict(event)) for event in events), _BATCH)
        count += len(some)
    return count


def _batches(values: Iterable[T]) -> Iterator[list[T]]:
    given = iter(values)
    return iter(lambda: list(islice(given, _BATCH)), [])


def ask_check(*, access: Access, question: Question) -> UUID:
    """Have the figures of a question compared with what the ledger says; return the comparison.

    Raises:
        ConflictError: some of the organisation wait already.
    """
    waiting = Check.objects.filter(organisation=access.organisation, state=Check.State.WAITING)
    if waiting.count() >= _MOST_WAITING:
        raise ConflictError("Other comparisons wait already. Look at theirs first.")
    asked = {
        "first": question.period.first.isoformat(),
        "last": question.period.last.isoformat(),
        "zone": question.period.zone,
        "channel": question.channel,
        "mailbox": str(question.mailbox) if question.mailbox else "",
        "team": str(question.team) if question.team else "",
    }
    row = Check.objects.create(
        organisation=access.organisation, member=access.member, question=asked, asked_at=clock.now()
    )
    return row.id
