"""Opening hours in words, for members and for everybody: those of a day, and whether it is open now."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from acuse.calendars.opening import State
from acuse.calendars.rules import DAY, Shift
from acuse.calendars.zones import zone
from acuse.dates import DAYS, LONG_DAYS, LONG_MONTHS
from acuse.doors.ui import figures

_WHOLE_DAY = (Shift(0, DAY),)


def weekday(number: int, *, long: bool = True) -> str:
    """What a weekday is called; Monday is 0."""
    return (LONG_DAYS if long else DAYS)[figures.language()][number]


def hours(shifts: Sequence[Shift]) -> str:
    """The hours of a day in words."""
    if not shifts:
        return pgettext("hours", "closed")
    if tuple(shifts) == _WHOLE_DAY:
        return _("24 hours")
    return ", ".join("–".join(shift.written) for shift in shifts)


def state_sentence(state: State, local_zone: str, now: datetime) -> str:
    """Whether it is open, and what comes next, by the calendar's own clock."""
    if state.open and state.until is None:
        return _("Open, without a break.")
    moment = state.until or state.opens_at
    if moment is None:
        return _("Closed.")
    local, today = moment.astimezone(zone(local_zone)), now.astimezone(zone(local_zone)).date()
    at = f"{local:%H:%M}"
    if state.open:
        if local.date() == today:
            return _("Open, until %(time)s.") % {"time": at}
        return _("Open, until %(day)s at %(time)s.") % {"day": on_day(local.date()), "time": at}
    if local.date() == today:
        return _("Closed. It opens today at %(time)s.") % {"time": at}
    return _("Closed. It opens on %(day)s at %(time)s.") % {"day": on_day(local.date()), "time": at}


def on_day(day: date) -> str:
    """On which day: "lunes 23 de noviembre" / "Monday 23 November"."""
    month = LONG_MONTHS[figures.language()][day.month - 1]
    between = " de " if figures.language() == "es" else " "
    return f"{weekday(day.weekday())} {day.day}{between}{month}"
