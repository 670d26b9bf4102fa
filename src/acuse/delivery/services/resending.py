"""Sending a communication once more: a new one of the same submission, with dispatch, facts and certificate of its own.

One transaction. The message is in custody already; a crash before the commit leaves nothing.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from acuse import clock
from acuse.accounts.queries import Access
from acuse.delivery import rules
from acuse.delivery.models import Communication, Dispatch
from acuse.delivery.queries.resends import resent_lately
from acuse.delivery.queries.suppressions import SuppressionView, suppression_of
from acuse.delivery.queries.tracking import withdrawn_among
from acuse.delivery.services.work import Listed
from acuse.errors import ConflictError, InputError
from acuse.evidence.ledger import YEAR, FactDraft, record
from acuse.evidence.queries import facts_of
from acuse.proof.facts.communication import KIND
from acuse.proof.facts.fact import Actor

_SAME = (
    "organisation_id",
    "submission_id",
    "recipient",
    "domain",
    "sender",
    "subject",
    "notify",
    "orcpt",
    "language",
    "mode",
    "access",
    "reference",
    "certified",
    "footer",
)


def resend(*, access: Access, communication: UUID, new: UUID, despite: bool) -> None:
    """Send a communication that ended badly once more, with the same content and choices; a second call does nothing.

    Args:
        access: of a member who may act on communications.
        communication: which one.
        new: the identifier that the one to come will have, given out before it was asked for.
        despite: also where the address is on the list of those to which nothing is sent.

    Raises:
        AccessDenied: the member may not.
        InputError: the organisation has no such communication.
        ConflictError: it did not end badly, it is being sent once more or was lately, or the address is on the list.
    """
    access.require_sender()
    with transaction.atomic():
        mine = Communication.objects.select_for_update().filter(organisation_id=access.organisation)
        row = mine.filter(id=communication).first()
        if row is None:
            raise InputError("There is no such communication.")
        if Communication.objects.filter(id=new).exists():
            return
        if not rules.may_resend(status=row.status, outcome=row.outcome):
            raise ConflictError("Only what was not delivered, refused or not opened in time can be sent once more.")
        if resent_lately(access, communication=row.id) is not None:
            raise ConflictError("It is being sent once more already, or was a moment ago. Look at that one first.")
        listed = suppression_of(access, communication=row.id) if access.view.hold_suppressed else None
        if listed is not None and not despite:
            raise ConflictError("The address is on the list of suppressed addresses: it would be held back again.")
        _begin(access, row, new, listed)


def _begin(access: Access, row: Communication, new: UUID, listed: SuppressionView | None) -> None:
    """Insert the new row and its work, and record its first facts."""
    now = clock.now()
    term_until = now + (row.expires_at - row.created_at) if row.expires_at else None
    withdrawn = bool(withdrawn_among([(row.organisation_id, row.recipient)]))
    again = Communication.objects.create(
        id=new,
        created_at=now,
        next_attempt_at=now,
        expires_at=term_until,
        tracking=row.tracking and not withdrawn,
        resent_of=row.id,
        despite_suppression=listed is not None,
        **{name: getattr(row, name) for name in _SAME},
    )
    Dispatch.objects.create(communication=again, domain=again.domain, due_at=now)
    first = facts_of(organisation=row.organisation_id, kind=KIND, id=row.id)[0].fact
    details = _details(first.details, row.id, term_until, withdrawn=withdrawn)
    years = int(details.get("retention_years", 0))
    accepted = FactDraft(
        organisation=again.organisation_id,
        subject_kind=KIND,
        subject_id=new,
        type="communication.accepted",
        actor=Actor(kind="member", id=str(access.member)),
        details=details,
        objects=first.objects,
        occurred_at=now,
        retain_until=now + years * YEAR if years else None,
    )
    record(accepted, *([_overridden(access, new, listed)] if listed else []))


def _details(first: Mapping[str, Any], resent: UUID, term_until: datetime | None, *, withdrawn: bool) -> dict[str, Any]:
    """Return what the first fact says: all that the other's says, but for what is new."""
    details = {**first, "resent_of": str(resent)}
    if term_until is not None:
        details["term_until"] = clock.to_rfc3339(term_until)
    if withdrawn and "tracking" in details:
        details["tracking"] = "withdrawn"
    return details


def _overridden(access: Access, new: UUID, listed: SuppressionView) -> FactDraft:
    why = Listed(communication=listed.communication, reason=listed.reason, since=listed.added_at)
    return FactDraft(
        organisation=access.organisation,
        subject_kind=KIND,
        subject_id=new,
        type="suppression.overridden",
        actor=Actor(kind="member", id=str(access.member)),
        details=why.details(),
    )
