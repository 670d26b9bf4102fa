"""My messages: who sees them, for how long, and what seeing them is not."""

import re
from datetime import timedelta
from html import unescape
from itertools import chain
from typing import Any
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import Client

from acuse import clock
from acuse.accounts import services as accounts
from acuse.accounts.queries import access_organisation
from acuse.accounts.values import SmtpCredentialValue
from acuse.certificates.models import Certificate
from acuse.contacts.services import codes
from acuse.delivery.models import Notice
from acuse.delivery.queries import received
from acuse.doors.portal.mailbox import COOKIE
from acuse.evidence import custody
from acuse.helpdesk import form_guard
from acuse.helpdesk.models import Ticket
from acuse.helpdesk.queries import mailbox
from acuse.helpdesk.services.codes import send_codes
from acuse.helpdesk.services.portal import change_portal
from tests.integration import making
from tests.integration.access.conftest import MESSAGE, notify
from tests.integration.contacts.test_codes import digits, moved
from tests.integration.helpdesk.making import ANA, SLUG, Desk, letter
from tests.integration.portal.writing import hidden

MAILBOX = f"/o/{SLUG}/mailbox/"


def credential(desk: Desk) -> SmtpCredentialValue:
    row, _ = accounts.create_credential(organisation=desk.organisation, name="crm")
    return SmtpCredentialValue(id=row.id, organisation=desk.organisation, name=row.name)


def certify(desk: Desk, communication: UUID) -> None:
    """Have a certificate of a communication issued, as far as pages see it."""
    kept = custody.keep(organisation=desk.organisation, content=b"%PDF", media_type="application/pdf")
    now = clock.now()
    Certificate.objects.update_or_create(
        subject_kind="communication",
        subject=communication,
        kind="certificate",
        revision=1,
        defaults={"state": "issued", "sha256": kept.sha256},
        create_defaults={
            "organisation_id": desk.organisation,
            "code": str(communication)[-19:],
            "state": "issued",
            "requested_at": now,
            "due_at": now,
            "wanted_level": "B-B",
            "sha256": kept.sha256,
        },
    )


def asked(client: Client, address: str = ANA) -> HttpResponse:
    """Ask for a code; return the page on which it is typed."""
    page = client.post(MAILBOX, {"address": address})
    send_codes()
    return page  # type: ignore[return-value]


def enter(desk: Desk, client: Client, address: str = ANA) -> str:
    """Show by a code whose address it is; return the list."""
    page = asked(client, address)
    answer = client.post(f"{MAILBOX}code/", {**hidden(page), "code": digits(desk)})
    assert (answer.status_code, answer["Location"]) == (303, MAILBOX)
    return client.get(MAILBOX).content.decode()


def test_who_gives_the_code_back_sees_what_is_theirs_and_nothing_else(desk: Desk, visitor: Client) -> None:
    value = credential(desk)
    plain = making.accept(value, making.message(subject="Factura de marzo"), "Ana@Cliente.example")
    making.attempt(plain, making.RELAYED)
    certify(desk, plain)
    waits = making.accept(value, MESSAGE % b"")
    notify(waits)
    certify(desk, waits)
    making.accept(value, making.message(subject="De otra persona", message_id="dos"), "luis@cliente.example")
    desk.receive(letter())
    facts = {one: len(making.facts(desk.organisation, one)) for one in (plain, waits)}
    text = enter(desk, visitor)
    assert "Factura de marzo" in text
    assert "De otra persona" not in text
    assert desk.ticket().key in text
    # What came can be proved here; what waits is opened where opening it is recorded.
    proof = f"{MAILBOX}{plain}/certificate"
    assert proof in text
    assert visitor.get(proof).content == b"%PDF"
    assert visitor.get(f"{MAILBOX}{waits}/certificate").status_code == 404
    link = re.search(r'href="(/a/[a-z2-7]+/)"', text)
    assert link is not None
    assert visitor.get(link[1]).status_code == 200
    assert {one: len(making.facts(desk.organisation, one)) for one in (plain, waits)} == facts
    # Nobody else has it, and this browser no more once it has left.
    assert "Factura de marzo" not in Client().get(MAILBOX).content.decode()
    kept = visitor.cookies[COOKIE].value
    assert visitor.cookies[COOKIE]["path"] == MAILBOX
    assert visitor.post(f"{MAILBOX}leave/").status_code == 303
    visitor.cookies[COOKIE] = kept
    assert "Factura de marzo" not in visitor.get(MAILBOX).content.decode()
    assert visitor.get(proof).status_code == 303


def pages(client: Client, name: str) -> list[list[str]]:
    """The subjects of one of the two lists, page by page, as its link to what is older leads on."""
    found, following = [], MAILBOX
    while following and len(found) < 9:
        text = client.get(following).content.decode()
        (part,) = re.findall(rf'<h2 [^>]*id="{name}".*?(?=<h2 |</main>)', text, re.DOTALL)
        found.append(re.findall(r"<b>(.*?)</b>", part))
        further = re.search(r'href="([^"]*)" rel="next"', part)
        following = f"{MAILBOX}{unescape(further[1])}" if further else ""
    return found


