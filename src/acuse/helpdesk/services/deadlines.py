"""The terms of a case: what happens to it starts, pauses, resumes, ends and withdraws them, each with its fact.

Everything here runs in the transaction of the fact that it follows from, with the case's row locked by the caller, so
that what is recorded of a deadline and its row never say different things. A deadline keeps the versions of policy and
calendar that it began with: publishing others changes none that runs.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from uuid6 import uuid7

from acuse import clock
from acuse.calendars.queries import current_version, load_version
from acuse.clock import from_rfc3339, to_rfc3339
from acuse.errors import ConflictError
from acuse.evidence.ledger import FactDraft, record
from acuse.helpdesk.models import Deadline, PolicyVersion, Ticket
from acuse.helpdesk.policies import STARTED_BY_ITSELF, WARN, PolicyTerm, warn_at
from acuse.helpdesk.queries.policies import PublishedPolicy, current_policy, published
from acuse.helpdesk.rules import CLOSED_STATUSES, PAUSES
from acuse.proof.business_time import CalendarVersion, Pause, Term, due_at
from acuse.proof.facts import deadline as facts
from acuse.proof.facts.fact import Actor, Fact, ObjectReference

State = Deadline.State
RUNNING = (State.RUNNING, State.OVERDUE)
LIVE = (*RUNNING, State.PAUSED)
#: Purposes whose terms bind the organisation; the others are the customer's.
OURS = ("first_response", "resolution")
_ITSELF = Actor(kind="component", id="deadlines")


def start_for(*, ticket: Ticket, start: Fact) -> None:
    """Start the terms that the policy in force has for a case that was opened.

    Args:
        ticket: locked, or made in this transaction.
        start: `ticket.opened`.

    Raises:
        OutsideCalendar: a term would end after all that its calendar covers.
    """
    policy = current_policy(ticket.organisation_id)
    for term in policy.policy.terms if policy else ():
        if policy and term.purpose in STARTED_BY_ITSELF:
            _start_if_due(ticket, policy, term, start.occurred_at)
    _summarise(ticket)


def heed(*, ticket: Ticket, fact: Fact) -> None:
    """Do to the terms of a case what a fact about it entails; most entail nothing.

    | fact | what it does |
    |---|---|
    | `reply.sent`, not automatic | ends the first response |
    | `message.received` | ends the completion; what waited for the customer goes on |
    | `ticket.status_changed` to waiting for the customer | pauses what waits for the customer |
    | ... from that to another | what was paused goes on; withdraws the completion |
    | ... to resolved or closed without agreement | ends first response and resolution; withdraws the customer's terms |
    | ... from one of these to another | starts the resolution anew, as a deadline of its own |

    Args:
        ticket: locked, as it is after the fact.
        fact: about it.

    Raises:
        OutsideCalendar: a term would end after all that its calendar covers.
    """
    act = _HEEDED.get(fact.type)
    if act is not None:
        act(ticket, fact)
        _summarise(ticket)


def reclassified(*, ticket: Ticket, fact: Fact) -> None:
    """Replace the terms of a case that are others now that its type, priority or matter is another.

    A deadline is compared with the version of the policy that it began with. What replaces it begins where it began
    and stood still when it did; what applies for the first time begins where the case was opened.

    Args:
        ticket: locked, as it is now.
        fact: `ticket.classified`.

    Raises:
        OutsideCalendar: a term would end after all that its calendar covers.
    """
    if ticket.status in CLOSED_STATUSES:
        return
    for row in _live(ticket, STARTED_BY_ITSELF):
        policy = published(row.policy)
        term = policy.policy.named(row.name)
        wanted = term.length(**_class(ticket)) if term else None
        if wanted == _length(row):
            continue
        _withdraw(row, fact)
        if term is not None and wanted is not None:
            _replay(row, _start(ticket, policy, term, wanted, row.started_at))
    known = set(ticket.deadlines.exclude(state=State.WITHDRAWN).values_list("name", flat=True))
    opened = _policy_at_opening(ticket)
    for term in opened.policy.terms if opened else ():
        answered = term.purpose == "first_response" and ticket.first_response_at is not None
        if opened and term.purpose in STARTED_BY_ITSELF and term.name not in known and not answered:
            _start_if_due(ticket, opened, term, ticket.opened_at)
    if ticket.status in PAUSES:
        _pause(ticket, PAUSES[ticket.status], fact)
    _summarise(ticket)


def request_completion(*, ticket: Ticket, fact: Fact, term: Term | None = None) -> None:
    """Start the customer's term to send what the case lacks; what waits for documents stands still meanwhile.

    Where the policy has no such term, nothing is started, and deadlines stand still all the same.

    Args:
        ticket: locked.
        fact: `reply.sent` that asks for it.
        term: how long the customer has; None for what the policy says.

    Raises:
        OutsideCalendar: the term would end after all that its calendar covers.
    """
    for row in _live(ticket, ("completion",)):
        _withdraw(row, fact)
    policy = current_policy(ticket.organisation_id)
    for policy_term in policy.policy.terms if policy else ():
        length = policy_term.length(**_class(ticket))
        if policy and length is not None and policy_term.purpose == "completion":
            _start(ticket, policy, policy_term, term or length, fact.occurred_at)
            break
    _pause(ticket, "documents", fact)
    _summarise(ticket)


def _replied(ticket: Ticket, fact: Fact) -> None:
    if not fact.details.get("automatic", False):
        _end(_live(ticket, ("first_response",)), fact)


def _wrote(ticket: Ticket, fact: Fact) -> None:
    # What came before the request, and was filed after it, completes nothing.
    _end([row for row in _live(ticket, ("completion",)) if row.started_at <= fact.occurred_at], fact)
    _resume(ticket, fact)


def _moved(ticket: Ticket, fact: Fact) -> None:
    before, after = fact.details["before"], fact.details["after"]
    if after in CLOSED_STATUSES:
        _end(_live(ticket, OURS), fact)
        for row in _live(ticket):
            _withdraw(row, fact)
    elif before in CLOSED_STATUSES:
        policy = current_policy(ticket.organisation_id)
        for term in policy.policy.terms if policy else ():
            if policy and term.purpose == "resolution":
                _start_if_due(ticket, policy, term, fact.occurred_at)
    elif after in PAUSES:
        _pause(ticket, PAUSES[after], fact)
    elif before in PAUSES:
        _resume(ticket, fact)
        for row in _live(ticket, ("completion",)):
            _withdraw(row, fact)


_HEEDED: Mapping[str, Callable[[Ticket, Fact], None]] = {
    "reply.sent": _replied,
    "message.received": _wrote,
    "ticket.status_changed": _moved,
}


def _class(ticket: Ticket) -> dict[str, str]:
    return {"type": ticket.type, "priority": ticket.priority, "matter": ticket.matter}


def _live(ticket: Ticket, purposes: Iterable[str] = facts.PURPOSES) -> list[Deadline]:
    rows = ticket.deadlines.filter(state__in=LIVE, purpose__in=tuple(purposes))
    return list(rows.select_related("policy").order_by("started_at", "id"))


def _policy_at_opening(ticket: Ticket) -> PublishedPolicy | None:
    """Return the policy in force when the case was opened: publishing another gives it no new terms."""
    versions = PolicyVersion.objects.filter(organisation_id=ticket.organisation_id)
    row = versions.filter(published_at__lte=ticket.opened_at).order_by("-number").first()
    return None if row is None else published(row)


def _length(row: Deadline) -> Term:
    return Term.from_members({"amount": row.amount, "unit": row.unit})


def _start_if_due(ticket: Ticket, policy: PublishedPolicy, term: PolicyTerm, at: datetime) -> None:
    length = term.length(**_class(ticket))
    if length is not None:
        _start(ticket, policy, term, length, at)


def _start(ticket: Ticket, policy: PublishedPolicy, term: PolicyTerm, length: Term, at: datetime) -> Deadline:
    version, cited = current_version(ticket.organisation_id, term.calendar)
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
        started_at=at,
        counted_from=at,
        due_at=due_at(version, length, started_at=at),
        state=State.RUNNING,
    )
    row.next_at = _look_at(row, version, term.warn)
    row.save(force_insert=True)
    details = {
        "purpose": row.purpose,
        "term": length.members(),
        "on_resume": row.on_resume,
        "calendar": {"id": str(row.calendar), "version": version.version, "digest": cited.sha256},
        "rule": {"policy": term.name, "version": policy.number, "digest": policy.sha256},
        "due_at": to_rfc3339(_due(row)),
    }
    _tell(row, facts.STARTED, at, details, objects=(cited, policy.cited("rule")))
    return row


def _replay(before: Deadline, row: Deadline) -> None:
    """Let a deadline stand still when the one that it replaces did."""
    for start, end, reason in before.pauses:
        _pause_one(row, from_rfc3339(start), reason)
        if end is not None:
            _resume_one(row, from_rfc3339(end))


def _pause(ticket: Ticket, reason: str, fact: Fact) -> None:
    for row in _live(ticket):
        if reason in row.pauses_on:
            _pause_one(row, max(fact.occurred_at, _last(row)), reason)


def _pause_one(row: Deadline, at: datetime, reason: str) -> None:
    """Let a deadline stand still that runs; one whose time is over goes on being missed."""
    if row.state != State.RUNNING or _miss_if_over(row, at) or at == row.due_at:
        return
    row.state, row.paused_at, row.due_at, row.next_at = State.PAUSED, at, None, None
    row.pauses = [*row.pauses, [to_rfc3339(at), None, reason]]
    row.save()
    _tell(row, facts.PAUSED, at, {"reason": reason})


def _resume(ticket: Ticket, fact: Fact) -> None:
    for row in _live(ticket):
        _resume_one(row, max(fact.occurred_at, _last(row)))


def _resume_one(row: Deadline, at: datetime) -> None:
    if row.state != State.PAUSED:
        return
    start, _, reason = row.pauses[-1]
    row.pauses = [*row.pauses[:-1], [start, to_rfc3339(at), reason]]
    row.state, row.paused_at, row.warned_at = State.RUNNING, None, None
    if row.on_resume == "restart":
        row.counted_from = at
    version = load_version(row.ticket.organisation_id, row.calendar_sha256)
    term = published(row.policy).policy.named(row.name)
    row.due_at = due_at(
        version,
        _length(row),
        started_at=row.started_at,
        pauses=[Pause(start=from_rfc3339(start), end=from_rfc3339(end)) for start, end, _ in row.pauses],
        on_resume="restart" if row.on_resume == "restart" else "continue",
    )
    row.next_at = _look_at(row, version, term.warn if term else WARN)
    row.save()
    _tell(row, facts.RESUMED, at, {"due_at": to_rfc3339(_due(row))})


def _end(rows: Iterable[Deadline], fact: Fact) -> None:
    for row in rows:
        at = max(fact.occurred_at, row.started_at)
        _close(row, at, in_time=State.MET)
        by = {"type": fact.type, "sequence": fact.subject_sequence}
        _tell(row, facts.ENDED, at, {"ended_by": by})


def _withdraw(row: Deadline, fact: Fact) -> None:
    """Withdraw a deadline; one whose time was over before stays missed."""
    at = max(fact.occurred_at, _last(row))
    _close(row, at, in_time=State.WITHDRAWN)
    _tell(row, facts.WITHDRAWN, at, {})


def _close(row: Deadline, at: datetime, *, in_time: str) -> None:
    """Set what became of a deadline that is over. What happened in time counts, however late it was noted."""
    over = row.state == State.OVERDUE or _miss_if_over(row, at)
    missed = over and at > _due(row)
    row.state = State.MISSED if missed else in_time
    row.missed_at = row.missed_at if missed else None
    row.ended_at, row.paused_at, row.next_at = at, None, None
    row.save()


def _miss_if_over(row: Deadline, at: datetime) -> bool:
    """Record that a running deadline is missed, if it is; whoever acts at its very end acts in time."""
    if row.state != State.RUNNING or at <= _due(row):
        return False
    row.state, row.missed_at, row.next_at = State.OVERDUE, row.due_at, None
    row.save()
    _tell(row, facts.MISSED, _due(row), {"due_at": to_rfc3339(_due(row))})
    return True


def attend(*, deadline: UUID) -> bool:
    """Warn that a deadline ends soon, or record that it is missed, when it is time for that.

    Whoever changes the case meanwhile goes first: the row is looked at again later. A crash before the commit leaves
    it as it was, and after it there is nothing left to do.

    Args:
        deadline: which one.

    Returns:
        Whether there was something to do.
    """
    with transaction.atomic():
        rows = Deadline.objects.select_for_update(skip_locked=True, of=("self", "ticket"), no_key=True)
        now = clock.now()
        row = rows.select_related("ticket").filter(id=deadline, next_at__lt=now).first()
        if row is None:
            return False
        if not _miss_if_over(row, now):
            row.warned_at, row.next_at = now, row.due_at
            row.save()
        _summarise(row.ticket)
    return True


def _summarise(ticket: Ticket) -> None:
    """Repeat on the case, for lists, what the deadlines say that bind the organisation."""
    rows = list(ticket.deadlines.filter(purpose__in=OURS))
    first = min((row for row in rows if row.state in RUNNING), key=_due, default=None)
    ticket.due_at = first.due_at if first else None
    ticket.due_purpose = first.purpose if first else ""
    ticket.paused = any(row.state == State.PAUSED for row in rows)
    ticket.missed = sum(row.missed_at is not None for row in rows)
    ticket.save(update_fields=["due_at", "due_purpose", "paused", "missed"])


def _due(row: Deadline) -> datetime:
    """Return when a deadline ends that does not stand still."""
    if row.due_at is None:
        raise ConflictError("This deadline stands still: it has no end now.")
    return row.due_at


def _last(row: Deadline) -> datetime:
    """Return the latest instant told of a deadline: nothing that is told later happened before it."""
    told = [from_rfc3339(bound) for start, end, _ in row.pauses[-1:] for bound in (start, end) if bound]
    return max([row.started_at, *told])


def _look_at(row: Deadline, version: CalendarVersion, warn: int) -> datetime:
    """Return when somebody is to be warned of a deadline that runs."""
    return warn_at(version, _length(row), counted_from=_last(row), due_at=_due(row), warn=warn)


def _tell(
    row: Deadline, type: str, at: datetime, details: Mapping[str, Any], *, objects: tuple[ObjectReference, ...] = ()
) -> None:
    record(
        FactDraft(
            organisation=row.ticket.organisation_id,
            subject_kind=facts.KIND,
            subject_id=row.ticket_id,
            type=type,
            actor=_ITSELF,
            details={"deadline": str(row.id), **details},
            objects=objects,
            occurred_at=at,
        )
    )
