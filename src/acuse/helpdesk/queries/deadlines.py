"""Reads of the terms that run in cases: one case's from its facts, as the verifier does; lists from their rows."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from acuse import clock
from acuse.accounts.queries import Access
from acuse.calendars.queries import current_version, load_version
from acuse.clock import from_rfc3339
from acuse.errors import AcuseError
from acuse.evidence import custody
from acuse.evidence.queries import LedgerFact, facts_of
from acuse.helpdesk.models import Deadline, Ticket
from acuse.helpdesk.queries.policies import current_policy
from acuse.helpdesk.ruler import Bar, bars
from acuse.proof.business_time import CalendarVersion, Pause, Term, due_at, remaining
from acuse.proof.facts.fact import Fact
from acuse.proof.facts.ticket import KIND
from acuse.proof.policy import Policy
from acuse.proof.verdicts import deadlines as verdicts
from acuse.proof.verdicts.deadlines.causes import BY_MEMBERS, OURS

log = logging.getLogger(__name__)
State = Deadline.State


@dataclass(frozen=True, kw_only=True)
class DeadlineView:
    """A deadline of a case, judged now.

    Attributes:
        name: of the term in the policy, whose version is `policy_version`.
        verdict: one of `acuse.proof.verdicts.deadlines.VERDICTS`.
        ended: whether what it was for was done, or it was withdrawn.
        at_risk: it runs, and so little is left that people are warned.
        due_at: None while it stands still. ended_at: None while it is not ended.
        used: counted time; for a term in days, whole days. left: of the term; below zero, by how much it is exceeded.
            Both None where the calendar does not reach so far.
        ahead: of UTC, by the calendar's clock at the due date; None where it does not reach so far.
        late: by the clock, from the due date to the end or to now.
        pause_reason: while it stands still, else "". paused_at: since when.
        calendar: the version that it is counted by, whatever is published later.
        bars: the ruler.
    """

    id: UUID
    purpose: str
    name: str
    term: Term
    on_resume: str
    verdict: str
    ended: bool
    at_risk: bool
    started_at: datetime
    due_at: datetime | None
    ahead: timedelta | None
    ended_at: datetime | None
    used: timedelta | None
    left: timedelta | None
    late: timedelta
    pause_reason: str
    paused_at: datetime | None
    calendar: CalendarVersion
    policy_version: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True, kw_only=True)
class Deadlines:
    """What there is to say of a case's deadlines now.

    Attributes:
        views: the deadlines in the order in which they began.
        wrong: what facts say of them and does not follow.
        deferred: names of the terms that apply and could not be counted.
        may_wait: reasons that a member may give for which one that is not over may stand still.
        held: whether one stands still for such a reason.
        unjudged: why they could not be judged; None where they were.
    """

    views: tuple[DeadlineView, ...] = ()
    wrong: tuple[verdicts.Contradiction, ...] = ()
    deferred: tuple[str, ...] = ()
    may_wait: tuple[str, ...] = ()
    held: bool = False
    unjudged: AcuseError | None = None


@dataclass(frozen=True, kw_only=True)
class Glance:
    """What a list says of a case's deadlines: of the one that matters first.

    Attributes:
        ticket: the case.
        verdict: "running", "paused" or "missed".
        left: of the term, as `DeadlineView` says it; None while it stands still.
        at_risk, due_at, ahead, pause_reason: as `DeadlineView` says them.
        late: by the clock, of one that is missed.
    """

    ticket: UUID
    purpose: str
    name: str
    term: Term
    verdict: str
    at_risk: bool
    due_at: datetime | None
    ahead: timedelta | None
    left: timedelta | None
    late: timedelta
    pause_reason: str


def deadlines_of(access: Access, ticket: UUID, *, known: Sequence[LedgerFact] | None = None) -> Deadlines:
    """Return the deadlines of a case; none for another organisation's case.

    Args:
        access: whose case it is.
        ticket: which one.
        known: its facts, where the caller has read them already.
    """
    if known is None:
        known = facts_of(organisation=access.organisation, kind=KIND, id=ticket)
    facts = [item.fact for item in known]
    if not facts:
        return Deadlines()
    now = clock.now()
    try:
        judged = _judged(access, facts, at=now)
    except AcuseError as error:
        log.exception("the deadlines of a case cannot be judged", extra={"ticket": str(ticket)})
        return Deadlines(unjudged=error)
    rows = list(Deadline.objects.filter(ticket_id=ticket, ticket__organisation_id=access.organisation))
    warned = {str(row.id) for row in rows if row.warned_at or (row.next_at and row.next_at <= now)}
    lasting = [row for row in rows if row.purpose in OURS and row.state in (State.RUNNING, State.PAUSED)]
    return Deadlines(
        views=tuple(_view(one, one.id in warned) for one in judged.deadlines),
        wrong=judged.contradictions,
        deferred=tuple(str(fact.details["rule"]["policy"]) for fact in judged.deferred),
        may_wait=tuple(reason for reason in BY_MEMBERS if any(reason in row.pauses_on for row in lasting)),
        held=any(row.state == State.PAUSED and row.pauses[-1][2] in BY_MEMBERS for row in lasting),
    )


@dataclass(frozen=True, kw_only=True)
class DeadlineName:
    """What people know a deadline by.

    Attributes:
        id: as facts and certificates name it. purpose: what it is for. name: of its term in the policy.
        started_at: when it began. withdrawn_at: since when it does not count any more; None where it does.
    """

    id: str
    purpose: str
    name: str
    started_at: datetime
    withdrawn_at: datetime | None = None


def deadline_names(access: Access, *, tickets: Collection[UUID]) -> dict[UUID, tuple[DeadlineName, ...]]:
    """Return what the deadlines of some cases are known by, in the order in which they began, by case.

    Args:
        access: whose cases they are. tickets: which ones; none of another organisation's is returned.
    """
    rows = Deadline.objects.filter(ticket__organisation_id=access.organisation, ticket_id__in=tickets)
    found: dict[UUID, list[DeadlineName]] = {}
    for row in rows.order_by("started_at", "id"):
        one = DeadlineName(
            id=str(row.id),
            purpose=row.purpose,
            name=row.name,
            started_at=row.started_at,
            withdrawn_at=row.ended_at if row.state == State.WITHDRAWN else None,
        )
        found.setdefault(row.ticket_id, []).append(one)
    return {ticket: tuple(names) for ticket, names in found.items()}


def _judged(access: Access, facts: Sequence[Fact], *, at: datetime) -> verdicts.Judgement:
    def open_object(digest: str) -> bytes:
        return custody.open_object(organisation=access.organisation, sha256=digest)

    calendars = {digest: load_version(access.organisation, digest) for digest in verdicts.cited_calendars(facts)}
    rules = {digest: Policy.parse(open_object(digest)) for digest in verdicts.cited_rules(facts)}
    return verdicts.judge(facts, calendars, rules=rules, at=at)


def glances(access: Access, tickets: Sequence[UUID]) -> dict[UUID, Glance]:
    """Return for each of these cases that has one the deadline that matters first: missed, then next, then paused."""
    rows = _live(access).filter(ticket_id__in=list(tickets))
    now = clock.now()
    found: dict[UUID, Glance] = {}
    for row in sorted(rows, key=lambda one: (one.due_at is None, one.due_at or one.started_at)):
        if row.ticket_id not in found:
            found[row.ticket_id] = _glance(access, row, now)
    return found


def completion_offered(access: Access, ticket: UUID) -> tuple[Term, datetime] | None:
    """Return how long a customer would have from now to complete a case, and until when; None without such a term.

    Raises:
        OutsideCalendar: it would end after all that its calendar covers.
    """
    row = Ticket.objects.filter(organisation_id=access.organisation, id=ticket).first()
    policy = current_policy(access.organisation)
    if row is None or policy is None:
        return None
    for term in policy.policy.terms:
        length = term.length(type=row.type, priority=row.priority, matter=row.matter)
        if term.purpose == "completion" and length is not None:
            version, _ = current_version(access.organisation, term.calendar)
            return length, due_at(version, length, started_at=clock.now())
    return None


def _live(access: Access) -> QuerySet[Deadline]:
    """Return the organisation's own deadlines that are not over, of all cases."""
    return Deadline.objects.filter(
        ticket__organisation_id=access.organisation,
        purpose__in=OURS,
        state__in=(State.RUNNING, State.OVERDUE, State.PAUSED),
    )


