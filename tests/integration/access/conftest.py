"""Content that waits behind a link, made through the services and visited over HTTP."""

import re
from dataclasses import dataclass
from uuid import UUID

import pytest
from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from acuse.accounts.values import SmtpCredentialValue
from acuse.delivery.endpoints import EmailEndpoint
from acuse.delivery.models import Communication, Notice
from acuse.delivery.services import close_attempt, open_attempt
from acuse.delivery.services.work import load_work
from acuse.embedded.roles import Addresses
from acuse.evidence import custody
from acuse.mail.read import read
from acuse.proof.facts.fact import Fact
from tests.integration import making

MESSAGE = (
    b"From: avisos@ribera.example\r\nTo: ana@cliente.example\r\nSubject: =?utf-8?q?Resoluci=C3=B3n?= 2026-0417\r\n"
    b"Message-ID: <r417@ribera.example>\r\nAcuse-Mode: notice\r\n%sMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n'
    b"Estimado cliente: aceptamos su reclamaci\xc3\xb3n <b>del 3 de octubre</b>.\r\n"
    b'--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename="informe.pdf"\r\n\r\n'
    b"%%PDF-1.7 informe\r\n--b--\r\n"
)


@dataclass(kw_only=True)
class Visit:
    """A browser at the page behind the link of one communication."""

    organisation: UUID
    communication: UUID
    root: str
    notice: bytes
    client: Client

    def get(self, rest: str = "", **more: object) -> HttpResponse:
        """GET under the link."""
        return self.client.get(f"{self.root}{rest}", **more)  # type: ignore[arg-type, return-value]

    def post(self, rest: str, *, page: str = "", **fields: str) -> HttpResponse:
        """POST under the link, with the form of a page of it."""
        return self.client.post(f"{self.root}{rest}", {"form": self.form(page), **fields})  # type: ignore[return-value]

    def form(self, page: str = "") -> str:
        """What the forms of a page carry."""
        found = re.search(r'name="form" value="([^"]+)"', self.get(page).content.decode())
        return found[1] if found else ""

    def facts(self) -> list[Fact]:
        """Every fact of the communication."""
        return making.facts(self.organisation, self.communication)

    def types(self) -> list[str]:
        """The types of them."""
        return [fact.type for fact in self.facts()]

    def last(self, fact_type: str) -> Fact:
        """The last fact of a type."""
        return [fact for fact in self.facts() if fact.type == fact_type][-1]

    def row(self) -> Communication:
        """The row, as it is now."""
        return Communication.objects.get(id=self.communication)

    def code(self) -> str:
        """The code in the e-mail that was queued last."""
        queued = Notice.objects.filter(communication_id=self.communication, kind="code").order_by("created_at").last()
        assert queued is not None
        text = read(custody.open_object(organisation=self.organisation, sha256=queued.message_sha256)).text or ""
        return re.findall(r"\b\d{6}\b", text)[0]


def notify(communication: UUID, result: object = making.RELAYED) -> bytes:
    """Send the notice, with a channel that answers `result`; return what was sent."""
    endpoint = EmailEndpoint(per_domain=1)
    work = load_work(communication)
    content, copy = endpoint.compose(work)
    endpoint.close()
    held = making.lease(communication)
    opened = open_attempt(work=work, lease=held, target="cliente.example", copy=copy)
    close_attempt(opened=opened, outcome=result, schedule=making.SCHEDULE, reporting_host=making.HOST)  # type: ignore[arg-type]
    return content


def waiting(value: SmtpCredentialValue, headers: bytes = b"") -> Visit:
    """A message in notice mode, its notice sent, and a browser that has the link."""
    communication = making.accept(value, MESSAGE % headers)
    content = notify(communication)
    link = re.search(rf"{re.escape(settings.ACUSE.public_url)}(/a/[a-z2-7]+/)", read(content).text or "")
    assert link is not None
    return Visit(
        organisation=value.organisation, communication=communication, root=link[1], notice=content, client=Client()
    )


@pytest.fixture
def visit(database: Addresses) -> Visit:
    """Content that opens with the link alone."""
    cache.clear()
    return waiting(making.credential())


@pytest.fixture
def coded(database: Addresses) -> Visit:
    """Content that a code opens."""
    cache.clear()
    return waiting(making.credential(), b"Acuse-Access: otp\r\n")
