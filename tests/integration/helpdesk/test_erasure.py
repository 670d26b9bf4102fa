"""A case whose retention ended leaves with everything that was said in it; until then its customer is not forgotten."""

from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connection, models
from typer.testing import CliRunner

from acuse import clock
from acuse.config.cli import retention as command
from acuse.contacts.services import Obstacle
from acuse.doors.console.contacts.identity import _holds
from acuse.embedded.postgres import EmbeddedPostgres
from acuse.errors import ConflictError, TemporaryError
from acuse.evidence import custody, fsck, retention
from acuse.evidence.custody import MissingObject
from acuse.evidence.fsck.objects import without_row
from acuse.evidence.queries import facts_of
from acuse.helpdesk.models import Call, ConformityRequest, Draft, Interaction, Line, Mention, Outgoing, Presence, Ticket
from acuse.helpdesk.queries.case import Begun
from acuse.helpdesk.queries.holding import running_until
from acuse.helpdesk.services.changes import add_note
from acuse.helpdesk.services.conformity import answer_conformity, ask_conformity
from acuse.helpdesk.services.desk import be_present, save_draft
from acuse.helpdesk.services.erasure import erase_ticket
from acuse.helpdesk.services.replies import reply, send_due, take_back
from acuse.proof.facts.fact import Actor
from tests.integration.helpdesk import cases
from tests.integration.helpdesk.making import Desk, letter
from tests.integration.helpdesk.test_case import answer, asking

OF_A_CASE: tuple[type[models.Model], ...] = (
    *(Ticket, Interaction, Outgoing, Draft, Mention, Presence, ConformityRequest),
)


@pytest.fixture
def end_retention(postgres: EmbeddedPostgres, desk: Desk) -> Iterator[Any]:
    """Let so many years pass for a case."""
    with postgres._superuser(connection.settings_dict["NAME"]) as admin:
        admin.execute("SET session_replication_role = replica")

        def end(ticket: UUID) -> None:
            _end(admin, ticket, [item.sha256 for fact in desk.facts(ticket) for item in fact.objects])

        yield end


def _end(admin: "psycopg.Connection[Any]", ticket: UUID, digests: list[str]) -> None:
    past = "SET retain_until = now() - interval '1 second'"
    admin.execute(f"UPDATE evidence_heads {past} WHERE subject = %s", (ticket,))
    admin.execute(f"UPDATE evidence_objects {past} WHERE sha256 = ANY(%s)", (digests,))


def erase(desk: Desk, ticket: UUID) -> int:
    due = retention.Due(organisation=desk.organisation, kind="ticket", subject=ticket, retain_until=clock.now())
    return erase_ticket(
        organisation=desk.organisation, ticket=ticket, reason="prueba", citations=retention.citations_of([due])
    )


def test_a_case_leaves_whole_and_its_calls_stay_as_nobodys(desk: Desk, end_retention: Any) -> None:
    desk.receive(letter())
    ticket, request = desk.ticket(), uuid4()
    line = Line.objects.create(organisation_id=desk.organisation, name="Central", number="900", created_at=clock.now())
    call = Call.objects.create(
        organisation_id=desk.organisation,
        line=line,
        ticket=ticket,
        number="600111222",
        started_at=clock.now(),
        result="answered",
        outcome="Ana llama por el ruido.",
        recorded_at=clock.now(),
    )
    note_for = desk.owner.member
    add_note(access=desk.agent, ticket=ticket.id, text="El taller confirma holgura.", mentioned=[note_for])
    assert Mention.objects.filter(ticket=ticket, member_id=note_for).exists()
    taken = reply(access=desk.agent, ticket=ticket.id, answer=answer())
    take_back(access=desk.agent, ticket=ticket.id, outgoing=taken)
    save_draft(access=desk.agent, ticket=ticket.id, kind="note", begun=Begun(body="Borrador"))
    be_present(access=desk.agent, ticket=ticket.id, writing=True)
    ask_conformity(access=desk.agent, ticket=ticket.id, answer=asking(), request=request, revision=None)
    send_due()
    note = desk.only("note.added").objects[0].sha256
    end_retention(ticket.id)
    with pytest.raises(ConflictError, match="is open"):
        erase(desk, ticket.id)
    by = Actor(kind="recipient", id=str(ticket.id))
    answer_conformity(request=request, agreed=True, by="link", words="", comments="", actor=by)
    with pytest.raises(ConflictError, match="has not ended"):
        erase(desk, ticket.id)
    told = len(desk.facts(ticket.id))
    end_retention(ticket.id)
    assert erase(desk, ticket.id) == told
    assert not any(model._default_manager.exists() for model in OF_A_CASE)
    call.refresh_from_db()
    assert (call.ticket_id, call.number, call.outcome, call.result) == (None, "", "", "answered")
    with pytest.raises(MissingObject):
        custody.open_object(organisation=desk.organisation, sha256=note)
    desk.sequencer.tick()
    _, findings = fsck.examine(tsa_roots=[], progress=lambda _: None)
    assert [one.what for one in findings if one.damage] == []


