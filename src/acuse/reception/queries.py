"""Reads of what came in: lists, one message, its raw bytes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.expressions import Combinable

from acuse.accounts.queries import Access, InstallationAccess
from acuse.evidence import custody
from acuse.evidence.rules import INSTALLATION
from acuse.reception.models import Item

PAGE = 50


@dataclass(frozen=True, kw_only=True)
class ItemView:
    """One message that came in, for one address of ours.

    Attributes:
        organisation: whose it is; `INSTALLATION` where no organisation's.
        communication: that the token of its address names.
        state: "recorded", "classified" or "unreadable".
        reading: what it turned out to be; "" until it was read.
        references: Message-IDs that it answers, the likeliest first.
    """

    id: UUID
    organisation: UUID
    received_at: datetime
    mail_from: str
    recipient: str
    purpose: str
    communication: UUID | None
    names: UUID | None
    client_ip: str
    client_helo: str
    sha256: str
    size: int
    state: str
    tries: int
    reading: str
    reason: str
    author: str
    subject: str
    message_id: str
    references: tuple[str, ...]
    authentication: Mapping[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class Page:
    """Messages, the newest first; `older` is the place to go on from, or None at the end."""

    items: tuple[ItemView, ...]
    older: tuple[datetime, UUID] | None


def _seen_by(access: Access | InstallationAccess) -> "QuerySet[Item]":
    if isinstance(access, Access):
        return Item.objects.filter(organisation_id=access.organisation)
    return Item.objects.filter(organisation=None)


def _view(row: Item) -> ItemView:
    return ItemView(
        id=row.id,
        organisation=row.organisation_id or INSTALLATION,
        received_at=row.received_at,
        mail_from=row.mail_from,
        recipient=row.recipient,
        purpose=row.purpose,
        communication=row.communication,
        names=row.names,
        client_ip=row.client_ip,
        client_helo=row.client_helo,
        sha256=row.sha256,
        size=row.size,
        state=row.state,
        tries=row.tries,
        reading=row.reading,
        reason=row.reason,
        author=row.author,
        subject=row.subject,
        message_id=row.message_id,
        references=tuple(row.references),
        authentication=row.authentication,
    )


def item_view(item: UUID) -> ItemView | None:
    """Return a message by id, for components that act on facts rather than for a member; None where it was erased."""
    row = Item.objects.filter(id=item).first()
    return _view(row) if row else None


def unreadable(*, limit: int) -> tuple[ItemView, ...]:
    """Return what could not be read, of everybody, the newest first: for the operator at the command line."""
    rows = Item.objects.filter(state=Item.State.UNREADABLE).order_by("-received_at", "-id")
    return tuple(_view(row) for row in rows[:limit])


def items(
    access: Access | InstallationAccess, *, before: tuple[datetime, UUID] | None = None, limit: int = PAGE
) -> Page:
    """Return a page of what came in for an organisation, or for nobody in particular.

    Args:
        access: of who asks.
        before: the place after which to go on; None for the newest.
        limit: rows.
    """
    rows = _seen_by(access).order_by("-received_at", "-id")
    if before is not None:
        received_at, identity = before
        rows = rows.filter(Q(received_at__lt=received_at) | Q(received_at=received_at, id__lt=identity))
    found = list(rows[: limit + 1])
    shown = found[:limit]
    older = (shown[-1].received_at, shown[-1].id) if len(found) > limit else None
    return Page(items=tuple(_view(row) for row in shown), older=older)


def item(access: Access | InstallationAccess, *, id: UUID) -> ItemView | None:
    """Return one message, or None where who asks has no such one."""
    row = _seen_by(access).filter(id=id).first()
    return _view(row) if row else None


def raw_message(access: Access | InstallationAccess, *, id: UUID) -> bytes | None:
    """Return a message byte for byte as it came, or None where who asks has no such one.

    Raises:
        AcuseError: custody lost it or it is damaged.
    """
    found = item(access, id=id)
    return None if found is None else custody.open_object(organisation=found.organisation, sha256=found.sha256)


def concerning(access: Access, *, communication: UUID) -> tuple[ItemView, ...]:
    """Return what came in for addresses that one communication carried, the newest first."""
    rows = _seen_by(access).filter(communication=communication).order_by("-received_at", "-id")
    return tuple(_view(row) for row in rows[:PAGE])


def unread(
    *, organisation: UUID | Combinable, since: datetime | Combinable, until: datetime | Combinable
) -> "QuerySet[Item]":
    """Return what came in for an organisation within a time and was not read yet; what it is about nobody knows.

    Of what was fetched it is not known when it came to its mailbox: all that was fetched since is among it.

    Args:
        organisation: whose. since, until: when it came. Each may be a reference to the row of an outer query.
    """
    return _written_to(organisation, since, until).filter(state=Item.State.RECORDED)


def of_case(
    *,
    organisation: UUID | Combinable,
    since: datetime | Combinable,
    until: datetime | Combinable,
    ticket: UUID | Combinable,
    letters: "QuerySet[Any]",
    address: str | Combinable,
) -> "QuerySet[Item]":
    """Return what came in within a time at an address of a case, or from its customer's.

    Args:
        organisation, since, until: as of `unread`.
        ticket: that such an address names. letters: the communications that others do.
        address: the customer's.
    """
    named = Q(names=ticket) | Q(communication__in=letters)
    return _written_to(organisation, since, until).filter(
        named | Q(author__iexact=address) | Q(mail_from__iexact=address)
    )


def set_aside(found: "QuerySet[Item]") -> "QuerySet[Item]":
    """Return those of some messages that nobody could use, so that a person has to look."""
    return found.filter(state=Item.State.UNREADABLE)


def _written_to(
    organisation: UUID | Combinable, since: datetime | Combinable, until: datetime | Combinable
) -> "QuerySet[Item]":
    in_time = Q(received_at__lte=until) | Q(fetched=True)
    came = Item.objects.filter(in_time, organisation=organisation, received_at__gt=since)
    return came.exclude(purpose="bounce")  # where servers write
