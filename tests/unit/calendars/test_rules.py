"""What people write: hours typed, definitions kept and read back, regions, differences, open or closed."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from acuse.calendars.differences import differences
from acuse.calendars.hours import read_hours, write_hours
from acuse.calendars.opening import State, state_at
from acuse.calendars.presets import PRESETS
from acuse.calendars.regions import REGIONS, carried_on, holidays_of, with_region
from acuse.calendars.rules import ClosedDay, Definition, Shift, check_definition, read_month_day, read_shift
from acuse.calendars.timetable import Timetable
from acuse.errors import InputError, OutsideCalendar
from tests.unit.calendars.making import every_day, version

OFFICE = PRESETS["office"]


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("", ""),
        ("9-14", "09:00-14:00"),
        ("09:00-14:00, 16:00-19:00", "09:00-14:00, 16:00-19:00"),
        ("9.30 – 14 y 16:00—19h", "09:30-14:00, 16:00-19:00"),
        ("8:00-15:00;17-20", "08:00-15:00, 17:00-20:00"),
        ("22-6", "22:00-06:00"),
        ("0-24", "00:00-24:00"),
        ("20:00-24:00", "20:00-24:00"),
        ("9-14 16-19", "09:00-14:00, 16:00-19:00"),
    ],
)
def test_hours_are_read_as_people_type_them(typed: str, written: str) -> None:
    shifts = read_hours(typed)
    assert write_hours(shifts) == written
    assert read_hours(written) == shifts


@pytest.mark.parametrize(
    "typed",
    [
        "9",
        "9-",
        "9-25",
        "24-9",
        "9-9",
        "9:60-10",
        "-9-10",
        "16-19, 9-14",
        "9-14, 13-15",
        "cerrado",
        "9-14 x",
        "1-2 " * 9,
    ],
)
def test_hours_that_make_no_sense_are_refused(typed: str) -> None:
    with pytest.raises(InputError):
        read_hours(typed)


def test_a_shift_that_ends_before_it_begins_ends_the_next_day() -> None:
    assert read_shift("22:00", "06:00") == Shift(22 * 60, 30 * 60)
    assert read_shift("22:00", "24:00") == Shift(22 * 60, 24 * 60)
    assert read_shift("22:00", "00:00") == Shift(22 * 60, 24 * 60)
    assert read_shift("22:00", "06:00").written == ("22:00", "06:00")


@pytest.mark.parametrize("day", ["02-30", "13-01", "2-1", "00-10", "x", ""])
def test_days_that_no_year_has_are_refused(day: str) -> None:
    with pytest.raises(InputError):
        read_month_day(day)


@pytest.mark.parametrize("preset", PRESETS)
def test_the_definition_is_kept_and_read_back(preset: str) -> None:
    definition = with_region(PRESETS[preset], "ES-CN", 2025, 2029)
    assert Definition.from_members(definition.members()) == check_definition(definition) == definition


def test_no_other_form_of_a_definition_is_read() -> None:
    good = with_region(PRESETS["seasons"], "ES", 2026, 2026).members()
    chance = random.Random(5)
    for _ in range(600):
        members = _changed(good, chance)
        if members == good and _types(members) == _types(good):
            continue
        try:
            read = Definition.from_members(members)
        except InputError:
            continue
        assert read.members() == members
        assert _types(read.members()) == _types(members)


def _changed(value: Any, chance: random.Random) -> Any:
    """A copy with one member, somewhere, of another kind or gone."""
    if isinstance(value, dict) and value:
        key = chance.choice(list(value))
        if chance.random() < 0.2:
            return {name: member for name, member in value.items() if name != key}
        return {**value, key: _changed(value[key], chance)}
    if isinstance(value, list) and value and chance.random() < 0.8:
        at = chance.randrange(len(value))
        return [*value[:at], _changed(value[at], chance), *value[at + 1 :]]
    return chance.choice([None, True, 1, "x", "09:00", "2026-02-30", [], {}, [[]], -1, 1.5])


def _types(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _types(member) for name, member in value.items()}
    return [_types(one) for one in value] if isinstance(value, list) else type(value)


def test_every_region_of_spain_has_holidays_and_their_names() -> None:
    assert len(REGIONS) == 21
    for code in REGIONS:
        found = holidays_of(code, [2026])
        assert len(found) >= 8, code
        assert all(one.name.strip() and one.date.year == 2026 for one in found)
    assert ClosedDay(date=date(2026, 5, 30), name="Día de Canarias") in holidays_of("ES-CN", [2026])
    with pytest.raises(InputError, match="no region"):
        holidays_of("ES-XX", [2026])


def test_a_region_takes_the_place_of_another_and_leaves_local_days() -> None:
    fair = ClosedDay(date=date(2026, 5, 15), name="San Isidro")
    madrid = with_region(replace(OFFICE, local=(fair,)), "ES-MD", 2026, 2026)
    canary = with_region(madrid, "ES-CN", 2026, 2026)
    assert not {one.name for one in canary.holidays} & {"Fiesta de la Comunidad de Madrid"}
    assert canary.local == (fair,)
    assert with_region(canary, "", 2026, 2026) == replace(OFFICE, local=(fair,))


def test_carrying_on_asks_for_new_years_alone() -> None:
    assert carried_on(OFFICE, 2027, 2031) == OFFICE
    chosen = replace(with_region(OFFICE, "ES", 2025, 2029), holidays=())
    years = {one.date.year for one in carried_on(chosen, 2026, 2030).holidays}
    assert years == {2030}


def test_of_two_entries_for_a_day_the_later_is_kept() -> None:
    twice = tuple(ClosedDay(date=date(2026, 5, 15), name=name) for name in ("San Isidro", "Feria"))
    assert check_definition(replace(OFFICE, local=twice)).local == twice[1:]


def test_days_that_change_alike_are_told_together() -> None:
    first, last = date(2026, 11, 23), date(2026, 12, 31)
    changed = replace(
        OFFICE,
        week=(*OFFICE.week[:4], (), *OFFICE.week[5:]),
        local=(ClosedDay(date=date(2026, 12, 8), name="Inmaculada"),),
    )
    fridays, holiday = differences(Timetable(OFFICE, first, last), Timetable(changed, first, last), first, last)
    assert [day.isoformat() for day in fridays.dates][:2] == ["2026-11-27", "2026-12-04"]
    assert (len(fridays.dates), write_hours(fridays.before.shifts), fridays.after.shifts) == (5, "09:00-18:00", ())
    assert (holiday.dates, holiday.after.holiday) == ((date(2026, 12, 8),), "Inmaculada")
    same = Timetable(OFFICE, first, last)
    assert differences(same, same, first, last) == []


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        # Monday 23 November 2026, nine to six in Madrid.
        ("2026-11-23T07:59:59", (False, None, "2026-11-23T08:00:00")),
        ("2026-11-23T08:00:00", (True, "2026-11-23T17:00:00", None)),
        ("2026-11-23T16:59:59", (True, "2026-11-23T17:00:00", None)),
        ("2026-11-23T17:00:00", (False, None, "2026-11-24T08:00:00")),
        ("2026-11-27T20:00:00", (False, None, "2026-11-30T08:00:00")),
    ],
)
def test_it_is_open_from_its_beginning_until_before_its_end(moment: str, expected: tuple[object, ...]) -> None:
    state = state_at(version(OFFICE), datetime.fromisoformat(moment).replace(tzinfo=UTC))
    told = [one and one.isoformat()[:19] for one in (state.until, state.opens_at)]
    assert (state.open, *told) == expected


def test_what_never_closes_is_open_without_an_end_and_nothing_is_said_of_later() -> None:
    always = version(PRESETS["always"])
    assert state_at(always, datetime(2026, 1, 1, tzinfo=UTC)) == State(open=True, until=None, opens_at=None)
    with pytest.raises(OutsideCalendar):
        state_at(always, datetime(2031, 1, 1, tzinfo=UTC))
    last = version(Definition(week=every_day("09:00-10:00")))
    closed = state_at(last, datetime(2029, 12, 31, 20, tzinfo=UTC))
    assert closed == State(open=False, until=None, opens_at=None)
