"""When it is quieter, for whoever thinks of calling: read off the last weeks, and remembered for an hour."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import count
from uuid import UUID

from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext as _

from acuse import clock
from acuse.calendars.rules import DAY, Shift
from acuse.doors.ui import load
from acuse.figures.queries import Quiet, quiet_hours
from acuse.helpdesk.queries.lines import LineState

_REMEMBERED_SECONDS = 3600
_HALF_HOUR = 30


def quieter(organisation: UUID, lines: Sequence[LineState]) -> dict[str, object] | None:
    """Return what the public page says of quiet hours: the words and the drawing; None where too little is known.

    Args:
        organisation: whose page. lines: that it shows, as they are now.
    """
    found: Quiet | None = cache.get_or_set(
        f"quiet-hours-{organisation}", lambda: quiet_hours(organisation), _REMEMBERED_SECONDS
    )
    if found is None:
        return None
    halves = load.half_hours(found.half_hours, found.spans)
    now = timezone.localtime(clock.now())
    return {
        "spans": load.spans(found.spans),
        "today": today_words(found.spans, attended_on(lines, now), now),
        "halves": halves,
        "ticks": load.ticks(halves),
    }


def attended_on(lines: Iterable[LineState], now: datetime) -> frozenset[int] | None:
    """Return the minutes of today at which somebody takes calls, by the clock of `now`; None where nothing says it."""
    known = [one for one in lines if one.zone == str(now.tzinfo) and one.state is not None]
    if not known:
        return None
    shifts = [shift for one in known for shift in _shifts(one)]
    return frozenset(minute for shift in shifts for minute in range(shift.start, min(shift.end, DAY)))


def today_words(quiet: Iterable[tuple[int, int]], attended: frozenset[int] | None, now: datetime) -> str:
    """Say how the quiet hours stand today: whether this is one, else when the next begins, else that none is left.

    Args:
        quiet: (first, end left out) in half hours of the day. attended: see `attended_on`. now: by the same clock.
    """
    if attended is None:
        return ""
    usual = {minute for first, end in quiet for minute in range(first * _HALF_HOUR, end * _HALF_HOUR)}
    hours, at = usual & attended, now.hour * 60 + now.minute
    if not hours:
        return _("Today there is none.")
    if at in hours:
        until = next(minute for minute in count(at) if minute not in hours)
        return _("This is one of those hours, until %(time)s.") % {"time": _clock(until)}
    later = [minute for minute in hours if minute > at]
    if later:
        return _("Today's next one begins at %(time)s.") % {"time": _clock(min(later))}
    return _("None of them is left today.")


def _shifts(one: LineState) -> tuple[Shift, ...]:
    """Return the hours of a line today, those that reach into it from yesterday included."""
    if one.always:
        return (Shift(0, DAY),)
    return (*one.yesterday, *(one.today.shifts if one.today else ()))


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
