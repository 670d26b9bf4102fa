"""No facts of a ticket make the verdict fail: any course of events, any times, any details that the types allow."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from acuse.clock import to_rfc3339
from acuse.errors import InputError
from acuse.proof.business_time import UNITS, Term
from acuse.proof.canonical import canonicalise
from acuse.proof.facts.catalogue import check_fact
from acuse.proof.facts.deadline import ON_RESUME, PAUSE_REASONS, PURPOSES, STARTED, STEPS, TYPES
from acuse.proof.facts.ticket import ACTS, MATTERS, PRIORITIES, STATUSES, TYPE_NAMES
from acuse.proof.verdicts.deadlines import CONTRADICTIONS, VERDICTS, Judgement, judge, stated_deadline, statement
from tests.unit.proof.calendars import at, make
from tests.unit.proof.test_canonical import JSON
from tests.unit.proof.test_deadline_causes import CASE
from tests.unit.proof.tickets import Ticket, named, ruled

CALENDAR = make(holidays={date(2026, 11, 9)})
START = at("2026-11-05 10:20:14")
MOMENTS = st.one_of(
    st.integers(-100, 900).map(lambda hours: START + timedelta(hours=hours)),
    st.datetimes(timezones=st.just(UTC)),
)
NAMES = st.sampled_from(["a", "b", "c"]).map(named)
REFERENCES = st.builds(
    lambda type, number: {"type": type, "sequence": number},
    st.sampled_from(["reply.sent", "message.received", "ticket.status_changed", "note.added", "ticket.opened"]),
    st.integers(1, 20),
)
FOLLOWS = st.one_of(st.just({}), REFERENCES.map(lambda reference: {"follows": reference}))
DUE = MOMENTS.map(lambda moment: {"due_at": to_rfc3339(moment)})
CLASS = st.fixed_dictionaries(
    {
        "type": st.sampled_from(TYPE_NAMES),
        "priority": st.sampled_from(PRIORITIES),
        "matter": st.sampled_from(MATTERS),
    }
)
REPLY = {"communication": named("c"), "recipient": "ana@correo.example", "certified": False, "language": "es"}


def both(*parts: st.SearchStrategy[Mapping[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Details made of several parts."""
    return st.tuples(*parts).map(lambda found: {name: value for part in found for name, value in part.items()})


