"""Certified messages to one address, for whoever showed that it is theirs. Reading changes and records nothing."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from acuse import clock
from acuse.delivery.models import Access, Communication
from acuse.delivery.rules import mailbox_key
from acuse.evidence.fulltext import Lexemes, terms

PAGE = 50


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


@dataclass(frozen=True, kw_only=True)
class ReceivedPage:
    """Some certified messages, the newest first.

    Attributes:
        older: the place after which the next page goes on; None on the last.
    """

    rows: tuple[Received, ...]
    older: tuple[datetime, UUID] | None


def certified_to(*, organisation: UUID, address: str, before: tuple[datetime, UUID] | None = None) -> ReceivedPage:
    """Return a page of what an organisation certified to an address.

    Args:
        organisation: the sender. address: of the recipient, whatever its case. before: the place after which to go on;
            None for the newest.
    """
    found = _to(organisation, address).order_by("-created_at", "-id")
    if before is not None:
        created_at, identity = before
        found = found.filter(Q(created_at__lt=created_at) | Q(created_at=created_at, id__lt=identity))
    rows = list(found[: PAGE + 1])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    held = Access.objects.filter(communication__in=[row.id for row in rows], ended="", expires_at__gt=clock.now())
    waiting = set(held.values_list("communication_id", flat=True))
    shown = tuple(
        Received(
            id=row.id,
            sender=row.sender,
            subject=row.subject,
            sent_at=row.created_at,
            mode=row.mode,
            outcome=row.outcome,
            waits=row.id in waiting,
        )
        for row in rows[:PAGE]
    )
    return ReceivedPage(rows=shown, older=(last.created_at, last.id) if last else None)


def is_certified_to(*, organisation: UUID, address: str) -> bool:
    """Say whether an organisation certified anything to an address."""
    return _to(organisation, address).exists()


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
