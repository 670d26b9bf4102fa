"""Terms in the browser: every width, light and dark, written by keyboard alone, published without scripts too."""

import pytest
from playwright.sync_api import Locator, Page, expect

from acuse.helpdesk.models import PolicyVersion
from tests.browser.calendars import full_calendar
from tests.browser.conftest import Opener
from tests.browser.desk import desk
from tests.browser.test_calendars import faults
from tests.browser.test_every_page import BASE
from tests.browser.test_keyboard import MOST, NUMBER, walk
from tests.browser.world import World

LIST = f"{BASE}/terms/"


def tab_to(page: Page, control: Locator) -> None:
    """Press Tab until a control has the focus."""
    for _press in range(MOST):
        page.keyboard.press("Tab")
        if control.evaluate("one => one === document.activeElement"):
            return
    pytest.fail(f"Tab does not reach {control}")


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")])
def test_its_pages_are_accessible_and_fit(world: World, visit: Opener, width: int, scheme: str) -> None:
    seen = visit(width=width, scheme=scheme)
    found = faults(seen.open(LIST), width, "no calendar")
    full_calendar()
    for path in (LIST, f"{LIST}new/"):
        found += faults(seen.open(path), width, f"no term: {path}")
    desk(world, email="m.ribera@ribera.example")
    for path in (LIST, f"{LIST}4/"):
        found += faults(seen.open(path), width, path)
    page = seen.page
    page.get_by_role("button", name="Añadir un supuesto").click()
    expect(page.get_by_role("group", name="Supuesto 3")).to_be_visible()
    found += faults(page, width, "a case more")
    page.get_by_role("button", name="Publicar el plazo").click()
    expect(page.get_by_role("alert").filter(has_text="corregir")).to_be_visible()
    found += faults(page, width, "wrong")
    for path, said in ((f"{LIST}4/", "habrían tenido estos plazos"), (f"{LIST}2/", "solo empieza cuando se pide algo")):
        seen.open(path).get_by_role("button", name="Probarlo con los últimos expedientes").click()
        expect(page.get_by_role("status").filter(has_text=said)).to_be_visible()
        found += faults(page, width, f"tried: {path}")
    seen.open(LIST).evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true; })")
    found += faults(page, width, "asked whether to remove")
    assert found == []
    assert seen.elsewhere == seen.errors == []


def test_every_action_is_reached_by_tab_and_seen(world: World, visit: Opener) -> None:
    desk(world, email="m.ribera@ribera.example")
    seen = visit()
    for path in (LIST, f"{LIST}new/", f"{LIST}4/"):
        page = seen.open(path)
        count = page.evaluate(NUMBER)
        reached, unseen = walk(page)
        assert (sorted(set(range(count)) - reached), unseen) == ([], []), path


@pytest.mark.parametrize(("width", "scripts"), [(1440, True), (390, False)])
def test_a_term_is_added_by_keyboard_alone(world: World, visit: Opener, width: int, scripts: bool) -> None:
    full_calendar()
    seen = visit(width=width, scripts=scripts)
    page = seen.open(LIST)
    tab_to(page, page.get_by_role("link", name="Nuevo plazo"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_label("Nombre"))
    page.keyboard.type("Reclamos urgentes")
    for box in (page.get_by_label("Reclamo", exact=True), page.get_by_label("Alta")):
        tab_to(page, box)
        page.keyboard.press("Space")
    tab_to(page, page.get_by_label("Cuánto tiempo"))
    page.keyboard.type("4")
    tab_to(page, page.get_by_label("Unidad"))
    page.keyboard.press("h")  # the next unit that begins with it
    expect(page.get_by_label("Unidad").locator("option:checked")).to_have_text("horas hábiles")
    # Return in a field tries; it never publishes.
    tab_to(page, page.get_by_label("Avisar cuando quede esta parte"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Todavía no se ha publicado nada.")).to_be_visible()
    assert not PolicyVersion.objects.exists()
    tab_to(page, page.get_by_role("button", name="Publicar el plazo"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Reclamos urgentes")).to_be_visible()
    expect(page.get_by_text("Reclamo; prioridad alta")).to_be_visible()
    expect(page.get_by_text("4 horas hábiles")).to_be_visible()
    assert PolicyVersion.objects.count() == 1
    assert seen.elsewhere == seen.errors == []