def test_an_erasure_that_broke_off_sends_nothing_that_custody_lost_and_is_finished_later(
    desk: Desk, end_retention: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.receive(letter())
    send_due()
    ticket = desk.ticket()
    reply(access=desk.agent, ticket=ticket.id, answer=answer())
    Ticket.objects.filter(id=ticket.id).update(status="resolved")
    with pytest.raises(ConflictError, match="has not ended"):
        erase(desk, ticket.id)
    unsent = Outgoing.objects.get(automatic=False)
    assert unsent.state == "waiting"
    assert custody.open_object(organisation=desk.organisation, sha256=unsent.sha256)
    end_retention(ticket.id)

    def breaks(_row: Ticket) -> None:
        raise TemporaryError("The database went away.")

    with monkeypatch.context() as broken:
        broken.setattr(Ticket, "delete", breaks)
        with pytest.raises(TemporaryError):
            erase(desk, ticket.id)
    unsent.refresh_from_db()
    assert unsent.state == "cancelled"
    assert send_due() == 0
    assert erase(desk, ticket.id)
    assert not Ticket.objects.exists()
    assert list(without_row(custody.store().keys("objects"))) == []


def test_the_command_erases_the_case_that_is_over_and_names_the_one_that_stays(
    desk: Desk, end_retention: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "ready_database", lambda _settings: nullcontext())
    monkeypatch.setattr(command, "environment", lambda: None)
    for number in (1, 2):
        desk.receive(letter(message_id=f"<m{number}@cliente.example>"))
    over, still = Ticket.objects.order_by("opened_at")
    Ticket.objects.filter(id=over.id).update(status="resolved")
    for case in (over, still):
        end_retention(case.id)
    declined = CliRunner().invoke(command.retention, ["erase"], input="n\n")
    assert (declined.exit_code, Ticket.objects.count()) == (1, 2)
    done = CliRunner().invoke(command.retention, ["erase", "--reason", "plazo cumplido"], input="y\n")
    asked, stays, erased = done.stdout.splitlines()
    assert "Erase 2 subjects for good?" in asked
    assert stays.startswith(f"ticket {still.id} stays: ")
    assert (done.exit_code, erased) == (0, "Erased 1 subjects.")
    assert Ticket.objects.get() == still
    assert desk.facts(over.id) == []
    told = facts_of(organisation=desk.organisation, kind="organisation", id=desk.organisation)[-1].fact
    assert (told.type, told.details["reason"]) == ("content.erased", "plazo cumplido")


def test_a_customer_is_not_forgotten_while_a_deadline_runs_and_is_told_until_when(
    database: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = cases.make_desk(monkeypatch)
    made.publish(cases.term(made, 15, "business_days"))
    ticket = Ticket.objects.get(id=made.open())
    holds = _holds(made.access)
    found = [hold(made.access.organisation, (ticket.contact_id,)) for hold in holds]
    assert found == [
        Obstacle(reason="open_ticket"),
        Obstacle(reason="running_deadline", until=cases.row(ticket.id, "resolution").due_at),
        None,
    ]
    made.pass_to(ticket.id, "agreed")
    assert running_until(made.access.organisation, (ticket.contact_id,)) == (False, None)
    assert [hold(made.access.organisation, (ticket.contact_id,)) for hold in holds] == [None, None, None]
