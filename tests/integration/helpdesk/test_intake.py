"""Mail that comes in for the desk: each message for itself, once, and none lost."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from acuse import clock
from acuse.accounts.models import User
from acuse.errors import ConflictError, TemporaryError
from acuse.evidence import custody
from acuse.evidence.queries import alarms
from acuse.helpdesk import followers
from acuse.helpdesk.followers import receipts
from acuse.helpdesk.models import Interaction, Outgoing, Ticket
from acuse.helpdesk.queries.case import case
from acuse.helpdesk.queries.mailboxes import mailbox_at
from acuse.helpdesk.queries.writing import follow_path
from acuse.helpdesk.services import acknowledging
from acuse.helpdesk.services.changes import add_note
from acuse.helpdesk.services.conformity import ask_conformity
from acuse.helpdesk.services.mailboxes import change_mailbox
from acuse.helpdesk.services.replies import reply, send_due
from acuse.reception.models import Item
from acuse.reception.readings import read_message
from acuse.reception.rules import LEASE, Ours
from acuse.reception.services import again, classify
from tests.integration.helpdesk.making import ADDRESS, ANA, SLUG, Desk, letter
from tests.integration.helpdesk.test_acts import uncited
from tests.integration.helpdesk.test_case import answer, asking, to_ticket
from tests.integration.helpdesk.test_inbox import member


def numbered(number: int) -> bytes:
    return letter(f"Caso {number}", f"Texto {number}", message_id=f"<n{number}@cliente.example>")


def read_again(desk: Desk, item: UUID, raw: bytes) -> None:
    """Have a message read again that was set aside, as the console's button and the reader do."""
    assert again(items=[item]) == 1
    lease = uuid4()
    Item.objects.filter(id=item).update(lease=lease, lease_until=clock.now() + LEASE)
    classify(item=item, lease=lease, found=read_message(raw))
    desk.file()


def test_one_that_cannot_be_filed_is_set_aside_alone_and_can_be_tried_again(desk: Desk) -> None:
    items = [desk.take_in(numbered(number)) for number in range(3)]
    sha256 = Item.objects.get(id=items[1]).sha256
    custody.store().delete(custody.object_key(desk.organisation, sha256))
    desk.file()
    assert set(Ticket.objects.values_list("subject", flat=True)) == {"Caso 0", "Caso 2"}
    lost = Item.objects.get(id=items[1])
    assert lost.state == "unreadable"
    assert lost.reason.startswith("It could not become a case: ")
    custody.keep(organisation=desk.organisation, content=numbered(1), media_type="message/rfc822")
    read_again(desk, items[1], numbered(1))
    assert Ticket.objects.filter(subject="Caso 1").count() == 1


