"""Whether the deadlines of a ticket were met, as a pure function of its facts and of the calendars that they cite.

Only what happened weighs: when the deadline began, stood still and ended. What facts say of it besides, such as a due
date or that it was missed, is compared with what follows, and a difference is reported, never believed.

- A deadline ends when the fact happened that `deadline.ended` names, whenever that was noted down.
- A pause that begins when the deadline is over, and a withdrawal after that, change nothing: it was missed.
- While it stands still it has no due date. What ends it then ends it in time.
- Without an end it is judged as of `at`: where nobody says otherwise, when its last fact was recorded.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from acuse.clock import from_rfc3339, to_rfc3339
from acuse.errors import InputError, OutsideCalendar
from acuse.proof.business_time import CalendarVersion, Pause, Term, due_at, spent
from acuse.proof.facts.deadline import ENDED, MISSED, PAUSED, RESUMED, STARTED, TYPES, WITHDRAWN
from acuse.proof.facts.fact import Fact

STATEMENT_VERSION = 1
_MICROSECOND = timedelta(microseconds=1)
_COMPARED = 100
"""So many due dates recorded after pauses are compared: each takes as long as there were pauses before it."""

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
    "started_twice": "it was started again",
    "not_started": "it was never started",
    "out_of_turn": "it was paused, resumed or ended when it could not be",
    "out_of_order": "it happened before what the facts before it tell",
    "due_differs": "the due date recorded is not the one that follows from the calendar",
    "missed_differs": "it was recorded as missed, and was not",
    "end_unknown": "what is said to have ended it is no earlier fact of the ticket",
}
"""What a fact may say that does not follow -> in English."""


@dataclass(frozen=True, kw_only=True)
class PauseTold:
    """A time in which a deadline stood still.

    Attributes:
        reason: why.
        started_at: when it began. ended_at: None while it lasts, or where the deadline ended first.
        paused, resumed: the facts; None where nothing resumed it.
    """

    reason: str
    started_at: datetime
    ended_at: datetime | None
    paused: Fact
    resumed: Fact | None


@dataclass(frozen=True, kw_only=True)
class Contradiction:
    """A fact that says what does not follow: a key of CONTRADICTIONS, and the fact."""

    key: str
    fact: Fact


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """One deadline, and what became of it.

    Attributes:
        id: of the deadline.
        purpose: what it is for.
        term, on_resume: how long, and what a pause does.
        calendar: the version that it is counted by.
        verdict: one of VERDICTS.
        started: the fact that began it.
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
    end: Fact | None
    due_at: datetime | None
    judged_at: datetime
    used: timedelta | None
    excess: timedelta | None
    late: timedelta
    pauses: tuple[PauseTold, ...]

    @property
    def started_at(self) -> datetime:
        """When it began to run."""
        return self.started.occurred_at

    @property
    def ended_at(self) -> datetime | None:
        """When what it was for was done; None where it was not."""
        return self.judged_at if self.end is not None and self.end.type != WITHDRAWN else None


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """The deadlines of a ticket in the order in which they began, and what facts say that does not follow."""

    deadlines: tuple[Deadline, ...]
    contradictions: tuple[Contradiction, ...]

    def count(self, verdict: str) -> int:
        """Return how many deadlines have a verdict."""
        return sum(1 for deadline in self.deadlines if deadline.verdict == verdict)


def cited_calendars(facts: Iterable[Fact]) -> tuple[str, ...]:
    """Return the digests (hex) of the versions of calendars that deadlines are counted by, each once.

    Raises:
        InputError: a fact of a deadline does not fit its type.
    """
    return tuple(dict.fromkeys(_cited(fact) for fact in facts if _known(fact) and fact.type == STARTED))


def judge(facts: Sequence[Fact], calendars: Mapping[str, CalendarVersion], *, at: datetime | None = None) -> Judgement:
    """Judge the deadlines of one ticket.

    Args:
        facts: all facts of the ticket up to some position, in order, from the first.
        calendars: every version that they cite, by the SHA-256 (hex) of its bytes.
        at: the instant as of which what has no end is judged; None: when the last fact was recorded.

    Raises:
        InputError: a fact of a deadline does not fit its type, or cites another version than it names.
    """
    seen: dict[str, _Course] = {}
    wrong: list[Contradiction] = []
    for fact in facts:
        if not _known(fact):
            continue
        name = str(fact.details["deadline"])
        if fact.type == STARTED:
            if name in seen:
                wrong.append(Contradiction(key="started_twice", fact=fact))
            else:
                seen[name] = _begun(fact, calendars)
        elif name not in seen:
            wrong.append(Contradiction(key="not_started", fact=fact))
        else:
            key = _STEPS[fact.type](seen[name], fact, facts)
            wrong += [Contradiction(key=key, fact=fact)] if key else []
    now = at or max(fact.recorded_at for fact in facts)
    judged = [_judged(course, now) for course in seen.values()]
    for course, deadline in zip(seen.values(), judged, strict=True):
        wrong += _missed_wrongly(course, deadline)
    wrong.sort(key=lambda each: each.fact.subject_sequence)
    return Judgement(deadlines=tuple(judged), contradictions=tuple(wrong))


