"""Which versions of the policy may have been in force, as what cites them shows, however many there are."""

import time
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acuse.proof.business_time import Term
from acuse.proof.facts.fact import Fact
from acuse.proof.verdicts.deadlines import judge
from acuse.proof.verdicts.deadlines.noting import TOLERANCE
from acuse.proof.verdicts.deadlines.versions import Versions
from tests.unit.proof.calendars import at, make
from tests.unit.proof.tickets import Ticket, ruling

CALENDAR = make(holidays={date(2026, 11, 9)})
TERM = Term(amount=48, unit="business_hours")
OPENED = at("2026-11-03 09:00:00")
FACT = Ticket(calendar=CALENDAR).opened(OPENED)


def happening(number: int, when: datetime) -> Fact:
    return replace(FACT, subject_sequence=number, occurred_at=when)


def rule(number: int) -> dict[str, object]:
    return {"version": number, "digest": f"{number:064x}"}


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(-6, 6))))
def test_a_version_follows_those_before_it_and_precedes_those_after_it(cites: list[tuple[int, int]]) -> None:
    """Each is compared with all before it, as if one looked at every one of them."""
    versions, known = Versions(), list[tuple[int, timedelta]]()
    for place, (number, halves) in enumerate(cites, start=1):
        since = halves * TOLERANCE / 2
        told = versions.cite(rule(number), happening(place, OPENED + since))
        wrong = any(
            (other < number and then > since + TOLERANCE) or (other > number and then < since - TOLERANCE)
            for other, then in known
        )
        assert told == (("rule_superseded",) if wrong else ())
        known.append((number, since))


def test_a_hundred_thousand_versions_take_little_time() -> None:
    begun, versions = time.process_time(), Versions()
    for number in range(1, 100_001):
        assert versions.cite(rule(number), happening(number, OPENED + timedelta(seconds=number))) == ()
    assert time.process_time() - begun < 20


def opened(version: int, when: datetime) -> Ticket:
    """A case whose opening says which version was in force; each version has a text of its own."""
    ticket = Ticket(calendar=CALENDAR)
    publish(ticket, version)
    ticket.opened(when, **ticket.in_force(version))
    return ticket


def publish(ticket: Ticket, version: int) -> None:
    ticket.policy = ruling(CALENDAR, closing=replace(TERM, amount=version))


@pytest.mark.parametrize(("first", "second"), [(1, 2), (2, 1)])
@pytest.mark.parametrize("back", [timedelta(seconds=-5), timedelta(), timedelta(seconds=5)])
def test_a_clock_that_is_set_by_seconds_while_terms_are_published_supersedes_no_version(
    first: int, second: int, back: timedelta
) -> None:
    ticket = opened(first, OPENED)
    publish(ticket, second)
    ticket.reply(OPENED - back, act="data_request", **ticket.in_force(second))
    assert [each.key for each in judge(ticket.facts, {}, rules=ticket.rules).contradictions] == []


@pytest.mark.parametrize(("first", "second", "keys"), [(1, 2, []), (2, 1, ["rule_superseded"])])
def test_a_version_that_was_superseded_longer_ago_is_told(first: int, second: int, keys: list[str]) -> None:
    ticket = opened(first, OPENED)
    publish(ticket, second)
    ticket.reply(OPENED + 2 * TOLERANCE, act="data_request", **ticket.in_force(second))
    assert [each.key for each in judge(ticket.facts, {}, rules=ticket.rules).contradictions] == keys
