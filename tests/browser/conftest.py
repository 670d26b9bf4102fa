"""A browser, a web server over the world, and pages that note every request and every error."""

import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from acuse.accounts.models import User
from tests.browser.world import World

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    # No name exists but this machine's: what a page asks of elsewhere fails at once, with a network and without.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
]
WAIT = 60_000

expect.set_options(timeout=WAIT)

# Playwright's synchronous interface keeps an event loop running in this thread, in which Django refuses its database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 64


class _Silent(WSGIRequestHandler):
    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@dataclass(kw_only=True)
class Visit:
    """One page of one browser context and what happened on it.

    Attributes:
        elsewhere: requests to any other origin than the server's.
        errors: uncaught errors of scripts.
        refused: what the policy of a page did not let it do; every test ends with that.
    """

    page: Page
    context: BrowserContext
    origin: str
    elsewhere: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Go to a path of the server."""
        self.page.goto(f"{self.origin}{path}")
        return self.page

    def press(self, *keys: str) -> None:
        """Press keys on a page that is there whole: what comes before its script is heard by nobody."""
        self.page.wait_for_load_state()
        for key in keys:
            self.page.keyboard.press(key)


@pytest.fixture
def origin(world: World) -> Iterator[str]:
    """The address of a web server over the world."""
    server = make_server("127.0.0.1", 0, get_wsgi_application(), server_class=_Server, handler_class=_Silent)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, once for the session."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


Opener = Callable[..., Visit]


@pytest.fixture
def visit(browser: Browser, origin: str) -> Iterator[Opener]:
    """Opens contexts: ``visit(member=True, width=390, scheme="dark", locale="es-ES", scripts=False)``."""
    opened: list[Visit] = []

    def opener(
        *, member: bool = True, width: int = 1440, scheme: str = "light", locale: str = "es-ES", scripts: bool = True
    ) -> Visit:
        context = browser.new_context(
            java_script_enabled=scripts,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
            reduced_motion="reduce",  # a colour on its way to another is none that a page shows
            locale=locale,
        )
        context.set_default_timeout(WAIT)
        if member:
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": _session(), "url": origin}])
        made = Visit(page=context.new_page(), context=context, origin=origin)
        context.on(
            "request", lambda one: None if one.url.startswith((origin, "data:")) else made.elsewhere.append(one.url)
        )
        context.on("console", lambda one: made.refused.append(one.text) if _is_refusal(one) else None)
        made.page.on("pageerror", lambda error: made.errors.append(str(error)))
        opened.append(made)
        return made

    yield opener
    for made in opened:
        made.context.close()
    assert [one for made in opened for one in made.refused] == []


def _is_refusal(said: ConsoleMessage) -> bool:
    return "Content Security Policy" in said.text


def _session() -> str:
    client = Client()
    client.force_login(User.objects.get(email="m.ribera@ribera.example"))
    return client.cookies[settings.SESSION_COOKIE_NAME].value
