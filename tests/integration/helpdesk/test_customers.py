"""Cases that are found by their customer: by name, company, number or address, in the list, the palette and the API."""

import re
from datetime import timedelta
from urllib.parse import quote
from uuid import UUID

import pytest
from django.test import Client

from acuse import clock
from acuse.accounts.models import User
from acuse.contacts import words
from acuse.contacts.rules import Card
from acuse.contacts.services.cards import add_address, change_contact, make_contact
from acuse.contacts.services.merging import merge_contacts
from acuse.helpdesk.models import Ticket
from acuse.helpdesk.queries import searching, tickets
from tests.integration.helpdesk.making import SLUG, Desk, letter

BASE = f"/console/{SLUG}/"
SAID = "clientes tienen alguna de estas palabras"
CASE = re.compile(rf"{BASE}tickets/([0-9a-f-]{{36}})/")


def agent() -> Client:
    client = Client(headers={"accept-language": "es"})
    client.force_login(User.objects.get(email="agent@ribera.example"))
    return client


def listed(client: Client, search: str, state: str = "all") -> set[str]:
    """The subjects of the cases that the list finds."""
    return _subjects(client.get(f"{BASE}tickets/?state={state}&q={quote(search)}").content.decode())


def called(client: Client, search: str) -> set[str]:
    """The subjects of the cases that the palette finds."""
    return _subjects(client.get(f"{BASE}communications/found/?q={quote(search)}").content.decode())


def _subjects(page: str) -> set[str]:
    found = {UUID(one) for one in CASE.findall(page)}
    return set(Ticket.objects.filter(id__in=found).values_list("subject", flat=True))


def write(desk: Desk, name: str, subject: str) -> Ticket:
    """Have somebody write; return their case."""
    address = f"{subject.lower()}@correo.example"
    desk.receive(letter(subject, "Buenos días.", sender=f"{name} <{address}>", message_id=f"<{address}>"))
    return Ticket.objects.get(subject=subject)


@pytest.fixture
def some(desk: Desk) -> None:
    """Ana works for a company; Luis is called Luisa now; Eva was merged into Noa, who has a case of her own."""
    ana, luis, eva, noa = (
        write(desk, *one)
        for one in (("Ana García", "Ruido"), ("Luis Gil", "Cita"), ("Eva Sanz", "Pintura"), ("Noa Sanz", "Color"))
    )
    company = make_contact(access=desk.agent, card=Card(kind="company", name="Flota Norte"))
    change_contact(access=desk.agent, contact=ana.contact_id, company=str(company), tax_id="12345678-Z")
    add_address(access=desk.agent, contact=ana.contact_id, channel="phone", value="600 111 222")
    change_contact(access=desk.agent, contact=luis.contact_id, name="Luisa Gil")
    change_contact(access=desk.agent, contact=noa.contact_id, name="Noa Ríos")
    merge_contacts(access=desk.agent, kept=noa.contact_id, absorbed=eva.contact_id)


@pytest.mark.parametrize(
    ("search", "subjects"),
    [
        ("garcia", {"Ruido"}),
        ("GARCÍA an", {"Ruido"}),
        ("flota nor", {"Ruido"}),
        ("600 111", {"Ruido"}),
        ("12.345.678-z", {"Ruido"}),
        ("luisa", {"Cita"}),
        ("eva sanz", {"Pintura", "Color"}),
        ("rios", {"Pintura", "Color"}),
        ("correo.example", {"Ruido", "Cita", "Pintura", "Color"}),
        ("garcia gil", set()),
        ("buenos garcia", {"Ruido"}),
        ("GARCÍA flota buen", {"Ruido"}),
        ("buenos 12.345.678-z", {"Ruido"}),
        ("600111222 - dias", {"Ruido"}),
        ("buenos eva dias", {"Pintura", "Color"}),
        ("buenos garcia gil", set()),
        ("zubizarreta", set()),
    ],
)
def test_the_list_and_the_palette_find_a_customers_cases(
    desk: Desk, some: None, search: str, subjects: set[str]
) -> None:
    assert listed(agent(), search) == called(agent(), search) == subjects


def test_cases_that_a_customers_name_finds_are_narrowed_like_others(desk: Desk, some: None) -> None:
    Ticket.objects.filter(subject="Pintura").update(status="resolved")
    assert listed(agent(), "rios", state="closed") == {"Pintura"}
    assert listed(agent(), "rios", state="open") == {"Color"}


@pytest.mark.parametrize(
    ("search", "number"),
    [
        ("rios", 2),
        ("flota", 1),
        ("buenos flota ana", 1),
        ("600 111", 1),
        ("buenos 12.345.678-z", 1),
        ("buenos garcia gil", 0),
        ("zubizarreta", 0),
    ],
)
def test_what_changed_of_a_list_is_counted_as_it_was_searched_for(
    desk: Desk, some: None, search: str, number: int
) -> None:
    asked = {"q": search, "since": clock.to_rfc3339(clock.now() - timedelta(days=3650))}
    page = agent().get(f"{BASE}tickets/news/", asked).content.decode()
    assert re.findall(r"(\d+) expedientes? ha", page) == [str(number)] * bool(number)


