"""A clock that is set back by hours: cases go on, their terms are as the verifier has them, figures the ledger's."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from acuse.accounts import services as accounts
from acuse.config.cli.figures import derived
from acuse.config.database import conninfo
from acuse.embedded.roles import Addresses
from acuse.evidence.sequencer import Sequencer
from acuse.figures.followers import follow_figures
from acuse.figures.queries import figures_of
from acuse.figures.rules.members import members
from acuse.figures.rules.questions import Question, check_period
from acuse.helpdesk.jobs.deadlines import attend_due
from acuse.helpdesk.models import Outgoing, Ticket
from acuse.helpdesk.services.changes import reopen
from acuse.helpdesk.services.mailboxes import add_mailbox
from acuse.helpdesk.services.pausing import hold, release
from acuse.helpdesk.services.replies import Answer, reply, send_due
from acuse.proof.checkpoint import SigningKey
from tests.integration.helpdesk.cases import Desk, make_desk, row, rows, term

NOON, MORNING = "2026-11-18 12:00", "2026-11-18 09:30"


@pytest.fixture
def desk(database: Addresses, monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = make_desk(monkeypatch)
    made.publish(
        term(made, 4, "business_hours", purpose="first_response", name="Respuesta"),
        term(made, 48, "business_hours", pauses_on=("customer", "adr")),
    )
    accounts.add_sender_identity(organisation=made.access.organisation, pattern="@ribera.example")
    add_mailbox(access=made.access, name="Atención", address="atencion@ribera.example")
    made.pass_time(NOON)
    return made


@pytest.fixture
def sequencer(desk: Desk) -> Iterator[Sequencer]:
    made = Sequencer(conninfo=conninfo(), key=SigningKey.generate("acuse.example/test"))
    assert made.lead()
    yield made
    made.resign()


def answer() -> Answer:
    """What a member writes; it can be taken back for a few seconds."""
    return Answer(subject="Re: Ruido", body="Lo miramos el lunes.", language="es", certified=False)


def assert_told(desk: Desk, ticket: UUID) -> None:
    """The rows say what the verifier works out, which says besides that the times go back, and nothing worse."""
    judgement = desk.judge(ticket)
    assert {one.key for one in judgement.contradictions} <= {"noted_back", "noted_early", "out_of_order"}
    judged = {one.id: (one.verdict, one.due_at) for one in judgement.deadlines}
    stored = {str(one.id): ("missed" if one.state == "overdue" else one.state, one.due_at) for one in rows(ticket)}
    assert stored == judged


def test_a_case_is_opened_by_what_came_before_the_clock_was_set_back(desk: Desk) -> None:
    first = desk.open()
    desk.pass_time(MORNING)
    second = desk.open()
    desk.write(first)
    for ticket in (first, second):
        assert_told(desk, ticket)
    assert row(second, "resolution").due_at < row(first, "resolution").due_at
    numbers = dict(Ticket.objects.values_list("id", "number"))
    assert numbers[second] == numbers[first] + 1


def test_an_answer_that_waits_leaves_though_the_clock_was_set_back(desk: Desk) -> None:
    ticket = desk.open()
    reply(access=desk.access, ticket=ticket, answer=answer())
    assert send_due() == 0, "it can still be taken back"
    desk.pass_time(MORNING)
    assert send_due() == 1
    assert Outgoing.objects.get(ticket=ticket).state == "sent"
    assert row(ticket, "first_response").state == "met"
    assert_told(desk, ticket)
    assert send_due() == 0


def test_terms_stand_still_and_go_on_across_it(desk: Desk) -> None:
    ticket = desk.open()
    desk.pass_time("2026-11-18 13:00")
    hold(access=desk.access, ticket=ticket, reason="adr", note="Lo lleva la junta arbitral.")
    desk.pass_time(MORNING)
    release(access=desk.access, ticket=ticket, note="Ya hay laudo.")
    assert_told(desk, ticket)
    due = row(ticket, "resolution").due_at
    hold(access=desk.access, ticket=ticket, reason="adr", note="Otra vez.")
    desk.pass_time("2026-11-18 16:30")
    release(access=desk.access, ticket=ticket, note="Ya está.")
    assert_told(desk, ticket)
    assert row(ticket, "resolution").due_at > due


def test_a_case_is_resolved_opened_again_and_missed_across_it(desk: Desk) -> None:
    ticket = desk.open()
    desk.pass_time(MORNING)
    desk.reply(ticket)
    desk.pass_to(ticket, "agreed")
    assert Ticket.objects.get(id=ticket).status == "resolved"
    assert_told(desk, ticket)
    reopen(access=desk.access, ticket=ticket)
    assert_told(desk, ticket)
    desk.pass_time("2026-12-20 12:00")
    assert attend_due() == 1
    desk.pass_time("2026-12-20 09:00")
    assert attend_due() == 0
    desk.pass_to(ticket, "agreed")
    assert_told(desk, ticket)
    assert row(ticket, "resolution").state == "missed"


def test_figures_from_rows_and_from_facts_are_the_same_across_it(desk: Desk, sequencer: Sequencer) -> None:
    first = desk.open()
    desk.pass_time(MORNING)
    second = desk.open()
    for ticket in (first, second):
        desk.write(ticket)
        desk.reply(ticket)
    desk.pass_to(first, "agreed")
    for moment in (MORNING, "2026-11-18 20:00"):
        desk.pass_time(moment)
        while sequencer.tick():
            pass
        while follow_figures():
            pass
        period = check_period("2026-11-18", "2026-11-18", today=desk.now.date(), zone="Europe/Madrid")
        shown = members(figures_of(desk.access.organisation, Question(period=period, now=desk.now)))
        asked = {"first": "2026-11-18", "last": "2026-11-18", "channel": "", "mailbox": "", "team": ""}
        assert derived(desk.access.organisation, "Europe/Madrid", **asked)["figures"] == shown
    assert (shown["cases"]["opened"], shown["messages"]["answered"]) == (2, 2)
    assert shown["first_response"][0]["count"] == 2, "an answer before its question took no time"
