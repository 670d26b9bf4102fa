"""The page of a receipt in a browser: without scripts too, on a telephone and on a desk; and the choices behind it."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect

from acuse import clock
from acuse.accounts.models import Organisation, User
from acuse.certificates.models import Certificate
from acuse.evidence import custody
from tests.browser.axe import faults_of_access
from tests.browser.conftest import Opener
from tests.browser.samples import credential_again
from tests.browser.world import World
from tests.integration.access.conftest import notify
from tests.integration.delivery.test_copies import BOTH, PAGE
from tests.integration.making import accept, facts

PHONE, NARROW, DESK = 390, 320, 1280
HANDLING = "/console/talleres-ribera/settings/handling/"


@dataclass(frozen=True)
class Made:
    """A message whose copy names its receipt at `path`."""

    communication: UUID
    path: str


@pytest.fixture
def made(world: World) -> Made:
    """A message that was taken, and not certified yet."""
    cache.clear()
    one = accept(credential_again(world.organisation), BOTH + PAGE)
    found = re.search(rb'(/r/[a-z2-7]{42}/)"', notify(one))
    assert found is not None
    assert facts(world.organisation, one)[-1].type == "attempt.relayed"
    return Made(one, found[1].decode())


def picture(page: Page, name: str) -> None:
    if os.environ.get("PICTURES"):
        page.screenshot(path=Path(os.environ["PICTURES"]) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("locale", ["es", "en"])
@pytest.mark.parametrize("width", [NARROW, PHONE, DESK])
def test_the_receipt_fits_and_has_no_fault(made: Made, visit: Opener, width: int, locale: str) -> None:
    shown = visit(member=False, width=width, scripts=True)
    page = shown.open(f"{made.path}?l={locale}")
    title = {"es": "Acuse de un mensaje de Talleres Ribera", "en": "Receipt of a message from Talleres Ribera"}[locale]
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert faults_of_access(page) == []
    assert not shown.elsewhere
    assert not shown.errors
    assert not shown.context.cookies()
    picture(page, f"receipt-{width}-{locale}")


def test_the_receipt_needs_no_script(made: Made, visit: Opener) -> None:
    page = visit(member=False, width=PHONE, scripts=False, scheme="dark").open(made.path)
    page.get_by_text("¿Por qué lo recibo?").click()
    expect(page.get_by_text("indicó su dirección e hizo certificar este envío")).to_be_visible()
    picture(page, "receipt-dark")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Receipt of a message from Talleres Ribera")


def test_the_certificate_is_downloaded_once_it_is_there(made: Made, world: World, visit: Opener) -> None:
    kept = custody.keep(organisation=world.organisation, content=b"%PDF-1.7", media_type="application/pdf")
    row = Certificate.objects.filter(subject=made.communication, kind="certificate")
    row.update(state="issued", issued_at=clock.now(), sha256=kept.sha256, size=kept.size)
    page = visit(member=False, width=PHONE, scripts=False).open(made.path)
    picture(page, "receipt-ready")
    with page.expect_download() as download:
        page.get_by_role("link", name="Descargar la prueba").click()
    assert download.value.suggested_filename == f"{row.get().code}.pdf"


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_additions_are_chosen_in_the_console(world: World, visit: Opener, width: int, language: str) -> None:
    User.objects.filter(email="m.ribera@ribera.example").update(language=language)
    page = visit(width=width).open(HANDLING)
    expect(page.get_by_label({"es": "Seguimiento: ", "en": "Tracking: "}[language]).first).to_be_visible()
    own = page.locator("#defaults")
    own.locator("#id_footer").select_option("on")
    own.locator("#id_tracking").select_option("on")
    own.get_by_role("button").click()
    expect(page.get_by_role("status").first).to_be_visible()
    row = Organisation.objects.get(id=world.organisation)
    assert (row.footer, row.tracking) == (True, True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    picture(page, f"handling-{width}-{language}")
