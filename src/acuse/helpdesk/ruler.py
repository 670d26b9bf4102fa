"""The ruler of a deadline: one bar for each day that counts, as wide as what counts in it. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from acuse.errors import OutsideCalendar
from acuse.proof.business_time import Pause, due_at, spent
from acuse.proof.business_time.calendar import micros, moment
from acuse.proof.verdicts.deadlines import Deadline

MOST_BARS = 60
"""Of a longer ruler nobody could tell the days apart."""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A local day of a deadline.

    Attributes:
        counts: how much of it counts: hours, or a whole day for a term in days.
        spent: how much of that is over; of a term in days the present day is.
        today: whether it is the day as of which the deadline is shown.
    """

    day: date
    counts: timedelta
    spent: timedelta
    today: bool


def bars(deadline: Deadline) -> tuple[Bar, ...]:
    """Return the days of a deadline from where it began, or last began again, to its end; closed ones are absent.

    One that stands still is shown as if it went on now.

    Args:
        deadline: as it was judged.

    Returns:
        In order; none where there would be too many, or where the calendar does not reach so far.
    """
    pauses = [Pause(start=one.started_at, end=one.ended_at or deadline.judged_at) for one in deadline.pauses]
    begin = deadline.started_at
    if deadline.on_resume == "restart" and pauses:
        begin, pauses = pauses[-1].end, []
    try:
        due = deadline.due_at or due_at(deadline.calendar, deadline.term, started_at=begin, pauses=pauses)
        return _bars(deadline, begin, due, pauses)
    except OutsideCalendar:
        return ()


def _bars(deadline: Deadline, begin: datetime, due: datetime, pauses: list[Pause]) -> tuple[Bar, ...]:
    calendar, now = deadline.calendar, min(deadline.judged_at, due)

    def counted(until: datetime) -> timedelta:
        return spent(calendar, deadline.term, started_at=begin, at=until, pauses=pauses)

    found: list[Bar] = []
    before = timedelta()
    today = calendar.day(micros(deadline.judged_at))
    for day in range(calendar.day(micros(begin)), calendar.day(micros(due)) + 1):
        # The last microsecond of a day counts too: what is open until midnight is measured at the next day's first.
        end = due if calendar.day(micros(due)) == day else moment(calendar.day_end(day) + (not deadline.term.in_days))
        total = counted(end)
        if total > before:
            if len(found) == MOST_BARS:
                return ()
            gone = min(max(counted(now) - before, timedelta()), total - before)
            found.append(Bar(day=date.fromordinal(day), counts=total - before, spent=gone, today=day == today))
        before = total
    return tuple(found)