def statement(judgement: Judgement, facts: Sequence[Fact], *, facts_up_to: int) -> dict[str, Any]:
    """Return the content of `statement.json` of a ticket: the verdicts as members ready to be canonicalised.

    Args:
        judgement: of `facts`, as of when the last of them was recorded.
        facts: the facts that were judged.
        facts_up_to: ledger position of the last of them.
    """
    first = facts[0]
    return {
        "v": STATEMENT_VERSION,
        "organisation": str(first.organisation),
        "subject": {"kind": first.subject.kind, "id": str(first.subject.id)},
        "deadlines": [stated_deadline(deadline) for deadline in judgement.deadlines],
        "contradictions": [{"fact": str(each.fact.id), "contradiction": each.key} for each in judgement.contradictions],
        "facts": len(facts),
        "facts_up_to": facts_up_to,
        "last_entry": facts[-1].entry().hex(),
    }


def stated_deadline(deadline: Deadline) -> dict[str, Any]:
    """Return what became of a deadline as JSON members; counted time is in microseconds, or in days for days."""
    details = deadline.started.details
    return {
        "deadline": deadline.id,
        "purpose": deadline.purpose,
        "term": deadline.term.members(),
        "on_resume": deadline.on_resume,
        "calendar": details["calendar"],
        "rule": details["rule"],
        "verdict": deadline.verdict,
        "started_at": to_rfc3339(deadline.started_at),
        "due_at": None if deadline.due_at is None else to_rfc3339(deadline.due_at),
        "judged_at": to_rfc3339(deadline.judged_at),
        "ended_at": None if deadline.ended_at is None else to_rfc3339(deadline.ended_at),
        "ended_by": None if deadline.end is None else str(deadline.end.id),
        "used": _counted(deadline, deadline.used),
        "excess": _counted(deadline, deadline.excess),
        "late": deadline.late // _MICROSECOND,
        "pauses": [
            {
                "reason": pause.reason,
                "started_at": to_rfc3339(pause.started_at),
                "ended_at": None if pause.ended_at is None else to_rfc3339(pause.ended_at),
            }
            for pause in deadline.pauses
        ],
    }


def _counted(deadline: Deadline, amount: timedelta | None) -> int | None:
    """Return counted time as whole days, or as microseconds for a term in hours."""
    if amount is None:
        return None
    return amount.days if deadline.term.in_days else amount // _MICROSECOND


@dataclass(kw_only=True)
class _Course:
    """What the facts told of one deadline so far.

    Attributes:
        last: the latest instant told: nothing that is told later happened before it.
        end: the fact that ended or withdrew it. end_at: when.
        missed: the facts that say that it was missed.
    """

    started: Fact
    term: Term
    calendar: CalendarVersion
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


_TYPES = {kind.name: kind for kind in TYPES}


def _known(fact: Fact) -> bool:
    """Return whether a fact is about a deadline, refusing one that does not fit its type."""
    kind = _TYPES.get(fact.type)
    if kind is not None:
        kind.details.check(fact.details, fact.type)
    return kind is not None


def _cited(started: Fact) -> str:
    """Return the digest of the calendar's version, refusing a fact that does not cite what it names."""
    cited = {(item.role, item.sha256) for item in started.objects}
    for role in ("calendar", "rule"):
        if (role, started.details[role]["digest"]) not in cited:
            raise InputError("A deadline does not cite the %(role)s that it names.", role=role)
    return str(started.details["calendar"]["digest"])


