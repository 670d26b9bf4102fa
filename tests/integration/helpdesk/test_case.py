"""A case from the first letter to the customer's agreement."""

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from uuid import UUID, uuid4

import pytest

from acuse import clock
from acuse.contacts.queries import by_address
from acuse.delivery.models import Communication
from acuse.doors.console.ticket_timeline import entries
from acuse.errors import AccessDenied, ConflictError, InputError
from acuse.evidence import custody
from acuse.helpdesk.models import Outgoing
from acuse.helpdesk.queries.case import case
from acuse.helpdesk.queries.closing import GRACE, held_open
from acuse.helpdesk.queries.tickets import Filters, tickets
from acuse.helpdesk.queries.writing import NOT_ASKED, agree_link
from acuse.helpdesk.services.changes import add_note, assign, classify
from acuse.helpdesk.services.conformity import answer_conformity, ask_conformity, close_silent
from acuse.helpdesk.services.replies import Answer, reply, send_due, take_back
from acuse.helpdesk.services.settings import change_desk
from acuse.proof.facts.fact import Actor
from acuse.reception.models import Item
from acuse.reception.rules import Ours
from tests.integration.helpdesk.making import ANA, Desk, letter

AT_ONCE = timedelta()


def answer(body: str = "Lo miramos mañana.", **changes: object) -> Answer:
    made: dict[str, object] = {"subject": "Re: Ruido al frenar", "body": body, "language": "es", "certified": False}
    return Answer(**{**made, "delay": AT_ONCE, **changes})  # type: ignore[arg-type]


def asking(body: str = "¿Está conforme?", **changes: object) -> Answer:
    """An answer with the link by which the customer says whether they agree."""
    return answer(f"{body}\n\n{agree_link(NOT_ASKED)}", **changes)


def to_ticket(one: UUID) -> Ours:
    return Ours(address="ticket+token@acuse.example", purpose="ticket", identifier=one)


def test_a_letter_opens_a_case_of_the_administrator(desk: Desk) -> None:
    item = desk.receive(letter())
    ticket = desk.ticket()
    assert (ticket.number, ticket.type, ticket.status, ticket.channel) == (1, "inquiry", "new", "email")
    assert ticket.assignee_id == desk.administrator.member
    assert ticket.contact_id == by_address(desk.organisation, channel="email", value=ANA)
    assert ticket.key.startswith("TAL-0001-")
    opened = desk.only("ticket.opened")
    assert opened.details["reception"] == str(item)
    assert [one.role for one in opened.objects] == ["message"]
    assert custody.open_object(organisation=desk.organisation, sha256=opened.objects[0].sha256) == letter()
    (shown,) = tickets(desk.agent, Filters(search="frenar ana@cliente.example")).items
    assert (shown.id, shown.contact_name) == (ticket.id, "Ana Prieto")
    seen = case(desk.agent, id=ticket.id)
    assert seen is not None
    assert [(one.kind, one.text.strip()) for one in seen.interactions] == [
        ("message", "Desde la revisión el coche hace ruido.")
    ]


def test_what_is_read_again_opens_no_second_case(desk: Desk) -> None:
    item = desk.receive(letter())
    desk.sequencer.tick()
    Item.objects.filter(id=item).update(state="recorded")
    desk.file()
    assert desk.ticket().number == 1


def test_an_answer_can_be_taken_back_until_it_leaves(desk: Desk) -> None:
    desk.receive(letter())
    ticket = desk.ticket()
    assert send_due() == 1  # the receipt
    waiting = reply(access=desk.agent, ticket=ticket.id, answer=answer(delay=timedelta(seconds=10)))
    assert send_due() == 0
    with pytest.raises(ConflictError):
        take_back(access=desk.agent, ticket=uuid4(), outgoing=waiting)
    assert take_back(access=desk.agent, ticket=ticket.id, outgoing=waiting).body == "Lo miramos mañana."
    with pytest.raises(ConflictError):
        take_back(access=desk.agent, ticket=ticket.id, outgoing=waiting)
    assert desk.types().count("reply.sent") == 1
    reply(access=desk.agent, ticket=ticket.id, answer=answer())
    assert send_due() == 1
    assert send_due() == 0
    sent = [fact for fact in desk.facts() if fact.type == "reply.sent"][-1]
    letter_sent = Communication.objects.get(id=sent.details["communication"])
    assert (letter_sent.recipient, letter_sent.sender, letter_sent.certified) == (ANA, "atencion@ribera.example", False)
    raw = custody.open_object(organisation=desk.organisation, sha256=sent.objects[0].sha256)
    assert b"In-Reply-To: <m1@cliente.example>" in raw
    ticket.refresh_from_db()
    assert (ticket.status, ticket.waits_since) == ("open", None)
    assert ticket.first_response_at == sent.occurred_at