def test_everything_certified_and_every_case_is_reached_page_by_page(
    desk: Desk, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(received, "PAGE", 2)
    monkeypatch.setattr(mailbox, "PAGE", 2)
    now = clock.now()
    value = credential(desk)
    for number in range(1, 6):
        monkeypatch.setattr(clock, "now", lambda hours=number: now + timedelta(hours=hours // 2))
        made = making.message(subject=f"Aviso {number}", message_id=f"aviso-{number}")
        making.accept(value, made, ANA)
        desk.receive(letter(f"Caso {number}", message_id=f"<caso-{number}@cliente.example>"))
    # What is answered elsewhere is no case of theirs, and takes no place in the list either.
    Ticket.objects.filter(subject="Caso 4").update(address="otra@cliente.example")
    first = enter(desk, visitor)
    assert ("Mensajes anteriores" in first, "Mensajes más recientes" in first) == (True, False)
    messages, cases = pages(visitor, "certified"), pages(visitor, "cases")
    assert [len(page) for page in messages] == [2, 2, 1]
    assert [len(page) for page in cases] == [2, 2]
    assert sorted(chain(*messages)) == [f"Aviso {number}" for number in range(1, 6)]
    assert sorted(chain(*cases)) == [f"Caso {number}" for number in (1, 2, 3, 5)]
    # Each list stays where it is while the other goes on; what does not name a place is the beginning.
    (older,) = re.findall(r'href="(\?before=[^"#]*)#certified"', first)
    second = visitor.get(f"{MAILBOX}{unescape(older)}").content.decode()
    (both,) = re.findall(r'href="([^"#]*)#cases"', second)
    assert "before=" in both
    assert messages[1][0] in visitor.get(f"{MAILBOX}{unescape(both)}").content.decode()
    assert messages[0][0] in visitor.get(f"{MAILBOX}?before=x&cases=~").content.decode()
    past = visitor.get(f"{MAILBOX}?before=2020-01-01T00:00:00Z~{desk.organisation}").content.decode()
    assert "Aviso" not in past
    assert "No hay mensajes anteriores" in past


def test_an_address_that_is_known_and_one_that_is_not_get_the_same_answers(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    desk.receive(letter())
    stories = []
    for number, address in enumerate((ANA, "nadie@cliente.example")):
        monkeypatch.setattr(clock, "now", lambda: now)
        client = Client(REMOTE_ADDR=f"198.51.100.{number}")
        first = asked(client, address)
        asking = hidden(first)
        told: list[Any] = [first]
        told += [client.post(f"{MAILBOX}code/", {**asking, "code": f"x{tried}"}) for tried in range(codes.TRIES + 1)]
        second = asked(client, address)
        monkeypatch.setattr(clock, "now", lambda: now + codes.TERM)
        told += [second, client.post(f"{MAILBOX}code/", {**hidden(second), "code": "000000"})]
        told += [asked(client, address) for _ in range(codes.MOST_AN_HOUR)]
        texts = [re.sub(r'value="[^"]*"', "", one.content.decode()).replace(address, "") for one in told]
        stories.append([(one.status_code, text) for one, text in zip(told, texts, strict=True)])
    assert stories[0] == stories[1]
    assert {status for status, _text in stories[0]} == {200, 403, 429}
    assert {one.recipient for one in Notice.objects.filter(kind="code")} == {ANA}


def test_codes_are_bounded_for_a_network_and_for_an_organisation(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(form_guard, "MOST_OF_NETWORK", 2)
    monkeypatch.setattr(form_guard, "MOST_MAILBOX_CODES", 3)
    statuses = [
        Client(REMOTE_ADDR=f"198.51.100.{place}").post(MAILBOX, {"address": f"a{number}@cliente.example"}).status_code
        for number, place in enumerate((1, 1, 1, 2, 2))
    ]
    assert statuses == [200, 200, 429, 200, 429]


def test_wrong_codes_end_a_code_and_a_session_ends_by_itself(
    desk: Desk, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.receive(letter())
    page = asked(visitor)
    right = digits(desk)
    statuses = [
        visitor.post(f"{MAILBOX}code/", {**hidden(page), "code": wrong}).status_code
        for wrong in ("", "1", "x", "é", "0")
    ]
    assert statuses == [403] * codes.TRIES
    assert visitor.post(f"{MAILBOX}code/", {**hidden(page), "code": right}).status_code == 403
    assert visitor.post(f"{MAILBOX}code/", {"asked": "made-up", "code": right}).status_code == 403
    assert COOKIE not in visitor.cookies
    assert desk.ticket().key in enter(desk, visitor)
    moved(monkeypatch, codes.SESSION)
    assert desk.ticket().key not in visitor.get(MAILBOX).content.decode()


def test_a_session_of_one_organisation_opens_no_others(desk: Desk, visitor: Client) -> None:
    desk.receive(letter())
    enter(desk, visitor)
    other = accounts.create_organisation(name="Sur", slug="sur")
    owner = accounts.create_user(email="jefa@sur.example", password=None)
    accounts.add_member(organisation=other.id, email=owner.email, role="owner")
    change_portal(access=access_organisation(user=owner, slug="sur"), portal_enabled=True, data_policy="")
    visitor.cookies[COOKIE]["path"] = "/"
    assert 'name="address"' in visitor.get("/o/sur/mailbox/").content.decode()
    assert desk.ticket().key in visitor.get(MAILBOX).content.decode()


def test_few_codes_are_asked_for(desk: Desk, visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    statuses = [asked(visitor).status_code for _ in range(8)]
    assert statuses == [200] * codes.MOST_AN_HOUR + [429] * (8 - codes.MOST_AN_HOUR)
    assert visitor.post(MAILBOX, {"address": "x"}).status_code == 429
    assert Client(REMOTE_ADDR="198.51.100.9").post(MAILBOX, {"address": ""}).status_code == 400
