"""From the facts of one case, or of one call, to the rows that figures add up.

One subject at a time, its facts in the order of the ledger, from the first. What is known late gives the subject other
rows, which take the place of those that it had: a message that was filed after an answer, a call that was corrected, a
case that was classified anew.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from acuse.clock import from_rfc3339
from acuse.proof.facts.fact import Fact
from acuse.proof.verdicts.deadlines import Judgement

TICKET, CALL = "ticket", "call"
RECEIVED, ANSWERED, FIRST, RESOLVED = "received", "answered", "first_response", "resolved"
ASKED, AGREED, DISAGREED = "asked", "agreed", "disagreed"
MET, MISSED = "deadline_met", "deadline_missed"
#: A case whose deadlines cannot be counted: what they are counted by is not at hand.
NOT_COUNTABLE = "not_countable"
CALLS = ("call_answered", "call_lost", "call_abandoned")
KINDS = (RECEIVED, ANSWERED, FIRST, RESOLVED, ASKED, AGREED, DISAGREED, MET, MISSED, NOT_COUNTABLE, *CALLS)
PHONE = "phone"
#: Purposes of the deadlines that bind the organisation; the others are the customer's.
OURS = ("first_response", "resolution")
_OVER = frozenset({"resolved", "closed_without"})
_SECOND = timedelta(seconds=1)
_CONFORMITY = {"conformity.requested": ASKED, "conformity.given": AGREED, "conformity.denied": DISAGREED}

Judge = Callable[[Sequence[Fact]], Judgement | None]
"""The facts of a case -> what became of its deadlines: `acuse.proof.verdicts.deadlines.judge` with what they cite.

None where that is not at hand.
"""


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that a figure counts.

    Attributes:
        subject: the case, or the call.
        ticket: the case; None of a call that belongs to none.
        kind: one of KINDS. at: when it counts.
        label: which deadline (`deadline_label`); "" of everything else.
        channel, mailbox: by which the case came; a call's is "phone".
        member: whose it is: who answered or took the call, and for everything else who is responsible for the case.
        seconds: that it took, whole ones; None where it takes none or nobody knows.
    """

    subject: UUID
    ticket: UUID | None
    kind: str
    at: datetime
    label: str = ""
    channel: str
    mailbox: UUID | None = None
    member: UUID | None = None
    seconds: int | None = None


@dataclass(frozen=True, kw_only=True)
class Case:
    """A case.

    Attributes:
        type, assignee: as they were last.
        first_answer_at: the first time; None where there was none.
        escalated_at: since when it is escalated; None where it never was, or that was taken back.
        turns: when it was over, open again, over, ...; ascending.
    """

    ticket: UUID
    number: int
    key: str
    opened_at: datetime
    channel: str
    mailbox: UUID | None
    type: str
    assignee: UUID | None
    first_answer_at: datetime | None
    escalated_at: datetime | None
    turns: tuple[datetime, ...]

    def over_at(self, moment: datetime) -> bool:
        """Return whether it was over just before an instant."""
        return sum(turn < moment for turn in self.turns) % 2 == 1


@dataclass(frozen=True, kw_only=True)
class Rows:
    """What one subject gives: a case, or none, and events."""

    case: Case | None = None
    events: tuple[Event, ...] = ()


def rows_of(facts: Sequence[Fact], judge: Judge) -> Rows:
    """Return the rows of one subject; none of one whose first fact is not there.

    Args:
        facts: all of its facts up to some position, in order.
        judge: of its deadlines.

    Raises:
        AcuseError: a fact of a deadline does not fit its type, or a calendar that it cites is not at hand.
    """
    kind = facts[0].subject.kind if facts else ""
    if kind == CALL and facts[0].type == "call.registered":
        return Rows(events=(_call(facts[-1]),))
    if kind == TICKET and facts[0].type == "ticket.opened":
        return _case(facts, judge)
    return Rows()


def deadline_label(purpose: str, amount: int, unit: str, policy: str) -> str:
    """Return the name by which the deadlines of one term of a policy are counted together."""
    return f"{purpose}|{amount}|{unit}|{policy}"


def read_label(label: str) -> tuple[str, int, str, str]:
    """Return (purpose, amount, unit, policy) of a label."""
    purpose, amount, unit, policy = label.split("|", 3)
    return purpose, int(amount), unit, policy


def _call(fact: Fact) -> Event:
    details = fact.details
    return Event(
        subject=fact.subject.id,
        ticket=_uuid(details.get("ticket")),
        kind=f"call_{details['result']}",
        at=from_rfc3339(details["started_at"]),
        channel=PHONE,
        member=_uuid(details.get("member")),
        seconds=details["waited"],
    )


@dataclass(kw_only=True)
class _Course:
    """What the facts told of a case so far.

    Attributes:
        waits_since: the oldest message that waits for an answer; None where none does.
        wrote_at: the customer's last message.
        told: (kind, instant, seconds, member) of each event; the member of an answer.
    """

    opened_at: datetime
    channel: str
    type: str
    waits_since: datetime | None
    wrote_at: datetime
    assignee: UUID | None = None
    first_answer_at: datetime | None = None
    escalated_at: datetime | None = None
    turns: list[datetime] = field(default_factory=list)
    told: list[tuple[str, datetime, int | None, UUID | None]] = field(default_factory=list)


