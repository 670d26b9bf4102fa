"""The form and the mailbox of the public pages in the browser, on a telephone, with scripts and without."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from acuse.delivery.models import Notice
from acuse.evidence import custody
from acuse.helpdesk import form_guard
from acuse.helpdesk.articles import Text
from acuse.helpdesk.models import Mailbox, Ticket
from acuse.helpdesk.queries.writing import follow_path
from acuse.helpdesk.services.codes import send_codes
from acuse.helpdesk.services.faq import publish_article, write_draft
from acuse.helpdesk.services.faq_order import add_section
from acuse.helpdesk.services.portal import change_portal
from tests.browser.axe import faults_of_access
from tests.browser.conftest import Opener
from tests.browser.desk import Desk, desk
from tests.browser.test_every_page import faults_of_form
from tests.browser.world import World
from tests.integration.portal.writing import answer_names

ROOT = "/o/talleres-ribera/"
ANA = "cliente0877@correo.example"
QUESTION = "¿Por qué hace ruido al frenar?"


@pytest.fixture
def made(world: World, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk with public pages, a frequent question and name servers that answer at once."""
    answer_names(monkeypatch)
    monkeypatch.setattr(form_guard, "LEAST_AGE", timedelta())
    made = desk(world, email="m.ribera@ribera.example")
    section = add_section(access=made.access, title_es="Frenos", title_en="Brakes")
    article = write_draft(
        access=made.access, section=section, texts={"es": Text(title=QUESTION, body="En frío es normal.")}
    )
    publish_article(access=made.access, article=article)
    publish_form(made, "Acepto que traten mis datos para responderme.")
    return made


def publish_form(made: Desk, consent: str) -> None:
    """Show the public pages with a form that asks to agree to these words."""
    change_portal(
        access=made.access,
        portal_enabled=True,
        form_enabled=True,
        form_mailbox=Mailbox.objects.get().id,
        consent={"es": consent},
        data_policy="",
    )


def faults(page: Page, width: int) -> list[str]:
    """What is wrong with a page for those who see or reach little of it."""
    return faults_of_access(page) + faults_of_form(page, width)


@pytest.mark.parametrize(("width", "scheme", "scripts"), [(390, "light", True), (320, "dark", False)])
def test_a_customer_writes_and_adds_to_their_case(
    made: Desk, visit: Opener, tmp_path: Path, width: int, scheme: str, scripts: bool
) -> None:
    seen = visit(member=False, width=width, scheme=scheme, scripts=scripts)
    page = seen.open(f"{ROOT}write/")
    page.get_by_label("Su nombre").fill("Ana Prieto")
    page.get_by_label("Su dirección de correo").fill("ana@nadie.example")
    page.get_by_label("¿Qué es?").select_option("claim")
    page.get_by_label("En pocas palabras").fill("Ruido al frenar")
    page.get_by_label("Qué ha pasado").fill("Desde la revisión.\n\nHace ruido.")
    if scripts:
        expect(page.get_by_role("link", name=QUESTION)).to_be_visible()
        assert faults(page, width) == []
    page.get_by_role("button", name="Continuar").click()
    expect(page.get_by_label("Su dirección de correo")).to_be_focused()
    if scripts:
        assert faults(page, width) == []
    page.get_by_label("Su dirección de correo").fill("ana@cliente.example")
    page.get_by_role("button", name="Continuar").click()
    expect(page.get_by_role("heading", name="Mírelo una vez más y envíelo")).to_be_visible()
    expect(page.get_by_role("link", name=QUESTION)).to_be_visible()
    if scripts:
        assert faults(page, width) == []
    photograph = tmp_path / "freno.jpg"
    photograph.write_bytes(b"\xff\xd8")
    page.get_by_label("Ficheros").set_input_files(photograph)
    page.get_by_label("Acepto que traten mis datos").check()
    page.get_by_role("button", name="Enviar", exact=True).click()
    expect(page.get_by_role("heading", name="Se ha enviado")).to_be_visible()
    opened = Ticket.objects.get(address="ana@cliente.example")
    expect(page.get_by_text(opened.key)).to_be_visible()
    if scripts:
        assert faults(page, width) == []
    page = seen.open(follow_path(opened.id))
    page.get_by_label("Lo que quiere decir").fill("Ha empeorado.")
    if scripts:
        assert faults(page, width) == []
    page.get_by_role("button", name="Enviar").click()
    expect(page.get_by_text("Ha empeorado.")).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("link", name="freno.jpg").click()
    assert saved.value.suggested_filename == "freno.jpg"
    assert saved.value.path().read_bytes() == photograph.read_bytes()
    assert seen.errors == seen.elsewhere == []


