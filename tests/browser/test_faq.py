"""Frequent questions in the browser: read on a phone, judged without scripts, written beside their preview."""

from datetime import timedelta
from uuid import UUID

import pytest
from playwright.sync_api import expect

from acuse import clock
from acuse.accounts import services as accounts
from acuse.accounts.models import User
from acuse.accounts.queries import access_organisation
from acuse.helpdesk.articles import Text
from acuse.helpdesk.models import Article, MissedWord
from acuse.helpdesk.services import faq, faq_order
from acuse.helpdesk.services.mailboxes import add_mailbox
from acuse.helpdesk.services.portal import change_portal
from tests.browser.axe import faults_of_access
from tests.browser.conftest import Opener
from tests.browser.test_every_page import BASE, faults_of_form
from tests.browser.world import World

SLUG = "talleres-ribera"
MAILBOX = "atencion@talleres-ribera.example"
START, FAQ = f"/o/{SLUG}/", f"/o/{SLUG}/faq/"
RETURNS = "Escríbanos con **el número de factura** y le diremos:\n\n- cuánto se devuelve\n- cuándo llega"


@pytest.fixture
def article(world: World) -> UUID:
    """Two sections, three articles of which the first is due to be looked at; return that one."""
    access = access_organisation(user=User.objects.get(email="m.ribera@ribera.example"), slug=SLUG)
    accounts.add_sender_identity(organisation=world.organisation, pattern=MAILBOX)
    mailbox = add_mailbox(access=access, name="Atención al cliente", address=MAILBOX)
    welcome = {"es": "Aquí encontrará respuestas y podrá escribirnos."}
    change_portal(
        access=access, portal_enabled=True, form_enabled=True, form_mailbox=mailbox, welcome=welcome, data_policy=""
    )
    made = []
    for title, questions in (
        ("Pagos y facturas", (("¿Cómo pido una devolución?", RETURNS), ("¿Y la factura?", "Se envía el mismo día."))),
        ("Garantía", (("¿Qué cubre la garantía de una reparación?", "Tres meses o 2.000 km. " * 20),)),
    ):
        section = faq_order.add_section(access=access, title_es=title, title_en="")
        for question, answer in questions:
            text = Text(title=question, body=answer)
            made.append(faq.write_draft(access=access, section=section, texts={"es": text}))
            faq.publish_article(access=access, article=made[-1])
    Article.objects.filter(id=made[0]).update(review_date=(clock.now() - timedelta(days=3)).date(), helped=12)
    MissedWord.objects.create(
        organisation_id=world.organisation, language="es", word="neumaticos", times=9, last_at=clock.now()
    )
    return made[0]


def test_every_page_of_it_is_accessible_and_fits(article: UUID, visit: Opener) -> None:
    keeping = (
        f"{BASE}/faq/",
        f"{BASE}/faq/{article}/",
        f"{BASE}/faq/new/",
        f"{BASE}/faq/{article}/versions/1/",
        f"{BASE}/settings/portal/",
    )
    reading = (START, FAQ, f"{FAQ}{article}/", f"{FAQ}{article}/?l=en", f"{FAQ}?q=garantia+factura", f"{FAQ}print/")
    faults = []
    for width, scheme in ((1440, "light"), (390, "dark"), (320, "light")):
        for member, paths in ((True, keeping), (False, reading)):
            seen = visit(member=member, width=width, scheme=scheme)
            for path in paths:
                page = seen.open(path)
                faults += [f"{path}: {one}" for one in faults_of_access(page)]
                faults += [f"{path}: {one}" for one in faults_of_form(page, width)]
            assert seen.elsewhere == seen.errors == []
    assert faults == []


@pytest.mark.parametrize(("width", "scripts"), [(390, False), (1440, True)])
def test_an_answer_is_found_read_and_judged(article: UUID, visit: Opener, width: int, scripts: bool) -> None:
    page = visit(member=False, width=width, scripts=scripts).open(START)
    page.get_by_label("¿Qué quiere saber?").fill("devoluciones")
    page.get_by_role("button", name="Buscar").click()
    page.get_by_role("link", name="¿Cómo pido una devolución?").click()
    expect(page.get_by_role("listitem").filter(has_text="cuándo llega")).to_be_visible()
    page.get_by_role("button", name="No", exact=True).click()
    expect(page.get_by_text("revisaremos esta respuesta")).to_be_visible()
    expect(page.get_by_role("button", name="Sí")).to_have_count(0)
    assert Article.objects.get(id=article).not_helped == 1


def test_what_is_written_is_shown_beside_as_readers_will_see_it(article: UUID, visit: Opener) -> None:
    page = visit().open(f"{BASE}/faq/{article}/")
    page.get_by_label("Respuesta en inglés").fill("Write to us with **the number** of your invoice.")
    page.get_by_label("Pregunta en inglés").fill("How do I return something?")
    preview = page.get_by_role("region", name="Como lo verán los lectores")
    expect(preview.get_by_role("heading", name="How do I return something?")).to_be_visible()
    expect(preview.get_by_role("strong").filter(has_text="the number")).to_be_visible()
    page.get_by_label("Volver a mirarlo el").last.fill((clock.now() + timedelta(days=90)).date().isoformat())
    page.get_by_role("button", name="Publicar").click()
    expect(page.get_by_text("Publicado. Ya puede leerlo todo el mundo.")).to_be_visible()
    assert Article.objects.get(id=article).version == 2


def test_what_is_dark_on_a_screen_prints_in_dark_ink(article: UUID, visit: Opener) -> None:
    page = visit(member=False, scheme="dark").open(f"{FAQ}print/")
    ink = "one => getComputedStyle(one).color"
    assert page.locator(".faq-body").first.evaluate(ink) == "rgb(236, 234, 229)"
    page.emulate_media(media="print", color_scheme="dark")
    assert page.locator(".faq-body").first.evaluate(ink) == "rgb(26, 29, 33)"
