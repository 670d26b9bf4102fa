"""Which terms applied to a case, by the version of the policy in force, and were neither started nor deferred.

| when the case | it has the terms for | that follow |
|---|---|---|
| is opened | first response, resolution | the opening |
| is opened again | resolution | that |
| is classified anew, unless it is over | first response, resolution | the last fact that may begin them |
| is asked for what it lacks | completion: the first that applies | the answer that asks |

A term for a closing notice is never asked for. Which version was in force the fact says that begins a deadline, or else
what follows it cites; where nothing does, nothing is compared.

Facts of one transaction come one after the other, and a file may end among them. So a term is missing only where
something else happened to the case since, and a withdrawal counts only where something else happened after it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from acuse.proof.business_time import Term
from acuse.proof.facts.deadline import DEFERRED, STARTED, TYPES, WITHDRAWN
from acuse.proof.facts.fact import Fact
from acuse.proof.policy import Policy
from acuse.proof.verdicts.deadlines.causes import ENDS, MAY_START, MOVED, OURS
from acuse.proof.verdicts.deadlines.cited import is_readable
from acuse.proof.verdicts.deadlines.course import Course
from acuse.proof.verdicts.deadlines.history import History
from acuse.proof.verdicts.deadlines.rules import classified, length_of
from acuse.proof.verdicts.deadlines.starting import cause_of

_PURPOSES = (*OURS, "completion")
_BETWEEN = frozenset({"ticket.assigned", "conformity.requested", *(kind.name for kind in TYPES)})
"""Types of fact that may stand between a fact and the terms that it begins."""
_NEVER = 1 << 53
_UNFOUNDED = 0

Rule = tuple[str, int]
"""The name of a term, and the number of the fact that it follows; `_UNFOUNDED` where that may begin none."""


@dataclass(frozen=True, kw_only=True)
class _Span:
    """A part of a case's history in which it should have the same terms for a purpose.

    Attributes:
        cause: the fact that they follow.
        since: the fact with which it begins. until: the number of the one before which it ends.
        case: what the case is then.
    """

    purpose: str
    cause: Fact
    since: Fact
    case: Mapping[str, str]
    until: int = _NEVER


@dataclass(frozen=True, kw_only=True)
class _Had:
    """A term that was started or deferred.

    Attributes:
        begun: the number of the fact that says so.
        until: that of the one from which on the case did not have it any more, where it was given up.
        over: that of the one by which it was over, in time or not. live_until: until which it ran.
    """

    term: Term
    begun: int
    until: int = _NEVER
    over: int = _NEVER
    live_until: int = 0


@dataclass(frozen=True, kw_only=True)
class Compared:
    """What was found of the terms that applied to a case.

    Attributes:
        missing: the facts since which one applied that was neither started nor deferred, or was given up for none.
        unknown: those since which it is not known what applied: no fact says by which version, or it is not at hand.
    """

    missing: tuple[Fact, ...] = ()
    unknown: tuple[Fact, ...] = ()


def compare(
    facts: Sequence[Fact], courses: Mapping[str, Course], history: History, rules: Mapping[str, Policy]
) -> Compared:
    """Look for the terms that applied to a case.

    Args:
        facts: of the ticket, from the first. history: of them all.
        courses: its deadlines, by their identifier.
        rules: versions of the policy by digest.
    """
    told = _told(facts, courses, history)
    missing, unknown = dict[int, Fact](), dict[int, Fact]()
    for span in _spans(facts, history.invented):
        ruled = history.ruled.get(span.cause.subject_sequence, "")
        policy = None if ruled is None else rules.get(ruled)
        if policy is None:
            # Where the fact says that there was none, no term applied.
            unknown |= {} if ruled is None else {span.since.subject_sequence: span.since}
        elif not all(_is_had(term, span, _by_rule(told, name, span)) for name, term in _applying(policy, span)):
            missing[span.since.subject_sequence] = span.since
    return Compared(missing=tuple(missing.values()), unknown=tuple(unknown.values()))


def _applying(policy: Policy, span: _Span) -> list[tuple[str, Term]]:
    """Return the terms that a case has, by their names."""
    lengths = ((each.name, length_of(each, span.case)) for each in policy.terms if each.purpose == span.purpose)
    applying = [(name, term) for name, term in lengths if term is not None]
    return applying if span.purpose in OURS else applying[:1]


def _spans(facts: Iterable[Fact], invented: set[int]) -> Iterator[_Span]:
    """Yield the spans of a case that something else than its terms ended."""
    lasting: dict[str, _Span] = {}
    case: Mapping[str, str] = {}
    is_over, last = False, 0
    for fact in facts:
        if fact.type in _BETWEEN:
            continue
        case, last = classified(case, fact), fact.subject_sequence
        anew = fact.type == "ticket.classified" and not is_over
        for purpose in _PURPOSES:
            before = lasting.get(purpose)
            begins = MAY_START[purpose](fact) and last not in invented
            cause = fact if begins else before.cause if before is not None and anew and purpose in OURS else None
            if cause is None:
                continue
            if before is not None:
                yield replace(before, until=last)
            lasting[purpose] = _Span(purpose=purpose, cause=cause, since=fact, case=case)
        if fact.type == MOVED:
            is_over = fact.details.get("after") in ENDS
    yield from (replace(span, until=last) for span in lasting.values() if span.since.subject_sequence < last)


def _by_rule(told: Mapping[Rule, Sequence[_Had]], name: str, span: _Span) -> Sequence[_Had]:
    return (*told.get((name, span.cause.subject_sequence), ()), *told.get((name, _UNFOUNDED), ()))


def _is_had(term: Term, span: _Span, had: Sequence[_Had]) -> bool:
    """Return whether a case had a term when a span ended, or needs it not: what was over by its rule begins no more."""
    since = span.since.subject_sequence
    if any(each.term == term and each.begun < span.until <= each.until for each in had):
        return True
    lives = any(each.begun < since < each.live_until for each in had)
    return not lives and any(each.over < since for each in had)


def _told(facts: Sequence[Fact], courses: Mapping[str, Course], history: History) -> Mapping[Rule, Sequence[_Had]]:
    """Return which terms were started or deferred, by their rules."""
    told, started = dict[Rule, list[_Had]](), dict[Rule, int]()
    for fact in reversed(facts):
        course = courses.get(str(fact.details.get("deadline"))) if fact.type == STARTED else None
        if course is not None and course.started is fact:
            rule = _rule(fact, history)
            told.setdefault(rule, []).append(_had(course))
            started[rule] = fact.subject_sequence
        elif fact.type == DEFERRED and is_readable(fact):
            rule = _rule(fact, history)
            term = Term.from_members(fact.details["term"])
            # A term that is deferred is had until it is started.
            until = started.get(rule, _NEVER)
            told.setdefault(rule, []).append(_Had(term=term, begun=fact.subject_sequence, until=until))
    return told


def _had(course: Course) -> _Had:
    """Return what a deadline was. What was told to be missed is over; what is the customer's may be given up."""
    begun, end = course.started.subject_sequence, course.end
    if end is None:
        return _Had(term=course.term, begun=begun, live_until=_NEVER)
    number = end.subject_sequence
    if end.type != WITHDRAWN or course.missed:
        return _Had(term=course.term, begun=begun, over=number, live_until=number)
    until = number if course.started.details["purpose"] in OURS else _NEVER
    return _Had(term=course.term, begun=begun, until=until, live_until=number)


def _rule(fact: Fact, history: History) -> Rule:
    cause = cause_of(fact, history)
    return str(fact.details["rule"]["policy"]), _UNFOUNDED if cause is None else cause.subject_sequence
