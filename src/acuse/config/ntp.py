"""The state of the machine's clock, as the kernel knows it."""

import ctypes
import os
from dataclasses import dataclass

_TIME_ERROR = 5
_STA_UNSYNC = 0x0040


class _Timex(ctypes.Structure):
    """`struct timex` of adjtimex(2), as far as it is read here; the rest is room."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 512),
    )


@dataclass(frozen=True, kw_only=True)
class ClockState:
    """What the kernel says of its clock.

    Args:
        synchronised: a time daemon keeps it; None where the kernel does not tell.
        source: how that is known.
        offset_microseconds: what remains to be corrected; None where unknown.
    """

    synchronised: bool | None
    source: str
    offset_microseconds: int | None


def clock_state() -> ClockState:
    """Ask the kernel with adjtimex(2), changing nothing."""
    library = ctypes.CDLL(None, use_errno=True)
    timex = _Timex()
    try:
        returned = library.adjtimex(ctypes.byref(timex))
    except AttributeError:
        return ClockState(synchronised=None, source="adjtimex is not available", offset_microseconds=None)
    if returned < 0:
        reason = os.strerror(ctypes.get_errno())
        return ClockState(synchronised=None, source=f"adjtimex: {reason}", offset_microseconds=None)
    synchronised = returned != _TIME_ERROR and not timex.status & _STA_UNSYNC
    nanoseconds = bool(timex.status & 0x2000)
    offset = int(timex.offset) // 1000 if nanoseconds else int(timex.offset)
    return ClockState(synchronised=synchronised, source="adjtimex", offset_microseconds=offset)