def _case(facts: Sequence[Fact], judge: Judge) -> Rows:
    opened = facts[0]
    details, at = opened.details, opened.occurred_at
    course = _Course(opened_at=at, channel=details["channel"], type=details["type"], waits_since=at, wrote_at=at)
    if course.channel != PHONE:
        course.told.append((RECEIVED, at, None, None))
    for fact in facts[1:]:
        step = _STEPS.get(fact.type)
        if step is not None:
            step(course, fact)
    case = Case(
        ticket=opened.subject.id,
        number=details["number"],
        key=details["key"],
        opened_at=at,
        channel=course.channel,
        mailbox=_uuid(details.get("mailbox")),
        type=course.type,
        assignee=course.assignee,
        first_answer_at=course.first_answer_at,
        escalated_at=course.escalated_at,
        turns=tuple(course.turns),
    )
    told = (
        _event(case, kind, at, seconds=seconds, member=member if kind == ANSWERED else case.assignee)
        for kind, at, seconds, member in course.told
    )
    return Rows(case=case, events=(*told, *_deadlines(case, facts, judge)))


def _event(case: Case, kind: str, at: datetime, *, seconds: int | None, member: UUID | None, label: str = "") -> Event:
    return Event(
        subject=case.ticket,
        ticket=case.ticket,
        kind=kind,
        at=at,
        label=label,
        channel=case.channel,
        mailbox=case.mailbox,
        member=member,
        seconds=seconds,
    )


def _received(course: _Course, fact: Fact) -> None:
    at = fact.occurred_at
    if fact.details["channel"] != PHONE:
        course.told.append((RECEIVED, at, None, None))
    course.waits_since = min(course.waits_since or at, at)
    course.wrote_at = max(course.wrote_at, at)


def _replied(course: _Course, fact: Fact) -> None:
    if fact.details.get("automatic", False):
        return
    at = fact.occurred_at
    member = _uuid(fact.actor.id) if fact.actor.kind == "member" else None
    course.told.append((ANSWERED, at, _seconds(course.waits_since or course.wrote_at, at), member))
    course.waits_since = None
    if course.first_answer_at is None:
        course.first_answer_at = at
        course.told.append((FIRST, at, _seconds(course.opened_at, at), None))


def _moved(course: _Course, fact: Fact) -> None:
    at = max([fact.occurred_at, *course.turns[-1:]])
    over, after = len(course.turns) % 2 == 1, fact.details["after"]
    if (after in _OVER) != over:
        course.turns.append(at)
    if after == "resolved":
        course.told.append((RESOLVED, at, _seconds(course.opened_at, at), None))


def _escalated(course: _Course, fact: Fact) -> None:
    course.escalated_at = fact.occurred_at if fact.details["escalated"] else None


def _assigned(course: _Course, fact: Fact) -> None:
    course.assignee = _uuid(fact.details["member"])


def _classified(course: _Course, fact: Fact) -> None:
    course.type = fact.details["type"]


def _asked(course: _Course, fact: Fact) -> None:
    course.told.append((_CONFORMITY[fact.type], fact.occurred_at, None, None))


_STEPS: Mapping[str, Callable[[_Course, Fact], None]] = {
    "message.received": _received,
    "reply.sent": _replied,
    "ticket.status_changed": _moved,
    "ticket.escalated": _escalated,
    "ticket.assigned": _assigned,
    "ticket.classified": _classified,
    **dict.fromkeys(_CONFORMITY, _asked),
}


def _deadlines(case: Case, facts: Sequence[Fact], judge: Judge) -> Iterator[Event]:
    """Yield each deadline once: where it was met, when it ended; else when its time was over, or will be.

    What stands still, was withdrawn in time, or ends after all that its calendar covers counts nowhere. A case whose
    deadlines cannot be counted counts as that, when it was opened.
    """
    judgement = judge(facts)
    if judgement is None:
        yield _event(case, NOT_COUNTABLE, case.opened_at, seconds=None, member=case.assignee)
        return
    for one in judgement.deadlines:
        met = one.verdict == "met"
        at = one.ended_at if met else one.due_at
        if one.purpose not in OURS or one.verdict not in {"met", "missed", "running"} or at is None:
            continue
        term = one.term
        name = deadline_label(one.purpose, term.amount, term.unit, str(one.started.details["rule"]["policy"]))
        late = one.late // _SECOND if one.ended_at and not met else None
        yield _event(case, MET if met else MISSED, at, seconds=late, member=case.assignee, label=name)


def _seconds(start: datetime, end: datetime) -> int:
    """Return the whole seconds between; none where a message was filed that came after its answer."""
    return max(end - start, timedelta()) // _SECOND


def _uuid(text: str | None) -> UUID | None:
    return UUID(text) if text else None
