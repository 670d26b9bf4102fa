"""What is done to one deadline of a case: started, stood still, gone on, ended, withdrawn, missed, each with its fact.

Everything here runs in the transaction of the fact that it follows from, with the case's row locked by the caller, so
that what is recorded of a deadline and its row never say different things.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from uuid6 import uuid7

from acuse.calendars.queries import load_version
from acuse.clock import from_rfc3339, to_rfc3339
from acuse.errors import ConflictError, OutsideCalendar
from acuse.evidence.ledger import FactDraft, record
from acuse.helpdesk.models import Deadline, Ticket
from acuse.helpdesk.policies import warn_at
from acuse.helpdesk.queries.policies import PublishedPolicy, published
from acuse.proof.business_time import CalendarVersion, Pause, Term, due_at
from acuse.proof.facts import deadline as facts
from acuse.proof.facts.fact import Actor, Fact, ObjectReference
from acuse.proof.policy import WARN, PolicyTerm

State = Deadline.State
RUNNING = (State.RUNNING, State.OVERDUE)
LIVE = (*RUNNING, State.PAUSED)
_ITSELF = Actor(kind="component", id="deadlines")

Cited = tuple[CalendarVersion, ObjectReference]
"""A version of a calendar, and how a fact cites it."""
Reference = Mapping[str, Any]
"""How a fact names another of the same case."""


def named(fact: Fact) -> Reference:
    """Return how a fact of the same case names this one."""
    return {"type": fact.type, "sequence": fact.subject_sequence}


def start(
    ticket: Ticket, policy: PublishedPolicy, term: PolicyTerm, length: Term, cause: Fact, calendar: Cited
) -> Deadline | None:
    """Start a deadline.

    Args:
        ticket: locked. policy, term, length: what sets it.
        cause: the fact that it follows; it begins when that happened.
        calendar: the version that it is counted by.

    Returns:
        None where the calendar ends before it would: then that is recorded in its place, and nobody's mail waits.
    """
    version, cited = calendar
    row = Deadline(
        id=uuid7(),
        ticket=ticket,
        purpose=term.purpose,
        name=term.name,
        amount=length.amount,
        unit=length.unit,
        on_resume=term.on_resume,
        pauses_on=list(term.pauses_on),
        policy_id=policy.id,
        calendar=term.calendar,
        calendar_version=version.version,
        calendar_sha256=cited.sha256,
        started_at=cause.occurred_at,
        counted_from=cause.occurred_at,
        state=State.RUNNING,
    )
    try:
        row.due_at = due_at(version, length, started_at=cause.occurred_at)
        row.next_at = _look_at(row, version, term.warn)
    except OutsideCalendar:
        defer(ticket, policy, term, length, cause, calendar)
        return None
    row.save(force_insert=True)
    counted = _counted(policy, term, length, cause, calendar)
    details = {"deadline": str(row.id), **counted, "on_resume": row.on_resume, "due_at": to_rfc3339(due(row))}
    _tell(ticket, facts.STARTED, cause.occurred_at, details, (cited, policy.cited("rule")))
    return row


def defer(
    ticket: Ticket, policy: PublishedPolicy, term: PolicyTerm, length: Term, cause: Fact, calendar: Cited
) -> None:
    """Record that a deadline that applies cannot be counted: its calendar ends before it would. See `start`."""
    _tell(
        ticket,
        facts.DEFERRED,
        cause.occurred_at,
        _counted(policy, term, length, cause, calendar),
        (calendar[1], policy.cited("rule")),
    )


def _counted(policy: PublishedPolicy, term: PolicyTerm, length: Term, cause: Fact, calendar: Cited) -> dict[str, Any]:
    version, cited = calendar
    return {
        "follows": dict(named(cause)),
        "purpose": term.purpose,
        "term": length.members(),
        "calendar": {"id": str(term.calendar), "version": version.version, "digest": cited.sha256},
        "rule": {"policy": term.name, "version": policy.number, "digest": policy.sha256},
    }


def pause(row: Deadline, at: datetime, reason: str, follows: Reference) -> None:
    """Let a deadline stand still that runs; one whose time is over goes on being missed."""
    at = max(at, _last(row))
    if row.state != State.RUNNING or miss_if_over(row, at) or at == row.due_at:
        return
    row.state, row.paused_at, row.due_at, row.next_at = State.PAUSED, at, None, None
    row.pauses = [*row.pauses, [to_rfc3339(at), None, reason]]
    row.save()
    _tell_of(row, facts.PAUSED, at, {"reason": reason, "follows": dict(follows)})


def resume(row: Deadline, at: datetime, follows: Reference) -> bool:
    """Let a deadline go on that stands still; return False where its calendar ends before it would."""
    if row.state != State.PAUSED:
        return True
    at = max(at, _last(row))
    version = load_version(row.ticket.organisation_id, row.calendar_sha256)
    term = published(row.policy).policy.named(row.name)
    begun, _, reason = row.pauses[-1]
    pauses = [*row.pauses[:-1], [begun, to_rfc3339(at), reason]]
    try:
        ends = due_at(
            version,
            length(row),
            started_at=row.started_at,
            pauses=[Pause(start=from_rfc3339(start), end=from_rfc3339(end)) for start, end, _ in pauses],
            on_resume="restart" if row.on_resume == "restart" else "continue",
        )
    except OutsideCalendar:
        return False
    row.pauses, row.due_at = pauses, ends
    row.state, row.paused_at, row.warned_at = State.RUNNING, None, None
    if row.on_resume == "restart":
        row.counted_from = at
    row.next_at = _look_at(row, version, term.warn if term else WARN)
    row.save()
    _tell_of(row, facts.RESUMED, at, {"due_at": to_rfc3339(due(row)), "follows": dict(follows)})
    return True


def end(row: Deadline, fact: Fact) -> None:
    """End a deadline by the fact that does what it was for."""
    at = max(fact.occurred_at, row.started_at)
    _close(row, at, in_time=State.MET)
    _tell_of(row, facts.ENDED, at, {"ended_by": dict(named(fact))})


def withdraw(row: Deadline, at: datetime, follows: Reference) -> None:
    """Withdraw a deadline; one whose time was over before stays missed."""
    at = max(at, _last(row))
    _close(row, at, in_time=State.WITHDRAWN)
    _tell_of(row, facts.WITHDRAWN, at, {"follows": dict(follows)})


def miss_if_over(row: Deadline, at: datetime) -> bool:
    """Record that a running deadline is missed, if it is; whoever acts at its very end acts in time."""
    if row.state != State.RUNNING or at <= due(row):
        return False
    row.state, row.missed_at, row.next_at = State.OVERDUE, row.due_at, None
    row.save()
    _tell_of(row, facts.MISSED, due(row), {"due_at": to_rfc3339(due(row))})
    return True


def length(row: Deadline) -> Term:
    """Return how long a deadline is."""
    return Term.from_members({"amount": row.amount, "unit": row.unit})


def due(row: Deadline) -> datetime:
    """Return when a deadline ends that does not stand still."""
    if row.due_at is None:
        raise ConflictError("This deadline stands still: it has no end now.")
    return row.due_at


def _close(row: Deadline, at: datetime, *, in_time: str) -> None:
    """Set what became of a deadline that is over. What happened in time counts, however late it was noted."""
    over = row.state == State.OVERDUE or miss_if_over(row, at)
    missed = over and at > due(row)
    row.state = State.MISSED if missed else in_time
    row.missed_at = row.missed_at if missed else None
    row.ended_at, row.paused_at, row.next_at = at, None, None
    row.save()


def _last(row: Deadline) -> datetime:
    """Return the latest instant told of a deadline: nothing that is told later happened before it."""
    told = [from_rfc3339(bound) for start, end, _ in row.pauses[-1:] for bound in (start, end) if bound]
    return max([row.started_at, *told])


def _look_at(row: Deadline, version: CalendarVersion, warn: int) -> datetime:
    """Return when somebody is to be warned of a deadline that runs."""
    return warn_at(version, length(row), counted_from=_last(row), due_at=due(row), warn=warn)


def _tell_of(row: Deadline, type: str, at: datetime, details: Mapping[str, Any]) -> None:
    _tell(row.ticket, type, at, {"deadline": str(row.id), **details})


def _tell(
    ticket: Ticket, type: str, at: datetime, details: Mapping[str, Any], objects: tuple[ObjectReference, ...] = ()
) -> None:
    record(
        FactDraft(
            organisation=ticket.organisation_id,
            subject_kind=facts.KIND,
            subject_id=ticket.id,
            type=type,
            actor=_ITSELF,
            details=details,
            objects=objects,
            occurred_at=at,
        )
    )
