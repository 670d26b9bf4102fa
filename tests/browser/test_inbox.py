"""The list of cases and what stands around a case: evidence marks, keys, lists that members keep, who may only read."""

import re

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from acuse.accounts import services as accounts
from acuse.accounts.models import Organisation, User
from acuse.config.database import conninfo
from acuse.evidence.queries import facts_of
from acuse.evidence.sequencer import Sequencer
from acuse.helpdesk.models import SavedView, Ticket
from acuse.helpdesk.services.changes import add_note
from acuse.proof.facts.ticket import KIND
from tests.browser.axe import faults_of_access
from tests.browser.conftest import Opener, Visit
from tests.browser.desk import Desk, desk
from tests.browser.test_every_page import BASE, faults_of_form
from tests.browser.world import World


@pytest.fixture
def made(world: World) -> Desk:
    return desk(world, email="m.ribera@ribera.example")


def integrate(world: World) -> None:
    """Give every fact that waits its place in the ledger."""
    sequencer = Sequencer(conninfo=conninfo(), key=world.key)
    assert sequencer.lead()
    while sequencer.tick():
        pass
    sequencer.resign()


def colleague(visit: Opener, role: str, *, width: int = 1440) -> Visit:
    """Another member's browser."""
    email = f"{role}@ribera.example"
    accounts.create_user(email=email, password=None, name=role.title())
    accounts.add_member(organisation=Organisation.objects.get(slug="talleres-ribera").id, email=email, role=role)
    client, seen = Client(), visit(member=False, width=width)
    client.force_login(User.objects.get(email=email))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    seen.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": seen.origin}])
    return seen


def test_the_palette_leads_to_a_case_by_its_key(made: Desk, visit: Opener) -> None:
    case = Ticket.objects.get(id=made.invoice)
    seen = visit()
    page = seen.open(f"{BASE}/communications/")
    page.keyboard.press("Control+k")
    page.keyboard.type(case.key)
    first = page.locator("#palette-found li").first
    expect(first).to_contain_text(case.key)
    expect(first).to_contain_text("Factura F-2310")
    expect(page.locator("#palette [data-wanted]")).to_be_hidden()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/tickets/{case.id}/")
    assert (seen.elsewhere, seen.errors) == ([], [])


def test_each_entry_of_a_case_says_how_far_it_is_proved_and_opens_its_fact(
    world: World, made: Desk, visit: Opener
) -> None:
    integrate(world)
    add_note(access=made.access, ticket=made.noise, text="Sin sitio aún en el libro.")
    facts = facts_of(organisation=world.organisation, kind=KIND, id=made.noise)
    seen = visit()
    page = seen.open(f"{BASE}/tickets/{made.noise}/")
    marks = page.locator(".talk > li .time-mark")
    expect(marks).to_have_count(len(facts))
    expect(marks.last).to_have_text("Registrado")
    expect(marks.last.locator("xpath=self::a")).to_have_count(0)
    addresses = [one.get_attribute("href") for one in marks.all()]
    assert addresses == [
        f"{BASE}/ledger/?entry={one.organisation_sequence}#entry" if one.organisation_sequence else None
        for one in facts
    ]
    for place in (0, len(facts) - 2):
        page = seen.open(f"{BASE}/tickets/{made.noise}/")
        expect(marks.nth(place)).to_have_text("Integrado en el registro. Abrirlo en el registro")
        marks.nth(place).focus()
        page.keyboard.press("Enter")
        chosen = page.get_by_role("complementary", name="El hecho elegido")
        expect(chosen).to_contain_text(f"hecho {facts[place].fact.subject_sequence}")
        expect(chosen.get_by_role("link").first).to_have_attribute("href", f"{BASE}/tickets/{made.noise}/")
        expect(chosen.get_by_role("heading", name="Camino hasta la raíz")).to_be_visible()
    assert seen.elsewhere == seen.errors == []


def test_the_list_is_walked_ticked_and_given_away_by_keys_alone(made: Desk, visit: Opener) -> None:
    seen = visit()
    page = seen.open(f"{BASE}/tickets/")
    rows = page.locator("[data-row]")
    chosen = page.locator("[data-row].selected")
    identities = [one.get_attribute("value") or "" for one in rows.get_by_role("checkbox").all()]
    Ticket.objects.update(assignee=made.access.member)
    seen.press("j")
    expect(chosen.get_by_role("checkbox")).to_have_value(identities[0])
    seen.press("j", "j", "k")
    expect(chosen.get_by_role("checkbox")).to_have_value(identities[1])
    expect(page.locator(":focus")).to_have_attribute("href", f"{BASE}/tickets/{identities[1]}/")
    seen.press("k", "k", "k")
    expect(chosen.get_by_role("checkbox")).to_have_value(identities[0])
    seen.press("x", "j", "x", "a")
    expect(page.get_by_label("Con los marcados")).to_be_focused()
    seen.press("n")
    expect(page.locator("[data-bulk] option:checked")).to_have_text("nadie")
    seen.press("Tab", "Enter")
    expect(page.get_by_text("Hecho en 2 expedientes")).to_be_visible()
    assert {str(one) for one in Ticket.objects.filter(assignee=None).values_list("id", flat=True)} == set(
        identities[:2]
    )
    assert seen.elsewhere == seen.errors == []


