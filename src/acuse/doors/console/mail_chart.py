"""Figures of certified mail, drawn on the server: bars for eyes, a table of the same numbers for all. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from acuse.delivery.queries import RESULTS, SIZES, DayCount
from acuse.doors.ui import figures

WIDTH, HEIGHT, STRIP, LEAST = 960, 160, 36, 2
TICKS = 4
ROUND = (2, 4, 6, 8, 10, 12, 16, 20)
#: From the foot of a bar to its top.
STACK = ("accepted", "handed", "waiting", "undetermined", "failed")


@dataclass(frozen=True, kw_only=True)
class Term:
    """How many days back figures go, and how many of them one bar stands for."""

    days: int
    each: int


TERMS = (Term(days=7, each=1), Term(days=30, each=1), Term(days=90, each=1), Term(days=365, each=7))
USUAL = TERMS[1]


@dataclass(frozen=True, kw_only=True)
class Period:
    """The days of one bar, both included."""

    first: date
    last: date


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of a bar, in the drawing's units."""

    style: str
    y: float
    height: float


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One period: where it stands in the drawing, its parts from the foot up, and how many each has.

    Attributes:
        x: where its place begins. place: how wide that is.
        left, width: of what is drawn in it.
        counts: by key of a series, in their order; zeros included.
    """

    period: Period
    x: float
    place: float
    left: float
    width: float
    parts: tuple[Part, ...]
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """How many in all."""
        return sum(self.counts.values())


@dataclass(frozen=True, kw_only=True)
class Chart:
    """Bars over time.

    Attributes:
        totals: by key of a series, of those that have any.
        top: the number at the upper edge.
    """

    bars: tuple[Bar, ...]
    totals: Mapping[str, int]
    top: int

    @property
    def filled(self) -> tuple[Bar, ...]:
        """The bars that count something."""
        return tuple(bar for bar in self.bars if bar.total)


def result_word(result: str) -> str:
    """What came of a communication so far, in words."""
    return {
        "accepted": _("Accepted by their server"),
        "handed": _("Handed to the sender's outgoing server"),
        "waiting": _("Under way"),
        "undetermined": _("Undetermined"),
        "failed": _("Not delivered"),
    }[result]


def size_word(octets: int) -> str:
    """A class of the size of messages, by the octets at which it begins, in words."""
    after = next((bound for bound in SIZES if bound > octets), None)
    if after is None:
        return _("%(size)s or more") % {"size": _whole(octets)}
    if not octets:
        return _("less than %(size)s") % {"size": _whole(after)}
    return _("%(from)s to %(to)s") % {"from": _whole(octets), "to": _whole(after)}


def term_of(text: str) -> Term:
    """The asked term; the usual one where that is none."""
    return next((term for term in TERMS if str(term.days) == text), USUAL)


def periods(term: Term, today: date) -> tuple[Period, ...]:
    """The periods of a term, the last of which ends today; where they do not divide it the first is shorter."""
    earliest = today - timedelta(days=term.days - 1)
    lasts = [today - timedelta(days=back) for back in range(0, term.days, term.each)]
    made = [Period(first=max(earliest, last - timedelta(days=term.each - 1)), last=last) for last in lasts]
    return tuple(reversed(made))


def results_chart(counts: Sequence[DayCount], shown: Sequence[Period]) -> Chart:
    """What came of the communications of each period, one bar upon the other."""
    return _chart(((one.day, one.result, one.count) for one in counts), STACK, shown)


def failures_charts(counts: Sequence[DayCount], shown: Sequence[Period]) -> dict[str, Chart]:
    """A strip for each failure class, the most frequent first, all to the same scale."""
    failed = [one for one in counts if one.result == "failed"]
    totals: Counter[str] = Counter()
    for one in failed:
        totals[one.failure_class] += one.count
    classes = sorted(totals, key=lambda name: (-totals[name], name))
    each = {name: [(one.day, "failed", one.count) for one in failed if one.failure_class == name] for name in classes}
    most = max((_most(rows, shown) for rows in each.values()), default=1)
    return {name: _chart(rows, ("failed",), shown, height=STRIP, top=most) for name, rows in each.items()}


def ticks(shown: Sequence[Period]) -> tuple[str, ...]:
    """Words along the axis, evenly spread."""
    marks = [shown[len(shown) * part // TICKS].first for part in range(TICKS)]
    return (*(figures.day_and_month(day) for day in marks), _("today"))


def nice(most: int) -> int:
    """The least round number that is not less, and whose half is whole too."""
    scale = 1
    while most > ROUND[-1] * scale:
        scale *= 10
    return next(step * scale for step in ROUND if step * scale >= most)


def width_of(count: int, most: int) -> float:
    """How long a lying bar is, in the drawing's units."""
    return round(WIDTH * count / most, 2) if count else 0


def _chart(
    rows: Iterable[tuple[date, str, int]],
    keys: Sequence[str],
    shown: Sequence[Period],
    *,
    height: int = HEIGHT,
    top: int = 0,
) -> Chart:
    counted = _counted(rows, shown)
    top = top or nice(max((sum(one.values()) for one in counted), default=0))
    place = WIDTH / len(shown)
    totals: Counter[str] = sum(counted, Counter())
    bars = tuple(
        Bar(
            period=period,
            x=round(number * place, 2),
            place=round(place, 2),
            left=round(number * place + place * 0.15, 2),
            width=round(place * 0.7, 2),
            parts=_parts(counts, keys, height=height, top=top),
            counts={key: counts[key] for key in keys if totals[key]},
        )
        for number, (period, counts) in enumerate(zip(shown, counted, strict=True))
    )
    return Chart(bars=bars, totals={key: totals[key] for key in keys if totals[key]}, top=top)


def _counted(rows: Iterable[tuple[date, str, int]], shown: Sequence[Period]) -> list["Counter[str]"]:
    """How many of each key every period has; what is on no day of theirs is left out."""
    each: list[Counter[str]] = [Counter() for _period in shown]
    place = {
        period.first + timedelta(days=day): number
        for number, period in enumerate(shown)
        for day in range((period.last - period.first).days + 1)
    }
    for day, key, count in rows:
        if day in place:
            each[place[day]][key] += count
    return each


def _most(rows: Iterable[tuple[date, str, int]], shown: Sequence[Period]) -> int:
    return max(sum(one.values()) for one in _counted(rows, shown))


def _parts(counts: Mapping[str, int], keys: Sequence[str], *, height: int, top: int) -> tuple[Part, ...]:
    """The parts of a bar; the smallest number is still seen, so that a bar may pass the edge by some units."""
    parts, foot = [], float(height)
    for key in keys:
        if not counts.get(key):
            continue
        tall = max(LEAST, height * counts[key] / top)
        foot -= tall
        parts.append(Part(style=key, y=round(foot, 2), height=round(tall, 2)))
    return tuple(parts)


def _whole(octets: int) -> str:
    """A round size without decimals: "100 KB", "5 MB"."""
    unit, name = (1_000_000, "MB") if octets >= 1_000_000 else (1000, "KB")
    return f"{octets // unit}{figures.NO_BREAK}{name}"


assert set(STACK) == RESULTS.keys()
