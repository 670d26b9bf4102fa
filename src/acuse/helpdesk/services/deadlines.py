"""The terms of a case: what happens to it starts, pauses, resumes, ends and withdraws them, each with its fact.

Everything here runs in the transaction of the fact that it follows from, with the case's row locked by the caller. A
deadline follows a fact of its case, begins when that happened, and keeps the versions of policy and calendar that held
then: publishing others changes none that runs. What may begin, end, pause and resume which deadline is the verifier's
to say: `acuse.proof.verdicts.deadlines.causes`.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import transaction

from acuse import clock
from acuse.calendars.queries import current_version, version_at
from acuse.errors import ConflictError
from acuse.helpdesk.models import Deadline, Ticket
from acuse.helpdesk.policies import STARTED_BY_ITSELF
from acuse.helpdesk.queries.policies import PublishedPolicy, published
from acuse.helpdesk.rules import CLOSED_STATUSES
from acuse.helpdesk.services import deadline_rows as rows
from acuse.helpdesk.services.deadline_course import (
    cause_of,
    followed,
    held_for,
    history_of,
    relive,
    resume,
    undergo,
    wait_on,
)
from acuse.helpdesk.services.deadline_policies import cited_policy, policy_of, policy_then
from acuse.helpdesk.services.deadline_rows import LIVE, RUNNING, Cited, State
from acuse.proof.business_time import Term
from acuse.proof.facts import deadline as facts
from acuse.proof.facts.fact import Fact
from acuse.proof.policy import PolicyTerm
from acuse.proof.verdicts.deadlines import deferred
from acuse.proof.verdicts.deadlines.causes import BY_MEMBERS, MAY_START, OURS, opened_again


def start_for(*, ticket: Ticket, start: Fact) -> None:
    """Start the terms of a case that was opened, by the policy and the calendars that held when it was.

    One that its calendar does not reach is recorded as deferred: the case is opened all the same.

    Args:
        ticket: locked, or made in this transaction.
        start: `ticket.opened`.
    """
    policy = policy_then(ticket, start)
    for term in policy.policy.terms if policy else ():
        if policy and term.purpose in STARTED_BY_ITSELF:
            _start_if_due(ticket, policy, term, start)
    _summarise(ticket)


def heed(*, ticket: Ticket, fact: Fact) -> None:
    """Do to the terms of a case what a fact about it entails; most entail nothing.

    What ends a term, pauses it or lets it go on is told in `acuse.proof.verdicts.deadlines.causes`. Besides:

    | `ticket.status_changed` | what it does |
    |---|---|
    | to resolved or closed without agreement | withdraws the customer's terms |
    | from one of these to another | starts the resolution anew, as a deadline of its own |
    | from waiting for the customer to another | withdraws the completion |

    Args:
        ticket: locked, as it is after the fact.
        fact: about it.
    """
    for row in _live(ticket):
        undergo(row, fact)
    if opened_again(fact):
        policy = policy_then(ticket, fact)
        for term in policy.policy.terms if policy else ():
            if policy and term.purpose == "resolution":
                _start_if_due(ticket, policy, term, fact)
    _summarise(ticket)


def reclassified(*, ticket: Ticket, fact: Fact) -> None:
    """Replace the terms of a case that are others now that its type, priority or matter is another.

    A deadline is compared with the version of the policy that it began with. What replaces it follows what it followed,
    by the calendar of that time; what applies for the first time follows the opening of the case, or its reopening, by
    the policy of that time. Either undergoes what happened since, an answer too that was sent before.

    Args:
        ticket: locked, as it is now.
        fact: `ticket.classified`.
    """
    if ticket.status in CLOSED_STATUSES:
        return
    history = history_of(ticket)
    for row in _live(ticket, STARTED_BY_ITSELF):
        policy = published(row.policy)
        term = policy.policy.named(row.name)
        wanted = term.length(**_class(ticket)) if term else None
        if wanted == rows.length(row):
            continue
        rows.withdraw(row, fact.occurred_at, rows.named(fact))
        if term is not None and wanted is not None:
            _start_late(ticket, policy, term, wanted, cause_of(row, history))
    history = history_of(ticket)
    kept = ticket.deadlines.exclude(state=State.WITHDRAWN)
    known = {(row.name, cause_of(row, history).subject_sequence) for row in kept}
    for purpose in STARTED_BY_ITSELF:
        begins = _begins(purpose, history)
        then = policy_of(ticket, begins, history)
        for term in then.policy.terms if then else ():
            wanted = term.length(**_class(ticket))
            new = term.purpose == purpose and (term.name, begins.subject_sequence) not in known
            if then and wanted is not None and new:
                _start_late(ticket, then, term, wanted, begins)
    _summarise(ticket)


def request_completion(*, ticket: Ticket, fact: Fact) -> None:
    """Start the customer's term to send what the case lacks, where the policy has one.

    Args:
        ticket: locked.
        fact: `reply.sent` that asks for it.
    """
    for row in _live(ticket, ("completion",)):
        rows.withdraw(row, fact.occurred_at, rows.named(fact))
    policy = policy_then(ticket, fact)
    for term in policy.policy.terms if policy else ():
        length = term.length(**_class(ticket))
        if policy and length is not None and term.purpose == "completion":
            _start(ticket, policy, term, length, fact)
            break
    _summarise(ticket)


def hold(*, ticket: Ticket, reason: str, note: Fact) -> int:
    """Let the terms of a case stand still for a reason that a member gives; return how many do.

    One that waits for the customer passes over to that reason.

    Args:
        ticket: locked.
        reason: of `BY_MEMBERS`.
        note: `note.added`, in which the member says why.
    """
    held = [row for row in _live(ticket, OURS) if reason in row.pauses_on and held_for(row) not in BY_MEMBERS]
    for row in held:
        resume(row, note)
        rows.pause(row, note.occurred_at, reason, rows.named(note))
    _summarise(ticket)
    return sum(row.state == State.PAUSED for row in held)


def release(*, ticket: Ticket, note: Fact) -> int:
    """Let the terms of a case go on that stand still for what a member said; return how many did.

    Args:
        ticket: locked. note: as for `hold`.
    """
    held = [row for row in _live(ticket) if held_for(row) in BY_MEMBERS]
    for row in held:
        resume(row, note)
        # What waits for the customer besides goes on waiting.
        wait_on(row, note.occurred_at)
    _summarise(ticket)
    return len(held)


def start_deferred(*, ticket: Ticket) -> int:
    """Start the terms of a case that could not be counted, by its calendars of now; return how many were.

    Args:
        ticket: locked.

    Raises:
        ConflictError: the calendar still ends before one of them would.
    """
    started, history = 0, history_of(ticket)
    for fact in deferred(history):
        policy = cited_policy(ticket, fact)
        term = policy.policy.named(str(fact.details["rule"]["policy"]))
        length = term.length(**_class(ticket)) if term else None
        if term is None or length is None:
            continue
        calendar = current_version(ticket.organisation_id, term.calendar)
        row = rows.start(ticket, policy, term, length, followed(fact, history), calendar)
        if row is None:
            raise ConflictError("The calendar still ends before this term would. Publish a version that goes further.")
        relive(row)
        started += 1
    _summarise(ticket)
    return started


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
        found = Deadline.objects.select_for_update(skip_locked=True, of=("self", "ticket"), no_key=True)
        now = clock.now()
        row = found.select_related("ticket").filter(id=deadline, next_at__lt=now).first()
        if row is None:
            return False
        if not rows.miss_if_over(row, now):
            row.warned_at, row.next_at = now, row.due_at
            row.save()
        _summarise(row.ticket)
    return True


def _class(ticket: Ticket) -> dict[str, str]:
    return {"type": ticket.type, "priority": ticket.priority, "matter": ticket.matter}


def _live(ticket: Ticket, purposes: Iterable[str] = facts.PURPOSES) -> list[Deadline]:
    found = ticket.deadlines.filter(state__in=LIVE, purpose__in=tuple(purposes))
    return list(found.select_related("policy").order_by("started_at", "id"))


def _begins(purpose: str, history: Sequence[Fact]) -> Fact:
    """Return the fact that a term follows which applies for the first time: the last that may begin it."""
    return next(fact for fact in reversed(history) if MAY_START[purpose](fact))


def _start_if_due(ticket: Ticket, policy: PublishedPolicy, term: PolicyTerm, cause: Fact) -> None:
    length = term.length(**_class(ticket))
    if length is not None:
        _start(ticket, policy, term, length, cause)


def _start(ticket: Ticket, policy: PublishedPolicy, term: PolicyTerm, length: Term, cause: Fact) -> Deadline | None:
    calendar: Cited = version_at(ticket.organisation_id, term.calendar, at=cause.occurred_at)
    return rows.start(ticket, policy, term, length, cause, calendar)


def _start_late(ticket: Ticket, policy: PublishedPolicy, term: PolicyTerm, length: Term, cause: Fact) -> None:
    row = _start(ticket, policy, term, length, cause)
    if row is not None:
        relive(row)


def _summarise(ticket: Ticket) -> None:
    """Repeat on the case, for lists, what the deadlines say that bind the organisation."""
    found = list(ticket.deadlines.filter(purpose__in=OURS))
    first = min((row for row in found if row.state in RUNNING), key=rows.due, default=None)
    ticket.due_at = first.due_at if first else None
    ticket.due_purpose = first.purpose if first else ""
    ticket.paused = any(row.state == State.PAUSED for row in found)
    ticket.missed = sum(row.missed_at is not None for row in found)
    ticket.save(update_fields=["due_at", "due_purpose", "paused", "missed"])