def test_a_case_is_answered_given_and_left_by_keys_alone(made: Desk, visit: Opener) -> None:
    seen = visit()
    page = seen.open(f"{BASE}/tickets/?whose=mine")
    seen.press("j", "Enter")
    page.wait_for_url(re.compile(r"/tickets/[0-9a-f-]{36}/\?whose=mine"))
    expect(page.locator("#case h1")).to_be_focused()
    seen.press("a")
    expect(page.locator("[data-assign]")).to_be_focused()
    page.keyboard.press("Escape")
    seen.press("r")
    expect(page.get_by_label("Su respuesta")).to_be_focused()
    page.keyboard.type("jka?/")
    expect(page.get_by_label("Su respuesta")).to_have_value("jka?/")
    page.keyboard.press("Escape")
    seen.press("?")
    help = page.get_by_role("dialog", name="Teclado")
    expect(help).to_be_visible()
    for key in ("J", "K", "R", "N", "A", "X", "/", "?"):
        expect(help.locator("kbd", has_text=re.compile(f"^{re.escape(key)}$")).first).to_be_visible()
    assert faults_of_access(page) == []
    page.keyboard.press("Escape")
    expect(help).to_be_hidden()
    search, status = page.get_by_label("Buscar en los expedientes"), page.get_by_label("Estado", exact=True)
    seen.press("/")
    expect(search).to_be_focused()
    page.keyboard.press("Escape")
    expect(status).to_be_hidden()
    seen.press("/")
    expect(search).to_be_focused()
    page.keyboard.type("factura")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("whose=mine&q=factura"))
    expect(page.locator("[data-row]")).to_have_count(1)
    expect(status).to_be_hidden()
    expect(page.locator(".desk-filters > summary")).to_contain_text("«factura»")
    assert seen.elsewhere == seen.errors == []


@pytest.mark.parametrize("width", [1440, 390])
def test_a_list_that_a_member_keeps_is_theirs_alone(made: Desk, visit: Opener, width: int) -> None:
    seen = visit(width=width)
    page = seen.open(f"{BASE}/tickets/?late=1")
    filters = page.locator(".desk-filters > summary")
    if not page.get_by_label("Nombre de la vista").is_visible():
        filters.click()
    page.get_by_label("Nombre de la vista").fill("Las tardías")
    page.get_by_role("button", name="Guardar", exact=True).click()
    kept = page.get_by_role("list", name="Listas guardadas").get_by_role("link")
    expect(kept).to_have_text(["Las tardías"])
    expect(kept).to_have_attribute("aria-current", "page")
    assert faults_of_access(page) == []
    assert faults_of_form(page, width) == []
    late = page.locator("[data-row]").count()
    seen.open(f"{BASE}/tickets/")
    kept.click()
    page.wait_for_url(re.compile(r"/tickets/\?late=1$"))
    expect(page.locator("[data-row]")).to_have_count(late)
    others = colleague(visit, "administrator", width=width)
    theirs = others.open(f"{BASE}/tickets/?late=1")
    expect(theirs.locator("[data-row]")).to_have_count(late)
    expect(theirs.get_by_text("Las tardías")).to_have_count(0)
    if not page.get_by_label("Nombre de la vista").is_visible():
        filters.click()
    page.get_by_label("Nombre de la vista").fill("Con plazo incumplido")
    page.get_by_role("button", name="Guardar", exact=True).click()
    expect(kept).to_have_text(["Las tardías", "Con plazo incumplido"])
    page.get_by_role("button", name="Olvidar la lista Las tardías").click()
    expect(kept).to_have_text(["Con plazo incumplido"])
    seen.open(f"{BASE}/tickets/?late=1")
    page.get_by_role("button", name="Olvidar la lista Con plazo incumplido").click()
    expect(kept).to_have_count(0)
    assert not SavedView.objects.exists()
    assert seen.elsewhere == seen.errors == []


def test_who_may_only_read_is_shown_what_is_new_and_comes_back_to_their_list(made: Desk, visit: Opener) -> None:
    seen = colleague(visit, "auditor")
    page = seen.open(f"{BASE}/tickets/?order=last")
    page.locator("[data-row]", has_text="Ruido al frenar").locator(".desk-subject").click()
    expect(page.locator("#case h1")).to_be_focused()
    add_note(access=made.access, ticket=made.noise, text="El taller llama mañana.")
    page.evaluate("htmx.trigger('#present', 'load')")
    page.get_by_role("link", name="Mostrarlo").click()
    expect(page.locator(".talk")).to_contain_text("El taller llama mañana.")
    assert page.url.endswith(f"/tickets/{made.noise}/?order=last")
    assert seen.elsewhere == seen.errors == []


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_the_list_says_when_it_hears_no_news_any_more(made: Desk, visit: Opener, width: int, scheme: str) -> None:
    seen = visit(width=width, scheme=scheme)
    page = seen.page
    page.clock.install()
    seen.open(f"{BASE}/tickets/")
    lost = page.get_by_text("Sin conexión: lo que ve puede no ser lo último.")
    page.route("**/tickets/news/**", lambda route, _request: route.abort())
    expect(lost).to_be_hidden()
    with page.expect_event("requestfailed"):
        page.clock.fast_forward(11_000)
    expect(lost).to_be_visible()
    assert faults_of_access(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.unroute("**/tickets/news/**")
    with page.expect_response("**/tickets/news/**"):
        page.clock.fast_forward(11_000)
    expect(lost).to_be_hidden()


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_what_is_to_be_done_with_ticked_cases_is_asked_for_and_they_stay_ticked(
    made: Desk, visit: Opener, width: int, scheme: str
) -> None:
    seen = visit(width=width, scheme=scheme)
    page = seen.open(f"{BASE}/tickets/")
    page.locator("[data-row] input[type=checkbox]").first.check()
    page.get_by_role("button", name="Hacerlo").click()
    expect(page.locator("#toasts")).to_contain_text("Elija qué hacer con ellos.")
    expect(page.locator("[data-bulk]")).to_be_focused()
    expect(page.locator("[data-row] :checked")).to_have_count(1)
    assert faults_of_access(page) == []
    assert seen.elsewhere == seen.errors == []
