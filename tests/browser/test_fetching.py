"""Having a mailbox fetched, at its page in the browser, from a real Dovecot."""

import ssl
from collections.abc import Iterator
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from playwright.sync_api import Page, expect

from acuse.accounts import services as accounts
from acuse.accounts.models import User
from acuse.accounts.queries import access_organisation
from acuse.helpdesk.services.mailboxes import add_mailbox
from acuse.reception.fetching import fetch
from acuse.reception.models import Pickup
from tests.browser.axe import faults_of_access
from tests.browser.conftest import Opener
from tests.browser.test_every_page import BASE, faults_of_form
from tests.browser.world import World
from tests.peers.imap import HOST, PASSWORD, USERNAME, Server, imap_server

ADDRESS = "atencion@talleres-ribera.example"
LETTER = b"From: Ana <ana@cliente.example>\r\nSubject: Ruido\r\n\r\nHace ruido.\r\n"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server whose name leads here and whose root is trusted."""
    with imap_server() as running:
        pem = running.root.certificate.public_bytes(Encoding.PEM).decode()

        class Here:
            @staticmethod
            def public_addresses(host: str) -> tuple[str, ...]:
                return ("127.0.0.1",)

        monkeypatch.setattr(fetch, "resolver", Here)
        monkeypatch.setattr(fetch, "tls_context", lambda: ssl.create_default_context(cadata=pem))
        yield running


@pytest.fixture
def mailbox(world: World) -> UUID:
    accounts.add_sender_identity(organisation=world.organisation, pattern=ADDRESS)
    access = access_organisation(user=User.objects.get(email="m.ribera@ribera.example"), slug="talleres-ribera")
    return add_mailbox(access=access, name="Atención al cliente", address=ADDRESS)


def faults(page: Page, width: int) -> list[str]:
    """What is wrong with the page as it is now."""
    return faults_of_access(page) + faults_of_form(page, width)


@pytest.mark.parametrize(("width", "scheme"), [(1440, "dark"), (390, "light")])
def test_it_is_tried_set_up_and_ended_with_the_password_typed_once(
    visit: Opener, mailbox: UUID, server: Server, width: int, scheme: str
) -> None:
    server.drop(LETTER, "1")
    seen = visit(width=width, scheme=scheme)
    page = seen.open(f"{BASE}/settings/desk/mailboxes/{mailbox}/fetching/")
    assert faults(page, width) == []
    page.get_by_label("Servidor IMAP").fill(HOST)
    page.get_by_label("Puerto").fill(str(server.tls))
    page.get_by_label("Usuario en el servidor").fill(USERNAME)
    page.get_by_label("Contraseña").fill("no-es-esta")
    page.get_by_role("button", name="Probar").click()
    expect(page.get_by_role("alert")).to_contain_text("El servidor rechaza el usuario o la contraseña")
    expect(page.get_by_role("alert")).to_be_focused()
    assert faults(page, width) == []

    page.get_by_label("Contraseña").fill(PASSWORD)
    page.get_by_role("button", name="Probar").click()
    expect(page.get_by_text("Funciona: la carpeta INBOX tiene 1 mensaje.")).to_be_focused()
    assert not Pickup.objects.exists()
    assert PASSWORD not in page.content()
    assert faults(page, width) == []

    page.get_by_role("button", name="Guardar").click()
    expect(page.get_by_role("heading", name="Cómo va")).to_be_visible()
    assert Pickup.objects.get().username == USERNAME
    # It is kept now: neither trying nor saving asks for it again.
    expect(page.get_by_label("Contraseña")).to_have_value("")
    page.get_by_role("button", name="Probar").click()
    expect(page.get_by_text("Funciona: la carpeta INBOX tiene 1 mensaje.")).to_be_visible()
    page.get_by_role("button", name="Guardar").click()
    expect(page.get_by_text("Guardado.")).to_be_visible()
    assert faults(page, width) == []

    page.get_by_role("button", name="Dejar de recogerlo").click()
    expect(page.get_by_text("su contraseña se ha olvidado")).to_be_visible()
    assert not Pickup.objects.exists()
    assert seen.elsewhere == seen.errors == []
