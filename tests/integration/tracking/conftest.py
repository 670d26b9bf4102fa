"""A tracked message whose copy was taken by its recipient's server, and a browser that has what the copy names."""

import json
import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from acuse import clock
from acuse.accounts.values import SmtpCredentialValue
from acuse.delivery.models import Communication
from acuse.delivery.services import close_attempt, open_attempt
from acuse.delivery.services.work import load_work
from acuse.embedded.roles import Addresses
from acuse.evidence import custody
from acuse.evidence.ledger import FactDraft, record, refer
from acuse.mail.tokens import TRACK, encode_token
from acuse.proof.facts.fact import Actor, Fact
from tests.integration import making
from tests.unit.delivery.test_hits import FIREFOX

LINKS = ("https://ribera.example/presupuesto?n=1#total", "http://ribera.example/año", "https://ribera.example/mapa")
HOUR = timedelta(hours=1)


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


def tracked(value: SmtpCredentialValue, *recipients: str, result: object = making.RELAYED, **message: Any) -> Copy:
    """A message with three links that is tracked, sent with this result."""
    communication = making.accept(value, making.message(**message), *recipients)
    Communication.objects.filter(id=communication).update(tracking=True)
    name_links(value.organisation, communication)
    held = making.lease(communication)
    opened = open_attempt(work=load_work(communication), lease=held, target="cliente.example", copy=making.COPY)
    close_attempt(opened=opened, outcome=result, schedule=making.SCHEDULE, reporting_host=making.HOST)  # type: ignore[arg-type]
    return Copy(organisation=value.organisation, communication=communication)


def name_links(organisation: UUID, communication: UUID) -> None:
    """Record a try whose copy has these links."""
    content = json.dumps({"links": LINKS}).encode()
    kept = custody.keep(organisation=organisation, content=content, media_type="application/json")
    with transaction.atomic():
        record(
            FactDraft(
                organisation=organisation,
                subject_kind="communication",
                subject_id=communication,
                type="attempt.opened",
                actor=Actor(kind="component", id="dispatcher"),
                details={"attempt": 1, "channel": "email", "target": "cliente.example", "copy": None},
                objects=(refer("tracked-links", kept),),
            )
        )


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
