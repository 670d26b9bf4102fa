"""What cases forbid of their customers' being forgotten."""

from datetime import datetime
from uuid import UUID

from acuse.helpdesk.models import Deadline, Ticket
from acuse.helpdesk.rules import OPEN_STATUSES

_LIVE = (Deadline.State.RUNNING, Deadline.State.PAUSED, Deadline.State.OVERDUE)


def has_open_case(organisation: UUID, contacts: tuple[UUID, ...]) -> bool:
    """Say whether a case of one of some contacts is open."""
    return Ticket.objects.filter(
        organisation_id=organisation, contact_id__in=contacts, status__in=OPEN_STATUSES
    ).exists()


def running_until(organisation: UUID, contacts: tuple[UUID, ...]) -> tuple[bool, datetime | None]:
    """Say whether a deadline runs in a case of one of some contacts, and when the last of them ends.

    Returns:
        Whether, and when; None where one stands still, or is over and not ended, so that nobody can say.
    """
    ends = Deadline.objects.filter(
        ticket__organisation_id=organisation, ticket__contact_id__in=contacts, state__in=_LIVE
    ).values_list("state", "due_at")
    known = [due for state, due in ends if state == Deadline.State.RUNNING and due is not None]
    return bool(ends), max(known) if known and len(known) == len(ends) else None
