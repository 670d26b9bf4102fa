"""Reads of which mailboxes are fetched, and how that goes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.expressions import Combinable

from acuse.accounts.queries import Access
from acuse.errors import AcuseError
from acuse.evidence.alarms import from_members
from acuse.reception.fetching.rules import Source
from acuse.reception.models import Pickup


@dataclass(frozen=True, kw_only=True)
class PickupView:
    """A mailbox that is fetched, without its password.

    Attributes:
        mailbox: of the desk.
        fetched_at: when the last look at it began that came to the end; None before the first time.
        failure: what is wrong with it since `failing_since`; None where nothing is.
        left_behind: messages that were too large and stay there.
    """

    mailbox: UUID
    source: Source
    started_at: datetime
    fetched_at: datetime | None
    failure: AcuseError | None
    failing_since: datetime | None
    left_behind: int


def pickups(access: Access) -> Mapping[UUID, PickupView]:
    """Return an organisation's fetched mailboxes, by mailbox."""
    return {row.names: _view(row) for row in Pickup.objects.filter(organisation_id=access.organisation)}


def not_fetched_since(moment: datetime | Combinable, *, organisation: UUID | Combinable) -> "QuerySet[Pickup]":
    """Return the mailboxes of an organisation where something may lie that came before a moment.

    Mail from before one was set up is not fetched from it.

    Args:
        moment, organisation: each may be a reference to the row of an outer query.
    """
    behind = Q(fetched_at=None) | Q(fetched_at__lte=moment)
    return Pickup.objects.filter(behind, organisation=organisation, started_at__lte=moment)


def _view(row: Pickup) -> PickupView:
    return PickupView(
        mailbox=row.names,
        source=source_of(row),
        started_at=row.started_at,
        fetched_at=row.fetched_at,
        failure=from_members(row.failure) if row.failure else None,
        failing_since=row.failing_since,
        left_behind=row.left_behind,
    )


def source_of(row: Pickup) -> Source:
    """Return where a mailbox is fetched."""
    return Source(
        host=row.host,
        port=row.port,
        security=row.security,
        username=row.username,
        folder=row.folder,
        mark_read=row.mark_read,
    )
