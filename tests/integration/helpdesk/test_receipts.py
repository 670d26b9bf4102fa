"""The sealed receipt of each case, and what a desk may set of its letters."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import translation

from acuse.accounts.models import User
from acuse.certificates.models import Certificate
from acuse.doors.console import ticket_words
from acuse.helpdesk.models import Outgoing, Settings, Ticket
from acuse.helpdesk.queries.writing import values_of, write_answer
from acuse.helpdesk.services import acknowledging
from acuse.helpdesk.services.opening import open_by_member
from acuse.reception.models import Item
from tests.integration.helpdesk.making import ANA, SLUG, Desk, letter

PAGE = f"/console/{SLUG}/settings/desk/"
CHOSEN = {"default_assignee": "", "undo_seconds": "10", "seal_receipts": "on", "dispute_bodies": ""}


def change(**changes: str) -> str:
    """Have the owner send the form of the desk's settings; return the page that follows."""
    client = Client()
    client.force_login(User.objects.get(email="owner@ribera.example"))
    answer = client.post(PAGE, {name: value for name, value in {**CHOSEN, **changes}.items() if value}, follow=True)
    return answer.content.decode()


def test_the_receipt_of_each_case_is_sealed_without_being_asked_for(desk: Desk) -> None:
    desk.receive(letter())
    written = desk.ticket().id
    by_phone = open_by_member(
        access=desk.agent, address="", number="+34 600 111 222", name="", subject="", text="Ruido.", type="claim"
    )
    desk.file()
    asked = Certificate.objects.filter(kind="receipt").values_list("subject", flat=True)
    assert sorted(asked) == sorted([written, by_phone])
    assert not Outgoing.objects.filter(ticket=by_phone).exists(), "there is no address to send one to"


def test_nothing_is_sealed_for_a_list_a_forger_or_a_flood(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has seals and time stamps spent by writing in the names of many."""
    monkeypatch.setattr(acknowledging, "_MOST_OF_ORGANISATION", (2, timedelta(hours=1)))
    desk.receive(letter("Oferta", message_id="<lista@cliente.example>", Precedence="bulk"))
    disowned = desk.take_in(letter("Otra", message_id="<otra@cliente.example>"))
    Item.objects.filter(id=disowned).update(authentication={"dmarc": {"result": "fail"}})
    for number in range(4):
        sender = f"cliente{number}@otra{number}.example"
        desk.receive(letter(sender=sender, message_id=f"<s{number}@otra.example>"), mail_from=sender)
    assert Ticket.objects.count() == 6
    asked = Certificate.objects.filter(kind="receipt").values_list("subject", flat=True)
    written = Outgoing.objects.filter(act="receipt").values_list("ticket", flat=True)
    assert (len(asked), sorted(asked)) == (2, sorted(written))


def test_a_receipt_that_went_out_at_once_is_sealed_too(desk: Desk) -> None:
    opened = open_by_member(access=desk.agent, address=ANA, number="", name="", subject="", text="Ruido.", type="claim")
    assert acknowledging.acknowledge(ticket=opened)
    assert not Certificate.objects.exists()
    desk.file()
    assert Certificate.objects.get(kind="receipt").subject == opened


def test_a_desk_that_seals_no_receipts_by_itself_leaves_them_to_who_asks(desk: Desk) -> None:
    change(seal_receipts="")
    desk.receive(letter())
    assert Outgoing.objects.get(ticket=desk.ticket()).act == "receipt"
    assert not Certificate.objects.filter(subject=desk.ticket().id).exists()


def test_a_rejection_names_the_bodies_that_the_desk_names(desk: Desk) -> None:
    desk.receive(letter())

    def rejection() -> str:
        return write_answer(desk.agent, ticket=desk.ticket().id, use="ticket.rejection", answer="No.").body

    assert "como la Junta Arbitral de Consumo que le corresponda" in rejection()
    change(dispute_bodies=" Junta Arbitral Nacional de Consumo \r\n\r\nConfianza Online")
    assert ": Junta Arbitral Nacional de Consumo; Confianza Online." in rejection()
    assert "200" in change(dispute_bodies="x" * 201)
    assert Settings.objects.get().dispute_bodies == ["Junta Arbitral Nacional de Consumo", "Confianza Online"]


@pytest.mark.parametrize("language", ["es", "en"])
def test_letters_name_the_type_of_a_case_as_pages_do(desk: Desk, language: str) -> None:
    desk.receive(letter())
    row = desk.ticket()
    row.language = language
    for row.type, (word, _icon) in ticket_words.TYPES.items():
        with translation.override(language):
            assert values_of(row, name="")["ticket.type"] == str(word)
