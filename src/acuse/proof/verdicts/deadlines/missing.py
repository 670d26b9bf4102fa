"""Which terms applied to a case, by the version of the policy in force, and were not started or deferred at once.

| when the case | it has the terms for | that follow |
|---|---|---|
| is opened | first response, resolution | the opening |
| is opened again | resolution | that |
| is classified anew, unless it is over | first response, resolution | the last fact that may begin them |
| is asked for what it lacks | completion: the first that applies | the answer that asks |

A term for a closing notice is never asked for. Which version was in force the fact says that begins a deadline, or else
what follows it cites; where nothing does, nothing is compared.

Facts of one transaction come one after the other, and a file may end among them. So a term is missing only where
something else happened to the case since, and a withdrawal counts only where something else happened after it. What was
missing in an earlier file, because something else had happened before the term was started or deferred, stays told: it
is late.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from acuse.proof.business_time import Term
from acuse.proof.facts.deadline import DEFERRED, STARTED, TYPES, WITHDRAWN
from acuse.proof.facts.fact import Fact
from acuse.proof.facts.ticket import MATTERS, PRIORITIES, TYPE_NAMES
from acuse.proof.policy import Policy
from acuse.proof.verdicts.deadlines.causes import ENDS, MAY_START, MOVED, OURS
from acuse.proof.verdicts.deadlines.cited import is_readable
from acuse.proof.verdicts.deadlines.course import Course
from acuse.proof.verdicts.deadlines.history import History
from acuse.proof.verdicts.deadlines.rules import classified, length_of
from acuse.proof.verdicts.deadlines.starting import cause_of
from acuse.proof.verdicts.deadlines.values import Contradiction

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


@dataclass(kw_only=True)
class _Told:
    """Which terms were started or deferred, each from one fact to another by their numbers.

    Attributes:
        had: by rule and length, until it was given up. ran: by rule, until it ended.
        over: by rule, the number of the fact by which one was over first, in time or not.
        others: numbers of the facts that tell something else than terms, in order.
    """

    others: Sequence[int]
    had: dict[tuple[Rule, Term], list[tuple[int, int]]] = field(default_factory=dict)
    ran: dict[Rule, list[tuple[int, int]]] = field(default_factory=dict)
    over: dict[Rule, int] = field(default_factory=dict)

    def take(self, rule: Rule, course: Course) -> int:
        """Take in a deadline; return the number of the fact by which it was given up, or one that never comes.

        What was told to be missed is over; what is the customer's may be given up.
        """
        begun, end = course.started.subject_sequence, course.end
        ended = _NEVER if end is None else end.subject_sequence
        withdrawn = end is not None and end.type == WITHDRAWN and not course.missed
        given_up = ended if withdrawn and course.started.details["purpose"] in OURS else _NEVER
        self.have(rule, course.term, begun, given_up)
        self.ran.setdefault(rule, []).append((begun, ended))
        if not withdrawn:
            # A fact that came before it, and ended it, ended nothing earlier than itself.
            self.over[rule] = min(max(begun, ended), self.over.get(rule, _NEVER))
        return given_up

    def have(self, rule: Rule, term: Term, begun: int, until: int) -> None:
        """Take in that a term was had."""
        self.had.setdefault((rule, term), []).append((begun, until))

    def merge(self) -> None:
        """Make one of those between which nothing else happened, in order, so that looking takes little time."""
        self.had = {key: self._merged(stretches) for key, stretches in self.had.items()}
        self.ran = {rule: self._merged(stretches) for rule, stretches in self.ran.items()}

    def lacks(self, name: str, term: Term, span: _Span) -> str | None:
        """Return which key of CONTRADICTIONS a span raises of a term; None: it had it, or what was over begins no more.

        It has it where it has when the span ends, and had since the first of the other things that happened in it.
        """
        rules, since = ((name, span.cause.subject_sequence), (name, _UNFOUNDED)), span.since.subject_sequence
        runs = any(_around(self.ran.get(rule, ()), since) for rule in rules)
        if not runs and any(self.over.get(rule, _NEVER) < since for rule in rules):
            return None
        found = [_around(self.had.get((rule, term), ()), span.until) for rule in rules]
        begun = min((stretch[0] for stretch in found if stretch is not None), default=None)
        if begun is None:
            return "term_missing"
        return "term_late" if self._happened_between(since + 1, begun) else None

    def _merged(self, stretches: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
        merged: list[tuple[int, int]] = []
        for begin, end in sorted(stretches):
            if merged and not self._happened_between(merged[-1][1], begin):
                merged[-1] = (merged[-1][0], max(merged[-1][1], end))
            else:
                merged.append((begin, end))
        return merged

    def _happened_between(self, begin: int, end: int) -> bool:
        """Return whether one of the others is from one number on and before another."""
        return bisect_left(self.others, end) > bisect_left(self.others, begin)


def _around(merged: Sequence[tuple[int, int]], number: int) -> tuple[int, int] | None:
    """Return the stretch within which a fact comes; None where there is none."""
    place = bisect_left(merged, (number,)) - 1
    return merged[place] if place >= 0 and number < merged[place][1] else None


@dataclass(frozen=True, kw_only=True)
class Compared:
    """What was found of the terms that applied to a case.

    Attributes:
        wrong: the facts since which one applied that was not started or deferred then, or was given up for none.
        unknown: those since which it is not known what applied: no fact says by which version, or it is not at hand.
    """

    wrong: tuple[Contradiction, ...] = ()
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
    wrong, unknown = dict[tuple[str, int], Contradiction](), dict[int, Fact]()
    if facts[0].type != "ticket.opened":
        unknown[facts[0].subject_sequence] = facts[0]
    for span in _spans(facts, history.invented):
        ruled = history.versions.ruled.get(span.cause.subject_sequence, (0, ""))
        policy = None if ruled is None or not _is_known(span.case) else rules.get(ruled[1])
        if policy is None:
            # Where the fact says that there was none, no term applied.
            unknown |= {} if ruled is None else {span.since.subject_sequence: span.since}
            continue
        for name, term in _applying(policy, span):
            key = told.lacks(name, term, span)
            if key is not None:
                place = key, span.since.subject_sequence
                named = wrong[place].terms if place in wrong else ()
                wrong[place] = Contradiction(key=key, fact=span.since, terms=(*named, name))
    return Compared(wrong=tuple(wrong.values()), unknown=tuple(unknown.values()))


def _is_known(case: Mapping[str, str]) -> bool:
    """Return whether a case is of a class that policies can name: later ones may know more."""
    return case.get("type") in TYPE_NAMES and case.get("priority") in PRIORITIES and case.get("matter") in MATTERS


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
            # A case that is over is opened again, whatever it is said to have been before.
            again = is_over and fact.type == MOVED and fact.details.get("after") not in ENDS
            begins |= again and purpose == "resolution"
            cause = fact if begins else before.cause if before is not None and anew and purpose in OURS else None
            if cause is None:
                continue
            if before is not None:
                yield replace(before, until=last)
            lasting[purpose] = _Span(purpose=purpose, cause=cause, since=fact, case=case)
        if fact.type == MOVED:
            is_over = fact.details.get("after") in ENDS
    yield from (replace(span, until=last) for span in lasting.values() if span.since.subject_sequence < last)


def _told(facts: Sequence[Fact], courses: Mapping[str, Course], history: History) -> _Told:
    told = _Told(others=[fact.subject_sequence for fact in facts if fact.type not in _BETWEEN])
    started = dict[Rule, int]()
    for fact in reversed(facts):
        course = courses.get(str(fact.details.get("deadline"))) if fact.type == STARTED else None
        if course is not None and course.started is fact:
            rule = _rule(fact, history)
            started[rule] = told.take(rule, course)
        elif fact.type == DEFERRED and is_readable(fact):
            rule = _rule(fact, history)
            # A term that is deferred is had until what was started in its place, of whatever length, is given up.
            term, until = Term.from_members(fact.details["term"]), started.get(rule, _NEVER)
            told.have(rule, term, fact.subject_sequence, until)
    told.merge()
    return told


def _rule(fact: Fact, history: History) -> Rule:
    cause = cause_of(fact, history)
    return str(fact.details["rule"]["policy"]), _UNFOUNDED if cause is None else cause.subject_sequence
