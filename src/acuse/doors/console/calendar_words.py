"""A calendar in words and drawings: hours, weeks, the year, what another version would change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from acuse.calendars.differences import Difference
from acuse.calendars.rules import DAY, Definition, MonthDay, Season, Week
from acuse.calendars.timetable import Day, Timetable
from acuse.dates import LONG_MONTHS, MONTHS
from acuse.doors.ui import figures
from acuse.doors.ui.opening_hours import hours, on_day, weekday

_ONE_DAY = timedelta(days=1)
_LISTED = 4
_TONES = 3
_LEAP_YEAR_STARTS = date(2024, 1, 1)


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A piece of a line that is drawn, in units of that line."""

    x: int
    width: int


@dataclass(frozen=True, kw_only=True)
class WeekDay:
    """A day of the week that is shown.

    Attributes:
        name: of the weekday and the date. hours: in words. reason: why it is closed, or whose hours they are.
        bars: open minutes since midnight, with what began the evening before.
        now: the minute, on the day that it is.
    """

    name: str
    hours: str
    reason: str
    bars: tuple[Bar, ...]
    now: int | None
    business: bool


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A day of the year that is shown; `kind` is its style and `title` says what that means."""

    number: int
    kind: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Month:
    """A month: its name, its weeks of seven cells, None outside of it."""

    name: str
    weeks: tuple[tuple[Cell | None, ...], ...]


@dataclass(frozen=True, kw_only=True)
class SeasonView:
    """A season: its dates and hours in words, its tone in drawings, and its bars in days of a leap year."""

    name: str
    tone: int
    dates: str
    lines: tuple[tuple[str, str], ...]
    bars: tuple[Bar, ...]


@dataclass(frozen=True, kw_only=True)
class Change:
    """Days that would change alike: which, and what before and after."""

    days: str
    count: int
    before: str
    after: str


def week_lines(week: Week) -> tuple[tuple[str, str], ...]:
    """A week in words: days that are alike together, and their hours."""
    lines: list[tuple[int, int]] = []
    for number in range(7):
        if lines and week[number] == week[lines[-1][0]]:
            lines[-1] = (lines[-1][0], number)
        else:
            lines.append((number, number))
    return tuple((_days(first, last), hours(week[first])) for first, last in lines)


def _days(first: int, last: int) -> str:
    if first == last:
        return weekday(first).capitalize()
    if (first, last) == (0, 6):
        return _("Every day")
    if last == first + 1:
        return _("%(first)s and %(last)s") % {"first": weekday(first).capitalize(), "last": weekday(last)}
    return _("%(first)s to %(last)s") % {"first": weekday(first).capitalize(), "last": weekday(last)}


def week_view(timetable: Timetable, now: datetime) -> list[WeekDay]:
    """Today and the six days that follow: a version says nothing of those before it.

    Args:
        timetable: it covers them and the day before.
        now: by the calendar's own clock.
    """
    shown = []
    for day in (timetable.day(now.date() + number * _ONE_DAY) for number in range(7)):
        before = timetable.day(day.date - _ONE_DAY)
        spans = [(0, shift.end - DAY) for shift in before.shifts if shift.end > DAY]
        spans += [(shift.start, min(shift.end, DAY)) for shift in day.shifts]
        shown.append(
            WeekDay(
                name=f"{weekday(day.date.weekday()).capitalize()} {figures.day_and_month(day.date)}",
                hours=hours(day.shifts),
                reason=_reason(day),
                bars=tuple(Bar(x=start, width=end - start) for start, end in spans),
                now=now.hour * 60 + now.minute if day.date == now.date() else None,
                business=day.business,
            )
        )
    return shown


def _reason(day: Day) -> str:
    parts = (day.holiday, day.season.name if day.season else "")
    return " · ".join(part for part in parts if part)


def year_view(timetable: Timetable, definition: Definition, year: int) -> list[Month]:
    """The months of a year."""
    return [
        Month(name=LONG_MONTHS[figures.language()][month - 1], weeks=_weeks(timetable, definition, year, month))
        for month in range(1, 13)
    ]


def _weeks(timetable: Timetable, definition: Definition, year: int, month: int) -> tuple[tuple[Cell | None, ...], ...]:
    first = date(year, month, 1)
    cells: list[Cell | None] = [None] * first.weekday()
    day = first
    while day.month == month:
        cells.append(_cell(timetable.day(day), definition))
        day += _ONE_DAY
    cells += [None] * (-len(cells) % 7)
    return tuple(tuple(cells[at : at + 7]) for at in range(0, len(cells), 7))


def _cell(day: Day, definition: Definition) -> Cell:
    if day.holiday:
        kind = "holiday"
    elif not day.shifts:
        kind = "closed"
    else:
        kind = f"season-{definition.seasons.index(day.season) % _TONES}" if day.season else "open"
    said = [on_day(day.date), hours(day.shifts), _reason(day)]
    return Cell(number=day.date.day, kind=kind, title=": ".join(part for part in said if part))


def short_day(day: date) -> str:
    """ "lun 23 nov"."""
    return f"{weekday(day.weekday(), long=False)} {figures.day_and_month(day)}"


def holidays_of_year(timetable: Timetable, year: int) -> list[tuple[str, str]]:
    """The holidays of a year: the day, and why."""
    return [(short_day(day), name) for day, name in timetable.holidays() if day.year == year]


def season_views(definition: Definition) -> list[SeasonView]:
    """The seasons as they lie in the year."""
    return [
        SeasonView(
            name=one.name,
            tone=number % _TONES,
            dates=_("%(first)s to %(last)s") % {"first": month_day(one.begins), "last": month_day(one.ends)},
            lines=week_lines(one.week),
            bars=_bars(one),
        )
        for number, one in enumerate(definition.seasons)
    ]


def month_day(day: MonthDay) -> str:
    """ "2 may"."""
    return f"{day[1]}{figures.NO_BREAK}{MONTHS[figures.language()][day[0] - 1]}"


def month_ticks() -> list[tuple[int, str]]:
    """Where each month begins, in days of a leap year, and its short name."""
    return [(_at((month, 1)), MONTHS[figures.language()][month - 1]) for month in range(1, 13)]


def day_of_year(day: date) -> int:
    """A day as a number of the days of a leap year, from 0."""
    return _at((day.month, day.day))


def _at(day: MonthDay) -> int:
    return (_LEAP_YEAR_STARTS.replace(month=day[0], day=day[1]) - _LEAP_YEAR_STARTS).days


def _bars(season: Season) -> tuple[Bar, ...]:
    begins, ends = _at(season.begins), _at(season.ends) + 1
    if begins < ends:
        return (Bar(x=begins, width=ends - begins),)
    return Bar(x=0, width=ends), Bar(x=begins, width=366 - begins)


def business_words(definition: Definition) -> str:
    """Which weekdays count as business days, in words."""
    chosen = sorted(number - 1 for number in definition.business_weekdays)
    if chosen == list(range(chosen[0], chosen[-1] + 1)) and len(chosen) > 1:
        return _days(chosen[0], chosen[-1])
    return ", ".join(weekday(number) for number in chosen).capitalize()


def changes(found: Sequence[Difference]) -> list[Change]:
    """What another version would change, in words."""
    return [
        Change(days=_which(one.dates), count=len(one.dates), before=_told(one.before), after=_told(one.after))
        for one in found
    ]


def _which(days: Sequence[date]) -> str:
    """Which days they are: each of a few, else how many and from when to when."""
    if len(days) <= _LISTED:
        return ", ".join(f"{weekday(day.weekday(), long=False)} {figures.days(day, day)}" for day in days)
    kinds = {day.weekday() for day in days}
    counted = ngettext("%(count)s day", "%(count)s days", len(days)) % {"count": figures.number(len(days))}
    named = ", ".join(weekday(number, long=False) for number in sorted(kinds))
    return f"{counted} ({named}), {figures.days(days[0], days[-1])}"


def _told(day: Day) -> str:
    parts = [hours(day.shifts), day.holiday, _("business day") if day.business else _("not a business day")]
    return " · ".join(part for part in parts if part)
