"""Days out of somebody's iCalendar file (RFC 5545). Nobody trusts it; pure.

Only dates are used: when an event begins and ends, whether it comes back each year, and its name. A time in UTC is told
by the calendar's own zone, because programs write so what somebody entered there; one with a zone of its own, or with
none, is on the date that it shows. Of the file no more than those lines reaches the library, one event at a time: a
broken one spoils no other, and a definition of a time zone, which it would work out, is not looked at.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Component, Event

from acuse.calendars.rules import MOST_DAYS, MOST_NAME, ClosedDay
from acuse.calendars.timetable import ONE_DAY
from acuse.errors import InputError

MOST_BYTES = 1 << 20
MOST_EVENTS = 2000
MOST_LENGTH = timedelta(days=62)
"""Of one event: what is longer is no holiday but a season."""
#: Lines of one event; a holiday has a handful.
_MOST_LINES = 200
_USED = frozenset({"DTSTART", "DTEND", "DURATION", "SUMMARY", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "STATUS"})
_FOLD = re.compile(r"\r?\n[ \t]")
_NAME = re.compile(r"[A-Za-z-]{1,40}", re.ASCII)
_RULE_PARTS = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYMONTH", "BYMONTHDAY", "BYDAY", "WKST"})
_NTH_DAY = re.compile(r"([+-]?[1-5])(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
# What icalendar raises for values that it cannot read, and what arithmetic with far-off dates does.
_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError)


class _LeftOut(Exception):
    """An event whose days cannot be told."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a file says.

    Attributes:
        days: in order, each date once; what comes back each year without an end says so.
        left_out: names of events that could not be understood, at most twenty.
        passed: how many days lie outside the years asked for.
    """

    days: tuple[ClosedDay, ...]
    left_out: tuple[str, ...]
    passed: int


def read_ical(raw: bytes, *, first: date, last: date, zone: ZoneInfo) -> Found:
    """Read the days of a file.

    Args:
        raw: the file.
        first, last: days before and after are not used.
        zone: of the calendar, for times in UTC.

    Raises:
        InputError: it is too big, is no iCalendar file, or has more days than a calendar takes.
    """
    if len(raw) > MOST_BYTES:
        raise InputError("The file has more than %(most)s bytes; save only the holidays.", most=MOST_BYTES)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("The file is not an iCalendar file in UTF-8.") from error
    if not re.match(r"\s*BEGIN:VCALENDAR\b", text, re.IGNORECASE):
        raise InputError("The file is not an iCalendar file: it does not begin with BEGIN:VCALENDAR.")
    days: dict[date, ClosedDay] = {}
    left_out: list[str] = []
    passed = 0
    for number, lines in enumerate(_events(text)):
        if number >= MOST_EVENTS:
            raise InputError("The file has more than %(most)s events; save only the holidays.", most=MOST_EVENTS)
        try:
            found = _read(lines, first, last, zone)
        except (_LeftOut, *_UNREADABLE):
            left_out.append(_summary(lines))
            continue
        for day in found:
            if day.yearly or first <= day.date <= last:
                days.setdefault(day.date, day)
            else:
                passed += 1
        if len(days) > MOST_DAYS:
            raise InputError("The file has more than %(most)s days; save only the holidays.", most=MOST_DAYS)
    made = tuple(day for _, day in sorted(days.items()))
    return Found(days=made, left_out=tuple(left_out[:20]), passed=passed)


def _events(text: str) -> Iterator[list[str]]:
    """Yield the lines of each event that are used; what stands inside a part of an event, such as an alarm, is not."""
    inside: list[str] = []
    lines: list[str] = []
    for line in _FOLD.sub("", text).splitlines():
        name, _, value = line.partition(":")
        word = name.strip().upper()
        if word == "BEGIN":
            inside = [*inside[-7:], value.strip().upper()]
            if inside[-1] == "VEVENT":
                lines = []
        elif word == "END":
            if inside[-1:] == ["VEVENT"]:
                yield lines
                lines = []
            inside = inside[:-1]
        elif inside[-1:] == ["VEVENT"]:
            match = _NAME.match(line)
            if match and match[0].upper() in _USED and len(line) < 4000 and len(lines) < _MOST_LINES:
                lines.append(line)


def _summary(lines: list[str]) -> str:
    """Return the name of an event that could not be read, as it stands in the file."""
    said = next((line.partition(":")[2] for line in lines if line.upper().startswith("SUMMARY")), "")
    return _printable(said) or "VEVENT"


def _printable(text: str) -> str:
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())[:MOST_NAME]


def _read(lines: list[str], first: date, last: date, zone: ZoneInfo) -> list[ClosedDay]:
    """Return the days of an event, at least those between two dates.

    Raises:
        _LeftOut: it comes back in another way than each year, or is no holiday.
    """
    event = Event.from_ical("\r\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT", ""]))
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return []
    if "RDATE" in event or "RECURRENCE-ID" in event:
        raise _LeftOut
    start, length = _span(event, zone)
    written = _date(event.decoded("DTSTART"))
    name = _printable(str(event.get("SUMMARY", ""))) or start.isoformat()
    without = _excluded(event)
    rule: Any = event.get("RRULE")
    yearly = rule is not None and not without and dict(rule) == {"FREQ": ["YEARLY"]}
    # A rule counts in the dates that are written, and all of its days move as the first does.
    starts = [written] if rule is None or yearly else _yearly(rule, written, first.year - 1, last.year)
    return [
        ClosedDay(date=day + (start - written) + number * ONE_DAY, name=name, yearly=yearly)
        for day in starts
        if day not in without
        for number in range(length.days + 1)
    ]


def _span(event: Component, zone: ZoneInfo) -> tuple[date, timedelta]:
    """Return on which day an event begins, and how many more it takes."""
    start, ends = _date(_local(event.decoded("DTSTART"), zone)), _local(_end(event), zone)
    final = _date(ends)
    if not isinstance(ends, datetime) or (ends.time() == time() and final > start):
        final -= ONE_DAY
    length = max(final - start, timedelta())
    if length > MOST_LENGTH:
        raise _LeftOut
    return start, length


def _local(value: Any, zone: ZoneInfo) -> Any:
    """Return a time in UTC by a zone, and whatever else as it is."""
    return value.astimezone(zone) if isinstance(value, datetime) and value.tzname() == "UTC" else value


def _date(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if not isinstance(value, date):
        raise _LeftOut
    return value


def _end(event: Component) -> date:
    """Return when an event ends; one on a date without an end takes that day (RFC 5545 section 3.6.1)."""
    begins: date = event.decoded("DTSTART")
    if "DTEND" in event:
        ends: date = event.decoded("DTEND")
        return ends
    if "DURATION" in event:
        length: timedelta = event.decoded("DURATION")
        return begins + length
    return begins if isinstance(begins, datetime) else begins + ONE_DAY


def _excluded(event: Component) -> set[date]:
    given = event.get("EXDATE", [])
    listed = given if isinstance(given, list) else [given]
    return {_date(one.dt) for values in islice(listed, MOST_DAYS) for one in values.dts}


def _yearly(rule: Any, start: date, first_year: int, last_year: int) -> list[date]:
    """Return the days of a yearly rule in some years (RFC 5545 section 3.3.10).

    Raises:
        _LeftOut: it is another kind of rule.
    """
    if rule.get("FREQ") != ["YEARLY"] or not {str(part).upper() for part in rule} <= _RULE_PARTS:
        raise _LeftOut
    interval, count = _one(rule, "INTERVAL", 1), _one(rule, "COUNT", None)
    until = _date(_one(rule, "UNTIL", date.max))
    if interval < 1:
        raise _LeftOut
    found = []
    for year in range(max(start.year, first_year), last_year + 1):
        turn, rest = divmod(year - start.year, interval)
        if rest or (count is not None and turn >= count):
            continue
        day = _in_year(rule, start, year)
        if day is not None and start <= day <= until:
            found.append(day)
    return found


def _one(rule: Any, part: str, otherwise: Any) -> Any:
    """Return the single value of a part of a rule."""
    values = rule.get(part, [otherwise])
    if len(values) != 1:
        raise _LeftOut
    return values[0]


def _in_year(rule: Any, start: date, year: int) -> date | None:
    """Return the day of a yearly rule in one year, None where that year has none."""
    month = int(_one(rule, "BYMONTH", start.month))
    if "BYDAY" not in rule:
        try:
            return date(year, month, int(_one(rule, "BYMONTHDAY", start.day)))
        except ValueError:
            return None
    match = _NTH_DAY.fullmatch(str(_one(rule, "BYDAY", "")))
    if match is None or "BYMONTH" not in rule or "BYMONTHDAY" in rule:
        raise _LeftOut
    nth, weekday = int(match[1]), _DAYS.index(match[2])
    whole = [day for day in _month(year, month) if day.weekday() == weekday]
    at = nth - 1 if nth > 0 else len(whole) + nth
    return whole[at] if 0 <= at < len(whole) else None


def _month(year: int, month: int) -> Iterator[date]:
    day = date(year, month, 1)
    while day.month == month:
        yield day
        day += ONE_DAY
