"""Attending to deadlines: once, whoever does it, whatever breaks in between and whichever way the clock goes."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections, transaction

from acuse.embedded.roles import Addresses
from acuse.helpdesk.jobs.deadlines import attend_due
from acuse.helpdesk.models import Deadline, Ticket
from acuse.helpdesk.services import deadlines
from tests.integration.helpdesk.cases import Desk, assert_agrees, make_desk, row, rows, term
from tests.unit.proof.calendars import at

State = Deadline.State
WAIT = 30.0


@pytest.fixture
def desk(database: Addresses, monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = make_desk(monkeypatch)
    made.publish(term(made, 48, "business_hours"))
    return made


def test_people_are_warned_once_and_told_once_that_it_is_missed(desk: Desk) -> None:
    ticket = desk.open()
    assert attend_due() == 0
    desk.pass_time("2026-11-23 12:00:00.000001")
    assert [attend_due(), attend_due()] == [1, 0]
    assert (row(ticket, "resolution").warned_at, row(ticket, "resolution").state) == (desk.now, State.RUNNING)
    assert_agrees(desk, ticket)
    desk.pass_time("2026-11-24 10:00")
    assert attend_due() == 0
    desk.now += timedelta(microseconds=1)
    assert [attend_due(), attend_due()] == [1, 0]
    missed = [fact for fact in desk.facts(ticket) if fact.type == "deadline.missed"]
    assert [fact.occurred_at for fact in missed] == [at("2026-11-24 10:00")]
    assert Ticket.objects.get(id=ticket).missed == 1
    assert_agrees(desk, ticket)


def test_what_nobody_attended_to_in_time_is_missed_at_once(desk: Desk) -> None:
    tickets = [desk.open() for _ in range(3)]
    desk.pass_time("2026-12-01 10:00")
    assert [attend_due(), attend_due()] == [3, 0]
    assert {one.state for ticket in tickets for one in rows(ticket)} == {State.OVERDUE}


def test_a_clock_that_goes_back_repeats_nothing(desk: Desk) -> None:
    ticket = desk.open()
    desk.pass_time("2026-11-24 10:01")
    attend_due()
    desk.pass_time("2026-11-24 09:00")
    assert attend_due() == 0
    desk.pass_time("2026-11-24 10:02")
    assert attend_due() == 0
    assert desk.told(ticket) == ["deadline.started", "deadline.missed"]
    assert_agrees(desk, ticket)


def test_a_worker_that_dies_before_the_commit_leaves_it_for_the_next(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket, other = desk.open(), desk.open()
    desk.pass_time("2026-11-24 10:01")
    summarise = deadlines._summarise

    def die(case: Ticket) -> None:
        if case.id == ticket:
            raise RuntimeError("killed")
        summarise(case)

    monkeypatch.setattr(deadlines, "_summarise", die)
    assert attend_due() == 1
    assert [row(one, "resolution").state for one in (ticket, other)] == [State.RUNNING, State.OVERDUE]
    assert "deadline.missed" not in desk.told(ticket)
    monkeypatch.setattr(deadlines, "_summarise", summarise)
    assert attend_due() == 1
    assert desk.told(ticket) == ["deadline.started", "deadline.missed"]


def test_two_workers_at_once_record_it_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = desk.open()
    desk.pass_time("2026-11-24 10:01")
    inside, on = threading.Event(), threading.Event()
    summarise = deadlines._summarise

    def wait(case: Ticket) -> None:
        inside.set()
        assert on.wait(WAIT)
        summarise(case)

    monkeypatch.setattr(deadlines, "_summarise", wait)

    def first() -> int:
        try:
            return attend_due()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(first)
        assert inside.wait(WAIT)
        assert attend_due() == 0
        on.set()
        assert working.result(WAIT) == 1
    assert attend_due() == 0
    assert desk.told(ticket) == ["deadline.started", "deadline.missed"]


def test_whoever_changes_the_case_meanwhile_goes_first(desk: Desk) -> None:
    ticket = desk.open()
    desk.pass_time("2026-11-24 10:00:00.000001")

    def attend() -> int:
        try:
            return attend_due()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        locked = Ticket.objects.select_for_update(no_key=True).get(id=ticket)
        assert pool.submit(attend).result(WAIT) == 0
        agreed = desk.tell(locked, "ticket.status_changed", {"before": "new", "after": "resolved"})
        deadlines.heed(ticket=locked, fact=agreed)
    assert attend_due() == 0
    assert desk.told(ticket) == ["deadline.started", "deadline.missed", "deadline.ended"]
    assert_agrees(desk, ticket)
