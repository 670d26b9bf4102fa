"""Templates in the browser: every width, by keyboard alone, with a preview while one writes, without scripts too."""

from uuid import UUID

import pytest
from playwright.sync_api import expect

from acuse.accounts.models import User
from acuse.accounts.queries import access_organisation
from acuse.composition.models import Snippet, TemplateVersion
from acuse.composition.services import publish_template, save_snippet
from tests.browser.axe import faults_of_access
from tests.browser.conftest import Opener
from tests.browser.test_every_page import BASE, faults_of_form
from tests.browser.test_keyboard import NUMBER, walk
from tests.browser.world import World


@pytest.fixture
def written(world: World) -> UUID:
    """A template with two versions, and a snippet."""
    access = access_organisation(user=User.objects.get(email="m.ribera@ribera.example"), slug="talleres-ribera")
    given = {
        "use": "ticket.solution",
        "name": "Solución breve",
        "language": "es",
        "subject": "Caso {{ ticket.number }}",
    }
    one = publish_template(access=access, **given, body="Hola:\n\n{{ answer.text }}")
    publish_template(access=access, **given, body="Hola:\n\n{{ answer.text }}\n\nUn saludo", template=one)
    save_snippet(access=access, name="Horario", shortcut="horario", language="es", body="De 9 a 14.")
    return one


def paths(one: UUID) -> tuple[str, ...]:
    """Each page of this subject."""
    return (
        f"{BASE}/templates/",
        f"{BASE}/templates/standard/?use=ticket.receipt&language=en",
        f"{BASE}/templates/new/?use=warranty.rejection",
        f"{BASE}/templates/{one}/",
        f"{BASE}/templates/{one}/versions/1/?language=es",
        f"{BASE}/snippets/",
        f"{BASE}/snippets/{Snippet.objects.get().id}/",
    )


@pytest.mark.parametrize(("width", "scheme"), [(1440, "dark"), (1440, "light"), (390, "dark"), (320, "light")])
def test_its_pages_are_accessible_and_fit(world: World, visit: Opener, written: UUID, width: int, scheme: str) -> None:
    faults = []
    seen = visit(width=width, scheme=scheme)
    for path in paths(written):
        page = seen.open(path)
        faults += [f"{path}: {one}" for one in faults_of_access(page)]
        faults += [f"{path}: {one}" for one in faults_of_form(page, width)]
    assert faults == []
    assert seen.elsewhere == seen.errors == []


def test_every_action_is_reached_by_tab_and_seen(world: World, visit: Opener, written: UUID) -> None:
    seen = visit()
    for path in paths(written):
        page = seen.open(path)
        count = page.evaluate(NUMBER)
        reached, unseen = walk(page)
        assert (sorted(set(range(count)) - reached), unseen) == ([], []), path


def test_the_preview_follows_what_is_written_and_keeps_the_last_that_was_right(
    world: World, visit: Opener, written: UUID
) -> None:
    seen = visit()
    page = seen.open(f"{BASE}/templates/{written}/")
    preview, body = page.locator("#preview"), page.get_by_label("Texto", exact=True)
    body.fill("Buenas tardes, **{{ contact.name }}**.")
    expect(preview.locator("strong")).to_have_text("Lucía Ferrer Ortiz")
    body.fill("Buenas tardes, {{ contact.nombre }}.")
    expect(page.locator("#preview-problems")).to_contain_text("Línea 1: aquí no hay ninguna variable contact.nombre.")
    expect(preview.locator("strong")).to_have_text("Lucía Ferrer Ortiz")
    body.fill("Lista:\n")
    expect(page.locator("#preview-problems")).to_be_empty()
    page.get_by_text("Insertar una variable").click()
    page.get_by_role("button", name="Número del caso").click()
    expect(body).to_have_value("Lista:\n{{ ticket.number }}")
    expect(preview).to_contain_text("Lista:")
    expect(preview.locator(".as-html")).to_contain_text("148")
    page.get_by_text("Solo texto").click()
    expect(preview.locator(".as-text")).to_be_visible()
    expect(preview.locator(".as-html")).to_be_hidden()
    page.get_by_role("button", name="Publicar el texto").click()
    expect(page.get_by_text("Publicada.")).to_be_visible()
    assert TemplateVersion.objects.latest("number").body == "Lista:\n{{ ticket.number }}"
    assert seen.errors == []


@pytest.mark.parametrize("width", [390, 1440])
def test_without_scripts_a_text_is_looked_at_published_and_restored(
    world: World, visit: Opener, written: UUID, width: int
) -> None:
    page = visit(width=width, scripts=False).open(f"{BASE}/templates/{written}/")
    page.get_by_label("Texto", exact=True).fill("{{ nada }}")
    page.get_by_role("button", name="Ver el resultado").click()
    expect(page.locator("#preview")).to_contain_text("Línea 1")
    page.get_by_label("Texto", exact=True).fill("Adiós, {{ contact.name }}")
    page.get_by_role("button", name="Publicar el texto").click()
    expect(page.locator("#preview")).to_contain_text("Adiós, Lucía Ferrer Ortiz")
    page.get_by_role("link", name="Diferencias con la versión 1").click()
    expect(page.locator("ins").first).to_contain_text("Adiós")
    page.get_by_role("button", name="Recuperar la versión 1").click()
    expect(page.get_by_text("Recuperada")).to_be_visible()
    assert TemplateVersion.objects.latest("number").number == 4
