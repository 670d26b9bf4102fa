"""Judging the deadlines of one ticket: each by its course, and what is recorded of them against what follows."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from acuse.clock import from_rfc3339
from acuse.errors import InputError, OutsideCalendar
from acuse.proof.business_time import CalendarVersion, Pause, Term, spent
from acuse.proof.facts.deadline import DEFERRED, STARTED, STEPS, WITHDRAWN
from acuse.proof.facts.fact import Fact
from acuse.proof.policy import Policy
from acuse.proof.verdicts.deadlines.causes import opened_unasked
from acuse.proof.verdicts.deadlines.cited import cited, is_readable, says_policy
from acuse.proof.verdicts.deadlines.course import Course, settle, step
from acuse.proof.verdicts.deadlines.deferring import UNFOUNDED, deferred, deferred_of, is_comparable, waited
from acuse.proof.verdicts.deadlines.history import History
from acuse.proof.verdicts.deadlines.missing import Compared, compare
from acuse.proof.verdicts.deadlines.noting import TOLERANCE
from acuse.proof.verdicts.deadlines.rules import classified, is_as_ruled, term_of
from acuse.proof.verdicts.deadlines.starting import start_of
from acuse.proof.verdicts.deadlines.values import Contradiction, Deadline, Judgement, PauseTold


def judge(
    facts: Sequence[Fact],
    calendars: Mapping[str, CalendarVersion],
    *,
    rules: Mapping[str, Policy] | None = None,
    at: datetime | None = None,
) -> Judgement:
    """Judge the deadlines of one ticket.

    Args:
        facts: all facts of the ticket up to some position, in order, from the first.
        calendars: every version that they cite, by the SHA-256 (hex) of its bytes.
        rules: every version of the policy that they cite, likewise; None where only the verdicts are asked for, which
            do not depend on them. Of both, what no deadline that was started cites may be lacking: it is not compared.
        at: the instant as of which what has no end is judged; None: when the last fact was recorded.

    Raises:
        InputError: a fact of a deadline cites another version than it names, or what it cites is not at hand.
    """
    seen: dict[str, Course] = {}
    wrong: list[Contradiction] = []
    unchecked: list[Fact] = []
    earlier = History()
    case: Mapping[str, str] = {}
    noted = facts[0].recorded_at
    for fact in facts:
        if noted - fact.recorded_at > TOLERANCE:
            wrong.append(Contradiction(key="noted_back", fact=fact))
        noted = max(noted, fact.recorded_at)
        case = classified(case, fact)
        if not is_readable(fact):
            wrong.append(Contradiction(key="unreadable", fact=fact))
        elif fact.type in STEPS:
            wrong += [Contradiction(key=key, fact=fact) for key in _told(fact, seen, earlier, case, calendars, rules)]
        elif fact.type == DEFERRED:
            told = deferred_of(fact, earlier, seen, case, calendars, rules)
            wrong += [Contradiction(key=key, fact=fact) for key in told]
            believed = UNFOUNDED.isdisjoint(told) and not is_comparable(fact, calendars, rules)
            unchecked += [fact] if believed else []
        elif says_policy(fact):
            wrong += [Contradiction(key=key, fact=fact) for key in earlier.versions.in_force(fact)]
        earlier.add(fact)
    for course in seen.values():
        over = None if course.end is not None else settle(course, earlier)
        wrong += [] if over is None else [Contradiction(key="resume_missing", fact=over)]
    now = at or max(fact.recorded_at for fact in facts)
    judged = [_judged(course, now) for course in seen.values()]
    for course, deadline in zip(seen.values(), judged, strict=True):
        wrong += _missed_wrongly(course, deadline)
    compared = Compared() if rules is None else compare(facts, seen, earlier, rules)
    wrong += compared.wrong
    wrong.sort(key=lambda each: each.fact.subject_sequence)
    return Judgement(
        deadlines=tuple(judged),
        contradictions=tuple(wrong),
        unruled=compared.unknown,
        deferred=tuple(deferred(facts)),
        unasked=tuple(opened_unasked(facts)),
        unchecked=tuple(unchecked),
    )


def _told(
    fact: Fact,
    seen: dict[str, Course],
    earlier: History,
    case: Mapping[str, str],
    calendars: Mapping[str, CalendarVersion],
    rules: Mapping[str, Policy] | None,
) -> tuple[str, ...]:
    """Let a fact move its deadline on; return what it says that does not follow."""
    name = str(fact.details["deadline"])
    if fact.type != STARTED:
        return step(seen[name], fact, earlier) if name in seen else ("not_started",)
    if name in seen:
        return ("started_twice",)
    has_waited = waited(fact, earlier, seen)
    seen[name] = course = _begun(fact, earlier, calendars)
    calendar = earlier.versions.count_by(fact.details["calendar"], course.begun.cause, waited=has_waited)
    keys = (*course.begun.keys, *calendar)
    if rules is None:
        return keys
    course.ruled = term_of(_rule(fact, rules), fact)
    ruled = () if is_as_ruled(course.ruled, fact.details, case) else ("rule_differs",)
    return (*keys, *ruled)


def _begun(fact: Fact, earlier: History, calendars: Mapping[str, CalendarVersion]) -> Course:
    calendar, named = calendars.get(cited(fact, "calendar")), fact.details["calendar"]
    if calendar is None:
        raise InputError("A version of a calendar that a deadline is counted by is not at hand.")
    if (str(calendar.calendar), calendar.version) != (named["id"], named["version"]):
        raise InputError("A deadline cites another version of a calendar than it names.")
    term = Term.from_members(fact.details["term"])
    start = start_of(fact, earlier)
    return Course(started=fact, begun=start, term=term, calendar=calendar, ruled=None, last=start.at)


def _rule(fact: Fact, rules: Mapping[str, Policy]) -> Policy:
    found = rules.get(cited(fact, "rule"))
    if found is None:
        raise InputError("A version of the policy that sets a deadline is not at hand.")
    return found


def _judged(course: Course, now: datetime) -> Deadline:
    until = course.end_at or max(now, course.last)
    pauses = _counting(course, until)
    due = course.due(pauses)
    verdict = _verdict(course, pauses, due, until)
    used = _used(course, pauses, until)
    details = course.started.details
    return Deadline(
        id=str(details["deadline"]),
        purpose=str(details["purpose"]),
        term=course.term,
        on_resume=str(details["on_resume"]),
        calendar=course.calendar,
        verdict=verdict,
        started=course.started,
        started_at=course.begun.at,
        cause=course.begun.cause,
        end=course.end,
        due_at=due,
        judged_at=until,
        used=used,
        excess=None if used is None else max(used - course.term.length, timedelta()),
        late=until - due if verdict == "missed" and due is not None else timedelta(),
        pauses=pauses,
    )


def _counting(course: Course, until: datetime) -> tuple[PauseTold, ...]:
    """Return the pauses that begin before the end and before the deadline's time is over."""
    begun = [_cut(pause, until) for pause in course.pauses if pause.started_at < until]
    due = course.due(begun)
    return tuple(pause for pause in begun if due is None or pause.started_at < due)


