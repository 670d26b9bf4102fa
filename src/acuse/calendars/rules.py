"""What people write of a calendar: its definition, read strictly and written in one form. Pure.

Hours are local. A shift belongs to the day on which it begins, also where it ends on the next: a holiday, a season or
a weekday says when one begins, and whatever began goes on to its end.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from acuse.errors import InputError

DAY = 24 * 60
MOST_SHIFTS, MOST_SEASONS, MOST_DAYS = 8, 12, 150
MOST_NAME = 120
WEEKDAYS = range(1, 8)
"""As ISO 8601 counts them: Monday is 1."""
LEAP_YEAR = 2024
_TIME = re.compile(r"([01]\d|2[0-4]):([0-5]\d)", re.ASCII)
_MONTH_DAY = re.compile(r"(\d\d)-(\d\d)", re.ASCII)


@dataclass(frozen=True, order=True)
class Shift:
    """Some open hours, in minutes since the local midnight of the day on which they begin.

    Attributes:
        start: from 0 to 1439.
        end: beyond `start`, by a day at most; beyond 1440 it lies on the next day.
    """

    start: int
    end: int

    @property
    def written(self) -> tuple[str, str]:
        """Both ends as people write them: ``("22:00", "06:00")``; midnight as an end is ``24:00``."""
        return _clock(self.start), _clock(self.end if self.end <= DAY else self.end - DAY)


Week = tuple[tuple[Shift, ...], ...]
"""The shifts of each weekday, Monday first; none where it is closed."""
MonthDay = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Season:
    """Other hours for a part of each year, both days included; over New Year where it ends before it begins."""

    name: str
    begins: MonthDay
    ends: MonthDay
    week: Week

    def holds(self, day: date) -> bool:
        """Tell whether a local day lies in it."""
        at = (day.month, day.day)
        if self.begins <= self.ends:
            return self.begins <= at <= self.ends
        return at >= self.begins or at <= self.ends

    @property
    def length(self) -> int:
        """Days that it takes in a leap year."""
        first, last = (date(LEAP_YEAR, *end).timetuple().tm_yday for end in (self.begins, self.ends))
        return last - first + 1 if first <= last else 366 - first + 1 + last


@dataclass(frozen=True, kw_only=True)
class ClosedDay:
    """A day that is a holiday, and why; `yearly`: on that day of every year from then on."""

    date: date
    name: str
    yearly: bool = False


@dataclass(frozen=True, kw_only=True)
class Region:
    """Whose holidays were brought in: its code, such as ES-MD, and the first and last year for which they were."""

    code: str
    first_year: int
    last_year: int


@dataclass(frozen=True, kw_only=True)
class Definition:
    """A calendar as people wrote it.

    Attributes:
        week: the hours outside any season.
        seasons: hours for parts of the year. The shortest that holds a day goes before the others, and of two as long
            as each other the later in the list.
        region: whose holidays `holidays` are, None where nobody's were brought in.
        holidays: of the region, as they were chosen.
        local: days added by hand or from a file.
        open_on_holidays: holidays close nothing; they are no business days all the same.
        business_weekdays: which of `WEEKDAYS` count as business days, apart from opening hours; holidays never do.
    """

    week: Week
    seasons: tuple[Season, ...] = ()
    region: Region | None = None
    holidays: tuple[ClosedDay, ...] = ()
    local: tuple[ClosedDay, ...] = ()
    open_on_holidays: bool = False
    business_weekdays: frozenset[int] = frozenset({1, 2, 3, 4, 5})

    def members(self) -> dict[str, Any]:
        """Return the JSON members in which a version keeps it."""
        region = self.region
        return {
            "week": _week_members(self.week),
            "seasons": [
                {
                    "name": one.name,
                    "from": "{:02d}-{:02d}".format(*one.begins),
                    "until": "{:02d}-{:02d}".format(*one.ends),
                    "week": _week_members(one.week),
                }
                for one in self.seasons
            ],
            "region": None if region is None else {"code": region.code, "years": [region.first_year, region.last_year]},
            "holidays": [{"date": one.date.isoformat(), "name": one.name} for one in self.holidays],
            "local": [{"date": one.date.isoformat(), "name": one.name, "yearly": one.yearly} for one in self.local],
            "open_on_holidays": self.open_on_holidays,
            "business_weekdays": sorted(self.business_weekdays),
        }

    @classmethod
    def from_members(cls, members: Any) -> "Definition":
        """Read the members back, refusing every other form; what it says is checked by `check_definition`.

        Raises:
            InputError: they are no definition.
        """
        try:
            definition = _definition(members)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise InputError("This is not a calendar as it is kept here.") from error
        if definition.members() != members:
            raise InputError("This is not a calendar as it is kept here.")
        return definition


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _week_members(week: Week) -> list[list[list[str]]]:
    return [[list(shift.written) for shift in day] for day in week]


def _definition(members: Any) -> Definition:
    region = members["region"]
    return Definition(
        week=_week(members["week"]),
        seasons=tuple(
            Season(
                name=_text(one["name"]),
                begins=read_month_day(one["from"]),
                ends=read_month_day(one["until"]),
                week=_week(one["week"]),
            )
            for one in members["seasons"]
        ),
        region=None
        if region is None
        else Region(
            code=_text(region["code"]), first_year=_integer(region["years"][0]), last_year=_integer(region["years"][1])
        ),
        holidays=tuple(
            ClosedDay(date=date.fromisoformat(one["date"]), name=_text(one["name"])) for one in members["holidays"]
        ),
        local=tuple(
            ClosedDay(date=date.fromisoformat(one["date"]), name=_text(one["name"]), yearly=_flag(one["yearly"]))
            for one in members["local"]
        ),
        open_on_holidays=_flag(members["open_on_holidays"]),
        business_weekdays=frozenset(_integer(one) for one in members["business_weekdays"]),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _integer(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError
    return value


def _week(written: Sequence[Sequence[Sequence[str]]]) -> Week:
    return tuple(tuple(read_shift(start, end) for start, end in day) for day in written)


def read_shift(start: str, end: str) -> Shift:
    """Read both ends of a shift, each ``HH:MM``; one that ends before it begins ends on the next day.

    Raises:
        InputError: one is no time of the day, or they are the same.
    """
    first, last = _minutes(start), _minutes(end)
    if first in {last, DAY}:
        raise InputError("%(start)s to %(end)s is no time: write 00:00-24:00 for a whole day.", start=start, end=end)
    return Shift(first, last if last > first else last + DAY)


def _minutes(written: str) -> int:
    match = _TIME.fullmatch(written)
    minutes = int(match[1]) * 60 + int(match[2]) if match else DAY + 1
    if minutes > DAY:
        raise InputError("%(time)s is no time of the day: write it as 09:00, up to 24:00.", time=written[:20])
    return minutes


def read_month_day(written: str) -> MonthDay:
    """Read ``MM-DD``; 29 February is a day.

    Raises:
        InputError: there is no such day.
    """
    match = _MONTH_DAY.fullmatch(written)
    try:
        day = date(LEAP_YEAR, int(match[1]), int(match[2])) if match else None
    except ValueError:
        day = None
    if day is None:
        raise InputError("There is no such day of the year: %(day)s.", day=written[:20])
    return day.month, day.day


def check_definition(definition: Definition) -> Definition:
    """Return a definition that makes sense, its days in order and each once.

    Raises:
        InputError: it does not, or there is too much of something.
    """
    if len(definition.seasons) > MOST_SEASONS:
        raise InputError("A calendar has at most %(most)s seasons.", most=MOST_SEASONS)
    if max(len(definition.holidays), len(definition.local)) > MOST_DAYS:
        raise InputError("A calendar has at most %(most)s days of its own; remove past ones.", most=MOST_DAYS)
    if not definition.business_weekdays or not definition.business_weekdays <= set(WEEKDAYS):
        raise InputError("No day of the week counts as a business day: choose at least one.")
    for season in definition.seasons:
        check_name(season.name)
    for week in (definition.week, *(season.week for season in definition.seasons)):
        check_week(week)
    for day in (*definition.holidays, *definition.local):
        check_name(day.name)
    return Definition(
        week=definition.week,
        seasons=definition.seasons,
        region=definition.region,
        holidays=_in_order(definition.holidays),
        local=_in_order(definition.local),
        open_on_holidays=definition.open_on_holidays,
        business_weekdays=definition.business_weekdays,
    )


def _in_order(days: Iterable[ClosedDay]) -> tuple[ClosedDay, ...]:
    """Return days by date, each once: of two entries the later, which somebody added over the other."""
    return tuple(sorted({(one.date, one.yearly): one for one in days}.values(), key=lambda one: (one.date, one.yearly)))


def check_week(week: Week) -> None:
    """Check the hours of a week.

    Raises:
        InputError: there are not seven days, or the shifts of one are not in order.
    """
    if len(week) != 7:
        raise InputError("A week has seven days.")
    for shifts in week:
        check_shifts(shifts)


def check_shifts(shifts: Sequence[Shift]) -> None:
    """Check the hours of one day.

    Raises:
        InputError: there are too many, or two of them meet in time.
    """
    if len(shifts) > MOST_SHIFTS:
        raise InputError("A day has at most %(most)s shifts.", most=MOST_SHIFTS)
    for before, after in pairwise(shifts):
        if after.start < before.end:
            raise InputError("The shifts of a day come one after another, the earliest first.")


def check_name(name: str) -> str:
    """Return the name of a calendar, a season or a day, without blanks around it.

    Raises:
        InputError: it is empty, too long, or has signs that cannot be kept.
    """
    name = name.strip()
    if not 1 <= len(name) <= MOST_NAME or not name.isprintable():
        raise InputError("A name takes 1 to %(most)s characters, on one line.", most=MOST_NAME)
    return name
