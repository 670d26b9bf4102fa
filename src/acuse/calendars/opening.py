"""Whether a calendar is open at a moment, and what changes next. Pure."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime

from acuse.errors import OutsideCalendar
from acuse.proof.business_time import CalendarVersion


@dataclass(frozen=True, kw_only=True)
class State:
    """A calendar at one moment.

    Attributes:
        open: whether it is.
        until: when that ends, None where it is open as far as the version goes, or closed.
        opens_at: when it opens next, None where it is open, or does not open again as far as the version goes.
    """

    open: bool
    until: datetime | None
    opens_at: datetime | None


def state_at(version: CalendarVersion, moment: datetime) -> State:
    """Return the state of a calendar.

    Args:
        version: of it.
        moment: aware.

    Raises:
        OutsideCalendar: the version says nothing about that moment.
    """
    at = version.local(moment).timestamp()
    if not version.valid_from <= at < version.valid_until:
        raise OutsideCalendar("This version of the calendar says nothing about that moment.")
    place = bisect_right(version.open, at, key=lambda span: span[0])
    if place and at < version.open[place - 1][1]:
        end = version.open[place - 1][1]
        return State(open=True, until=None if end == version.valid_until else _moment(end), opens_at=None)
    following = version.open[place : place + 1]
    return State(open=False, until=None, opens_at=_moment(following[0][0]) if following else None)


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)
