"""Rows from the ledger: facts and the calendars in custody that they cite, nothing else."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from acuse.errors import AcuseError
from acuse.evidence import custody
from acuse.evidence.streaming import subjects_of
from acuse.figures.rules.questions import Question
from acuse.figures.rules.report import Report, report
from acuse.figures.rules.rows import CALL, TICKET, Rows, rows_of
from acuse.figures.rules.tallies import Tallies
from acuse.proof.business_time import CalendarVersion
from acuse.proof.facts.fact import Fact
from acuse.proof.verdicts.deadlines import Judgement, cited_calendars, judge

log = logging.getLogger(__name__)

ORGANISATION = "organisation"
TEAM_CHANGED = "team.changed"
MAILBOX_TYPES = ("mailbox.made", "mailbox.changed")
"""Those that say a mailbox's address."""


@dataclass(frozen=True, kw_only=True)
class TeamMembers:
    """A team as its last fact says it."""

    id: UUID
    name: str
    members: frozenset[UUID]


@dataclass(frozen=True, kw_only=True)
class Derived:
    """Figures from the ledger alone, and from how many facts of cases and calls."""

    report: Report
    facts: int


def figures_of_ledger(organisation: UUID, question: Question, *, before: int) -> Derived:
    """Return the figures of the ledger up to a position, without looking at any row of the cache.

    Cases are read one after the other, calls after them: memory holds one at a time, and the sums.
    """
    sums, facts = Tallies(), 0
    for kind in (TICKET, CALL):
        for read in subjects_of(organisation=organisation, kind=kind, before=before):
            sums.add(question, rows_of(read, judged))
            facts += len(read)
    return Derived(report=report(question, sums), facts=facts)


def rows_in_ledger(
    organisation: UUID, kind: str, *, before: int, subjects: Sequence[UUID] | None = None
) -> Iterator[Rows]:
    """Yield the rows of each case, or each call, that has facts before a position."""
    for read in subjects_of(organisation=organisation, kind=kind, before=before, subjects=subjects):
        yield rows_of(read, judged)


def teams_in_ledger(organisation: UUID, *, before: int) -> dict[UUID, TeamMembers]:
    """Return the teams that there are, by the facts before a position."""
    found: dict[UUID, TeamMembers] = {}
    for read in subjects_of(organisation=organisation, kind=ORGANISATION, before=before, types=(TEAM_CHANGED,)):
        for fact in read:
            details = fact.details
            team = UUID(details["team"])
            found.pop(team, None)
            if not details.get("removed", False):
                members = frozenset(UUID(member) for member in details["members"])
                found[team] = TeamMembers(id=team, name=details["name"], members=members)
    return found


def mailboxes_in_ledger(organisation: UUID, *, before: int) -> dict[str, UUID]:
    """Return the mailboxes that there are, by address in lower case, by the facts before a position."""
    found = subjects_of(organisation=organisation, kind="mailbox", before=before, types=MAILBOX_TYPES)
    return {str(read[-1].details["address"]).lower(): read[-1].subject.id for read in found}


def judged(facts: Sequence[Fact]) -> Judgement | None:
    """Return what became of a case's deadlines; None where what they are counted by is not at hand, or is not read."""
    try:
        cited = cited_calendars(facts)
        if not cited:
            return Judgement(deadlines=(), contradictions=())
        return judge(facts, {digest: _calendar(facts[0].organisation, digest) for digest in cited})
    except AcuseError:
        log.exception("the deadlines of a case cannot be counted", extra={"ticket": str(facts[0].subject.id)})
        return None


@lru_cache(maxsize=64)
def _calendar(organisation: UUID, digest: str) -> CalendarVersion:
    return CalendarVersion.parse(custody.open_object(organisation=organisation, sha256=digest))