def test_files_that_were_chosen_arrive_whatever_comes_between(
    made: Desk, visit: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = visit(member=False, width=390)
    seen.page.clock.install()
    page = seen.open(f"{ROOT}write/")
    for label, text in (
        ("Su nombre", "Ana Prieto"),
        ("Su dirección de correo", "ana@cliente.example"),
        ("En pocas palabras", "Ruido al frenar"),
        ("Qué ha pasado", "Hace ruido."),
    ):
        page.get_by_label(label).fill(text)
    monkeypatch.setattr(form_guard, "LEAST_AGE", timedelta(hours=1))
    page.get_by_role("button", name="Continuar").click()
    files, send = page.get_by_label("Ficheros"), page.get_by_role("button", name="Enviar", exact=True)
    # What does not fit is said before anything is sent.
    files.set_input_files({"name": "vídeo.mp4", "mimeType": "video/mp4", "buffer": b"\0" * 25_000_001})
    expect(page.get_by_role("alert").filter(has_text="Elija menos")).to_be_visible()
    assert files.evaluate("field => field.checkValidity()") is False
    photograph = tmp_path / "freno.jpg"
    photograph.write_bytes(b"\xff\xd8")
    files.set_input_files(photograph)
    expect(page.get_by_text("Elija menos")).to_have_count(0)
    # A wrong field of the first page, and back.
    page.get_by_role("button", name="Cambiar algo").click()
    page.get_by_label("Su dirección de correo").fill("ana@nadie.example")
    page.get_by_role("button", name="Continuar").click()
    expect(page.locator("#id_address_error")).to_be_visible()
    expect(page.get_by_label("Su dirección de correo")).to_be_focused()
    assert faults(page, 390) == []
    page.get_by_label("Su dirección de correo").fill("ana@cliente.example")
    page.get_by_role("button", name="Continuar").click()
    page.get_by_label("Acepto que traten mis datos").check()
    # Sent too soon, it waits by itself; sent to nobody, it is stopped.
    send.click()
    expect(page.get_by_text("Un momento: se envía solo.")).to_be_visible()
    assert faults(page, 390) == []
    monkeypatch.setattr(form_guard, "LEAST_AGE", timedelta())
    page.route("**/write/", lambda _held: None)
    page.clock.fast_forward(3_600_000)
    expect(page.get_by_text("Se está enviando")).to_be_visible()
    page.get_by_role("button", name="Detener el envío").click()
    expect(page.get_by_role("alert").filter(has_text="Se ha detenido el envío")).to_be_focused()
    page.unroute("**/write/")
    # A problem of the second page.
    publish_form(made, "Acepto otras palabras.")
    send.click()
    expect(page.get_by_role("alert").filter(has_text="ha cambiado")).to_be_focused()
    page.get_by_label("Acepto otras palabras").check()
    send.click()
    expect(page.get_by_role("heading", name="Se ha enviado")).to_be_visible()
    opened = Ticket.objects.get(address="ana@cliente.example")
    assert seen.open(follow_path(opened.id)).get_by_text("freno.jpg").is_visible()
    assert seen.errors == seen.elsewhere == []


@pytest.mark.parametrize(("width", "scheme", "scripts"), [(390, "dark", True), (320, "light", False)])
def test_a_customer_sees_what_was_certified_to_them(
    made: Desk, visit: Opener, width: int, scheme: str, scripts: bool
) -> None:
    seen = visit(member=False, width=width, scheme=scheme, scripts=scripts)
    page = seen.open(f"{ROOT}mailbox/")
    page.get_by_label("Su dirección de correo").fill(ANA)
    page.get_by_role("button", name="Enviarme un código").click()
    expect(page.get_by_role("heading", name="Escriba el código")).to_be_visible()
    send_codes()
    notice = Notice.objects.filter(kind=Notice.Kind.CODE).latest("created_at")
    raw = custody.open_object(organisation=notice.organisation_id, sha256=notice.message_sha256)
    code = re.search(rb"(?m)^Subject: (\d{6}) ", raw)
    assert code is not None
    if scripts:
        assert faults(page, width) == []
    page.get_by_label("El código que le hemos enviado").fill("000 000")
    page.get_by_role("button", name="Ver mis mensajes").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("El código que le hemos enviado").fill(code[1].decode())
    page.get_by_role("button", name="Ver mis mensajes").click()
    expect(page.get_by_role("heading", name="Certificado a usted")).to_be_visible()
    expect(page.get_by_text("Re: Ruido al frenar").first).to_be_visible()
    if scripts:
        assert faults(page, width) == []
    page.get_by_role("button", name="Salir").click()
    expect(page.get_by_role("button", name="Enviarme un código")).to_be_visible()
    assert [one for one in seen.context.cookies() if one["name"] == "acuse_mailbox"] == []
    assert seen.errors == seen.elsewhere == []
