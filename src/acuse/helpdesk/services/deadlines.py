"""The terms of a case: what happens to it starts, pauses, resumes, ends and withdraws them, each with its fact.

Everything here runs in the transaction of the fact that it follows from, with the case's row locked by the caller. A
deadline follows a fact of its case, begins when that happened, and keeps the versions of policy and calendar that held
then: publishing others changes none that runs. What may begin, end, pause and resume which deadline is the verifier's
to say: `acuse.proof.verdicts.deadlines.causes`.
"""

from collections.abc import Container, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from acuse import clock
from acuse.calendars.queries import current_version, version_at
from acuse.errors import ConflictError
from acuse.evidence.queries import facts_of
from acuse.helpdesk.models import Deadline, PolicyVersion, Ticket
from acuse.helpdesk.policies import STARTED_BY_ITSELF
from acuse.helpdesk.queries.deferred import deferred
from acuse.helpdesk.queries.policies import PublishedPolicy, current_policy, policy_at, published
from acuse.helpdesk.rules import CLOSED_STATUSES
from acuse.helpdesk.services import deadline_rows as rows
from acuse.helpdesk.services.deadline_rows import LIVE, RUNNING, Cited, State
from acuse.proof.business_time import Term
from acuse.proof.facts import deadline as facts
from acuse.proof.facts.fact import Fact
from acuse.proof.policy import PolicyTerm
from acuse.proof.verdicts.deadlines.causes import (
    BY_MEMBERS,
    MAY_END,
    MAY_PAUSE,
    MAY_RESUME,
    MAY_START,
    OURS,
    OVER,
    opened_again,
)

_MOVED = "ticket.status_changed"


def start_for(*, ticket: Ticket, start: Fact) -> None:
    """Start the terms of a case that was opened, by the policy and the calendars that held when it was.

    One that its calendar does not reach is recorded as deferred: the case is opened all the same.

    Args:
        ticket: locked, or made in this transaction.
        start: `ticket.opened`.
    """
    # A clock that was set back is before all terms.
    policy = _policy_at(ticket, start) or current_policy(ticket.organisation_id)
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
        _undergo(row, fact)
    if opened_again(fact):
        policy = _policy_at(ticket, fact)
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
    history = _history(ticket)
    for row in _live(ticket, STARTED_BY_ITSELF):
        policy = published(row.policy)
        term = policy.policy.named(row.name)
        wanted = term.length(**_class(ticket)) if term else None
        if wanted == rows.length(row):
            continue
        rows.withdraw(row, fact.occurred_at, rows.named(fact))
        if term is not None and wanted is not None:
            _start_late(ticket, policy, term, wanted, _cause_of(row, history))
    history = _history(ticket)
    kept = ticket.deadlines.exclude(state=State.WITHDRAWN)
    known = {(row.name, _cause_of(row, history).subject_sequence) for row in kept}
    for purpose in STARTED_BY_ITSELF:
        begins = _begins(purpose, history)
        then = _policy_of(ticket, begins, history)
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
    policy = _policy_at(ticket, fact)
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
    held = [row for row in _live(ticket, OURS) if reason in row.pauses_on and _held_for(row) not in BY_MEMBERS]
    for row in held:
        _resume(row, note)
        rows.pause(row, note.occurred_at, reason, rows.named(note))
    _summarise(ticket)
    return sum(row.state == State.PAUSED for row in held)


def release(*, ticket: Ticket, note: Fact) -> int:
    """Let the terms of a case go on that stand still for what a member said; return how many did.

    Args:
        ticket: locked. note: as for `hold`.
    """
    held = [row for row in _live(ticket) if _held_for(row) in BY_MEMBERS]
    for row in held:
        _resume(row, note)
        # What waits for the customer besides goes on waiting.
        _wait_on(row, note.occurred_at)
    _summarise(ticket)
    return len(held)


