"""My messages: who sees them, for how long, and what seeing them is not."""

import re
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
from acuse.doors.portal.mailbox import COOKIE
from acuse.evidence import custody
from acuse.helpdesk import form_guard
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
