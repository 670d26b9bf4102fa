"""What programs write to a mailbox of the desk: it opens no case, or one that nothing answers by itself (RFC 3834)."""

from pathlib import Path

import pytest

from acuse.helpdesk.models import Outgoing, Ticket
from acuse.reception.models import Item
from tests.integration.helpdesk.making import Desk, letter

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