def start_deferred(*, ticket: Ticket) -> int:
    """Start the terms of a case that could not be counted, by its calendars of now; return how many were.

    Args:
        ticket: locked.

    Raises:
        ConflictError: the calendar still ends before one of them would.
    """
    started, history = 0, _history(ticket)
    for fact in deferred(history):
        policy = _cited(ticket, fact)
        term = policy.policy.named(str(fact.details["rule"]["policy"]))
        length = term.length(**_class(ticket)) if term else None
        if term is None or length is None:
            continue
        calendar = current_version(ticket.organisation_id, term.calendar)
        row = rows.start(ticket, policy, term, length, _followed(fact, history), calendar)
        if row is None:
            raise ConflictError("The calendar still ends before this term would. Publish a version that goes further.")
        _relive(row)
        started += 1
    _summarise(ticket)
    return started


def _undergo(row: Deadline, fact: Fact, stood: Container[tuple[str, int]] | None = None) -> None:
    """Do to one deadline that is not over what a fact about its case entails.

    Args:
        row: of the deadline. fact: about its case.
        stood: of a fact that is long past, by what (reason and number) another stood still then; None: it is new.
    """
    # What came before a request, and was filed after it, completes nothing.
    if MAY_END[row.purpose](fact) and (row.purpose in OURS or fact.occurred_at >= row.started_at):
        rows.end(row, fact)
    elif _withdraws(row, fact):
        rows.withdraw(row, fact.occurred_at, rows.named(fact))
    else:
        if _held_for(row) in OVER and OVER[_held_for(row)](fact):
            _resume(row, fact)
        for reason in row.pauses_on:
            told = stood is None or (reason, fact.subject_sequence) in stood
            if told and reason not in BY_MEMBERS and MAY_PAUSE[reason](fact):
                rows.pause(row, fact.occurred_at, reason, rows.named(fact))


def _withdraws(row: Deadline, fact: Fact) -> bool:
    if fact.type != _MOVED:
        return False
    taken_up = row.purpose == "completion" and fact.details["before"] == "pending_customer"
    return taken_up or (row.purpose not in OURS and fact.details["after"] in CLOSED_STATUSES)


def _wait_on(row: Deadline, at: datetime) -> None:
    """Let a deadline stand still from now on for what its case waits for still, if it does."""
    history = _history(row.ticket)
    for reason in row.pauses_on:
        begun: Fact | None = None
        for fact in history if reason in OVER else ():
            if MAY_PAUSE[reason](fact):
                begun = fact
            elif OVER[reason](fact):
                begun = None
        if begun is not None:
            rows.pause(row, at, reason, rows.named(begun))


def _held_for(row: Deadline) -> str:
    """Return why a deadline stands still; "" for one that does not."""
    return str(row.pauses[-1][2]) if row.state == State.PAUSED else ""


def _resume(row: Deadline, fact: Fact) -> None:
    """Let a deadline go on; one that its calendar does not reach any more is replaced by one that today's counts."""
    if rows.resume(row, fact.occurred_at, rows.named(fact)):
        return
    policy = published(row.policy)
    term = policy.policy.named(row.name)
    rows.withdraw(row, fact.occurred_at, rows.named(fact))
    if term is None:
        return
    cause = _cause_of(row, _history(row.ticket))
    calendar = current_version(row.ticket.organisation_id, row.calendar)
    if calendar[1].sha256 == row.calendar_sha256:
        rows.defer(row.ticket, policy, term, rows.length(row), cause, calendar)
        return
    again = rows.start(row.ticket, policy, term, rows.length(row), cause, calendar)
    if again is not None:
        _relive(again)


def _class(ticket: Ticket) -> dict[str, str]:
    return {"type": ticket.type, "priority": ticket.priority, "matter": ticket.matter}


def _live(ticket: Ticket, purposes: Iterable[str] = facts.PURPOSES) -> list[Deadline]:
    found = ticket.deadlines.filter(state__in=LIVE, purpose__in=tuple(purposes))
    return list(found.select_related("policy").order_by("started_at", "id"))


def _history(ticket: Ticket) -> list[Fact]:
    return [item.fact for item in facts_of(organisation=ticket.organisation_id, kind=facts.KIND, id=ticket.id)]


