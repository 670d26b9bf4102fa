"""Accepting a message: content into custody, then one transaction for all its recipients.

A crash before the transaction leaves an object in custody that nobody cites; the client got no 250 and sends again.
A crash after it, before the client reads the 250, is why a retry is recognised: the client sends again and finds the
same communications.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from uuid6 import uuid7

from acuse import clock
from acuse.accounts.queries import organisation_view
from acuse.accounts.values import SmtpCredentialValue
from acuse.delivery import rules
from acuse.delivery.envelope import Client, Envelope, Recipient
from acuse.delivery.models import Communication, Dispatch, Submission
from acuse.evidence import custody
from acuse.evidence.ledger import FactDraft, record, refer
from acuse.mail import headers
from acuse.proof.facts.fact import Actor, ObjectReference

_SUBJECT_LIMIT = 300


@dataclass(frozen=True, kw_only=True)
class AcceptedCommunication:
    """What the client is told of one recipient.

    Args:
        id: the communication, made now or by the client's first try.
        recipient: as given in RCPT TO.
        repeated: the client had handed this very message in before.
    """

    id: UUID
    recipient: str
    repeated: bool


@dataclass(frozen=True, kw_only=True)
class Summary:
    """The few header fields that a listing and the first fact show.

    Args:
        subject: decoded; empty where there is none.
        sender: first address of From, else MAIL FROM.
        message_id: empty where there is none.
    """

    subject: str
    sender: str
    message_id: str


def summarise(raw: bytes, mail_from: str) -> Summary:
    """Read the few header fields; never raises, whatever the bytes."""
    fields, _, _ = headers.split_block(raw, 0, len(raw))
    senders = headers.addresses_of(fields, "From")
    return Summary(
        subject=_storable(headers.text_of(fields, "Subject") or ""),
        sender=_storable(senders[0].address if senders and senders[0].address else mail_from)[:320],
        message_id=_storable(headers.text_of(fields, "Message-ID") or "").strip()[:998],
    )


def _storable(text: str) -> str:
    """PostgreSQL's text has no NUL and UTF-8 has no lone surrogates; the bytes in custody keep both."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()


def accept_message(*, credential: SmtpCredentialValue, envelope: Envelope, raw: bytes) -> list[AcceptedCommunication]:
    """Accept a message for every recipient of its envelope, or for none.

    Args:
        credential: authenticated, and allowed to send as the envelope's and the header's sender.
        envelope: checked by the connector against its limits.
        raw: the unstuffed DATA, CRLF line ends.

    Returns:
        One value per recipient, in the envelope's order. Everything is durable when it returns.

    Raises:
        TemporaryError: custody or the database cannot take it now; nothing is half-written.
    """
    kept = custody.keep(organisation=credential.organisation, content=raw, media_type="message/rfc822")
    # In custody, cited by nobody: a crash here costs only the space.
    summary = summarise(raw, envelope.mail_from)
    received_at = clock.now()
    with transaction.atomic():
        fresh: dict[str, UUID] = {recipient.address: uuid7() for recipient in envelope.recipients}
        known = _find_repeats(credential, envelope.recipients, summary, kept.sha256, received_at)
        new = [recipient for recipient in envelope.recipients if recipient.address not in known]
        if new:
            language = organisation_view(credential.organisation).language
            submission = _insert_submission(credential, envelope, summary, kept, received_at)
            communications = [
                _communication(submission, recipient, fresh[recipient.address], summary, language) for recipient in new
            ]
            _insert(communications)
            reference = refer("message", kept)
            record(*(_accepted(c, credential, envelope, summary, reference) for c in communications))
        _remember(credential, new, summary, kept.sha256, fresh, received_at)
    return [
        AcceptedCommunication(
            id=known.get(recipient.address, fresh[recipient.address]),
            recipient=recipient.address,
            repeated=recipient.address in known,
        )
        for recipient in envelope.recipients
    ]


def _keys(
    credential: SmtpCredentialValue, recipients: Iterable[Recipient], summary: Summary, sha256: str
) -> dict[bytes, str]:
    """Return deduplication key -> address, in key order, so that two retries lock in the same order."""
    keys = {
        rules.deduplication_key(
            credential=credential.id,
            message_id=summary.message_id,
            recipient=recipient.address,
            content_sha256=sha256,
        ): recipient.address
        for recipient in recipients
    }
    return dict(sorted(keys.items()))