def _cut(pause: PauseTold, until: datetime) -> PauseTold:
    ends_later = pause.ended_at is not None and pause.ended_at > until
    return replace(pause, ended_at=None, resumed=None) if ends_later else pause


def _verdict(course: Course, pauses: Sequence[PauseTold], due: datetime | None, until: datetime) -> str:
    standing = bool(pauses) and pauses[-1].ended_at is None
    if due is None and not standing:
        return "undetermined"
    if due is not None and until > due:
        return "missed"
    if course.end is None:
        return "paused" if standing else "running"
    return "withdrawn" if course.end.type == WITHDRAWN else "met"


def _used(course: Course, pauses: Sequence[PauseTold], until: datetime) -> timedelta | None:
    whole = [Pause(start=each.started_at, end=each.ended_at or until) for each in pauses]
    on_resume = course.started.details["on_resume"]
    # A restart is not one until the pause has ended: until then what was used before it stands.
    if on_resume == "restart" and pauses and pauses[-1].ended_at is None:
        until = pauses[-1].started_at
        whole.pop()
    try:
        return spent(
            course.calendar,
            course.term,
            started_at=course.begun.at,
            at=until,
            pauses=whole,
            on_resume=on_resume,
        )
    except OutsideCalendar:
        return None


def _missed_wrongly(course: Course, deadline: Deadline) -> list[Contradiction]:
    """Return what is recorded of the due date, or of missing it, and does not follow."""
    wrong = []
    first = course.due(())
    if first is None or from_rfc3339(course.started.details["due_at"]) != first:
        wrong.append(Contradiction(key="due_differs", fact=course.started))
    for fact in course.missed:
        if deadline.due_at is None or from_rfc3339(fact.details["due_at"]) != deadline.due_at:
            wrong.append(Contradiction(key="due_differs", fact=fact))
        if deadline.verdict != "missed":
            wrong.append(Contradiction(key="missed_differs", fact=fact))
    return wrong
