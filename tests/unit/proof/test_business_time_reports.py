"""Each fault of other systems' business hours that their users reported, as a test of ours."""

from datetime import date, timedelta
from typing import Final

import pytest

from acuse.calendars.rules import ClosedDay, Definition
from acuse.proof.business_time import CalendarVersion, Pause, Term, due_at, remaining
from acuse.proof.verdicts.deadlines import judge
from tests.unit.calendars.making import every_day, version, week
from tests.unit.proof.calendars import CANARY, MADRID, at, make
from tests.unit.proof.tickets import Ticket

HOURS: Final = "business_hours"


def test_zammad_390_forty_eight_hours_of_twelve_a_day_end_after_four_open_days_and_the_holidays_between() -> None:
    """Open on 10, 12, 14 and 15 November 2016, closed on 11 and 13: roughly the six days that were shown."""
    closed = tuple(ClosedDay(date=date(2016, 11, day), name="Fiesta") for day in (11, 13))
    calendar = version(Definition(week=every_day("09:00-21:00"), holidays=closed), year=2016)
    term, start = Term(amount=48, unit=HOURS), at("2016-11-09 23:00:00")
    assert due_at(calendar, term, started_at=start) == at("2016-11-15 21:00:00")
    lefts = [remaining(calendar, term, started_at=start, at=at(f"2016-11-{day:02} 22:00:00")) for day in range(9, 16)]
    assert lefts == [timedelta(hours=left) for left in (48, 36, 36, 24, 24, 12, 0)]


def test_zammad_3180_the_last_minute_before_midnight_is_open_too() -> None:
    always = version(Definition(week=every_day("00:00-24:00")))
    seven_days = Term(amount=168, unit=HOURS)
    start = at("2026-11-05 10:20:14")
    assert due_at(always, seven_days, started_at=start) == start + timedelta(days=7)
    assert len(always.open) == 1


def test_zammad_5177_a_shorter_term_that_is_over_does_not_overrule_the_first_response() -> None:
    ticket, start = Ticket(calendar=make()), at("2026-11-05 10:20:14")
    ticket.start("a", start, Term(amount=8, unit=HOURS), purpose="first_response")
    ticket.start("b", start, Term(amount=2, unit=HOURS))
    ticket.miss("b", at("2026-11-05 12:20:14"))
    ticket.end("a", ticket.reply(at("2026-11-05 17:00:00")))
    judgement = judge(ticket.facts, ticket.calendars, rules=ticket.rules)
    assert [(one.verdict, one.due_at) for one in judgement.deadlines] == [
        ("met", at("2026-11-06 10:20:14")),
        ("missed", at("2026-11-05 12:20:14")),
    ]


def test_zammad_2579_closing_says_how_long_the_solution_took_and_how_late_it_was() -> None:
    ticket, start, closed_at = Ticket(calendar=make()), at("2026-11-05 10:00:00"), at("2026-11-06 12:00:00")
    ticket.start("a", start, Term(amount=16, unit=HOURS))
    ticket.start("b", start, Term(amount=4, unit=HOURS))
    closed = ticket.move(closed_at, "closed_without")
    ticket.end("a", closed)
    ticket.end("b", closed)
    met, late = judge(ticket.facts, ticket.calendars, rules=ticket.rules).deadlines
    assert (met.verdict, met.used, met.judged_at) == ("met", timedelta(hours=10), closed_at)
    assert (late.verdict, late.used, late.late) == ("missed", timedelta(hours=10), timedelta(hours=22))


def test_chatwoot_14009_a_day_may_have_more_than_one_interval() -> None:
    three = version(Definition(week=every_day("08:00-10:00 11:00-13:00 16:00-18:00")))
    term = Term(amount=5, unit=HOURS)
    assert due_at(three, term, started_at=at("2026-11-05 08:00:00")) == at("2026-11-05 17:00:00")


@pytest.mark.parametrize("day", range(7))
def test_osticket_6739_a_week_open_on_any_one_day_alone_is_counted(day: int) -> None:
    calendar = version(Definition(week=week(*[""] * day, "09:00-17:00")))
    start = at("2026-11-02 00:00:00")
    end = calendar.local(due_at(calendar, Term(amount=12, unit=HOURS), started_at=start))
    assert (end.weekday(), end.hour, end.day) == (day, 13, 9 + day)


