"""The verdict on deadlines: what facts of a ticket and the calendar that they cite prove."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from acuse.errors import InputError
from acuse.proof.business_time import CalendarVersion, Term
from acuse.proof.facts.catalogue import check_fact
from acuse.proof.verdicts.deadlines import CONTRADICTIONS, VERDICTS, Deadline, cited_calendars, judge
from tests.unit.proof.calendars import at, make
from tests.unit.proof.tickets import Ticket, reference, ruled

ALMUDENA = make(holidays={date(2026, 11, 9)})
HOURS, DAYS = Term(amount=48, unit="business_hours"), Term(amount=15, unit="business_days")
START = at("2026-11-05 10:20:14")
DUE = at("2026-11-16 10:20:14")


def opened(term: Term = HOURS, calendar: CalendarVersion = ALMUDENA, **changes: Any) -> Ticket:
    ticket = Ticket(calendar=calendar)
    ticket.start("a", START, term, **changes)
    return ticket


def only(ticket: Ticket, *contradictions: str, at: datetime | None = None) -> Deadline:
    """The one deadline of a ticket, with exactly these contradictions told."""
    for fact in ticket.facts:
        if fact.type.startswith("deadline."):
            check_fact(fact)
    judged = judge(ticket.facts, ticket.calendars, rules=ticket.rules, at=at)
    assert [each.key for each in judged.contradictions] == list(contradictions)
    assert set(contradictions) <= CONTRADICTIONS.keys()
    (deadline,) = judged.deadlines
    assert deadline.verdict in VERDICTS
    return deadline


def solved(ticket: Ticket, when: datetime) -> None:
    ticket.end("a", ticket.move(when, "resolved"))


def test_met_at_the_last_instant_and_missed_a_microsecond_later() -> None:
    for late, verdict in ((0, "met"), (1, "missed")):
        ticket = opened()
        solved(ticket, DUE + timedelta(microseconds=late))
        deadline = only(ticket)
        assert (deadline.verdict, deadline.due_at) == (verdict, DUE)
        assert deadline.used == timedelta(hours=48, microseconds=late)
        assert deadline.excess == deadline.late == timedelta(microseconds=late)


def test_the_case_of_the_design_is_missed_by_what_it_says() -> None:
    ticket = opened()
    pause = at("2026-11-11 11:00:00"), at("2026-11-11 13:30:00")
    ticket.pause("a", pause[0], "documents")
    due = ticket.due(HOURS, START, pause)
    ticket.resume("a", pause[1], due)
    ticket.miss("a", due)
    solved(ticket, at("2026-11-16 16:02:14"))
    deadline = only(ticket)
    assert (deadline.verdict, deadline.due_at) == ("missed", at("2026-11-16 12:50:14"))
    assert (deadline.used, deadline.excess) == (timedelta(hours=49, minutes=12), timedelta(hours=1, minutes=12))
    assert deadline.late == timedelta(hours=3, minutes=12)
    assert [(pause.reason, pause.started_at, pause.ended_at) for pause in deadline.pauses] == [("documents", *pause)]


def test_without_an_end_it_runs_and_then_is_missed() -> None:
    ticket = opened()
    assert only(ticket).verdict == "running"
    assert only(ticket, at=DUE).verdict == "running"
    assert only(ticket, at=DUE + timedelta(hours=1)).verdict == "missed"
    ticket.add("note.added", DUE + timedelta(hours=2), mentioned=[])
    assert only(ticket).verdict == "missed"


def test_while_it_stands_still_it_has_no_due_date_and_what_ends_it_is_in_time() -> None:
    ticket = opened()
    ticket.pause("a", at("2026-11-06 12:00:00"))
    deadline = only(ticket, at=at("2026-12-20 12:00:00"))
    assert (deadline.verdict, deadline.due_at) == ("paused", None)
    assert deadline.used == timedelta(hours=9, minutes=39, seconds=46)
    solved(ticket, at("2026-12-15 12:00:00"))
    deadline = only(ticket)
    assert (deadline.verdict, deadline.due_at, deadline.ended_at) == ("met", None, at("2026-12-15 12:00:00"))


def test_a_pause_or_a_withdrawal_when_the_time_is_over_saves_nothing() -> None:
    for act in ("pause", "withdraw"):
        ticket = opened()
        getattr(ticket, act)("a", DUE + timedelta(seconds=1))
        deadline = only(ticket, at=DUE + timedelta(days=3))
        assert (deadline.verdict, deadline.pauses) == ("missed", ())


def test_withdrawn_in_time() -> None:
    ticket = opened()
    ticket.withdraw("a", DUE - timedelta(seconds=1))
    deadline = only(ticket, at=DUE + timedelta(days=3))
    assert (deadline.verdict, deadline.ended_at) == ("withdrawn", None)


def test_a_pause_that_restarts_gives_the_whole_term_again() -> None:
    ticket = opened(DAYS, on_resume="restart")
    pause = at("2026-11-11 11:00:00"), at("2026-11-18 13:30:00")
    ticket.pause("a", pause[0])
    assert only(ticket, at=at("2026-11-17 10:00:00")).used == timedelta(days=3)
    due = ticket.due(DAYS, START, pause, restart=True)
    ticket.resume("a", pause[1], due)
    solved(ticket, due)
    deadline = only(ticket)
    assert (deadline.verdict, deadline.due_at, deadline.used) == ("met", due, timedelta(days=15))
    assert due == at("2026-12-09 23:59:59.999999")


def test_a_pause_that_continues_takes_its_days_out() -> None:
    ticket = opened(DAYS)
    pause = at("2026-11-11 11:00:00"), at("2026-11-18 13:30:00")
    ticket.pause("a", pause[0])
    due = ticket.due(DAYS, START, pause)
    ticket.resume("a", pause[1], due)
    solved(ticket, at("2026-11-20 10:00:00"))
    deadline = only(ticket)
    assert (deadline.due_at, deadline.used) == (at("2026-12-07 23:59:59.999999"), timedelta(days=4))


def test_it_ends_when_the_fact_happened_and_not_when_that_was_noted_down() -> None:
    ticket = opened(purpose="first_response")
    reply = ticket.reply(DUE - timedelta(seconds=1))
    ticket.end("a", reply, at=DUE + timedelta(hours=1))
    deadline = only(ticket)
    assert (deadline.verdict, deadline.end, deadline.ended_at) == ("met", reply, DUE - timedelta(seconds=1))


def test_late_by_the_clock_though_nothing_more_was_counted() -> None:
    """Due when the office closes on Friday, done on Saturday."""
    ticket = Ticket(calendar=ALMUDENA)
    ticket.start("a", at("2026-11-06 18:00:00"), Term(amount=1, unit="business_hours"))
    solved(ticket, at("2026-11-07 10:00:00"))
    deadline = only(ticket)
    assert (deadline.verdict, deadline.excess, deadline.late) == ("missed", timedelta(), timedelta(hours=15))


def test_recorded_as_missed_is_never_believed() -> None:
    ticket = opened()
    ticket.miss("a", START + timedelta(hours=1))
    assert only(ticket, "due_differs", "missed_differs").verdict == "running"
    solved(ticket, DUE)
    assert only(ticket, "due_differs", "missed_differs").verdict == "met"


def test_a_due_date_that_does_not_follow_is_reported() -> None:
    assert only(opened(due_at="2026-11-20T10:00:00.000000Z"), "due_differs").due_at == DUE
    ticket = opened()
    ticket.pause("a", at("2026-11-06 12:00:00"))
    ticket.resume("a", at("2026-11-06 13:00:00"), DUE)
    assert only(ticket, "due_differs").due_at == DUE + timedelta(hours=1)


def test_what_happens_out_of_turn_is_reported_and_changes_nothing() -> None:
    ticket = opened()
    ticket.resume("a", at("2026-11-06 10:00:00"), DUE)
    ticket.start("a", at("2026-11-06 11:00:00"), HOURS)
    ticket.pause("b", at("2026-11-06 12:00:00"))
    solved(ticket, DUE)
    ticket.pause("a", DUE)
    ticket.withdraw("a", DUE)
    solved(ticket, DUE + timedelta(days=9))
    expected = ["out_of_turn", "started_twice", "not_started", "out_of_turn", "out_of_turn", "out_of_turn"]
    assert only(ticket, *expected).verdict == "met"


def test_what_happened_before_what_was_told_is_reported_and_counted_from_there() -> None:
    ticket = opened()
    for act in (ticket.pause, lambda name, when: ticket.resume(name, when, DUE)):
        act("a", START - timedelta(days=20))
    told = ("noted_back", "noted_back", "cause_differs", "noted_early", "out_of_order")
    deadline = only(ticket, *told, *told)
    assert (deadline.verdict, deadline.due_at) == ("running", DUE)
    ticket.end("a", replace(ticket.facts[0], type="ticket.status_changed"))
    assert only(ticket, *told, *told, "end_unknown").verdict == "running"


def test_a_term_that_ends_beyond_the_calendar_is_undetermined() -> None:
    year = make(holidays={date(2026, 11, 9)}, last=date(2026, 11, 30))
    ticket = opened(calendar=year)
    ticket.pause("a", at("2026-11-06 12:00:00"))
    ticket.resume("a", at("2026-11-30 12:00:00"), DUE)
    assert only(ticket, "due_differs").verdict == "undetermined"
    solved(ticket, at("2026-11-30 13:00:00"))
    assert only(ticket, "due_differs").verdict == "undetermined"


def test_missed_within_the_calendar_and_judged_beyond_it() -> None:
    deadline = only(opened(), at=at("2027-06-01 12:00:00"))
    assert (deadline.verdict, deadline.used, deadline.excess) == ("missed", None, None)


def test_several_deadlines_of_a_ticket_are_judged_apart() -> None:
    ticket = Ticket(calendar=ALMUDENA)
    ticket.start("a", START, Term(amount=24, unit="natural_hours"), purpose="first_response")
    ticket.start("b", START, HOURS)
    ticket.end("a", ticket.reply(at("2026-11-05 14:07:51")))
    ticket.add("note.added", at("2026-11-20 10:00:00"), mentioned=[])
    judged = judge(ticket.facts, ticket.calendars)
    assert [(each.purpose, each.verdict) for each in judged.deadlines] == [
        ("first_response", "met"),
        ("resolution", "missed"),
    ]
    assert (judged.count("met"), judged.count("missed"), judged.count("paused")) == (1, 1, 0)
    assert judged.deadlines[0].used == timedelta(hours=3, minutes=47, seconds=37)


def test_the_calendar_and_the_rule_are_those_that_the_fact_cites() -> None:
    other = replace(ALMUDENA, version=8)
    ticket = opened()
    assert cited_calendars(ticket.facts) == tuple(ticket.calendars)
    with pytest.raises(InputError, match="not at hand"):
        judge(ticket.facts, {})
    with pytest.raises(InputError, match="another version"):
        judge(ticket.facts, dict.fromkeys(ticket.calendars, other))
    with pytest.raises(InputError, match="policy that sets a deadline is not at hand"):
        judge(ticket.facts, ticket.calendars, rules={})
    for role in ("calendar", "rule"):
        kept = {"calendar": ALMUDENA.canonical(), "rule": ruled(ALMUDENA, HOURS).canonical()}
        lacking = opened(objects=tuple(reference(name, kept[name]) for name in kept if name != role))
        found = judge(lacking.facts, lacking.calendars)
        assert (found.deadlines, [each.key for each in found.contradictions]) == ((), ["unreadable"])


def test_many_pauses_take_little_time() -> None:
    ticket = opened(Term(amount=100, unit="business_hours"))
    for number in range(3000):
        moment = START + timedelta(seconds=2 * number)
        ticket.pause("a", moment)
        ticket.resume("a", moment + timedelta(seconds=1), DUE)
    assert judge(ticket.facts, ticket.calendars).deadlines[0].verdict == "running"
