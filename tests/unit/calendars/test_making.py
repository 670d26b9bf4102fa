"""A definition worked out into instants: shifts, seasons, holidays, clocks that change."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acuse.calendars import zones
from acuse.calendars.making import horizon
from acuse.calendars.opening import state_at
from acuse.calendars.presets import PRESETS
from acuse.calendars.rules import ClosedDay, Definition, Season, Shift, Week
from acuse.calendars.timetable import Timetable
from acuse.calendars.zones import names
from acuse.errors import InputError
from acuse.proof.business_time import CalendarVersion
from tests.unit.calendars.making import CLOSED, at, every_day, spans, version, week

HOUR = 3600
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


def opened(made: CalendarVersion, begin: int, end: int) -> int:
    """Open seconds between two instants."""
    return sum(max(0, min(end, last) - max(begin, first)) for first, last in made.open)


def test_a_version_reaches_from_last_january_to_three_decembers_on() -> None:
    assert horizon(2026) == (date(2025, 1, 1), date(2029, 12, 31))
    made = version(PRESETS["office"])
    assert made.valid_from == at(date(2025, 1, 1), "00:00")
    assert made.valid_until == at(date(2030, 1, 1), "00:00")
    assert made.business_days[0] == date(2025, 1, 1)
    assert made.tzdata.startswith("20")


def test_its_canonical_form_is_read_back_as_the_same() -> None:
    made = version(PRESETS["seasons"])
    assert CalendarVersion.parse(made.canonical()) == made
    assert Definition.from_members(dict(made.definition)) == PRESETS["seasons"]


@pytest.mark.parametrize("zone", ["Europe/Madrid", "Atlantic/Canary"])
@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25), (date(2026, 7, 1), 24)])
def test_a_day_that_is_always_open_is_as_long_as_its_day(zone: str, day: date, hours: int) -> None:
    made = version(PRESETS["always"], zone=zone)
    begin, end = at(day, "00:00", zone), at(day + timedelta(days=1), "00:00", zone)
    assert opened(made, begin, end) == hours * HOUR
    # Open without a break is one interval, also across midnights and the changes of the clock.
    assert made.open == ((made.valid_from, made.valid_until),)


def test_the_canaries_open_an_hour_after_the_mainland() -> None:
    mainland, canary = (version(PRESETS["office"], zone=zone) for zone in ("Europe/Madrid", "Atlantic/Canary"))
    assert {later[0] - earlier[0] for earlier, later in zip(mainland.open, canary.open, strict=True)} == {HOUR}


def test_a_shift_that_begins_in_the_skipped_hour_begins_when_it_is_over() -> None:
    made = version(Definition(week=every_day("02:30-06:00")))
    assert spans(made, "2026-03-28", "2026-03-29") == [
        ("03-28 02:30+01", "03-28 06:00+01"),
        ("03-29 03:00+02", "03-29 06:00+02"),
    ]


def test_a_shift_within_the_skipped_hour_is_not() -> None:
    made = version(Definition(week=every_day("02:10-02:50")))
    assert spans(made, "2026-03-29", "2026-03-29") == []
    assert len(spans(made, "2026-03-30", "2026-03-30")) == 1


def test_a_shift_that_ends_in_the_hour_shown_twice_ends_the_first_time() -> None:
    made = version(Definition(week=every_day("22:00-02:30")))
    assert spans(made, "2026-10-24", "2026-10-24") == [("10-24 22:00+02", "10-25 02:30+02")]


def test_a_shift_that_begins_in_the_hour_shown_twice_begins_the_first_time() -> None:
    made = version(Definition(week=every_day("02:30-04:00")))
    assert spans(made, "2026-10-25", "2026-10-25") == [("10-25 02:30+02", "10-25 04:00+01")]
    assert opened(made, at(AUTUMN, "00:00"), at(AUTUMN, "12:00")) == 2.5 * HOUR


def test_a_night_shift_is_an_hour_shorter_in_spring_and_longer_in_autumn() -> None:
    made = version(Definition(week=every_day("22:00-06:00")))
    lengths = {}
    for day in (SPRING - timedelta(days=1), AUTUMN - timedelta(days=1), date(2026, 7, 1)):
        start = at(day, "22:00")
        lengths[day.month] = next(end - begin for begin, end in made.open if begin == start)
    assert lengths == {3: 7 * HOUR, 10: 9 * HOUR, 7: 8 * HOUR}


def test_a_shift_over_midnight_belongs_to_the_day_on_which_it_begins() -> None:
    holiday = ClosedDay(date=date(2026, 12, 25), name="Navidad")
    made = version(Definition(week=every_day("22:00-06:00"), holidays=(holiday,)))
    assert spans(made, "2026-12-24", "2026-12-26") == [
        ("12-24 22:00+01", "12-25 06:00+01"),
        ("12-26 22:00+01", "12-27 06:00+01"),
    ]


def test_the_night_before_the_first_day_counts_from_midnight_on() -> None:
    made = version(Definition(week=every_day("22:00-06:00")))
    assert made.open[0] == (made.valid_from, made.valid_from + 6 * HOUR)
    assert made.open[-1][1] == made.valid_until


def test_shifts_that_touch_are_one() -> None:
    made = version(Definition(week=week("09:00-14:00 14:00-18:00")))
    assert spans(made, "2026-11-23", "2026-11-23") == [("11-23 09:00+01", "11-23 18:00+01")]


def test_midnight_is_an_end_and_joins_what_begins_there() -> None:
    made = version(Definition(week=week("20:00-24:00", "00:00-02:00")))
    assert spans(made, "2026-11-23", "2026-11-24") == [("11-23 20:00+01", "11-24 02:00+01")]


def test_a_season_holds_from_its_first_day_to_its_last() -> None:
    # The example that the calendars were asked for with: Thursday 30 April to Monday 4 May, and the ends of the rest.
    made = version(PRESETS["seasons"])

    def hours(day: str) -> list[tuple[str, str]]:
        return [(start[6:11], end[6:11]) for start, end in spans(made, day, day)]

    assert hours("2026-04-30") == [("08:00", "19:00")]
    assert hours("2026-05-01") == [("08:00", "19:00")]
    assert hours("2026-05-02") == [("09:00", "14:00")]
    assert hours("2026-05-04") == [("09:00", "21:00")]
    assert hours("2026-06-30") == [("09:00", "21:00")]
    assert hours("2026-07-01") == [("08:00", "19:00")]
    assert hours("2026-07-27") == [("08:00", "19:00")]
    assert hours("2026-07-28") == [("09:00", "15:00")]
    assert hours("2026-08-28") == [("09:00", "15:00")]
    assert hours("2026-08-29") == []
    assert hours("2026-08-31") == [("08:00", "19:00")]
    assert hours("2026-11-21") == []


def season(name: str, begins: tuple[int, int], ends: tuple[int, int], hours: str) -> Season:
    return Season(name=name, begins=begins, ends=ends, week=every_day(hours))


def test_a_season_over_new_year_holds_on_both_sides() -> None:
    winter = season("Navidad", (12, 20), (1, 7), "10:00-13:00")
    days = Timetable(Definition(week=CLOSED, seasons=(winter,)), date(2026, 1, 1), date(2026, 12, 31))
    assert [day.date.isoformat()[5:] for day in days.days() if day.shifts] == [
        *(f"01-0{number}" for number in range(1, 8)),
        *(f"12-{number}" for number in range(20, 32)),
    ]
    assert winter.length == 19


def test_the_shortest_season_wins_and_then_the_later() -> None:
    summer, august = season("Verano", (6, 1), (9, 30), "08:00-15:00"), season("Agosto", (8, 1), (8, 31), "09:00-13:00")
    again = season("Agosto, otra vez", (8, 1), (8, 31), "10:00-12:00")
    for seasons in ((summer, august), (august, summer)):
        days = Timetable(Definition(week=CLOSED, seasons=seasons), date(2026, 1, 1), date(2026, 12, 31))
        assert days.day(date(2026, 8, 10)).season == august
        assert days.day(date(2026, 7, 10)).season == summer
        assert days.day(date(2026, 5, 10)).season is None
    days = Timetable(Definition(week=CLOSED, seasons=(august, again)), date(2026, 1, 1), date(2026, 12, 31))
    assert days.day(date(2026, 8, 10)).season == again


def test_the_29th_of_february_is_a_day_of_leap_years_alone() -> None:
    end_of_winter = season("Febrero", (2, 20), (2, 29), "09:00-10:00")
    leap = ClosedDay(date=date(2024, 2, 29), name="Bisiesto", yearly=True)
    made = version(Definition(week=every_day("09:00-10:00"), seasons=(end_of_winter,), local=(leap,)))
    assert spans(made, "2028-02-28", "2028-03-01") == [
        ("02-28 09:00+01", "02-28 10:00+01"),
        ("03-01 09:00+01", "03-01 10:00+01"),
    ]
    assert len(spans(made, "2027-02-28", "2027-03-01")) == 2
    assert date(2028, 2, 29) not in made.business_days


def test_a_day_of_every_year_closes_each_and_no_earlier_one() -> None:
    fair = ClosedDay(date=date(2027, 5, 15), name="San Isidro", yearly=True)
    days = Timetable(Definition(week=every_day("09:00-10:00"), local=(fair,)), date(2025, 1, 1), date(2029, 12, 31))
    assert [day.isoformat() for day, _ in days.holidays()] == ["2027-05-15", "2028-05-15", "2029-05-15"]


def test_holidays_close_and_are_no_business_days_unless_it_is_open_on_them() -> None:
    holiday = ClosedDay(date=date(2026, 12, 8), name="Inmaculada")
    closing = version(Definition(week=every_day("09:00-10:00"), holidays=(holiday,)))
    opening = version(Definition(week=every_day("09:00-10:00"), holidays=(holiday,), open_on_holidays=True))
    assert spans(closing, "2026-12-08", "2026-12-08") == []
    assert len(spans(opening, "2026-12-08", "2026-12-08")) == 1
    assert holiday.date not in closing.business_days
    assert holiday.date not in opening.business_days


def test_business_days_are_apart_from_opening_hours() -> None:
    saturdays = version(Definition(week=PRESETS["office"].week, business_weekdays=frozenset({1, 2, 3, 4, 5, 6})))
    assert date(2026, 11, 28) in saturdays.business_days
    assert spans(saturdays, "2026-11-28", "2026-11-28") == []
    always = version(PRESETS["always"])
    assert date(2026, 11, 28) not in always.business_days


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        (Definition(week=CLOSED), "never be open"),
        (Definition(week=week("02:10-02:20"), seasons=(season("Todo", (1, 1), (12, 31), ""),)), "never be open"),
        (
            Definition(
                week=every_day("09:00-10:00"),
                business_weekdays=frozenset({1}),
                open_on_holidays=True,
                local=tuple(
                    ClosedDay(date=date(2025, 1, 1) + timedelta(days=n), name="x")
                    for n in range(5 * 366)
                    if (date(2025, 1, 1) + timedelta(days=n)).isoweekday() == 1
                ),
            ),
            "only holidays",
        ),
    ],
)
def test_what_is_never_open_or_has_no_business_day_is_refused(definition: Definition, said: str) -> None:
    with pytest.raises(InputError, match=said):
        version(definition)


def test_a_zone_that_nobody_knows_is_refused() -> None:
    with pytest.raises(InputError, match="no time zone"):
        version(PRESETS["office"], zone="../../etc/passwd")
    assert "Atlantic/Canary" in names()


@pytest.mark.parametrize(
    "zone", ["America/Havana", "America/Santiago", "Asia/Beirut", "Africa/Casablanca", "Pacific/Apia"]
)
def test_clocks_that_change_at_midnight_or_in_ramadan_leave_no_gap(zone: str) -> None:
    made = version(PRESETS["always"], zone=zone)
    assert made.open == ((made.valid_from, made.valid_until),)
    assert [offset for (_, offset), (_, after) in pairwise(made.offsets) if offset == after] == []


shifts_of_a_day = st.lists(st.integers(0, 24 * 12), min_size=0, max_size=6, unique=True).map(
    lambda ends: tuple(
        Shift(start * 5, end * 5) for start, end in zip(sorted(ends)[::2], sorted(ends)[1::2], strict=False)
    )
)
nights = st.tuples(st.integers(18 * 12, 24 * 12 - 1), st.integers(1, 9 * 12)).map(
    lambda ends: (Shift(ends[0] * 5, 24 * 60 + ends[1] * 5),)
)
weeks: st.SearchStrategy[Week] = st.lists(st.one_of(shifts_of_a_day, nights), min_size=7, max_size=7).map(tuple)
month_days = st.dates(date(2024, 1, 1), date(2024, 12, 31)).map(lambda day: (day.month, day.day))
seasons = st.builds(Season, name=st.just("s"), begins=month_days, ends=month_days, week=weeks)
holidays = st.builds(
    ClosedDay, date=st.dates(date(2025, 1, 1), date(2029, 12, 31)), name=st.just("h"), yearly=st.booleans()
)
definitions = st.builds(
    Definition,
    week=weeks,
    seasons=st.lists(seasons, max_size=3).map(tuple),
    local=st.lists(holidays, max_size=8).map(tuple),
    open_on_holidays=st.booleans(),
)


@settings(max_examples=20)
@given(definition=definitions, zone=st.sampled_from(["Europe/Madrid", "Atlantic/Canary", "Africa/Casablanca", "UTC"]))
def test_what_is_open_is_what_the_local_definition_says(definition: Definition, zone: str) -> None:
    try:
        made = version(definition, zone=zone)
    except InputError:  # nothing is ever open
        assert all(not day.shifts for day in Timetable(definition, *horizon(2026)).days())
        return
    bounds = [bound for span in made.open for bound in span]
    assert all(before < after for before, after in pairwise(bounds)), "ascending, disjoint, not touching"
    assert made.valid_from <= bounds[0] < bounds[-1] <= made.valid_until
    first, last = horizon(2026)
    days = Timetable(definition, first - timedelta(days=1), last)
    where = zones.zone(zone)
    # Every half hour around some changes of the clock and of two usual days, told by the clock on the wall.
    changes = [instant for instant, _ in made.offsets[1:6]]
    probes = [*changes, at(date(2026, 11, 21), "12:00", zone), at(date(2028, 2, 29), "12:00", zone)]
    for centre in probes:
        for moment in range(centre - 18 * HOUR, centre + 18 * HOUR, 1800):
            local = datetime.fromtimestamp(moment, where)
            # In the hour after clocks went back, what began before goes on; what ended has ended.
            twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
            is_open = state_at(made, datetime.fromtimestamp(moment, UTC)).open
            if not twice:
                assert _on_the_wall(days, local) == is_open, local


def _on_the_wall(days: Timetable, local: datetime) -> bool:
    minutes = local.hour * 60 + local.minute
    today, before = days.day(local.date()), days.day(local.date() - timedelta(days=1))
    here = any(shift.start <= minutes < shift.end for shift in today.shifts)
    return here or any(shift.start <= minutes + 24 * 60 < shift.end for shift in before.shifts)


def test_the_value_knows_the_days_of_the_definition() -> None:
    made = version(PRESETS["office"])
    monday = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    assert made.local(monday).isoformat() == "2026-11-23T09:00:00+01:00"
