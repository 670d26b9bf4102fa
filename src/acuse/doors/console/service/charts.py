"""The drawings of the figures of service: places and lengths in the units of their view boxes. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from acuse.doors.console.mail_chart import nice
from acuse.figures.rules.report import DayFigures

WIDTH, HEIGHT = 960, 160
STEPS = 7
#: Hours that a map always shows.
_FROM, _TO = 8, 20
#: More days than these are drawn by weeks.
_MOST_DAYS = 62
#: Most days that are named along the axis.
_TICKS = 6


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One hour of one weekday: how many, and how dark it is, from 0 to STEPS."""

    weekday: int
    hour: int
    count: int
    step: int


@dataclass(frozen=True, kw_only=True)
class HeatMap:
    """Load by weekday and hour: the hours that are shown, the rows, and the darkest number."""

    hours: tuple[int, ...]
    rows: tuple[tuple[Cell, ...], ...]
    most: int


@dataclass(frozen=True, kw_only=True)
class Bar:
    """Some days: the bar of what was received, the point of what was answered.

    Attributes:
        first, last: days, both included.
        x, place: where it stands, and how wide that is. left, width, y, height: of the bar.
        middle, point: of the point.
    """

    first: date
    last: date
    received: int
    answered: int
    calls: int
    x: float
    place: float
    left: float
    width: float
    y: float
    height: float
    middle: float
    point: float


@dataclass(frozen=True, kw_only=True)
class Course:
    """Received and answered over the period.

    Attributes:
        line, dots: join and mark the points of the answered, up to today.
        ticks: days along the axis, each with its place in percent.
    """

    bars: tuple[Bar, ...]
    line: str
    dots: str
    ticks: tuple[tuple[date, float], ...]
    top: int
    weeks: bool


def heat_map(load: Sequence[Sequence[int]]) -> HeatMap:
    """Return the map of a load: the hours of a working day, and all in which anything came in."""
    used = [hour for hour in range(24) if any(day[hour] for day in load)]
    hours = range(min([_FROM, *used]), max([_TO, *used]) + 1)
    most = max(max(day) for day in load)
    rows = tuple(
        tuple(Cell(weekday=n, hour=hour, count=day[hour], step=_step(day[hour], most)) for hour in hours)
        for n, day in enumerate(load)
    )
    return HeatMap(hours=tuple(hours), rows=rows, most=most)


def course(days: Sequence[DayFigures], *, today: date) -> Course:
    """Return what was received and answered, by day, or by seven days where there are many."""
    each = 1 if len(days) <= _MOST_DAYS else 7
    groups = [days[start : start + each] for start in range(0, len(days), each)]
    sums = [(sum(one.received for one in group), sum(one.answered for one in group)) for group in groups]
    top = nice(max((max(pair) for pair in sums), default=0) or 1)
    place = WIDTH / len(groups)
    bars = []
    for number, (group, (received, answered)) in enumerate(zip(groups, sums, strict=True)):
        tall = HEIGHT * received / top
        bars.append(
            Bar(
                first=group[0].day,
                last=group[-1].day,
                received=received,
                answered=answered,
                calls=sum(one.calls for one in group),
                x=round(number * place, 2),
                place=round(place, 2),
                left=round((number + 0.2) * place, 2),
                width=round(place * 0.6, 2),
                y=round(HEIGHT - tall, 2),
                height=round(tall, 2),
                middle=round((number + 0.5) * place, 2),
                point=round(HEIGHT - HEIGHT * answered / top, 2),
            )
        )
    past = [bar for bar in bars if bar.first <= today]
    return Course(
        bars=tuple(bars),
        line=" ".join(f"{bar.middle},{bar.point}" for bar in past),
        dots="".join(f"M{bar.middle} {bar.point}h.01" for bar in past),
        ticks=tuple((bar.first, round(100 * bar.middle / WIDTH, 2)) for bar in bars[:: -(-len(bars) // _TICKS)]),
        top=top,
        weeks=each > 1,
    )


def width_of(part: int, whole: int) -> float:
    """How long a lying bar is, in percent."""
    return round(100 * part / whole, 2) if whole else 0.0


def _step(count: int, most: int) -> int:
    return -(-STEPS * count // most) if most else 0
