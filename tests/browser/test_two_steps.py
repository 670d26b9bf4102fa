"""Signing in in two steps and with a passkey, as a person does it: enrol, sign out, sign in again."""

import base64
import hashlib
import hmac
import struct
import time
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from acuse.accounts.models import User
from tests.browser import samples
from tests.browser.conftest import Opener, Visit
from tests.browser.world import World

EMAIL = "m.ribera@ribera.example"
CODES = 10


def totp(secret: str, *, step: int = 0) -> str:
    """The code of RFC 6238 for now, or for a later step of thirty seconds."""
    counter = int(time.time()) // 30 + step
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", counter), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at : at + 4]) & 0x7FFFFFFF) % 1_000_000:06d}"


@pytest.fixture
def seen(world: World, visit: Opener) -> Visit:
    """A visitor at a name that may have passkeys, which an IP address may not."""
    made = visit(member=False)
    made.origin = made.origin.replace("127.0.0.1", "localhost")
    return made


def sign_in(seen: Visit) -> Page:
    """Give address and password."""
    page = seen.open("/accounts/login/?next=/accounts/2fa/")
    page.fill("input[name=login]", EMAIL)
    page.fill("input[name=password]", samples.PASSWORD)
    with page.expect_navigation(url=lambda url: "/accounts/2fa/" in url):
        page.click("form.form-stack button[type=submit]")
    return page


def change(seen: Visit, path: str) -> Page:
    """Open a page that changes how one signs in: it asks for the password again first."""
    page = sign_in(seen)
    page.goto(f"{seen.origin}{path}")
    expect(page.locator("h1")).to_have_text("Confirme que es usted")
    page.fill("input[name=password]", samples.PASSWORD)
    page.get_by_role("button", name="Confirmar").click()
    expect(page.locator("h1")).not_to_have_text("Confirme que es usted")
    page.wait_for_load_state()  # nothing but its script asks for a key
    return page


def sign_out(seen: Visit) -> None:
    """Leave."""
    seen.context.clear_cookies()


def enrol(seen: Visit) -> str:
    """Enrol an authenticator; its secret."""
    page = change(seen, "/accounts/2fa/totp/activate/")
    secret = page.input_value("#authenticator_secret")
    expect(page.locator("img.totp")).to_be_visible()
    page.fill("input[name=code]", "000000" if totp(secret) != "000000" else "000001")
    page.get_by_role("button", name="Activar").click()
    expect(page.locator(".field-error")).to_have_text("Código incorrecto.")
    page.fill("input[name=code]", totp(secret))
    page.get_by_role("button", name="Activar").click()
    expect(page.locator("h1")).to_have_text("Códigos de recuperación")
    return secret


def test_an_authenticator_and_recovery_codes(seen: Visit) -> None:
    secret = enrol(seen)
    page = seen.page
    codes = page.input_value("#recovery_codes").split()
    assert len(set(codes)) == CODES
    sign_out(seen)
    sign_in(seen)
    expect(page.locator("h1")).to_have_text("Entrada en dos pasos")
    page.goto(f"{seen.origin}/console/talleres-ribera/settings/")
    assert urlsplit(page.url).path.startswith("/accounts/"), "a password alone opens nothing"
    page.fill("input[name=code]", "123456" if totp(secret) != "123456" else "123457")
    page.get_by_role("button", name="Entrar").click()
    expect(page.locator(".field-error")).to_have_text("Código incorrecto.")
    page.fill("input[name=code]", totp(secret, step=1))
    page.get_by_role("button", name="Entrar").click()
    expect(page.get_by_text("Aplicación de autenticación", exact=True)).to_be_visible()
    for code, opens in ((codes[0], True), (codes[0], False)):
        sign_out(seen)
        sign_in(seen)
        page.fill("input[name=code]", code)
        page.get_by_role("button", name="Entrar").click()
        if opens:
            expect(page.get_by_text("Quedan 9 de 10 códigos de recuperación.")).to_be_visible()
        else:
            expect(page.locator(".field-error")).to_have_text("Código incorrecto.")
    assert seen.errors == []
    assert [url for url in seen.elsewhere if not url.startswith(seen.origin)] == []


def test_a_passkey(seen: Visit) -> None:
    session = seen.context.new_cdp_session(seen.page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    key = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    page = change(seen, "/accounts/2fa/webauthn/add/")
    page.fill("input[name=name]", "Portátil")
    page.check("input[name=passwordless]")
    page.get_by_role("button", name="Añadir").click()
    expect(page.locator("h1")).to_have_text("Códigos de recuperación")
    page.goto(f"{seen.origin}/accounts/2fa/webauthn/")
    expect(page.get_by_text("Portátil")).to_be_visible()
    expect(page.get_by_text("aún sin usar")).to_be_visible()
    sign_out(seen)
    page.goto(f"{seen.origin}/accounts/login/?next=/console/preferences/")
    page.get_by_role("button", name="Entrar con una llave de acceso").click()
    expect(page.locator("h1")).to_have_text("Sus preferencias")
    sign_out(seen)
    sign_in(seen)
    page.get_by_role("button", name="Usar una llave").click()
    expect(page.get_by_text("Llaves de acceso y de seguridad")).to_be_visible()
    sign_out(seen)
    session.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})
    page.goto(f"{seen.origin}/accounts/login/")
    page.get_by_role("button", name="Entrar con una llave de acceso").click()
    expect(page.get_by_role("alert")).to_contain_text("La llave no se ha podido usar.")
    assert page.locator("h1").inner_text() == "Entrar"
    assert seen.errors == []
    assert [url for url in seen.elsewhere if not url.startswith(seen.origin)] == []


def test_a_passkey_can_be_removed(seen: Visit) -> None:
    session = seen.context.new_cdp_session(seen.page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "usb", "automaticPresenceSimulation": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page = change(seen, "/accounts/2fa/webauthn/add/")
    page.fill("input[name=name]", "Llave USB")
    page.get_by_role("button", name="Añadir").click()
    expect(page.locator("h1")).to_have_text("Códigos de recuperación")
    page.goto(f"{seen.origin}/accounts/2fa/webauthn/")
    page.get_by_role("link", name="Quitar").click()
    page.get_by_role("button", name="Quitar").click()
    expect(page.get_by_text("No hay ninguna llave.")).to_be_visible()
    sign_out(seen)
    sign_in(seen)
    expect(page.locator("h1")).to_have_text("Entrada en dos pasos")
    assert page.url.endswith("/accounts/2fa/")
    assert User.objects.get(email=EMAIL).is_active
