"""Filling in the public form as a browser does: one page, then the other."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.test import Client

from acuse.channels.dns import DnsUnavailable, DomainNotFound, NoMailDomain
from acuse.doors.portal import reply_address
from tests.integration.helpdesk.making import ANA, SLUG

WRITE = f"/o/{SLUG}/write/"
FILLED = {
    "name": "Ana Prieto",
    "address": ANA,
    "type": "claim",
    "subject": "Ruido al frenar",
    "text": "Desde la revisión hace ruido.",
}


class Names:
    """Name servers that say what the test wants of two domains, and that the others take mail."""

    def check_takes_mail(self, domain: str, *, seconds: float) -> None:
        """Answer as `Resolver.check_takes_mail` does."""
        if domain == "nadie.example":
            raise DomainNotFound("no")
        if domain == "nulo.example":
            raise NoMailDomain("null MX")
        if domain == "callado.example":
            raise DnsUnavailable("silence")


def answer_names(patch: pytest.MonkeyPatch) -> None:
    """Have these name servers answer."""
    patch.setattr(reply_address, "resolver", Names)


def hidden(page: Any) -> dict[str, str]:
    """What the form of a page carries without its reader's doing, its cookies aside."""
    text = page.content.decode()
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text)
    return {name: unescape(value) for name, value in found if name not in {"csrfmiddlewaretoken", "step"}}


def steps(client: Client, **changed: str) -> dict[str, str]:
    """Fill in the first page; return what the second will send."""
    first = client.get(WRITE)
    second = client.post(WRITE, {**FILLED, **hidden(first), **changed, "step": "check"})
    assert second.status_code == 200, second.content.decode()
    return {**FILLED, **hidden(second), **changed, "step": "send"}


def networks() -> Iterator[str]:
    """Addresses of many networks."""
    return (f"198.51.{number // 250}.{number % 250 + 1}" for number in range(60_000))
