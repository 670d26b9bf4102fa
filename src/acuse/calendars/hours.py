"""The hours of a day as people type them: ``9-14, 16:00-19:00``. Pure."""

import re

from acuse.calendars.rules import Shift, check_shifts, read_shift
from acuse.errors import InputError

MOST_TYPED = 200
_SHIFT = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*(?:h\b)?\s*[-–—]\s*(\d{1,2})(?:[:.](\d{2}))?\s*(?:h\b)?", re.ASCII)
_BETWEEN = re.compile(r"(?:[\s,;/+]|\by\b|\band\b)*", re.IGNORECASE)


def read_hours(text: str) -> tuple[Shift, ...]:
    """Read the shifts of a day; none where nothing is written.

    Raises:
        InputError: it cannot be understood, or the shifts are not in order.
    """
    found, rest = _SHIFT.findall(text), _SHIFT.sub(" ", text)
    if len(text) > MOST_TYPED or not _BETWEEN.fullmatch(rest):
        raise InputError("Write hours such as 09:00-14:00, 16:00-19:00; leave it empty for a closed day.")
    shifts = tuple(
        read_shift(f"{int(start):02d}:{begins or '00'}", f"{int(end):02d}:{ends or '00'}")
        for start, begins, end, ends in found
    )
    check_shifts(shifts)
    return shifts


def write_hours(shifts: tuple[Shift, ...]) -> str:
    """Write the shifts of a day in the form in which they are typed."""
    return ", ".join("-".join(shift.written) for shift in shifts)