def test_frappe_helpdesk_3776_the_zone_is_the_calendars_whoever_asks_from_wherever() -> None:
    start = at("2026-11-05 10:20:14")
    term = Term(amount=48, unit=HOURS)
    ends = {due_at(make(), term, started_at=start.astimezone(zone)) for zone in (MADRID, CANARY)}
    assert ends == {at("2026-11-13 10:20:14")}


def test_frappe_helpdesk_3776_what_is_resolved_straight_out_of_a_pause_took_no_time_of_it() -> None:
    """From February to August; the page of a member in another zone is in tests/integration."""
    ticket, start, solved_at = Ticket(calendar=make()), at("2026-02-05 10:00:00"), at("2026-08-05 12:00:00")
    ticket.start("a", start, Term(amount=4, unit=HOURS))
    ticket.pause("a", at("2026-02-05 12:00:00"))
    ticket.end("a", ticket.move(solved_at, "resolved", before="pending_customer"))
    (deadline,) = judge(ticket.facts, ticket.calendars, rules=ticket.rules, at=solved_at).deadlines
    assert (deadline.verdict, deadline.used, deadline.judged_at) == ("met", timedelta(hours=2), solved_at)


def test_frappe_helpdesk_2449_a_calendar_that_is_kept_counts_as_before_when_holidays_change() -> None:
    """A deadline that runs through such a change is in tests/integration."""
    before, after = make(), make(holidays={date(2026, 11, 9)}, version=8)
    term = Term(amount=48, unit=HOURS)
    start = at("2026-11-05 10:20:14")
    kept = before.canonical()
    assert due_at(after, term, started_at=start) == at("2026-11-16 10:20:14")
    assert due_at(CalendarVersion.parse(kept), term, started_at=start) == at("2026-11-13 10:20:14")


def test_chatwoot_10178_the_clock_stands_still_from_the_pause_on() -> None:
    term = Term(amount=8, unit=HOURS)
    held = [Pause(start=at("2026-11-05 11:00:00"), end=at("2026-12-01 11:00:00"))]
    for later in ("2026-11-05 11:00:01", "2026-11-12 17:00:00", "2026-11-30 17:00:00"):
        left = remaining(make(), term, started_at=at("2026-11-05 10:00:00"), at=at(later), pauses=held)
        assert left == timedelta(hours=7)


def test_chatwoot_10178_the_clock_does_not_run_on_after_solving() -> None:
    ticket, start, solved_at = Ticket(calendar=make()), at("2026-11-05 10:00:00"), at("2026-11-05 12:00:00")
    ticket.start("a", start, Term(amount=8, unit=HOURS))
    ticket.end("a", ticket.move(solved_at, "resolved"))
    for later in (solved_at, at("2026-11-06 12:00:00"), at("2026-12-01 12:00:00")):
        (deadline,) = judge(ticket.facts, ticket.calendars, rules=ticket.rules, at=later).deadlines
        assert (deadline.verdict, deadline.used, deadline.judged_at) == ("met", timedelta(hours=2), solved_at)


def test_libredesk_a_shift_that_crosses_midnight_is_one_shift() -> None:
    nights = version(Definition(week=week(*["22:00-06:00"] * 5)))
    term = Term(amount=4, unit=HOURS)
    assert due_at(nights, term, started_at=at("2026-11-05 23:00:00")) == at("2026-11-06 03:00:00")
    assert due_at(nights, term, started_at=at("2026-11-07 05:00:00")) == at("2026-11-10 01:00:00")


def test_glpi_10594_a_pause_over_a_weekend_takes_no_closed_day_out() -> None:
    """Its days were counted as open ones, and the ticket got them on top."""
    term, start = Term(amount=5, unit="business_days"), at("2026-11-05 10:00:00")
    weekend = Pause(start=at("2026-11-07 00:00:00"), end=at("2026-11-09 00:00:00"))
    friday_on = Pause(start=at("2026-11-06 18:00:00"), end=at("2026-11-09 09:00:00"))
    without = due_at(make(), term, started_at=start)
    assert due_at(make(), term, started_at=start, pauses=[weekend]) == without == at("2026-11-12 23:59:59.999999")
    assert due_at(make(), term, started_at=start, pauses=[friday_on]) == at("2026-11-16 23:59:59.999999")
