"""Certified messages to one address, for whoever showed that it is theirs. Reading changes and records nothing."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from acuse import clock
from acuse.delivery.models import Access, Communication
from acuse.delivery.rules import mailbox_key
from acuse.evidence.fulltext import Lexemes, terms

MOST = 200


@dataclass(frozen=True, kw_only=True)
class Received:
    """One certified message.

    Attributes:
        mode: "content", or "notice" where it is opened behind a link of its own.
        outcome: of the verdict on its facts.
        waits: it can be opened behind its link now.
    """

    id: UUID
    sender: str
    subject: str
    sent_at: datetime
    mode: str
    outcome: str
    waits: bool


def certified_to(*, organisation: UUID, address: str, most: int = MOST) -> tuple[Received, ...]:
    """Return what an organisation certified to an address, the newest first.

    Args:
        organisation: the sender. address: of the recipient, whatever its case. most: at most so many.
    """
    rows = _to(organisation, address).order_by("-created_at", "-id")[:most]
    held = Access.objects.filter(communication__in=[row.id for row in rows], ended="", expires_at__gt=clock.now())
    waiting = set(held.values_list("communication_id", flat=True))
    return tuple(
        Received(
            id=row.id,
            sender=row.sender,
            subject=row.subject,
            sent_at=row.created_at,
            mode=row.mode,
            outcome=row.outcome,
            waits=row.id in waiting,
        )
        for row in rows
    )


def may_fetch_proof(*, organisation: UUID, address: str, communication: UUID) -> bool:
    """Say whether the certificate of a message may be handed to whoever showed that an address is theirs.

    It holds the content: what waits behind a link is not seen without opening it there, which is recorded.
    """
    return _to(organisation, address).filter(id=communication, mode=Communication.Mode.CONTENT).exists()


def _to(organisation: UUID, address: str) -> "QuerySet[Communication]":
    """The index of words holds whole addresses: it finds the few rows of which some are theirs."""
    spelled = {address, mailbox_key(address)}
    words = [Q(search=Lexemes(terms(one))) & Q(recipient__iexact=one) for one in spelled]
    found = words[0] | words[-1]
    return Communication.objects.filter(found, organisation_id=organisation, certified=True)