def test_an_answer_to_a_case_that_went_on_is_refused(desk: Desk) -> None:
    desk.receive(letter())
    ticket = desk.ticket()
    desk.receive(letter(body="Otra cosa.", message_id="<m2@cliente.example>"), to_ticket(ticket.id))
    with pytest.raises(ConflictError):
        reply(access=desk.agent, ticket=ticket.id, answer=answer(), revision=ticket.revision)
    assert not Outgoing.objects.filter(automatic=False).exists()


def test_what_the_customer_answers_belongs_to_the_case_whatever_its_subject(desk: Desk) -> None:
    desk.receive(letter())
    ticket = desk.ticket()
    reply(access=desk.agent, ticket=ticket.id, answer=answer())
    send_due()
    ours = Outgoing.objects.get(automatic=False).message_id
    desk.receive(letter("Nada que ver", message_id="<m2@cliente.example>", In_Reply_To=ours))
    assert desk.only("message.received").details["matched_by"] == "reference"
    # The same subject, and nothing else, is another case.
    desk.receive(
        letter(message_id="<m3@cliente.example>", sender="Eva <eva@otra.example>"), mail_from="eva@otra.example"
    )
    assert [row.number for row in tickets(desk.agent, Filters(), order="last").items] == [2, 1]


def test_a_stranger_who_cites_a_message_joins_no_case(desk: Desk) -> None:
    desk.receive(letter())
    stranger = letter(sender="eva@otra.example", message_id="<x@otra.example>", In_Reply_To="<m1@cliente.example>")
    desk.receive(stranger, mail_from="eva@otra.example")
    assert len(tickets(desk.agent, Filters()).items) == 2


@pytest.mark.parametrize("said", ["auto-replied", "auto-generated"])
def test_what_a_program_wrote_opens_nothing(desk: Desk, said: str) -> None:
    item = desk.receive(letter(Auto_Submitted=said))
    assert Item.objects.get(id=item).reading == "auto_reply"
    assert not tickets(desk.agent, Filters()).items


def test_two_programs_that_answer_each_other_are_set_aside(desk: Desk) -> None:
    desk.receive(letter())
    one = desk.ticket().id
    for number in range(25):
        desk.receive(letter(message_id=f"<n{number}@cliente.example>", body=f"{number}"), to_ticket(one))
    assert desk.types().count("message.received") == 19
    assert Item.objects.filter(state="unreadable").count() == 6


def test_a_case_is_resolved_when_the_customer_agrees_by_a_reply(desk: Desk) -> None:
    desk.receive(letter())
    ticket = desk.ticket()
    request = uuid4()
    ask_conformity(access=desk.agent, ticket=ticket.id, answer=asking(), request=request, revision=None)
    send_due()
    ticket.refresh_from_db()
    assert ticket.status == "pending_conformity"
    assert Communication.objects.get(id=desk.only("conformity.requested").details["communication"]).certified
    desk.receive(letter(body="¿Cuándo está?", message_id="<m2@cliente.example>"), to_ticket(ticket.id))
    ticket.refresh_from_db()
    assert ticket.status == "pending_conformity"
    question = Outgoing.objects.get(act="conformity").message_id
    agreed = letter(body="Conforme, gracias.", message_id="<m3@cliente.example>", In_Reply_To=question)
    desk.receive(agreed, to_ticket(ticket.id))
    ticket.refresh_from_db()
    assert ticket.status == "resolved"
    assert ticket.resolved_at is not None
    given = desk.only("conformity.given")
    assert (given.details["by"], given.details["words"]) == ("reply", "Conforme, gracias.")
    with pytest.raises(ConflictError):
        answer_conformity(
            request=request, agreed=False, by="link", words="No", comments="", actor=Actor(kind="contact", id="c")
        )
    desk.receive(letter(body="Vuelve a sonar.", message_id="<m4@cliente.example>"), to_ticket(ticket.id))
    ticket.refresh_from_db()
    assert ticket.status == "reopened"


