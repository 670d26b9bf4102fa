"""A tracked message whose copy was taken by its recipient's server, and a browser that has what the copy names."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from acuse import clock
from acuse.accounts.values import SmtpCredentialValue
from acuse.delivery.models import Communication
from acuse.embedded.roles import Addresses
from acuse.mail.read import read
from acuse.mail.tokens import TRACK, encode_token
from acuse.proof.facts.fact import Fact
from tests.integration import making
from tests.integration.access.conftest import notify
from tests.unit.delivery.test_hits import FIREFOX

LINKS = ("https://ribera.example/presupuesto?n=1#total", "http://ribera.example/año", "https://ribera.example/mapa")
HOUR = timedelta(hours=1)
MESSAGE = (
    "From: avisos@ribera.example\r\nTo: ana@cliente.example\r\nSubject: {subject}\r\nAcuse-Tracking: on\r\n"
    "MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><body>"
    + "".join(f'<p><a href="{link}">Hola</a></p>' for link in LINKS)
    + "</body></html>\r\n"
)


@dataclass(kw_only=True)
class Copy:
    """What is asked for of one copy, an hour after it was taken unless said otherwise."""

    organisation: UUID
    communication: UUID
    client: Client = field(default_factory=lambda: Client(HTTP_USER_AGENT=FIREFOX, HTTP_ACCEPT_LANGUAGE="es"))

    @property
    def root(self) -> str:
        """The path under which everything of this copy lies."""
        token = encode_token(key=settings.ACUSE_KEYS.address, purpose=TRACK, identifier=self.communication)
        return f"/t/{token}/"

    def get(self, rest: str = "", **more: Any) -> HttpResponse:
        """GET under the link."""
        return self.client.get(f"{self.root}{rest}", **more)  # type: ignore[return-value]

    def withdraw(self, **more: Any) -> HttpResponse:
        """Press the button of the page."""
        found = re.search(r'name="form" value="([^"]+)"', self.get().content.decode())
        form = found[1] if found else ""
        return self.client.post(f"{self.root}withdraw", {"form": form}, **more)  # type: ignore[return-value]

    def facts(self) -> list[Fact]:
        """The facts about tracking, in order."""
        found = making.facts(self.organisation, self.communication)
        return [fact for fact in found if fact.type.startswith("track")]

    def judgements(self) -> list[str]:
        """Who seems to have made each request."""
        return [str(fact.details["by"]) for fact in self.facts()]

    def row(self) -> Communication:
        """The row, as it is now."""
        return Communication.objects.get(id=self.communication)


def tracked(
    value: SmtpCredentialValue, *recipients: str, result: object = making.RELAYED, subject: str = "Prueba"
) -> Copy:
    """A message with three links that asks to be tracked, sent with this result."""
    communication = making.accept(value, MESSAGE.format(subject=subject).encode(), *recipients)
    copy = Copy(organisation=value.organisation, communication=communication)
    sent = read(notify(communication, result)).html or ""
    assert f"{copy.root}i.gif" in sent
    return copy


def later(monkeypatch: pytest.MonkeyPatch, wait: timedelta) -> None:
    """Let the clock go on."""
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + wait)


@pytest.fixture
def fresh(database: Addresses) -> Copy:
    """A copy that was taken a moment ago."""
    cache.clear()
    return tracked(making.credential())


@pytest.fixture
def copy(fresh: Copy, monkeypatch: pytest.MonkeyPatch) -> Copy:
    """A copy that was taken an hour ago."""
    later(monkeypatch, HOUR)
    return fresh
