"""The addresses to which an organisation's messages are held back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from acuse.accounts.queries import Access
from acuse.delivery.models import Communication, Suppression
from acuse.delivery.rules import mailbox_key

SUPPRESSIONS_PAGE = 50
_SEARCH_LENGTH = 200


@dataclass(frozen=True, kw_only=True)
class SuppressionView:
    """An address on the list.

    Attributes:
        reason: one of `proof.facts.suppression.REASONS`.
        communication: what came of it put the address there.
    """

    id: UUID
    address: str
    reason: str
    communication: UUID
    added_at: datetime


@dataclass(frozen=True, kw_only=True)
class SuppressionPage:
    """One page of the list, the newest first.

    Attributes:
        older: the place after which the next page goes on; None on the last.
    """

    rows: tuple[SuppressionView, ...]
    older: tuple[datetime, UUID] | None


def _mine(access: Access) -> "QuerySet[Suppression]":
    return Suppression.objects.filter(organisation_id=access.organisation)


def _view(row: Suppression) -> SuppressionView:
    return SuppressionView(
        id=row.id,
        address=row.address,
        reason=row.reason,
        communication=row.communication_id,
        added_at=row.added_at,
    )


def suppressions(
    access: Access, *, search: str = "", before: tuple[datetime, UUID] | None = None, limit: int = SUPPRESSIONS_PAGE
) -> SuppressionPage:
    """Return a page of the list.

    Args:
        access: of the member who asks.
        search: a part of the address, in any case, its domain in either spelling; empty for all.
        before: the place after which to go on; None for the newest.
        limit: rows.
    """
    found = _mine(access).order_by("-added_at", "-id")
    words = search.replace("\0", "")[:_SEARCH_LENGTH].strip()
    if words:
        found = found.filter(Q(address__contains=words.lower()) | Q(address__contains=mailbox_key(words)))
    if before is not None:
        added_at, identity = before
        found = found.filter(Q(added_at__lt=added_at) | Q(added_at=added_at, id__lt=identity))
    rows = list(found[: limit + 1])
    last = rows[limit - 1] if len(rows) > limit else None
    return SuppressionPage(rows=tuple(map(_view, rows[:limit])), older=(last.added_at, last.id) if last else None)


def suppression(access: Access, *, id: UUID) -> SuppressionView | None:
    """Return one address on the list, or None where the organisation's has no such one."""
    row = _mine(access).filter(id=id).first()
    return _view(row) if row else None


def suppression_of(access: Access, *, communication: UUID) -> SuppressionView | None:
    """Return what the list says of the recipient of a communication, or None where the address is not on it."""
    known = Communication.objects.filter(id=communication, organisation_id=access.organisation).first()
    row = _mine(access).filter(address=mailbox_key(known.recipient)).first() if known else None
    return _view(row) if row else None
