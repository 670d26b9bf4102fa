"""Who gets the receipt of a case, what it tells them, and what the page says of a case without one."""

import re
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest

from acuse import clock
from acuse.composition.services import publish_template
from acuse.delivery.models import Communication
from acuse.evidence import custody
from acuse.helpdesk.followers import follow_mail
from acuse.helpdesk.models import Outgoing, Ticket
from acuse.helpdesk.queries.writing import follow_path
from acuse.helpdesk.services.replies import send_due
from acuse.reception.models import Item
from tests.integration.helpdesk.making import ADDRESS, ANA, SLUG, Desk, letter
from tests.integration.helpdesk.test_inbox import member

EVA, LUZ = "eva@otra.example", "luz@tercera.example"
NONE = "No se ha enviado justificante al cliente"
BASE = f"/console/{SLUG}/tickets/"


def receipt_of(desk: Desk, ticket: Ticket) -> tuple[str, str]:
    """Whom the one receipt of a case went to, and what it says."""
    (sent,) = [fact for fact in desk.facts(ticket.id) if fact.type == "reply.sent"]
    assert sent.details["act"] == "receipt"
    raw = custody.open_object(organisation=desk.organisation, sha256=sent.objects[0].sha256)
    message = message_from_bytes(raw, policy=default)
    assert message["To"] == sent.details["recipient"]
    assert Communication.objects.get(id=sent.details["communication"]).recipient == message["To"]
    return str(message["To"]), str(message.get_body(("plain",)).get_content())  # type: ignore[union-attr]


def by_telephone(agent: Any, **given: str) -> Ticket:
    """Have a member open a case on the page for those who call; return it."""
    said = {"number": "+34 600 111 222", "type": "claim", "subject": "Ruido", "text": "Ruido al frenar."}
    assert agent.post(f"{BASE}new/", {**said, **given}).status_code == 302
    return Ticket.objects.latest("number")


def page_of(agent: Any, ticket: Ticket) -> str:
    """The page of a case, with single spaces."""
    return " ".join(agent.get(f"{BASE}{ticket.id}/").content.decode().split())


def describe(agent: Any, ticket: Ticket, address: str) -> None:
    """Have a member write an address on the page of a case."""
    assert agent.post(f"{BASE}{ticket.id}/describe/", {"tags": "taller", "address": address}).status_code == 302


