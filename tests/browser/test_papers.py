"""A case's papers and the letters of claims and guarantees in the browser, every width, without scripts too."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from acuse import clock
from acuse.certificates.models import Certificate
from acuse.certificates.services import request_record
from acuse.helpdesk.models import Outgoing, Ticket
from tests.browser.axe import faults_of_access
from tests.browser.conftest import Opener
from tests.browser.desk import Desk, desk
from tests.browser.test_every_page import BASE, faults_of_form
from tests.browser.world import World


@pytest.fixture
def made(world: World) -> Desk:
    """A desk with a case whose record was made once, and is being made anew."""
    found = desk(world, email="m.ribera@ribera.example")
    for _ in range(2):
        request_record(organisation=world.organisation, ticket=found.noise, notes=False)
        waiting = Certificate.objects.filter(subject=found.noise, revision=1)
        waiting.update(state="issued", issued_at=clock.now(), level="B-LTA", facts_up_to=1)
    return found


@pytest.mark.parametrize(("width", "scripts", "scheme"), [(1440, True, "dark"), (390, False, "light")])
def test_a_letter_is_read_before_it_is_sent(made: Desk, visit: Opener, width: int, scripts: bool, scheme: str) -> None:
    Ticket.objects.filter(id=made.noise).update(product="Freno")
    seen = visit(width=width, scripts=scripts, scheme=scheme)
    page = seen.open(f"{BASE}/tickets/{made.noise}/")
    expect(page.locator("#papers").get_by_text("Se está haciendo…")).to_be_visible()
    page.get_by_text("Reclamaciones y garantías").click()
    page.get_by_role("link", name="Activar la garantía").click()
    until = (clock.now() + timedelta(days=400)).date().isoformat()
    page.get_by_label("Producto").fill("Pinza de freno")
    page.get_by_label("Garantía hasta").fill(until)
    page.get_by_role("button", name="Ver la carta").click()
    expect(page.get_by_label("Carta")).to_contain_text("Pinza de freno")
    faults = faults_of_form(page, width)
    if scripts:
        faults += faults_of_access(page)
    assert faults == []
    page.get_by_label("Asunto").fill("Su garantía queda activada")
    page.get_by_role("button", name="Enviar la carta").click()
    expect(page.get_by_text("La carta sale en unos segundos")).to_be_visible()
    waiting = Outgoing.objects.get(ticket=made.noise, state="waiting")
    assert (waiting.subject, waiting.act, waiting.certified) == ("Su garantía queda activada", "activation", True)
    assert seen.elsewhere == seen.errors == []


def test_what_was_unfolded_stays_so_while_a_paper_is_made(made: Desk, world: World, visit: Opener) -> None:
    papers = Certificate.objects.filter(subject=made.noise).order_by("revision")
    papers.filter(revision=2).update(state="issued", issued_at=clock.now(), level="B-LTA", facts_up_to=1)
    request_record(organisation=world.organisation, ticket=made.noise, notes=False)
    page = visit().open(f"{BASE}/tickets/{made.noise}/")
    page.get_by_text("Versiones anteriores").click()
    page.locator("#papers").evaluate("card => { card.dataset.first = '' }")
    expect(page.locator("#papers:not([data-first])")).to_be_visible()
    expect(page.get_by_role("link", name=papers[0].code)).to_be_visible()