def _begun(fact: Fact, calendars: Mapping[str, CalendarVersion]) -> _Course:
    calendar, named = calendars.get(_cited(fact)), fact.details["calendar"]
    if calendar is None:
        raise InputError("A version of a calendar that a deadline is counted by is not at hand.")
    if (str(calendar.calendar), calendar.version) != (named["id"], named["version"]):
        raise InputError("A deadline cites another version of a calendar than it names.")
    term = Term.from_members(fact.details["term"])
    return _Course(started=fact, term=term, calendar=calendar, last=fact.occurred_at)


def _paused(course: _Course, fact: Fact, facts: Sequence[Fact]) -> str | None:
    if course.end is not None or course.standing:
        return "out_of_turn"
    told = PauseTold(
        reason=fact.details["reason"],
        started_at=max(fact.occurred_at, course.last),
        ended_at=None,
        paused=fact,
        resumed=None,
    )
    course.pauses.append(told)
    return _moved_on(course, fact)


def _resumed(course: _Course, fact: Fact, facts: Sequence[Fact]) -> str | None:
    if course.end is not None or not course.standing:
        return "out_of_turn"
    course.pauses[-1] = replace(course.pauses[-1], ended_at=max(fact.occurred_at, course.last), resumed=fact)
    moved = _moved_on(course, fact)
    return moved or (_due_wrongly(course, fact) if len(course.pauses) <= _COMPARED else None)


def _moved_on(course: _Course, fact: Fact) -> str | None:
    late = fact.occurred_at < course.last
    course.last = max(fact.occurred_at, course.last)
    return "out_of_order" if late else None


def _due_wrongly(course: _Course, fact: Fact) -> str | None:
    due = course.due(course.pauses)
    return "due_differs" if due is None or from_rfc3339(fact.details["due_at"]) != due else None


def _missed(course: _Course, fact: Fact, facts: Sequence[Fact]) -> str | None:
    course.missed.append(fact)
    return None


def _ended(course: _Course, fact: Fact, facts: Sequence[Fact]) -> str | None:
    if course.end is not None:
        return "out_of_turn"
    by = fact.details["ended_by"]
    place = by["sequence"] - 1
    end = facts[place] if place < fact.subject_sequence - 1 and facts[place].type == by["type"] else None
    course.end = end or fact
    course.end_at = max(course.end.occurred_at, course.started.occurred_at)
    if end is None:
        return "end_unknown"
    return "out_of_order" if end.occurred_at < course.started.occurred_at else None


def _withdrawn(course: _Course, fact: Fact, facts: Sequence[Fact]) -> str | None:
    if course.end is not None:
        return "out_of_turn"
    course.end, course.end_at = fact, max(fact.occurred_at, course.last)
    return "out_of_order" if fact.occurred_at < course.last else None


_STEPS: Mapping[str, Callable[[_Course, Fact, Sequence[Fact]], str | None]] = {
    PAUSED: _paused,
    RESUMED: _resumed,
    MISSED: _missed,
    ENDED: _ended,
    WITHDRAWN: _withdrawn,
}


def _judged(course: _Course, now: datetime) -> Deadline:
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
        end=course.end,
        due_at=due,
        judged_at=until,
        used=used,
        excess=None if used is None else max(used - course.term.length, timedelta()),
        late=until - due if verdict == "missed" and due is not None else timedelta(),
        pauses=pauses,
    )


def _counting(course: _Course, until: datetime) -> tuple[PauseTold, ...]:
    """Return the pauses that begin before the end and before the deadline's time is over."""
    begun = [_cut(pause, until) for pause in course.pauses if pause.started_at < until]
    due = course.due(begun)
    return tuple(pause for pause in begun if due is None or pause.started_at < due)


def _cut(pause: PauseTold, until: datetime) -> PauseTold:
    ends_later = pause.ended_at is not None and pause.ended_at > until
    return replace(pause, ended_at=None, resumed=None) if ends_later else pause


def _verdict(course: _Course, pauses: Sequence[PauseTold], due: datetime | None, until: datetime) -> str:
    standing = bool(pauses) and pauses[-1].ended_at is None
    if due is None and not standing:
        return "undetermined"
    if due is not None and until > due:
        return "missed"
    if course.end is None:
        return "paused" if standing else "running"
    return "withdrawn" if course.end.type == WITHDRAWN else "met"


def _used(course: _Course, pauses: Sequence[PauseTold], until: datetime) -> timedelta | None:
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
            started_at=course.started.occurred_at,
            at=until,
            pauses=whole,
            on_resume=on_resume,
        )
    except OutsideCalendar:
        return None


def _missed_wrongly(course: _Course, deadline: Deadline) -> list[Contradiction]:
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
