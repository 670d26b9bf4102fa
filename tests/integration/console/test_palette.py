"""What the palette finds, and where Enter leads: in one organisation, for its members."""

import pytest
from django.test import Client

from acuse.accounts.models import User
from acuse.certificates.models import Certificate
from acuse.contacts.queries import by_address
from acuse.helpdesk.models import Ticket
from acuse.helpdesk.services.opening import open_ticket
from tests.browser.desk import Desk, desk, written
from tests.browser.world import World

BASE = "/console/talleres-ribera"


@pytest.fixture
def made(world: World) -> Desk:
    return desk(world, email="m.ribera@ribera.example")


def found(client: Client, typed: str, *, base: str = BASE) -> str:
    return client.get(f"{base}/communications/found/", {"q": typed}).content.decode()


def entered(client: Client, typed: str) -> str:
    return client.get(f"{BASE}/communications/found/first/", {"q": typed})["Location"]


def test_the_newest_few_communications_are_shown(member: Client, world: World) -> None:
    subject = world.communications["cliente1042@correo.example"]
    code = Certificate.objects.filter(subject=subject).values_list("code", flat=True)[0]
    for typed in ("cliente1042", "reclamacion", code[:6], code):
        assert f"/communications/{subject}/" in found(member, typed), typed
    assert 1 < found(member, "example").count("/communications/0") <= 5
    assert "Nada tiene estas palabras." in found(member, "zzz")
    assert "Nada tiene estas palabras." in found(member, "\0..")
    assert found(member, "c").strip() == found(member, "").strip() == ""


def test_cases_come_first_then_customers(member: Client, world: World, made: Desk) -> None:
    case = Ticket.objects.get(id=made.invoice)
    contact = by_address(world.organisation, channel="email", value="flota@norte12.example")
    place = f"{BASE}/tickets/{case.id}/"
    for typed in (
        case.key,
        case.key.lower(),
        f"EXP-000{case.number}",
        "factura f-2310",
        "flota@norte12.example",
        "flota nor",
    ):
        assert found(member, typed).index(place) < found(member, typed).index("</li>"), typed
        assert entered(member, typed) == place, typed
    shown = found(member, "flota@norte12.example")
    assert shown.index(place) < shown.index(f"{BASE}/contacts/{contact}/")
    assert found(member, "..").count("href") == 0
    assert f"{BASE}/tickets/?state=all&amp;q=correo.example" in found(member, "correo.example")
    assert f"{BASE}/tickets/?state=all" not in shown


def test_enter_leads_to_a_search_where_nothing_is_found(member: Client, world: World) -> None:
    subject = world.communications["cliente1042@correo.example"]
    assert entered(member, "cliente1042") == f"{BASE}/communications/{subject}/"
    assert entered(member, "zzz y") == f"{BASE}/communications/?q=zzz+y"
    desk(world, email="m.ribera@ribera.example")
    assert entered(member, "zzz y") == f"{BASE}/tickets/?q=zzz+y&state=all"


def test_no_case_of_another_organisation_is_found(member: Client, world: World, made: Desk) -> None:
    key = Ticket.objects.get(id=made.invoice).key
    stranger = Client()
    stranger.force_login(User.objects.get(email="otra@norte.example"))
    assert str(made.invoice) in found(member, key)
    for typed in (key, "flota@norte12.example", "factura"):
        assert "/tickets/" not in found(stranger, typed, base="/console/flota-norte")
    for path in ("found/", "found/first/"):
        assert stranger.get(f"{BASE}/communications/{path}", {"q": key}).status_code == 404
        assert Client().get(f"{BASE}/communications/{path}", {"q": key}).status_code == 302


def test_a_closed_case_is_found_too(member: Client, world: World, made: Desk) -> None:
    closed = open_ticket(organisation=world.organisation, written=written("z@cerrado.example", "", "Cerrado", "Ya."))
    Ticket.objects.filter(id=closed).update(status="resolved")
    assert entered(member, "z@cerrado.example") == f"{BASE}/tickets/{closed}/"
