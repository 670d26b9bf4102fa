"""Handing in a message that the desk wrote: a submission of no program, in the caller's own transaction.

The content is in custody before. A crash before the caller's commit leaves an object that nobody cites.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from uuid6 import uuid7

from acuse import clock
from acuse.accounts.queries import organisation_view
from acuse.delivery import rules
from acuse.delivery.models import Communication, Dispatch, Submission
from acuse.delivery.queries.tracking import withdrawn_among
from acuse.evidence.ledger import YEAR, FactDraft, record_first
from acuse.proof.facts.communication import KIND
from acuse.proof.facts.fact import Actor, ObjectReference
from acuse.texts import storable

_SUBJECT_MOST = 300


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A message of the desk for one recipient.

    Attributes:
        organisation: whose it is. ticket: the case that it is about.
        actor: who wrote it, or the component that did.
        sender: address of From, one of the organisation's sender identities; also the envelope's.
        recipient: the mailbox.
        subject, message_id: as in the message.
        message: the message in custody, role `message`.
        language: of what the recipient and the certificate are told, "es" or "en".
        certified: otherwise it is relayed plainly.
        mode, access: "" for the organisation's own (docs/adr/0012); else as in `acuse.delivery.selection`.
    """

    organisation: UUID
    ticket: UUID
    actor: Actor
    sender: str
    recipient: str
    subject: str
    message_id: str
    message: ObjectReference
    language: str
    certified: bool
    mode: str = ""
    access: str = ""


def send_letter(letter: Letter) -> UUID:
    """Accept a message of the desk inside the caller's transaction; return the communication that it becomes.

    Raises:
        OutsideTransaction: no transaction is open.
    """
    now, view = clock.now(), organisation_view(letter.organisation)
    mode = (letter.mode or view.mode) if letter.certified else "content"
    access = (letter.access or view.notice_access) if mode == "notice" else ""
    term_until = now + timedelta(days=view.term_days) if mode == "notice" else None
    added = letter.certified and mode == "content"
    withdrawn = added and view.tracking and bool(withdrawn_among([(letter.organisation, letter.recipient)]))
    tracking = "" if not (added and view.tracking) else "withdrawn" if withdrawn else "on"
    chosen: dict[str, Any] = {
        "access": access,
        "term_until": clock.to_rfc3339(term_until) if term_until else "",
        "retention_years": view.retention_years,
        "tracking": tracking,
        "footer": added and view.footer,
    }
    communication = _insert(letter, now, mode, access, term_until, tracking=tracking == "on", footer=chosen["footer"])
    record_first(_accepted(letter, communication, now, mode, chosen))
    return communication


def _insert(
    letter: Letter, now: datetime, mode: str, access: str, term_until: datetime | None, *, tracking: bool, footer: bool
) -> UUID:
    subject = storable(letter.subject)[:_SUBJECT_MOST]
    submission = Submission.objects.create(
        id=uuid7(),
        organisation_id=letter.organisation,
        credential=None,
        received_at=now,
        mail_from=letter.sender,
        sender=letter.sender,
        subject=subject,
        message_id=letter.message_id,
        message_sha256=letter.message.sha256,
        size=letter.message.size,
        smtputf8=not (letter.sender + letter.recipient).isascii(),
        body_8bit=True,
    )
    row = Communication.objects.create(
        id=uuid7(),
        organisation_id=letter.organisation,
        submission=submission,
        created_at=now,
        recipient=letter.recipient,
        domain=rules.domain_of(letter.recipient),
        sender=letter.sender,
        subject=subject,
        language=letter.language,
        mode=mode,
        access=access,
        expires_at=term_until,
        certified=letter.certified,
        tracking=tracking,
        footer=footer,
        next_attempt_at=now,
    )
    Dispatch.objects.create(communication=row, domain=row.domain, due_at=now)
    return row.id


def _accepted(letter: Letter, communication: UUID, now: datetime, mode: str, chosen: Mapping[str, Any]) -> FactDraft:
    years = int(chosen["retention_years"])
    return FactDraft(
        organisation=letter.organisation,
        subject_kind=KIND,
        subject_id=communication,
        type="communication.accepted",
        actor=letter.actor,
        details={
            "sender": letter.sender,
            "recipient": letter.recipient,
            "subject": storable(letter.subject),
            "message_id": letter.message_id,
            "mode": mode,
            "size": letter.message.size,
            "language": letter.language,
            "received_as": letter.sender,
            "notify": [],
            "envid": None,
            "recipient_basis": "sender_stated",
            "ticket": str(letter.ticket),
            **{name: value for name, value in chosen.items() if value},
            **({} if letter.certified else {"certified": False}),
        },
        objects=(letter.message,),
        occurred_at=now,
        retain_until=now + years * YEAR if years else None,
    )
