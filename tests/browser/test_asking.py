"""The letter that asks for agreement, in the browser: read and changed before it leaves, without scripts too."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from playwright.sync_api import FilePayload, Page, Route, expect

from acuse.helpdesk.models import Draft, Outgoing
from tests.browser.axe import faults_of_access
from tests.browser.conftest import Opener
from tests.browser.desk import desk
from tests.browser.test_every_page import BASE, faults_of_form
from tests.browser.world import World

FILE: FilePayload = {"name": "factura.txt", "mimeType": "text/plain", "buffer": b"Sin cargo."}


@pytest.mark.parametrize(
    ("width", "scheme", "scripts"), [(1440, "light", True), (390, "dark", True), (390, "light", False)]
)
def test_the_letter_that_asks_is_read_and_changed_before_it_leaves(
    world: World, visit: Opener, width: int, scheme: str, scripts: bool
) -> None:
    case = desk(world, email="m.ribera@ribera.example").noise
    seen = visit(width=width, scheme=scheme, scripts=scripts)
    page = seen.open(f"{BASE}/tickets/{case}/")
    box = page.get_by_label("Su respuesta")
    page.get_by_role("checkbox", name="Certificada").uncheck()
    expect(page.locator("[data-send]")).to_have_text(re.compile("^Enviar(?! certificada)"), use_inner_text=True)
    box.fill("Lo limpiamos **gratis** el lunes.")
    page.get_by_label("Adjuntar ficheros").set_input_files([FILE])
    page.get_by_role("button", name="Pedir conformidad").click()
    expect(box).to_have_value(re.compile(r"\*\*gratis\*\* el lunes[\s\S]*Decir si estoy conforme[\s\S]*Atentamente"))
    expect(page.get_by_text("Esta carta pregunta al cliente si está conforme.")).to_be_visible()
    read = page.get_by_role("region", name="Como la leerá el cliente")
    expect(read.get_by_text("gratis", exact=True)).to_be_visible()
    letter = box.input_value().replace("Creemos", "Estamos **seguros** de")
    box.fill(letter)
    # It goes certified, whatever the switch said that stood there.
    expect(page.get_by_role("checkbox", name="Certificada")).to_be_hidden()
    expect(page.locator("[data-send]")).to_have_text(re.compile("^Enviar certificada"), use_inner_text=True)
    if scripts:
        expect(read.get_by_text("seguros", exact=True)).to_be_visible()
        assert faults_of_access(page) == []
        assert faults_of_form(page, width) == []
    assert not Outgoing.objects.filter(ticket=case, act="conformity").exists(), "it is only shown"
    page.locator("[data-send]").click()
    expect(page.get_by_text("Sale en unos segundos")).to_be_visible()
    sent = Outgoing.objects.get(ticket=case, act="conformity")
    assert sent.certified
    assert re.sub("/c/.*?/", "", sent.body) == re.sub("/c/.*?/", "", letter)
    # Without scripts the page is loaded anew, and files are chosen then.
    assert [one["name"] for one in sent.attachments] == (["factura.txt"] if scripts else [])
    assert seen.elsewhere == seen.errors == []


def test_what_is_kept_while_a_letter_is_fetched_leaves_the_box_alone(world: World, visit: Opener) -> None:
    case = desk(world, email="m.ribera@ribera.example").noise
    seen = visit()
    page = seen.page
    page.clock.install()
    seen.open(f"{BASE}/tickets/{case}/")
    page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
    asked: list[Route] = []
    page.route("**/template/", lambda one, _request: asked.append(one))
    page.get_by_label("Su respuesta").fill("Lo limpiamos gratis el lunes.")
    with page.expect_request("**/template/"):
        page.get_by_role("button", name="Pedir conformidad").click()
    # What was typed is kept while the button, which names an address of its own, has the focus.
    assert _kept(page, case) == "Lo limpiamos gratis el lunes."
    asked.pop().continue_()
    box = page.locator("textarea[name=body][data-reply]")
    expect(box).to_have_value(re.compile(r"gratis el lunes[\s\S]*Decir si estoy conforme"))
    assert _kept(page, case) == box.input_value(), "the letter too, though nobody typed it"
    assert seen.elsewhere == seen.errors == []


def _kept(page: Page, case: UUID) -> str:
    """What the page keeps of an answer once its time to do so has come."""
    with page.expect_request(lambda one: 'name="kind"' in (one.post_data or "")) as kept:
        page.clock.run_for(1000)
    assert kept.value.url.endswith("/present/")
    kept.value.response()
    return Draft.objects.get(ticket=case, kind="reply").body
