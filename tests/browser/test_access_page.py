"""The recipient's page in a browser: with and without scripts, on a telephone and on a desk, by keyboard alone."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect

from acuse.delivery.models import Access
from tests.browser.axe import faults_of_access
from tests.browser.conftest import Opener
from tests.browser.samples import credential_again
from tests.browser.test_every_page import faults_of_form
from tests.browser.world import World
from tests.integration.access.conftest import Visit, waiting

PHONE, NARROW, DESK = 390, 320, 1280
EVERYWHERE = pytest.mark.parametrize(
    ("width", "scripts"), [(PHONE, True), (PHONE, False), (DESK, True)], ids=["phone", "phone-no-scripts", "desk"]
)
CODED = b"Acuse-Access: otp\r\n"


@pytest.fixture
def made(world: World) -> Visit:
    """Content that opens with the link."""
    cache.clear()
    return waiting(credential_again(world.organisation))


@pytest.fixture
def guarded(world: World) -> Visit:
    """Content that a code opens."""
    cache.clear()
    return waiting(credential_again(world.organisation), CODED)


def picture(page: Page, name: str) -> None:
    if os.environ.get("PICTURES"):
        page.screenshot(path=Path(os.environ["PICTURES"]) / f"{name}.png", full_page=True)


@EVERYWHERE
def test_open_read_fetch_and_accept(made: Visit, visit: Opener, width: int, scripts: bool) -> None:
    shown = visit(member=False, width=width, scripts=scripts)
    page = shown.open(made.root)
    expect(page.get_by_role("heading", level=1)).to_have_text("Tiene una comunicación certificada de Talleres Ribera")
    assert made.types()[-1] == "attempt.relayed"
    assert not shown.context.cookies()
    page.get_by_role("button", name="Abrir la comunicación").click()
    expect(page.get_by_role("status")).to_contain_text("Abierta el")
    expect(page.frame_locator("iframe").locator("body")).to_contain_text("aceptamos su reclamación")
    with page.expect_download() as download:
        page.get_by_role("button", name="Descargar informe.pdf").click()
    assert download.value.suggested_filename == "informe.pdf"
    page.get_by_label("Comentarios").fill("De acuerdo")
    page.get_by_role("button", name="Estoy conforme").click()
    expect(page.get_by_role("status")).to_contain_text("Pulsó «Estoy conforme»")
    assert made.types()[-3:] == ["content.accessed", "attachment.fetched", "acceptance.given"]
    assert made.row().grade == 6
    assert not shown.elsewhere
    assert not shown.errors


@EVERYWHERE
def test_reject_with_comments(made: Visit, visit: Opener, width: int, scripts: bool) -> None:
    page = visit(member=False, width=width, scripts=scripts).open(made.root)
    page.get_by_role("link", name="No quiero recibirla").click()
    page.get_by_label("Comentarios").fill("No es para mí")
    page.get_by_role("button", name="Rechazar la comunicación").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Esta comunicación se rechazó")
    assert made.last("content.rejected").details["comments"] == "No es para mí"


@EVERYWHERE
def test_a_code_wrong_then_right(guarded: Visit, visit: Opener, width: int, scripts: bool) -> None:
    page = visit(member=False, width=width, scripts=scripts).open(guarded.root)
    page.get_by_role("button", name="Recibir el código y abrir").click()
    field = page.get_by_label("Código de seis cifras")
    expect(field).to_be_visible()
    code = guarded.code()
    field.fill(f"{(int(code) + 1) % 1_000_000:06}")
    page.get_by_role("button", name="Abrir la comunicación").click()
    expect(page.get_by_role("alert")).to_contain_text("Le quedan 4 intentos")
    page.get_by_label("Código de seis cifras").fill(code)
    page.get_by_role("button", name="Abrir la comunicación").click()
    expect(page.get_by_role("status")).to_contain_text("Abierta con código")
    assert guarded.row().grade == 4


def test_refusing_what_takes_a_code_takes_one_too(guarded: Visit, visit: Opener) -> None:
    page = visit(member=False, width=PHONE, scripts=False).open(guarded.root)
    page.get_by_role("link", name="No quiero recibirla").click()
    picture(page, "reject-coded")
    page.get_by_role("button", name="Recibir el código").click()
    page.get_by_label("Comentarios").fill("No es para mí")
    page.get_by_label("Código de seis cifras").fill("1234")
    page.get_by_role("button", name="Rechazar la comunicación").click()
    expect(page.get_by_role("alert")).to_contain_text("son seis cifras")
    picture(page, "reject-code")
    page.get_by_label("Código de seis cifras").fill(guarded.code())
    page.get_by_role("button", name="Rechazar la comunicación").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Esta comunicación se rechazó")
    assert guarded.last("content.rejected").details["comments"] == "No es para mí"


def test_codes_lock_and_serve_late_no_more(guarded: Visit, visit: Opener) -> None:
    page = visit(member=False, width=PHONE).open(guarded.root)
    page.get_by_role("button", name="Recibir el código y abrir").click()
    expect(page.get_by_label("Código de seis cifras")).to_be_visible()
    code = guarded.code()
    held = Access.objects.get(communication_id=guarded.communication)
    assert held.code_until is not None
    Access.objects.filter(communication_id=guarded.communication).update(
        code_until=held.code_until - timedelta(minutes=11)
    )
    page.get_by_label("Código de seis cifras").fill(code)
    page.get_by_role("button", name="Abrir la comunicación").click()
    expect(page.get_by_role("alert")).to_contain_text("ya no sirve")
    page.get_by_role("button", name="Enviar otro código").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    code = guarded.code()
    for said in ("Le quedan 4", "Le quedan 3", "Le quedan 2", "Le queda un", "Demasiados"):
        page.get_by_label("Código de seis cifras").fill(f"{(int(code) + 1) % 1_000_000:06}")
        page.get_by_role("button", name="Abrir la comunicación").click()
        expect(page.get_by_role("alert")).to_contain_text(said)
    expect(page.get_by_role("alert")).to_contain_text("Demasiados códigos equivocados")
    picture(page, "locked")


def test_by_keyboard_alone_in_english(made: Visit, visit: Opener) -> None:
    page = visit(member=False, width=DESK).open(f"{made.root}?l=en")
    for _ in range(2):
        page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Open the communication")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Opened")


@pytest.mark.parametrize("width", [NARROW, PHONE, DESK])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_accessible_and_fits(
    made: Visit, guarded: Visit, world: World, visit: Opener, width: int, scheme: str
) -> None:
    over = waiting(credential_again(world.organisation), b"Acuse-Reference: EXP-2026/417\r\n")
    Access.objects.filter(communication_id=over.communication).update(ended="expired")
    shown = visit(member=False, width=width, scheme=scheme)
    page = shown.open(made.root)
    faults = []
    language = "en" if width == DESK else "es"

    def look(name: str) -> None:
        faults.extend(f"{name}: {one}" for one in faults_of_access(page))
        faults.extend(f"{name}: {one}" for one in faults_of_form(page, width))
        picture(page, f"{name}-{width}-{scheme}")

    for name, path in {
        "before": made.root,
        "before-coded": guarded.root,
        "code": f"{guarded.root}code",
        "reject": f"{made.root}reject",
        "expired": over.root,
        "unknown": f"/a/{'a' * 42}/",
    }.items():
        shown.open(f"{path}?l={language}")
        look(name)
    shown.open(f"{made.root}?l={language}")
    page.locator("form .btn-primary").click()
    expect(page.get_by_role("status")).to_be_visible()
    look("content")
    for name, path in {"again": made.root, "reject-again": f"{made.root}reject"}.items():
        shown.open(f"{path}?l={language}")
        look(name)
    Access.objects.filter(communication_id=made.communication).update(ended="expired")
    shown.open(f"{made.root}?l={language}")
    look("expired-opened")
    assert faults == []
    assert not shown.elsewhere
    assert not shown.errors