def one(name: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Details of one member."""
    return values.map(lambda value: {name: value})


DETAILS: Mapping[str, st.SearchStrategy[dict[str, Any]]] = {
    "deadline.paused": both(one("deadline", NAMES), one("reason", st.sampled_from(PAUSE_REASONS)), FOLLOWS),
    "deadline.resumed": both(one("deadline", NAMES), DUE, FOLLOWS),
    "deadline.missed": both(one("deadline", NAMES), DUE),
    "deadline.ended": both(one("deadline", NAMES), one("ended_by", REFERENCES)),
    "deadline.withdrawn": both(one("deadline", NAMES), FOLLOWS),
    "ticket.opened": CLASS.map(lambda told: {**CASE, **told}),
    "ticket.classified": CLASS,
    "ticket.status_changed": st.sampled_from(STATUSES).map(lambda after: {"before": "open", "after": after}),
    "reply.sent": st.one_of(st.just({}), one("act", st.sampled_from(ACTS)), st.just({"automatic": True})).map(
        lambda more: {**REPLY, **more}
    ),
    "message.received": st.just({"channel": "email", "author": "ana@correo.example", "subject": "Re"}),
    "note.added": st.just({"mentioned": []}),
}
TERMS = st.builds(Term, amount=st.one_of(st.integers(1, 60), st.integers(1, 10_000)), unit=st.sampled_from(UNITS))


@st.composite
def tickets(draw: st.DrawFn) -> Ticket:
    """A ticket of any facts that fit their types, each citing what it names."""
    ticket = Ticket(calendar=CALENDAR)
    for _ in range(draw(st.integers(1, 12))):
        type = draw(st.sampled_from([STARTED, *DETAILS]))
        moment, recorded_at = draw(MOMENTS), draw(st.one_of(st.none(), MOMENTS))
        if type == STARTED:
            term, purpose = draw(TERMS), draw(st.sampled_from(PURPOSES))
            other = ruled(CALENDAR, draw(st.sampled_from([term, Term(amount=48, unit="business_hours")])))
            ticket.start(
                draw(st.sampled_from(["a", "b", "c"])),
                START,
                Term(amount=1, unit="business_hours"),
                purpose=purpose,
                on_resume=draw(st.sampled_from(ON_RESUME)),
                term=term.members(),
                policy=other,
                **draw(DUE),
            )
            made = ticket.facts.pop()
            ticket.add(type, moment, recorded_at=recorded_at, objects=made.objects, **made.details)
        else:
            actor = (draw(st.sampled_from(["member", "component"])), "x")
            ticket.add(type, moment, recorded_at=recorded_at, actor=actor, **draw(DETAILS[type]))
        check_fact(ticket.facts[-1])
    return ticket


def agrees(judged: Judgement) -> None:
    """What a judgement says of itself holds together."""
    assert {each.key for each in judged.contradictions} <= CONTRADICTIONS.keys()
    for deadline in judged.deadlines:
        assert deadline.verdict in VERDICTS
        assert (deadline.late > timedelta()) == (deadline.verdict == "missed")
        if deadline.verdict == "met" and deadline.used is not None:
            assert deadline.used <= deadline.term.length
        assert list(deadline.pauses) == sorted(deadline.pauses, key=lambda pause: pause.started_at)


@given(tickets(), st.one_of(st.none(), MOMENTS))
def test_any_facts_are_judged(ticket: Ticket, as_of: datetime | None) -> None:
    judged = judge(ticket.facts, ticket.calendars, rules=ticket.rules, at=as_of)
    agrees(judged)
    canonicalise(statement(judged, ticket.facts, facts_up_to=7))
    without = judge(ticket.facts, ticket.calendars, at=as_of)
    assert [stated_deadline(each) for each in without.deadlines] == [stated_deadline(each) for each in judged.deadlines]


@given(tickets())
def test_what_is_told_later_changes_no_verdict_that_was_final(ticket: Ticket) -> None:
    """A deadline that has ended says the same whatever facts come after it."""
    for count in range(1, len(ticket.facts)):
        before = judge(ticket.facts[:count], ticket.calendars)
        after = {each.id: each for each in judge(ticket.facts, ticket.calendars).deadlines}
        for deadline in before.deadlines:
            if deadline.end is not None:
                assert stated_deadline(after[deadline.id]) == stated_deadline(deadline)


def whole(type: str) -> dict[str, Any]:
    """Details of each type about a deadline that hold together."""
    ticket = Ticket(calendar=CALENDAR)
    started = ticket.start("a", START, Term(amount=48, unit="business_hours"))
    return {
        "deadline.started": dict(started.details),
        "deadline.deferred": {name: started.details[name] for name in ("purpose", "term", "calendar", "rule")},
        "deadline.paused": {"deadline": named("a"), "reason": "customer"},
        "deadline.resumed": {"deadline": named("a"), "due_at": to_rfc3339(START)},
        "deadline.missed": {"deadline": named("a"), "due_at": to_rfc3339(START)},
        "deadline.ended": {"deadline": named("a"), "ended_by": {"type": "deadline.started", "sequence": 1}},
        "deadline.withdrawn": {"deadline": named("a")},
    }[type]


@given(st.sampled_from(sorted(kind.name for kind in TYPES)), st.data())
def test_hostile_details_are_refused_or_judged(type: str, data: st.DataObject) -> None:
    details = whole(type)
    changed = {data.draw(st.sampled_from([*sorted(details), "follows"])): data.draw(JSON)}
    ticket = Ticket(calendar=CALENDAR)
    ticket.start("a", START, Term(amount=48, unit="business_hours"))
    ticket.add(type, START, objects=ticket.facts[0].objects, **{**details, **changed})
    with suppress(InputError):
        judged = judge(ticket.facts, ticket.calendars, rules=ticket.rules)
        canonicalise(statement(judged, ticket.facts, facts_up_to=7))


def test_every_type_that_moves_a_deadline_on_is_tried() -> None:
    assert {STARTED, *DETAILS} >= STEPS
