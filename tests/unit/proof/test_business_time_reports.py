"""Each fault of other systems' business hours that their users reported, as a test of ours."""

from datetime import date, timedelta

import pytest

from acuse.proof.business_time import CalendarVersion, Pause, Term, due_at, remaining, spent
from acuse.proof.verdicts.deadlines import judge
from tests.unit.proof.calendars import CANARY, MADRID, at, make
from tests.unit.proof.tickets import Ticket

HOURS = "business_hours"


def test_zammad_390_the_term_runs_in_the_calendars_zone_and_not_in_utc() -> None:
    term = Term(amount=1, unit=HOURS)
    assert due_at(make(), term, started_at=at("2026-07-06 08:00:00")) == at("2026-07-06 10:00:00")
    assert due_at(make(), term, started_at=at("2026-12-07 08:00:00")) == at("2026-12-07 10:00:00")


def test_zammad_3180_the_last_minute_before_midnight_is_open_too() -> None:
    always = make(week={day: ((0, 1440),) for day in range(7)})
    week = Term(amount=168, unit=HOURS)
    start = at("2026-11-05 10:20:14")
    assert due_at(always, week, started_at=start) == start + timedelta(days=7)
    assert len(always.open) == 1


def test_zammad_5177_each_deadline_of_a_ticket_ends_by_its_own_term_alone() -> None:
    start = at("2026-11-05 10:20:14")
    first_response, update = Term(amount=2, unit=HOURS), Term(amount=8, unit=HOURS)
    assert due_at(make(), first_response, started_at=start) == at("2026-11-05 12:20:14")
    assert due_at(make(), update, started_at=at("2026-11-05 11:00:00")) == at("2026-11-06 11:00:00")


def test_zammad_2579_a_holiday_is_not_counted_though_it_falls_on_a_working_day() -> None:
    calendar = make(holidays={date(2026, 11, 9)})
    used = spent(
        calendar, Term(amount=48, unit=HOURS), started_at=at("2026-11-09 08:00:00"), at=at("2026-11-09 20:00:00")
    )
    assert used == timedelta()


def test_chatwoot_14009_a_day_may_have_more_than_one_interval() -> None:
    three = make(week={day: ((480, 600), (660, 780), (960, 1080)) for day in range(5)})
    term = Term(amount=5, unit=HOURS)
    assert due_at(three, term, started_at=at("2026-11-05 08:00:00")) == at("2026-11-05 17:00:00")


@pytest.mark.parametrize("day", range(7))
def test_osticket_6739_a_week_open_on_any_one_day_alone_is_counted(day: int) -> None:
    calendar = make(week={day: ((540, 1020),)})
    start = at("2026-11-02 00:00:00")
    end = calendar.local(due_at(calendar, Term(amount=12, unit=HOURS), started_at=start))
    assert (end.weekday(), end.hour, end.day) == (day, 13, 9 + day)


def test_frappe_helpdesk_3776_the_zone_is_the_calendars_whoever_asks_from_wherever() -> None:
    start = at("2026-11-05 10:20:14")
    term = Term(amount=48, unit=HOURS)
    ends = {due_at(make(), term, started_at=start.astimezone(zone)) for zone in (MADRID, CANARY)}
    assert ends == {at("2026-11-13 10:20:14")}


def test_frappe_helpdesk_3776_time_on_hold_is_not_counted() -> None:
    hold = [Pause(start=at("2026-11-05 12:00:00"), end=at("2026-11-06 12:00:00"))]
    term = Term(amount=4, unit=HOURS)
    assert due_at(make(), term, started_at=at("2026-11-05 10:00:00"), pauses=hold) == at("2026-11-06 14:00:00")
    used = spent(make(), term, started_at=at("2026-11-05 10:00:00"), at=at("2026-11-06 11:00:00"), pauses=hold)
    assert used == timedelta(hours=2)


def test_frappe_helpdesk_2449_an_open_deadline_stays_as_it_was_when_holidays_change() -> None:
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


def test_zammad_5177_what_is_said_later_does_not_move_a_first_response() -> None:
    ticket, start = Ticket(calendar=make()), at("2026-11-05 10:20:14")
    ticket.start("a", start, Term(amount=2, unit=HOURS), purpose="first_response")
    ticket.start("b", start, Term(amount=8, unit=HOURS))
    ticket.end("a", ticket.reply(at("2026-11-05 13:00:00")))
    for day in (6, 7, 8):
        ticket.reply(at(f"2026-11-0{day} 10:00:00"))
    response, _ = judge(ticket.facts, ticket.calendars, rules=ticket.rules).deadlines
    assert (response.verdict, response.due_at) == ("missed", at("2026-11-05 12:20:14"))


def test_glpi_6902_a_term_in_days_counts_the_days_of_the_calendar_and_not_24_hours_each() -> None:
    calendar = make(holidays={date(2026, 11, 9)})
    end = due_at(calendar, Term(amount=2, unit="business_days"), started_at=at("2026-11-06 18:59:00"))
    assert end == at("2026-11-11 23:59:59.999999")


def test_libredesk_a_shift_that_crosses_midnight_is_one_shift() -> None:
    nights = make(week={day: ((22 * 60, 30 * 60),) for day in range(5)})
    term = Term(amount=4, unit=HOURS)
    assert due_at(nights, term, started_at=at("2026-11-05 23:00:00")) == at("2026-11-06 03:00:00")
    assert due_at(nights, term, started_at=at("2026-11-07 05:00:00")) == at("2026-11-10 01:00:00")
