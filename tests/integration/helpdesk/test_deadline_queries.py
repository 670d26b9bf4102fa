"""What the page of a case and lists of cases say of deadlines."""

from datetime import date, timedelta

import pytest
from django.utils import translation

from acuse.accounts.queries import Access
from acuse.doors.console.ticket_papers import papers_of
from acuse.doors.console.ticket_words import named_deadline
from acuse.doors.ui import figures
from acuse.embedded.roles import Addresses
from acuse.helpdesk.jobs.deadlines import attend_due
from acuse.helpdesk.queries.deadlines import Deadlines, completion_offered, deadline_names, deadlines_of, glances
from acuse.helpdesk.queries.tickets import Filters, tickets, warned
from acuse.proof.business_time import Term
from acuse.proof.policy import Case
from tests.integration.helpdesk.cases import Desk, make_desk, row, term
from tests.unit.proof.calendars import at

HOUR = timedelta(hours=1)


@pytest.fixture
def desk(database: Addresses, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return make_desk(monkeypatch)


def stranger(desk: Desk) -> Access:
    return Access(
        user=desk.access.user,
        member=desk.access.member,
        role="owner",
        organisation=desk.access.member,
        view=desk.access.view,
    )


def test_a_deadline_is_told_with_what_is_left_and_its_days(desk: Desk) -> None:
    desk.publish_packs("standard", "ley-10-2025")
    ticket = desk.open()
    desk.reply(ticket)
    desk.pass_time("2026-11-18 12:00")
    response, resolution, law = deadlines_of(desk.access, ticket).views
    assert (response.verdict, response.ended_at, response.used) == ("met", at("2026-11-16 10:00"), timedelta())
    assert (resolution.verdict, resolution.left, resolution.at_risk) == ("running", 30 * HOUR, False)
    assert [(bar.day.day, bar.counts / HOUR, bar.spent / HOUR) for bar in resolution.bars] == [
        (16, 7, 7),
        (17, 8, 8),
        (18, 8, 3),
        (19, 8, 0),
        (20, 8, 0),
        (23, 8, 0),
        (24, 1, 0),
    ]
    assert [bar.day for bar in resolution.bars if bar.today] == [date(2026, 11, 18)]
    assert (law.left, law.used) == (timedelta(days=13), timedelta(days=2))
    assert [bar.day.day for bar in law.bars if bar.spent] == [17, 18]
    assert (law.calendar.name, law.calendar.version, law.policy_version) == ("Taller", 1, 1)
    assert len(law.bars) == 15


def test_natural_hours_have_a_bar_for_each_day_however_long_it_is(desk: Desk) -> None:
    desk.publish(term(desk, 48, "natural_hours"))
    desk.pass_time("2026-10-24 12:00")
    ticket = desk.open()
    (one,) = deadlines_of(desk.access, ticket).views
    assert [(bar.day.day, bar.counts / HOUR) for bar in one.bars] == [(24, 12), (25, 25), (26, 11)]


def test_a_ruler_of_too_many_days_is_left_out(desk: Desk) -> None:
    desk.publish(term(desk, 61, "business_days"))
    (one,) = deadlines_of(desk.access, desk.open()).views
    assert one.bars == ()


def test_what_stands_still_says_why_and_shows_what_would_be_left(desk: Desk) -> None:
    desk.publish_packs("standard", "ley-10-2025")
    ticket = desk.open()
    desk.reply(ticket)
    desk.pass_time("2026-11-17 10:00")
    desk.ask_for_documents(ticket)
    desk.pass_time("2026-11-19 10:00")
    _, resolution, law, completion = deadlines_of(desk.access, ticket).views
    assert (resolution.verdict, resolution.pause_reason, resolution.left) == ("paused", "documents", 40 * HOUR)
    assert resolution.due_at is None
    assert sum((bar.counts for bar in resolution.bars), timedelta()) == 48 * HOUR
    assert [bar.day.day for bar in resolution.bars] == [16, 17, 19, 20, 23, 24, 25, 26]
    assert (law.verdict, len(law.bars), any(bar.spent for bar in law.bars)) == ("paused", 15, False)
    assert (completion.verdict, completion.purpose) == ("running", "completion")
    assert glances(desk.access, [ticket])[ticket].pause_reason == "documents"


def test_a_list_says_of_each_case_what_matters_first(desk: Desk) -> None:
    desk.publish_packs("standard")
    missed, running, paused, closed = (desk.open() for _ in range(4))
    for one in (running, paused):
        desk.reply(one)
    desk.pass_to(paused, "asked_customer")
    desk.pass_to(closed, "agreed")
    desk.pass_time("2026-11-18 10:30")
    attend_due()
    found = glances(desk.access, [missed, running, paused, closed])
    assert found.keys() == {missed, running, paused}
    assert [found[one].verdict for one in (missed, running, paused)] == ["missed", "running", "paused"]
    assert (found[missed].purpose, found[missed].late) == ("first_response", 24.5 * HOUR)
    assert (found[running].left, found[running].due_at) == (31.5 * HOUR, at("2026-11-24 10:00"))
    assert (found[paused].left, found[paused].pause_reason) == (None, "customer")


def test_what_ends_soon_is_warned_of_and_no_longer_when_it_is_done(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.publish_packs("standard")
    first, second = desk.open(), desk.open()
    for one in (first, second):
        desk.reply(one)
    assert warned(desk.access) == 0
    desk.pass_time("2026-11-24 09:00")
    assert [one.at_risk for one in deadlines_of(desk.access, first).views] == [False, True]
    assert warned(desk.access) == 2, "before anybody attended to them"
    attend_due()
    assert warned(desk.access) == 2
    assert [row.id for row in tickets(desk.access, Filters(warned=True)).items] == [first, second]
    with monkeypatch.context() as fewer:
        fewer.setattr("acuse.helpdesk.queries.tickets.MOST_WARNED", 1)
        assert warned(desk.access) == 1, "of those that end first"
    desk.pass_to(first, "agreed")
    assert [row.id for row in tickets(desk.access, Filters(warned=True)).items] == [second]
    desk.pass_time("2026-11-24 10:00:01")
    assert (warned(desk.access), tickets(desk.access, Filters(warned=True)).items) == (0, ()), "missed by now"


def test_what_a_customer_would_have_is_what_they_then_have(desk: Desk) -> None:
    ticket = desk.open()
    assert completion_offered(desk.access, ticket) is None
    desk.publish_packs("ley-10-2025")
    offered = completion_offered(desk.access, ticket)
    assert offered == (Term(amount=10, unit="business_days"), at("2026-11-30 23:59:59.999999"))
    desk.ask_for_documents(ticket)
    assert row(ticket, "completion").due_at == offered[1]


def test_another_organisation_sees_none_of_it(desk: Desk) -> None:
    desk.publish_packs("standard")
    ticket = desk.open()
    desk.pass_time("2026-11-17 09:59")
    attend_due()
    other = stranger(desk)
    assert deadlines_of(other, ticket) == Deadlines()
    assert glances(other, [ticket]) == {}
    assert warned(other) == 0
    assert tickets(other, Filters(warned=True)).items == ()
    assert completion_offered(other, ticket) is None


def test_a_deadline_that_was_withdrawn_is_told_apart_among_the_papers(desk: Desk) -> None:
    """Both began with the case: neither name nor beginning tells them apart."""
    slow, quick = Term(amount=48, unit="natural_hours"), Term(amount=8, unit="natural_hours")
    cases = (Case(priorities=("high",), term=quick), Case(term=slow))
    desk.publish(term(desk, 48, "natural_hours", cases=cases))
    ticket = desk.open()
    desk.pass_time("2026-11-16 12:00")
    desk.classify(ticket, priority="high")
    desk.pass_to(ticket, "agreed")
    desk.pass_time("2026-11-16 13:00")
    desk.pass_to(ticket, "customer_wrote")
    papers = [paper for paper in papers_of(desk.access, ticket) if paper.deadline]
    with translation.override("es"):
        names = [named_deadline(paper.deadline) for paper in papers if paper.deadline]
        withdrawn = f"Resolución, plazo retirado el {figures.day_and_time(at('2026-11-16 12:00'))}"
    assert names == [withdrawn, "Resolución", "Resolución"]
    began = [paper.deadline.started_at for paper in papers if paper.deadline]
    assert began[0] == began[1] < began[2], "what a reopening began says so by its beginning"


def test_a_deadline_whose_like_began_only_later_says_since_when_it_is_withdrawn(desk: Desk) -> None:
    """Its name says nothing of what came after it: between the two there was none."""
    desk.publish(
        term(desk, 48, "natural_hours", cases=(Case(types=("claim",), term=Term(amount=48, unit="natural_hours")),))
    )
    ticket = desk.open()
    for day, type in (("2026-11-16 12:00", "inquiry"), ("2026-11-16 15:00", "claim")):
        desk.pass_time(day)
        desk.classify(ticket, type=type)
    first, second = deadline_names(desk.access, tickets=[ticket])[ticket]
    assert first.started_at == second.started_at
    assert (first.withdrawn_at, second.withdrawn_at) == (at("2026-11-16 12:00"), None)