def test_who_does_not_agree_reopens_the_case(desk: Desk) -> None:
    desk.receive(letter())
    ticket = desk.ticket()
    request = uuid4()
    ask_conformity(access=desk.agent, ticket=ticket.id, answer=asking(), request=request, revision=None)
    send_due()
    answer_conformity(
        request=request,
        agreed=False,
        by="link",
        words="No conforme",
        comments="Sigue igual.",
        actor=Actor(kind="contact", id=str(ticket.contact_id)),
        client={"ip": "198.51.100.7", "user_agent": "Firefox"},
    )
    ticket.refresh_from_db()
    assert (ticket.status, ticket.resolved_at) == ("reopened", None)
    seen = case(desk.agent, id=ticket.id)
    assert seen is not None
    facts = [one.fact for one in seen.facts]
    told = dict(zip((one.type for one in facts), (one.who for one in entries(desk.agent, seen, {}, [])), strict=True))
    assert told["conformity.denied"] == told["ticket.status_changed"] == "Ana Prieto", "who said so, and what followed"
    assert told["conformity.requested"] != "Ana Prieto"


def test_what_members_do_is_recorded_and_auditors_only_look(desk: Desk) -> None:
    desk.receive(letter())
    one = desk.ticket().id
    assert assign(access=desk.agent, tickets=[one], member=desk.agent.member) == 1
    assert assign(access=desk.agent, tickets=[one], member=desk.agent.member) == 0
    assert classify(access=desk.agent, tickets=[one], type="claim", priority="high") == 1
    add_note(access=desk.agent, ticket=one, text="El taller confirma holgura.", mentioned=[desk.owner.member])
    assert desk.types()[-3:] == ["ticket.assigned", "ticket.classified", "note.added"]
    assert "holgura" not in str(desk.only("note.added").details)
    with pytest.raises(InputError):
        assign(access=desk.agent, tickets=[one], member=uuid4())
    for act in (
        lambda: assign(access=desk.auditor, tickets=[one], member=None),
        lambda: add_note(access=desk.auditor, ticket=one, text="x"),
        lambda: reply(access=desk.auditor, ticket=one, answer=answer()),
    ):
        with pytest.raises(AccessDenied):
            act()


def test_the_customer_has_a_certified_receipt_with_content_and_key_at_once(desk: Desk) -> None:
    desk.receive(letter(body="Desde la revisión **suena**."))
    ticket = desk.ticket()
    assert send_due() == 1
    sent = desk.only("reply.sent")
    assert (sent.details["act"], sent.details["automatic"], sent.details["certified"]) == ("receipt", True, True)
    raw = custody.open_object(organisation=desk.organisation, sha256=sent.objects[0].sha256)
    message = message_from_bytes(raw, policy=default)
    text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert ticket.key in text
    assert "Desde la revisión **suena**." in text
    assert message["Auto-Submitted"] == "auto-replied"
    ticket.refresh_from_db()
    # It answers nothing: the customer waits still.
    assert (ticket.status, ticket.first_response_at) == ("new", None)
    assert ticket.waits_since is not None


def test_nobody_reads_at_some_addresses(desk: Desk) -> None:
    desk.receive(letter(sender="no-reply@cliente.example"), mail_from="no-reply@cliente.example")
    assert desk.ticket().status == "new"
    assert send_due() == 0


