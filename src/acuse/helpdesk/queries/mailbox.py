"""What an organisation has for whoever showed that an address is theirs: certified messages, and cases."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from acuse.contacts import rules
from acuse.contacts.family import family
from acuse.contacts.queries import by_address
from acuse.delivery.queries.received import certified_to
from acuse.errors import InputError
from acuse.helpdesk.models import Ticket
from acuse.helpdesk.queries.writing import follow_path

MOST_CASES = 200


@dataclass(frozen=True, kw_only=True)
class OwnCase:
    """A case whose answers go to the address; `path` is where its customer follows it."""

    key: str
    subject: str
    status: str
    opened_at: datetime
    path: str


def cases_of(*, organisation: UUID, address: str) -> tuple[OwnCase, ...]:
    """Return the cases whose answers go to an address, the newest first.

    Those of the same contact that are answered elsewhere are left out: what was shown is this address alone.
    """
    contact = by_address(organisation, channel="email", value=address)
    if contact is None:
        return ()
    rows = Ticket.objects.filter(organisation_id=organisation, contact__in=family(organisation, contact))
    return tuple(
        OwnCase(key=row.key, subject=row.subject, status=row.status, opened_at=row.opened_at, path=follow_path(row.id))
        for row in rows.order_by("-last_at")[:MOST_CASES]
        if _is_same(row.address, address)
    )


def is_known(*, organisation: UUID, address: str) -> bool:
    """Say whether an organisation has anything for an address."""
    known = certified_to(organisation=organisation, address=address, most=1)
    return bool(known or cases_of(organisation=organisation, address=address))


def _is_same(one: str, other: str) -> bool:
    try:
        return rules.key("email", one) == rules.key("email", other)
    except InputError:
        return False
