"""Versions of calendars for tests, worked out from a zone of the system and a plain week."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from acuse.proof.business_time import CalendarVersion

CALENDAR = UUID("0193505e-7a00-7000-8000-00000000ca1e")
MADRID = ZoneInfo("Europe/Madrid")
CANARY = ZoneInfo("Atlantic/Canary")
Shift = tuple[int, int]
"""Minutes after midnight, local time; beyond 1440 on the next day."""
SPLIT: Mapping[int, Sequence[Shift]] = {day: ((540, 840), (960, 1140)) for day in range(5)}
"""Monday to Friday, from 9 to 14 and from 16 to 19."""


def at(text: str, zone: ZoneInfo = MADRID) -> datetime:
    """A local time, as `2026-11-05 10:20:14`, with `*` behind it for the second time that clocks show it."""
    return datetime.fromisoformat(text.rstrip("*")).replace(tzinfo=zone, fold=int(text.endswith("*"))).astimezone(UTC)


def make(
    *,
    first: date = date(2026, 1, 1),
    last: date = date(2026, 12, 31),
    zone: ZoneInfo = MADRID,
    week: Mapping[int, Sequence[Shift]] = SPLIT,
    seasons: Mapping[tuple[date, date], Mapping[int, Sequence[Shift]]] | None = None,
    holidays: Collection[date] = (),
    version: int = 7,
) -> CalendarVersion:
    """A version from the beginning of the first day to the end of the last, local time."""
    begin, end = _instant(first, 0, zone), _instant(last + timedelta(days=1), 0, zone)
    shifts: list[tuple[int, int]] = []
    business: list[date] = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        hours = next((each for (a, b), each in (seasons or {}).items() if a <= day <= b), week)
        if day in holidays or not hours.get(day.weekday()):
            continue
        business.append(day)
        shifts += [(_instant(day, a, zone), min(_instant(day, b, zone), end)) for a, b in hours[day.weekday()]]
    return CalendarVersion(
        calendar=CALENDAR,
        version=version,
        name="Madrid",
        zone=str(zone),
        tzdata="2026a",
        valid_from=begin,
        valid_until=end,
        offsets=_offsets(begin, end, zone),
        open=_joined(shifts),
        business_days=tuple(business),
        definition={"holidays": [{"date": day.isoformat(), "name": "La Almudena"} for day in sorted(holidays)]},
    )


def _joined(shifts: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Shifts in order, those that touch as one: one over midnight may begin after the next day's first."""
    opening: list[tuple[int, int]] = []
    for start, stop in sorted(shifts):
        if opening and start <= opening[-1][1]:
            opening[-1] = (opening[-1][0], max(stop, opening[-1][1]))
        elif start < stop:
            opening.append((start, stop))
    return tuple(opening)


def _instant(day: date, minutes: int, zone: ZoneInfo) -> int:
    local = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minutes)
    return int(local.replace(tzinfo=zone).timestamp())


def _offsets(begin: int, end: int, zone: ZoneInfo) -> tuple[tuple[int, int], ...]:
    offsets = [(begin, _offset(begin, zone))]
    for instant in range(begin - begin % 900 + 900, end, 900):
        if _offset(instant, zone) != offsets[-1][1]:
            offsets.append((instant, _offset(instant, zone)))
    return tuple(offsets)


def _offset(instant: int, zone: ZoneInfo) -> int:
    return int((datetime.fromtimestamp(instant, zone).utcoffset() or timedelta()).total_seconds())
