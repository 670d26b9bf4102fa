"""Telephone lines and calls in words, for members and for everybody."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from acuse import clock
from acuse.calendars.rules import Shift
from acuse.calendars.timetable import Day
from acuse.doors.ui import figures
from acuse.doors.ui.opening_hours import hours, state_sentence, weekday
from acuse.helpdesk.call_rules import digits
from acuse.helpdesk.queries.lines import LineState, LineView

RESULTS = {
    "answered": (pgettext_lazy("call", "Answered"), "phone"),
    "lost": (pgettext_lazy("call", "Lost"), "x-circle"),
    "abandoned": (pgettext_lazy("call", "Abandoned"), "minus-circle"),
}
#: Of several, above their number.
RESULTS_COUNTED = {
    "answered": pgettext_lazy("calls", "Answered"),
    "lost": pgettext_lazy("calls", "Lost"),
    "abandoned": pgettext_lazy("calls", "Abandoned"),
}
RESULT_NOTES = {
    "answered": gettext_lazy("somebody took it"),
    "lost": gettext_lazy("nobody took it"),
    "abandoned": gettext_lazy("the caller gave up waiting"),
}


@dataclass(frozen=True, kw_only=True)
class WeekLine:
    """A day of the week with its hours, why they are others than usual, and whether it is today."""

    name: str
    hours: str
    reason: str
    today: bool


@dataclass(frozen=True, kw_only=True)
class LineWords:
    """A line as a page shows it.

    Attributes:
        open: whether it is attended now; None where nothing can be said. sentence: the same in words.
        today: its hours of today. week: all of them; () for one that is attended always.
        dial: its number as a telephone takes it.
    """

    line: LineView
    open: bool | None
    sentence: str
    today: str
    week: tuple[WeekLine, ...]
    dial: str


def line_words(state: LineState) -> LineWords:
    """Say how a line is attended now, today and in the next seven days."""
    today = state.today
    return LineWords(
        line=state.line,
        open=state.state.open if state.state else None,
        sentence=_sentence(state),
        today=_today(state.yesterday, today) if today else "",
        week=tuple(_week_line(day, today) for day in state.week),
        dial=_dial(state.line.number),
    )


def seconds(value: int | None) -> str:
    """A duration as people read it: "3:05", "1:02:05"; "—" where nobody knows."""
    if value is None:
        return "—"
    minutes, rest = divmod(value, 60)
    whole, minutes = divmod(minutes, 60)
    return f"{whole}:{minutes:02}:{rest:02}" if whole else f"{minutes}:{rest:02}"


def times(*, waited: int | None, talked: int | None) -> str:
    """How long a call waited and, where somebody talked, talked: "0:12 + 3:05"."""
    return seconds(waited) if talked is None else f"{seconds(waited)} + {seconds(talked)}"


def _sentence(state: LineState) -> str:
    if state.always:
        return _("Day and night, every day.")
    if state.state is None:
        return _("Its hours cannot be told at present.")
    return state_sentence(state.state, state.zone, clock.now())


def _today(reaching: tuple[Shift, ...], day: Day) -> str:
    """The hours of a day, with those that began the evening before."""
    return hours((*reaching, *day.shifts))


def _week_line(day: Day, today: Day | None) -> WeekLine:
    name = f"{weekday(day.date.weekday()).capitalize()} {figures.day_and_month(day.date)}"
    reason = " · ".join(part for part in (day.holiday, day.season.name if day.season else "") if part)
    return WeekLine(name=name, hours=hours(day.shifts), reason=reason, today=day == today)


def _dial(number: str) -> str:
    return ("+" if number.strip().startswith("+") else "") + digits(number)
