"""Messages that come in, and the addresses they come to."""

from typing import Any
from uuid import UUID

from django.conf import settings

from acuse.mail.tokens import encode_address
from acuse.reception.rules import Ours, read_address
from acuse.reception.services import Arrival, receive

DOMAIN = "rebotes.example"


def address(purpose: str, identifier: UUID) -> str:
    """An address of ours with its token."""
    return encode_address(key=settings.ACUSE_KEYS.address, purpose=purpose, identifier=identifier, domain=DOMAIN)


def ours(text: str) -> Ours:
    """An address as the door reads it."""
    found = read_address(
        text, keys=(settings.ACUSE_KEYS.address,), token_domain=DOMAIN, domains=frozenset({DOMAIN, "acuse.example"})
    )
    assert found is not None, text
    return found


def arrival(*recipients: str, **changes: Any) -> Arrival:
    """An envelope with the null sender, as reports have it."""
    made: dict[str, Any] = {
        "mail_from": "",
        "recipients": tuple(ours(one) for one in recipients),
        "client_ip": "192.0.2.25",
        "helo": "mx.cliente.example",
        "tls": ("TLSv1.3", "TLS_AES_256_GCM_SHA384"),
    }
    return Arrival(**{**made, **changes})


def come_in(raw: bytes, *recipients: str, **changes: Any) -> list[UUID]:
    """Have a message come in."""
    return receive(arrival=arrival(*recipients, **changes), raw=raw)
