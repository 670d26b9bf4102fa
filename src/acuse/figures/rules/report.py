"""From tallies to figures."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from acuse.figures.rules import rows
from acuse.figures.rules.exact import mean
from acuse.figures.rules.questions import Question
from acuse.figures.rules.quiet import HALF_HOURS, quiet_hours
from acuse.figures.rules.tallies import BOUNDS, Tallies, instant

CLASSES = len(BOUNDS) + 1
_LOAD = frozenset({rows.RECEIVED, *rows.CALLS})
_ACTS = frozenset({rows.ANSWERED, "call_answered"})


@dataclass(frozen=True, kw_only=True)
class DayFigures:
    """One local day."""

    day: date
    received: int
    answered: int
    calls: int


@dataclass(frozen=True, kw_only=True)
class DeadlineFigures:
    """The deadlines of one term of a policy: how many were met and missed."""

    label: str
    met: int
    missed: int


@dataclass(frozen=True, kw_only=True)
class CaseFigures:
    """Cases opened in the period, by what became of them until its end."""

    opened: int = 0
    escalated: int = 0
    pending: int = 0
    other: int = 0


@dataclass(frozen=True, kw_only=True)
class Messages:
    """The messages of customers in a period, and the answers to them.

    Attributes:
        received: how many came in.
        answers: how many were answered, by class of the time that they took (`tallies.BOUNDS`).
    """

    received: int
    answers: tuple[int, ...]

    @property
    def answered(self) -> int:
        """Answers to customers."""
        return sum(self.answers)

    def within(self, seconds: int) -> int:
        """Return how many answers took less than so many seconds, one of `tallies.BOUNDS`."""
        return sum(self.answers[: BOUNDS.index(seconds) + 1])


@dataclass(frozen=True, kw_only=True)
class Report:
    """The figures of a period.

    Attributes:
        counts: kind -> how many; every kind is there.
        answers: of the answered, by class of the time that they took (`tallies.BOUNDS`).
        first_responses, resolutions: likewise.
        cases: of all types. by_type: of each type that there is.
        wait: hundredths of a second that answered calls waited in the mean; None where nobody knows.
        longest_wait: of the worst day, and which that is.
        load: messages and calls by weekday (Monday first) and local hour.
        half_hours: the same by half hour of the day. quiet: see `quiet.quiet_hours`.
        deadlines: by term, in the order of their names.
        days: every day of the period.
    """

    question: Question
    counts: Mapping[str, int]
    answers: tuple[int, ...]
    first_responses: tuple[int, ...]
    resolutions: tuple[int, ...]
    cases: CaseFigures
    by_type: Mapping[str, CaseFigures]
    wait: int | None
    longest_wait: tuple[date, int] | None
    load: tuple[tuple[int, ...], ...]
    half_hours: tuple[int, ...]
    quiet: tuple[tuple[int, int], ...]
    deadlines: tuple[DeadlineFigures, ...]
    days: tuple[DayFigures, ...]

    @property
    def messages(self) -> Messages:
        """Messages of customers, and the answers to them."""
        return Messages(received=self.received, answers=self.answers)

    @property
    def received(self) -> int:
        """Messages of customers."""
        return self.counts[rows.RECEIVED]

    @property
    def answered(self) -> int:
        """Answers to customers."""
        return self.counts[rows.ANSWERED]

    @property
    def calls(self) -> int:
        """Calls, whatever came of them."""
        return sum(self.counts[kind] for kind in rows.CALLS)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show."""
        return not any(self.counts.values()) and not self.cases.opened

    def within(self, seconds: int) -> int:
        """Return how many answers took less than so many seconds, one of `tallies.BOUNDS`."""
        return self.messages.within(seconds)

    @property
    def not_countable(self) -> int:
        """Cases whose deadlines cannot be counted."""
        return self.counts[rows.NOT_COUNTABLE]

    def met(self) -> tuple[int, int]:
        """Return how many deadlines were met, and how many there were."""
        met = sum(one.met for one in self.deadlines)
        return met, met + sum(one.missed for one in self.deadlines)


