"""What a tracked copy leads to, and who does not want to be tracked.

Whoever asks what lies behind a link has proved to hold it. Reading changes nothing and records nothing.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from acuse.accounts.queries import Access
from acuse.delivery.models import Communication, TrackingWithdrawal
from acuse.delivery.rules import mailbox_key
from acuse.evidence import custody
from acuse.evidence.search import newest_of_each
from acuse.proof.facts.communication import KIND

_ROLE = "tracked-links"
#: A link of a message leads to the web or nowhere, whatever the object in custody says.
_SCHEMES = ("http://", "https://")


@dataclass(frozen=True, kw_only=True)
class Tracked:
    """A message whose copy tells its sender what is requested of it.

    Attributes:
        organisation: name of the sender. zone: its time zone.
        withdrawn_at: since when the recipient does not want to be tracked by it; None where they did not say so.
    """

    communication: UUID
    organisation_id: UUID
    organisation: str
    zone: str
    sender: str
    recipient: str
    subject: str
    language: str
    sent_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Withdrawal:
    """A recipient who does not want to be tracked."""

    address: str
    withdrawn_at: datetime


@dataclass(frozen=True, kw_only=True)
class Withdrawals:
    """Those of an organisation, the newest first, as many as a page shows.

    Attributes:
        count: how many there are. older: where the next page begins; None at the end.
    """

    rows: tuple[Withdrawal, ...]
    count: int
    older: int | None


def tracked(communication: UUID) -> Tracked | None:
    """Return the message behind a link, or None where it never was tracked or was erased."""
    row = Communication.objects.select_related("organisation").filter(id=communication, tracking=True).first()
    if row is None:
        return None
    withdrawn = TrackingWithdrawal.objects.filter(
        organisation_id=row.organisation_id, address=mailbox_key(row.recipient)
    ).first()
    return Tracked(
        communication=row.id,
        organisation_id=row.organisation_id,
        organisation=row.organisation.name,
        zone=row.organisation.time_zone,
        sender=row.sender,
        recipient=row.recipient,
        subject=row.subject,
        language=row.language,
        sent_at=row.created_at,
        withdrawn_at=withdrawn.withdrawn_at if withdrawn else None,
    )


def tracked_link(seen: Tracked, *, number: int) -> str | None:
    """Return where a link of a copy leads, or None where the copy has no such link.

    Args:
        seen: the message. number: of the link, from 1.

    Raises:
        AcuseError: custody lost the list of its links, or it is damaged.
    """
    organisation, communication = seen.organisation_id, seen.communication
    found = newest_of_each(organisation=organisation, kind=KIND, ids=[communication], types=("attempt.opened",))
    if communication not in found:
        return None
    lists = [item.sha256 for item in found[communication].objects if item.role == _ROLE]
    if not lists:
        return None
    links = _links(organisation, lists[0])
    link = links[number - 1] if 0 < number <= len(links) else ""
    return link if link.lower().startswith(_SCHEMES) else None


@lru_cache(maxsize=16)
def _links(organisation: UUID, sha256: str) -> tuple[str, ...]:
    """Return the list that custody keeps under a digest; one may be 1 MB, and who follows a link follows others."""
    return tuple(json.loads(custody.open_object(organisation=organisation, sha256=sha256))["links"])


def withdrawn_among(recipients: Iterable[tuple[UUID, str]]) -> frozenset[tuple[UUID, str]]:
    """Return those who withdrew: what is sent to them is not tracked.

    Args:
        recipients: organisation and address, as the sender wrote it; without any nothing is asked.
    """
    asked = {(organisation, address): mailbox_key(address) for organisation, address in recipients}
    if not asked:
        return frozenset()
    rows = TrackingWithdrawal.objects.filter(
        organisation_id__in={organisation for organisation, _ in asked}, address__in=set(asked.values())
    )
    known = set(rows.values_list("organisation_id", "address"))
    return frozenset(one for one, key in asked.items() if (one[0], key) in known)


def withdrawals(access: Access, *, begin: int = 0, limit: int = 100) -> Withdrawals:
    """Return the recipients of an organisation who do not want to be tracked.

    Args:
        access: of the member who asks. begin: how many of the newest to pass over. limit: how many to return.
    """
    mine = TrackingWithdrawal.objects.filter(organisation_id=access.organisation)
    found = list(mine.order_by("-withdrawn_at", "-id")[begin : begin + limit + 1])
    return Withdrawals(
        rows=tuple(Withdrawal(address=one.address, withdrawn_at=one.withdrawn_at) for one in found[:limit]),
        count=mine.count(),
        older=begin + limit if len(found) > limit else None,
    )
