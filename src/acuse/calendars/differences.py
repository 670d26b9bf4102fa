"""What another version would change, day by day. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from acuse.calendars.timetable import Day, Timetable, dates


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Days that change in the same way.

    Attributes:
        before, after: the first of those days, as it is and as it would be.
        dates: all of them, in order.
    """

    before: Day
    after: Day
    dates: tuple[date, ...]


def differences(before: Timetable, after: Timetable, first: date, last: date) -> list[Difference]:
    """Return the days between two dates that differ, those that change alike together, by the first of each.

    Args:
        before: as it is; it covers the dates.
        after: as it would be; it does too.
        first, last: both included.
    """
    alike: dict[tuple[object, ...], list[tuple[Day, Day]]] = {}
    for was, becomes in _pairs(before, after, first, last):
        if _said(was) != _said(becomes):
            alike.setdefault((_said(was), _said(becomes)), []).append((was, becomes))
    return [
        Difference(before=days[0][0], after=days[0][1], dates=tuple(was.date for was, _ in days))
        for days in alike.values()
    ]


def _pairs(before: Timetable, after: Timetable, first: date, last: date) -> Iterator[tuple[Day, Day]]:
    for at in dates(first, last):
        yield before.day(at), after.day(at)


def _said(day: Day) -> tuple[object, ...]:
    return day.shifts, day.holiday, day.business