def test_silence_closes_only_where_it_may_and_only_after_a_certified_notice(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.receive(letter())
    ticket = desk.ticket()
    until = clock.now() + timedelta(days=15)
    reply(access=desk.agent, ticket=ticket.id, answer=answer("Es la pastilla."))
    send_due()
    notice = asking("Vamos a cerrar su caso.", act="closing_notice", term_until=until)
    with pytest.raises(ConflictError):
        ask_conformity(access=desk.agent, ticket=ticket.id, answer=notice, request=uuid4(), revision=None)
    allow = {"default_assignee": None, "certify_replies": False, "undo_seconds": 10, "closing_allowed": True}
    change_desk(access=desk.owner, **allow)  # type: ignore[arg-type]
    soon = replace(notice, term_until=clock.now() + timedelta(days=2))
    with pytest.raises(InputError):
        ask_conformity(access=desk.agent, ticket=ticket.id, answer=soon, request=uuid4(), revision=None)
    ask_conformity(access=desk.agent, ticket=ticket.id, answer=notice, request=uuid4(), revision=None)
    send_due()
    assert close_silent() == 0
    sent = UUID(desk.only("conformity.requested").details["communication"])
    Communication.objects.filter(id=sent).update(status="concluded", grade=1, final_at=clock.now())
    monkeypatch.setattr(clock, "now", lambda: until + GRACE - timedelta(seconds=1))
    assert close_silent() == 0, "what came in the last moment is still being taken in"
    later = until + GRACE
    monkeypatch.setattr(clock, "now", lambda: later)
    assert close_silent() == 1
    assert close_silent() == 0
    ticket.refresh_from_db()
    assert (ticket.status, ticket.closed_at) == ("closed_without", later)
    assert desk.only("term.expired").occurred_at == until


def test_an_answer_in_time_keeps_the_case_from_being_closed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.receive(letter())
    ticket = desk.ticket()
    allow = {"default_assignee": None, "certify_replies": False, "undo_seconds": 10, "closing_allowed": True}
    change_desk(access=desk.owner, **allow)  # type: ignore[arg-type]
    until = clock.now() + timedelta(days=15)
    reply(access=desk.agent, ticket=ticket.id, answer=answer("Es la pastilla."))
    send_due()
    notice = asking("Vamos a cerrar su caso.", act="closing_notice", term_until=until)
    request = uuid4()
    ask_conformity(access=desk.agent, ticket=ticket.id, answer=notice, request=request, revision=None)
    send_due()
    asked = Outgoing.objects.get(act="closing_notice").message_id
    denied = letter(body="No estoy conforme", message_id="<m5@cliente.example>", In_Reply_To=asked)
    desk.receive(denied, to_ticket(ticket.id))
    monkeypatch.setattr(clock, "now", lambda: until + timedelta(days=1))
    assert close_silent() == 0
    ticket.refresh_from_db()
    assert ticket.status == "reopened"
    assert not desk.only("conformity.denied").details["comments"]


def test_who_only_writes_the_customers_name_agrees_to_nothing(desk: Desk) -> None:
    desk.receive(letter())
    ticket = desk.ticket()
    ask_conformity(access=desk.agent, ticket=ticket.id, answer=asking(), request=uuid4(), revision=None)
    send_due()
    ours = Outgoing.objects.get(act="conformity").message_id
    # It cites our letter from a domain that nothing vouches for: it is shown, and answers nothing.
    desk.receive(letter(body="Conforme", message_id="<m9@cliente.example>", In_Reply_To=ours))
    assert desk.only("message.received").details["matched_by"] == "reference"
    ticket.refresh_from_db()
    assert ticket.status == "pending_conformity"


def test_a_flood_in_somebodys_name_brings_them_few_receipts(desk: Desk) -> None:
    for number in range(8):
        desk.receive(letter(body=f"{number}", message_id=f"<f{number}@cliente.example>"))
    assert Outgoing.objects.filter(automatic=True, recipient=ANA).count() == 5
    assert len(tickets(desk.agent, Filters()).items) == 8


def test_a_notice_that_did_not_arrive_in_time_closes_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.receive(letter())
    ticket = desk.ticket()
    allow = {"default_assignee": None, "certify_replies": False, "undo_seconds": 10, "closing_allowed": True}
    change_desk(access=desk.owner, **allow)  # type: ignore[arg-type]
    until = clock.now() + timedelta(days=15)
    reply(access=desk.agent, ticket=ticket.id, answer=answer("Es la pastilla."))
    send_due()
    notice = asking("Vamos a cerrar su caso.", act="closing_notice", term_until=until)
    ask_conformity(access=desk.agent, ticket=ticket.id, answer=notice, request=uuid4(), revision=None)
    send_due()
    monkeypatch.setattr(clock, "now", lambda: until + timedelta(days=1))
    assert close_silent() == 0
    ticket.refresh_from_db()
    assert ticket.status == "pending_conformity"
    assert held_open(ticket.id) == "late"


def test_an_answer_that_cannot_be_sent_stops_no_other(desk: Desk) -> None:
    desk.receive(letter())
    ticket = desk.ticket()
    send_due()
    reply(access=desk.agent, ticket=ticket.id, answer=answer("Uno", waits_for_customer=True))
    # The case waits for agreement by the time that it would leave: then it cannot wait for the customer.
    type(ticket).objects.filter(id=ticket.id).update(status="pending_conformity")
    reply(access=desk.agent, ticket=ticket.id, answer=answer("Dos"))
    assert send_due() == 2
    assert dict(Outgoing.objects.filter(automatic=False).values_list("body", "state")) == {
        "Uno": "failed",
        "Dos": "sent",
    }
