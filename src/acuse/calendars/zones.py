"""Local time by the IANA data that comes with us, whatever the system has: the version of it is recorded. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

import tzdata  # type: ignore[import-untyped]

from acuse.errors import InputError

VERSION = str(tzdata.IANA_VERSION)


@lru_cache(maxsize=1)
def names() -> tuple[str, ...]:
    """Return the names of the zones of places, such as Europe/Madrid, and UTC."""
    listed = resources.files(tzdata).joinpath("zones").read_text("ascii").split()
    return tuple(sorted(name for name in listed if ("/" in name and not name.startswith("Etc/")) or name == "UTC"))


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """Return a zone by its name.

    Raises:
        InputError: there is none of that name.
    """
    if name not in names():
        raise InputError("There is no time zone called %(name)s.", name=name[:64])
    with resources.files(tzdata).joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def instant(where: ZoneInfo, day: date, minutes: int) -> int:
    """Return the first instant, in seconds since 1970, at which the local clock shows a time or a later one.

    So what is skipped when clocks go forward is where they jump, and what is shown twice when they go back is the
    first of both (RFC 5545 section 3.3.5).

    Args:
        where: the zone.
        day: the local date.
        minutes: since its midnight on the clock; 1440 and more lie on the next day.
    """
    local = datetime.combine(day, time()) + timedelta(minutes=minutes)
    early, late = (_seconds(local, where, fold) for fold in (1, 0))
    if early < late:
        # Skipped: read with the offset after the jump it lies before it, and with the one before it behind.
        return jump(where, early, late)
    return late


def _seconds(local: datetime, where: ZoneInfo, fold: int) -> int:
    return int(local.replace(tzinfo=where, fold=fold).astimezone(UTC).timestamp())


def offset(where: ZoneInfo, at: int) -> int:
    """Return how many seconds local time is ahead of UTC at an instant."""
    ahead = datetime.fromtimestamp(at, where).utcoffset() or timedelta()
    return int(ahead.total_seconds())


def jump(where: ZoneInfo, before: int, after: int) -> int:
    """Return the first instant with the offset of `after`, between two instants with different ones."""
    reached = offset(where, after)
    while after - before > 1:
        middle = (before + after) // 2
        if offset(where, middle) == reached:
            after = middle
        else:
            before = middle
    return after


def offsets(where: ZoneInfo, first: int, last: int) -> tuple[tuple[int, int], ...]:
    """Return the offset at `first`, and each later one before `last` with the instant from which it holds.

    Args:
        where: the zone.
        first: seconds since 1970.
        last: the same.
    """
    found = [(first, offset(where, first))]
    for at in range(first, last, 86_400):
        after = min(at + 86_400, last - 1)
        if offset(where, at) != offset(where, after):
            changed = jump(where, at, after)
            found.append((changed, offset(where, changed)))
    return tuple(found)
