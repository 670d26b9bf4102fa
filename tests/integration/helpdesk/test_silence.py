"""Silence after a certified notice of closing: what it is not, and where it may close nothing."""

import re
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from acuse import clock
from acuse.contacts.services.cards import add_address
from acuse.delivery.models import Communication
from acuse.errors import TemporaryError
from acuse.evidence.following import ahead
from acuse.helpdesk import followers
from acuse.helpdesk.models import ConformityRequest, Outgoing, Ticket
from acuse.helpdesk.queries.closing import FILED_TYPE, FILING, GRACE, held_open
from acuse.helpdesk.services.calls import correct_call, register_call
from acuse.helpdesk.services.changes import describe
from acuse.helpdesk.services.conformity import ask_conformity, close_silent
from acuse.helpdesk.services.mailboxes import change_mailbox
from acuse.helpdesk.services.opening import settings_of
from acuse.helpdesk.services.replies import reply, send_due
from acuse.helpdesk.services.settings import change_desk
from acuse.reception.fetching.rules import Source
from acuse.reception.fetching.services import finish, put_off, set_pickup
from acuse.reception.models import Item, Pickup
from acuse.reception.rules import Ours
from acuse.reception.services import Arrival, Fetched, again, receive
from tests.integration.helpdesk.making import ADDRESS, SLUG, Desk, letter
from tests.integration.helpdesk.test_answering import address
from tests.integration.helpdesk.test_case import answer, asking, to_ticket
from tests.integration.helpdesk.test_case_page import Clock
from tests.integration.helpdesk.test_inbox import member
from tests.integration.helpdesk.test_phone import entered, line

TERM = timedelta(days=15)
OVER = TERM + GRACE + timedelta(minutes=1)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(clock, "now", made.now)
    return made


def allow(desk: Desk, allowed: bool) -> None:
    """Say whether silence may close cases of the desk."""
    change_desk(
        access=desk.owner, default_assignee=None, certify_replies=False, undo_seconds=10, closing_allowed=allowed
    )


def set_by_page(desk: Desk, *, ticked: bool) -> bool:
    """Say it on the page of settings, as an owner does; return whether the page shows it ticked then."""
    page, owner = f"/console/{SLUG}/settings/desk/", member("owner")
    given = {"undo_seconds": "10", **({"closing_allowed": "on"} if ticked else {})}
    shown = owner.post(page, given, follow=True).content.decode()
    assert "Guardado. El cambio consta en el registro." in shown
    (box,) = re.findall(r'<input[^>]* name="closing_allowed"[^>]*>', owner.get(page).content.decode())
    return " checked" in box


def announced(desk: Desk) -> Outgoing:
    """Open a case, answer it and announce its closing; the notice waits to leave."""
    allow(desk, True)
    desk.receive(letter())
    ticket = desk.ticket().id
    reply(access=desk.agent, ticket=ticket, answer=answer("Es la pastilla."))
    send_due()
    notice = asking("Vamos a cerrar su caso.", act="closing_notice", term_until=clock.now() + TERM)
    ask_conformity(access=desk.agent, ticket=ticket, answer=notice, request=uuid4(), revision=None)
    return Outgoing.objects.get(act="closing_notice")


def out(desk: Desk) -> Outgoing:
    """Have the notice leave and reach the customer's server."""
    notice = announced(desk)
    send_due()
    sent = UUID(desk.only("conformity.requested").details["communication"])
    Communication.objects.filter(id=sent).update(status="concluded", grade=1, final_at=clock.now())
    notice.refresh_from_db()
    return notice


def arrive(desk: Desk, raw: bytes, ours: Ours | None = None, *, mail_from: str = "otro@cliente.example") -> UUID:
    """Have a message come in that nobody reads yet."""
    to = ours or Ours(address=ADDRESS, purpose="mailbox", identifier=desk.mailbox)
    (item,) = receive(
        arrival=Arrival(mail_from=mail_from, recipients=(to,), client_ip="192.0.2.25", helo="mx"), raw=raw
    )
    return item


def status(desk: Desk) -> str:
    """How the case stands."""
    return str(desk.ticket().status)


def shown(desk: Desk) -> str:
    """The page of the case, for a member who reads Spanish."""
    return str(member("agent").get(address(desk)).content.decode())


