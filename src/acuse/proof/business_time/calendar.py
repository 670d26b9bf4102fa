"""The version of a calendar: canonical JSON that is kept, cited by what is counted by it, and never changed (ADR 14).

Days are a partition of time: each begins at the first instant at which the local date is that day or a later one. So no
day begins before the one before it, whatever local clocks do, and a day that a zone skipped has no length.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Any
from uuid import UUID

from acuse.errors import InputError, OutsideCalendar
from acuse.proof.canonical import canonicalise
from acuse.proof.canonical import parse as parse_canonical

VERSION = 1
MAX_CALENDAR = 1 << 22
MAX_NAME = 200
MAX_DAYS = 20_000
MAX_OPEN = 100_000
MAX_OFFSETS = 1_000
MAX_DEFINITION = 1 << 18
_LAST_INSTANT = 253_402_214_400
_DAY = 86_400
_MEMBERS = frozenset(
    {
        "v",
        "calendar",
        "version",
        "name",
        "zone",
        "tzdata",
        "from",
        "until",
        "offsets",
        "open",
        "business_days",
        "definition",
    }
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = _EPOCH.toordinal()
MICROSECOND = timedelta(microseconds=1)
SECOND = 1_000_000
"""Microseconds: instants are counted in these, because facts have them."""


def micros(moment: datetime) -> int:
    """Return an aware time as microseconds since 1970."""
    return (moment - _EPOCH) // MICROSECOND


def moment(at: int) -> datetime:
    """Return microseconds since 1970 as a time in UTC."""
    return _EPOCH + timedelta(microseconds=at)


@dataclass(frozen=True, kw_only=True)
class CalendarVersion:
    """What one version of a calendar says. Making one checks it: InputError where it breaks a rule of the form.

    Attributes:
        calendar: UUID of the calendar.
        version: from 1.
        name, zone, tzdata: for people: its name, the IANA zone and the version of its data.
        valid_from, valid_until: seconds since 1970 between which it says something; `from` and `until` in JSON.
        offsets: (instant, seconds that local time is ahead of UTC) from each on; the first at or before `valid_from`.
        open: (start, end) ascending and not touching, in seconds since 1970; at least one.
        business_days: local dates, ascending.
        definition: what people wrote; nothing is counted by it.
    """

    calendar: UUID
    version: int
    name: str
    zone: str
    tzdata: str
    valid_from: int
    valid_until: int
    offsets: tuple[tuple[int, int], ...]
    open: tuple[tuple[int, int], ...]
    business_days: tuple[date, ...]
    definition: Mapping[str, Any] = field(hash=False)

    def __post_init__(self) -> None:
        _check(self)

    @classmethod
    def parse(cls, raw: bytes) -> "CalendarVersion":
        """Read a version.

        Raises:
            InputError: not canonical JSON of exactly this form, or over a limit.
        """
        members = parse_canonical(raw, limit=MAX_CALENDAR)
        if not isinstance(members, dict) or members.keys() != _MEMBERS:
            raise InputError(
                "A version of a calendar has exactly these members: %(names)s.", names=", ".join(sorted(_MEMBERS))
            )
        if members["v"] != VERSION or members["v"] is True:
            raise InputError(
                "This calendar is of format version %(version)r; this program knows version %(version_2)s.",
                version=members["v"],
                version_2=VERSION,
            )
        return cls(
            calendar=_uuid(members["calendar"]),
            version=members["version"],
            name=members["name"],
            zone=members["zone"],
            tzdata=members["tzdata"],
            valid_from=members["from"],
            valid_until=members["until"],
            offsets=_pairs(members["offsets"], "offsets"),
            open=_pairs(members["open"], "open"),
            business_days=tuple(_date(day) for day in _list(members["business_days"], "business_days")),
            definition=_members(members["definition"]),
        )

    def canonical(self) -> bytes:
        """Return the bytes that are kept and cited.

        Raises:
            InputError: longer than a version may be.
        """
        raw = canonicalise(
            {
                "v": VERSION,
                "calendar": str(self.calendar),
                "version": self.version,
                "name": self.name,
                "zone": self.zone,
                "tzdata": self.tzdata,
                "from": self.valid_from,
                "until": self.valid_until,
                "offsets": self.offsets,
                "open": self.open,
                "business_days": [day.isoformat() for day in self.business_days],
                "definition": self.definition,
            }
        )
        if len(raw) > MAX_CALENDAR:
            raise InputError("A version of a calendar has at most %(limit)s bytes.", limit=MAX_CALENDAR)
        return raw

    def local(self, at: datetime) -> datetime:
        """Return a time by the calendar's own clock.

        Raises:
            OutsideCalendar: the calendar says nothing about it.
        """
        place = bisect_right(self._offset_starts, self.inside(micros(at)) // SECOND) - 1
        return at.astimezone(timezone(timedelta(seconds=self.offsets[place][1])))

    def inside(self, at: int) -> int:
        """Return microseconds since 1970 as they are.

        Raises:
            OutsideCalendar: the calendar says nothing about that instant.
        """
        if not self.valid_from * SECOND <= at <= self.valid_until * SECOND:
            raise OutsideCalendar(
                "The calendar %(name)s, version %(version)s, covers %(begin)s to %(end)s, and not %(at)s.",
                name=self.name,
                version=self.version,
                at=_said(at),
                begin=_said(self.valid_from * SECOND),
                end=_said(self.valid_until * SECOND),
            )
        return at

    def beyond(self) -> OutsideCalendar:
        """Return the error for a term that ends after all that the calendar says."""
        return OutsideCalendar(
            "The term ends after what the calendar %(name)s, version %(version)s, covers: until %(end)s.",
            name=self.name,
            version=self.version,
            end=_said(self.valid_until * SECOND),
        )

    def day(self, at: int) -> int:
        """Return the ordinal of the local day of an instant in microseconds.

        Raises:
            OutsideCalendar: the calendar says nothing about that instant.
        """
        return self._first_day + bisect_right(self._day_starts, self.inside(at) // SECOND) - 1

    def day_start(self, day: int) -> int:
        """Return when a local day begins, in microseconds; for the calendar's first day, where the calendar does.

        Args:
            day: its ordinal, from the first day of the calendar to the day after its last whole one.

        Raises:
            OutsideCalendar: another day.
        """
        place = day - self._first_day
        if not 0 <= place < len(self._day_starts):
            raise self.beyond()
        return self._day_starts[place] * SECOND

    def day_end(self, day: int) -> int:
        """Return the last microsecond of a local day.

        Raises:
            OutsideCalendar: the calendar does not cover the day to its end.
        """
        return self.day_start(day + 1) - 1

    def open_micros(self, at: int) -> int:
        """Return for how long it has been open from its beginning until an instant, both in microseconds.

        Raises:
            OutsideCalendar: the calendar says nothing about that instant.
        """
        place = bisect_right(self._open_starts, self.inside(at)) - 1
        if place < 0:
            return 0
        start, end = self._open_starts[place], self.open[place][1] * SECOND
        return self._open_before[place] + min(at, end) - start

    def open_reached(self, amount: int) -> int:
        """Return the first instant at which it has been open for an amount, at least 1; both in microseconds.

        Raises:
            OutsideCalendar: it is never open for so long.
        """
        place = bisect_left(self._open_before, amount) - 1
        if place >= len(self.open):
            raise self.beyond()
        return self._open_starts[place] + amount - self._open_before[place]

    def business_days_until(self, day: int) -> int:
        """Return how many business days there are up to a day, itself included."""
        return bisect_right(self._business_ordinals, day)

    def business_day(self, number: int) -> int:
        """Return the ordinal of the calendar's business day with that number, from 1.

        Raises:
            OutsideCalendar: it has fewer.
        """
        if number > len(self._business_ordinals):
            raise self.beyond()
        return self._business_ordinals[number - 1]

    @cached_property
    def _offset_starts(self) -> Sequence[int]:
        return [start for start, _ in self.offsets]

    @cached_property
    def _first_day(self) -> int:
        return _EPOCH_DAY + (self.valid_from + self.offsets[0][1]) // _DAY

    @cached_property
    def _day_starts(self) -> Sequence[int]:
        """When the first day and each that begins within the calendar begin, in seconds."""
        starts, midnight = [self.valid_from], (self._first_day + 1 - _EPOCH_DAY) * _DAY
        ends = [*self._offset_starts[1:], self.valid_until + 1]
        for (begin, offset), end in zip(self.offsets, ends, strict=True):
            while (start := max(begin, midnight - offset)) < end:
                starts.append(start)
                midnight += _DAY
        return starts

    @cached_property
    def _open_starts(self) -> Sequence[int]:
        return [start * SECOND for start, _ in self.open]

    @cached_property
    def _open_before(self) -> Sequence[int]:
        """For how long it has been open before each interval, and at last in all."""
        return list(accumulate(((end - start) * SECOND for start, end in self.open), initial=0))

    @cached_property
    def _business_ordinals(self) -> Sequence[int]:
        return [day.toordinal() for day in self.business_days]


def _said(at: int) -> str:
    return moment(at).isoformat(timespec="seconds")


def _check(version: CalendarVersion) -> None:
    for name in ("name", "zone", "tzdata"):
        text = getattr(version, name)
        if not isinstance(text, str) or not 1 <= len(text) <= MAX_NAME:
            raise InputError("The member %(name)s of a calendar is text of 1 to 200 characters.", name=name)
    if not is_integer(version.version, 1, 2**31):
        raise InputError("The version of a calendar is an integer from 1.")
    if len(canonicalise(version.definition)) > MAX_DEFINITION:
        raise InputError("The definition of a calendar has at most %(limit)s bytes.", limit=MAX_DEFINITION)
    begin, end = version.valid_from, version.valid_until
    if not is_integer(begin, 0, _LAST_INSTANT) or not is_integer(end, begin + 1, _LAST_INSTANT):
        raise InputError("A calendar ends after it begins, both in seconds since 1970.")
    if end - begin > MAX_DAYS * _DAY:
        raise InputError("A calendar covers at most %(limit)s days.", limit=MAX_DAYS)
    _check_offsets(version)
    _check_open(version)
    _check_days(version)


def _check_offsets(version: CalendarVersion) -> None:
    if not 1 <= len(version.offsets) <= MAX_OFFSETS:
        raise InputError("A calendar has from 1 to %(limit)s offsets.", limit=MAX_OFFSETS)
    for start, seconds in version.offsets:
        if not is_integer(start, -_LAST_INSTANT, _LAST_INSTANT) or not is_integer(seconds, 1 - _DAY, _DAY - 1):
            raise InputError("An offset is an instant and the seconds, less than a day, that hold from then on.")
    starts = [start for start, _ in version.offsets]
    if not _ascends(starts) or starts[0] > version.valid_from:
        raise InputError("Offsets are in order of time, the first at or before the calendar's beginning.")
    if len(starts) > 1 and not version.valid_from < starts[1] <= starts[-1] < version.valid_until:
        raise InputError("Offsets after the first begin within the calendar.")


def _check_open(version: CalendarVersion) -> None:
    if len(version.open) > MAX_OPEN:
        raise InputError("A calendar has at most %(limit)s intervals of opening.", limit=MAX_OPEN)
    if not version.open:
        raise InputError("This calendar is never open: no term counted by it would end. Give it opening hours.")
    bounds = [bound for interval in version.open for bound in interval]
    if not all(is_integer(bound, version.valid_from, version.valid_until) for bound in bounds):
        raise InputError("Intervals of opening lie within the calendar, in seconds since 1970.")
    if not _ascends(bounds):
        raise InputError("Intervals of opening are in order of time, have a length and do not touch.")


def _check_days(version: CalendarVersion) -> None:
    if len(version.business_days) > MAX_DAYS:
        raise InputError("A calendar has at most %(limit)s business days.", limit=MAX_DAYS)
    ordinals = [day.toordinal() for day in version.business_days]
    if not _ascends(ordinals):
        raise InputError("Business days are in order of time, each once.")
    first, last = version.day(version.valid_from * SECOND), version.day(version.valid_until * SECOND)
    if ordinals and not first <= ordinals[0] <= ordinals[-1] <= last:
        raise InputError("Business days lie within the calendar.")


def _ascends(values: Sequence[int]) -> bool:
    return all(one < next_one for one, next_one in pairwise(values))


def is_integer(value: object, least: int, most: int) -> bool:
    """Return whether a value is an integer, which true and false are not, from `least` to `most`."""
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _list(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise InputError("The member %(name)s of a calendar is a list.", name=name)
    return value


def _members(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise InputError("The definition of a calendar has named members.")
    return value


def _pairs(value: Any, name: str) -> tuple[tuple[int, int], ...]:
    pairs = _list(value, name)
    if not all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):
        raise InputError("The member %(name)s of a calendar is a list of pairs.", name=name)
    return tuple((first, second) for first, second in pairs)


def _date(value: Any) -> date:
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise InputError("A business day is a date, as YYYY-MM-DD.") from error
    if day.isoformat() != value:
        raise InputError("A business day is a date, as YYYY-MM-DD.")
    return day


def _uuid(value: Any) -> UUID:
    try:
        parsed = UUID(value)
    except (AttributeError, TypeError, ValueError) as error:
        raise InputError("The calendar's identifier is a UUID.") from error
    if str(parsed) != value:
        raise InputError("The calendar's identifier is a UUID in lower case with hyphens.")
    return parsed