def test_a_case_is_said_to_have_no_receipt_once_whoever_writes_them_has_been_there(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.take_in(letter(Precedence="bulk"))
    desk.sequencer.tick()
    assert follow_mail()
    agent, ticket = member("agent"), desk.ticket()
    assert NONE not in page_of(agent, ticket), "its opening has no place yet"
    desk.sequencer.tick()
    with monkeypatch.context() as patch:
        later = clock.now() + timedelta(hours=1)
        patch.setattr(clock, "now", lambda: later)
        assert NONE not in page_of(agent, ticket), "however late"
    desk.file()
    assert NONE in page_of(agent, ticket)
    describe(agent, ticket, EVA)
    assert NONE not in page_of(agent, ticket), "a new address is to be looked at"
    desk.file()
    assert Outgoing.objects.get().recipient == EVA


def test_whoever_has_answers_go_elsewhere_gets_the_receipt_themselves(desk: Desk) -> None:
    """What answers by itself goes to the author, and not to Reply-To (RFC 3834 section 4)."""
    desk.receive(letter(sender=f"Eva Marín <{EVA}>", message_id="<eva@otra.example>"), mail_from=EVA)
    assert send_due() == 1
    known = desk.ticket().id
    desk.receive(letter(Reply_To=EVA))
    ticket = Ticket.objects.exclude(id=known).get()
    assert ticket.address == EVA
    assert send_due() == 1
    recipient, text = receipt_of(desk, ticket)
    assert recipient == ANA
    assert ticket.key in text
    assert "Desde la revisión el coche hace ruido." in text
    # Who reads the answers is Eva: neither her name nor the link to them is for whoever named her.
    assert "Eva" not in text
    for promised in ("/f/", "la página de su caso", "sellado", "Consultar", "Clave para seguirlo", "<>"):
        assert promised not in text
    assert "Las respuestas van a la dirección que se indicó para ellas." in " ".join(text.split())
    agent = member("agent")
    page = page_of(agent, ticket)
    assert f'por correo certificado <span class="break">a {ANA}</span>, ' in page
    assert f"El justificante fue a {ANA}, que escribió el mensaje. El cliente, {EVA}, no tiene ninguno." in page
    describe(agent, ticket, LUZ)
    desk.file()
    assert send_due() == 1
    own = Outgoing.objects.get(ticket=ticket, recipient=LUZ)
    assert follow_path(ticket.id) in own.body
    assert "no tiene ninguno" not in page_of(agent, ticket)


def test_an_own_template_says_the_words_of_a_link_that_there_is_not(desk: Desk) -> None:
    body = "Caso {{ ticket.number }}: [vea su caso]({{ ticket.link }}). {{ message.text }}"
    publish_template(
        access=desk.administrator, use="ticket.receipt", name="Propia", language="es", subject="Recibido", body=body
    )
    desk.receive(letter(Reply_To=EVA))
    assert re.fullmatch(r"Caso \d+: vea su caso\. Desde la revisión.*\n", Outgoing.objects.get().body)


def test_the_receipt_of_a_form_that_writes_in_another_name_is_not_the_customers(desk: Desk) -> None:
    robot = "wordpress@tienda.example"
    desk.receive(letter(sender=f"Web <{robot}>", Reply_To=ANA), mail_from=robot)
    agent, ticket = member("agent"), desk.ticket()
    assert Outgoing.objects.get().recipient == robot
    assert f"El justificante fue a {robot}, que escribió el mensaje. El cliente, {ANA}, no" in page_of(agent, ticket)


def test_a_stranger_does_not_use_up_the_receipts_of_whom_they_name(desk: Desk) -> None:
    for number in range(5):
        sender, fields = f"mal{number}@cliente.example", {"message_id": f"<s{number}@cliente.example>"}
        desk.receive(letter(body=f"{number}", sender=sender, Reply_To=EVA, **fields), mail_from=sender)
    assert Outgoing.objects.count() == 5
    desk.receive(letter(sender=EVA, message_id="<eva@otra.example>"), mail_from=EVA)
    assert Outgoing.objects.latest("created_at").recipient == EVA


def test_the_receipt_of_whoever_is_answered_leads_to_their_case(desk: Desk) -> None:
    desk.receive(letter())
    send_due()
    _recipient, text = receipt_of(desk, desk.ticket())
    assert follow_path(desk.ticket().id) in text
    assert "Ana Prieto" in text
    assert "por correo certificado, " in page_of(member("agent"), desk.ticket())


def test_a_flood_that_names_another_for_each_answer_brings_its_author_few_receipts(desk: Desk) -> None:
    for number in range(8):
        sender = ANA.upper() if number % 2 else ANA
        fields = {"message_id": f"<r{number}@cliente.example>", "Reply_To": f"eva{number}@otra.example"}
        desk.receive(letter(body=f"{number}", sender=sender, **fields))
    assert Ticket.objects.count() == 8
    assert Outgoing.objects.filter(act="receipt", recipient__iexact=ANA).count() == Outgoing.objects.count() == 5


@pytest.mark.parametrize(
    ("fields", "result"),
    [
        ({"Reply_To": EVA}, "fail"),
        ({"Reply_To": EVA, "Precedence": "bulk"}, "pass"),
        ({"Reply_To": EVA, "sender": "no-reply@cliente.example"}, "pass"),
    ],
)
def test_the_author_of_what_is_disowned_distributed_or_a_programs_gets_no_receipt(
    desk: Desk, fields: dict[str, str], result: str
) -> None:
    item = desk.take_in(letter(**fields))
    Item.objects.filter(id=item).update(authentication={"dmarc": {"result": result}})
    desk.file()
    assert desk.ticket().address == EVA
    assert not Outgoing.objects.exists()
    assert NONE in page_of(member("agent"), desk.ticket())


@pytest.mark.parametrize("form", [ADDRESS, "wordpress@ribera.example"])
def test_a_form_that_writes_in_the_organisations_own_name_opens_a_case_for_whom_it_names(desk: Desk, form: str) -> None:
    """Anybody can name anybody in it: the customer is answered by a person, and nothing answers by itself."""
    desk.receive(letter(sender=f"Web <{form}>", Reply_To=ANA), mail_from=form)
    ticket = desk.ticket()
    assert ticket.address == ANA
    assert not Outgoing.objects.exists()
    agent = member("agent")
    assert NONE in page_of(agent, ticket)
    given = {"body": "Lo miramos mañana.", "revision": str(ticket.revision)}
    assert agent.post(f"{BASE}{ticket.id}/answer/", given).status_code == 302
    assert Outgoing.objects.get().recipient == ANA


def test_answers_go_to_the_author_where_a_list_that_is_the_mailbox_names_itself(desk: Desk) -> None:
    fields = {"List_Id": "<atencion.ribera.example>", "Precedence": "list", "Reply_To": ADDRESS.upper()}
    desk.receive(letter(**fields))
    ticket = desk.ticket()
    assert ticket.address == Outgoing.objects.get().recipient == ANA


def test_each_address_that_becomes_known_later_gets_the_receipt_then_and_once(desk: Desk) -> None:
    agent = member("agent")
    ticket = by_telephone(agent)
    desk.file()
    assert not Outgoing.objects.exists()
    assert f"{NONE}, porque no se conoce su dirección de correo." in page_of(agent, ticket)
    describe(agent, ticket, "")
    desk.file()
    assert not Outgoing.objects.exists()
    describe(agent, ticket, ANA)
    desk.file()
    assert send_due() == 1
    _recipient, text = receipt_of(desk, ticket)
    assert "Ruido al frenar." in text
    assert follow_path(ticket.id) in text
    for address in (EVA, ANA.upper()):
        describe(agent, ticket, address)
        desk.file()
    assert list(Outgoing.objects.order_by("created_at").values_list("recipient", flat=True)) == [ANA, EVA]
    assert NONE not in page_of(agent, ticket)


@pytest.mark.parametrize("status", ["resolved", "closed_without"])
def test_an_address_that_is_written_on_a_case_that_is_over_gets_no_receipt(desk: Desk, status: str) -> None:
    agent = member("agent")
    ticket = by_telephone(agent)
    desk.file()
    Ticket.objects.filter(id=ticket.id).update(status=status, closed_at=clock.now())
    assert "porque no se conoce su dirección de correo. Se" not in page_of(agent, ticket)
    describe(agent, ticket, ANA)
    desk.file()
    assert not Outgoing.objects.exists()
    assert f"{NONE}. No se envía a listas" in page_of(agent, ticket)


def test_a_label_on_a_case_without_a_receipt_sends_none(desk: Desk) -> None:
    desk.receive(letter(Precedence="bulk"))
    ticket, agent = desk.ticket(), member("agent")
    assert agent.post(f"{BASE}{ticket.id}/describe/", {"tags": "flota", "address": ANA}).status_code == 302
    desk.file()
    assert desk.types().count("ticket.described") == 1
    assert not Outgoing.objects.exists()


def test_the_page_of_a_case_with_a_receipt_does_not_say_that_it_has_none(desk: Desk) -> None:
    agent = member("agent")
    ticket = by_telephone(agent, address=ANA)
    assert NONE not in page_of(agent, ticket), "while it waits"
    assert send_due() == 1
    assert NONE not in page_of(agent, ticket)


def test_a_case_whose_address_is_taken_off_again_is_not_said_to_have_had_no_receipt(desk: Desk) -> None:
    agent = member("agent")
    ticket = by_telephone(agent, address=ANA)
    assert send_due() == 1
    desk.file()
    describe(agent, ticket, "")
    assert NONE not in page_of(agent, ticket)


def test_a_receipt_that_was_taken_back_was_not_sent(desk: Desk) -> None:
    agent = member("agent")
    ticket = by_telephone(agent, address=ANA)
    desk.file()
    assert agent.post(f"{BASE}{ticket.id}/undo/", {"outgoing": Outgoing.objects.get().id}).status_code == 302
    assert send_due() == 0
    assert NONE in page_of(agent, ticket)


def test_whoever_called_is_not_said_to_have_written(desk: Desk) -> None:
    agent = member("agent")
    ticket = by_telephone(agent, address=ANA)
    assert send_due() == 1
    desk.file()
    Ticket.objects.filter(id=ticket.id).update(status="resolved", closed_at=clock.now())
    describe(agent, ticket, EVA)
    desk.file()
    assert f"El justificante fue a {ANA}. El cliente, {EVA}, no tiene ninguno." in page_of(agent, ticket)


def test_a_receipt_that_could_not_be_sent_went_to_nobody(desk: Desk) -> None:
    agent = member("agent")
    ticket = by_telephone(agent, address=ANA)
    desk.file()
    Outgoing.objects.update(state="failed", reason="There is no such case.")
    assert NONE in page_of(agent, ticket)