def test_what_may_pass_is_waited_for_and_undoes_nothing_that_was_filed_before(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = [desk.take_in(numbered(number)) for number in range(3)]
    second = Item.objects.get(id=items[1]).sha256
    opened: Callable[..., bytes] = custody.open_object

    def full(**asked: object) -> bytes:
        if asked["sha256"] == second:
            raise TemporaryError("Custody cannot read an object: Input/output error.")
        return opened(**asked)

    desk.sequencer.tick()
    with monkeypatch.context() as broken:
        broken.setattr(custody, "open_object", full)
        with pytest.raises(TemporaryError):
            followers.follow_mail()
        assert list(Ticket.objects.values_list("subject", flat=True)) == ["Caso 0"]
        assert not Item.objects.filter(state="unreadable").exists()
        # What lasts holds up those behind it no longer.
        later = clock.now() + timedelta(minutes=11)
        broken.setattr(clock, "now", lambda: later)
        followers.follow_mail()
    assert set(Ticket.objects.values_list("subject", flat=True)) == {"Caso 0", "Caso 2"}
    assert Item.objects.get(id=items[1]).state == "unreadable"
    read_again(desk, items[1], numbered(1))
    assert Ticket.objects.count() == 3


def test_nothing_waits_for_the_disk_inside_a_transaction(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, inside = custody.keep, []

    def watched(**given: object) -> custody.Kept:
        inside.append(connection.in_atomic_block)
        return kept(**given)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(custody, "keep", watched)
    desk.receive(letter())
    one = desk.ticket().id
    reply(access=desk.agent, ticket=one, answer=answer())
    add_note(access=desk.agent, ticket=one, text="Nota.")
    ask_conformity(access=desk.agent, ticket=one, answer=asking(), request=uuid4(), revision=None)
    assert send_due() == 3
    assert len(inside) >= 5
    assert not any(inside)


def test_what_comes_for_the_case_and_for_the_mailbox_is_said_once(desk: Desk) -> None:
    desk.receive(letter())
    ticket = desk.ticket()
    ask_conformity(access=desk.agent, ticket=ticket.id, answer=asking(), request=uuid4(), revision=None)
    send_due()
    question = Outgoing.objects.get(act="conformity").message_id
    agreed = letter(body="Conforme", message_id="<m2@cliente.example>", In_Reply_To=question)
    # The mailbox's copy, for which nothing vouches, comes first, by a server that writes its own line on it: the one
    # with the token is heard all the same.
    desk.receive(b"Received: from mx.ribera.example\r\n" + agreed)
    desk.receive(agreed, to_ticket(ticket.id))
    assert desk.types().count("message.received") == 1
    ticket.refresh_from_db()
    assert ticket.status == "resolved"
    # Other words under the same Message-ID are another message.
    desk.receive(letter(body="¡Un momento!", message_id="<m2@cliente.example>"), to_ticket(ticket.id))
    assert desk.types().count("message.received") == 2


def test_a_letter_for_two_mailboxes_opens_one_case(desk: Desk) -> None:
    desk.receive(letter())
    desk.receive(letter(), Ours(address="m+token@acuse.example", purpose="mailbox", identifier=desk.mailbox))
    assert Interaction.objects.filter(kind="message").count() == 1
    assert desk.ticket().number == 1


def test_mail_for_a_mailbox_that_is_switched_off_waits_until_it_is_on(desk: Desk) -> None:
    card = {"access": desk.owner, "mailbox": desk.mailbox, "name": "Atención", "default_type": "inquiry"}
    change_mailbox(**card, enabled=False)  # type: ignore[arg-type]
    assert mailbox_at(ADDRESS) == desk.mailbox
    item = desk.receive(letter())
    assert not Ticket.objects.exists()
    aside = Item.objects.get(id=item)
    assert (aside.state, "switched off" in aside.reason) == ("unreadable", True)
    change_mailbox(**card, enabled=True)  # type: ignore[arg-type]
    read_again(desk, item, letter())
    assert desk.only("ticket.opened").details["reception"] == str(item)


def test_who_may_only_read_is_not_handed_the_customers_links(desk: Desk) -> None:
    desk.receive(letter())
    link = follow_path(desk.ticket().id)
    shown = {"agent": desk.agent, "auditor": desk.auditor}
    waiting = {role: case(access, id=desk.ticket().id) for role, access in shown.items()}
    send_due()
    sent = {role: case(access, id=desk.ticket().id) for role, access in shown.items()}
    for role in shown:
        before, after = waiting[role], sent[role]
        assert before is not None
        assert after is not None
        (queued,) = (one.body for one in before.outgoing if one.act == "receipt")
        (receipt,) = (one.text for one in after.interactions if one.act == "receipt")
        assert (link in queued, "/f/" in queued) == (role == "agent", True)
        assert (link in receipt, "/f/" in receipt) == (role == "agent", True)


def test_letters_from_templates_are_written_for_whoever_may_send_them(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["testserver"])
    desk.receive(letter())
    path = f"/console/{SLUG}/tickets/{desk.ticket().id}/template/"
    link = follow_path(desk.ticket().id)
    for access, status in ((desk.agent, 200), (desk.auditor, 403)):
        client = Client()
        client.force_login(User.objects.get(id=access.user))
        page = client.post(path, {"template": "ticket.thanks"}, headers={"HX-Request": "true"})
        assert page.status_code == status
        assert (link in page.content.decode()) == (status == 200)


def test_a_question_asked_anew_withdraws_the_one_before_with_a_fact(desk: Desk) -> None:
    desk.receive(letter())
    one, first = desk.ticket().id, uuid4()
    ask_conformity(access=desk.agent, ticket=one, answer=asking(), request=first, revision=None)
    # It has not left: nobody was asked yet, so nothing is withdrawn.
    ask_conformity(access=desk.agent, ticket=one, answer=asking(), request=(second := uuid4()), revision=None)
    assert "conformity.withdrawn" not in desk.types()
    send_due()
    ask_conformity(access=desk.agent, ticket=one, answer=asking(), request=uuid4(), revision=None)
    withdrawn = desk.only("conformity.withdrawn")
    assert withdrawn.details == {"request": str(second)}
    assert withdrawn.actor.id == str(desk.agent.member)


def test_a_program_that_answers_every_receipt_is_written_to_no_more(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = clock.now()
    for number in range(14):
        # One every quarter of an hour: slower than the limit of an hour.
        at = began + timedelta(minutes=15 * number)
        monkeypatch.setattr(clock, "now", lambda at=at: at)
        desk.receive(numbered(number))
    assert Ticket.objects.count() == 14
    assert Outgoing.objects.filter(act="receipt").count() == 10
    (alarm,) = alarms()
    assert alarm.name == f"receipts.{desk.organisation}"
    assert "Talleres Ribera" in str(alarm.message)


def test_a_flood_in_the_names_of_many_sends_them_so_many_receipts_and_no_more(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acknowledging, "_MOST_OF_ORGANISATION", (3, timedelta(hours=1)))
    for number in range(5):
        sender = f"victima{number}@otra{number}.example"
        desk.receive(letter(sender=sender, message_id=f"<v{number}@otra.example>"), mail_from=sender)
    assert Ticket.objects.count() == 5
    assert Outgoing.objects.filter(act="receipt").count() == 3
    assert [alarm.name for alarm in alarms()] == [f"receipts.{desk.organisation}"]
    later = clock.now() + timedelta(hours=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    desk.receive(letter(message_id="<tarde@cliente.example>"))
    assert Outgoing.objects.filter(act="receipt", recipient=ANA).count() == 1
    acknowledging.forget_alarms()
    assert alarms()
    tomorrow = clock.now() + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: tomorrow)
    acknowledging.forget_alarms()
    assert not alarms()


def test_whoever_acknowledged_a_case_already_is_not_made_up_for(desk: Desk) -> None:
    desk.take_in(letter())
    desk.sequencer.tick()
    followers.follow_mail()
    assert acknowledging.acknowledge(ticket=desk.ticket().id, name="Ana")
    desk.sequencer.tick()
    followers.follow_openings()
    assert not acknowledging.acknowledge(ticket=desk.ticket().id, name="Ana")
    assert Outgoing.objects.filter(act="receipt").count() == 1


@pytest.mark.parametrize("door", ["follower", "page"])
def test_a_receipt_that_another_process_queued_meanwhile_leaves_no_letter(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, door: str
) -> None:
    desk.take_in(letter())
    desk.sequencer.tick()
    followers.follow_mail()
    desk.sequencer.tick()
    write = acknowledging.write_receipt
    ticket = desk.ticket().id

    def overtaken(**asked: object) -> object:
        mine, theirs = write(ticket=ticket), write(ticket=ticket)
        assert theirs is not None
        with transaction.atomic():
            assert acknowledging.queue_receipt(ticket=ticket, receipt=theirs)
        return mine

    if door == "follower":
        monkeypatch.setattr(receipts, "write_receipt", overtaken)
        assert followers.follow_openings()
    else:
        monkeypatch.setattr(acknowledging, "write_receipt", overtaken)
        assert not acknowledging.acknowledge(ticket=ticket)
    assert len(uncited()) == 1  # that of the receipt which waits
    send_due()
    assert uncited() == []


def test_a_follower_that_was_overtaken_leaves_no_letter(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.take_in(letter())
    desk.sequencer.tick()
    followers.follow_mail()
    desk.sequencer.tick()
    write = acknowledging.write_receipt

    def overtaken(**asked: object) -> object:
        monkeypatch.setattr(receipts, "write_receipt", write)
        mine = write(**asked)  # type: ignore[arg-type]  # passed on
        assert followers.follow_openings()
        return mine

    monkeypatch.setattr(receipts, "write_receipt", overtaken)
    assert not followers.follow_openings()
    send_due()
    assert Outgoing.objects.filter(act="receipt", state="sent").count() == 1
    assert uncited() == []


def test_a_receipt_follows_the_address_that_a_member_mended_meanwhile(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.take_in(letter())
    desk.sequencer.tick()
    followers.follow_mail()
    desk.sequencer.tick()
    write = acknowledging.write_receipt

    def mended(**asked: object) -> object:
        monkeypatch.setattr(receipts, "write_receipt", write)
        written = write(**asked)  # type: ignore[arg-type]  # passed on
        Ticket.objects.update(address="ana.prieto@cliente.example")
        return written

    monkeypatch.setattr(receipts, "write_receipt", mended)
    with pytest.raises(ConflictError):
        followers.follow_openings()
    assert followers.follow_openings()
    assert Outgoing.objects.get(act="receipt").recipient == "ana.prieto@cliente.example"
    send_due()
    assert uncited() == []


def test_a_page_that_opened_a_case_stands_although_its_receipt_cannot_be_kept(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.take_in(letter())
    desk.sequencer.tick()
    followers.follow_mail()

    def full(**_given: object) -> custody.Kept:
        raise TemporaryError("Custody cannot keep an object: the disk is full.")

    with monkeypatch.context() as broken:
        broken.setattr(custody, "keep", full)
        assert not acknowledging.acknowledge(ticket=desk.ticket().id, name="Ana")
    desk.file()
    assert Outgoing.objects.filter(act="receipt").count() == 1


def test_what_came_in_leads_to_the_case_that_it_opened_joined_or_automatically_answers(desk: Desk) -> None:
    desk.receive(letter())
    ticket = desk.ticket()
    desk.receive(letter(message_id="<m2@cliente.example>", body="Y algo más."), to_ticket(ticket.id))
    away = letter(message_id="<m3@cliente.example>", body="Estoy de viaje.", Auto_Submitted="auto-replied")
    desk.receive(away, to_ticket(ticket.id))
    desk.take_in(letter("Aún sin caso", message_id="<m4@cliente.example>"))
    client, link = member("agent"), f'href="/console/{SLUG}/tickets/{ticket.id}/">{ticket.key}</a>'
    with CaptureQueriesContext(connection) as few:
        page = client.get(f"/console/{SLUG}/incoming/").content.decode()
    assert (page.count("<tr data-row"), page.count(link)) == (4, 3)
    for number in range(4):
        desk.receive(numbered(number))
    with CaptureQueriesContext(connection) as many:
        page = client.get(f"/console/{SLUG}/incoming/").content.decode()
    assert all(f">{key}</a>" in page for key in Ticket.objects.values_list("key", flat=True))
    assert len(many) == len(few), "however many there are"
