"""What is being written in a case: kept meanwhile, and given back where it could not be."""

import re

import pytest
from django.conf import settings
from playwright.sync_api import expect

from acuse.helpdesk.models import Draft
from tests.browser.axe import faults_of_access
from tests.browser.conftest import Opener
from tests.browser.desk import Desk, desk
from tests.browser.test_every_page import BASE
from tests.browser.world import World


@pytest.fixture
def made(world: World) -> Desk:
    return desk(world, email="m.ribera@ribera.example")


def test_a_case_is_not_left_before_what_was_written_is_kept_or_it_is_said(made: Desk, visit: Opener) -> None:
    seen = visit()
    page = seen.open(f"{BASE}/tickets/{made.noise}/")
    long = "ñ" * 40_000
    page.get_by_label("Su respuesta").fill(long)
    page.locator("[data-row]", has_text="Factura F-2310").locator(".desk-subject").click()
    expect(page.get_by_role("heading", name="Factura F-2310")).to_be_focused()
    assert Draft.objects.get(ticket=made.noise, kind="reply").body == long
    page.route("**/present/", lambda route: route.abort())
    page.get_by_label("Su respuesta").fill("Lo revisamos.")
    row = page.locator("[data-row]", has_text="Ruido al frenar").locator(".desk-subject")
    row.click()
    expect(page.get_by_text("no se ha podido guardar")).to_be_visible()
    expect(page.get_by_label("Su respuesta")).to_have_value("Lo revisamos.")
    row.click()
    expect(page.get_by_role("heading", name="Ruido al frenar")).to_be_focused()
    assert seen.elsewhere == seen.errors == []


def test_what_could_not_be_kept_is_tried_again_when_the_case_is_left_all_the_same(made: Desk, visit: Opener) -> None:
    page = visit().open(f"{BASE}/tickets/{made.noise}/")
    page.route("**/present/", lambda route: route.abort())
    page.get_by_label("Su respuesta").fill("Lo revisamos.")
    row = page.locator("[data-row]", has_text="Factura F-2310").locator(".desk-subject")
    with page.expect_event("requestfailed", lambda one: "/present/" in one.url):
        row.click()
    expect(page.get_by_text("no se ha podido guardar")).to_be_visible()
    page.unroute("**/present/")
    row.click()
    expect(page.get_by_role("heading", name="Factura F-2310")).to_be_focused()
    assert Draft.objects.get(ticket=made.noise, kind="reply").body == "Lo revisamos."


def test_what_could_not_be_kept_while_one_wrote_is_not_left_unsaid(made: Desk, visit: Opener) -> None:
    seen = visit()
    page = seen.open(f"{BASE}/tickets/{made.noise}/")
    page.route("**/present/", lambda route: route.abort())
    with page.expect_event("requestfailed", lambda one: "Lo revisamos." in (one.post_data or "")):
        page.get_by_label("Su respuesta").fill("Lo revisamos.")
    row = page.locator("[data-row]", has_text="Factura F-2310").locator(".desk-subject")
    row.click()
    expect(page.get_by_text("no se ha podido guardar")).to_be_visible()
    page.unroute("**/present/")
    page.get_by_label("Su respuesta").press_sequentially(" Gracias.")
    expect(page.locator("#composer:not([data-unkept])")).to_be_attached()
    row.click()
    expect(page.get_by_role("heading", name="Factura F-2310")).to_be_focused()
    assert Draft.objects.get(ticket=made.noise, kind="reply").body == "Lo revisamos. Gracias."
    assert seen.elsewhere == seen.errors == []


def test_what_was_deleted_from_the_box_does_not_come_back(made: Desk, visit: Opener) -> None:
    page = visit().open(f"{BASE}/tickets/{made.noise}/")
    page.get_by_label("Su respuesta").fill("Lo revisamos.")
    expect(page.locator("#composer:not([data-unkept])")).to_be_attached()
    assert Draft.objects.get(ticket=made.noise, kind="reply").body == "Lo revisamos."
    with page.expect_response("**/present/"):
        page.get_by_label("Su respuesta").fill("")
    assert not Draft.objects.filter(ticket=made.noise, kind="reply").exists()


def test_what_was_written_is_given_back_where_the_session_is_over(made: Desk, visit: Opener) -> None:
    seen = visit()
    page = seen.open(f"{BASE}/tickets/{made.noise}/")
    seen.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    text = "Lo revisamos el lunes y le llamamos el martes."
    page.get_by_label("Su respuesta").fill(text)
    expect(page.get_by_text("no se ha podido guardar")).to_be_visible()
    page.get_by_role("button", name="Enviar", exact=False).first.click()
    expect(page.get_by_role("heading", name="Su sesión ha terminado")).to_be_visible()
    expect(page.get_by_label("Lo que había escrito")).to_have_value(text)
    assert faults_of_access(page) == []
    page.get_by_role("link", name="Volver a entrar").click()
    expect(page).to_have_url(re.compile(rf"/accounts/login/\?next=.*{made.noise}(/|%2F)$"))
    assert seen.elsewhere == seen.errors == []