def _followed(fact: Fact, history: Sequence[Fact]) -> Fact:
    """Return the fact of the same case that another follows; the first where it names none."""
    return history[int(fact.details["follows"]["sequence"]) - 1] if "follows" in fact.details else history[0]


def _cause_of(row: Deadline, history: Sequence[Fact]) -> Fact:
    """Return the fact that a deadline followed when it began."""
    begun = (fact for fact in history if fact.type == facts.STARTED and fact.details["deadline"] == str(row.id))
    return _followed(next(begun), history)


def _begins(purpose: str, history: Sequence[Fact]) -> Fact:
    """Return the fact that a term follows which applies for the first time: the last that may begin it."""
    return next(fact for fact in reversed(history) if MAY_START[purpose](fact))


def _policy_of(ticket: Ticket, cause: Fact, history: Sequence[Fact]) -> PublishedPolicy | None:
    """Return the terms by which what follows a fact is counted: those that something cites already, or of then."""
    begun = (fact for fact in history if fact.type in (facts.STARTED, facts.DEFERRED))
    same = next((fact for fact in begun if _followed(fact, history) is cause), None)
    return _policy_at(ticket, cause) if same is None else _cited(ticket, same)


def _policy_at(ticket: Ticket, cause: Fact) -> PublishedPolicy | None:
    """Return the terms in force when a fact happened; where there were none yet, those of when it was recorded."""
    return policy_at(ticket.organisation_id, cause.occurred_at) or policy_at(ticket.organisation_id, cause.recorded_at)


def _cited(ticket: Ticket, fact: Fact) -> PublishedPolicy:
    """Return the version of the terms that a fact cites by which a deadline was started or deferred."""
    number = int(fact.details["rule"]["version"])
    return published(PolicyVersion.objects.get(organisation_id=ticket.organisation_id, number=number))


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
        _relive(row)


def _relive(row: Deadline) -> None:
    """Let a deadline that begins late undergo what happened in its case since.

    It stood still before now only as another did then: a pause is not thought up afterwards.
    """
    history = _history(row.ticket)
    stood = {_paused_by(fact) for fact in history if fact.type == facts.PAUSED}
    done: set[tuple[str, int]] = set()
    # What begins a deadline may be dated back: what was told before it is of another all the same.
    for fact in history[_cause_of(row, history).subject_sequence - 1 :]:
        if row.state not in LIVE:
            return
        if fact.occurred_at < row.started_at:
            continue
        if fact.type in (facts.PAUSED, facts.RESUMED):
            # What one note did was told of each deadline, and again of what began in place of one.
            if _paused_by(fact) not in done:
                _repeat(row, fact, history)
            done.add(_paused_by(fact))
        else:
            _undergo(row, fact, stood)
    _wait_on(row, clock.now())


def _repeat(row: Deadline, told: Fact, history: Sequence[Fact]) -> None:
    """Let a deadline that begins late stand still, or go on, as another was told to by a member's note."""
    if "follows" not in told.details:
        return
    note, held = _followed(told, history), _held_for(row)
    if told.type == facts.RESUMED:
        if held in BY_MEMBERS and MAY_RESUME[held](note):
            _resume(row, note)
    elif told.details["reason"] in row.pauses_on and told.details["reason"] in BY_MEMBERS and held not in BY_MEMBERS:
        _resume(row, note)
        rows.pause(row, told.occurred_at, str(told.details["reason"]), told.details["follows"])


def _paused_by(paused: Fact) -> tuple[str, int]:
    return str(paused.details.get("reason", "")), int(paused.details.get("follows", {}).get("sequence", 0))


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


def _summarise(ticket: Ticket) -> None:
    """Repeat on the case, for lists, what the deadlines say that bind the organisation."""
    found = list(ticket.deadlines.filter(purpose__in=OURS))
    first = min((row for row in found if row.state in RUNNING), key=rows.due, default=None)
    ticket.due_at = first.due_at if first else None
    ticket.due_purpose = first.purpose if first else ""
    ticket.paused = any(row.state == State.PAUSED for row in found)
    ticket.missed = sum(row.missed_at is not None for row in found)
    ticket.save(update_fields=["due_at", "due_purpose", "paused", "missed"])
