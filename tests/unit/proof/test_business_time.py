"""Business time: what holds of every calendar, term and pause."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acuse.proof.business_time import UNITS, CalendarVersion, OutsideCalendar, Pause, Term, due_at, remaining, spent
from acuse.proof.business_time.term import OnResume
from tests.unit.proof.calendars import CANARY, MADRID, at, make

ZONES = [MADRID, CANARY, ZoneInfo("America/Havana"), ZoneInfo("Asia/Kathmandu"), ZoneInfo("Australia/Lord_Howe")]
MICROSECOND = timedelta(microseconds=1)


@st.composite
def weeks(draw: st.DrawFn) -> dict[int, tuple[tuple[int, int], ...]]:
    """Any week: no, one or several shifts a day, some over midnight, some for the whole day."""
    week = {}
    for day in range(7):
        bounds = sorted(draw(st.lists(st.integers(0, 1800), max_size=6, unique=True)))
        week[day] = tuple(zip(bounds[::2], bounds[1::2], strict=False))
    week[draw(st.integers(0, 6))] = ((540, 1020),)
    return week


@cache
def plain(zone: ZoneInfo = MADRID) -> CalendarVersion:
    """Two years of a split working day."""
    return make(first=date(2027, 1, 1), last=date(2028, 12, 31), zone=zone)


@st.composite
def calendars(draw: st.DrawFn) -> CalendarVersion:
    """Half a year with a clock change, in any zone, with any week and some holidays."""
    first = date(2028, draw(st.sampled_from([1, 8])), 1)
    return make(
        first=first,
        last=first + timedelta(days=182),
        zone=draw(st.sampled_from(ZONES)),
        week=draw(weeks()),
        holidays=draw(st.sets(st.dates(first, first + timedelta(days=182)), max_size=12)),
    )


TERMS = st.builds(Term, amount=st.integers(1, 60), unit=st.sampled_from(UNITS))
RESUMES: st.SearchStrategy[OnResume] = st.sampled_from(["continue", "restart"])


@st.composite
def moments(draw: st.DrawFn, calendar: CalendarVersion) -> datetime:
    """Any instant of a calendar, often one at which something changes."""
    turns = [bound for interval in calendar.open for bound in interval] + [start for start, _ in calendar.offsets]
    seconds = draw(st.one_of(st.integers(calendar.valid_from, calendar.valid_until), st.sampled_from(turns)))
    moment = datetime.fromtimestamp(seconds, MADRID) + timedelta(microseconds=draw(st.sampled_from([-1, 0, 1, 2871])))
    first, last = (datetime.fromtimestamp(each, MADRID) for each in (calendar.valid_from, calendar.valid_until))
    return min(max(moment, first), last)


def _pauses(moments: Sequence[datetime]) -> list[Pause]:
    return [Pause(start=start, end=end) for start, end in zip(moments[::2], moments[1::2], strict=False)]


@given(st.data(), calendars(), TERMS)
def test_starting_later_never_ends_sooner(data: st.DataObject, calendar: CalendarVersion, term: Term) -> None:
    early, late = sorted([data.draw(moments(calendar)), data.draw(moments(calendar))])
    with suppress(OutsideCalendar):
        later = due_at(calendar, term, started_at=late)
        assert early < due_at(calendar, term, started_at=early) <= later


@given(st.data(), calendars(), TERMS)
def test_a_longer_term_ends_later(data: st.DataObject, calendar: CalendarVersion, term: Term) -> None:
    start = data.draw(moments(calendar))
    longer = Term(amount=term.amount + data.draw(st.integers(1, 20)), unit=term.unit)
    with suppress(OutsideCalendar):
        end = due_at(calendar, longer, started_at=start)
        assert due_at(calendar, term, started_at=start) < end


@given(st.data(), calendars(), TERMS, st.integers(1, 60))
def test_two_terms_in_a_row_are_one(data: st.DataObject, calendar: CalendarVersion, term: Term, more: int) -> None:
    start = data.draw(moments(calendar))
    with suppress(OutsideCalendar):
        whole = due_at(calendar, Term(amount=term.amount + more, unit=term.unit), started_at=start)
        first = due_at(calendar, term, started_at=start)
        assert due_at(calendar, Term(amount=more, unit=term.unit), started_at=first) == whole


@given(st.data(), calendars(), TERMS)
def test_time_used_adds_up(data: st.DataObject, calendar: CalendarVersion, term: Term) -> None:
    start, middle, end = sorted(data.draw(moments(calendar)) for _ in range(3))
    whole = spent(calendar, term, started_at=start, at=end)
    parts = spent(calendar, term, started_at=start, at=middle), spent(calendar, term, started_at=middle, at=end)
    assert sum(parts, timedelta()) == whole
    assert remaining(calendar, term, started_at=start, at=end) == term.length - whole


@given(st.data(), calendars(), TERMS, RESUMES)
def test_a_term_ends_where_it_is_used_up_and_no_sooner(
    data: st.DataObject, calendar: CalendarVersion, term: Term, on_resume: OnResume
) -> None:
    start, *rest = sorted(data.draw(moments(calendar)) for _ in range(data.draw(st.sampled_from([1, 3, 5, 7]))))
    pauses = _pauses(rest)
    with suppress(OutsideCalendar):
        due = due_at(calendar, term, started_at=start, pauses=pauses, on_resume=on_resume)
        counted = [pause for pause in pauses if pause.start < due]

        def used(at: datetime) -> timedelta:
            return spent(calendar, term, started_at=start, at=at, pauses=counted, on_resume=on_resume)

        assert used(due) == term.length
        assert used(due + MICROSECOND) >= term.length
        if not term.in_days:
            assert used(due - MICROSECOND) < term.length


@given(st.data(), calendars(), TERMS, RESUMES)
def test_a_pause_never_brings_the_end_forward(
    data: st.DataObject, calendar: CalendarVersion, term: Term, on_resume: OnResume
) -> None:
    start, *rest = sorted(data.draw(moments(calendar)) for _ in range(5))
    pauses = _pauses(rest)
    with suppress(OutsideCalendar):
        ends = [
            due_at(calendar, term, started_at=start, pauses=pauses[:number], on_resume=on_resume) for number in range(3)
        ]
        assert ends == sorted(ends)


@given(st.data(), calendars(), st.integers(1, 60))
def test_business_hours_end_within_an_interval(data: st.DataObject, calendar: CalendarVersion, amount: int) -> None:
    with suppress(OutsideCalendar):
        end = due_at(calendar, Term(amount=amount, unit="business_hours"), started_at=data.draw(moments(calendar)))
        assert any(start < end.timestamp() <= stop for start, stop in calendar.open)


@given(st.data(), calendars(), st.integers(1, 60))
def test_business_days_end_with_a_business_day(data: st.DataObject, calendar: CalendarVersion, amount: int) -> None:
    with suppress(OutsideCalendar):
        start = data.draw(moments(calendar))
        end = calendar.local(due_at(calendar, Term(amount=amount, unit="business_days"), started_at=start))
        assert end.date() in calendar.business_days
        assert calendar.local(end + MICROSECOND).date() > end.date() > calendar.local(start).date()


@given(calendars())
def test_a_version_is_read_back_as_it_was_written(calendar: CalendarVersion) -> None:
    assert CalendarVersion.parse(calendar.canonical()) == calendar


def _open_by_the_clock(minute: int, week: Mapping[int, Sequence[tuple[int, int]]], first: date, zone: ZoneInfo) -> bool:
    """Whether a shift of the week is open at an instant: by its hours on a clock, of that day or the day before."""
    day = datetime.fromtimestamp(minute, zone).date()
    for opened in (day, day - timedelta(days=1)):
        midnight = datetime.combine(opened, datetime.min.time())
        for begin, end in week[opened.weekday()] if opened >= first else ():
            bounds = (midnight + timedelta(minutes=one) for one in (begin, end))
            start, stop = (one.replace(tzinfo=zone).timestamp() for one in bounds)
            if start <= minute < stop:
                return True
    return False


def test_a_shift_that_begins_after_midnight_takes_nothing_from_the_next_days_first() -> None:
    week = {0: ((540, 1020),), 3: ((1441, 1442),), 4: ((0, 1),)}
    calendar = make(first=date(2027, 3, 22), last=date(2027, 4, 11), week=week)
    end = due_at(calendar, Term(amount=9, unit="business_hours"), started_at=at("2027-03-22 00:00:00"))
    assert end == at("2027-03-29 09:58:00")


@given(st.data(), st.sampled_from([MADRID, CANARY]))
def test_a_minute_walk_counts_the_same(data: st.DataObject, zone: ZoneInfo) -> None:
    """The slow way, by the week and the zone itself and not by the version, over a fortnight with a clock change."""
    first = data.draw(st.sampled_from([date(2027, 3, 22), date(2027, 10, 25), date(2028, 2, 21)]))
    week = data.draw(weeks())
    calendar = make(first=first, last=first + timedelta(days=20), zone=zone, week=week)
    begin = datetime.combine(first, datetime.min.time(), zone) + timedelta(minutes=data.draw(st.integers(0, 2880)))
    start = datetime.fromtimestamp(begin.timestamp(), zone)
    amount = data.draw(st.integers(1, 30))
    minute, open_minutes = int(start.timestamp()), 0
    while open_minutes < amount * 60 and minute < calendar.valid_until:
        open_minutes += _open_by_the_clock(minute, week, first, zone)
        minute += 60
    with suppress(OutsideCalendar):
        end = due_at(calendar, Term(amount=amount, unit="business_hours"), started_at=start)
        assert end.timestamp() == minute


@pytest.mark.parametrize("zone", [MADRID, CANARY])
@pytest.mark.parametrize(("day", "elapsed"), [("2027-03-27", 15), ("2027-10-30", 17)])
def test_a_night_with_a_clock_change_is_an_hour_shorter_or_longer(zone: ZoneInfo, day: str, elapsed: int) -> None:
    calendar = plain(zone)
    start = at(f"{day} 18:00:00", zone)
    naturally = due_at(calendar, Term(amount=elapsed, unit="natural_hours"), started_at=start)
    assert naturally.astimezone(zone).hour == 10
    assert (naturally - start).total_seconds() == elapsed * 3600


@pytest.mark.parametrize("zone", [MADRID, CANARY])
@pytest.mark.parametrize(("friday", "monday"), [("2027-03-26", "2027-03-29"), ("2027-10-29", "2027-11-01")])
def test_business_hours_go_on_by_the_clock_after_it_has_changed(zone: ZoneInfo, friday: str, monday: str) -> None:
    term = Term(amount=2, unit="business_hours")
    assert due_at(plain(zone), term, started_at=at(f"{friday} 18:00:00", zone)) == at(f"{monday} 10:00:00", zone)


@pytest.mark.parametrize(
    ("hours", "start", "end"),
    [
        (2, "2027-03-28 01:30:00", "2027-03-28 04:30:00"),
        (2, "2027-10-31 01:30:00", "2027-10-31 02:30:00*"),
        (4, "2027-10-31 01:30:00", "2027-10-31 04:30:00"),
    ],
)
def test_a_shift_with_the_clock_change_in_it_has_its_real_length(hours: int, start: str, end: str) -> None:
    night = make(first=date(2027, 1, 1), last=date(2027, 12, 31), week={day: ((0, 1440),) for day in range(7)})
    assert due_at(night, Term(amount=hours, unit="business_hours"), started_at=at(start)) == at(end)


def test_days_leave_out_the_first_and_end_with_the_last_second_of_the_last() -> None:
    """Código Civil, article 5."""
    start = at("2027-01-04 09:00:00")
    end = due_at(plain(), Term(amount=3, unit="natural_days"), started_at=start)
    assert end == at("2027-01-07 23:59:59.999999")
    assert due_at(plain(), Term(amount=5, unit="business_days"), started_at=start) == at("2027-01-11 23:59:59.999999")
    assert due_at(plain(), Term(amount=1, unit="business_days"), started_at=at("2027-01-09 12:00:00")) == at(
        "2027-01-11 23:59:59.999999"
    )


def test_a_term_in_days_counts_the_days_of_the_calendar_and_not_24_hours_each() -> None:
    calendar = make(holidays={date(2026, 11, 9)})
    end = due_at(calendar, Term(amount=2, unit="business_days"), started_at=at("2026-11-06 18:59:00"))
    assert end == at("2026-11-11 23:59:59.999999")


def test_hours_are_those_of_the_calendars_zone_in_winter_and_in_summer() -> None:
    term = Term(amount=1, unit="business_hours")
    assert due_at(make(), term, started_at=at("2026-07-06 08:00:00")) == at("2026-07-06 10:00:00")
    assert due_at(make(), term, started_at=at("2026-12-07 08:00:00")) == at("2026-12-07 10:00:00")


@pytest.mark.parametrize(
    ("start", "end"), [("2028-02-28 12:00:00", "2028-02-29"), ("2028-02-29 12:00:00", "2028-03-01")]
)
def test_leap_day(start: str, end: str) -> None:
    one_day = Term(amount=1, unit="natural_days")
    assert due_at(plain(), one_day, started_at=at(start)) == at(f"{end} 23:59:59.999999")
    one_day_of_hours = due_at(plain(), Term(amount=24, unit="natural_hours"), started_at=at(start))
    assert one_day_of_hours == at(f"{end} 12:00:00")


def test_a_day_that_begins_at_midnight_is_the_next_one() -> None:
    term = Term(amount=1, unit="natural_days")
    assert due_at(plain(), term, started_at=at("2027-01-04 23:59:59.999999")) == at("2027-01-05 23:59:59.999999")
    assert due_at(plain(), term, started_at=at("2027-01-05 00:00:00")) == at("2027-01-06 23:59:59.999999")


def test_a_shift_over_midnight_belongs_to_both_days_and_is_counted_once() -> None:
    nights = make(first=date(2027, 1, 1), last=date(2027, 12, 31), week={4: ((22 * 60, 30 * 60),), 0: ((540, 1020),)})
    term = Term(amount=9, unit="business_hours")
    assert due_at(nights, term, started_at=at("2027-01-08 20:00:00")) == at("2027-01-11 10:00:00")
    assert due_at(nights, term, started_at=at("2027-01-09 05:00:00")) == at("2027-01-11 17:00:00")
    used = spent(nights, term, started_at=at("2027-01-08 23:00:00"), at=at("2027-01-09 02:00:00"))
    assert used == timedelta(hours=3)


def test_seasons_have_hours_of_their_own() -> None:
    summer = {(date(2027, 7, 1), date(2027, 8, 31)): {day: ((480, 900),) for day in range(5)}}
    calendar = make(first=date(2027, 1, 1), last=date(2027, 12, 31), seasons=summer)
    term = Term(amount=8, unit="business_hours")
    assert due_at(calendar, term, started_at=at("2027-06-30 16:00:00")) == at("2027-07-01 13:00:00")
    assert due_at(calendar, term, started_at=at("2027-08-31 14:00:00")) == at("2027-09-01 18:00:00")


def test_days_without_opening_are_passed_over() -> None:
    """No shift, and a holiday: both are days of no length for business hours."""
    calendar = make(holidays={date(2026, 11, 9)})
    term = Term(amount=1, unit="business_hours")
    assert due_at(calendar, term, started_at=at("2026-11-06 19:00:00")) == at("2026-11-10 10:00:00")
    used = spent(calendar, term, started_at=at("2026-11-09 08:00:00"), at=at("2026-11-09 20:00:00"))
    assert used == timedelta()


def test_several_pauses_within_one_day_take_that_day_out_once() -> None:
    term = Term(amount=3, unit="business_days")
    start = at("2027-01-04 09:00:00")
    pauses = [
        Pause(start=at(f"2027-01-06 {hour}:00:00"), end=at(f"2027-01-06 {hour}:30:00")) for hour in ("10", "12", "17")
    ]
    assert due_at(plain(), term, started_at=start, pauses=pauses) == at("2027-01-08 23:59:59.999999")
    assert spent(plain(), term, started_at=start, at=at("2027-01-08 12:00:00"), pauses=pauses) == timedelta(days=3)


def test_a_pause_that_restarts_gives_the_whole_term_again() -> None:
    """Ley 10/2025, article 13.3."""
    pause = Pause(start=at("2027-01-13 10:00:00"), end=at("2027-01-20 10:00:00"))
    term = Term(amount=15, unit="business_days")
    end = due_at(plain(), term, started_at=at("2027-01-04 09:00:00"), pauses=[pause], on_resume="restart")
    assert end == due_at(plain(), term, started_at=pause.end) == at("2027-02-10 23:59:59.999999")


def test_a_pause_after_the_end_moves_nothing() -> None:
    term = Term(amount=1, unit="business_hours")
    late = [Pause(start=at("2027-01-05 09:00:00"), end=at("2027-01-20 10:00:00"))]
    for on_resume in ("continue", "restart"):
        end = due_at(plain(), term, started_at=at("2027-01-04 09:00:00"), pauses=late, on_resume=on_resume)
        assert end == at("2027-01-04 10:00:00")


@pytest.mark.parametrize("on_resume", ["continue", "restart"])
def test_a_pause_at_the_very_end_moves_nothing_and_a_microsecond_before_it_does(on_resume: OnResume) -> None:
    term, start, due = Term(amount=1, unit="business_hours"), at("2027-01-04 09:00:00"), at("2027-01-04 10:00:00")
    end = at("2027-01-20 10:00:00")
    for begin, moved in ((due, False), (due - MICROSECOND, True)):
        pauses = [Pause(start=begin, end=end)]
        found = due_at(plain(), term, started_at=start, pauses=pauses, on_resume=on_resume)
        assert (found != due) == moved


@pytest.mark.parametrize(
    ("until", "due"),
    [("2027-01-06 00:00:00", "2027-01-07"), ("2027-01-06 00:00:00.000001", "2027-01-08")],
)
def test_a_pause_that_ends_at_midnight_takes_out_no_part_of_the_next_day(until: str, due: str) -> None:
    pauses = [Pause(start=at("2027-01-05 12:00:00"), end=at(until))]
    term = Term(amount=2, unit="business_days")
    found = due_at(plain(), term, started_at=at("2027-01-04 09:00:00"), pauses=pauses)
    assert found == at(f"{due} 23:59:59.999999")


def test_what_the_calendar_does_not_cover_is_an_error_that_says_until_when_it_does() -> None:
    for unit in UNITS:
        with pytest.raises(OutsideCalendar, match="2026-12-31T23:00:00"):
            due_at(make(), Term(amount=10_000, unit=unit), started_at=at("2026-11-05 10:20:14"))
        with pytest.raises(OutsideCalendar, match="2026-12-31T23:00:00"):
            due_at(make(), Term(amount=1, unit=unit), started_at=at("2027-01-05 10:20:14"))
