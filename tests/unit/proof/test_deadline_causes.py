"""What may end, pause and resume a deadline, when that counts as having happened, and what its rule says of it."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from acuse.proof.business_time import Term
from acuse.proof.facts.catalogue import check_fact
from acuse.proof.facts.deadline import PAUSE_REASONS, PURPOSES
from acuse.proof.facts.fact import Fact
from acuse.proof.policy import Case, Policy
from acuse.proof.verdicts.deadlines import CONTRADICTIONS, Deadline, judge
from acuse.proof.verdicts.deadlines.causes import BY_MEMBERS, MAY_END, MAY_PAUSE, MAY_RESUME
from acuse.proof.verdicts.deadlines.noting import TOLERANCE
from tests.unit.proof.calendars import at, make
from tests.unit.proof.tickets import Ticket, named, ruled

CALENDAR = make(holidays={date(2026, 11, 9)})
TERM = Term(amount=48, unit="business_hours")
START = at("2026-11-05 10:20:14")
DUE = at("2026-11-16 10:20:14")
LATE = DUE + timedelta(days=1)
MEMBER = ("member", "0193505e-7a00-7000-8000-00000000a001")
CASE = {
    "number": 318,
    "key": "RIB-0318-7QK2MA",
    "channel": "email",
    "language": "es",
    "contact": named("1042"),
    "address": "ana@correo.example",
    "subject": "Ruido",
    "matter": "",
}


def opened(purpose: str = "resolution", **changes: Any) -> Ticket:
    ticket = Ticket(calendar=CALENDAR)
    ticket.start("a", START, TERM, purpose=purpose, **changes)
    return ticket


def judged(ticket: Ticket, *contradictions: str, as_of: datetime | None = None) -> Deadline:
    """The one deadline of a ticket, with exactly these contradictions told."""
    for fact in ticket.facts:
        check_fact(fact)
    found = judge(ticket.facts, ticket.calendars, rules=ticket.rules, at=as_of)
    assert tuple(each.key for each in found.contradictions) == contradictions
    assert set(contradictions) <= CONTRADICTIONS.keys()
    (deadline,) = found.deadlines
    return deadline


def note(ticket: Ticket, when: datetime, actor: tuple[str, str] = MEMBER) -> Fact:
    return ticket.add("note.added", when, actor=actor, mentioned=[])


def wrote(ticket: Ticket, when: datetime, **more: Any) -> Fact:
    return ticket.add("message.received", when, channel="email", author="ana@correo.example", subject="Re", **more)


def said(ticket: Ticket, when: datetime, type: str) -> Fact:
    return ticket.add(type, when, by="link", request=named("f"), words="Conforme", comments="")


ENDING = {
    "answer": lambda ticket, when: ticket.reply(when),
    "automatic answer": lambda ticket, when: ticket.reply(when, automatic=True),
    "receipt": lambda ticket, when: ticket.reply(when, act="receipt"),
    "resolved": lambda ticket, when: ticket.move(when, "resolved"),
    "closed": lambda ticket, when: ticket.move(when, "closed_without"),
    "waits": lambda ticket, when: ticket.move(when, "pending_customer"),
    "message": wrote,
    "agreed": lambda ticket, when: said(ticket, when, "conformity.given"),
    "denied": lambda ticket, when: said(ticket, when, "conformity.denied"),
    "note": note,
}
FIT = {
    "first_response": {"answer", "resolved", "closed"},
    "resolution": {"resolved", "closed"},
    "completion": {"message"},
    "closing": {"message", "agreed", "denied"},
}


@pytest.mark.parametrize("purpose", PURPOSES)
def test_only_what_a_deadline_is_for_ends_it(purpose: str) -> None:
    for name, made in ENDING.items():
        ticket = opened(purpose)
        end = made(ticket, DUE)
        ticket.end("a", end)
        if name in FIT[purpose]:
            deadline = judged(ticket, as_of=LATE)
            assert (deadline.verdict, deadline.end) == ("met", end), name
        else:
            deadline = judged(ticket, "end_unfit", as_of=LATE)
            assert (deadline.verdict, deadline.end, deadline.ended_at) == ("missed", None, None), name


def test_what_ends_nothing_leaves_it_to_be_ended_by_what_does() -> None:
    ticket = opened("first_response")
    ticket.end("a", ticket.reply(START + timedelta(hours=1), automatic=True))
    answer = ticket.reply(DUE)
    ticket.end("a", answer)
    deadline = judged(ticket, "end_unfit")
    assert (deadline.verdict, deadline.end) == ("met", answer)


def test_an_end_that_no_earlier_fact_shows_ends_nothing() -> None:
    for change in ({"sequence": 4}, {"sequence": 99}, {"type": "ticket.status_changed"}):
        ticket = opened("first_response")
        answer = ticket.reply(START + timedelta(hours=1))
        by = {"type": "reply.sent", "sequence": answer.subject_sequence, **change}
        ticket.add("deadline.ended", answer.occurred_at, deadline=named("a"), ended_by=by)
        assert judged(ticket, "end_unknown", as_of=LATE).verdict == "missed"


def test_what_came_before_the_reopening_that_begins_a_deadline_does_not_end_it() -> None:
    """A reopening may be dated back, as what the customer wrote is, before what resolved the case."""
    ticket = Ticket(calendar=CALENDAR)
    ticket.opened(START - timedelta(days=1))
    resolved = ticket.move(START + timedelta(hours=1), "resolved")
    noted = START + timedelta(hours=2)
    again = ticket.move(START, "reopened", before="resolved", recorded_at=noted)
    ticket.start("a", START, TERM, by=again, recorded_at=noted)
    ticket.end("a", resolved, at=noted)
    assert judged(ticket, "end_unfit", as_of=LATE).verdict == "missed"


def test_an_answer_that_is_noted_late_counts_from_when_it_was_noted() -> None:
    for lateness, verdict, keys in ((TOLERANCE, "met", ()), (timedelta(hours=1), "missed", ("noted_late",))):
        ticket = opened("first_response")
        answer = ticket.reply(DUE, recorded_at=DUE + lateness)
        ticket.end("a", answer, at=DUE + lateness)
        deadline = judged(ticket, *keys)
        assert (deadline.verdict, deadline.late) == (verdict, lateness if keys else timedelta())


def test_what_the_customer_sent_in_time_is_in_time_however_late_it_was_filed() -> None:
    ticket = opened("completion")
    message = wrote(ticket, DUE, recorded_at=LATE)
    ticket.end("a", message, at=LATE)
    assert judged(ticket).verdict == "met"


def test_a_pause_noted_after_the_time_was_over_makes_no_missed_deadline_met() -> None:
    ticket = opened()
    pause = DUE - timedelta(days=5), LATE
    ticket.pause("a", pause[0], recorded_at=LATE)
    ticket.resume("a", pause[1], ticket.due(TERM, START, pause))
    ticket.end("a", ticket.move(LATE + timedelta(hours=1), "resolved"))
    deadline = judged(ticket, "noted_late", "due_differs")
    assert (deadline.verdict, deadline.due_at, deadline.pauses) == ("missed", DUE, ())


def test_a_pause_noted_late_counts_from_when_it_was_noted() -> None:
    ticket = opened()
    begun, noted, over = (at(f"2026-11-{time}") for time in ("06 12:00:00", "06 18:00:00", "06 19:00:00"))
    ticket.pause("a", begun, recorded_at=noted)
    due = ticket.due(TERM, START, (noted, over))
    ticket.resume("a", over, due)
    deadline = judged(ticket, "noted_late")
    assert ([pause.started_at for pause in deadline.pauses], deadline.due_at) == ([noted], due)
    within = opened()
    within.pause("a", begun, recorded_at=begun + TOLERANCE)
    assert judged(within).pauses[0].started_at == begun


def test_a_withdrawal_noted_after_the_time_was_over_saves_nothing() -> None:
    ticket = opened()
    ticket.withdraw("a", DUE - timedelta(days=1), recorded_at=LATE)
    assert judged(ticket, "noted_late").verdict == "missed"


def test_a_pause_does_not_last_longer_than_until_it_was_noted_that_it_ended() -> None:
    ticket = opened()
    begun, noted = at("2026-11-06 12:00:00"), at("2026-11-06 13:00:00")
    ticket.pause("a", begun)
    due = ticket.due(TERM, START, (begun, noted))
    ticket.resume("a", at("2026-11-10 12:00:00"), due, recorded_at=noted)
    assert judged(ticket, "noted_early").due_at == due


CAUSES = {
    "customer": lambda ticket, when: ticket.move(when, "pending_customer"),
    "documents": lambda ticket, when: ticket.reply(when, act="data_request"),
    "conformity": lambda ticket, when: ticket.move(when, "pending_conformity"),
    "adr": note,
    "agreed": note,
}


@pytest.mark.parametrize("reason", PAUSE_REASONS)
def test_a_pause_follows_what_may_cause_it_and_no_other_fact(reason: str) -> None:
    assert MAY_PAUSE.keys() == MAY_RESUME.keys() == set(PAUSE_REASONS)
    begun, over = at("2026-11-06 12:00:00"), at("2026-11-06 13:00:00")
    ticket = opened()
    ticket.pause("a", begun, reason, by=CAUSES[reason](ticket, begun))
    ended = note(ticket, over) if reason in BY_MEMBERS else wrote(ticket, over)
    due = ticket.due(TERM, START, (begun, over))
    ticket.resume("a", over, due, by=ended)
    assert judged(ticket).due_at == due
    for other in (note(opened(), begun, actor=("component", "helpdesk")), wrote(opened(), begun)):
        wrong = opened()
        wrong.facts.append(replace(other, previous=wrong.facts[-1].entry()))
        wrong.pause("a", begun, reason, by=wrong.facts[-1])
        assert judged(wrong, "cause_differs").verdict == "running"


def test_what_follows_a_fact_happened_when_that_did() -> None:
    moved = at("2026-11-06 12:00:00")
    for shift in (-timedelta(hours=2), timedelta(hours=2)):
        ticket = opened()
        waits = ticket.move(moved, "pending_customer")
        ticket.pause("a", moved + shift, by=waits, recorded_at=moved + TOLERANCE)
        assert judged(ticket, "cause_differs").pauses[0].started_at == moved


BEGUN, OVER, NOW = (at(f"2026-11-{time}") for time in ("06 12:00:00", "10 12:00:00", "12 12:00:00"))


def replaced(*, stood: bool, anew: bool = True, waiting: bool = False) -> tuple[Ticket, Fact]:
    """A case that waited for the customer; its deadline was withdrawn and another begins where that began."""
    ticket = Ticket(calendar=CALENDAR)
    ticket.start("b", START, TERM)
    waits = ticket.move(BEGUN, "pending_customer")
    if stood:
        ticket.pause("b", BEGUN, by=waits)
    if not waiting:
        message = wrote(ticket, OVER)
        if stood:
            ticket.resume("b", OVER, ticket.due(TERM, START, (BEGUN, OVER)), by=message)
    if anew:
        cause = ticket.add("ticket.classified", NOW, type="claim", priority="medium", matter="")
        ticket.withdraw("b", NOW, by=cause)
    ticket.start("a", START, TERM, recorded_at=NOW)
    return ticket, waits


def second(ticket: Ticket, *contradictions: str, as_of: datetime | None = None) -> Deadline:
    found = judge(ticket.facts, ticket.calendars, at=as_of)
    assert tuple(each.key for each in found.contradictions) == contradictions
    return found.deadlines[1]


def test_a_deadline_that_replaces_another_is_told_again_the_pauses_of_that() -> None:
    ticket, waits = replaced(stood=True)
    ticket.pause("a", BEGUN, by=waits, recorded_at=NOW)
    due = ticket.due(TERM, START, (BEGUN, OVER))
    message = next(fact for fact in ticket.facts if fact.type == "message.received")
    ticket.resume("a", OVER, due, by=message, recorded_at=NOW)
    assert second(ticket).due_at == due
    # What was over is not begun again afterwards.
    ticket.pause("a", OVER, by=waits, recorded_at=NOW)
    assert second(ticket, "cause_over").due_at == due


@pytest.mark.parametrize(("stood", "anew"), [(False, True), (True, False)])
def test_no_pause_is_told_again_that_never_stood_or_to_what_replaces_nothing(stood: bool, anew: bool) -> None:
    ticket, waits = replaced(stood=stood, anew=anew)
    ticket.pause("a", BEGUN, by=waits, recorded_at=NOW)
    assert second(ticket, "cause_over").due_at == DUE
    ticket, waits = replaced(stood=stood, anew=anew, waiting=True)
    ticket.pause("a", BEGUN, by=waits, recorded_at=NOW)
    assert second(ticket, "noted_late", as_of=LATE).pauses[0].started_at == NOW
    # Who says at once that it stands still from now on, says what is so.
    ticket, waits = replaced(stood=stood, anew=anew, waiting=True)
    ticket.pause("a", NOW, by=waits)
    assert second(ticket).pauses[0].started_at == NOW


@pytest.mark.parametrize("reason", PAUSE_REASONS)
def test_a_pause_that_names_no_cause_excuses_nothing(reason: str) -> None:
    ticket = opened()
    ticket.pause("a", BEGUN, reason, told=False)
    assert judged(ticket, "cause_untold", as_of=LATE).verdict == "missed"
    ticket.resume("a", OVER, DUE, told=False)
    deadline = judged(ticket, "cause_untold")
    assert (deadline.due_at, deadline.pauses) == (DUE, ())


def test_a_resumption_and_a_withdrawal_that_name_no_cause_are_told() -> None:
    ticket = opened()
    ticket.pause("a", BEGUN)
    ticket.resume("a", OVER, ticket.due(TERM, START, (BEGUN, OVER)), told=False)
    assert judged(ticket, "cause_untold").pauses[0].ended_at == OVER
    ticket = opened()
    ticket.withdraw("a", BEGUN, told=False)
    assert judged(ticket, "cause_untold", as_of=LATE).verdict == "missed"


@pytest.mark.parametrize("reason", ["customer", "documents", "conformity"])
def test_a_pause_ends_with_its_cause_whether_or_not_that_was_noted(reason: str) -> None:
    due = opened().due(TERM, START, (BEGUN, OVER))
    silent = opened()
    silent.pause("a", BEGUN, reason)
    wrote(silent, OVER)
    assert judged(silent, "resume_missing").due_at == due
    late = opened()
    late.pause("a", BEGUN, reason)
    wrote(late, OVER)
    late.resume("a", NOW, late.due(TERM, START, (BEGUN, NOW)))
    assert judged(late, "resume_missing", "due_differs").due_at == due
    ended = opened()
    ended.pause("a", BEGUN, reason)
    wrote(ended, OVER)
    ended.end("a", ended.move(LATE + timedelta(days=3), "resolved"))
    assert (judged(ended, "resume_missing").verdict, judged(ended, "resume_missing").due_at) == ("missed", due)


def test_a_cause_that_was_resumed_from_pauses_no_second_time() -> None:
    ticket = opened()
    waits = ticket.move(BEGUN, "pending_customer")
    ticket.pause("a", BEGUN, by=waits)
    due = ticket.due(TERM, START, (BEGUN, OVER))
    ticket.resume("a", OVER, due)
    ticket.pause("a", OVER, by=waits)
    assert judged(ticket, "cause_over").due_at == due
    reason = opened()
    agreed = note(reason, BEGUN)
    reason.pause("a", BEGUN, "agreed", by=agreed)
    reason.resume("a", OVER, due)
    reason.pause("a", OVER, "agreed", by=agreed)
    assert judged(reason, "cause_over").due_at == due


def test_what_waits_for_the_customer_besides_waits_on_after_a_members_pause() -> None:
    ticket = opened()
    waits = ticket.move(BEGUN, "pending_customer")
    ticket.pause("a", BEGUN, by=waits)
    held = note(ticket, OVER)
    ticket.resume("a", OVER, ticket.due(TERM, START, (BEGUN, OVER)), by=held)
    ticket.pause("a", OVER, "agreed", by=held)
    freed = note(ticket, NOW)
    ticket.resume("a", NOW, ticket.due(TERM, START, (BEGUN, NOW)), by=freed)
    ticket.pause("a", NOW, by=waits)
    assert [pause.reason for pause in judged(ticket).pauses] == ["customer", "agreed", "customer"]


def test_a_pause_told_to_a_running_deadline_is_not_excused_by_an_old_cause() -> None:
    ticket = opened()
    waits = ticket.move(at("2026-11-06 12:00:00"), "pending_customer")
    ticket.pause("a", waits.occurred_at, by=waits, recorded_at=LATE)
    assert judged(ticket, "noted_late").verdict == "missed"


def test_a_deadline_that_is_not_what_its_rule_says_is_told() -> None:
    rule = {"purpose": "resolution", "on_resume": "continue"}
    others = (
        ruled(CALENDAR, Term(amount=24, unit="business_hours"), **rule),
        ruled(CALENDAR, TERM, **{**rule, "purpose": "first_response"}),
        ruled(CALENDAR, TERM, **{**rule, "on_resume": "restart"}),
        ruled(replace(CALENDAR, calendar=ORGANISATION_CALENDAR), TERM, **rule),
        ruled(CALENDAR, TERM, **rule, name="another"),
        Policy(terms=()),
    )
    for policy in others:
        assert judged(opened(policy=policy), "rule_differs").verdict == "running"
    assert judged(opened(policy=ruled(CALENDAR, TERM, **rule))).verdict == "running"


ORGANISATION_CALENDAR = type(CALENDAR.calendar)(int=5)


def test_a_pause_for_which_the_rule_does_not_wait_is_told() -> None:
    ticket = opened(policy=ruled(CALENDAR, TERM, pauses_on=("documents",)))
    ticket.pause("a", at("2026-11-06 12:00:00"), "customer")
    judged(ticket, "rule_differs")


def test_the_term_is_that_of_what_the_case_was_when_the_deadline_began() -> None:
    claims, others = Case(types=("claim",), term=TERM), Case(term=Term(amount=8, unit="business_hours"))
    policy = ruled(CALENDAR, TERM, cases=(claims, others))
    for type, keys in (("claim", ()), ("inquiry", ("term_missing", "rule_differs"))):
        ticket = Ticket(calendar=CALENDAR)
        ticket.add("ticket.opened", START, **CASE, type=type, priority="medium")
        ticket.start("a", START, TERM, policy=policy)
        ticket.add("ticket.classified", START + timedelta(hours=1), type="thanks", priority="low", matter="")
        judged(ticket, *keys)


def test_every_purpose_has_what_may_end_it() -> None:
    assert MAY_END.keys() == set(PURPOSES)


def test_a_fact_that_was_noted_before_the_one_before_it_is_told() -> None:
    for back, keys in ((TOLERANCE, ()), (TOLERANCE + timedelta(seconds=1), ("noted_back",))):
        ticket = opened()
        first = note(ticket, NOW)
        ticket.add("note.added", NOW, actor=MEMBER, recorded_at=first.recorded_at - back, mentioned=[])
        judged(ticket, *keys)
