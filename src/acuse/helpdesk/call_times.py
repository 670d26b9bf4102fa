"""Moments and durations as telephone exchanges write them. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from acuse.errors import InputError
from acuse.proof.facts.phone import LONGEST

ORDERS = ("dmy", "mdy")
"""Whether the day or the month stands first where the year stands last."""
_CLOCK = r"[\sT,]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d{1,9})?)?\s*([ap])?\.?\s?(?:m\.?)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_CLOCK}\s*(Z|[+-]\d{{2}}:?\d{{2}})?", re.I | re.A)
_YEAR_LAST = re.compile(rf"(\d{{1,2}})[-/.](\d{{1,2}})[-/.](\d{{4}}|\d{{2}}){_CLOCK}", re.I | re.A)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)T?(\d\d)(\d\d)(\d\d)", re.A)
_EPOCH = re.compile(r"(\d{9,10})(?:\.\d{1,9})?", re.A)
_SECONDS = re.compile(r"(\d{1,6})(?:[.,]\d{1,9})?\s*s?", re.I | re.A)
_PARTS = re.compile(r"(?:(\d{1,2}):)?(\d{1,4}):(\d{2})(?:[.,]\d{1,9})?", re.A)
_CENTURY = 2000


@dataclass(frozen=True, kw_only=True)
class Moment:
    """When something was; `twice`: its local hour was shown twice that night, and the first time was taken."""

    at: datetime
    twice: bool = False


def read_moment(text: str, *, zone: ZoneInfo, order: str = "dmy") -> Moment:
    """Read a moment: year first, year last, with offset, without signs, or as seconds since 1970.

    Args:
        text: as an exchange writes it.
        zone: whose clock it is, where it has no offset.
        order: of `ORDERS`.

    Raises:
        InputError: it is none of these, or the clocks of that zone never showed it.
    """
    written = text.strip()
    if epoch := _EPOCH.fullmatch(written):
        return Moment(at=datetime.fromtimestamp(int(epoch[1]), UTC))
    if compact := _COMPACT.fullmatch(written):
        return _local(_made(written, *map(int, compact.groups())), zone)
    if first := _YEAR_FIRST.fullmatch(written):
        year, month, day, hour, minute, second, half, offset = first.groups()
        made = _made(written, int(year), int(month), int(day), _hour(int(hour), half), int(minute), int(second or 0))
        return Moment(at=_with_offset(made, offset)) if offset else _local(made, zone)
    if last := _YEAR_LAST.fullmatch(written):
        one, other, year, hour, minute, second, half = last.groups()
        day, month = (int(one), int(other)) if order == "dmy" else (int(other), int(one))
        made = _made(written, _full(year), month, day, _hour(int(hour), half), int(minute), int(second or 0))
        return _local(made, zone)
    raise InputError("“%(text)s” is no date with its hour.", text=written[:60])


def _made(written: str, year: int, month: int, day: int, hour: int, minute: int, second: int) -> datetime:
    try:
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001  # its zone is found by the caller
    except ValueError as error:
        raise InputError("There is no such day or hour: “%(text)s”.", text=written[:60]) from error


def _full(year: str) -> int:
    return int(year) if len(year) == 4 else _CENTURY + int(year)


def _hour(hour: int, half: str | None) -> int:
    if not half:
        return hour
    return hour % 12 + (12 if half.lower() == "p" else 0)


def _with_offset(made: datetime, offset: str) -> datetime:
    try:
        return datetime.fromisoformat(f"{made.isoformat()}{offset.upper()}").astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InputError("“%(text)s” is no offset from UTC.", text=offset) from error


def _local(made: datetime, zone: ZoneInfo) -> Moment:
    """Take a local time for an instant: the first of two; one that was skipped is refused."""
    try:
        first, second = (made.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
        back = first.astimezone(zone).replace(tzinfo=None)
    except OverflowError as error:
        raise InputError("There is no such year.") from error
    if back != made:
        raise InputError("The clocks of %(zone)s never showed %(time)s: they went forward.", zone=zone.key, time=made)
    return Moment(at=first, twice=first != second)


def read_seconds(text: str) -> int | None:
    """Read a duration, in seconds: 125, 2:05 or 00:02:05; None where nothing is written.

    Raises:
        InputError: it is none of these, or longer than a day.
    """
    written = text.strip()
    if not written:
        return None
    if plain := _SECONDS.fullmatch(written):
        seconds = int(plain[1])
    elif parts := _PARTS.fullmatch(written):
        hours, minutes, rest = (int(part or 0) for part in parts.groups())
        if rest > 59 or (parts[1] and minutes > 59):
            raise InputError("“%(text)s” is no duration: write seconds, mm:ss or hh:mm:ss.", text=written[:40])
        seconds = hours * 3600 + minutes * 60 + rest
    else:
        raise InputError("“%(text)s” is no duration: write seconds, mm:ss or hh:mm:ss.", text=written[:40])
    if seconds > LONGEST:
        raise InputError("“%(text)s” is longer than a day.", text=written[:40])
    return seconds