def test_a_name_of_very_many_finds_who_is_in_the_latest_cases_and_says_so(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, _new, _other = (
        write(desk, *one) for one in (("Ana García", "Ruido"), ("Eva García", "Cita"), ("Luis Gil", "Pintura"))
    )
    assert listed(agent(), "garcia") == {"Ruido", "Cita"}
    monkeypatch.setattr(words, "MOST", 1)
    monkeypatch.setattr(searching, "LATEST", 2)
    assert listed(agent(), "garcia") == {"Ruido", "Cita"}, "they stand among the first cases of the list's order"
    assert listed(agent(), "garcia buenos") == called(agent(), "garcia buenos") == {"Ruido", "Cita"}
    monkeypatch.setattr(tickets, "FIRST", ())
    assert SAID in agent().get(f"{BASE}tickets/?q=garcia").content.decode()
    assert SAID not in agent().get(f"{BASE}tickets/?q=ana+gil").content.decode()
    assert listed(agent(), "garcia") == called(agent(), "garcia") == {"Cita"}
    assert listed(agent(), "garcia buenos") == set(), "looked for among the first cases alone"
    assert SAID in agent().get(f"{BASE}tickets/?q=garcia+buenos").content.decode()
    Ticket.objects.filter(subject="Pintura").update(contact_id=old.contact_id)
    assert listed(agent(), "garcia") == {"Ruido", "Cita", "Pintura"}, "all the cases of whoever is in the latest"


@pytest.mark.parametrize("order", ["due", "last"])
def test_a_page_of_a_name_of_very_many_is_filled_from_the_first_cases_of_its_order(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, order: str
) -> None:
    for name, subject in (
        ("Ana García", "Ruido"),
        ("Eva García", "Cita"),
        ("Luis Gil", "Color"),
        ("Noa García", "Luz"),
    ):
        write(desk, name, subject)
    Ticket.objects.filter(subject="Luz").update(due_at=clock.now())
    asked = tickets.Filters(search="garcia")
    whole = [row.subject for row in tickets.tickets(desk.agent, asked, order=order).items]
    assert sorted(whole) == ["Cita", "Luz", "Ruido"]
    monkeypatch.setattr(words, "MOST", 0)
    monkeypatch.setattr(searching, "LATEST", 3)
    monkeypatch.setattr(tickets, "FIRST", (1, 3))
    first = tickets.tickets(desk.agent, asked, order=order, limit=1)
    assert ([row.subject for row in first.items], first.all_customers) == (whole[:1], True)
    then = tickets.tickets(desk.agent, asked, order=order, limit=1, after=first.after)
    assert ([row.subject for row in then.items], then.all_customers) == (whole[1:2], True)
    assert not tickets.tickets(desk.agent, asked, order=order).all_customers


@pytest.mark.parametrize("few", [0, 1, 2])
def test_cases_that_say_a_customers_name_are_found_by_it_and_another_word_however_many_they_are(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    for name, subject in (("Ana Soler", "Ruido"), ("Eva Gil", "Soler"), ("Luis Gil", "Soleres"), ("Noa Gil", "Luz")):
        write(desk, name, subject)
    Ticket.objects.filter(subject="Soleres").update(status="resolved")
    monkeypatch.setattr(tickets, "FIRST", ())
    monkeypatch.setattr(searching, "FEW", few)
    assert listed(agent(), "soler buen") == called(agent(), "buenos soler") == {"Ruido", "Soler", "Soleres"}
    assert listed(agent(), "soler buenos", state="open") == {"Ruido", "Soler"}
    assert listed(agent(), "soler malos") == set()


def test_of_a_name_of_very_many_cases_may_be_missing_although_one_customer_has_all_words(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, subject in (("Ana García Buenos", "Luz"), ("Eva García", "Fuga"), ("Noa García", "Color")):
        write(desk, name, subject)
    assert listed(agent(), "garcia buenos") == {"Luz", "Fuga", "Color"}
    monkeypatch.setattr(tickets, "FIRST", ())
    monkeypatch.setattr(words, "MOST", 2)
    assert listed(agent(), "garcia buenos") == {"Luz"}
    assert SAID in agent().get(f"{BASE}tickets/?q=garcia+buenos").content.decode()


@pytest.mark.parametrize("first", [(), (100, 1_000)])
@pytest.mark.parametrize(
    ("search", "subjects"),
    [
        ("123-125", {"Ruido"}),
        ("aragon 123-125", {"Ruido"}),
        ("buenos 123-125", {"Ruido"}),
        ("600-600", {"Cita"}),
        ("600 600 600", {"Cita"}),
        ("600 6", {"Cita"}),
        ("buenos 600600", {"Cita"}),
        ("600", {"Cita", "Luz"}),
        ("\U0001d160" * 200, set()),
    ],
)
def test_a_number_that_is_divided_finds_whom_it_is_of_and_no_strangers(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, first: tuple[int, ...], search: str, subjects: set[str]
) -> None:
    _ana, luis, eva = (
        write(desk, *one) for one in (("Casa Aragón 123-125", "Ruido"), ("Luis Gil", "Cita"), ("Eva Sanz", "Luz"))
    )
    add_address(access=desk.agent, contact=luis.contact_id, channel="phone", value="600 600 600")
    add_address(access=desk.agent, contact=eva.contact_id, channel="phone", value="600 111 222")
    monkeypatch.setattr(tickets, "FIRST", first)
    assert listed(agent(), search) == called(agent(), search) == subjects
