"""The inbox in the browser: every width, by keyboard alone, without scripts too; and what customers see of a case."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from acuse.helpdesk.models import ConformityRequest, Draft, Interaction, Outgoing, Presence, Ticket
from acuse.helpdesk.queries.writing import agree_link, agree_path, follow_path
from acuse.helpdesk.services.acknowledging import acknowledge
from acuse.helpdesk.services.conformity import ask_conformity
from acuse.helpdesk.services.opening import add_message, open_ticket
from acuse.helpdesk.services.replies import Answer, reply, send_due
from tests.browser.axe import faults_of_access
from tests.browser.conftest import Opener
from tests.browser.desk import Desk, desk, written
from tests.browser.test_every_page import BASE, faults_of_form
from tests.browser.world import World


@pytest.fixture
def made(world: World) -> Desk:
    return desk(world, email="m.ribera@ribera.example")


def paths(made: Desk) -> tuple[str, ...]:
    """Each page of members."""
    return (
        f"{BASE}/tickets/",
        f"{BASE}/tickets/?q=nadie&state=all",
        f"{BASE}/tickets/{made.noise}/",
        f"{BASE}/tickets/{made.invoice}/?whose=mine",
        f"{BASE}/tickets/new/",
        f"{BASE}/board/",
        f"{BASE}/settings/desk/",
        f"{BASE}/settings/desk/start/",
        f"{BASE}/settings/triage/?try=1",
    )


def asked(made: Desk) -> str:
    """Ask the customer of a case whether they agree; the path of the link."""
    request = uuid4()
    body = f"Diga si lo está: {agree_link(request)}"
    answer = Answer(subject="¿Conforme?", body=body, language="es", certified=True, delay=timedelta())
    ask_conformity(access=made.access, ticket=made.noise, answer=answer, request=request, revision=None)
    send_due()
    return agree_path(request)


@pytest.mark.parametrize(("width", "scheme"), [(1440, "dark"), (1100, "light"), (390, "dark"), (320, "light")])
def test_its_pages_are_accessible_and_fit(made: Desk, visit: Opener, width: int, scheme: str) -> None:
    faults = []
    seen = visit(width=width, scheme=scheme)
    for one in (*paths(made), follow_path(made.noise), asked(made), "/f/"):
        page = seen.open(one)
        expect(page.locator(".desk-list[hx-get]:visible")).to_have_count(0)
        faults += [f"{one}: {fault}" for fault in faults_of_access(page)]
        faults += [f"{one}: {fault}" for fault in faults_of_form(page, width)]
    assert faults == []
    assert seen.elsewhere == seen.errors == []


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_a_letter_is_written_around_what_was_typed_and_not_sent_half(
    made: Desk, visit: Opener, width: int, scheme: str
) -> None:
    seen = visit(width=width, scheme=scheme)
    page = seen.open(f"{BASE}/tickets/{made.noise}/")
    box, template = page.get_by_label("Su respuesta"), page.get_by_label("Plantilla")
    template.select_option("ticket.solution")
    expect(box).to_have_value(re.compile("⟦Escriba aquí su respuesta⟧"))
    box.press("Control+Enter")
    expect(page.get_by_text("Queda algo por rellenar")).to_be_visible()
    expect(template).to_have_value("ticket.solution")
    assert not Outgoing.objects.filter(ticket=made.noise, state="waiting", automatic=False).exists()
    assert faults_of_access(page) == []
    assert faults_of_form(page, width) == []
    box.fill("Lo limpiamos gratis el lunes.")
    box.evaluate("one => { one.style.height = '300px' }")  # what dragging its corner does
    template.select_option("ticket.rejection")
    expect(box).to_have_value(re.compile(r"Lo limpiamos gratis el lunes[\s\S]*Atentamente"))
    assert seen.elsewhere == seen.errors == []


def test_a_case_is_answered_by_keyboard_and_taken_back(made: Desk, visit: Opener) -> None:
    seen = visit()
    page = seen.open(f"{BASE}/tickets/")
    seen.press("/")
    expect(page.get_by_label("Buscar en los expedientes")).to_be_focused()
    page = seen.open(f"{BASE}/tickets/")
    seen.press("j", "Enter")
    page.wait_for_url(re.compile(r"/tickets/[0-9a-f-]{36}/"))
    page = seen.open(f"{BASE}/tickets/{made.noise}/")
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight"), "list and case scroll, not the page"
    seen.press("r")
    page.keyboard.type("Mañana a las 9.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Sale en unos segundos")).to_be_visible()
    waiting = Outgoing.objects.get(ticket=made.noise, state="waiting")
    assert (waiting.body, waiting.certified) == ("Mañana a las 9.", False)
    page.get_by_role("button", name="Deshacer").click()
    expect(page.get_by_label("Su respuesta")).to_have_value("Mañana a las 9.")
    waiting.refresh_from_db()
    assert waiting.state == "cancelled"


def test_an_answer_that_left_cannot_be_taken_back_and_the_next_one_goes(made: Desk, visit: Opener) -> None:
    answer = Answer(
        subject="Re: Ruido", body="Mañana a las 9.", language="es", certified=False, delay=timedelta(0),
        waits_for_customer=True,
    )  # fmt: skip
    reply(access=made.access, ticket=made.noise, answer=answer)
    seen = visit()
    page = seen.open(f"{BASE}/tickets/{made.noise}/")
    expect(page.get_by_role("button", name="Deshacer")).to_be_visible()
    head = page.locator(".case-head")
    expect(head).not_to_contain_text("Pendiente del cliente")
    expect(page.locator("#case-deadlines")).not_to_contain_text("En pausa")
    box = page.get_by_label("Su respuesta")
    box.fill("Traiga también")
    page.evaluate("document.documentElement.dataset.same = 'page'")
    send_due()
    sent = page.locator(".talk-said", has_text="Mañana a las 9.")
    expect(sent).to_contain_text("Ver prueba")
    expect(sent).to_have_count(1)
    expect(page.get_by_role("button", name="Deshacer")).to_have_count(0)
    expect(box).to_be_focused()
    expect(box).to_have_value("Traiga también")
    expect(head).to_contain_text("Pendiente del cliente")
    expect(page.locator("#case-deadlines")).to_contain_text("En pausa, desde")
    assert page.evaluate("document.documentElement.dataset.same") == "page"
    box.press_sequentially(" las llaves.")
    box.press("Control+Enter")
    expect(page.get_by_text("Sale en unos segundos")).to_be_visible()
    assert Outgoing.objects.get(ticket=made.noise, state="waiting").body == "Traiga también las llaves."
    assert seen.elsewhere == seen.errors == []


def test_a_case_is_opened_at_what_somebody_said_last(made: Desk, visit: Opener) -> None:
    text = "El motor pierde aceite.\n\n" * 40
    one = written("cliente0877@correo.example", "Cliente 0877", "Pierde aceite", text)
    ticket = open_ticket(organisation=made.access.organisation, written=one)
    acknowledge(ticket=ticket, name="Cliente 0877")
    send_due()
    page = visit().open(f"{BASE}/tickets/{ticket}/")
    expect(page.locator(".talk-said.reply")).to_have_count(1)
    expect(page.locator(".talk-said.message > header")).to_be_in_viewport()


@pytest.mark.parametrize(("width", "scheme"), [(1440, "dark"), (390, "light")])
def test_the_box_says_which_files_it_lost_and_what_sending_does(
    made: Desk, visit: Opener, width: int, scheme: str
) -> None:
    seen = visit(width=width, scheme=scheme)
    page = seen.open(f"{BASE}/tickets/{made.noise}/")
    waits = page.get_by_text("Cuando salga, el expediente espera al cliente y se detienen los plazos que lo permiten.")
    asks = page.get_by_text("Cuando salga, el expediente espera al cliente: se detienen los plazos")
    files, told = page.get_by_label("Adjuntar ficheros"), page.locator("#chosen-files")
    expect(waits).to_be_hidden()
    page.get_by_label("y esperar al cliente").check()
    expect(waits).to_be_visible()
    page.get_by_label("Plantilla").select_option("ticket.data_request")
    expect(asks).to_be_visible()
    expect(waits).to_be_hidden()
    page.get_by_label("Plantilla").select_option("")
    expect(asks).to_have_count(0)
    page.get_by_label("Su respuesta").fill("Aquí tiene la foto.")
    picture = {"name": "pic.png", "mimeType": "image/png", "buffer": b"bytes"}
    files.set_input_files([picture])
    page.get_by_label("Su respuesta").press("Control+Enter")
    expect(page.locator(".talk-said.waiting")).to_contain_text("pic.png")
    page.get_by_role("button", name="Deshacer").click()
    expect(told).to_contain_text("Ya no están adjuntos: pic.png.")
    assert faults_of_access(page) == []
    assert faults_of_form(page, width) == []
    files.set_input_files([picture])
    expect(told).to_have_text("pic.png")
    assert seen.elsewhere == seen.errors == []


@pytest.mark.parametrize("width", [1440, 390])
def test_a_case_of_the_list_takes_the_place_of_the_one_beside_it(made: Desk, visit: Opener, width: int) -> None:
    seen = visit(width=width)
    page = seen.open(f"{BASE}/tickets/?order=last")
    page.evaluate("document.documentElement.dataset.same = 'page'")
    first, second = "Ruido al frenar después de la revisión", "Factura F-2310"
    page.locator("[data-row]", has_text=first).locator(".desk-subject").click()
    expect(page.get_by_role("heading", name=first)).to_be_focused()
    assert page.url.endswith(f"/tickets/{made.noise}/?order=last")
    expect(page).to_have_title(f"{first} · Acuse")
    if width == 390:
        expect(page.locator("#cases")).to_be_hidden()
        at = page.locator("[data-back]").bounding_box()
        assert at is not None
        assert at["y"] >= 52, "the bar above covers the way back"
    else:
        seen.press("n")
        page.get_by_label("Su nota").fill("El taller llama mañana.")
        with page.expect_request("**/present/"):
            page.locator("[data-row]", has_text=second).locator(".desk-subject").click()
        expect(page.get_by_role("heading", name=second)).to_be_focused()
        expect(page.locator("[data-row]:has([aria-current])")).to_contain_text(second)
        page.locator("[data-row]", has_text=first).locator(".desk-subject").click()
        expect(page.get_by_role("heading", name=first)).to_be_focused()
        expect(page.locator("#note-body")).to_have_value("El taller llama mañana.")
    assert page.evaluate("document.documentElement.dataset.same") == "page"
    page.go_back()
    expect(page.get_by_role("heading", name=second if width == 1440 else "Expedientes")).to_be_visible()
    expect(page.locator("html:not([data-same])")).to_be_attached()
    assert seen.elsewhere == seen.errors == []


#: Whether a list that has not come is seen, told after whoever asked before has been told.
IS_SEEN = """() => new Promise(told => new IntersectionObserver(seen => told(seen[0].isIntersecting))
    .observe(document.querySelector(".desk-list[hx-get]")))"""


def test_the_list_comes_beside_a_case_where_there_is_room(made: Desk, visit: Opener) -> None:
    seen = visit(width=390)
    asked: list[str] = []
    seen.page.on("request", lambda one: asked.append(one.url) if "/beside/" in one.url else None)
    page = seen.open(f"{BASE}/tickets/{made.noise}/?order=last")
    assert not page.evaluate(IS_SEEN)
    assert asked == []
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(page.locator("[data-row]:has([aria-current])")).to_contain_text("Ruido al frenar")
    assert [one.partition("/beside/")[2] for one in asked] == ["?order=last"]
    page.locator("[data-row]", has_text="Factura F-2310").locator(".desk-subject").click()
    expect(page.get_by_role("heading", name="Factura F-2310")).to_be_focused()
    assert page.url.endswith("/?order=last")
    assert seen.elsewhere == seen.errors == []


@pytest.mark.parametrize("scripts", [True, False])
def test_a_case_has_a_way_to_a_list_that_does_not_come(made: Desk, visit: Opener, scripts: bool) -> None:
    seen = visit(scripts=scripts)
    seen.page.route("**/beside/**", lambda one: one.abort())
    page = seen.open(f"{BASE}/tickets/{made.noise}/?state=all")
    page.get_by_role("link", name="Ver todos los expedientes").click()
    expect(page.locator("[data-row]", has_text="Ruido al frenar")).to_be_visible()
    assert page.url.endswith("/tickets/?state=all")


def test_what_changed_is_shown_when_asked_for_and_the_open_case_stays(made: Desk, visit: Opener) -> None:
    seen = visit()
    page = seen.open(f"{BASE}/tickets/{made.noise}/")
    page.get_by_label("Su respuesta").fill("Mañana a las 9.")
    row = page.locator("[data-row]", has_text="Otra consulta")
    # The list is there before there is news for it.
    expect(page.locator("[data-row]:has([aria-current])")).to_contain_text("Ruido al frenar")
    expect(row).to_have_count(0)
    again = written("cliente0877@correo.example", "Cliente 0877", "Otra consulta", "¿Hay novedades?", hours=-0.01)
    open_ticket(organisation=made.access.organisation, written=again)
    add_message(ticket=made.noise, written=again, matched_by="token")
    page.locator(".desk-news a").click()
    expect(row).to_have_count(1)
    expect(page.locator("[data-row]:has([aria-current])")).to_contain_text("Ruido al frenar")
    expect(page).to_have_title("Ruido al frenar después de la revisión · Acuse")
    page.get_by_role("link", name="Mostrarlo").click()
    expect(page.locator(".talk")).to_contain_text("¿Hay novedades?")
    expect(page.get_by_label("Su respuesta")).to_have_value("Mañana a las 9.")
    assert page.url.endswith(f"/tickets/{made.noise}/")
    assert seen.elsewhere == seen.errors == []


def test_a_note_that_is_sent_twice_at_once_is_one_and_leaves_no_draft(made: Desk, visit: Opener) -> None:
    page = visit().open(f"{BASE}/tickets/{made.invoice}/")
    page.keyboard.press("n")
    page.get_by_label("Su nota").fill("El taller llama mañana.")
    with page.expect_navigation():
        page.evaluate(
            "const form = document.querySelector('#composer-note'); form.requestSubmit(); form.requestSubmit()"
        )
    expect(page.locator(".talk")).to_contain_text("El taller llama mañana.")
    assert Interaction.objects.filter(ticket=made.invoice, kind="note", text="El taller llama mañana.").count() == 1
    assert not Draft.objects.filter(ticket=made.invoice).exists()
    expect(page.locator("#note-body")).to_have_value("")


def test_who_has_a_case_open_is_known_from_its_page(made: Desk, visit: Opener) -> None:
    seen = visit()
    with seen.page.expect_response("**/present/") as answered:
        seen.open(f"{BASE}/tickets/{made.noise}/")
    assert answered.value.status == 200
    assert Presence.objects.filter(ticket=made.noise, member_id=made.access.member, writing_at=None).exists()


def test_what_is_no_case_is_not_shown_beside_the_list(made: Desk, visit: Opener) -> None:
    seen = visit()
    page = seen.open(f"{BASE}/tickets/")
    page.context.clear_cookies()
    page.locator("[data-row]", has_text="Factura F-2310").locator(".desk-subject").click()
    page.wait_for_url(re.compile("/accounts/login/"))
    expect(page.locator("#case")).not_to_be_attached()


@pytest.mark.parametrize(("width", "scripts"), [(390, True), (1440, False)])
def test_a_case_is_taken_up_and_noted(made: Desk, visit: Opener, width: int, scripts: bool) -> None:
    other = Ticket.objects.get(subject="Gracias por la entrega")
    page = visit(width=width, scripts=scripts).open(f"{BASE}/tickets/{other.id}/")
    rail = page.get_by_role("complementary", name="Sobre este expediente")
    rail.get_by_label("Tipo").select_option("thanks")
    if not scripts:
        rail.locator("form", has=page.get_by_label("Tipo")).get_by_role("button", name="Guardar").click()
    expect(page.get_by_text("Ahora: Agradecimiento")).to_be_visible()
    other.refresh_from_db()
    assert other.type == "thanks"


@pytest.mark.parametrize(("width", "scripts"), [(390, True), (320, False)])
def test_the_customer_agrees_by_a_press_and_not_by_looking(
    made: Desk, visit: Opener, width: int, scripts: bool
) -> None:
    link = asked(made)
    seen = visit(member=False, width=width, scripts=scripts)
    page = seen.open(link)
    page = seen.open(link)
    assert ConformityRequest.objects.get(ticket=made.noise).answered_at is None
    page.get_by_label("Comentarios").fill("Perfecto, gracias.")
    page.get_by_role("button", name="Conforme", exact=True).click()
    expect(page.get_by_role("heading", name="Ha dicho que está conforme")).to_be_visible()
    assert Ticket.objects.get(id=made.noise).status == "resolved"
    page.get_by_role("link", name="Ver mi caso").click()
    expect(page.get_by_text("Resuelto, con su conformidad.")).to_be_visible()
    assert seen.context.cookies() == []


def test_the_link_of_a_case_is_asked_for_by_its_key_and_the_customers_address(made: Desk, visit: Opener) -> None:
    row = Ticket.objects.get(id=made.noise)
    page = visit(member=False, width=390).open("/f/")
    page.get_by_label("Clave identificativa").fill(row.key.lower())
    page.get_by_label("Su dirección de correo").fill(row.address.upper())
    page.get_by_role("button", name="Enviarme el enlace").click()
    expect(page.get_by_role("status")).to_contain_text("su enlace llegará a ella en unos minutos")
    expect(page.get_by_text("Su caso con Talleres Ribera")).to_have_count(0)
    page = visit(member=False, width=390).open(follow_path(made.noise))
    expect(page.get_by_role("heading", name="Su caso con Talleres Ribera")).to_be_visible()
    # What members write for themselves stays with them.
    expect(page.get_by_text("holgura")).to_have_count(0)


def test_a_board_that_hears_nothing_any_more_says_so(made: Desk, visit: Opener) -> None:
    seen = visit()
    page = seen.open(f"{BASE}/board/")
    lost = page.get_by_text("Sin conexión")
    expect(lost).to_be_hidden()
    seen.context.clear_cookies()
    page.evaluate("htmx.ajax('GET', location.pathname, {source: '#board', target: '#board'})")
    expect(lost).to_be_visible()
    expect(page.locator("#board .board-tiles")).to_be_visible()
