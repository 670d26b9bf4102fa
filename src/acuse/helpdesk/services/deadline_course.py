"""The course of one deadline of a case: what happens to the case ends it, pauses it, or lets it go on.

A deadline that begins late undergoes all that happened since what it follows. Everything here runs in the transaction
of the fact that it follows from, with the case's row locked by the caller.
"""

from collections.abc import Container, Sequence
from datetime import datetime

from acuse import clock
from acuse.calendars.queries import current_version
from acuse.evidence.queries import facts_of
from acuse.helpdesk.models import Deadline, Ticket
from acuse.helpdesk.queries.policies import published
from acuse.helpdesk.rules import CLOSED_STATUSES
from acuse.helpdesk.services import deadline_rows as rows
from acuse.helpdesk.services.deadline_rows import LIVE, State
from acuse.proof.facts import deadline as facts
from acuse.proof.facts.fact import Fact
from acuse.proof.verdicts.deadlines.causes import BY_MEMBERS, MAY_END, MAY_PAUSE, MAY_RESUME, MOVED, OURS, OVER


def undergo(row: Deadline, fact: Fact, stood: Container[tuple[str, int]] | None = None) -> None:
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
        if held_for(row) in OVER and OVER[held_for(row)](fact):
            resume(row, fact)
        for reason in row.pauses_on:
            told = stood is None or (reason, fact.subject_sequence) in stood
            if told and reason not in BY_MEMBERS and MAY_PAUSE[reason](fact):
                rows.pause(row, fact.occurred_at, reason, rows.named(fact))


def _withdraws(row: Deadline, fact: Fact) -> bool:
    if fact.type != MOVED:
        return False
    taken_up = row.purpose == "completion" and fact.details["before"] == "pending_customer"
    return taken_up or (row.purpose not in OURS and fact.details["after"] in CLOSED_STATUSES)


def wait_on(row: Deadline, at: datetime) -> None:
    """Let a deadline stand still from now on for what its case waits for still, if it does."""
    history = history_of(row.ticket)
    for reason in row.pauses_on:
        begun: Fact | None = None
        for fact in history if reason in OVER else ():
            if MAY_PAUSE[reason](fact):
                begun = fact
            elif OVER[reason](fact):
                begun = None
        if begun is not None:
            rows.pause(row, at, reason, rows.named(begun))


def held_for(row: Deadline) -> str:
    """Return why a deadline stands still; "" for one that does not."""
    return str(row.pauses[-1][2]) if row.state == State.PAUSED else ""


def resume(row: Deadline, fact: Fact) -> None:
    """Let a deadline go on; one that its calendar does not reach any more is replaced by one that today's counts."""
    if rows.resume(row, fact.occurred_at, rows.named(fact)):
        return
    policy = published(row.policy)
    term = policy.policy.named(row.name)
    rows.withdraw(row, fact.occurred_at, rows.named(fact))
    if term is None:
        return
    cause = cause_of(row, history_of(row.ticket))
    calendar = current_version(row.ticket.organisation_id, row.calendar)
    if calendar[1].sha256 == row.calendar_sha256:
        rows.defer(row.ticket, policy, term, rows.length(row), cause, calendar)
        return
    again = rows.start(row.ticket, policy, term, rows.length(row), cause, calendar)
    if again is not None:
        relive(again)


def relive(row: Deadline) -> None:
    """Let a deadline that begins late undergo what happened in its case since.

    It stood still before now only as another did then: a pause is not thought up afterwards.
    """
    history = history_of(row.ticket)
    stood = {_paused_by(fact) for fact in history if fact.type == facts.PAUSED}
    done: set[tuple[str, int]] = set()
    # What begins a deadline may be dated back: what was told before it is of another all the same.
    for fact in history[cause_of(row, history).subject_sequence - 1 :]:
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
            undergo(row, fact, stood)
    wait_on(row, clock.now())


def _repeat(row: Deadline, told: Fact, history: Sequence[Fact]) -> None:
    """Let a deadline that begins late stand still, or go on, as another was told to by a member's note."""
    if "follows" not in told.details:
        return
    note, held = followed(told, history), held_for(row)
    if told.type == facts.RESUMED:
        if held in BY_MEMBERS and MAY_RESUME[held](note):
            resume(row, note)
    elif told.details["reason"] in row.pauses_on and told.details["reason"] in BY_MEMBERS and held not in BY_MEMBERS:
        resume(row, note)
        rows.pause(row, told.occurred_at, str(told.details["reason"]), told.details["follows"])


def _paused_by(paused: Fact) -> tuple[str, int]:
    return str(paused.details.get("reason", "")), int(paused.details.get("follows", {}).get("sequence", 0))


def history_of(ticket: Ticket) -> list[Fact]:
    return [item.fact for item in facts_of(organisation=ticket.organisation_id, kind=facts.KIND, id=ticket.id)]


def followed(fact: Fact, history: Sequence[Fact]) -> Fact:
    """Return the fact of the same case that another follows; the first where it names none."""
    return history[int(fact.details["follows"]["sequence"]) - 1] if "follows" in fact.details else history[0]


def cause_of(row: Deadline, history: Sequence[Fact]) -> Fact:
    """Return the fact that a deadline followed when it began."""
    begun = (fact for fact in history if fact.type == facts.STARTED and fact.details["deadline"] == str(row.id))
    return followed(next(begun), history)
