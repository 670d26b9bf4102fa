"""What an organisation has for whoever showed that an address is theirs: certified messages, and cases."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from acuse.contacts import rules
from acuse.contacts.family import family
from acuse.contacts.queries import by_address
from acuse.delivery.queries.received import is_certified_to
from acuse.errors import InputError
from acuse.helpdesk.models import Ticket
from acuse.helpdesk.queries.writing import follow_path

PAGE = 50


@dataclass(frozen=True, kw_only=True)
class OwnCase:
    """A case whose answers go to the address; `path` is where its customer follows it."""

    key: str
    subject: str
    status: str
    opened_at: datetime
    path: str


@dataclass(frozen=True, kw_only=True)
class OwnCases:
    """Some cases, that in which something happened last first.

    Attributes:
        older: the place after which the next page goes on; None on the last.
    """

    rows: tuple[OwnCase, ...]
    older: tuple[datetime, UUID] | None


def cases_of(*, organisation: UUID, address: str, before: tuple[datetime, UUID] | None = None) -> OwnCases:
    """Return a page of the cases whose answers go to an address.

    Args:
        organisation: whose cases. address: whatever its case. before: the place after which to go on; None for the
            beginning.
    """
    found = _answered_at(organisation, address).order_by("-last_at", "-id")
    if before is not None:
        last_at, identity = before
        found = found.filter(Q(last_at__lt=last_at) | Q(last_at=last_at, id__lt=identity))
    rows = list(found[: PAGE + 1])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    shown = tuple(
        OwnCase(key=row.key, subject=row.subject, status=row.status, opened_at=row.opened_at, path=follow_path(row.id))
        for row in rows[:PAGE]
    )
    return OwnCases(rows=shown, older=(last.last_at, last.id) if last else None)


def is_known(*, organisation: UUID, address: str) -> bool:
    """Say whether an organisation has anything for an address."""
    return is_certified_to(organisation=organisation, address=address) or _answered_at(organisation, address).exists()


def _answered_at(organisation: UUID, address: str) -> "QuerySet[Ticket]":
    """Those of the same contact that are answered elsewhere are left out: what was shown is this address alone."""
    contact = by_address(organisation, channel="email", value=address)
    if contact is None:
        return Ticket.objects.none()
    theirs = Ticket.objects.filter(organisation_id=organisation, contact__in=family(organisation, contact))
    written = theirs.order_by().values_list("address", flat=True).distinct()
    return theirs.filter(address__in=[one for one in written if _is_same(one, address)])


def _is_same(one: str, other: str) -> bool:
    try:
        return rules.key("email", one) == rules.key("email", other)
    except InputError:
        return False
