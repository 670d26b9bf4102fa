"""What programs write to a mailbox of the desk: it opens no case, or one that nothing answers by itself (RFC 3834)."""

from pathlib import Path

import pytest

from acuse.evidence import custody
from acuse.helpdesk.models import Interaction, Outgoing, Ticket
from acuse.helpdesk.services.replies import reply, send_due
from acuse.reception.models import Item
from tests.integration.helpdesk.making import ADDRESS, ANA, Desk, letter
from tests.integration.helpdesk.test_case import answer, to_ticket

VECTORS = Path(__file__).parents[2] / "vectors" / "bounces"


@pytest.mark.parametrize(
    ("said", "receipts"),
    [
        ({"List_Id": "Flota <flota.listas.example>"}, 0),
        ({"Precedence": "list"}, 0),
        ({"Precedence": " Bulk"}, 0),
        ({"Precedence": "first-class"}, 1),
        ({"List_Unsubscribe": "<mailto:baja@programa.example>"}, 1),
        ({"Precedence": "list", "List_ID": "<atencion.ribera.example>"}, 1),
        ({"Precedence": "list", "List_Id": "Talleres\n <Atencion.Ribera.example>"}, 1),
        ({"List_Id": "<a.listas.example>", "List_Post": "<https://g.example/p>, <mailto:atencion@ribera.example>"}, 1),
        ({"List_Id": "<atencion.ribera.example.otra.example>"}, 0),
        ({"List_Id": "Atencion <flota.listas.example>", "LIST-ID": "<atencion.ribera.example>"}, 0),
        ({"Precedence": "bulk", "List_Id": "<atencion.ribera.example>"}, 0),
        ({"Precedence": "list", "PRECEDENCE": "bulk", "List_Id": "<atencion.ribera.example>"}, 0),
    ],
)
def test_what_another_s_list_brings_opens_a_case_and_gets_no_receipt(
    desk: Desk, said: dict[str, str], receipts: int
) -> None:
    desk.receive(letter(**said))
    assert Outgoing.objects.filter(ticket=desk.ticket()).count() == receipts


@pytest.mark.parametrize("mail_from", ["", "mailer-daemon@mta.example"])
@pytest.mark.parametrize(
    ("name", "reading"),
    [
        ("postfix-user-unknown.eml", "dsn"),
        ("dsn-delivered.eml", "dsn"),
        ("exim-mailbox-full.eml", "bounce"),
        ("automatic-rfc3834.eml", "auto_reply"),
    ],
)
def test_a_report_of_a_mail_server_opens_no_case_and_is_shown(
    desk: Desk, name: str, reading: str, mail_from: str
) -> None:
    """A forwarder, or a mailbox that is fetched, gives a report a sender: it is none the less one."""
    raw = (VECTORS / name).read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    item = desk.receive(raw, mail_from=mail_from)
    assert not Ticket.objects.exists()
    assert (Item.objects.get(id=item).state, Item.objects.get(id=item).reading) == ("classified", reading)


@pytest.mark.parametrize("to", ["mailbox", "ticket"])
def test_our_own_letter_that_a_list_brings_back_opens_no_case_and_is_no_answer(desk: Desk, to: str) -> None:
    desk.receive(letter())
    ticket = desk.ticket()
    reply(access=desk.agent, ticket=ticket.id, answer=answer())
    send_due()
    sent = Interaction.objects.get(ticket=ticket, kind="reply", message_id=Outgoing.objects.get(act="").message_id)
    raw = custody.open_object(organisation=desk.organisation, sha256=sent.sha256)
    before = desk.types()
    ours = to_ticket(ticket.id) if to == "ticket" else None
    item = desk.receive(b"List-Id: <flota.listas.example>\r\nPrecedence: list\r\n" + raw, ours)
    assert desk.types() == before
    assert Ticket.objects.count() == 1
    # It is no fault: nobody is asked to look at it.
    assert Item.objects.get(id=item).state == "classified"


def test_a_letter_from_the_mailbox_itself_is_left_to_a_person(desk: Desk) -> None:
    item = desk.receive(letter(sender=f"Atención <{ADDRESS.upper()}>"), mail_from=ADDRESS)
    assert not Ticket.objects.exists()
    aside = Item.objects.get(id=item)
    assert (aside.state, aside.reason) == ("unreadable", "It says that one of the desk's own mailboxes wrote it.")
    # A form on the organisation's site writes in its name, and says whom to answer.
    desk.receive(letter(sender=ADDRESS, message_id="<formulario@ribera.example>", Reply_To=ANA), mail_from=ADDRESS)
    assert desk.ticket().address == ANA


def test_of_a_flood_of_one_author_the_first_open_cases_and_the_rest_is_left_to_a_person(desk: Desk) -> None:
    items = [desk.take_in(letter(f"Caso {number}", message_id=f"<f{number}@cliente.example>")) for number in range(25)]
    desk.file()
    assert list(Ticket.objects.order_by("number").values_list("subject", flat=True)) == [f"Caso {n}" for n in range(20)]
    assert Outgoing.objects.filter(act="receipt").count() == 5
    read = {row.id: (row.state, row.reason) for row in Item.objects.all()}
    assert [read[one][0] for one in items] == ["classified"] * 20 + ["unreadable"] * 5
    assert all("Too many messages of one sender" in read[one][1] for one in items[20:])
    other = "luis@otro.example"
    desk.receive(letter("Otro", sender=other, message_id="<otro@otro.example>"), mail_from=other)
    assert Ticket.objects.filter(subject="Otro").count() == 1, "others are not held up by it"
