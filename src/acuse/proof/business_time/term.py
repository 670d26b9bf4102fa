"""Terms: when one ends, and how much of it is used (ADR 14).

Hours run from the instant of the start. Days leave out the day of the start and end with the last microsecond of the
last day that counts, local time (Código Civil, article 5). A pause takes out of hours the instants in it, and of days
every day that it touches. A pause that begins when the term has ended moves nothing.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Literal

from acuse.errors import InputError
from acuse.proof.business_time.calendar import MICROSECOND, SECOND, CalendarVersion, is_integer, micros, moment

Unit = Literal["natural_hours", "natural_days", "business_hours", "business_days"]
OnResume = Literal["continue", "restart"]
UNITS: tuple[Unit, ...] = ("natural_hours", "natural_days", "business_hours", "business_days")
MAX_AMOUNT = 10_000
_HOUR = 3600 * SECOND


@dataclass(frozen=True, kw_only=True)
class Term:
    """How long somebody has.

    Attributes:
        amount: from 1 to 10,000.
        unit: what is counted.
    """

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if not is_integer(self.amount, 1, MAX_AMOUNT):
            raise InputError("The amount of a term is an integer from 1 to %(limit)s.", limit=MAX_AMOUNT)
        if self.unit not in UNITS:
            raise InputError("The unit of a term is one of %(names)s.", names=", ".join(UNITS))

    @classmethod
    def from_members(cls, members: Any) -> "Term":
        """Read `{"amount", "unit"}`.

        Raises:
            InputError: any other form.
        """
        if not isinstance(members, dict) or members.keys() != {"amount", "unit"}:
            raise InputError("A term has exactly an amount and a unit.")
        return cls(amount=members["amount"], unit=members["unit"])

    def members(self) -> dict[str, Any]:
        """Return it as JSON members."""
        return {"amount": self.amount, "unit": self.unit}

    @property
    def in_days(self) -> bool:
        """Whether it counts whole days."""
        return self.unit in ("natural_days", "business_days")

    @property
    def length(self) -> timedelta:
        """The counted time, as `spent` counts it: for a term in days, as many whole days."""
        return timedelta(days=self.amount) if self.in_days else timedelta(hours=self.amount)


@dataclass(frozen=True, kw_only=True)
class Pause:
    """A time in which a term does not run: from `start` until before `end`, aware."""

    start: datetime
    end: datetime


def due_at(
    calendar: CalendarVersion,
    term: Term,
    *,
    started_at: datetime,
    pauses: Sequence[Pause] = (),
    on_resume: OnResume = "continue",
) -> datetime:
    """Return when a term ends: whoever acts at that instant still acts in time.

    Args:
        calendar: what it is counted by.
        term: how long.
        started_at: aware.
        pauses: that have ended, in order of time, none within another or before the start.
        on_resume: whether the rest runs on after a pause, or the whole term begins again.

    Returns:
        In UTC.

    Raises:
        OutsideCalendar: it ends, or a pause does, where the calendar says nothing.
        InputError: the pauses are not in order.
    """
    count = _Count(calendar, term)
    start = free_from = micros(started_at)
    target = count.until(start) + count.amount
    due = count.reached(target)
    for begin, end in _ordered(start, pauses):
        if begin >= due:
            break
        if on_resume == "restart":
            target = count.until(end) + count.amount
        else:
            taken, free_from = count.taken(begin, end, free_from)
            target += taken
        due = count.reached(target)
    return moment(due)


def spent(
    calendar: CalendarVersion,
    term: Term,
    *,
    started_at: datetime,
    at: datetime,
    pauses: Sequence[Pause] = (),
    on_resume: OnResume = "continue",
) -> timedelta:
    """Return how much was counted from the start, or from where the term last began again, until an instant.

    Args:
        calendar, term, started_at, pauses, on_resume: see `due_at`; a pause may go on after `at`.
        at: aware; before the start nothing is counted.

    Returns:
        Counted time; for a term in days, as many whole days as count, that of `at` included.

    Raises:
        OutsideCalendar: the calendar says nothing about the start or `at`.
        InputError: the pauses are not in order.
    """
    count = _Count(calendar, term)
    start = micros(started_at)
    now = max(micros(at), start)
    base, stopped, free_from = count.until(start), now, start
    for begin, end in _ordered(start, pauses):
        if begin > now:
            break
        if on_resume == "continue":
            taken, free_from = count.taken(begin, min(end, now), free_from)
            base += taken
        elif end <= now:
            base = count.until(end)
        else:
            stopped = begin
    counted = count.until(stopped) - base
    return timedelta(days=counted) if term.in_days else counted * MICROSECOND


def remaining(
    calendar: CalendarVersion,
    term: Term,
    *,
    started_at: datetime,
    at: datetime,
    pauses: Sequence[Pause] = (),
    on_resume: OnResume = "continue",
) -> timedelta:
    """Return how much of a term is left at an instant; below zero, by how much it is exceeded. See `spent`."""
    used = spent(calendar, term, started_at=started_at, at=at, pauses=pauses, on_resume=on_resume)
    return term.length - used


class _Count:
    """What a unit counts: `until` an instant from the calendar's beginning, and when so much is `reached`."""

    def __init__(self, calendar: CalendarVersion, term: Term) -> None:
        self.calendar = calendar
        self.in_days = term.in_days
        self.amount = term.amount if term.in_days else term.amount * _HOUR
        self.until, self.reached = _COUNTS[term.unit](calendar)

    def taken(self, begin: int, end: int, free_from: int) -> tuple[int, int]:
        """Return how much a pause takes out, and from where on another one may take out more.

        Args:
            begin, end: of the pause, in microseconds.
            free_from: where the start or the pause before has left it.
        """
        if self.in_days and begin < end:
            # Whole days: from the end of the day before, which counts, to the end of the last day touched.
            begin = self.calendar.day_start(self.calendar.day(begin)) - 1
            end = self.calendar.day_start(self.calendar.day(end - 1) + 1) - 1
        begin = max(begin, free_from)
        if begin >= end:
            return 0, free_from
        return self.until(end) - self.until(begin), end


