"""What may begin a deadline, from when it counts, and which version of the policy may have been in force then."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acuse.proof.business_time import Term
from acuse.proof.facts.catalogue import check_fact
from acuse.proof.facts.deadline import PURPOSES
from acuse.proof.facts.fact import Fact
from acuse.proof.verdicts.deadlines import CONTRADICTIONS, Deadline, judge
from acuse.proof.verdicts.deadlines.causes import MAY_START, OURS
from acuse.proof.verdicts.deadlines.noting import TOLERANCE
from tests.unit.proof.calendars import at, make
from tests.unit.proof.tickets import Ticket, ruling

CALENDAR = make(holidays={date(2026, 11, 9)})
TERM = Term(amount=48, unit="business_hours")
OPENED = at("2026-11-03 09:00:00")
BEGUN = at("2026-11-05 10:20:14")
LATER = at("2026-11-10 10:00:00")
CUSTOMERS = tuple(purpose for purpose in PURPOSES if purpose not in OURS)
POLICY = ruling(CALENDAR, **dict.fromkeys(PURPOSES, TERM))


def case(*purposes: str) -> Ticket:
    """A case that was opened before anything else, and has terms for these purposes, or for all."""
    policy = ruling(CALENDAR, **dict.fromkeys(purposes, TERM)) if purposes else POLICY
    ticket = Ticket(calendar=CALENDAR, policy=policy)
    ticket.opened(OPENED)
    return ticket


def judged(ticket: Ticket, *contradictions: str) -> tuple[Deadline, ...]:
    """The deadlines of a case, with exactly these contradictions told."""
    for fact in ticket.facts:
        check_fact(fact)
    found = judge(ticket.facts, ticket.calendars, rules=ticket.rules)
    assert tuple(each.key for each in found.contradictions) == contradictions
    assert set(contradictions) <= CONTRADICTIONS.keys()
    return found.deadlines


MAKING: dict[str, Callable[[Ticket, datetime], Fact]] = {
    "opened": lambda ticket, when: ticket.facts[0],
    "opened as if anew": lambda ticket, when: ticket.opened(when),
    "reopened": lambda ticket, when: ticket.reopen(when, before="closed_without"),
    "asked for data": lambda ticket, when: ticket.reply(when, act="data_request"),
    "notice": lambda ticket, when: ticket.reply(when, act="closing_notice"),
    "answer": lambda ticket, when: ticket.reply(when),
    "taken up": lambda ticket, when: ticket.move(when, "open", before="pending_customer"),
    "resolved": lambda ticket, when: ticket.move(when, "resolved"),
    "note": lambda ticket, when: ticket.noted(when),
}
FIT = {
    "first_response": {"opened"},
    "resolution": {"opened", "reopened"},
    "completion": {"asked for data"},
    "closing": {"notice"},
}


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_deadline_is_begun_by_what_may_begin_it_and_by_nothing_else(purpose: str) -> None:
    assert MAY_START.keys() == set(PURPOSES)
    for name, made in MAKING.items():
        ticket = case()
        cause = made(ticket, BEGUN)
        ticket.start("a", cause.occurred_at, TERM, purpose=purpose, by=cause)
        if name in FIT[purpose]:
            (deadline,) = judged(ticket)
            assert (deadline.cause, deadline.started_at) == (cause, cause.occurred_at), name
            continue
        (deadline,) = judged(ticket, "start_unfounded", "due_differs")
        counted = OPENED if purpose in OURS else ticket.facts[-1].recorded_at
        assert (deadline.cause, deadline.started_at) == (None, counted), name


def test_a_start_that_no_earlier_fact_shows_is_unfounded() -> None:
    for follows in (
        {"type": "ticket.opened", "sequence": 2},
        {"type": "ticket.opened", "sequence": 99},
        {"type": "ticket.classified", "sequence": 1},
    ):
        ticket = case()
        ticket.start("a", BEGUN, TERM, follows=follows)
        (deadline,) = judged(ticket, "start_unfounded", "due_differs")
        assert deadline.started_at == OPENED


def test_a_case_is_not_opened_again_that_was_not_resolved() -> None:
    """Otherwise a change of status that nobody made would give the resolution its whole time again."""
    for really in (True, False):
        ticket = case()
        ticket.move(OPENED, "open", before="new")
        if really:
            ticket.move(BEGUN, "resolved")
        again = ticket.move(BEGUN, "reopened", before="resolved")
        ticket.start("a", BEGUN, TERM, by=again)
        (deadline,) = judged(ticket, *(() if really else ("start_unfounded", "due_differs")))
        assert (deadline.cause, deadline.started_at) == ((again, BEGUN) if really else (None, OPENED))


def test_a_start_names_the_fact_that_it_follows() -> None:
    ticket = case()
    started = ticket.start("a", OPENED, TERM)
    silent = {name: value for name, value in started.details.items() if name != "follows"}
    ticket.facts[-1] = replace(started, details=silent)
    (deadline,) = judged(ticket, "start_unfounded")
    assert (deadline.cause, deadline.started_at) == (None, OPENED)


@pytest.mark.parametrize("shift", [timedelta(days=-1), timedelta(days=1)])
def test_a_deadline_counts_from_when_what_began_it_happened(shift: timedelta) -> None:
    """A start dated too late would give more time than there was."""
    ticket = case()
    ticket.start("a", OPENED + shift, TERM, by=ticket.facts[0], recorded_at=OPENED + abs(shift))
    (deadline,) = judged(ticket, "start_differs", "due_differs")
    assert (deadline.started_at, deadline.due_at) == (OPENED, ticket.due(TERM, OPENED))


def test_a_late_start_makes_no_missed_deadline_met() -> None:
    ticket = case("resolution")
    ticket.start("a", BEGUN, TERM, by=ticket.facts[0])
    ticket.end("a", ticket.move(ticket.due(TERM, OPENED) + timedelta(minutes=1), "resolved"))
    (deadline,) = judged(ticket, "start_differs", "due_differs")
    assert deadline.verdict == "missed"


def test_the_organisation_s_term_counts_from_the_opening_however_late_both_were_noted() -> None:
    ticket = Ticket(calendar=CALENDAR, policy=POLICY)
    ticket.opened(OPENED, recorded_at=BEGUN)
    ticket.start("a", OPENED, TERM, recorded_at=BEGUN)
    (deadline,) = judged(ticket)
    assert deadline.started_at == OPENED


def test_nothing_begins_after_it_was_noted() -> None:
    ticket = Ticket(calendar=CALENDAR, policy=POLICY)
    ticket.opened(LATER, recorded_at=BEGUN)
    ticket.start("a", LATER, TERM, recorded_at=BEGUN)
    (deadline,) = judged(ticket, "noted_early", "due_differs")
    assert deadline.started_at == BEGUN


@pytest.mark.parametrize("purpose", CUSTOMERS)
def test_the_customer_s_time_does_not_run_before_it_was_given(purpose: str) -> None:
    act = "data_request" if purpose == "completion" else "closing_notice"
    for lateness, keys in ((TOLERANCE, ()), (timedelta(days=1), ("noted_late", "due_differs"))):
        ticket = case()
        asked = ticket.reply(BEGUN, act=act)
        noted = BEGUN + lateness
        ticket.start("a", BEGUN, TERM, purpose=purpose, by=asked, recorded_at=noted)
        (deadline,) = judged(ticket, *keys)
        assert deadline.started_at == (noted if keys else BEGUN)


def test_the_customer_s_term_that_begins_in_place_of_another_begins_where_that_did() -> None:
    ticket = case()
    asked = ticket.reply(BEGUN, act="data_request")
    ticket.start("a", BEGUN, TERM, purpose="completion", by=asked)
    ticket.withdraw("a", LATER)
    ticket.start("b", BEGUN, TERM, purpose="completion", by=asked, recorded_at=LATER)
    first, second = judged(ticket)
    assert (first.verdict, second.started_at) == ("withdrawn", BEGUN)
    # That the case was classified anew replaces no term of the customer's.
    ticket = case("completion")
    asked = ticket.reply(BEGUN, act="data_request")
    ticket.add("ticket.classified", LATER, type="claim", priority="high", matter="")
    ticket.start("b", BEGUN, TERM, purpose="completion", by=asked, recorded_at=LATER)
    (late,) = judged(ticket, "term_missing", "noted_late", "due_differs")
    assert late.started_at == LATER


@pytest.mark.parametrize("given_up", ["withdrawn", "deferred"])
def test_what_was_told_late_and_given_up_lets_nobody_s_time_run_before_it_was_told(given_up: str) -> None:
    ticket = case()
    asked = ticket.reply(BEGUN, act="data_request")
    if given_up == "withdrawn":
        ticket.start("a", BEGUN, TERM, purpose="completion", by=asked, recorded_at=LATER)
        ticket.withdraw("a", LATER)
    else:
        ticket.defer(BEGUN, TERM, purpose="completion", by=asked, recorded_at=LATER)
    now = LATER + timedelta(days=1)
    ticket.start("b", BEGUN, TERM, purpose="completion", by=asked, recorded_at=now)
    found = judge(ticket.facts, ticket.calendars)
    assert found.deadlines[-1].started_at == ticket.facts[2].recorded_at
    late = [each.fact for each in found.contradictions if each.key == "noted_late"]
    assert late[-1] == ticket.facts[-1]


def waiting(**started: Any) -> tuple[Ticket, Fact]:
    """A case whose first deadline stood still from BEGUN to LATER; the facts of its other one come after it."""
    ticket = case()
    ticket.start("b", OPENED, TERM, **started)
    waits = ticket.move(BEGUN, "pending_customer")
    ticket.pause("b", BEGUN, by=waits)
    message = ticket.add("message.received", LATER, channel="email", author="ana@correo.example", subject="Re")
    ticket.resume("b", LATER, ticket.due(TERM, OPENED, (BEGUN, LATER)), by=message)
    return ticket, waits


def test_only_what_begins_in_place_of_its_own_like_is_told_again_what_that_was_told() -> None:
    now = LATER + timedelta(days=1)
    ticket, waits = waiting()
    ticket.withdraw("b", now)
    ticket.start("a", OPENED, TERM, recorded_at=now)
    ticket.pause("a", BEGUN, by=waits, recorded_at=now)
    assert judge(ticket.facts, ticket.calendars).deadlines[1].pauses[0].started_at == BEGUN
    # Another rule's deadline was withdrawn, or one that followed another fact.
    ticket, waits = waiting(purpose="first_response")
    ticket.withdraw("b", now)
    ticket.start("a", OPENED, TERM, recorded_at=now)
    ticket.pause("a", BEGUN, by=waits, recorded_at=now)
    _, second = judged(ticket, "term_missing", "cause_over")
    assert second.pauses == ()
    ticket, waits = waiting()
    ticket.withdraw("b", now)
    again = ticket.reopen(now)
    ticket.start("a", now, TERM, by=again)
    ticket.pause("a", BEGUN, by=waits, recorded_at=now)
    assert judge(ticket.facts, ticket.calendars).deadlines[1].pauses == ()


@pytest.mark.parametrize("honest", [True, False])
def test_a_member_s_pause_that_is_told_again_ends_where_it_did(honest: bool) -> None:
    ticket = case("resolution")
    ticket.start("b", OPENED, TERM)
    held, released = ticket.noted(BEGUN), LATER
    ticket.pause("b", BEGUN, "adr", by=held)
    over = ticket.noted(released)
    ticket.resume("b", released, ticket.due(TERM, OPENED, (BEGUN, released)), by=over)
    now = LATER + timedelta(days=1)
    ticket.withdraw("b", now)
    ticket.start("a", OPENED, TERM, recorded_at=now)
    ticket.pause("a", BEGUN, "adr", by=held, recorded_at=now)
    resumed = released if honest else now
    due = ticket.due(TERM, OPENED, (BEGUN, resumed))
    ticket.resume("a", resumed, due, by=over if honest else ticket.noted(now), recorded_at=now)
    _, told_again = judged(ticket, *(() if honest else ("resume_missing", "due_differs")))
    assert told_again.pauses[0].ended_at == released


def test_a_member_s_pause_that_is_told_again_ends_where_it_did_though_nobody_says_so() -> None:
    ticket = case("resolution")
    ticket.start("b", OPENED, TERM)
    held = ticket.noted(BEGUN)
    ticket.pause("b", BEGUN, "adr", by=held)
    ticket.resume("b", LATER, ticket.due(TERM, OPENED, (BEGUN, LATER)))
    now = LATER + timedelta(days=1)
    ticket.withdraw("b", now)
    ticket.start("a", OPENED, TERM, recorded_at=now)
    ticket.pause("a", BEGUN, "adr", by=held, recorded_at=now)
    _, told_again = judged(ticket, "resume_missing")
    assert (told_again.verdict, told_again.pauses[0].ended_at) == ("running", LATER)


def test_what_the_case_was_classified_as_before_a_deadline_s_cause_replaces_nothing() -> None:
    now = LATER + timedelta(days=1)
    for before in (True, False):
        ticket, waits = waiting()
        said = {"type": "claim", "priority": "high", "matter": ""}
        if before:
            ticket.add("ticket.classified", now, **said)
        again = ticket.reopen(now)
        if not before:
            ticket.add("ticket.classified", now, **said)
        ticket.start("a", now, TERM, by=again)
        assert judge(ticket.facts, ticket.calendars).deadlines[1].started_at == now
        ticket.pause("a", BEGUN, by=waits, recorded_at=now)
        assert judge(ticket.facts, ticket.calendars).deadlines[1].pauses == ()


def cited(ticket: Ticket, name: str, cause: Fact, version: int, *, text: int | None = None) -> None:
    """A deadline begins by a version of the policy, of which each has a text of its own."""
    other = Term(amount=version if text is None else text, unit="business_days")
    ticket.policy = ruling(CALENDAR, resolution=TERM, closing=other)
    ticket.start(name, cause.occurred_at, TERM, by=cause, version=version, recorded_at=ticket.facts[-1].recorded_at)


@pytest.mark.parametrize(("first", "second", "follow"), [(1, 1, True), (1, 2, True), (2, 1, False)])
def test_versions_of_the_policy_follow_each_other_as_what_began_the_deadlines_did(
    first: int, second: int, follow: bool
) -> None:
    ticket = case()
    cited(ticket, "a", ticket.facts[0], first)
    cited(ticket, "b", ticket.reopen(LATER), second)
    judged(ticket, *(() if follow else ("rule_superseded",)))


def test_what_follows_one_fact_cites_one_version_and_a_version_is_one_text() -> None:
    for version, text, keys in ((2, 2, ()), (1, 1, ("rule_superseded",)), (2, 7, ("rule_superseded",))):
        ticket = case()
        cited(ticket, "a", ticket.facts[0], 2)
        cited(ticket, "b", ticket.facts[0], version, text=text)
        judged(ticket, *keys)


def test_a_deferral_cites_the_version_that_what_follows_the_same_fact_cites() -> None:
    for version, keys in ((2, ()), (1, ("rule_superseded",))):
        ticket = case()
        cited(ticket, "a", ticket.facts[0], 2)
        ticket.defer(OPENED, TERM, by=ticket.facts[0], version=version)
        found = judge(ticket.facts, ticket.calendars, rules=ticket.rules)
        assert tuple(each.key for each in found.contradictions if each.key == "rule_superseded") == keys


def superseded(ticket: Ticket) -> int:
    """How many facts cite a version of the policy that does not agree with the others."""
    found = judge(ticket.facts, ticket.calendars, rules=ticket.rules)
    return sum(each.key == "rule_superseded" for each in found.contradictions)


def test_an_older_version_told_last_is_compared_with_all_that_were() -> None:
    ticket = case()
    middle = ticket.reopen(BEGUN)
    last = ticket.reopen(LATER)
    cited(ticket, "a", last, 3)
    cited(ticket, "b", ticket.facts[0], 1)
    cited(ticket, "c", middle, 2)
    assert superseded(ticket) == 0
    cited(ticket, "d", middle, 3)
    assert superseded(ticket) == 1


@given(
    st.sampled_from(PURPOSES),
    st.sampled_from(sorted(MAKING)),
    st.integers(-200, 400),
    st.integers(0, 400),
    st.integers(-200, 800),
)
def test_no_start_gives_more_time_than_there_was(
    purpose: str, made: str, said: int, cause_noted: int, noted: int
) -> None:
    """Whatever a start says, the organisation's count from no later than its cause, the customer's from no earlier."""
    ticket = case()
    cause = MAKING[made](ticket, BEGUN)
    ticket.facts[-1] = cause = replace(cause, recorded_at=BEGUN + timedelta(hours=cause_noted))
    day, hour = Term(amount=1, unit="natural_days"), timedelta(hours=1)
    ticket.start("a", BEGUN, day, purpose=purpose, by=cause, recorded_at=BEGUN + noted * hour)
    ticket.facts[-1] = replace(ticket.facts[-1], occurred_at=BEGUN + said * hour)
    (deadline,) = judge(ticket.facts, ticket.calendars).deadlines
    if purpose in OURS:
        assert deadline.started_at == (cause.occurred_at if deadline.cause else OPENED)
    elif deadline.cause is not None:
        assert deadline.started_at == (BEGUN if noted <= 0 else BEGUN + noted * hour)
    else:
        assert deadline.started_at == BEGUN + noted * hour
