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
from acuse.proof.verdicts.deadlines.causes import MAY_END, MAY_PAUSE, MAY_RESUME, OURS, Fits, any_fact
from acuse.proof.verdicts.deadlines.noting import Told, at_last, named, own
from acuse.proof.verdicts.deadlines.values import PauseTold

_COMPARED = 100
"""So many due dates recorded after pauses are compared: each takes as long as there were pauses before it."""

Earlier = Mapping[int, Fact]
"""The facts of the ticket that were told before, by their number."""
Keys = tuple[str, ...]


@dataclass(kw_only=True)
class Course:
    """What the facts told of one deadline so far.

    Attributes:
        ruled: the term of the policy cited, where it was looked at and has it.
        last: the latest instant told: nothing that is told later happened before it.
        end: the fact that ended or withdrew it. end_at: when.
        missed: the facts that say that it was missed.
    """

    started: Fact
    term: Term
    calendar: CalendarVersion
    ruled: PolicyTerm | None
    last: datetime
    pauses: list[PauseTold] = field(default_factory=list)
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
            due = due_at(
                self.calendar, self.term, started_at=self.started.occurred_at, pauses=whole, on_resume=on_resume
            )
        except OutsideCalendar:
            return None
        lasting = [each for each in pauses if each.ended_at is None]
        return None if lasting and lasting[0].started_at < due else due


def step(course: Course, fact: Fact, earlier: Earlier) -> Keys:
    """Apply a fact to the course of its deadline; return what it says that does not follow.

    Args:
        course: of the deadline that was started; it is changed.
        fact: of one of the types in `acuse.proof.facts.deadline.STEPS`, but that it was started.
        earlier: all facts before it.
    """
    return _STEPS[fact.type](course, fact, earlier)


def _paused(course: Course, fact: Fact, earlier: Earlier) -> Keys:
    if course.end is not None or course.standing:
        return ("out_of_turn",)
    reason = str(fact.details["reason"])
    cause, at, wrong = _caused(course, fact, earlier, MAY_PAUSE[reason])
    # A deadline that was started after its cause had been noted is told again what was known: nothing was thought up.
    retold = cause is not None and cause.subject_sequence < course.started.subject_sequence and at == cause.occurred_at
    told = own(fact, noted_at=cause.recorded_at if retold and cause else fact.recorded_at, at=at)
    ruled = ("rule_differs",) if course.ruled is not None and reason not in course.ruled.pauses_on else ()
    begun, order = _in_order(course, told)
    course.pauses.append(PauseTold(reason=reason, started_at=begun, ended_at=None, paused=fact, resumed=None))
    return (*wrong, *told.keys, *ruled, *order)


def _resumed(course: Course, fact: Fact, earlier: Earlier) -> Keys:
    if course.end is not None or not course.standing:
        return ("out_of_turn",)
    _, at, wrong = _caused(course, fact, earlier, MAY_RESUME[course.pauses[-1].reason])
    told = at_last(fact, at=at)
    ended, order = _in_order(course, told)
    course.pauses[-1] = replace(course.pauses[-1], ended_at=ended, resumed=fact)
    return (*wrong, *told.keys, *order, *_due_wrongly(course, fact))


def _caused(course: Course, fact: Fact, earlier: Earlier, fits: Fits) -> tuple[Fact | None, datetime, Keys]:
    """Return the fact that another says it follows, when that other counts as having happened, and what is wrong."""
    at = fact.occurred_at
    if "follows" not in fact.details:
        return None, at, ()
    cause = named(fact, fact.details["follows"], earlier)
    if cause is None or not fits(cause):
        return None, at, ("cause_differs",)
    then = max(cause.occurred_at, course.last)
    return cause, then, () if at == then else ("cause_differs",)


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


def _missed(course: Course, fact: Fact, earlier: Earlier) -> Keys:
    course.missed.append(fact)
    return ()


def _ended(course: Course, fact: Fact, earlier: Earlier) -> Keys:
    if course.end is not None:
        return ("out_of_turn",)
    end = named(fact, fact.details["ended_by"], earlier)
    if end is None:
        return ("end_unknown",)
    purpose = str(course.started.details["purpose"])
    if not MAY_END[purpose](end):
        return ("end_unfit",)
    told = (
        own(end, noted_at=end.recorded_at, at=end.occurred_at) if purpose in OURS else at_last(end, at=end.occurred_at)
    )
    begun = course.started.occurred_at
    course.end, course.end_at = end, max(told.at, begun)
    return (*told.keys, *(("out_of_order",) if told.at < begun else ()))


def _withdrawn(course: Course, fact: Fact, earlier: Earlier) -> Keys:
    if course.end is not None:
        return ("out_of_turn",)
    _, at, wrong = _caused(course, fact, earlier, any_fact)
    told = own(fact, noted_at=fact.recorded_at, at=at)
    course.end_at, order = _in_order(course, told)
    course.end = fact
    return (*wrong, *told.keys, *order)


_STEPS: Mapping[str, Callable[[Course, Fact, Earlier], Keys]] = {
    PAUSED: _paused,
    RESUMED: _resumed,
    MISSED: _missed,
    ENDED: _ended,
    WITHDRAWN: _withdrawn,
}
