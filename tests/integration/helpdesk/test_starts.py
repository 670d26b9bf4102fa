"""Which fact each deadline of a case follows, and by which version of the terms it is counted, through the services."""

from datetime import timedelta
from uuid import UUID

import pytest

from acuse.calendars.rules import Shift
from acuse.embedded.roles import Addresses
from acuse.helpdesk.models import Ticket
from acuse.helpdesk.queries.writing import values_of
from acuse.helpdesk.services import pausing
from acuse.proof.business_time import Term
from acuse.proof.facts.fact import Fact
from acuse.proof.policy import Case
from tests.integration.helpdesk.cases import ALWAYS, Desk, assert_agrees, make_desk, row, rows, term

#: An hour a week.
SCARCE = ((Shift(540, 600),), *((),) * 6)


@pytest.fixture
def desk(database: Addresses, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return make_desk(monkeypatch)


def starts(desk: Desk, ticket: UUID) -> list[tuple[str, Fact, int]]:
    """Of each deadline, as it was started: its purpose, the fact that it follows and the version of the terms."""
    told = desk.facts(ticket)
    begun = [fact for fact in told if fact.type == "deadline.started"]
    found = []
    for fact in begun:
        follows = fact.details["follows"]
        cause = told[follows["sequence"] - 1]
        assert (follows["type"], fact.occurred_at) == (cause.type, cause.occurred_at)
        found.append((fact.details["purpose"], cause, fact.details["rule"]["version"]))
    return found


def test_what_a_case_begins_with_follows_its_opening_and_the_customer_s_term_the_question(desk: Desk) -> None:
    desk.publish_packs("standard", "ley-10-2025")
    ticket = desk.open()
    desk.pass_time("2026-11-18 12:00")
    desk.ask_for_documents(ticket)
    found = [(purpose, cause.type) for purpose, cause, _ in starts(desk, ticket)]
    assert found == [
        ("first_response", "ticket.opened"),
        ("resolution", "ticket.opened"),
        ("resolution", "ticket.opened"),
        ("completion", "reply.sent"),
    ]
    assert starts(desk, ticket)[-1][1].details["act"] == "data_request"
    assert_agrees(desk, ticket)


def test_letters_name_the_end_of_each_term_that_runs(desk: Desk) -> None:
    desk.publish_packs("standard")
    ticket = desk.open()
    letter = values_of(Ticket.objects.get(id=ticket), name="")
    assert letter["deadline.response_due"] == row(ticket, "first_response").due_at
    assert letter["deadline.due"] == row(ticket, "resolution").due_at
    desk.reply(ticket)
    answered = values_of(Ticket.objects.get(id=ticket), name="")
    assert answered["deadline.response_due"] is None
    assert answered["deadline.due"] == letter["deadline.due"]


def reopened(desk: Desk) -> UUID:
    """A case that was resolved and is open again, since when other terms are in force."""
    other = (Case(types=("claim",), term=Term(amount=8, unit="business_hours")),)
    desk.publish(term(desk, 48, "business_hours"))
    ticket = desk.open("inquiry")
    desk.pass_time("2026-11-17 12:00")
    desk.pass_to(ticket, "agreed")
    desk.publish(term(desk, 24, "business_hours"), term(desk, 8, "business_hours", name="Reclamo", cases=other), base=1)
    desk.pass_time("2026-11-18 12:00")
    desk.write(ticket)
    return ticket


def test_what_begins_when_a_case_is_opened_again_follows_that_by_the_terms_of_then(desk: Desk) -> None:
    ticket = reopened(desk)
    first, second = starts(desk, ticket)
    assert [(first[1].type, first[2]), (second[1].type, second[2])] == [
        ("ticket.opened", 1),
        ("ticket.status_changed", 2),
    ]
    assert_agrees(desk, ticket)


def test_what_first_applies_to_a_case_that_was_opened_again_has_the_terms_of_then(desk: Desk) -> None:
    """Two deadlines that follow one fact cite one version of the terms."""
    ticket = reopened(desk)
    desk.pass_time("2026-11-18 13:00")
    desk.classify(ticket, type="claim")
    *_, again, first = starts(desk, ticket)
    assert first == again
    assert row(ticket, "resolution").name == "Reclamo"
    assert_agrees(desk, ticket)


def test_a_case_that_is_older_than_the_terms_has_those_that_were_there_when_it_was_opened(desk: Desk) -> None:
    """A call of this morning is entered after the first terms were published; others come later."""
    claims = (Case(types=("claim",), term=Term(amount=8, unit="business_hours")),)
    both = (term(desk, 48, "business_hours"), term(desk, 8, "business_hours", name="Reclamo", cases=claims))
    desk.pass_time("2026-11-16 11:00")
    desk.publish(*both)
    ticket = desk.open("inquiry", ago=timedelta(hours=1))
    desk.publish(term(desk, 4, "business_hours"), base=1)
    desk.pass_time("2026-11-16 12:00")
    desk.classify(ticket, type="claim")
    assert [(cause.type, version) for _, cause, version in starts(desk, ticket)] == [("ticket.opened", 1)] * 2
    assert row(ticket, "resolution").name == "Reclamo"
    assert_agrees(desk, ticket)


def test_a_case_that_is_older_than_the_terms_has_those_of_when_it_was_entered_for_what_applies_later(
    desk: Desk,
) -> None:
    claims = (Case(types=("claim",), term=Term(amount=8, unit="business_hours")),)
    desk.pass_time("2026-11-16 11:00")
    desk.publish(term(desk, 8, "business_hours", cases=claims))
    ticket = desk.open("inquiry", ago=timedelta(hours=1))
    assert starts(desk, ticket) == []
    desk.pass_time("2026-11-16 12:00")
    desk.publish(term(desk, 4, "business_hours"), base=1)
    desk.classify(ticket, type="claim")
    assert [(cause.type, version) for _, cause, version in starts(desk, ticket)] == [("ticket.opened", 1)]
    assert row(ticket, "resolution").amount == 8
    assert_agrees(desk, ticket)


def test_a_case_that_was_opened_again_and_classified_wrongly_and_back_has_its_term_again(desk: Desk) -> None:
    """The one that was met before has the same name, and is of the opening."""
    claims = (Case(types=("claim",), term=Term(amount=48, unit="business_hours")),)
    desk.publish(term(desk, 48, "business_hours", cases=claims))
    ticket = desk.open()
    desk.pass_time("2026-11-17 12:00")
    desk.pass_to(ticket, "agreed")
    desk.pass_time("2026-11-18 12:00")
    desk.write(ticket)
    desk.classify(ticket, type="thanks")
    desk.pass_time("2026-11-18 13:00")
    desk.classify(ticket, type="claim")
    assert [one.state for one in rows(ticket)] == ["met", "withdrawn", "running"]
    assert [cause.type for _, cause, _ in starts(desk, ticket)] == [
        "ticket.opened",
        "ticket.status_changed",
        "ticket.status_changed",
    ]
    assert_agrees(desk, ticket)


def test_what_resolved_a_case_ends_nothing_that_its_reopening_began_though_the_clock_did_not_go_on(desk: Desk) -> None:
    high = Case(priorities=("high",), term=Term(amount=16, unit="business_hours"))
    desk.publish(term(desk, 1, "business_hours", cases=(high, Case(term=Term(amount=48, unit="business_hours")))))
    ticket = desk.open()
    desk.pass_time("2026-11-17 12:00")
    desk.pass_to(ticket, "agreed")
    desk.write(ticket)
    desk.classify(ticket, priority="high")
    assert [(one.state, one.amount) for one in rows(ticket)] == [("met", 48), ("withdrawn", 48), ("running", 16)]
    assert_agrees(desk, ticket)


def test_what_replaces_a_deadline_follows_what_that_followed(desk: Desk) -> None:
    high = Case(priorities=("high",), term=Term(amount=16, unit="business_hours"))
    desk.publish(term(desk, 1, "business_hours", cases=(high, Case(term=Term(amount=48, unit="business_hours")))))
    ticket = desk.open()
    desk.pass_time("2026-11-17 12:00")
    desk.pass_to(ticket, "agreed")
    desk.pass_time("2026-11-18 12:00")
    desk.write(ticket)
    desk.pass_time("2026-11-18 13:00")
    desk.classify(ticket, priority="high")
    _, before, after = starts(desk, ticket)
    assert before == after
    assert before[1].type == "ticket.status_changed"
    assert_agrees(desk, ticket)


def test_a_term_that_is_started_once_its_calendar_reaches_follows_the_opening_all_the_same(desk: Desk) -> None:
    desk.publish(term(desk, 1000, "business_hours"))
    desk.calendar_of("Taller", SCARCE, base=1)
    ticket = desk.open()
    (deferred,) = [fact for fact in desk.facts(ticket) if fact.type == "deadline.deferred"]
    assert deferred.details["follows"] == {"type": "ticket.opened", "sequence": 1}
    desk.pass_time("2026-11-17 12:00")
    desk.calendar_of("Taller", base=2)
    pausing.start_deferred(access=desk.access, ticket=ticket)
    assert [cause.type for _, cause, _ in starts(desk, ticket)] == ["ticket.opened"]
    assert_agrees(desk, ticket)


def test_what_replaces_a_deadline_that_waited_beyond_its_calendar_follows_what_that_followed(desk: Desk) -> None:
    desk.publish(term(desk, 48, "business_hours", pauses_on=("customer",)))
    ticket = desk.open()
    desk.pass_to(ticket, "asked_customer")
    desk.pass_time("2027-06-01 12:00")
    desk.calendar_of("Taller", ALWAYS, base=1)
    desk.pass_time("2029-12-31 12:00")
    desk.write(ticket)
    assert [cause.type for _, cause, _ in starts(desk, ticket)] == ["ticket.opened", "ticket.opened"]
    assert_agrees(desk, ticket)
