"""The course of one deadline: what its facts told so far, and what each further one does to it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from acuse.clock import from_rfc3339
from acuse.errors import OutsideCalendar
from acuse.proof.business_time import CalendarVersion, Pause, Term, due_at
from acuse.proof.facts.deadline import ENDED, MISSED, PAUSED, RESUMED, WITHDRAWN
from acuse.proof.facts.fact import Fact
from acuse.proof.policy import PolicyTerm
from acuse.proof.verdicts.deadlines.causes import (
    BY_MEMBERS,
    MAY_END,
    MAY_PAUSE,
    MAY_RESUME,
    OURS,
    Fits,
    any_fact,
)
from acuse.proof.verdicts.deadlines.history import History
from acuse.proof.verdicts.deadlines.noting import Told, at_last, named, own
from acuse.proof.verdicts.deadlines.starting import Start
from acuse.proof.verdicts.deadlines.values import PauseTold

_COMPARED = 100
"""So many due dates recorded after pauses are compared: each takes as long as there were pauses before it."""

Keys = tuple[str, ...]


@dataclass(kw_only=True)
class Course:
    """What the facts told of one deadline so far.

    Attributes:
        begun: what began it, and from when it is counted.
        ruled: the term of the policy cited, where it was looked at and has it.
        last: the latest instant told: nothing that is told later happened before it.
        causes: the numbers of the facts for which it stood still.
        void: whether it was told to stand still for no cause, and runs on.
        retold: whether what it stood still for last was told of another before.
        end: the fact that ended or withdrew it. end_at: when.
        missed: the facts that say that it was missed.
    """

    started: Fact
    begun: Start
    term: Term
    calendar: CalendarVersion
    ruled: PolicyTerm | None
    last: datetime
    void: bool = False
    retold: bool = False
    pauses: list[PauseTold] = field(default_factory=list)
    causes: set[int] = field(default_factory=set)
    end: Fact | None = None
    end_at: datetime | None = None
    missed: list[Fact] = field(default_factory=list)

    @property
    def standing(self) -> bool:
        """Whether it stands still."""
        return bool(self.pauses) and self.pauses[-1].ended_at is None

    def due(self, pauses: Sequence[PauseTold]) -> datetime | None:
        """Return when its time is over after these pauses; None while the last lasts, and beyond the calendar."""
        whole = [Pause(start=each.started_at, end=each.ended_at) for each in pauses if each.ended_at is not None]
        on_resume = self.started.details["on_resume"]
        try:
            due = due_at(self.calendar, self.term, started_at=self.begun.at, pauses=whole, on_resume=on_resume)
        except OutsideCalendar:
            return None
        lasting = [each for each in pauses if each.ended_at is None]
        return None if lasting and lasting[0].started_at < due else due


def step(course: Course, fact: Fact, earlier: History) -> Keys:
    """Apply a fact to the course of its deadline; return what it says that does not follow.

    Args:
        course: of the deadline that was started; it is changed.
        fact: of one of the types in `acuse.proof.facts.deadline.STEPS`, but that it was started.
        earlier: all facts before it.
    """
    return _STEPS[fact.type](course, fact, earlier)


def settle(course: Course, earlier: History, *, before: Fact | None = None) -> Fact | None:
    """End a pause where what it waits for is over, whether or not that was recorded; return the fact that did it.

    Args:
        course: of the deadline; it is changed.
        earlier: all facts so far.
        before: only what was told before this one; None: whatever was.
    """
    pause = course.pauses[-1] if course.standing else None
    found = None if pause is None else _over(pause, earlier, retold=course.retold)
    if pause is None or found is None:
        return None
    over, told = found
    if before is not None and over.subject_sequence >= before.subject_sequence:
        return None
    ended, _ = _in_order(course, told)
    course.pauses[-1] = replace(pause, ended_at=ended)
    return over


def _over(pause: PauseTold, earlier: History, *, retold: bool) -> tuple[Fact, Told] | None:
    """Return the fact by which what a pause waits for is over, and when that counts as having happened.

    A member's own pause has no such fact; told again, it is over where it was when it was told first.
    """
    if pause.reason in BY_MEMBERS:
        first = earlier.let_go.get(_key(pause)) if retold else None
        return None if first is None else (first[0], Told(at=first[1]))
    over = earlier.over(pause.reason, pause.cause)
    return None if over is None else (over, at_last(over, at=over.occurred_at))


def _key(pause: PauseTold) -> tuple[str, int]:
    return pause.reason, pause.cause.subject_sequence


def _paused(course: Course, fact: Fact, earlier: History) -> Keys:
    if course.end is not None or course.standing or course.void:
        return ("out_of_turn",)
    reason = str(fact.details["reason"])
    cause = _cause(fact, earlier, MAY_PAUSE[reason])
    retold = cause is not None and _retold(course, reason, cause, earlier)
    if cause is None or _used_up(course, reason, cause, None if retold else earlier.over(reason, cause)):
        course.void = True
        return _no_cause(fact) if cause is None else ("cause_over",)
    at, wrong = _when(course, fact, cause)
    if cause.subject_sequence < course.started.subject_sequence and not retold and fact.occurred_at > at:
        at, wrong = fact.occurred_at, ()
    told = own(fact, noted_at=cause.recorded_at if retold else fact.recorded_at, at=at)
    ruled = ("rule_differs",) if course.ruled is not None and reason not in course.ruled.pauses_on else ()
    begun, order = _in_order(course, told)
    course.pauses.append(
        PauseTold(reason=reason, started_at=begun, ended_at=None, cause=cause, paused=fact, resumed=None)
    )
    course.causes.add(cause.subject_sequence)
    course.retold = retold
    if not told.keys:
        earlier.stood.setdefault((reason, cause.subject_sequence), fact.subject_sequence)
    return (*wrong, *told.keys, *ruled, *order)


def _retold(course: Course, reason: str, cause: Fact, earlier: History) -> bool:
    """Return whether a deadline that began in place of another is told again a pause that was told of that in time."""
    stood = earlier.stood.get((reason, cause.subject_sequence))
    return (
        course.begun.anew
        and stood is not None
        and stood < course.started.subject_sequence
        and cause.occurred_at >= course.last
    )


def _used_up(course: Course, reason: str, cause: Fact, over: Fact | None) -> bool:
    """Return whether a cause cannot pause a deadline any more.

    What waited for the customer before a member's own pause, and still does, goes on waiting after it.
    """
    if over is not None:
        return True
    beneath = reason not in BY_MEMBERS and bool(course.pauses) and course.pauses[-1].reason in BY_MEMBERS
    return cause.subject_sequence in course.causes and not beneath


def _resumed(course: Course, fact: Fact, earlier: History) -> Keys:
    if course.end is not None or not (course.standing or course.void):
        return ("out_of_turn",)
    if course.void:
        course.void = False
        return _due_wrongly(course, fact)
    cause = _cause(fact, earlier, MAY_RESUME[course.pauses[-1].reason])
    wrong = _no_cause(fact) if cause is None else ()
    if settle(course, earlier, before=cause) is not None:
        course.pauses[-1] = replace(course.pauses[-1], resumed=fact)
        return (*wrong, "resume_missing", *_due_wrongly(course, fact))
    at, differs = (fact.occurred_at, wrong) if cause is None else _when(course, fact, cause)
    told = at_last(fact, at=at)
    ended, order = _in_order(course, told)
    course.pauses[-1] = replace(course.pauses[-1], ended_at=ended, resumed=fact)
    earlier.let_go.setdefault(_key(course.pauses[-1]), (fact, ended))
    return (*differs, *told.keys, *order, *_due_wrongly(course, fact))


def _cause(fact: Fact, earlier: History, fits: Fits) -> Fact | None:
    """Return the fact that another says it follows; None where it names none, or one that could not cause it."""
    cause = named(fact, fact.details["follows"], earlier.facts) if "follows" in fact.details else None
    return cause if cause is not None and fits(cause) else None


def _no_cause(fact: Fact) -> Keys:
    return ("cause_differs",) if "follows" in fact.details else ("cause_untold",)


def _when(course: Course, fact: Fact, cause: Fact) -> tuple[datetime, Keys]:
    """Return when what follows a cause counts as having happened, and what is wrong with what it says."""
    then = max(cause.occurred_at, course.last)
    return then, () if fact.occurred_at == then else ("cause_differs",)


def _in_order(course: Course, told: Told) -> tuple[datetime, Keys]:
    """Return when a step counts as having happened, not before the last one, and what is wrong with that."""
    early = told.at < course.last
    course.last = max(told.at, course.last)
    return course.last, ("out_of_order",) if early else ()


def _due_wrongly(course: Course, fact: Fact) -> Keys:
    if len(course.pauses) > _COMPARED:
        return ()
    due = course.due(course.pauses)
    return ("due_differs",) if due is None or from_rfc3339(fact.details["due_at"]) != due else ()


def _missed(course: Course, fact: Fact, earlier: History) -> Keys:
    course.missed.append(fact)
    return ()


def _ended(course: Course, fact: Fact, earlier: History) -> Keys:
    if course.end is not None:
        return ("out_of_turn",)
    end = named(fact, fact.details["ended_by"], earlier.facts)
    if end is None:
        return ("end_unknown",)
    purpose = str(course.started.details["purpose"])
    if not MAY_END[purpose](end) or _older(end, course.begun.cause):
        return ("end_unfit",)
    told = (
        own(end, noted_at=end.recorded_at, at=end.occurred_at) if purpose in OURS else at_last(end, at=end.occurred_at)
    )
    settled = () if settle(course, earlier, before=end) is None else ("resume_missing",)
    begun = course.begun.at
    course.end, course.end_at = end, max(told.at, begun)
    return (*settled, *told.keys, *(("out_of_order",) if told.at < begun else ()))


def _older(end: Fact, cause: Fact | None) -> bool:
    """Return whether a fact was told before the one that began a deadline, which may be dated back."""
    return cause is not None and end.subject_sequence < cause.subject_sequence


def _withdrawn(course: Course, fact: Fact, earlier: History) -> Keys:
    if course.end is not None:
        return ("out_of_turn",)
    cause = _cause(fact, earlier, any_fact)
    if cause is None:
        return _no_cause(fact)
    settled = () if settle(course, earlier, before=cause) is None else ("resume_missing",)
    at, wrong = _when(course, fact, cause)
    told = own(fact, noted_at=fact.recorded_at, at=at)
    course.end_at, order = _in_order(course, told)
    course.end = fact
    earlier.give_up(course.started)
    return (*settled, *wrong, *told.keys, *order)


_STEPS: Mapping[str, Callable[[Course, Fact, History], Keys]] = {
    PAUSED: _paused,
    RESUMED: _resumed,
    MISSED: _missed,
    ENDED: _ended,
    WITHDRAWN: _withdrawn,
}
