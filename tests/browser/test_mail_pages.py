"""Figures, the link of a notice and rules in their place: by pointer, by keyboard, narrow, dark and without scripts."""

import re
from datetime import date
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from acuse.accounts.models import User
from acuse.accounts.queries import access_organisation
from acuse.delivery import services
from acuse.delivery.models import Access, CertificationRule, Communication
from acuse.delivery.selection import Rule
from tests.browser import samples
from tests.browser.axe import faults_of_access
from tests.browser.conftest import Opener
from tests.browser.test_every_page import BASE, faults_of_form
from tests.browser.test_keyboard import NUMBER, walk
from tests.browser.world import World
from tests.integration.access.conftest import MESSAGE, notify


def waiting(world: World) -> UUID:
    """A communication whose content waits behind its link."""
    value = samples.credential_again(world.organisation)
    one = samples.send(value, MESSAGE % b"", recipient="ana@cliente.example")
    notify(one)
    return one


def rules() -> list[UUID]:
    """Two rules, in their order."""
    user = User.objects.get(email="m.ribera@ribera.example")
    access = access_organisation(user=user, slug="talleres-ribera")
    for subject in ("Factura*", "Boletín*"):
        services.add_rule(access=access, rule=Rule(id=uuid4(), subject=subject))
    return list(CertificationRule.objects.order_by("position").values_list("id", flat=True))


def sent_each_day(world: World) -> dict[date, int]:
    """How many communications there are of each day, as the reader counts days: midnight may have come meanwhile."""
    made = Communication.objects.filter(organisation_id=world.organisation).values_list("created_at", flat=True)
    days = [one.astimezone(ZoneInfo("Europe/Madrid")).date() for one in made]
    return {day: days.count(day) for day in days}


def faults(page: Page, width: int) -> list[str]:
    """What is not accessible or does not fit."""
    return faults_of_access(page) + faults_of_form(page, width)


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark"), (320, "light")])
def test_the_pages_are_accessible_and_fit_with_everything_open(
    world: World, visit: Opener, width: int, scheme: str
) -> None:
    one, rule = waiting(world), rules()[0]
    seen = visit(width=width, scheme=scheme)
    paths = (f"/communications/{one}/link/withdraw/", f"/communications/{one}/", f"/settings/rules/{rule}/edit/")
    for path in (*paths, "/figures/?days=7", "/communications/?result=failed&domain=correo.example&size=0"):
        page = seen.open(f"{BASE}{path}")
        page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true; })")
        assert faults(page, width) == [], path
    assert seen.errors == []
    assert seen.elsewhere == []


@pytest.mark.parametrize("scripts", [True, False])
def test_a_bar_and_a_number_open_the_list_that_they_count(world: World, visit: Opener, scripts: bool) -> None:
    page = visit(scripts=scripts).open(f"{BASE}/figures/")
    count = page.locator(".legend a", has_text="No entregada").locator("b").inner_text()
    page.locator(".legend a", has_text="No entregada").click()
    expect(page.locator("tr[data-row]")).to_have_count(int(count))
    expect(page.locator("select[name=result]")).to_have_value("failed")
    page.go_back()
    day, every = max(sent_each_day(world).items())
    page.locator(f'.plot svg a[href*="days={day}..{day}"] .place').click()
    expect(page.locator("tr[data-row]")).to_have_count(every)
    assert re.search(r"days=(\d{4}-\d\d-\d\d)\.\.\1", page.url)


def test_figures_are_read_as_tables_without_a_pointer(world: World, visit: Opener) -> None:
    page = visit().open(f"{BASE}/figures/")
    count = page.evaluate(NUMBER)
    reached, unseen = walk(page)
    assert len(reached) == count
    assert unseen == []
    summary = page.locator("summary", has_text="Como tabla").first
    summary.focus()
    page.keyboard.press("Enter")
    table = page.get_by_role("region", name="Por día y resultado").get_by_role("table")
    expect(table.get_by_role("columnheader").first).to_have_text("Día")
    day, every = max(sent_each_day(world).items())
    expect(table.locator(f'a[href*="days={day}..{day}"]').first).to_have_text(str(every))
    spoken = "[...document.querySelectorAll('main svg')].filter(one => !one.closest('[aria-hidden]')).length"
    assert page.evaluate(spoken) == 0, "drawings are for eyes alone"


def test_a_narrowed_list_is_widened_by_its_own_controls(world: World, visit: Opener) -> None:
    page = visit().open(f"{BASE}/communications/?result=accepted&domain=correo.example")
    narrow = page.locator("tr[data-row]").count()
    page.locator("select[name=domain]").select_option("")
    expect(page.locator("select[name=domain]")).to_have_count(0)
    expect(page.locator("select[name=result]")).to_have_value("accepted")
    page.wait_for_load_state()
    assert page.locator("tr[data-row]").count() > narrow


@pytest.mark.parametrize("scripts", [True, False])
def test_a_link_is_withdrawn_without_a_pointer(world: World, visit: Opener, scripts: bool) -> None:
    one = waiting(world)
    seen = visit(width=390, scripts=scripts)
    page = seen.open(f"{BASE}/communications/{one}/")
    page.get_by_role("link", name="Retirarlo").press("Enter")
    expect(page.locator("h1")).to_contain_text("ana@cliente.example")
    page.get_by_label("Motivo").focus()
    seen.press("Enter")
    expect(page.locator(".field-error")).to_be_visible()
    assert Access.objects.get(communication_id=one).ended == ""
    page.get_by_label("Motivo").fill("Era para otra persona")
    seen.press("Tab", "Enter")
    expect(page.get_by_text("El enlace está retirado.")).to_be_visible()
    expect(page.get_by_role("link", name="Retirarlo")).to_have_count(0)
    assert Access.objects.get(communication_id=one).ended == "revoked"


def test_a_rule_is_changed_in_its_place(world: World, visit: Opener) -> None:
    first, second = rules()
    page = visit(width=390).open(f"{BASE}/settings/rules/")
    page.get_by_role("link", name="Cambiar la regla 2").press("Enter")
    row = page.locator(f"#rule-{second}")
    expect(row.get_by_label("Asunto")).to_have_value("Boletín*")
    assert row.bounding_box() is not None
    row.get_by_label("Asunto").fill("Noticias*")
    row.get_by_label("Asunto").press("Enter")
    expect(page.get_by_text("Cambiada.")).to_be_visible()
    expect(page.locator(f"#rule-{second}")).to_contain_text("Noticias*")
    expect(page.locator(f"#rule-{first}")).to_contain_text("Factura*")
