"""Whether a term that was deferred could not be counted: by its calendar it would not have ended.

It is compared with its rule as one that was started, so that nobody defers a longer term than there is. One that stood
still is deferred in the fact after its withdrawal, with the pauses that it had.
"""

from collections.abc import Iterable, Mapping

from acuse.errors import OutsideCalendar
from acuse.proof.business_time import CalendarVersion, Pause, Term, due_at
from acuse.proof.facts.deadline import DEFERRED, STARTED, WITHDRAWN
from acuse.proof.facts.fact import Fact
from acuse.proof.policy import Policy
from acuse.proof.verdicts.deadlines.cited import cites, is_readable
from acuse.proof.verdicts.deadlines.course import Course
from acuse.proof.verdicts.deadlines.history import History, origin
from acuse.proof.verdicts.deadlines.noting import at_last
from acuse.proof.verdicts.deadlines.rules import is_of_rule, length_of, term_of
from acuse.proof.verdicts.deadlines.starting import cause_of

UNFOUNDED = frozenset({"start_unfounded", "deferral_unfounded"})
"""Keys of CONTRADICTIONS with which a deferral is not believed."""


def deferred_of(
    deferred: Fact,
    earlier: History,
    seen: Mapping[str, Course],
    case: Mapping[str, str],
    calendars: Mapping[str, CalendarVersion],
    rules: Mapping[str, Policy] | None,
) -> tuple[str, ...]:
    """Return what the fact that a deadline was deferred says that does not follow.

    Args:
        deferred: the fact; it fits its type.
        earlier: all facts before it. The version of the policy that it cites is noted there.
        seen: the deadlines so far.
        case: what the case was then.
        calendars, rules: by digest; what is not at hand is not compared. None: no rule is.
    """
    cause = cause_of(deferred, earlier)
    if cause is None:
        return ("start_unfounded",)
    version = earlier.versions.cite(deferred.details["rule"], cause)
    version += earlier.versions.count_by(deferred.details["calendar"], cause, waited=waited(deferred, earlier, seen))
    if rules is None:
        return version
    before = _given_up(deferred, earlier, seen)
    if before is not None and not _is_same(before, deferred):
        before = None
    founded = (
        _cites_what_it_names(deferred)
        and _is_as_ruled(deferred, before, case, rules)
        and _is_beyond(deferred, cause, before, calendars)
    )
    return version if founded else (*version, "deferral_unfounded")


def deferred(facts: Iterable[Fact]) -> list[Fact]:
    """Return of each term that was deferred, and not started since, the last fact that says so.

    Args:
        facts: of a case, in order.
    """
    found: dict[str, Fact] = {}
    for fact in facts:
        if fact.type in (DEFERRED, STARTED) and is_readable(fact):
            name = str(fact.details["rule"]["policy"])
            found.pop(name, None)
            if fact.type == DEFERRED:
                found[name] = fact
    return list(found.values())


def is_comparable(deferred: Fact, calendars: Mapping[str, CalendarVersion], rules: Mapping[str, Policy] | None) -> bool:
    """Return whether all is at hand by which a deferral is compared, or nothing is to be. See `deferred_of`."""
    calendar, rule = (str(deferred.details[role]["digest"]) for role in ("calendar", "rule"))
    return rules is None or (calendar in calendars and rule in rules)


def waited(fact: Fact, earlier: History, seen: Mapping[str, Course]) -> bool:
    """Return whether what a fact starts or defers waited for a calendar that reaches further: another may count it.

    It was deferred before, or stood still until its calendar could not count it on, which the fact before gives up.
    """
    if origin(fact) in earlier.deferred:
        return True
    before = _given_up(fact, earlier, seen)
    return before is not None and _runs_beyond(before)


def _given_up(fact: Fact, earlier: History, seen: Mapping[str, Course]) -> Course | None:
    """Return the deadline of the same origin that was withdrawn in the fact before."""
    told = earlier.facts.get(fact.subject_sequence - 1)
    course = seen.get(str(told.details.get("deadline"))) if told is not None and told.type == WITHDRAWN else None
    return course if course is not None and course.end == told and origin(course.started) == origin(fact) else None


def _is_same(course: Course, deferred: Fact) -> bool:
    term = Term.from_members(deferred.details["term"])
    return course.started.details["calendar"] == deferred.details["calendar"] and course.term == term


def _cites_what_it_names(deferred: Fact) -> bool:
    return all(cites(deferred, role, str(deferred.details[role]["digest"])) for role in ("calendar", "rule"))


def _is_as_ruled(deferred: Fact, before: Course | None, case: Mapping[str, str], rules: Mapping[str, Policy]) -> bool:
    policy = rules.get(str(deferred.details["rule"]["digest"]))
    term = None if policy is None else term_of(policy, deferred)
    if policy is None or term is None:
        return policy is None
    # What a deadline was started as was compared then, by what the case was then.
    asked = length_of(term, case) if before is None else before.term
    return is_of_rule(term, deferred.details) and asked == Term.from_members(deferred.details["term"])


def _is_beyond(deferred: Fact, cause: Fact, before: Course | None, calendars: Mapping[str, CalendarVersion]) -> bool:
    named = deferred.details["calendar"]
    calendar, term = calendars.get(str(named["digest"])), Term.from_members(deferred.details["term"])
    if calendar is None:
        return True
    if (str(calendar.calendar), calendar.version) != (named["id"], named["version"]):
        return False
    try:
        due_at(calendar, term, started_at=at_last(cause, at=cause.occurred_at).at)
    except OutsideCalendar:
        return True
    return before is not None and _runs_beyond(before)


def _runs_beyond(course: Course) -> bool:
    """Return whether a deadline that was withdrawn would not end by its calendar, going on from then."""
    whole = [
        Pause(start=each.started_at, end=each.ended_at or course.end_at)
        for each in course.pauses
        if course.end_at is not None
    ]
    on_resume = course.started.details["on_resume"]
    try:
        due_at(course.calendar, course.term, started_at=course.begun.at, pauses=whole, on_resume=on_resume)
    except OutsideCalendar:
        return True
    return False
