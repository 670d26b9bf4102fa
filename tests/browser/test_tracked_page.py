"""The page against tracking in a browser: on a telephone and on a desk, without scripts; and the links of the copy."""

import os
from pathlib import Path

import pytest
from django.core.cache import cache
from playwright.sync_api import Error, Page, expect

from tests.browser import samples
from tests.browser.axe import faults_of_access
from tests.browser.conftest import Opener, Visit
from tests.browser.test_every_page import faults_of_form
from tests.browser.world import World
from tests.integration.tracking.conftest import HOUR, LINKS, Copy, later, tracked
from tests.unit.delivery.test_hits import CHROME

PHONE, NARROW, DESK = 390, 320, 1280


@pytest.fixture
def copy(world: World, monkeypatch: pytest.MonkeyPatch) -> Copy:
    """A copy that was taken an hour ago."""
    cache.clear()
    made = tracked(samples.credential_again(world.organisation), subject="Presupuesto 2026-1042")
    later(monkeypatch, HOUR)
    return made


def picture(page: Page, name: str) -> None:
    if os.environ.get("PICTURES"):
        page.screenshot(path=Path(os.environ["PICTURES"]) / f"{name}.png", full_page=True)


def serious(page: Page) -> list[str]:
    """What bars people from a page."""
    return faults_of_access(page)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_one_press_and_it_is_over(copy: Copy, visit: Opener, scripts: bool) -> None:
    shown = visit(member=False, width=PHONE, scripts=scripts)
    page = shown.open(copy.root)
    expect(page.get_by_role("heading", level=1)).to_have_text("Qué cuenta este mensaje a Talleres Ribera")
    assert copy.facts() == []
    assert not shown.context.cookies()
    page.get_by_role("button", name="Que no se registre más").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ya no se registra")
    expect(page.get_by_role("status")).to_contain_text("Se pidió el")
    assert [fact.type for fact in copy.facts()] == ["tracking.withdrawn"]
    assert not shown.elsewhere
    assert not shown.errors


def test_by_keyboard_alone_in_english(copy: Copy, visit: Opener) -> None:
    page = visit(member=False, width=DESK).open(f"{copy.root}?l=en")
    for _ in range(2):
        page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Record it no more")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("It is recorded no more")


def follow(shown: Visit, path: str) -> str:
    """Follow a link of ours out of the server, to where nobody answers; return where it led."""
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        shown.open(path)
    return shown.elsewhere[-1]


def test_a_browser_that_shows_nothing_to_anybody_is_known(copy: Copy, visit: Opener) -> None:
    assert follow(visit(member=False), f"{copy.root}3") == LINKS[2]
    (fact,) = copy.facts()
    assert (fact.details["by"], fact.details["reasons"]) == ("scanner", ["headless"])


def test_the_image_and_a_link_in_somebodys_browser(copy: Copy, visit: Opener) -> None:
    shown = visit(member=False)
    shown.context.set_extra_http_headers({"User-Agent": CHROME, "Accept-Language": "es"})
    shown.page.set_content(f'<img src="{shown.origin}{copy.root}i.gif">')
    assert shown.page.evaluate("document.images[0].naturalWidth") == 1, "the page of another may show it"
    assert follow(shown, f"{copy.root}3") == LINKS[2]
    assert copy.judgements() == ["person", "person"]


@pytest.mark.parametrize("width", [NARROW, PHONE, DESK])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["es", "en"])
def test_every_page_is_accessible_and_fits(
    copy: Copy, world: World, visit: Opener, width: int, scheme: str, language: str
) -> None:
    shown = visit(member=False, width=width, scheme=scheme)
    page = shown.open(f"{copy.root}?l={language}")
    faults: list[str] = []

    def look(name: str) -> None:
        faults.extend(f"{name}: {one}" for one in faults_of_access(page))
        faults.extend(f"{name}: {one}" for one in faults_of_form(page, width))
        picture(page, f"tracked-{name}-{width}-{scheme}-{language}")

    look("before")
    page.locator("form .btn-primary").click()
    expect(page.get_by_role("status")).to_be_visible()
    look("withdrawn")
    shown.open(f"/t/{'a' * 42}/?l={language}")
    look("unknown")
    assert faults == []
    assert not shown.elsewhere


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_requests_on_the_page_of_a_communication_and_the_list_of_withdrawals(
    copy: Copy, world: World, visit: Opener, width: int
) -> None:
    samples.track(world.organisation, copy.communication)
    copy.withdraw()
    shown = visit(width=width)
    page = shown.open(f"/console/talleres-ribera/communications/{copy.communication}/")
    expect(page.get_by_text("Petición de un enlace, por una persona o una máquina")).to_be_visible()
    faults = [*serious(page), *faults_of_form(page, width)]
    picture(page, f"tracked-console-{width}")
    shown.open("/console/talleres-ribera/settings/withdrawals/")
    expect(page.get_by_text("ana@cliente.example")).to_be_visible()
    faults += [*serious(page), *faults_of_form(page, width)]
    picture(page, f"tracked-withdrawals-{width}")
    assert faults == []