def test_a_notice_that_is_out_closes_nothing_once_the_organisation_does_not_allow_it_any_more(
    desk: Desk, later: Clock
) -> None:
    out(desk)
    page = "El silencio no cierra este expediente: la organización ya no lo permite."
    assert page not in shown(desk)
    assert not set_by_page(desk, ticked=False)
    assert page in shown(desk)
    later.ahead = OVER
    assert close_silent() == 0
    assert status(desk) == "pending_conformity"
    assert "term.expired" not in desk.types()
    # The customer may still say whether they agree.
    assert ConformityRequest.objects.get().withdrawn_at is None
    assert set_by_page(desk, ticked=True)
    assert close_silent() == 1
    assert status(desk) == "closed_without"


@pytest.mark.parametrize("role", ["agent", "auditor"])
def test_only_who_manages_the_desk_says_whether_silence_closes(desk: Desk, role: str) -> None:
    given = {"undo_seconds": "10", "closing_allowed": "on"}
    assert member(role).post(f"/console/{SLUG}/settings/desk/", given).status_code == 403
    assert not settings_of(desk.organisation).closing_allowed


def test_a_notice_that_waits_does_not_leave_once_the_organisation_does_not_allow_it_any_more(desk: Desk) -> None:
    notice = announced(desk)
    allow(desk, False)
    send_due()
    notice.refresh_from_db()
    assert notice.state == "failed"
    assert "conformity.requested" not in desk.types()
    assert ConformityRequest.objects.get().withdrawn_at is not None
    assert status(desk) == "open"
    page = shown(desk)
    assert "Esta respuesta no se envió" in page
    assert "La organización no cierra expedientes por silencio." in page


def test_what_came_in_time_and_is_read_late_was_no_silence(desk: Desk, later: Clock) -> None:
    notice = out(desk)
    later.ahead = TERM - timedelta(minutes=1)
    raw = letter(body="Sigue haciendo ruido.", message_id="<m7@cliente.example>", In_Reply_To=notice.message_id)
    item = arrive(desk, raw)
    assert held_open(notice.ticket_id) == ""
    later.ahead = OVER
    assert close_silent() == 0
    assert held_open(notice.ticket_id) == "unread"
    assert "queda por leer lo que llegó antes de vencer el plazo" in shown(desk)
    desk.read(item, raw)
    assert ahead(FILING, type=FILED_TYPE) == [item]
    assert close_silent() == 0, "it was read, and is filed in a moment"
    assert held_open(notice.ticket_id) == "unread"
    desk.sequencer.tick()
    assert close_silent() == 0
    while followers.follow_mail():
        pass
    assert not ahead(FILING, type=FILED_TYPE)
    assert close_silent() == 0
    assert held_open(notice.ticket_id) == "heard"
    assert "el cliente escribió o llamó después de redactarse el aviso" in shown(desk)


def test_what_comes_after_the_term_or_is_not_the_customers_holds_no_case_open(desk: Desk, later: Clock) -> None:
    out(desk)
    later.ahead = timedelta(days=1)
    theirs = letter("Otra cosa", sender="luis@cliente.example", message_id="<l1@cliente.example>")
    item = desk.take_in(theirs, mail_from="luis@cliente.example")
    Item.objects.filter(id=item).update(state="unreadable")
    later.ahead = OVER
    arrive(desk, letter("Tarde", message_id="<t1@cliente.example>"))
    assert close_silent() == 1


@pytest.mark.parametrize("by", ["token", "address"])
def test_what_is_set_aside_for_the_case_or_from_its_customer_was_no_silence(desk: Desk, later: Clock, by: str) -> None:
    notice = out(desk)
    later.ahead = timedelta(days=1)
    change_mailbox(access=desk.owner, mailbox=desk.mailbox, name="", default_type="claim", enabled=False)
    if by == "token":
        item = arrive(desk, b"no es un mensaje", to_ticket(notice.ticket_id))
        Item.objects.filter(id=item).update(state="unreadable", read_at=clock.now())
    else:
        item = desk.receive(letter("Aparte", message_id="<a1@cliente.example>"))
    assert Item.objects.get(id=item).state == "unreadable"
    later.ahead = OVER
    assert close_silent() == 0
    assert held_open(notice.ticket_id) == "aside"
    assert "/incoming/" in shown(desk).partition("mientras siga apartado sin leer algo")[2].partition("</p>")[0]
    # Had read again, it waits; it is no case of its own where its mailbox stays off.
    again(items=[item])
    assert close_silent() == 0
    assert held_open(notice.ticket_id) == "unread"


def fetch_from_now(desk: Desk) -> None:
    """Have the mailbox fetched."""
    source = Source(
        host="imap.cliente.example", port=993, security="tls", username="atencion", folder="INBOX", mark_read=False
    )
    set_pickup(access=desk.owner, mailbox=desk.mailbox, address=ADDRESS, source=source, secret="una-clave")


