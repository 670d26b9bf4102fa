"""Members who act at once, twice or too late, and what stays in custody of what was never sent."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from django.db import connections, transaction

from acuse import clock
from acuse.accounts.members import deactivate
from acuse.composition.letters import Attachment
from acuse.errors import ConflictError, InputError
from acuse.evidence import custody
from acuse.evidence.fsck.objects import without_row
from acuse.helpdesk.models import ConformityRequest, Interaction, Outgoing, Ticket
from acuse.helpdesk.services.changes import escalate
from acuse.helpdesk.services.conformity import answer_conformity, ask_conformity
from acuse.helpdesk.services.replies import reply, send_due, take_back
from acuse.helpdesk.services.settings import change_desk
from acuse.mail.read import read
from acuse.proof.facts.fact import Actor
from tests.integration.helpdesk.making import Desk, letter
from tests.integration.helpdesk.test_case import answer, asking


def at_once(*acts: Callable[[], object]) -> list[bool]:
    """Do things at the same moment, each with its own session; return for each whether it was done or refused."""
    ready = Barrier(len(acts))

    def do(act: Callable[[], object]) -> bool:
        try:
            ready.wait(60)
            act()
        except ConflictError:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(do, acts))


def uncited() -> list[str]:
    return list(without_row(custody.store().keys("objects")))


def test_two_members_who_announce_the_closing_at_once_do_it_once(desk: Desk) -> None:
    allow = {"default_assignee": None, "certify_replies": False, "undo_seconds": 10, "closing_allowed": True}
    change_desk(access=desk.owner, **allow)  # type: ignore[arg-type]
    desk.receive(letter())
    ticket = desk.ticket()
    reply(access=desk.agent, ticket=ticket.id, answer=answer("Es la pastilla."))
    send_due()
    ticket = desk.ticket()
    notice = asking("Cerramos.", act="closing_notice", term_until=clock.now() + timedelta(days=15))

    def close(access: object) -> Callable[[], UUID]:
        given = {"access": access, "ticket": ticket.id, "answer": notice, "revision": ticket.revision}
        return lambda: ask_conformity(request=uuid4(), **given)  # type: ignore[arg-type]

    assert sorted(at_once(close(desk.agent), close(desk.administrator))) == [False, True]
    assert Outgoing.objects.filter(act="closing_notice").count() == 1
    assert ConformityRequest.objects.count() == 1
    send_due()
    assert uncited() == []


def test_an_answer_that_is_posted_twice_is_sent_once(desk: Desk) -> None:
    desk.receive(letter())
    ticket = desk.ticket()

    def post() -> UUID:
        return reply(access=desk.agent, ticket=ticket.id, answer=answer(), revision=ticket.revision)

    assert sorted(at_once(post, post)) == [False, True]
    assert Outgoing.objects.filter(automatic=False).count() == 1


def test_who_agrees_and_disagrees_at_once_is_heard_once(desk: Desk) -> None:
    desk.receive(letter())
    ticket, request = desk.ticket(), uuid4()
    ask_conformity(access=desk.agent, ticket=ticket.id, answer=asking(), request=request, revision=None)
    send_due()

    def say(agreed: bool) -> Callable[[], None]:
        by = Actor(kind="recipient", id=str(ticket.id))
        return lambda: answer_conformity(
            request=request, agreed=agreed, by="link", words="", comments="", actor=by, client=None
        )

    assert sorted(at_once(say(True), say(False))) == [False, True]
    assert len([one for one in desk.types() if one in {"conformity.given", "conformity.denied"}]) == 1


def test_sending_does_not_wait_for_whoever_holds_the_case(desk: Desk) -> None:
    desk.receive(letter())
    ticket = desk.ticket()
    send_due()
    waiting = reply(access=desk.agent, ticket=ticket.id, answer=answer())

    def send() -> int:
        try:
            return send_due()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Ticket.objects.select_for_update(no_key=True).get(id=ticket.id)
            assert pool.submit(send).result(60) == 0
            # Nobody holds the answer meanwhile: who holds the case may take it back.
            take_back(access=desk.agent, ticket=ticket.id, outgoing=waiting)
        assert pool.submit(send).result(60) == 0
    assert Outgoing.objects.get(id=waiting).state == "cancelled"


def test_nothing_of_what_was_not_sent_stays_in_custody(desk: Desk) -> None:
    desk.receive(letter())
    ticket = desk.ticket()
    send_due()
    presupuesto = Attachment(name="presupuesto.pdf", media_type="application/pdf", content=b"%PDF-1.7 de prueba")
    given = {"access": desk.agent, "ticket": ticket.id}
    taken = reply(**given, answer=answer(delay=timedelta(seconds=10), files=[presupuesto]))  # type: ignore[arg-type]
    assert len(uncited()) == 1
    take_back(access=desk.agent, ticket=ticket.id, outgoing=taken)
    with pytest.raises(ConflictError):
        reply(**given, answer=answer(files=[presupuesto]), revision=0)  # type: ignore[arg-type]
    assert uncited() == []
    reply(**given, answer=answer(files=[presupuesto]))  # type: ignore[arg-type]
    send_due()
    assert uncited() == []
    sent = Interaction.objects.get(kind="reply", act="")
    assert sent.attachments == [
        {"number": 1, "name": "presupuesto.pdf", "media_type": "application/pdf", "size": len(presupuesto.content)}
    ]
    (found,) = read(custody.open_object(organisation=desk.organisation, sha256=sent.sha256)).attachments
    assert (found.name, found.content) == (presupuesto.name, presupuesto.content)


def test_no_new_case_is_given_to_who_was_deactivated(desk: Desk) -> None:
    chosen = {"default_assignee": desk.agent.member, "certify_replies": False, "undo_seconds": 10}
    change_desk(access=desk.owner, closing_allowed=False, **chosen)  # type: ignore[arg-type]
    desk.receive(letter())
    assert desk.ticket().assignee_id == desk.agent.member
    deactivate(access=desk.owner, member=desk.agent.member)
    desk.receive(letter("Otra cosa", message_id="<m2@cliente.example>"))
    later = Ticket.objects.get(subject="Otra cosa")
    assert later.assignee_id == desk.administrator.member


def test_a_case_is_not_escalated_without_a_reason(desk: Desk) -> None:
    desk.receive(letter())
    ticket = desk.ticket()
    with pytest.raises(InputError, match="Say why the case is escalated"):
        escalate(access=desk.owner, ticket=ticket.id, escalated=True, reason=" ")
    assert desk.ticket().escalated_at is None