def report(question: Question, sums: Tallies) -> Report:
    """Return the figures of what was added up."""
    counts: Counter[str] = Counter()
    classes: dict[str, list[int]] = {}
    for (kind, _, place), count in sums.classes.items():
        counts[kind] += count
        classes.setdefault(kind, [0] * CLASSES)[place] += count
    nothing = [0] * CLASSES
    curve = _Curve(question, sums)
    return Report(
        question=question,
        counts={kind: counts[kind] for kind in rows.KINDS},
        answers=tuple(classes.get(rows.ANSWERED, nothing)),
        first_responses=tuple(classes.get(rows.FIRST, nothing)),
        resolutions=tuple(classes.get(rows.RESOLVED, nothing)),
        cases=_cases(sums.cases.values()),
        by_type={name: _cases([sums.cases[name]]) for name in sorted(sums.cases)},
        wait=mean(sum(curve.waits.values()), sum(curve.waited.values())),
        longest_wait=curve.longest_wait(),
        load=tuple(tuple(curve.load[day, hour] for hour in range(24)) for day in range(7)),
        half_hours=curve.half_hours(),
        quiet=quiet_hours(curve.half_hours(), [curve.acts[half] for half in range(HALF_HOURS)]),
        deadlines=_deadlines(sums),
        days=tuple(curve.days()),
    )


class _Curve:
    """The events by local day, weekday, hour and half hour."""

    def __init__(self, question: Question, sums: Tallies) -> None:
        self._period, zone = question.period, ZoneInfo(question.period.zone)
        self.load: Counter[tuple[int, int]] = Counter()
        self.acts: Counter[int] = Counter()
        self.waits: Counter[date] = Counter()
        self.waited: Counter[date] = Counter()
        self._halves: Counter[int] = Counter()
        self._days: Counter[tuple[date, str]] = Counter()
        for (kind, quarter), (count, known, seconds) in sums.quarters.items():
            local = instant(quarter).astimezone(zone)
            self._add(kind, local, count)
            if kind == "call_answered" and known:
                self.waits[local.date()] += seconds
                self.waited[local.date()] += known

    def _add(self, kind: str, local: datetime, count: int) -> None:
        half = local.hour * 2 + local.minute // 30
        self._days[local.date(), kind] += count
        if kind in _LOAD:
            self.load[local.weekday(), local.hour] += count
            self._halves[half] += count
        if kind in _ACTS:
            self.acts[half] += count

    def half_hours(self) -> tuple[int, ...]:
        return tuple(self._halves[half] for half in range(HALF_HOURS))

    def longest_wait(self) -> tuple[date, int] | None:
        means = ((mean(self.waits[day], count) or 0, day) for day, count in self.waited.items())
        longest = max(means, key=lambda found: (found[0], found[1]), default=None)
        return None if longest is None else (longest[1], longest[0])

    def days(self) -> Iterable[DayFigures]:
        for number in range(self._period.days):
            day = date.fromordinal(self._period.first.toordinal() + number)
            yield DayFigures(
                day=day,
                received=self._days[day, rows.RECEIVED],
                answered=self._days[day, rows.ANSWERED],
                calls=sum(self._days[day, kind] for kind in rows.CALLS),
            )


def _cases(found: Iterable[tuple[int, int, int, int]]) -> CaseFigures:
    sums = [sum(column) for column in zip(*found, strict=True)] or [0, 0, 0, 0]
    return CaseFigures(opened=sums[0], escalated=sums[1], pending=sums[2], other=sums[3])


def _deadlines(sums: Tallies) -> tuple[DeadlineFigures, ...]:
    counts: Counter[tuple[str, str]] = Counter()
    for (kind, label, _), count in sums.classes.items():
        if kind in {rows.MET, rows.MISSED}:
            counts[label, kind] += count
    labels = sorted({label for label, _ in counts})
    return tuple(
        DeadlineFigures(label=label, met=counts[label, rows.MET], missed=counts[label, rows.MISSED]) for label in labels
    )
