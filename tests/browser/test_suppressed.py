"""Suppressed addresses and sending once more in the browser: every width, by keyboard alone, without scripts too."""

import re
from uuid import UUID

import pytest
from playwright.sync_api import expect

from acuse.delivery.models import Communication, Suppression
from acuse.delivery.services import suppress
from tests.browser.axe import faults_of_access
from tests.browser.conftest import Opener
from tests.browser.test_every_page import BASE, faults_of_form
from tests.browser.test_keyboard import NUMBER, walk
from tests.browser.world import World

REASONS = ("mailbox_not_found", "domain_not_found", "complaint")


@pytest.fixture
def listed(world: World) -> UUID:
    """A list with every reason; the entry of the mailbox that does not exist."""
    ended = ("c0951@buzon.example", "cliente1077@noexiste.example", "cliente1042@correo.example")
    for recipient, reason in zip(ended, REASONS, strict=True):
        suppress(organisation=world.organisation, communication=world.communications[recipient], reason=reason)
    return Suppression.objects.get(reason="mailbox_not_found").id


def paths(world: World, entry: UUID) -> tuple[str, ...]:
    """Each page of this subject."""
    one = f"{BASE}/communications/{world.communications['c0951@buzon.example']}/"
    return (
        f"{BASE}/suppressed/",
        f"{BASE}/suppressed/?q=nada",
        f"{BASE}/suppressed/{entry}/lift/",
        one,
        f"{one}resend/",
    )


@pytest.mark.parametrize(("width", "scheme"), [(1440, "dark"), (1440, "light"), (390, "dark"), (320, "light")])
def test_its_pages_are_accessible_and_fit(world: World, visit: Opener, listed: UUID, width: int, scheme: str) -> None:
    faults = []
    seen = visit(width=width, scheme=scheme)
    for path in paths(world, listed):
        page = seen.open(path)
        faults += [f"{path}: {one}" for one in faults_of_access(page)]
        faults += [f"{path}: {one}" for one in faults_of_form(page, width)]
    assert faults == []
    assert seen.elsewhere == seen.errors == []


def test_every_action_is_reached_by_tab_and_seen(world: World, visit: Opener, listed: UUID) -> None:
    seen = visit()
    for path in paths(world, listed):
        page = seen.open(path)
        count = page.evaluate(NUMBER)
        reached, unseen = walk(page)
        assert (sorted(set(range(count)) - reached), unseen) == ([], []), path


@pytest.mark.parametrize(("width", "scripts"), [(390, True), (1440, False)])
def test_what_was_held_back_is_sent_once_more_though(
    world: World, visit: Opener, listed: UUID, width: int, scripts: bool
) -> None:
    one = world.communications["c0951@buzon.example"]
    page = visit(width=width, scripts=scripts).open(f"{BASE}/communications/{one}/")
    page.get_by_role("link", name="Enviarla otra vez").click()
    page.get_by_role("button", name="Enviarla otra vez").click()
    expect(page.get_by_text("Sin esto se retendría otra vez.")).to_be_visible()
    page.get_by_label("Enviarla aunque la dirección está suprimida").check()
    page.get_by_role("button", name="Enviarla otra vez").dblclick()
    page.wait_for_url(lambda address: "/resend/" not in address and str(one) not in address)
    new = Communication.objects.get(resent_of=one)
    assert str(new.id) in page.url
    expect(page.get_by_text("Este es un segundo envío de")).to_be_visible()
    page.get_by_role("link", name="la comunicación del").click()
    expect(page.get_by_text("Se envió otra vez como")).to_be_visible()


def test_an_address_is_found_and_taken_off_without_a_pointer(world: World, visit: Opener, listed: UUID) -> None:
    seen = visit()
    page = seen.open(f"{BASE}/failures/")
    page.get_by_role("link", name="Direcciones suprimidas").first.press("Enter")
    page.wait_for_url("**/suppressed/")
    seen.press("/")
    expect(page.locator("[data-search]")).to_be_focused()
    page.keyboard.type("c0951")
    page.keyboard.press("Enter")
    expect(page.locator("tr[data-row]")).to_have_count(1)
    page.get_by_role("link", name=re.compile("Quitarla ?: c0951@buzon.example")).press("Enter")
    page.get_by_label("Motivo").press_sequentially("Abrió otro buzón.")
    page.keyboard.press("Enter")
    expect(page.get_by_text("c0951@buzon.example ya no está en la lista.")).to_be_visible()
    assert not Suppression.objects.filter(id=listed).exists()
