"""Forgetting a contact, where nothing forbids it; what forbids it is asked of those who know.

The rows are blanked, what opens the digests of the facts included; the facts say nothing without it and leave by
`acuse.evidence.retention` in their time. The blank row stays, because tickets cite it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from acuse import clock
from acuse.accounts.queries import Access
from acuse.clock import to_rfc3339
from acuse.contacts.models import Address, Contact
from acuse.contacts.services.recording import draft, locked_family, member
from acuse.evidence.ledger import record
from acuse.evidence.retention import held
from acuse.proof.facts.contact import KIND


@dataclass(frozen=True, kw_only=True)
class Obstacle:
    """Something that forbids erasing a contact now.

    Attributes:
        reason: one of `proof.facts.contact.OBSTACLES`.
        until: when it ends by itself, aware; None where nobody can say.
    """

    reason: str
    until: datetime | None = None


Hold = Callable[[UUID, tuple[UUID, ...]], Obstacle | None]
"""Tells, of an organisation and the contacts that are one, whether something forbids erasing them now."""


def legal_hold(_organisation: UUID, family: tuple[UUID, ...]) -> Obstacle | None:
    """Tell whether somebody put one of these contacts under legal hold."""
    return Obstacle(reason="legal_hold") if held(kind=KIND, subjects=family) else None


def erase_contact(*, access: Access, contact: UUID, holds: Sequence[Hold] = ()) -> tuple[Obstacle, ...]:
    """Forget a contact and everything that was merged into it, or record that it was asked for and what forbids it.

    Args:
        access: of an owner or administrator.
        contact: one that stands alone.
        holds: who else is asked, besides a legal hold.

    Returns:
        What forbids it; () where it is forgotten now.

    Raises:
        AccessDenied: the member may not.
        InputError: there is no such contact.
        ConflictError: it was merged or erased meanwhile.
    """
    access.require_manager()
    with transaction.atomic():
        family = locked_family(access, contact)
        # A case that is being opened holds its address or cites its contact: it is waited for here, and seen below.
        list(Address.objects.select_for_update().filter(contact__in=family).order_by("id"))
        list(Contact.objects.select_for_update().filter(id__in=family).order_by("id"))
        asked = (hold(access.organisation, family) for hold in (legal_hold, *holds))
        obstacles = tuple(obstacle for obstacle in asked if obstacle is not None)
        if obstacles:
            told = [{"reason": one.reason, "until": to_rfc3339(one.until) if one.until else None} for one in obstacles]
            details = {"obstacles": told}
            record(draft(access.organisation, contact, "contact.erasure_requested", member(access), details))
        else:
            _forget(family)
            record(*(draft(access.organisation, one, "contact.erased", member(access), {}) for one in family))
    return obstacles


def _forget(family: Sequence[UUID]) -> None:
    Address.objects.filter(contact__in=family).delete()
    Contact.objects.filter(id__in=family).update(
        name="", tax_id="", language="", company=None, notes="", address_words="", salt=b"", erased_at=clock.now()
    )
