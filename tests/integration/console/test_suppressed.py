"""The pages of suppressed addresses and of sending once more: what they show, who may act, and what a press does."""

import re
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from acuse import clock
from acuse.accounts import services as accounts
from acuse.accounts.models import Organisation, User
from acuse.delivery import queries as delivery
from acuse.delivery.models import Communication, Suppression
from acuse.delivery.services import suppress
from acuse.evidence.queries import facts_of
from acuse.proof.facts.fact import Fact
from tests.browser.world import World

BASE = "/console/talleres-ribera/"
PAGE = f"{BASE}suppressed/"
GONE = "c0951@buzon.example"


@pytest.fixture
def gone(world: World) -> UUID:
    """A communication to a mailbox that does not exist, whose address is on the list."""
    one = world.communications[GONE]
    assert suppress(organisation=world.organisation, communication=one, reason="mailbox_not_found")
    User.objects.update(language="en")
    return one


def of(role: str, world: World) -> Client:
    """Another member."""
    accounts.create_user(email=f"{role}@ribera.example", password=None, language="en")
    accounts.add_member(organisation=world.organisation, email=f"{role}@ribera.example", role=role)
    client = Client()
    client.force_login(User.objects.get(email=f"{role}@ribera.example"))
    return client


def read(client: Client, address: str, **given: Any) -> str:
    answer = client.get(address, **given)
    assert answer.status_code == 200, address
    return unescape(answer.content.decode())


def facts(world: World, one: UUID) -> list[Fact]:
    return [item.fact for item in facts_of(organisation=world.organisation, kind="communication", id=one)]


def resend_address(one: UUID) -> str:
    return f"{BASE}communications/{one}/resend/"


