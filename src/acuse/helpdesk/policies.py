"""When people are warned that a deadline of a policy ends, and which of its terms begin by themselves. Pure."""

from collections.abc import Callable
from datetime import datetime, timedelta

from acuse.proof.business_time import CalendarVersion, Term
from acuse.proof.business_time.calendar import SECOND, micros, moment
from acuse.proof.policy import WARN

#: Purposes of the terms that begin by themselves when a case is opened. The others begin when somebody asks for them.
STARTED_BY_ITSELF = ("first_response", "resolution")
_WARN_OPEN = 6 * 3600 * SECOND
_HOUR = 3600 * SECOND


def warn_at(
    calendar: CalendarVersion, term: Term, *, counted_from: datetime, due_at: datetime, warn: int = WARN
) -> datetime:
    """Return when people are warned that a deadline ends.

    Args:
        calendar: what it is counted by.
        term: its length.
        counted_from: where it began, or last went on after a pause: nobody is warned before.
        due_at: where it ends.
        warn: hundredths of the term; of business days whole ones, rounded up.

    Returns:
        When that much is left, or six business hours, whichever comes first.
    """
    due = micros(due_at)
    sooner = min(_PARTS[term.unit](calendar, term.amount * warn, due), _open_before(calendar, due, _WARN_OPEN))
    return max(counted_from, moment(sooner))


def _natural_part(unit: timedelta) -> Callable[[CalendarVersion, int, int], int]:
    length = unit // timedelta(microseconds=1)
    return lambda calendar, hundredths, due: due - hundredths * length // 100


def _open_part(calendar: CalendarVersion, hundredths: int, due: int) -> int:
    return _open_before(calendar, due, hundredths * _HOUR // 100)


def _days_part(calendar: CalendarVersion, hundredths: int, due: int) -> int:
    last = calendar.business_days_until(calendar.day(due))
    return calendar.day_start(calendar.business_day(max(1, last + 1 - max(1, -(-hundredths // 100)))))


def _open_before(calendar: CalendarVersion, due: int, amount: int) -> int:
    """Return the instant at which it will be open for `amount` more until `due`."""
    return calendar.open_reached(max(1, calendar.open_micros(due) - amount))


_PARTS: dict[str, Callable[[CalendarVersion, int, int], int]] = {
    "natural_hours": _natural_part(timedelta(hours=1)),
    "natural_days": _natural_part(timedelta(days=1)),
    "business_hours": _open_part,
    "business_days": _days_part,
}