def _natural_hours(calendar: CalendarVersion) -> tuple[Callable[[int], int], Callable[[int], int]]:
    def reached(count: int) -> int:
        if count > calendar.valid_until * SECOND:
            raise calendar.beyond()
        return count

    return calendar.inside, reached


def _natural_days(calendar: CalendarVersion) -> tuple[Callable[[int], int], Callable[[int], int]]:
    return calendar.day, calendar.day_end


def _business_hours(calendar: CalendarVersion) -> tuple[Callable[[int], int], Callable[[int], int]]:
    return calendar.open_micros, calendar.open_reached


def _business_days(calendar: CalendarVersion) -> tuple[Callable[[int], int], Callable[[int], int]]:
    return (
        lambda at: calendar.business_days_until(calendar.day(at)),
        lambda number: calendar.day_end(calendar.business_day(number)),
    )


_COUNTS: dict[Unit, Callable[[CalendarVersion], tuple[Callable[[int], int], Callable[[int], int]]]] = {
    "natural_hours": _natural_hours,
    "natural_days": _natural_days,
    "business_hours": _business_hours,
    "business_days": _business_days,
}


def _ordered(start: int, pauses: Iterable[Pause]) -> list[tuple[int, int]]:
    """Return pauses in microseconds, refusing those that are not in order after the start."""
    pairs = [(micros(pause.start), micros(pause.end)) for pause in pauses]
    bounds = [start, *(bound for pair in pairs for bound in pair)]
    if any(one > next_one for one, next_one in pairwise(bounds)):
        raise InputError("Pauses are in order of time, after the start, and none lies within another.")
    return pairs