def _view(judged: verdicts.Deadline, warned: bool) -> DeadlineView:
    details = judged.started.details
    lasting = [one for one in judged.pauses if one.ended_at is None and judged.end is None]
    return DeadlineView(
        id=UUID(judged.id),
        purpose=judged.purpose,
        name=str(details["rule"]["policy"]),
        term=judged.term,
        on_resume=judged.on_resume,
        verdict=judged.verdict,
        ended=judged.end is not None,
        at_risk=warned and judged.verdict == "running",
        started_at=judged.started_at,
        due_at=judged.due_at,
        ahead=_ahead(judged.calendar, judged.due_at),
        ended_at=None if judged.end is None else judged.judged_at,
        used=judged.used,
        left=None if judged.used is None else judged.term.length - judged.used,
        late=judged.late,
        pause_reason=lasting[0].reason if lasting else "",
        paused_at=lasting[0].started_at if lasting else None,
        calendar=judged.calendar,
        policy_version=int(details["rule"]["version"]),
        bars=bars(judged),
    )


def _glance(access: Access, row: Deadline, now: datetime) -> Glance:
    term = Term.from_members({"amount": row.amount, "unit": row.unit})
    over = row.due_at is not None and now > row.due_at
    paused = row.state == State.PAUSED
    left, ahead = (None, None) if paused else _left(access, row, term, now)
    return Glance(
        ticket=row.ticket_id,
        purpose=row.purpose,
        name=row.name,
        term=term,
        verdict="paused" if paused else "missed" if over else "running",
        at_risk=not over and not paused and bool(row.warned_at or (row.next_at and row.next_at <= now)),
        due_at=row.due_at,
        ahead=ahead,
        left=left,
        late=now - row.due_at if over and row.due_at else timedelta(),
        pause_reason=str(row.pauses[-1][2]) if paused else "",
    )


def _left(access: Access, row: Deadline, term: Term, now: datetime) -> tuple[timedelta | None, timedelta | None]:
    """Return what is left of the term, and the calendar's clock ahead of UTC; None where it cannot tell."""
    try:
        version = load_version(access.organisation, row.calendar_sha256)
        left = remaining(
            version,
            term,
            started_at=row.started_at,
            at=now,
            pauses=[Pause(start=from_rfc3339(start), end=from_rfc3339(end)) for start, end, _ in row.pauses],
            on_resume="restart" if row.on_resume == "restart" else "continue",
        )
    except AcuseError:
        return None, None
    return left, _ahead(version, row.due_at)


def _ahead(version: CalendarVersion, due: datetime | None) -> timedelta | None:
    return version.local(due).utcoffset() if due is not None else None
