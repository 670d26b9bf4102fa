"""A definition worked out into the instants of a calendar version (docs/adr/0014). Pure."""

from datetime import date
from uuid import UUID

from acuse.calendars import zones
from acuse.calendars.rules import DAY, Definition
from acuse.calendars.timetable import ONE_DAY, Timetable
from acuse.errors import InputError
from acuse.proof.business_time import CalendarVersion

_YEARS_BEHIND, _YEARS_AHEAD = 1, 3


def horizon(year: int) -> tuple[date, date]:
    """Return the first and the last local day of a version that is made in a year: of last year, and three years on."""
    return date(year - _YEARS_BEHIND, 1, 1), date(year + _YEARS_AHEAD, 12, 31)


def make_version(
    *, calendar: UUID, number: int, name: str, zone: str, definition: Definition, year: int
) -> CalendarVersion:
    """Return a version of a calendar.

    Args:
        calendar: which one.
        number: of the version, from 1.
        name: of the calendar, for people.
        zone: IANA name.
        definition: checked.
        year: in which it is made, local.

    Raises:
        InputError: there is no such zone, or nothing in the horizon is open or counts as a business day.
    """
    where = zones.zone(zone)
    first, last = horizon(year)
    begins, ends = zones.instant(where, first, 0), zones.instant(where, last, DAY)
    timetable = Timetable(definition, first - ONE_DAY, last)
    shifts = [
        (zones.instant(where, day.date, shift.start), zones.instant(where, day.date, shift.end))
        for day in timetable.days()
        for shift in day.shifts
    ]
    opened = _joined([(max(start, begins), min(end, ends)) for start, end in shifts])
    if not opened:
        raise InputError("This calendar would never be open: give some day of the week its hours.")
    business = tuple(day.date for day in timetable.days() if day.business and day.date >= first)
    if not business:
        raise InputError("No day would count as a business day: there are only holidays.")
    return CalendarVersion(
        calendar=calendar,
        version=number,
        name=name,
        zone=zone,
        tzdata=zones.VERSION,
        valid_from=begins,
        valid_until=ends,
        offsets=zones.offsets(where, begins, ends),
        open=opened,
        business_days=business,
        definition=definition.members(),
    )


def _joined(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Return spans of time in order, those that touch or meet as one; empty ones, such as in a skipped hour, go."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if end <= start:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return tuple(joined)
