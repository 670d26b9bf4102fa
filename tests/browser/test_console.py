"""What members do on the pages, by keyboard and by pointer, while things change behind them."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from tests.browser import samples
from tests.browser.conftest import Opener
from tests.browser.world import World

BASE = "/console/talleres-ribera"


def test_foreign_html_runs_nothing_and_fetches_nothing(world: World, visit: Opener) -> None:
    seen = visit()
    one = world.communications["victima@correo.example"]
    page = seen.open(f"{BASE}/communications/{one}/")
    frame = page.frame_locator("iframe.content-frame")
    expect(frame.get_by_text("Estimado cliente")).to_be_visible()
    expect(frame.get_by_text("confirmada")).to_be_visible()
    assert page.evaluate("window.pwned") is None
    assert "pwned" not in page.title()
    assert frame.locator("img[src^=http], script, form, iframe, link").count() == 0
    page.goto(f"{seen.origin}{BASE}/communications/{one}/content/")
    assert seen.elsewhere == []
    assert "stolen" not in page.url


def test_moving_and_opening_by_keyboard(world: World, visit: Opener) -> None:
    seen = visit()
    page = seen.open(f"{BASE}/communications/")
    seen.press("j", "j")
    chosen = page.locator("tr.selected")
    expect(chosen).to_have_count(1)
    recipient = chosen.locator("a[data-open]").inner_text()
    page.keyboard.press("Enter")
    expect(page.locator(".crumbs b")).to_have_text(recipient)
    seen.press("Escape")
    expect(page.locator("h1")).to_have_text("Comunicaciones")
    seen.press("/")
    expect(page.locator("[data-search]")).to_be_focused()
    page.keyboard.type("jk")
    expect(page.locator("tr.selected")).to_have_count(0)


def test_the_palette_finds_while_one_types(world: World, visit: Opener) -> None:
    seen = visit()
    page = seen.open(f"{BASE}/certificates/")
    palette = page.locator("#palette")
    page.keyboard.press("Control+k")
    expect(palette.locator("[data-wanted]")).to_be_hidden()
    page.keyboard.type("correo.exa")
    expect(palette.locator("[data-wanted]")).to_contain_text("Buscar correo.exa")
    expect(palette.locator("#palette-found li").first).to_contain_text("@correo.example")
    expect(palette.locator("[data-pages]")).to_be_hidden()
    page.keyboard.type("zzz")
    expect(palette.locator("#palette-found")).to_contain_text("Nada tiene estas palabras.")
    palette.locator("input").fill("")
    expect(palette.locator("#palette-found")).to_be_hidden()
    expect(palette.locator("[data-pages] li").first).to_be_visible()
    palette.locator("input").fill("cliente1042")
    palette.locator("#palette-found a").click()
    expect(page.locator(".crumbs b")).to_have_text("cliente1042@correo.example")
    seen.press("Control+k")
    expect(palette).to_be_visible()
    expect(palette.locator("#palette-found")).to_be_hidden()
    page.keyboard.type("correo.example zzz")
    expect(palette.locator("[data-wanted]")).to_contain_text("Intro")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Comunicaciones")
    expect(page.locator("[data-search]")).to_have_value("correo.example zzz")
    assert (seen.elsewhere, seen.errors) == ([], [])


def test_commands_and_shortcuts(world: World, visit: Opener) -> None:
    seen = visit()
    page = seen.open(f"{BASE}/communications/")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()
    page.keyboard.type("registro")
    expect(page.locator("#palette [data-pages] li:visible")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()
    page.clock.set_fixed_time(datetime.now(UTC))  # the second key of two comes in time, however slow the machine
    page.keyboard.type("gl")
    expect(page.locator("h1")).to_have_text("Registro de hechos")
    seen.press("?")
    expect(page.locator("#shortcuts")).to_be_visible()


def test_new_communications_wait_behind_a_link(world: World, visit: Opener) -> None:
    page = visit().open(f"{BASE}/communications/")
    value = samples.credential_again(world.organisation)
    samples.send(value, samples.message("nueva@correo.example", "Nueva"), recipient="nueva@correo.example")
    link = page.get_by_text("Mostrar 1 nueva")
    expect(link).to_be_visible()
    expect(page.get_by_text("nueva@correo.example")).to_have_count(0)
    link.click()
    expect(page.get_by_text("nueva@correo.example")).to_be_visible()


def test_states_change_in_place(world: World, visit: Opener) -> None:
    page = visit().open(f"{BASE}/communications/")
    one = world.communications["cliente0480@correo.example"]
    expect(page.locator(f"#status-{one}")).to_contain_text("En curso")
    samples.try_once(one, samples.RELAYED)
    expect(page.locator(f"#status-{one}")).to_contain_text("Concluida")
    expect(page.locator(f"#grade-{one}")).to_contain_text("G1")


def test_signing_in_and_out(world: World, visit: Opener) -> None:
    seen = visit(member=False)
    page = seen.open(f"{BASE}/settings/")
    page.fill("input[name=login]", "m.ribera@ribera.example")
    page.fill("input[name=password]", "wrong")
    page.click("form.form-stack button[type=submit]")
    expect(page.locator(".field-error")).to_be_visible()
    page.fill("input[name=password]", samples.PASSWORD)
    page.click("form.form-stack button[type=submit]")
    expect(page.locator("h1")).to_have_text("Ajustes")
    page.locator(".side-member summary").click()
    page.get_by_role("button", name="Salir").click()
    expect(page.locator("h1")).to_have_text("Entrar")
    assert seen.errors == []


def test_look_and_language_are_remembered(world: World, visit: Opener) -> None:
    page = visit().open("/console/preferences/")
    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_have_text("Your preferences")
    page.goto(page.url.replace("/console/preferences/", f"{BASE}/communications/"))
    page.locator(".side-member summary").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_narrow_screens_open_the_menu(world: World, visit: Opener) -> None:
    page = visit(width=390).open(f"{BASE}/communications/")
    page.get_by_label("Abrir el menú").click()
    page.get_by_role("link", name="Ajustes").click()
    expect(page.locator("h1")).to_have_text("Ajustes")


def test_new_credential_is_shown_once_and_copied(world: World, visit: Opener) -> None:
    seen = visit()
    seen.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=seen.origin)
    page = seen.open(f"{BASE}/settings/")
    page.fill("#credential input[name=name]", "erp")
    page.get_by_role("button", name="Crear credencial").click()
    secret = page.locator("[data-secret]").inner_text().strip()
    page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
    page.get_by_label("Copiar la clave").click()
    expect(page.locator("[data-secret] .copy[data-done]")).to_be_visible()
    page.clock.run_for(1500)
    expect(page.locator("[data-secret] .copy[data-done]")).to_have_count(0)
    assert page.evaluate("navigator.clipboard.readText()") == secret
    page.goto(f"{seen.origin}{BASE}/settings/")
    expect(page.locator("[data-secret]")).to_have_count(0)


def test_verifying_a_message_by_upload(world: World, visit: Opener) -> None:
    seen = visit(member=False)
    page = seen.open("/verify/")
    page.set_input_files(
        "input[type=file]", {"name": "mensaje.eml", "mimeType": "message/rfc822", "buffer": samples.HOSTILE}
    )
    expect(page.locator("h1")).to_have_text("Este contenido se certificó aquí y no ha cambiado.")
    assert seen.elsewhere == []


def test_a_lost_line_is_said_in_words(world: World, visit: Opener) -> None:
    seen = visit()
    page = seen.open(f"{BASE}/communications/")
    seen.context.set_offline(True)
    expect(page.get_by_text("Sin conexión: lo que ve puede no ser lo último.")).to_be_visible()
    seen.context.set_offline(False)
    expect(page.get_by_text("En directo")).to_be_visible()
