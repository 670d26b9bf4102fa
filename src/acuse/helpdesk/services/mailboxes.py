"""Setting up the addresses whose mail becomes cases."""

from uuid import UUID

from django.db import IntegrityError, transaction
from uuid6 import uuid7

from acuse import clock
from acuse.accounts.queries import Access, sender_patterns
from acuse.accounts.rules import may_send_as
from acuse.errors import ConflictError, InputError
from acuse.evidence.ledger import FactDraft, record
from acuse.helpdesk import rules
from acuse.helpdesk.models import Mailbox
from acuse.helpdesk.services.changes import by
from acuse.texts import storable

_KIND = "mailbox"
_MOST_NAME = 120


def add_mailbox(*, access: Access, name: str, address: str, default_type: str = "inquiry") -> UUID:
    """Set up a mailbox whose mail comes in at the inbound door; return it.

    Only for an address as which the organisation may send: nobody takes the mail of another in.

    Raises:
        AccessDenied: the member may not. InputError: it is no address, or not one of the organisation's.
        ConflictError: there is such a mailbox already.
    """
    access.require_manager()
    checked = rules.check_address(address)
    if not checked:
        raise InputError("Write an e-mail address such as atencion@empresa.example.")
    if not may_send_as(checked, sender_patterns(access.organisation)):
        raise InputError("The organisation may not send as %(address)s. Add it to the senders first.", address=checked)
    row = Mailbox(
        id=uuid7(),
        organisation_id=access.organisation,
        name=check_name(name),
        address=checked,
        default_type=rules.check_type(default_type),
        created_at=clock.now(),
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            record(told(row, "mailbox.made", access))
    except IntegrityError as error:
        raise ConflictError("There is a mailbox of this address already.") from error
    return row.id


def change_mailbox(*, access: Access, mailbox: UUID, name: str, default_type: str, enabled: bool) -> None:
    """Change a mailbox. Mail for one that is not enabled is kept and set aside; its cases are answered from another.

    Raises:
        AccessDenied: the member may not. InputError: there is no such mailbox, or something does not fit.
    """
    access.require_manager()
    with transaction.atomic():
        row = Mailbox.objects.select_for_update().filter(organisation_id=access.organisation, id=mailbox).first()
        if row is None:
            raise InputError("There is no such mailbox.")
        row.name, row.default_type, row.enabled = check_name(name), rules.check_type(default_type), enabled
        row.save(update_fields=["name", "default_type", "enabled"])
        record(told(row, "mailbox.changed", access))


def check_name(name: str) -> str:
    """Return the name under which a mailbox answers; "" for the organisation's.

    Raises:
        InputError: it is too long.
    """
    given = storable(name).strip()
    if len(given) > _MOST_NAME:
        raise InputError("A name takes up to %(most)s characters.", most=_MOST_NAME)
    return given


def told(row: Mailbox, type: str, access: Access) -> FactDraft:
    """Return the fact that says what a mailbox is now."""
    return FactDraft(
        organisation=row.organisation_id,
        subject_kind=_KIND,
        subject_id=row.id,
        type=type,
        actor=by(access),
        details={"name": row.name, "address": row.address, "enabled": row.enabled},
    )
