"""Accepting a message: content into custody, then one transaction for all its recipients.

A crash before the transaction leaves an object in custody that nobody cites; the client got no 250 and sends again.
A crash after it, before the client reads the 250, is why a retry is recognised: the client sends again and finds the
same communications.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from psycopg.types.json import Jsonb
from uuid6 import uuid7

from acuse import clock
from acuse.accounts.queries import ask_language
from acuse.accounts.values import SmtpCredentialValue
from acuse.delivery import rules
from acuse.delivery.envelope import Client, Envelope, Recipient
from acuse.delivery.models import Communication
from acuse.delivery.services.attempts import foreign
from acuse.evidence import custody
from acuse.evidence.ledger import FactDraft, record_first, refer
from acuse.evidence.statements import execute, together
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
        sender: the address of From that the connector authorised, else MAIL FROM.
        message_id: empty where there is none.
    """

    subject: str
    sender: str
    message_id: str


def summarise(raw: bytes, sender: str) -> Summary:
    """Read the few header fields; never raises, whatever the bytes.

    Args:
        raw: the message. sender: who was authorised; From is not read again, lest it be read differently.
    """
    fields, _, _ = headers.split_block(raw, 0, len(raw))
    return Summary(
        subject=_storable(headers.text_of(fields, "Subject") or ""),
        sender=_storable(sender)[:320],
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
        AccessDenied: the credential was revoked meanwhile.
        TemporaryError: custody or the database cannot take it now; nothing is half-written.
    """
    kept = custody.keep(organisation=credential.organisation, content=raw, media_type="message/rfc822")
    # In custody, cited by nobody: a crash here costs only the space.
    summary = summarise(raw, envelope.header_from or envelope.mail_from)
    received_at = clock.now()
    with transaction.atomic(), together():
        fresh = {recipient.address: uuid7() for recipient in envelope.recipients}
        language = ask_language(credential.id)
        known = _find_repeats(credential, summary, kept.sha256, fresh, received_at)
        new = [recipient for recipient in envelope.recipients if recipient.address not in known]
        if new:
            taken = _Taken(
                credential=credential,
                envelope=envelope,
                summary=summary,
                message=refer("message", kept),
                received_at=received_at,
                language=language(),
            )
            _insert(taken, new, fresh)
            record_first(*(_accepted(taken, recipient, fresh[recipient.address]) for recipient in new))
    return [
        AcceptedCommunication(
            id=known.get(recipient.address, fresh[recipient.address]),
            recipient=recipient.address,
            repeated=recipient.address in known,
        )
        for recipient in envelope.recipients
    ]


_CLAIM = """
INSERT INTO delivery_deduplication AS held (key, communication_id, expires_at)
SELECT key, communication, %(expires_at)s FROM unnest(%(keys)s::bytea[], %(fresh)s::uuid[]) AS new (key, communication)
ON CONFLICT (key) DO UPDATE SET
    communication_id = CASE WHEN held.expires_at > %(now)s
        THEN held.communication_id ELSE EXCLUDED.communication_id END,
    expires_at = CASE WHEN held.expires_at > %(now)s THEN held.expires_at ELSE EXCLUDED.expires_at END
RETURNING key, communication_id
"""


def _find_repeats(
    credential: SmtpCredentialValue, summary: Summary, sha256: str, fresh: Mapping[str, UUID], now: datetime
) -> dict[str, UUID]:
    """Claim this message's keys for fresh communications; return those that an earlier try made: address -> id.

    Two simultaneous tries wait for each other at the key, in the order of the keys. No Message-ID, no deduplication.
    """
    if not summary.message_id:
        return {}
    keys = {
        rules.deduplication_key(
            credential=credential.id, message_id=summary.message_id, recipient=address, content_sha256=sha256
        ): address
        for address in fresh
    }
    ordered = sorted(keys)
    held = execute(
        _CLAIM,
        {
            "keys": ordered,
            "fresh": [fresh[keys[key]] for key in ordered],
            "now": now,
            "expires_at": now + rules.DEDUPLICATION_TERM,
        },
    )
    claimed = {keys[bytes(key)]: communication for key, communication in held.fetchall()}
    return {address: found for address, found in claimed.items() if found != fresh[address]}


@dataclass(frozen=True, kw_only=True)
class _Taken:
    """What all communications of one submission share."""

    credential: SmtpCredentialValue
    envelope: Envelope
    summary: Summary
    message: ObjectReference
    received_at: datetime
    language: str


_INSERT = """
WITH submitted AS (
    INSERT INTO delivery_submissions (id, organisation_id, credential_id, received_at, client_ip, client_helo,
        mail_from, sender, subject, message_id, message_sha256, size, ret, envid, smtputf8, body_8bit)
    VALUES (%(submission)s, %(organisation)s, %(credential)s, %(received_at)s, %(client_ip)s, %(client_helo)s,
        %(mail_from)s, %(sender)s, %(subject)s, %(message_id)s, %(message_sha256)s, %(size)s, %(ret)s, %(envid)s,
        %(smtputf8)s, %(body_8bit)s)
), communicated AS (
    INSERT INTO delivery_communications (id, organisation_id, submission_id, created_at, recipient, domain, sender,
        subject, notify, orcpt, language, status, outcome, grade, failure_class, attempts, next_attempt_at,
        delay_notified)
    SELECT id, %(organisation)s, %(submission)s, %(received_at)s, recipient, domain, %(sender)s, %(subject)s, notify,
        orcpt, %(language)s, %(status)s, 'pending', 0, '', 0, %(received_at)s, false
    FROM unnest(%(ids)s::uuid[], %(recipients)s::text[], %(domains)s::text[], %(notifies)s::jsonb[], %(orcpts)s::text[])
        AS new (id, recipient, domain, notify, orcpt)
)
INSERT INTO delivery_dispatches (communication_id, domain, due_at)
SELECT id, domain, %(received_at)s FROM unnest(%(ids)s::uuid[], %(domains)s::text[]) AS new (id, domain)
"""


def _insert(taken: _Taken, recipients: Sequence[Recipient], fresh: Mapping[str, UUID]) -> None:
    """Insert the submission, its communications and the work that they are: one statement."""
    envelope, summary = taken.envelope, taken.summary
    execute(
        _INSERT,
        {
            "submission": uuid7(),
            "organisation": taken.credential.organisation,
            "credential": taken.credential.id,
            "received_at": taken.received_at,
            "client_ip": envelope.client.ip,
            "client_helo": _storable(envelope.client.helo)[:512],
            "mail_from": envelope.mail_from,
            "sender": summary.sender,
            "subject": summary.subject[:_SUBJECT_LIMIT],
            "message_id": summary.message_id,
            "message_sha256": taken.message.sha256,
            "size": taken.message.size,
            "ret": envelope.ret or "",
            "envid": envelope.envid or "",
            "smtputf8": envelope.smtputf8,
            "body_8bit": envelope.body_8bit,
            "language": taken.language,
            "status": Communication.Status.IN_PROGRESS.value,
            "ids": [fresh[recipient.address] for recipient in recipients],
            "recipients": [recipient.address for recipient in recipients],
            "domains": [rules.domain_of(recipient.address) for recipient in recipients],
            "notifies": [Jsonb(list(recipient.notify)) for recipient in recipients],
            "orcpts": [recipient.orcpt or "" for recipient in recipients],
        },
    )


def _accepted(taken: _Taken, recipient: Recipient, communication: UUID) -> FactDraft:
    summary = taken.summary
    return FactDraft(
        organisation=taken.credential.organisation,
        subject_kind="communication",
        subject_id=communication,
        type="communication.accepted",
        actor=Actor(kind="smtp_credential", id=str(taken.credential.id)),
        details={
            "sender": summary.sender,
            "recipient": recipient.address,
            "subject": summary.subject,
            "message_id": summary.message_id or None,
            "mode": "content",
            "size": taken.message.size,
            "language": taken.language,
            "credential": taken.credential.name,
            "client": _client(taken.envelope.client),
            "received_as": taken.envelope.mail_from,
            "notify": list(recipient.notify),
            "envid": taken.envelope.envid,
            "recipient_basis": "sender_stated",
        },
        objects=(taken.message,),
        occurred_at=taken.received_at,
    )


def _client(client: Client) -> dict[str, Any]:
    tls = {"version": client.tls_version, "cipher": client.tls_cipher or ""} if client.tls_version else None
    # The connector reads octets that are not UTF-8 as lone surrogates, so that none is lost.
    return {"ip": client.ip, "helo": foreign(client.helo.encode("utf-8", "surrogateescape")), "tls": tls}
