"""Names after @ in a note: chosen from a list by keyboard or pointer, and understood when the note is added."""

import re

import pytest
from playwright.sync_api import expect

from acuse.accounts import services as accounts
from acuse.accounts.queries import active_members
from acuse.evidence.queries import facts_of
from tests.browser.axe import faults_of_access
from tests.browser.conftest import Opener
from tests.browser.desk import Desk, desk
from tests.browser.test_every_page import BASE, faults_of_form
from tests.browser.world import World

COLLEAGUES = ("Ana Pérez", "Ana Pérez Gil", "Íñigo Soler")


@pytest.fixture
def made(world: World) -> Desk:
    for number, name in enumerate(COLLEAGUES):
        email = f"colega{number}@ribera.example"
        accounts.create_user(email=email, password=None, name=name)
        accounts.add_member(organisation=world.organisation, email=email, role="agent")
    return desk(world, email="m.ribera@ribera.example")


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_a_colleague_is_named_by_keyboard_and_by_pointer(made: Desk, visit: Opener, width: int, scheme: str) -> None:
    seen = visit(width=width, scheme=scheme)
    page = seen.open(f"{BASE}/tickets/{made.noise}/")
    page.get_by_role("tab", name="Nota interna").click()
    note, people = page.get_by_label("Su nota"), page.get_by_role("listbox", name="Colegas")
    note.fill("¿Lo ves, a@b.example? ")
    expect(people).to_be_hidden()
    note.press_sequentially("@ANA pé")
    expect(people.get_by_role("option")).to_have_text(["Ana Pérez", "Ana Pérez Gil"])
    note.press("ArrowUp")
    chosen = people.get_by_role("option", selected=True)
    expect(chosen).to_have_text("Ana Pérez Gil")
    expect(note).to_have_attribute("aria-activedescendant", str(chosen.get_attribute("id")))
    assert faults_of_access(page) == []
    assert faults_of_form(page, width) == []
    note.press("Escape")
    expect(people).to_be_hidden()
    note.press_sequentially("r")
    expect(people).to_be_hidden()
    expect(note).to_be_focused()
    note.press_sequentially(" @ana")
    note.press("ArrowDown")
    note.press("Tab")
    note.press_sequentially("y @soler")
    people.get_by_role("option", name="Íñigo Soler").click()
    note.press_sequentially("y @nadie")
    expect(people).to_be_hidden()
    expect(note).to_have_value("¿Lo ves, a@b.example? @ANA pér @Ana Pérez Gil y @Íñigo Soler y @nadie")
    note.press("Control+Enter")
    expect(page.get_by_text(re.compile("y @Íñigo Soler y @nadie")).first).to_be_visible()
    *_before, last = facts_of(organisation=made.access.organisation, kind="ticket", id=made.noise)
    told, names = last.fact.details["mentioned"], active_members(made.access)
    assert sorted(name for member, name in names.items() if str(member) in told) == ["Ana Pérez Gil", "Íñigo Soler"]
    assert seen.elsewhere == seen.errors == []
