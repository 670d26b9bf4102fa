"""Snippets typed behind a slash in an answer: by keyboard, by pointer, and without scripts."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from acuse.composition.services import save_snippet
from acuse.helpdesk.models import Draft, Outgoing
from tests.browser.conftest import Opener
from tests.browser.desk import Desk, desk
from tests.browser.test_every_page import BASE
from tests.browser.world import World


@pytest.fixture
def made(world: World) -> Desk:
    desk_of_members = desk(world, email="m.ribera@ribera.example")
    for shortcut, body in (("horario", "Abrimos de 9 a 14."), ("hoja", "Su clave es {{ ticket.key }}.")):
        save_snippet(access=desk_of_members.access, name=shortcut.title(), shortcut=shortcut, language="es", body=body)
    return desk_of_members


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_a_snippet_is_found_by_its_shortcut_and_takes_its_place(
    made: Desk, visit: Opener, width: int, scheme: str
) -> None:
    seen = visit(width=width, scheme=scheme)
    page = seen.open(f"{BASE}/tickets/")
    page.locator(f'a[data-open][href*="{made.noise}"]').click()  # beside the list on a wide screen, without a new page
    box, offered = page.get_by_label("Su respuesta"), page.get_by_role("listbox", name="Fragmentos")
    box.press_sequentially("Buenos días. y/o 1/2 /ho")
    expect(offered.get_by_role("option")).to_have_text([re.compile("/hoja"), re.compile("/horario")])
    expect(box).to_have_attribute("aria-activedescendant", "snippet-1")
    found = Axe().run(page, context=".composer").response["violations"]
    assert [fault["id"] for fault in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    box.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", "snippet-2")
    box.press("Enter")
    expect(box).to_have_value("Buenos días. y/o 1/2 Abrimos de 9 a 14.")
    box.press_sequentially(" /hoj")
    box.press("Escape")
    expect(offered).to_be_hidden()
    expect(box).to_be_focused()
    box.press_sequentially("a")
    expect(offered).to_be_hidden()
    box.press_sequentially(" /")
    offered.get_by_role("option", name="/hoja").click()
    expect(box).to_have_value(re.compile(r" /hoja Su clave es \S+\.$"))
    expect(page.locator("#composer:not([data-unkept])")).to_be_attached()
    assert seen.elsewhere == seen.errors == []


def test_a_snippet_is_chosen_without_scripts(made: Desk, visit: Opener) -> None:
    page = visit(scripts=False).open(f"{BASE}/tickets/{made.noise}/")
    page.get_by_label("Su respuesta").fill("Buenos días.")
    page.get_by_label("Fragmento:").select_option(label="/horario Horario")
    page.get_by_role("button", name="Insertarlo").click()
    expect(page.get_by_label("Su respuesta")).to_have_value("Buenos días.\n\nAbrimos de 9 a 14.")
    assert Draft.objects.get(ticket=made.noise).body == "Buenos días.\n\nAbrimos de 9 a 14."


def test_a_shortcut_that_was_not_chosen_is_asked_about_once(made: Desk, visit: Opener) -> None:
    seen = visit(width=390)
    page = seen.open(f"{BASE}/tickets/{made.noise}/")
    box, offered = page.get_by_label("Su respuesta"), page.get_by_role("listbox", name="Fragmentos")
    asked = page.get_by_role("alert").filter(has_text="/hor")
    box.fill("Abierto 24/7, y/o en https://ribera.example/horario (/ayuda/). 1 / 2. /hor")
    expect(offered).to_be_visible()
    page.get_by_role("button", name="Enviar").click()  # which stays where it is while the list closes
    expect(asked).to_have_text(re.compile(r"sustituir por un fragmento: /hor\. "))
    assert not Outgoing.objects.filter(ticket=made.noise, state="waiting").exists()
    expect(offered.get_by_role("option")).to_have_text([re.compile("/horario")])
    assert [fault["id"] for fault in Axe().run(page, context=".composer").response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    box.press("Enter")
    expect(box).to_have_value(re.compile(r"1 / 2\. Abrimos de 9 a 14\.$"))
    expect(asked).to_be_hidden()
    box.fill("Escriba /ayuda en el chat.")
    box.press("Control+Enter")
    expect(page.get_by_role("alert").filter(has_text="/ayuda")).to_be_visible()
    box.press("Control+Enter")
    expect(page.get_by_text("Sale en unos segundos")).to_be_visible()
    assert Outgoing.objects.get(ticket=made.noise, state="waiting").body == "Escriba /ayuda en el chat."
    assert seen.elsewhere == seen.errors == []
