"""The list of addresses to which an organisation's messages are held back: putting one there, and taking it off.

An address stands on it as `rules.mailbox_key` writes it, so that one mailbox is one however senders spell it.
"""

from typing import Any
from uuid import UUID

from django.db import transaction
from uuid6 import uuid7

from acuse import clock
from acuse.accounts.queries import Access
from acuse.delivery.models import Communication, Suppression
from acuse.delivery.rules import mailbox_key
from acuse.errors import InputError
from acuse.evidence.ledger import FactDraft, record
from acuse.evidence.statements import execute
from acuse.proof.facts.communication import KIND
from acuse.proof.facts.fact import Actor

FOLLOWER = Actor(kind="component", id="suppressions")
MOST_REASON = 500

_ADD = """
INSERT INTO delivery_suppressions (id, organisation_id, address, reason, communication_id, added_at)
SELECT %(id)s, row.organisation_id, %(address)s, %(reason)s, row.id, %(now)s
FROM delivery_communications AS row WHERE row.id = %(communication)s AND row.organisation_id = %(organisation)s
ON CONFLICT (organisation_id, address) DO NOTHING
RETURNING id
"""


def suppress(*, organisation: UUID, communication: UUID, reason: str) -> bool:
    """Put the recipient of a communication on the list.

    Args:
        organisation: whose list.
        communication: what came of it is the reason.
        reason: one of `proof.facts.suppression.REASONS`.

    Returns:
        Whether it was put there: not where it was on the list before, nor for what is erased.
    """
    row = Communication.objects.filter(id=communication, organisation_id=organisation).first()
    if row is None:
        return False
    given = {"id": uuid7(), "organisation": organisation, "communication": communication, "reason": reason}
    with transaction.atomic():
        if execute(_ADD, {**given, "address": mailbox_key(row.recipient), "now": clock.now()}).fetchone() is None:
            return False
        record(_draft(organisation, communication, "suppression.added", FOLLOWER, {"reason": reason}))
    return True


def lift(*, access: Access, suppression: UUID, reason: str) -> None:
    """Take an address off the list.

    Args:
        access: of an owner or administrator.
        suppression: which entry of the list.
        reason: why, in their words.

    Raises:
        AccessDenied: the member may not.
        InputError: no reason is given, it is too long, or there is no such entry any more.
    """
    access.require_manager()
    words = " ".join(reason.split())
    if not words:
        raise InputError("Say why the address is taken off the list.")
    if len(words) > MOST_REASON:
        raise InputError("The reason is longer than %(most)s characters.", most=MOST_REASON)
    with transaction.atomic():
        row = Suppression.objects.select_for_update().filter(id=suppression, organisation=access.organisation).first()
        if row is None:
            raise InputError("That address is not on the list any more.")
        actor = Actor(kind="member", id=str(access.member))
        record(_draft(access.organisation, row.communication_id, "suppression.lifted", actor, {"reason": words}))
        row.delete()


def _draft(organisation: UUID, communication: UUID, type: str, actor: Actor, details: dict[str, Any]) -> FactDraft:
    return FactDraft(
        organisation=organisation,
        subject_kind=KIND,
        subject_id=communication,
        type=type,
        actor=actor,
        details=details,
    )
