"""Answering the customer: an answer is made, waits so long that it can be taken back, and is handed in.

The message, its attachments inside, is in custody before the transaction that queues it, and leaves again where it is
refused or taken back. A crash in between leaves an object that nobody cites.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from uuid6 import uuid7

from acuse import clock
from acuse.accounts.queries import Access
from acuse.delivery.services import Letter, send_letter
from acuse.delivery.services.dispatched import PASSING
from acuse.errors import AcuseError, ConflictError, InputError
from acuse.evidence import custody
from acuse.evidence.custody import Kept
from acuse.evidence.ledger import FactDraft, record
from acuse.helpdesk import rules
from acuse.helpdesk.models import ConformityRequest, Interaction, Outgoing, Ticket
from acuse.helpdesk.services import deadlines
from acuse.helpdesk.services.deadline_policies import saying_policy
from acuse.helpdesk.services.opening import pass_to, settings_of
from acuse.helpdesk.services.writing import Answer, message_of, sending_mailbox
from acuse.proof.facts.fact import Actor, Fact, ObjectReference
from acuse.proof.facts.ticket import KIND
from acuse.texts import storable

__all__ = [
    "MOST_BODY",
    "MOST_FILES",
    "Answer",
    "Prepared",
    "cancel",
    "discard",
    "discarded_where_refused",
    "insert",
    "prepare",
    "queue",
    "reply",
    "send_due",
    "take_back",
]

log = logging.getLogger(__name__)

MOST_BODY = 50_000
MOST_FILES = 20
_MESSAGE_TYPE = "message/rfc822"
_BATCH = 20
#: By how much the clocks of two machines may differ at most without one having been set back.
_CLOCKS_APART = timedelta(minutes=1)


def reply(*, access: Access, ticket: UUID, answer: Answer, revision: int | None = None) -> UUID:
    """Queue an answer of a member; return it. It leaves when it can no longer be taken back.

    Args:
        access: of a member who may act on communications.
        ticket: which case.
        answer: what to say.
        revision: of the case as the member saw it; None to answer whatever happened meanwhile.

    Raises:
        AccessDenied: the member may not.
        InputError: there is no such case, or the answer is empty or too long.
        ConflictError: the case changed since, or nothing can be sent to this customer.
    """
    access.require_sender()
    row = Ticket.objects.filter(organisation_id=access.organisation, id=ticket).first()
    if row is None:
        raise InputError("There is no such case.")
    return queue(row, answer=answer, member=access.member, revision=revision)


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """An answer written and in custody, for `insert`; `delay` is how long it can be taken back."""

    id: UUID
    organisation: UUID
    answer: Answer
    written_at: datetime
    recipient: str
    message_id: str
    kept: Kept
    delay: timedelta


def queue(ticket: Ticket, *, answer: Answer, member: UUID | None, revision: int | None = None) -> UUID:
    """Queue an answer of a member, or of the desk itself; see `reply`."""
    prepared = prepare(ticket, answer=answer)
    with discarded_where_refused(ticket.organisation_id, prepared), transaction.atomic():
        locked = Ticket.objects.select_for_update(no_key=True).get(id=ticket.id)
        insert(locked, prepared=prepared, member=member, revision=revision)
    return prepared.id


def prepare(ticket: Ticket, *, answer: Answer) -> Prepared:
    """Write an answer and keep it in custody, before the transaction that queues it.

    Raises:
        InputError, ConflictError: as `reply` does.
    """
    answer = replace(answer, subject=storable(answer.subject), body=storable(answer.body))
    if not answer.body.strip() or len(answer.body) > MOST_BODY:
        raise InputError("An answer takes 1 to %(most)s characters.", most=MOST_BODY)
    if len(answer.files) > MOST_FILES:
        raise InputError("An answer takes at most %(most)s files.", most=MOST_FILES)
    if not answer.automatic:  # what writes itself cites the customer, who may write anything
        rules.check_filled(answer.body)
    _check_status(ticket, answer)
    sender = sending_mailbox(ticket)
    identity, now = uuid7(), clock.now()
    message_id = f"<{identity}@{settings.ACUSE.verp_domain}>"
    raw = message_of(ticket, answer, sender, message_id, now)
    chosen = timedelta(seconds=settings_of(ticket.organisation_id).undo_seconds)
    return Prepared(
        id=identity,
        organisation=ticket.organisation_id,
        answer=answer,
        written_at=now,
        recipient=answer.recipient or ticket.address,
        message_id=message_id,
        kept=custody.keep(organisation=ticket.organisation_id, content=raw, media_type=_MESSAGE_TYPE),
        delay=chosen if answer.delay is None else answer.delay,
    )


def insert(ticket: Ticket, *, prepared: Prepared, member: UUID | None, revision: int | None = None) -> None:
    """Queue a prepared answer of a case that the caller locked.

    Raises:
        ConflictError: as `reply` does.
    """
    answer = prepared.answer
    elsewhere = (answer.recipient or ticket.address) != prepared.recipient
    if elsewhere or (revision is not None and ticket.revision != revision):
        raise ConflictError("Something happened in this case since you opened it. Look at it, then send again.")
    _check_status(ticket, answer)
    Outgoing.objects.create(
        id=prepared.id,
        ticket=ticket,
        member_id=member,
        created_at=prepared.written_at,
        due_at=prepared.written_at + prepared.delay,
        recipient=prepared.recipient,
        language=answer.language,
        subject=answer.subject[:300],
        body=answer.body,
        attachments=[
            {"number": number, "name": one.name, "media_type": one.media_type, "size": len(one.content)}
            for number, one in enumerate(answer.files, start=1)
        ],
        sha256=prepared.kept.sha256,
        size=prepared.kept.size,
        message_id=prepared.message_id,
        certified=answer.certified,
        act=answer.act,
        request=answer.request,
        term_until=answer.term_until,
        template=answer.template[:80],
        template_version=answer.template_version,
        waits_for_customer=answer.waits_for_customer,
        automatic=answer.automatic,
    )
    # Whoever has the case open has to see it before they act, unless the desk wrote it itself. Once it leaves it is not
    # counted again: they saw it wait, and may have begun to write what comes next.
    ticket.revision += not answer.automatic
    ticket.save(update_fields=["revision"])


@contextmanager
def discarded_where_refused(organisation: UUID, prepared: Prepared) -> Iterator[None]:
    """Around the transaction that queues an answer: what is refused leaves custody again."""
    try:
        yield
    except ConflictError:
        discard(organisation, prepared.kept.sha256)
        raise


def discard(organisation: UUID, sha256: str) -> None:
    """Remove a message that will never be sent; no other has its Message-ID, so nothing else cites its bytes."""
    custody.store().delete(custody.object_key(organisation, sha256))


def cancel(row: Outgoing) -> None:
    """Cancel an answer that waits, its case locked by the caller; its message leaves custody after the commit."""
    row.state = Outgoing.State.CANCELLED
    row.save(update_fields=["state"])
    organisation, sha256 = row.ticket.organisation_id, row.sha256
    transaction.on_commit(lambda: discard(organisation, sha256))


def _check_status(ticket: Ticket, answer: Answer) -> None:
    if not answer.automatic:
        rules.next_status(ticket.status, event=rules.event_of(answer.act, waits=answer.waits_for_customer))


def take_back(*, access: Access, ticket: UUID, outgoing: UUID) -> Outgoing:
    """Take an answer of a case back that has not left yet; return it, so that it can be written on.

    Raises:
        AccessDenied: the member may not.
        ConflictError: it has left, or was taken back.
    """
    access.require_sender()
    with transaction.atomic():
        # The case first, as everywhere: whoever is sending it at this moment goes before, or finds it taken back.
        mine = Ticket.objects.filter(organisation_id=access.organisation, id=ticket).values("id")
        Ticket.objects.select_for_update(no_key=True).filter(id__in=mine).first()
        row = Outgoing.objects.filter(ticket__in=mine, id=outgoing, state=Outgoing.State.WAITING).first()
        if row is None:
            raise ConflictError("It was sent already: it cannot be taken back any more.")
        cancel(row)
        if row.request is not None:
            ConformityRequest.objects.filter(id=row.request).update(withdrawn_at=clock.now())
        return row


def send_due() -> int:
    """Hand in the answers that can no longer be taken back; return how many. One transaction each."""
    sent = 0
    while sent < _BATCH and _send_next():
        sent += 1
    return sent


def _send_next() -> bool:
    """Hand in one; two workers never take the same."""
    with transaction.atomic():
        row = _lock_next()
        if row is None:
            return False
        try:
            with transaction.atomic():
                _send(row, row.ticket)
        except PASSING:
            raise
        except Exception as error:
            # Whoever wrote it has to look; what waits behind it does not.
            log.exception("an answer cannot be sent", extra={"outgoing": str(row.id)})
            _fail(row, str(error) if isinstance(error, AcuseError) else "Something went wrong inside Acuse.")
    return True


def _lock_next() -> Outgoing | None:
    """Return the answer that is due first, its case locked; those whose case somebody else holds are for later."""
    now = clock.now()
    # One from a time to come was written before the clock was set back: its seconds would take hours.
    over = Q(due_at__lte=now) | Q(created_at__gt=now + _CLOCKS_APART)
    due = Outgoing.objects.filter(over, state=Outgoing.State.WAITING).order_by("due_at", "id")
    for identity, ticket in list(due.values_list("id", "ticket_id")[:_BATCH]):
        held = Ticket.objects.select_for_update(no_key=True, skip_locked=True).filter(id=ticket).first()
        row = Outgoing.objects.filter(id=identity, state=Outgoing.State.WAITING).first() if held else None
        if row is not None and held is not None:
            row.ticket = held
            return row
    return None


def _fail(row: Outgoing, reason: str) -> None:
    row.state, row.reason = Outgoing.State.FAILED, reason[:500]
    row.save(update_fields=["state", "reason"])
    if row.request is not None:
        ConformityRequest.objects.filter(id=row.request, answered_at=None).update(withdrawn_at=clock.now())


def _send(row: Outgoing, ticket: Ticket) -> None:
    sender = sending_mailbox(ticket).address
    event = rules.event_of(row.act, waits=row.waits_for_customer)
    if row.act == "closing_notice":
        rules.check_closing(allowed=settings_of(ticket.organisation_id).closing_allowed)
    if not row.automatic:
        rules.next_status(ticket.status, event=event)  # the case may have gone on while it waited
    actor = Actor(kind="member", id=str(row.member_id)) if row.member_id else Actor(kind="component", id="helpdesk")
    message = ObjectReference(role="message", sha256=row.sha256, size=row.size, media_type=_MESSAGE_TYPE)
    communication = send_letter(
        Letter(
            organisation=ticket.organisation_id,
            ticket=ticket.id,
            actor=actor,
            sender=sender,
            recipient=row.recipient,
            subject=row.subject,
            message_id=row.message_id,
            message=message,
            language=row.language,
            certified=row.certified,
        )
    )
    sent = _record(row, ticket, communication, actor, message)
    _note_request(row, communication, actor)
    row.state = Outgoing.State.SENT
    row.save(update_fields=["state"])
    now = sent.occurred_at
    ticket.last_at = now
    if not row.automatic:
        ticket.waits_since = None
        ticket.first_response_at = ticket.first_response_at or now
    ticket.save(update_fields=["last_at", "waits_since", "first_response_at"])
    deadlines.heed(ticket=ticket, fact=sent)
    if row.act == "data_request":
        deadlines.request_completion(ticket=ticket, fact=sent)
    if not row.automatic:
        pass_to(ticket, event=event, actor=actor)


def _record(row: Outgoing, ticket: Ticket, communication: UUID, actor: Actor, message: ObjectReference) -> Fact:
    draft = FactDraft(
        organisation=ticket.organisation_id,
        subject_kind=KIND,
        subject_id=ticket.id,
        type="reply.sent",
        actor=actor,
        details={
            "communication": str(communication),
            "recipient": row.recipient,
            "certified": row.certified,
            "language": row.language,
            **({"act": row.act} if row.act else {}),
            **({"template": {"id": row.template, "version": row.template_version}} if row.template else {}),
            **({"term_until": clock.to_rfc3339(row.term_until)} if row.term_until else {}),
            **({"automatic": True} if row.automatic else {}),
        },
        objects=(message,),
    )
    (sent,) = record(saying_policy(draft) if row.act == "data_request" else draft)
    Interaction.objects.create(
        id=uuid7(),
        ticket=ticket,
        sequence=sent.subject_sequence,
        kind=Interaction.Kind.REPLY,
        channel="email",
        occurred_at=sent.occurred_at,
        author=row.recipient,
        member_id=row.member_id,
        text=row.body,
        attachments=row.attachments,
        sha256=row.sha256,
        media_type=_MESSAGE_TYPE,
        message_id=row.message_id,
        communication=communication,
        certified=row.certified,
        act=row.act,
    )
    return sent


def _note_request(row: Outgoing, communication: UUID, actor: Actor) -> None:
    """Record that the answer asks for agreement, where it does."""
    if row.request is None:
        return
    ConformityRequest.objects.filter(id=row.request).update(communication=communication)
    record(
        FactDraft(
            organisation=row.ticket.organisation_id,
            subject_kind=KIND,
            subject_id=row.ticket_id,
            type="conformity.requested",
            actor=actor,
            details={"request": str(row.request), "communication": str(communication)},
        )
    )
