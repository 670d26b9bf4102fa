"""The load of a day, drawn and in words: on the page of figures, and where the public reads when it is quieter."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from acuse.figures.rules.members import clock_time

WIDTH, HEIGHT = 960, 56
#: Half hours from one mark of the axis to the next; the axis begins and ends with one.
_TICK = 4


@dataclass(frozen=True, kw_only=True)
class HalfHour:
    """One bar of the day's load."""

    number: int
    count: int
    quiet: bool
    x: float
    width: float
    y: float
    height: float


def half_hours(
    load: Sequence[int], quiet: Sequence[tuple[int, int]], *, first: int = 16, end: int = 40
) -> tuple[HalfHour, ...]:
    """Return the load of the half hours of a day as bars; from 8 to 20, and all in which anything came in.

    Args:
        load: of the 48 half hours.
        quiet: (first, end left out).
        first, end: what is shown at least.
    """
    used = [number for number, count in enumerate(load) if count]
    first, end = min([first, *used]), max([end, *(number + 1 for number in used)])
    first, end = first - first % _TICK, end + -end % _TICK
    most = max(load) or 1
    place = WIDTH / (end - first)
    return tuple(
        HalfHour(
            number=number,
            count=load[number],
            quiet=any(start <= number < stop for start, stop in quiet),
            x=round((number - first + 0.1) * place, 2),
            width=round(place * 0.8, 2),
            y=round(HEIGHT - HEIGHT * load[number] / most, 2),
            height=round(HEIGHT * load[number] / most, 2),
        )
        for number in range(first, end)
    )


def ticks(bars: Sequence[HalfHour]) -> tuple[int, ...]:
    """Return the hours along the axis under the bars."""
    return tuple(range(bars[0].number // 2, bars[-1].number // 2 + 2, _TICK // 2))


def spans(quiet: tuple[tuple[int, int], ...]) -> str:
    """Quiet hours: "08:00–10:30, 13:30–17:00 and 18:00–19:00"; "" of none."""
    told = [f"{clock_time(start)}–{clock_time(end)}" for start, end in quiet]
    return (
        _("%(several)s and %(last)s") % {"several": ", ".join(told[:-1]), "last": told[-1]}
        if told[1:]
        else "".join(told)
    )
