"""One communication, with its facts, its attempts, its message and its dialogues."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from acuse.accounts.queries import Access
from acuse.delivery.models import Attempt, Communication
from acuse.delivery.queries.lists import CommunicationRow, mine, row_of, unopened
from acuse.evidence import custody
from acuse.evidence import queries as evidence
from acuse.evidence.queries import LedgerFact
from acuse.proof.facts.communication import KIND


@dataclass(frozen=True, kw_only=True)
class AttemptView:
    """One try of one communication."""

    number: int
    opened_at: datetime
    closed_at: datetime | None
    result: str
    failure_class: str
    host: str
    address: str
    transcript_sha256: str


@dataclass(frozen=True, kw_only=True)
class CommunicationView:
    """A communication with all that its page needs.

    Attributes:
        facts: in order, pending ones included.
        message_sha256: digest of the message as submitted.
        next_id: of the next older communication; None at the end.
        previous_id: of the next newer one.
    """

    row: CommunicationRow
    language: str
    submission: UUID
    credential: str
    mail_from: str
    message_sha256: str
    size: int
    facts: tuple[LedgerFact, ...]
    attempts: tuple[AttemptView, ...]
    next_id: UUID | None
    previous_id: UUID | None


def communication(access: Access, *, id: UUID) -> CommunicationView | None:
    """Return one communication, or None where the organisation has no such one."""
    row = mine(access).select_related("submission__credential").filter(id=id).first()
    if row is None:
        return None
    facts = evidence.facts_of(organisation=access.organisation, kind=KIND, id=row.id)
    return CommunicationView(
        row=row_of(row, facts[-1] if facts else None, unopened=bool(unopened([row]))),
        language=row.language,
        submission=row.submission_id,
        credential=row.submission.credential.name if row.submission.credential else "",
        mail_from=row.submission.mail_from,
        message_sha256=row.submission.message_sha256,
        size=row.submission.size,
        facts=tuple(facts),
        attempts=tuple(_attempt(one) for one in row.tries.order_by("number")),
        next_id=_neighbour(access, row, older=True),
        previous_id=_neighbour(access, row, older=False),
    )


def _attempt(row: Attempt) -> AttemptView:
    return AttemptView(
        number=row.number,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        result=row.result,
        failure_class=row.failure_class,
        host=row.host,
        address=row.address,
        transcript_sha256=row.transcript_sha256,
    )


def _neighbour(access: Access, row: Communication, *, older: bool) -> UUID | None:
    sign = "-" if older else ""
    side = "lte" if older else "gte"
    here = {f"id__{'gte' if older else 'lte'}": row.id, "created_at": row.created_at}
    found = mine(access).filter(**{f"created_at__{side}": row.created_at}).exclude(**here)
    return found.order_by(f"{sign}created_at", f"{sign}id").values_list("id", flat=True).first()


def original_message(access: Access, *, id: UUID) -> bytes | None:
    """Return the message exactly as submitted, or None where the organisation has no such communication.

    Raises:
        AcuseError: custody lost it or it is damaged.
    """
    row = mine(access).select_related("submission").filter(id=id).first()
    if row is None:
        return None
    return custody.open_object(organisation=access.organisation, sha256=row.submission.message_sha256)


def sent_copy(access: Access, *, id: UUID) -> bytes | None:
    """Return the copy to which something was added, as it was sent, or None where there is no such one.

    A notice is never handed out: it carries the link with which its reader could act as the recipient.

    Raises:
        AcuseError: custody lost it or it is damaged.
    """
    row = mine(access).filter(id=id, mode=Communication.Mode.CONTENT).first()
    if row is None:
        return None
    for item in evidence.facts_of(organisation=access.organisation, kind=KIND, id=row.id):
        for reference in item.fact.objects:
            if reference.role == "sent-copy":
                return custody.open_object(organisation=access.organisation, sha256=reference.sha256)
    return None


def dialogue(access: Access, *, id: UUID, sequence: int) -> bytes | None:
    """Return the raw dialogue that one fact of a communication cites, as JSON Lines, or None where it cites none.

    Args:
        access: of the member who asks.
        id: the communication.
        sequence: of the fact within the communication, from 1.
    """
    return _cited(access, id, sequence, frozenset({"smtp-dialogue"}))


def returned_message(access: Access, *, id: UUID, sequence: int) -> bytes | None:
    """Return the report or answer that one fact of a communication cites, as it came in, or None where it cites none.

    Args:
        access: of the member who asks.
        id: the communication.
        sequence: of the fact within the communication, from 1.
    """
    return _cited(access, id, sequence, frozenset({"report", "reply"}))


def _cited(access: Access, id: UUID, sequence: int, roles: frozenset[str]) -> bytes | None:
    if not mine(access).filter(id=id).exists():
        return None
    for item in evidence.facts_of(organisation=access.organisation, kind=KIND, id=id):
        if item.fact.subject_sequence == sequence:
            for reference in item.fact.objects:
                if reference.role in roles:
                    return custody.open_object(organisation=access.organisation, sha256=reference.sha256)
    return None


def taken_at(communication: UUID) -> datetime | None:
    """Return when the recipient's side took charge of a communication; None where it did not, or where it came back."""
    row = Communication.objects.filter(id=communication, status=Communication.Status.CONCLUDED, grade__gte=1).first()
    return row.final_at if row else None
