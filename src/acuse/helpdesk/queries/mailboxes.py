"""The mailboxes of a desk."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models.functions import Lower

from acuse.accounts.queries import Access
from acuse.helpdesk.models import Mailbox
from acuse.mail.mailboxes import lowered
from acuse.mail.tokens import MAILBOX, encode_address


@dataclass(frozen=True, kw_only=True)
class MailboxView:
    """A mailbox; see the model. `forward_to` is where its own server may pass its mail on to."""

    id: UUID
    name: str
    address: str
    enabled: bool
    default_type: str
    forward_to: str


def mailbox_at(address: str) -> UUID | None:
    """Return the mailbox of an address for which mail comes in, or None.

    One that is switched off too: what is sent to it is kept, and set aside where it belongs to no case.
    """
    found = Mailbox.objects.annotate(lower=Lower("address")).filter(lower=lowered(address))
    return found.values_list("id", flat=True).first()


def mailboxes(access: Access) -> tuple[MailboxView, ...]:
    """Return the organisation's mailboxes, the oldest first."""
    rows = Mailbox.objects.filter(organisation_id=access.organisation).order_by("created_at", "id")
    return tuple(_view(row) for row in rows)


def mailbox(access: Access, *, id: UUID) -> MailboxView | None:
    """Return one mailbox, or None where the organisation has no such one."""
    row = Mailbox.objects.filter(organisation_id=access.organisation, id=id).first()
    return _view(row) if row else None


def _view(row: Mailbox) -> MailboxView:
    return MailboxView(
        id=row.id,
        name=row.name,
        address=row.address,
        enabled=row.enabled,
        default_type=row.default_type,
        forward_to=encode_address(
            key=settings.ACUSE_KEYS.address,
            purpose=MAILBOX,
            identifier=row.id,
            domain=settings.ACUSE.verp_domain,
        ),
    )
