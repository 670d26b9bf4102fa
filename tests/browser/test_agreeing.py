"""A customer who does not agree, in the browser: by a press, with and without scripts, and what members see of it."""

import re

import pytest
from playwright.sync_api import expect

from acuse.evidence.queries import facts_of
from acuse.helpdesk.models import ConformityRequest, Ticket
from acuse.proof.facts.ticket import KIND
from tests.browser.axe import faults_of_access
from tests.browser.conftest import Opener
from tests.browser.desk import Desk, desk
from tests.browser.test_desk import asked
from tests.browser.test_every_page import BASE, faults_of_form
from tests.browser.world import World

COMMENTS = "Sigue haciendo ruido en frío."


@pytest.fixture
def made(world: World) -> Desk:
    return desk(world, email="m.ribera@ribera.example")


@pytest.mark.parametrize(("width", "scripts"), [(390, True), (320, False)])
def test_the_customer_disagrees_by_a_press_and_the_case_is_open_again(
    made: Desk, visit: Opener, width: int, scripts: bool
) -> None:
    link = asked(made)
    seen = visit(member=False, width=width, scripts=scripts)
    page = seen.open(link)
    assert ConformityRequest.objects.get(ticket=made.noise).answered_at is None
    page.get_by_label("Comentarios").fill(COMMENTS)
    page.get_by_role("button", name="No conforme", exact=True).click()
    expect(page.get_by_role("heading", name="Ha dicho que no está conforme")).to_be_visible()
    expect(page.get_by_text(re.compile(r"Se registró el .*El caso está abierto otra vez"))).to_be_visible()
    expect(page.get_by_role("button")).to_have_count(0)
    if scripts:
        assert faults_of_access(page) == []
    assert faults_of_form(page, width) == []
    assert Ticket.objects.get(id=made.noise).status == "reopened"
    found = facts_of(organisation=made.access.organisation, kind=KIND, id=made.noise)
    (denied,) = (one.fact for one in found if one.fact.type == "conformity.denied")
    assert (denied.details["words"], denied.details["comments"]) == ("No conforme", COMMENTS)
    page.get_by_role("link", name="Ver mi caso").click()
    expect(page.get_by_text("Abierto otra vez.")).to_be_visible()
    assert seen.context.cookies() == []
    assert seen.elsewhere == seen.errors == []


def test_members_read_what_the_customer_who_disagreed_wrote(made: Desk, visit: Opener) -> None:
    page = visit(member=False).open(asked(made))
    page.get_by_label("Comentarios").fill(COMMENTS)
    page.get_by_role("button", name="No conforme", exact=True).click()
    expect(page.get_by_role("heading", name="Ha dicho que no está conforme")).to_be_visible()
    page = visit().open(f"{BASE}/tickets/{made.noise}/")
    rail = page.get_by_role("complementary", name="Sobre este expediente")
    expect(rail.get_by_text("El cliente no estuvo conforme")).to_be_visible()
    expect(rail.get_by_text(f"«{COMMENTS}»")).to_be_visible()
    expect(page.locator(".case-over").get_by_text("Reabierto")).to_be_visible()
