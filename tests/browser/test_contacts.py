"""The register of customers in the browser: every width, by keyboard alone, without scripts too."""

import re
from pathlib import Path
from uuid import UUID

import pytest
from django.db import transaction
from playwright.sync_api import expect

from acuse.accounts.models import User
from acuse.accounts.queries import Access, access_organisation
from acuse.contacts import services
from acuse.contacts.models import Contact
from acuse.contacts.rules import Card
from acuse.proof.facts.fact import Actor
from tests.browser.axe import faults_of_access
from tests.browser.conftest import Opener
from tests.browser.test_every_page import BASE, faults_of_form
from tests.browser.test_keyboard import NUMBER, walk
from tests.browser.world import World

FILE = (
    "Tipo;Nombre;Correo;Teléfono;NIF;Color\n"
    "empresa;Flota Norte;avisos@flotanorte.example;91 555 01 02;B12345678;azul\n"
    ";Ana Nueva;ana@nueva.example;;;\n"
    ";Marta Pérez;cliente1042@correo.example;;;\n"
    ";Sin correo;esto no es;;;\n"
)


@pytest.fixture
def access(world: World) -> Access:
    return access_organisation(user=User.objects.get(email="m.ribera@ribera.example"), slug="talleres-ribera")


@pytest.fixture
def contact(world: World, access: Access) -> UUID:
    """A person with everything that a page shows, among some others."""
    company = services.make_contact(
        access=access,
        card=Card(kind="company", name="Transportes García e Hijos, S.L.", tax_id="B-12345678"),
        addresses=[("email", "trafico@garcia.example"), ("phone", "91 555 01 02"), ("postal", "C/ Mayor, 3, Soria")],
    )
    card = Card(
        name="Marta Pérez Ñíguez",
        tax_id="12345678Z",
        language="es",
        company=str(company),
        notes="Prefiere que se le llame por la tarde.\nTiene dos vehículos.",
    )
    addresses = [
        ("phone", "600 111 222"),
        ("whatsapp", "600 111 222"),
        ("postal", "Plaza de la Constitución, 1, Ávila"),
    ]
    one = services.make_contact(access=access, card=card, addresses=addresses)
    with transaction.atomic():
        wrote = services.find_or_make(
            organisation=world.organisation,
            channel="email",
            value="Cliente1042@correo.example",
            name="M. Perez",
            language="es",
            basis="wrote_from",
            actor=Actor(kind="component", id="intake"),
        )
    services.merge_contacts(access=access, kept=one, absorbed=wrote)
    for number, name in enumerate(("Álvaro Ruiz", "Beatriz Sanz", "Carlos Ortega", "", "Ángela Moreno", "Óscar Gil")):
        addresses = [("email", f"cliente{number}@correo.example")]
        services.make_contact(access=access, card=Card(name=name), addresses=addresses)
    return one


def paths(contact: UUID) -> tuple[str, ...]:
    """Each page of this subject."""
    one = f"{BASE}/contacts/{contact}/"
    other = Contact.objects.get(name="Beatriz Sanz").id
    return (
        f"{BASE}/contacts/",
        f"{BASE}/contacts/?sort=recent",
        f"{BASE}/contacts/?q=nadie&kind=company",
        f"{BASE}/contacts/new/",
        f"{BASE}/contacts/import/",
        one,
        f"{one}edit/",
        f"{one}merge/?q=garcia",
        f"{one}merge/?with={other}",
        f"{one}split/",
        f"{one}erase/",
    )


@pytest.mark.parametrize(("width", "scheme"), [(1440, "dark"), (1440, "light"), (390, "dark"), (320, "light")])
def test_its_pages_are_accessible_and_fit(world: World, visit: Opener, contact: UUID, width: int, scheme: str) -> None:
    faults = []
    seen = visit(width=width, scheme=scheme)
    for path in paths(contact):
        page = seen.open(path)
        faults += [f"{path}: {one}" for one in faults_of_access(page)]
        faults += [f"{path}: {one}" for one in faults_of_form(page, width)]
    assert faults == []
    assert seen.elsewhere == seen.errors == []


def test_every_action_is_reached_by_tab_and_seen(world: World, visit: Opener, contact: UUID) -> None:
    seen = visit()
    for path in paths(contact):
        page = seen.open(path)
        count = page.evaluate(NUMBER)
        reached, unseen = walk(page)
        assert (sorted(set(range(count)) - reached), unseen) == ([], []), path


@pytest.mark.parametrize(("width", "scripts"), [(390, True), (1440, False)])
def test_two_contacts_are_merged_and_that_is_undone(
    world: World, visit: Opener, contact: UUID, width: int, scripts: bool
) -> None:
    page = visit(width=width, scripts=scripts).open(f"{BASE}/contacts/{contact}/")
    page.get_by_role("link", name="Unir", exact=True).click()
    page.get_by_label("Buscar entre los clientes").fill("sanz")
    page.get_by_role("button", name="Buscar", exact=True).last.click()
    page.get_by_role("link", name="Comparar").click()
    page.get_by_role("radio", name="Beatriz Sanz").check()
    page.get_by_role("button", name="Unirlos").click()
    expect(page.get_by_role("heading", name="Beatriz Sanz")).to_be_visible()
    expect(page.get_by_text("600 111 222").first).to_be_visible()
    page.get_by_role("button", name="Deshacer la unión de Marta Pérez Ñíguez").click()
    expect(page.get_by_text("600 111 222")).to_have_count(0)
    assert Contact.objects.get(id=contact).merged_into_id is None


@pytest.mark.parametrize("scripts", [True, False])
def test_a_file_is_looked_at_before_it_is_entered(
    world: World, visit: Opener, contact: UUID, tmp_path: Path, scripts: bool
) -> None:
    file = tmp_path / "clientes.csv"
    file.write_text(FILE, encoding="cp1252")
    picture = tmp_path / "foto.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n")
    before = Contact.objects.count()
    page = visit(scripts=scripts).open(f"{BASE}/contacts/import/")
    page.get_by_label("Fichero CSV").set_input_files(picture)
    page.get_by_role("button", name="Verlo antes").click()
    expect(page.get_by_label("Fichero CSV")).to_be_focused()
    expect(page.get_by_label("Fichero CSV")).to_have_accessible_description(
        re.compile("^La primera fila tiene que nombrar")
    )
    page.get_by_label("Fichero CSV").set_input_files(file)
    page.get_by_role("button", name="Verlo antes").click()
    expect(page.locator(".field-error")).to_have_count(0)
    expect(page.get_by_text("Eso no es una dirección de correo.")).to_be_visible()
    expect(page.get_by_text("Color", exact=True)).to_be_visible()
    assert Contact.objects.count() == before
    if not scripts:
        page.get_by_label("Fichero CSV").set_input_files(file)
    page.get_by_role("button", name="Dar de alta 1 cliente").click()
    expect(page.get_by_text("Se ha dado de alta 1 cliente.")).to_be_visible()
    assert Contact.objects.filter(name="Ana Nueva").exists()


def test_an_address_that_is_wrong_is_said_at_its_field(world: World, visit: Opener, contact: UUID) -> None:
    page = visit().open(f"{BASE}/contacts/{contact}/")
    page.get_by_label("Dirección o número").fill("no es una dirección")
    page.get_by_role("button", name="Añadir").click()
    expect(page.get_by_text("Eso no es una dirección de correo.")).to_be_visible()
    expect(page.get_by_label("Dirección o número")).to_have_value("no es una dirección")
    expect(page.get_by_label("Dirección o número")).to_be_focused()
