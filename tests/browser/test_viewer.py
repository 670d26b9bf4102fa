"""Files are looked at in the case that they came to, by keyboard, at every width; nothing in them runs."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.axe import faults_of_access
from tests.browser.conftest import Opener
from tests.browser.desk import desk
from tests.browser.files import everything, send_files
from tests.browser.test_every_page import BASE, faults_of_form
from tests.browser.world import World


@pytest.fixture
def case(world: World) -> str:
    made = desk(world, email="m.ribera@ribera.example")
    send_files(made.access, made.noise, everything())
    return f"{BASE}/tickets/{made.noise}/"


def faults(page: Page) -> list[str]:
    return faults_of_access(page)


@pytest.mark.parametrize(("width", "scheme"), [(1440, "dark"), (390, "light")])
def test_files_are_looked_at_one_after_the_other_by_keyboard(case: str, visit: Opener, width: int, scheme: str) -> None:
    seen = visit(width=width, scheme=scheme)
    page = seen.open(case)
    first = page.get_by_role("link", name="pinza delantera.jpg").first
    first.focus()
    seen.press("Enter")
    viewer = page.get_by_role("dialog")
    shown = {
        "pinza delantera.jpg": viewer.get_by_role("img", name="pinza delantera.jpg"),
        "ruido.png": viewer.get_by_role("img", name="ruido.png"),
        "animado.gif": viewer.get_by_role("img", name="animado.gif"),
        "revisión.webp": viewer.get_by_role("img", name="revisión.webp"),
        "página 1 de 3": viewer.get_by_role("img", name="Página 1"),
        "página 2 de 3": viewer.get_by_role("img", name="Página 2"),
        "página 3 de 3": viewer.get_by_role("img", name="Página 3"),
        "cargos.csv": viewer.get_by_role("cell", name="Revisión, orden 2188"),
        "notas.txt": viewer.get_by_text("El ruido se oye en frío"),
        "presupuesto.eml": viewer.frame_locator("iframe").get_by_text("Le adjunto el presupuesto."),
        "foto trampa.png": viewer.get_by_text("<script>document.title"),
        "definitivo (3).docx": viewer.get_by_text("Los ficheros de esta clase no se muestran aquí."),
        "rota.pdf": viewer.get_by_text("Este PDF no se puede mostrar"),
        "vacío.txt": viewer.get_by_text("El fichero está vacío."),
    }
    found = []
    for number, (words, what) in enumerate(shown.items()):
        if number:
            viewer.locator(".viewer-body").focus()
            seen.press("ArrowRight")
        expect(viewer.locator(".viewer-head")).to_contain_text(words)
        expect(what).to_be_visible()
        if what.evaluate("one => one.tagName") == "IMG":
            page.wait_for_function("() => document.querySelector('.viewer img').naturalWidth > 0")
        if words in {"pinza delantera.jpg", "página 2 de 3", "cargos.csv", "presupuesto.eml", "rota.pdf"}:
            found += [f"{words}: {fault}" for fault in (*faults(page), *faults_of_form(page, width))]
    assert found == []
    seen.press("ArrowLeft", "Escape")
    expect(viewer).to_be_hidden()
    expect(first).to_be_focused()
    assert page.url.endswith(case), "Esc closes the file and not the case"
    assert seen.elsewhere == seen.errors == []


def test_a_key_held_down_asks_for_one_file_at_a_time(case: str, visit: Opener) -> None:
    seen = visit()
    page = seen.open(case)
    held: list[Route] = []
    page.get_by_role("link", name="pinza delantera.jpg").first.click()
    viewer = page.get_by_role("dialog")
    expect(viewer.locator(".viewer-head")).to_contain_text("pinza delantera.jpg")

    def never_answered(route: Route) -> None:
        held.append(route)

    page.route("**/view/", never_answered)
    with page.expect_request("**/files/2/view/") as second:
        page.keyboard.down("ArrowRight")
    for _ in range(5):
        page.keyboard.down("ArrowRight")
    page.keyboard.up("ArrowRight")
    with page.expect_event("requestfailed", lambda failed: failed == second.value):
        seen.press("Escape")
    expect(viewer).to_be_hidden()
    assert len(held) == 1


def test_cases_are_ticked_by_keyboard_and_changed_at_once(case: str, visit: Opener) -> None:
    seen = visit()
    page = seen.open(f"{BASE}/tickets/")
    change = page.get_by_label("Con los marcados")
    expect(change).to_be_hidden()
    seen.press("j", "x", "j", "x")
    change.select_option(label="Queja")
    page.get_by_role("button", name="Hacerlo").click()
    expect(page.get_by_text("Hecho en 2 expedientes.")).to_be_visible()
    seen.press("j", "x")
    page.get_by_role("button", name="Marcar todos").click()
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(6)
    page.get_by_role("button", name="Marcar todos").click()
    expect(change).to_be_hidden()


def test_without_scripts_a_file_has_a_page_of_its_own(case: str, visit: Opener) -> None:
    page = visit(width=390, scripts=False).open(case)
    page.get_by_role("link", name="Factura F-2310.pdf").first.click()
    page.get_by_role("link", name="Página siguiente").click()
    expect(page.get_by_role("img", name="Página 2")).to_be_visible()
    page.get_by_role("link", name="Volver").click()
    expect(page.get_by_role("heading", name="Ruido al frenar después de la revisión")).to_be_visible()