def _lock(credential: SmtpCredentialValue, summary: Summary, sha256: str) -> int:
    """Return the number of the advisory lock under which tries of one message take turns."""
    digest = hashlib.sha256(f"{credential.id} {summary.message_id} {sha256}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _find_repeats(
    credential: SmtpCredentialValue,
    recipients: Iterable[Recipient],
    summary: Summary,
    sha256: str,
    now: datetime,
) -> dict[str, UUID]:
    """Return address -> communication of what this client handed in before. No Message-ID, no deduplication."""
    if not summary.message_id:
        return {}
    keys = _keys(credential, recipients, summary, sha256)
    with connection.cursor() as cursor:
        # Two simultaneous tries of one message wait for each other here; the lock ends with the transaction.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (_lock(credential, summary, sha256),))
        cursor.execute(
            "SELECT key, communication_id FROM delivery_deduplication WHERE key = ANY(%s) AND expires_at > %s",
            (list(keys), now),
        )
        return {keys[bytes(key)]: communication for key, communication in cursor.fetchall()}


def _remember(
    credential: SmtpCredentialValue,
    recipients: list[Recipient],
    summary: Summary,
    sha256: str,
    fresh: dict[str, UUID],
    now: datetime,
) -> None:
    if not summary.message_id or not recipients:
        return
    keys = _keys(credential, recipients, summary, sha256)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO delivery_deduplication (key, communication_id, expires_at) "
            "SELECT key, communication, %s FROM unnest(%s::bytea[], %s::uuid[]) AS new (key, communication) "
            "ON CONFLICT (key) DO UPDATE SET communication_id = EXCLUDED.communication_id, "
            "expires_at = EXCLUDED.expires_at",
            (now + rules.DEDUPLICATION_TERM, list(keys), [fresh[address] for address in keys.values()]),
        )


def _insert_submission(
    credential: SmtpCredentialValue, envelope: Envelope, summary: Summary, kept: custody.Kept, received_at: datetime
) -> Submission:
    return Submission.objects.create(
        organisation_id=credential.organisation,
        credential_id=credential.id,
        received_at=received_at,
        client_ip=envelope.client.ip,
        client_helo=_storable(envelope.client.helo)[:512],
        mail_from=envelope.mail_from,
        sender=summary.sender,
        subject=summary.subject[:_SUBJECT_LIMIT],
        message_id=summary.message_id,
        message_sha256=kept.sha256,
        size=kept.size,
        ret=envelope.ret or "",
        envid=envelope.envid or "",
        smtputf8=envelope.smtputf8,
        body_8bit=envelope.body_8bit,
    )


def _communication(
    submission: Submission, recipient: Recipient, identity: UUID, summary: Summary, language: str
) -> Communication:
    return Communication(
        id=identity,
        organisation_id=submission.organisation_id,
        submission=submission,
        created_at=submission.received_at,
        recipient=recipient.address,
        domain=rules.domain_of(recipient.address),
        sender=summary.sender,
        subject=summary.subject[:_SUBJECT_LIMIT],
        notify=list(recipient.notify),
        orcpt=recipient.orcpt or "",
        language=language,
        next_attempt_at=submission.received_at,
    )


def _insert(communications: list[Communication]) -> None:
    Communication.objects.bulk_create(communications)
    Dispatch.objects.bulk_create(
        Dispatch(communication_id=row.id, domain=row.domain, due_at=row.created_at) for row in communications
    )


def _accepted(
    communication: Communication,
    credential: SmtpCredentialValue,
    envelope: Envelope,
    summary: Summary,
    message: ObjectReference,
) -> FactDraft:
    return FactDraft(
        organisation=credential.organisation,
        subject_kind="communication",
        subject_id=communication.id,
        type="communication.accepted",
        actor=Actor(kind="smtp_credential", id=str(credential.id)),
        details={
            "sender": summary.sender,
            "recipient": communication.recipient,
            "subject": summary.subject,
            "message_id": summary.message_id or None,
            "mode": "content",
            "size": message.size,
            "language": communication.language,
            "credential": credential.name,
            "client": _client(envelope.client),
            "received_as": envelope.mail_from,
            "notify": list(communication.notify),
            "envid": envelope.envid,
            "recipient_basis": "sender_stated",
        },
        objects=(message,),
        occurred_at=communication.created_at,
    )


def _client(client: Client) -> dict[str, Any]:
    tls = {"version": client.tls_version, "cipher": client.tls_cipher or ""} if client.tls_version else None
    return {"ip": client.ip, "helo": client.helo, "tls": tls}
