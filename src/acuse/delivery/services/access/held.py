"""What every act behind a link shares: who acts, the content under lock, the fact, and the state that follows.

Everything here runs inside the transaction of the act.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from acuse import clock
from acuse.certificates import services as certificates
from acuse.delivery.models import Access, Communication
from acuse.errors import ConflictError
from acuse.evidence.ledger import FactDraft, record
from acuse.evidence.queries import facts_of
from acuse.proof.facts.communication import KIND
from acuse.proof.facts.fact import Actor, ObjectReference
from acuse.proof.verdicts.delivery import verdict

RECIPIENT = Actor(kind="recipient", id="link")
#: Written out: to put them together anew takes longer than to answer them. Only the second sees what others committed
#: while the first waited for them.
_LOCKED = "SELECT * FROM delivery_communications WHERE id = %s FOR UPDATE"
_HELD = "SELECT * FROM delivery_accesses WHERE communication_id = %s"


class NotOpen(ConflictError):
    """The content cannot be opened or answered: its term is over, or it was answered or withdrawn before."""


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Who asks: the other end of the connection, and what it calls itself."""

    ip: str
    user_agent: str

    def details(self) -> dict[str, str]:
        """Return the member `client` of a fact."""
        return {"ip": self.ip[:64], "user_agent": self.user_agent[:1024]}


def lock(communication: UUID) -> tuple[Communication, Access]:
    """Return a communication and its content, nobody else's to change until the transaction ends.

    Raises:
        NotOpen: there is nothing to open.
    """
    row = next(iter(Communication.objects.raw(_LOCKED, [communication])), None)
    held = next(iter(Access.objects.raw(_HELD, [communication])), None)
    if row is None or held is None or held.ended or held.expires_at <= clock.now():
        raise NotOpen("The content can no longer be opened.")
    return row, held


def end(held: Access, why: Access.Ended) -> None:
    """Close content for good; a code that was sent serves no more."""
    held.ended, held.code_mac, held.code_until = why, "", None
    held.save()


def act(row: Communication, visitor: Visitor, method: str) -> dict[str, Any]:
    """Return what the fact of an act says of whoever acts; `method` of authentication, "" for the link alone."""
    authentication = {"method": method, "contact": row.recipient} if method else None
    return {"authentication": authentication, "client": visitor.details()}


def note(
    row: Communication, fact_type: str, details: dict[str, Any], *objects: ObjectReference, actor: Actor = RECIPIENT
) -> None:
    """Record a fact about a communication."""
    record(
        FactDraft(
            organisation=row.organisation_id,
            subject_kind=KIND,
            subject_id=row.id,
            type=fact_type,
            actor=actor,
            details=details,
            objects=objects,
        )
    )


def follow(row: Communication, reason: str) -> None:
    """Bring the row to the state that its facts now say; where that changed after the first certificate, supersede."""
    judged = verdict([item.fact for item in facts_of(organisation=row.organisation_id, kind=KIND, id=row.id)])
    if (judged.outcome, judged.grade) == (row.outcome, row.grade):
        return
    row.outcome, row.grade, row.failure_class = judged.outcome, judged.grade, judged.failure_class or ""
    if row.final_at is not None:
        row.status = Communication.Status.CONCLUDED
        certificates.request_certificate(
            organisation=row.organisation_id, communication=row.id, final_at=clock.now(), reason=reason
        )
    row.save(update_fields=["outcome", "grade", "failure_class", "status"])
