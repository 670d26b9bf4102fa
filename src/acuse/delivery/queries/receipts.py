"""A message whose copy names its receipt, as the page behind that link shows it. Whoever asks has proved to hold it.

Reading it changes nothing and records nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from acuse.delivery.models import Communication
from acuse.evidence.queries import facts_of
from acuse.proof.facts.communication import KIND
from acuse.proof.verdicts.delivery import verdict


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """One certified message.

    Attributes:
        organisation: name of the sender. zone: its time zone.
        outcome: of the verdict on its facts, and `decided_at` when the fact that decides it happened.
    """

    communication: UUID
    organisation_id: UUID
    organisation: str
    zone: str
    sender: str
    recipient: str
    subject: str
    language: str
    sent_at: datetime
    outcome: str
    decided_at: datetime


def receipt(communication: UUID) -> Receipt | None:
    """Return the message behind a link, or None where its copy never named one or it was erased."""
    named = Communication.objects.select_related("organisation").filter(certified=True, footer=True)
    row = named.filter(id=communication, mode=Communication.Mode.CONTENT).first()
    if row is None:
        return None
    known = verdict([item.fact for item in facts_of(organisation=row.organisation_id, kind=KIND, id=row.id)])
    return Receipt(
        communication=row.id,
        organisation_id=row.organisation_id,
        organisation=row.organisation.name,
        zone=row.organisation.time_zone,
        sender=row.sender,
        recipient=row.recipient,
        subject=row.subject,
        language=row.language,
        sent_at=row.created_at,
        outcome=known.outcome,
        decided_at=known.decisive.occurred_at if known.decisive else row.created_at,
    )
