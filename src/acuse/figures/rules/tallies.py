"""Rows added up by quarter hours: what the database does for the page, and what `acuse figures` does from the facts.

A quarter of an hour is the largest span of which whole ones make local half hours and days in every zone of today.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from acuse.figures.rules.questions import Question
from acuse.figures.rules.rows import ANSWERED, CALLS, RECEIVED, Case, Event, Rows

HOUR, DAY = 3600, 86_400
BOUNDS = (HOUR, 4 * HOUR, 8 * HOUR, DAY, 2 * DAY, 5 * DAY, 15 * DAY, 30 * DAY)
"""Seconds at which a class of durations ends and the next begins."""
QUARTER = timedelta(minutes=15)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

TIMED = frozenset({RECEIVED, ANSWERED, *CALLS})
"""Kinds of which it matters at what time of the day they happened."""

Class = tuple[str, str, int]
"""Kind, label, class of duration: how many of BOUNDS it reaches."""
Quarter = tuple[str, int]
"""Kind, one of TIMED; number of the quarter hour since 1970 (UTC)."""


@dataclass(kw_only=True)
class Tallies:
    """Sums.

    Attributes:
        classes: how many events of each class.
        quarters: how many of each quarter hour, of how many the seconds are known, and those seconds together.
        cases: type -> opened, escalated, of those pending, others; of the cases opened in the period.
    """

    classes: dict[Class, int] = field(default_factory=dict)
    quarters: dict[Quarter, tuple[int, int, int]] = field(default_factory=dict)
    cases: dict[str, tuple[int, int, int, int]] = field(default_factory=dict)

    def add(self, question: Question, rows: Rows) -> None:
        """Add the rows of one subject, as far as they are asked for."""
        for event in rows.events:
            if asked_for(question, event):
                self._count(event)
        if rows.case is not None and opened_in(question, rows.case):
            before = self.cases.get(rows.case.type, (0, 0, 0, 0))
            found = standing(question, rows.case)
            opened, escalated, pending, other = (old + new for old, new in zip(before, found, strict=True))
            self.cases[rows.case.type] = (opened, escalated, pending, other)

    def _count(self, event: Event) -> None:
        of_class = (event.kind, event.label, duration_class(event.seconds))
        self.classes[of_class] = self.classes.get(of_class, 0) + 1
        if event.kind in TIMED:
            quarter = (event.kind, (event.at - _EPOCH) // QUARTER)
            count, known, seconds = self.quarters.get(quarter, (0, 0, 0))
            self.quarters[quarter] = (count + 1, known + (event.seconds is not None), seconds + (event.seconds or 0))


def asked_for(question: Question, event: Event) -> bool:
    """Return whether an event counts."""
    within = question.period.start <= event.at < question.until
    return within and question.concerns(channel=event.channel, mailbox=event.mailbox, member=event.member)


def opened_in(question: Question, case: Case) -> bool:
    """Return whether a case counts among those opened in the period."""
    within = question.period.start <= case.opened_at < question.until
    return within and question.concerns(channel=case.channel, mailbox=case.mailbox, member=case.assignee)


def standing(question: Question, case: Case) -> tuple[bool, bool, bool, bool]:
    """Return of a case that counts: that it was opened, was escalated, is escalated and pending, is another.

    All as of the period's end: escalated before it and not taken back since; pending while not over at it; another
    where it was over without any answer.
    """
    escalated = case.escalated_at is not None and case.escalated_at < question.until
    answered = case.first_answer_at is not None and case.first_answer_at < question.until
    over = case.over_at(question.until)
    return True, escalated, escalated and not over, over and not answered


def tally(question: Question, subjects: Iterable[Rows]) -> Tallies:
    """Return the sums over the rows of subjects, one after the other."""
    sums = Tallies()
    for rows in subjects:
        sums.add(question, rows)
    return sums


def duration_class(seconds: int | None) -> int:
    """Return how many of BOUNDS a duration reaches; 0 of one that nobody knows."""
    return bisect_right(BOUNDS, seconds or 0)


def instant(quarter: int) -> datetime:
    """Return when a quarter hour begins."""
    return _EPOCH + quarter * QUARTER