def press(page: str) -> str:
    found = re.search(r'name="press" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_the_list_says_why_since_when_and_because_of_what(member: Client, gone: UUID) -> None:
    page = read(member, PAGE)
    assert GONE in page
    assert "The mailbox does not exist" in page
    assert f"{BASE}communications/{gone}/" in page
    assert "Take it off" in page


def test_the_empty_list_and_what_is_not_found_are_said(member: Client, world: World) -> None:
    User.objects.update(language="en")
    assert "No address is suppressed." in read(member, PAGE)
    one = world.communications[GONE]
    suppress(organisation=world.organisation, communication=one, reason="complaint")
    assert GONE in read(member, f"{PAGE}?q=BUZON")
    assert "No suppressed address has that in it." in read(member, f"{PAGE}?q=nadie")
    assert GONE in read(member, f"{PAGE}?before=nonsense")


def test_a_long_list_has_pages(member: Client, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    User.objects.update(language="en")
    for one in world.communications.values():
        suppress(organisation=world.organisation, communication=one, reason="complaint")
    real = delivery.suppressions
    monkeypatch.setattr(delivery, "suppressions", lambda access, **given: real(access, limit=4, **given))
    first = read(member, PAGE)
    older = re.search(r'href="(\?before=[^"]+)" rel="next"', first)
    assert older is not None
    second = read(member, PAGE + older[1])
    shown = [address for address in world.communications if address in first]
    assert len(shown) == 4
    assert not any(address in second for address in shown)
    assert "Newest" in second


def test_an_address_is_taken_off_with_a_reason(member: Client, world: World, gone: UUID) -> None:
    address = f"{PAGE}{Suppression.objects.get().id}/lift/"
    assert "It is recorded word for word" in read(member, address)
    refused = member.post(address, {"reason": "  "})
    assert refused.status_code == 200
    assert Suppression.objects.exists()
    answer = member.post(address, {"reason": "Abrió otro buzón."}, follow=True)
    assert f"{GONE} is off the list." in unescape(answer.content.decode())
    assert facts(world, gone)[-1].details == {"reason": "Abrió otro buzón."}
    assert member.post(address, {"reason": "Otra vez."}).status_code == 404
    assert member.get(address).status_code == 404
    assert "Abrió otro buzón." in read(member, f"{BASE}communications/{gone}/")


def test_holding_back_is_switched_off_and_on(member: Client, world: World, gone: UUID) -> None:
    for value, holds in (("off", False), ("on", True)):
        page = unescape(member.post(f"{PAGE}heed/", {"hold": value}, follow=True).content.decode())
        assert ("Nothing is held back now." in page) != holds
        assert Organisation.objects.get(id=world.organisation).hold_suppressed == holds
    changed = facts_of(organisation=world.organisation, kind="organisation", id=world.organisation)[-1].fact
    assert changed.type == "settings.changed"
    assert changed.details["changes"] == [{"name": "hold_suppressed", "before": "False", "after": "True"}]


@pytest.mark.parametrize("role", ["agent", "auditor"])
def test_who_does_not_manage_reads_only(world: World, gone: UUID, role: str) -> None:
    client = of(role, world)
    page = read(client, PAGE)
    assert GONE in page
    assert "Take it off" not in page
    assert "Hold nothing back" not in page
    lift = f"{PAGE}{Suppression.objects.get().id}/lift/"
    assert client.post(lift, {"reason": "Sí."}).status_code == 403
    assert client.post(f"{PAGE}heed/", {"hold": "off"}).status_code == 403
    assert Suppression.objects.exists()


def test_what_failed_is_sent_once_more_and_each_links_to_the_other(member: Client, world: World) -> None:
    User.objects.update(language="en")
    one = world.communications[GONE]
    page = read(member, f"{BASE}communications/{one}/")
    assert resend_address(one) in page
    asked = read(member, resend_address(one))
    assert "although the address is suppressed" not in asked
    other_page = read(member, resend_address(one))
    sent = member.post(resend_address(one), {"press": press(asked)})
    new = Communication.objects.get(resent_of=one)
    assert sent["Location"] == f"{BASE}communications/{new.id}/"
    again = member.post(resend_address(one), {"press": press(asked)})
    assert again["Location"] == sent["Location"]
    assert Communication.objects.filter(resent_of=one).count() == 1
    assert f"{BASE}communications/{new.id}/" in read(member, f"{BASE}communications/{one}/")
    told = read(member, f"{BASE}communications/{new.id}/")
    assert f"{BASE}communications/{one}/" in told
    assert "Sent once more by a member" in told
    for led in (
        member.post(resend_address(one), {"press": press(other_page)}),
        member.get(resend_address(one)),
    ):
        assert led["Location"] == sent["Location"]
    assert Communication.objects.filter(resent_of=one).count() == 1
    Communication.objects.filter(id=new.id).update(status="failed", created_at=clock.now() - timedelta(hours=1))
    assert "Sent once more before" in read(member, resend_address(one))


def test_a_suppressed_address_asks_for_a_decision(member: Client, world: World, gone: UUID) -> None:
    asked = read(member, resend_address(gone))
    assert "Send it although the address is suppressed" in asked
    refused = member.post(resend_address(gone), {"press": press(asked)})
    assert "it would be held back again" in unescape(refused.content.decode())
    assert not Communication.objects.filter(resent_of=gone).exists()
    member.post(resend_address(gone), {"press": press(asked), "despite": "on"})
    new = Communication.objects.get(resent_of=gone)
    assert [fact.type for fact in facts(world, new.id)] == ["communication.accepted", "suppression.overridden"]
    assert "although the address is suppressed" in read(member, f"{BASE}communications/{new.id}/")


@pytest.mark.parametrize("given", ["", "nonsense", "others"])
def test_a_press_that_is_not_of_this_page_sends_nothing(member: Client, world: World, given: str) -> None:
    User.objects.update(language="en")
    one = world.communications[GONE]
    if given == "others":
        given = press(read(member, resend_address(world.communications["cliente1188@correo.example"])))
    answer = member.post(resend_address(one), {"press": given}, follow=True)
    assert "Look at it once more" in answer.content.decode()
    assert not Communication.objects.filter(resent_of__isnull=False).exists()


def test_what_arrived_and_what_is_under_way_is_not_offered(member: Client, world: World) -> None:
    User.objects.update(language="en")
    for recipient in ("cliente0877@correo.example", "cliente0480@correo.example"):
        one = world.communications[recipient]
        assert resend_address(one) not in read(member, f"{BASE}communications/{one}/")
        answer = member.get(resend_address(one), follow=True)
        assert "can be sent once more" in answer.content.decode()
        member.post(resend_address(one), {"press": "x"})
    assert not Communication.objects.filter(resent_of__isnull=False).exists()


def test_auditors_send_nothing_once_more(world: World, gone: UUID) -> None:
    auditor = of("auditor", world)
    assert resend_address(gone) not in read(auditor, f"{BASE}communications/{gone}/")
    assert auditor.get(resend_address(gone)).status_code == 403
    assert auditor.post(resend_address(gone), {"press": "x", "despite": "on"}).status_code == 403
