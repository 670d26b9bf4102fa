"""Calendars in the browser: every width, light and dark, by keyboard alone, changed without scripts too."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import faults_of_access
from tests.browser.calendars import full_calendar
from tests.browser.conftest import Opener
from tests.browser.test_every_page import BASE, faults_of_form
from tests.browser.test_keyboard import NUMBER, walk
from tests.browser.world import World

LIST = f"{BASE}/calendars/"


def faults(page: Page, width: int, where: str) -> list[str]:
    """What axe finds serious, and what reaches out of the page or has no name."""
    serious = [f"{where}: {one}" for one in faults_of_access(page)]
    return serious + [f"{where}: {one}" for one in faults_of_form(page, width)]


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1440, "dark"), (390, "dark"), (320, "light")])
def test_its_pages_are_accessible_and_fit(world: World, visit: Opener, width: int, scheme: str) -> None:
    seen = visit(width=width, scheme=scheme)
    found = faults(seen.open(LIST), width, "empty")
    made = full_calendar()
    for path in (LIST, f"{LIST}?archived", f"{LIST}new/", f"{LIST}{made}/", f"{LIST}{made}/edit/"):
        found += faults(seen.open(path), width, path)
    page = seen.page
    page.get_by_label("Viernes").first.fill("8-15")
    page.get_by_role("button", name="Ver qué cambia").click()
    expect(page.get_by_role("heading", name="días desde hoy")).to_be_visible()
    found += faults(page, width, "preview")
    page.get_by_label("Viernes").first.fill("por la tarde")
    page.get_by_role("button", name="Ver qué cambia").click()
    expect(page.get_by_role("alert").filter(has_text="corregir")).to_be_visible()
    found += faults(page, width, "wrong")
    assert found == []
    assert seen.elsewhere == seen.errors == []


def test_every_action_is_reached_by_tab_and_seen(world: World, visit: Opener) -> None:
    made = full_calendar()
    seen = visit()
    for path in (LIST, f"{LIST}new/", f"{LIST}{made}/"):
        page = seen.open(path)
        count = page.evaluate(NUMBER)
        reached, unseen = walk(page)
        assert (sorted(set(range(count)) - reached), unseen) == ([], []), path


@pytest.mark.parametrize(("width", "scripts"), [(1440, True), (390, False)])
def test_one_is_made_looked_at_and_published(world: World, visit: Opener, width: int, scripts: bool) -> None:
    page = visit(width=width, scripts=scripts).open(LIST)
    page.get_by_role("link", name="Nuevo calendario").click()
    page.get_by_role("link", name="Oficina").click()
    page.get_by_label("Nombre").fill("Línea de reclamaciones")
    page.get_by_label("Festivos de", exact=True).select_option("ES-MD")
    page.get_by_role("button", name="Mostrar sus días").click()
    expect(page.get_by_text("Están marcados todos sus días")).to_be_visible()
    # Return in a field looks; it never publishes.
    page.get_by_label("Nombre").press("Enter")
    expect(page.get_by_role("heading", name="Esto es lo que se publicaría")).to_be_visible()
    page.get_by_role("button", name="Publicar el calendario").click()
    expect(page.get_by_role("heading", name="Línea de reclamaciones")).to_be_visible()
    expect(page.get_by_text("Fiesta de la Comunidad de Madrid")).to_be_visible()
    expect(page.get_by_role("link", name="Plazos y calendarios").first).to_be_visible()