def look() -> dict[str, UUID]:
    """Begin a look at it, as the fetcher does."""
    row, lease = Pickup.objects.get(), uuid4()
    Pickup.objects.update(lease=lease, lease_until=clock.now() + timedelta(minutes=10))
    return {"pickup": row.id, "lease": lease}


@pytest.mark.parametrize("looked", ["never", "before", "began before", "more", "more, then away"])
def test_a_mailbox_that_could_not_be_fetched_since_the_term_may_hold_an_answer(
    desk: Desk, later: Clock, looked: str
) -> None:
    notice = out(desk)
    fetch_from_now(desk)
    if looked != "never":
        later.ahead = TERM - timedelta(minutes=1)
        finish(**look(), read_at=clock.now())
    before = clock.now()
    later.ahead = OVER
    if looked == "began before":
        finish(**look(), read_at=before)
    elif looked.startswith("more"):
        finish(**look(), read_at=None)
        if looked.endswith("away"):
            put_off(**look(), error=TemporaryError("The server is away."))
    assert close_silent() == 0
    assert held_open(notice.ticket_id) == "unfetched"
    assert "puede haber una respuesta" in shown(desk)
    assert (
        f"/console/{SLUG}/settings/desk/"
        in member("owner")
        .get(address(desk))
        .content.decode()
        .partition("puede haber una respuesta")[2]
        .partition("</p>")[0]
    )
    finish(**look(), read_at=clock.now())
    assert close_silent() == 1


def test_a_mailbox_that_was_set_up_after_the_term_holds_nothing_open(desk: Desk, later: Clock) -> None:
    out(desk)
    later.ahead = TERM + timedelta(minutes=1)
    fetch_from_now(desk)
    later.ahead = OVER
    assert close_silent() == 1


def test_what_was_fetched_after_the_term_may_have_come_in_time(desk: Desk, later: Clock) -> None:
    notice = out(desk)
    fetch_from_now(desk)
    later.ahead = TERM - timedelta(seconds=30)
    arrived_at = clock.now()
    later.ahead = TERM + timedelta(seconds=20)
    fetched = Fetched(server="imap.cliente.example:993", folder="INBOX", uid_validity=1, uid=1, arrived_at=arrived_at)
    to = Ours(address=ADDRESS, purpose="mailbox", identifier=desk.mailbox)
    (item,) = receive(
        arrival=Arrival(mail_from="ana@cliente.example", recipients=(to,), fetched=fetched),
        raw=letter(body="Sigue igual.", message_id="<f1@cliente.example>", In_Reply_To=notice.message_id),
    )
    later.ahead = OVER
    finish(**look(), read_at=clock.now())
    assert Item.objects.get(id=item).state == "recorded"
    assert close_silent() == 0
    assert held_open(notice.ticket_id) == "unread"


def test_whoever_writes_anew_instead_of_answering_was_not_silent(desk: Desk, later: Clock) -> None:
    notice = out(desk)
    later.ahead = timedelta(days=1)
    desk.receive(letter("Sigue el ruido", message_id="<n1@cliente.example>"))
    assert Ticket.objects.count() == 2
    later.ahead = OVER
    assert close_silent() == 0
    assert held_open(notice.ticket_id) == "heard"


@pytest.mark.parametrize("sender", ["luis@cliente.example", "LUIS@cliente.example"])
def test_whoever_writes_anew_is_known_however_their_address_is_written(desk: Desk, later: Clock, sender: str) -> None:
    notice = out(desk)
    describe(access=desk.agent, ticket=notice.ticket_id, address="Luis@Cliente.example")
    later.ahead = timedelta(days=1)
    desk.receive(letter("Sigue el ruido", sender=sender, message_id="<n1@cliente.example>"), mail_from=sender)
    assert Ticket.objects.count() == 2
    later.ahead = OVER
    assert close_silent() == 0
    assert held_open(notice.ticket_id) == "heard"


def test_whoever_called_was_not_silent_though_the_call_is_in_no_case(desk: Desk, later: Clock) -> None:
    notice = out(desk)
    add_address(access=desk.owner, contact=desk.ticket().contact_id, channel="phone", value="600 11 22 33")
    later.ahead = timedelta(days=1)
    call = entered(line(desk), result="lost", talked=None, outcome="")
    one = register_call(access=desk.agent, call=replace(call, number="+34600445566"))
    assert held_open(notice.ticket_id) == "", "somebody else called"
    correct_call(access=desk.agent, call=one, entered=call)
    later.ahead = OVER
    assert close_silent() == 0
    assert held_open(notice.ticket_id) == "heard"
