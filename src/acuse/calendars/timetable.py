"""What a definition says of each local day. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from acuse.calendars.rules import ClosedDay, Definition, Season, Shift

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Day:
    """One local day.

    Attributes:
        shifts: what begins on it; none where it is closed.
        season: whose hours they are, or would be; None for the usual ones.
        holiday: why it is one; "" where it is none.
        business: it counts as a business day.
    """

    date: date
    shifts: tuple[Shift, ...]
    season: Season | None
    holiday: str
    business: bool


def dates(first: date, last: date) -> Iterator[date]:
    """Yield the dates from one to another, both included."""
    for number in range((last - first).days + 1):
        yield first + number * ONE_DAY


class Timetable:
    """The days of a definition between two dates, both included."""

    def __init__(self, definition: Definition, first: date, last: date) -> None:
        self._definition = definition
        self.first, self.last = first, last
        self._holidays = {day: one.name for one in definition.holidays for day in _days(one, first, last)}
        self._holidays |= {day: one.name for one in definition.local for day in _days(one, first, last)}
        # The shortest first and, of two as long as each other, the later.
        by_length = sorted(enumerate(definition.seasons), key=lambda one: (one[1].length, -one[0]))
        self._seasons = [season for _, season in by_length]

    def day(self, at: date) -> Day:
        """Return what holds on a day."""
        season = next((one for one in self._seasons if one.holds(at)), None)
        week = season.week if season else self._definition.week
        holiday = self._holidays.get(at, "")
        closed = bool(holiday) and not self._definition.open_on_holidays
        return Day(
            date=at,
            shifts=() if closed else week[at.weekday()],
            season=season,
            holiday=holiday,
            business=at.isoweekday() in self._definition.business_weekdays and not holiday,
        )

    def days(self) -> Iterator[Day]:
        """Yield every day in order."""
        return map(self.day, dates(self.first, self.last))

    def holidays(self) -> list[tuple[date, str]]:
        """Return the holidays in order, with their names."""
        return sorted(self._holidays.items())


def _days(one: ClosedDay, first: date, last: date) -> Iterator[date]:
    """Yield the days between two dates on which an entry falls; 29 February falls in leap years alone."""
    years = range(max(one.date.year, first.year), last.year + 1) if one.yearly else (one.date.year,)
    for year in years:
        try:
            day = one.date.replace(year=year)
        except ValueError:
            continue
        if first <= day <= last:
            yield day
