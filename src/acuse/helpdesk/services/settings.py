"""What an organisation's desk is set to."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from acuse.accounts.queries import Access, active_members
from acuse.errors import InputError
from acuse.evidence.ledger import FactDraft, record
from acuse.helpdesk.models import Settings
from acuse.helpdesk.services.changes import by
from acuse.helpdesk.services.opening import settings_of

MOST_UNDO = 60
MOST_BODIES, _MOST_BODY = 10, 200


def change_desk(
    *,
    access: Access,
    default_assignee: UUID | None,
    certify_replies: bool,
    undo_seconds: int,
    closing_allowed: bool,
    seal_receipts: bool = True,
    dispute_bodies: Sequence[str] = (),
) -> None:
    """Change how the desk answers and closes; each name that changed is recorded.

    Args:
        access: of whoever changes it. The others: see `acuse.helpdesk.models.Settings`.

    Raises:
        AccessDenied: the member may not. InputError: there is no such member, or a value does not fit.
    """
    access.require_manager()
    if default_assignee is not None and default_assignee not in active_members(access):
        raise InputError("There is no such member.")
    if not 0 <= undo_seconds <= MOST_UNDO:
        raise InputError("An answer can be taken back for up to %(most)s seconds.", most=MOST_UNDO)
    bodies = [body.strip() for body in dispute_bodies if body.strip()]
    if len(bodies) > MOST_BODIES or any(len(body) > _MOST_BODY for body in bodies):
        raise InputError(
            "Name up to %(most)s bodies, each in up to %(length)s characters.", most=MOST_BODIES, length=_MOST_BODY
        )
    save_settings(
        access,
        default_assignee_id=default_assignee,
        certify_replies=certify_replies,
        undo_seconds=undo_seconds,
        closing_allowed=closing_allowed,
        seal_receipts=seal_receipts,
        dispute_bodies=bodies,
    )


def save_settings(access: Access, **values: Any) -> None:
    """Save values that were checked, by the names of their columns; each name that changed is recorded."""
    settings_of(access.organisation)
    with transaction.atomic():
        row = Settings.objects.select_for_update().get(organisation_id=access.organisation)
        changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
        if not changed:
            return
        for name in changed:
            setattr(row, name, values[name])
        row.save(update_fields=[name.removesuffix("_id") for name in changed])
        record(
            FactDraft(
                organisation=access.organisation,
                subject_kind="organisation",
                subject_id=access.organisation,
                type="desk.changed",
                actor=by(access),
                details={"settings": [name.removesuffix("_id") for name in changed]},
            )
        )
