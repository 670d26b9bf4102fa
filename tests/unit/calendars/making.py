"""Definitions and versions for the tests."""

from datetime import UTC, date, datetime
from uuid import UUID

from acuse.calendars import zones
from acuse.calendars.making import make_version
from acuse.calendars.rules import Definition, Week, read_shift
from acuse.proof.business_time import CalendarVersion

CALENDAR = UUID("0193505e-7a00-7000-8000-0000000000bb")
CLOSED: Week = ((),) * 7


def week(*days: str) -> Week:
    """A week from seven texts such as ``"09:00-14:00 16:00-19:00"``; what is left out is closed."""
    given = [tuple(read_shift(*shift.split("-")) for shift in day.split()) for day in days]
    return (*given, *((),) * (7 - len(given)))


def every_day(hours: str) -> Week:
    """The same hours on each day."""
    return week(*[hours] * 7)


def version(definition: Definition, *, zone: str = "Europe/Madrid", year: int = 2026) -> CalendarVersion:
    """A version of a definition."""
    return make_version(calendar=CALENDAR, number=1, name="Prueba", zone=zone, definition=definition, year=year)


def at(day: date, clock: str, zone: str = "Europe/Madrid", fold: int = 0) -> int:
    """The instant of a local time."""
    hours, minutes = map(int, clock.split(":"))
    return int(datetime(day.year, day.month, day.day, hours, minutes, tzinfo=zones.zone(zone), fold=fold).timestamp())


def spans(made: CalendarVersion, first: str, last: str) -> list[tuple[str, str]]:
    """The open spans that begin between two local dates, last included, as local times with their offsets."""
    found = []
    for start, end in made.open:
        begins = made.local(datetime.fromtimestamp(start, UTC))
        if first <= begins.date().isoformat() <= last:
            ends = made.local(datetime.fromtimestamp(end, UTC))
            found.append((begins.strftime("%m-%d %H:%M%z")[:-2], ends.strftime("%m-%d %H:%M%z")[:-2]))
    return found
