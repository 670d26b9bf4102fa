"""A case that might be, for previews and for trying a template out before it is published. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from acuse.composition.uses import Use
from acuse.composition.variables import Said, said

_CET = timezone(timedelta(hours=1))


@dataclass(frozen=True, kw_only=True)
class _Term:
    amount: int
    unit: str


_SAMPLES: Mapping[str, Mapping[str, object]] = {
    "es": {
        "organisation.name": "Suministros del Norte",
        "contact.name": "Lucía Ferrer Ortiz",
        "ticket.subject": "Cobro repetido en la factura de octubre",
        "ticket.type": "Reclamo",
        "agent.name": "Marta Ruiz",
        "message.kind": "mensaje",
        "message.text": "Buenos días:\n\nEn la factura de octubre me han cobrado dos veces el mismo pedido.",
        "message.attachments": ("factura-octubre.pdf", "recibo.jpg"),
        "answer.text": (
            "Hemos comprobado los dos cargos:\n\n"
            "1. El del 3 de octubre es correcto.\n2. El del 5 de octubre se repitió por error."
        ),
        "request.items": ("El número de la factura", "Una copia del cargo de su banco"),
        "dispute.bodies": ("Junta Arbitral Nacional de Consumo",),
        "product.name": "Caldera Norte 24",
    },
    "en": {
        "organisation.name": "Northern Supplies",
        "contact.name": "Lucía Ferrer Ortiz",
        "ticket.subject": "Charged twice on the October invoice",
        "ticket.type": "Claim",
        "agent.name": "Marta Ruiz",
        "message.kind": "message",
        "message.text": "Good morning,\n\nOn the October invoice I was charged twice for the same order.",
        "message.attachments": ("october-invoice.pdf", "receipt.jpg"),
        "answer.text": (
            "We have looked into both charges:\n\n"
            "1. The one of 3 October is right.\n2. The one of 5 October was repeated by mistake."
        ),
        "request.items": ("The number of the invoice", "A copy of the charge from your bank"),
        "dispute.bodies": ("Junta Arbitral Nacional de Consumo",),
        "product.name": "Norte 24 boiler",
    },
}
_SAME: Mapping[str, object] = {
    "ticket.number": "148",
    "ticket.key": "NOR-0148-K7M2P9",
    "ticket.opened_at": datetime(2026, 11, 20, 10, 42, tzinfo=_CET),
    "ticket.suspended_at": datetime(2026, 11, 20, 10, 42, tzinfo=_CET),
    "ticket.link": "https://acuse.example/f/K7M2P9QX/",
    "conformity.link": "https://acuse.example/c/4T8W2HJD/",
    "deadline.due": datetime(2026, 12, 4, 23, 59, 59, tzinfo=_CET),
    "deadline.term": _Term(amount=10, unit="business_days"),
    "deadline.response_due": datetime(2026, 11, 21, 10, 42, tzinfo=_CET),
    "message.received_at": datetime(2026, 11, 20, 10, 42, tzinfo=_CET),
    "answer.sent_at": datetime(2026, 11, 24, 17, 5, tzinfo=_CET),
    "product.purchased_on": date(2026, 3, 14),
    "warranty.starts_on": date(2026, 3, 14),
    "warranty.ends_on": date(2029, 3, 14),
    "warranty.suspended_at": datetime(2026, 11, 20, 10, 42, tzinfo=_CET),
}


def samples(use: Use, language: str, *, bare: bool = False) -> dict[str, Said]:
    """Return a value for each variable of a use, in words.

    Args:
        use: which one. language: "es" or "en".
        bare: leave out what there need not be.
    """
    known = {**_SAME, **_SAMPLES[language]}
    return {
        name: None if bare and variable.optional else said(variable, known[name], language=language)
        for name, variable in use.variables.items()
    }
