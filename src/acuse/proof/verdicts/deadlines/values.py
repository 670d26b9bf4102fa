"""What becomes of deadlines: verdicts, what does not follow, and the values that carry them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from acuse.proof.business_time import CalendarVersion, Term
from acuse.proof.facts.deadline import WITHDRAWN
from acuse.proof.facts.fact import Fact

VERDICTS: Mapping[str, str] = {
    "met": "what it was for was done in time",
    "missed": "its time was over before that was done, or is over and it is not done",
    "running": "it runs, and its time is not over",
    "paused": "it stands still",
    "withdrawn": "it no longer applied before its time was over",
    "undetermined": "it would end after all that its version of the calendar covers",
}
"""Verdict on a deadline -> what it means, in English."""

CONTRADICTIONS: Mapping[str, str] = {
    "start_unfounded": (
        "no earlier fact that may begin such a deadline is what it follows: one of the organisation's counts from the "
        "first fact of the case, one of the customer's from when it was noted"
    ),
    "start_differs": "it is said to have begun at another time than what it follows happened, and counts from that",
    "started_twice": "it was started again",
    "not_started": "it was never started",
    "unreadable": "it does not say or cite what such a fact must, so it counts as if it had not been said",
    "out_of_turn": "it was paused, resumed or ended when it could not be",
    "out_of_order": "it happened before what the facts before it tell",
    "noted_late": "it was noted over a minute after it is said to have happened, and counts from when it was noted",
    "noted_early": "it was noted before it is said to have happened, and counts from when it was noted",
    "noted_back": "it says that it was noted over a minute before one of the facts before it",
    "cause_differs": "what it is said to follow could not cause it, or happened at another time, from which it counts",
    "cause_untold": "it names no fact that it follows, so it counts as if it had not been said",
    "cause_over": "what it is said to follow was over, or had paused it before, so it did not stand still",
    "resume_missing": "what it stood still for was over before, and it counts as running on from then",
    "due_differs": "the due date recorded is not the one that follows from the calendar",
    "missed_differs": "it was recorded as missed, and was not",
    "rule_differs": "the rule that it cites says something else",
    "rule_superseded": "the version of the policy that it cites was not in force then, as other deadlines show",
    "calendar_differs": "the version of the calendar that it cites is not that of then, as other deadlines show",
    "term_missing": (
        "a term of the policy in force applied to the case from then on, and was neither started nor deferred, or was "
        "withdrawn while it still applied"
    ),
    "term_late": (
        "a term of the policy in force applied to the case from then on, and was started or deferred only when "
        "something else had happened to the case"
    ),
    "deferral_unfounded": "it can be counted by the calendar that it cites, or is not what its rule says",
    "end_unknown": "what is said to have ended it is no earlier fact of the ticket, so it did not end",
    "end_unfit": "what is said to have ended it cannot end such a deadline, so it did not end",
}
"""What a fact may say that does not follow -> in English."""


@dataclass(frozen=True, kw_only=True)
class PauseTold:
    """A time in which a deadline stood still.

    Attributes:
        reason: why.
        started_at: when it began. ended_at: None while it lasts, or where the deadline ended first.
        cause: the fact for which it stood still.
        paused, resumed: the facts; None where nothing resumed it.
    """

    reason: str
    started_at: datetime
    ended_at: datetime | None
    cause: Fact
    paused: Fact
    resumed: Fact | None


@dataclass(frozen=True, kw_only=True)
class Contradiction:
    """A fact that says what does not follow.

    Attributes:
        key: of CONTRADICTIONS. fact: which one.
        terms: names of the terms of the policy that it is about, where that is said by no fact of theirs.
    """

    key: str
    fact: Fact
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """One deadline, and what became of it.

    Attributes:
        id: of the deadline.
        purpose: what it is for.
        term, on_resume: how long, and what a pause does.
        calendar: the version that it is counted by.
        verdict: one of VERDICTS.
        started: the fact that says that it began. started_at: from when it is counted.
        cause: the fact that began it; None where it names none that may.
        end: the fact that ended it, as `deadline.ended` names it, or that withdrew it; None while there is none.
        due_at: when its time is over; None while it stands still, and beyond the calendar.
        judged_at: its end, or the instant it is judged as of.
        used: counted time until then; None where the calendar does not reach so far.
        excess: how much of that is beyond the term; None likewise.
        late: time by the clock from the due date to the end, zero unless it was missed.
        pauses: that count, in order.
    """

    id: str
    purpose: str
    term: Term
    on_resume: str
    calendar: CalendarVersion
    verdict: str
    started: Fact
    started_at: datetime
    cause: Fact | None
    end: Fact | None
    due_at: datetime | None
    judged_at: datetime
    used: timedelta | None
    excess: timedelta | None
    late: timedelta
    pauses: tuple[PauseTold, ...]

    @property
    def ended_at(self) -> datetime | None:
        """When what it was for was done; None where it was not."""
        return self.judged_at if self.end is not None and self.end.type != WITHDRAWN else None


@dataclass(frozen=True, kw_only=True)
class Unasked:
    """A case that was over and opened again, with no message of the customer between.

    Attributes:
        over: the fact that resolved or closed it. again: the one that opened it again.
        calls: the facts between that note a call; the organisation writes them.
    """

    over: Fact
    again: Fact
    calls: tuple[Fact, ...]


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What follows from a ticket's facts.

    Attributes:
        deadlines: in the order in which they began.
        contradictions: what facts say that does not follow, and terms that applied and were not started.
        unruled: facts since which it is not known which terms applied.
        deferred: of each term that was deferred, and not started since, the last fact that says so.
        unasked: where the case was opened again with no message of the customer.
        unchecked: deferrals whose calendar or policy is not at hand, so that they are believed.
    """

    deadlines: tuple[Deadline, ...]
    contradictions: tuple[Contradiction, ...]
    unruled: tuple[Fact, ...] = ()
    deferred: tuple[Fact, ...] = ()
    unasked: tuple[Unasked, ...] = ()
    unchecked: tuple[Fact, ...] = ()

    def named(self, deadline: str) -> Deadline | None:
        """Return the deadline of an identifier; None where there is none."""
        return next((each for each in self.deadlines if each.id == deadline), None)

    def count(self, verdict: str) -> int:
        """Return how many deadlines have a verdict."""
        return sum(1 for deadline in self.deadlines if deadline.verdict == verdict)
