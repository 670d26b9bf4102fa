"""Accepting messages: content into custody, then one transaction for all recipients of each of them.

A crash before the transaction leaves an object in custody that nobody cites; the client got no 250 and sends again.
A crash after it, before the client reads the 250, is why a retry is recognised: the client sends again and finds the
same communications.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import close_old_connections, transaction
from uuid6 import uuid7

from acuse import clock
from acuse.accounts.queries import ask_languages
from acuse.accounts.values import SmtpCredentialValue
from acuse.delivery import rules
from acuse.delivery.envelope import Choices, Client, Envelope, Recipient
from acuse.delivery.models import Communication
from acuse.delivery.services.attempts import foreign
from acuse.evidence import custody
from acuse.evidence.ledger import FactDraft, record_first, refer
from acuse.evidence.statements import execute, octets, together, words
from acuse.mail import headers
from acuse.proof.facts.fact import Actor, ObjectReference

_SUBJECT_LIMIT = 300
PLAIN = Choices()


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


@dataclass(frozen=True, kw_only=True)
class KeptMessage:
    """A message in custody that no transaction has accepted yet.

    Its identifiers are given out here, once: after a commit whose answer was lost, trying again finds them taken.

    Args:
        credential, envelope: who hands it in, and for whom.
        summary: the few fields that are shown.
        message: the content, durable in custody.
        received_at: when it was there whole.
        submission: the identifier that its submission will have.
        communications: the identifier that the communication with each recipient will have, by address.
        choices: how the sender wants it handled.
    """

    credential: SmtpCredentialValue
    envelope: Envelope
    summary: Summary
    message: ObjectReference
    received_at: datetime
    submission: UUID
    communications: Mapping[str, UUID]
    choices: Choices = PLAIN

    @property
    def term_until(self) -> datetime | None:
        """When the term ends within which the content waits; None where it does not wait."""
        return self.received_at + self.choices.term if self.choices.mode == "notice" else None


def keep_message(
    *, credential: SmtpCredentialValue, envelope: Envelope, raw: bytes, choices: Choices = PLAIN
) -> KeptMessage:
    """Put a message into custody. A crash afterwards leaves an object that nobody cites: it costs only the space.

    Args:
        credential: authenticated, and allowed to send as the envelope's and the header's sender.
        envelope: checked by the connector against its limits.
        raw: the unstuffed DATA, CRLF line ends.
        choices: how the sender wants it handled.

    Raises:
        TemporaryError: custody cannot take it now; nothing is half-written.
    """
    kept = custody.keep(organisation=credential.organisation, content=raw, media_type="message/rfc822")
    return KeptMessage(
        credential=credential,
        envelope=envelope,
        summary=summarise(raw, envelope.header_from or envelope.mail_from),
        message=refer("message", kept),
        received_at=clock.now(),
        submission=uuid7(),
        communications={recipient.address: uuid7() for recipient in envelope.recipients},
        choices=choices,
    )


def accept_message(
    *, credential: SmtpCredentialValue, envelope: Envelope, raw: bytes, choices: Choices = PLAIN
) -> list[AcceptedCommunication]:
    """Accept a message for every recipient of its envelope, or for none: `keep_message`, then `accept_together`.

    Returns:
        One value per recipient, in the envelope's order. Everything is durable when it returns.

    Raises:
        AccessDenied: the credential was revoked meanwhile.
        TemporaryError: custody or the database cannot take it now; nothing is half-written.
    """
    return accept_together([keep_message(credential=credential, envelope=envelope, raw=raw, choices=choices)])[0]


def accept_together(messages: Sequence[KeptMessage]) -> list[list[AcceptedCommunication]]:
    """Accept messages in one transaction: each for every recipient of its envelope, or none of them at all.

    Returns:
        For each message, one value per recipient, in the envelope's order. Everything is durable when it returns.

    Raises:
        AccessDenied: the credential of one of them was revoked meanwhile.
        django.db.DatabaseError: the database cannot take them now.
    """
    with transaction.atomic(), together():
        languages = ask_languages(list({message.credential.id for message in messages}))
        known = _find_repeats(messages)
        fresh = [
            (message, recipient)
            for message, repeats in zip(messages, known, strict=True)
            for recipient in message.envelope.recipients
            if recipient.address not in repeats
        ]
        if fresh:
            spoken = languages()
            _insert(fresh, spoken)
            record_first(*(_accepted(message, recipient, _language(message, spoken)) for message, recipient in fresh))
    return [
        [
            AcceptedCommunication(
                id=repeats.get(recipient.address, message.communications[recipient.address]),
                recipient=recipient.address,
                repeated=recipient.address in repeats,
            )
            for recipient in message.envelope.recipients
        ]
        for message, repeats in zip(messages, known, strict=True)
    ]


def accept_each(messages: Sequence[KeptMessage]) -> list[list[AcceptedCommunication] | Exception]:
    """Accept messages in one transaction; where it fails, each in its own, so that a bad one refuses only itself.

    A session that broke while nobody used it is found out by the first transaction; the others have a new one.

    Returns:
        For each message, what `accept_together` returns for it, or raises.
    """
    try:
        return [*accept_together(messages)]
    except Exception:
        return [_accept_alone(message) for message in messages]


def _accept_alone(message: KeptMessage) -> list[AcceptedCommunication] | Exception:
    try:
        close_old_connections()
        return accept_together([message])[0]
    except Exception as error:
        return error


_CLAIM = """
INSERT INTO delivery_deduplication AS held (key, communication_id, expires_at)
SELECT key, communication, %(expires_at)s FROM unnest(%(keys)s::bytea[], %(fresh)s::uuid[]) AS new (key, communication)
ON CONFLICT (key) DO UPDATE SET
    communication_id = CASE WHEN held.expires_at > %(now)s
        THEN held.communication_id ELSE EXCLUDED.communication_id END,
    expires_at = CASE WHEN held.expires_at > %(now)s THEN held.expires_at ELSE EXCLUDED.expires_at END
RETURNING key, communication_id
"""


def _find_repeats(messages: Sequence[KeptMessage]) -> list[dict[str, UUID]]:
    """Claim the keys of messages for their communications; return, for each, those of an earlier try: address -> id.

    Two simultaneous tries wait for each other at the key, in the order of the keys; of two in one transaction the first
    has it. No Message-ID, no deduplication.
    """
    keys = [_keys(message) for message in messages]
    claims: dict[bytes, UUID] = {}
    for message, own in zip(messages, keys, strict=True):
        for address, key in own.items():
            claims.setdefault(key, message.communications[address])
    if not claims:
        return [{} for _ in messages]
    now, ordered = clock.now(), sorted(claims)
    held = execute(
        _CLAIM,
        {
            "keys": octets(ordered),
            "fresh": words(claims[key] for key in ordered),
            "now": now,
            "expires_at": now + rules.DEDUPLICATION_TERM,
        },
    )
    holders = {bytes(key): communication for key, communication in held.fetchall()}
    return [
        {address: holders[key] for address, key in own.items() if holders[key] != message.communications[address]}
        for message, own in zip(messages, keys, strict=True)
    ]


def _keys(message: KeptMessage) -> dict[str, bytes]:
    """Return the key of each recipient, by address; none where the message has no Message-ID."""
    if not message.summary.message_id:
        return {}
    return {
        address: rules.deduplication_key(
            credential=message.credential.id,
            message_id=message.summary.message_id,
            recipient=address,
            content_sha256=message.message.sha256,
        )
        for address in message.communications
    }


_INSERT = """
WITH submitted AS (
    INSERT INTO delivery_submissions (id, organisation_id, credential_id, received_at, client_ip, client_helo,
        mail_from, sender, subject, message_id, message_sha256, size, ret, envid, smtputf8, body_8bit)
    SELECT * FROM unnest(%(submissions)s::uuid[], %(organisations)s::uuid[], %(credentials)s::uuid[],
        %(received)s::timestamptz[], %(client_ips)s::text[], %(client_helos)s::text[], %(mail_froms)s::text[],
        %(senders)s::text[], %(subjects)s::text[], %(message_ids)s::text[], %(digests)s::text[], %(sizes)s::bigint[],
        %(rets)s::text[], %(envids)s::text[], %(smtputf8s)s::bool[], %(body_8bits)s::bool[])
    RETURNING id, organisation_id, received_at, sender, subject
), communicated AS (
    INSERT INTO delivery_communications (id, organisation_id, submission_id, created_at, recipient, domain, sender,
        subject, notify, orcpt, language, mode, access, reference, expires_at, status, outcome, grade, failure_class,
        attempts, next_attempt_at, delay_notified)
    SELECT new.id, organisation_id, submitted.id, received_at, recipient, domain, sender, subject, notify::jsonb, orcpt,
        language, mode, access, reference, expires_at, %(status)s, 'pending', 0, '', 0, received_at, false
    FROM submitted JOIN unnest(%(ids)s::uuid[], %(submitted)s::uuid[], %(recipients)s::text[], %(domains)s::text[],
        %(notifies)s::text[], %(orcpts)s::text[], %(languages)s::text[], %(modes)s::text[], %(accesses)s::text[],
        %(references)s::text[], %(terms)s::timestamptz[])
        AS new (id, submission, recipient, domain, notify, orcpt, language, mode, access, reference, expires_at)
        ON new.submission = submitted.id
    RETURNING id, domain, created_at
)
INSERT INTO delivery_dispatches (communication_id, domain, due_at) SELECT id, domain, created_at FROM communicated
"""


def _insert(fresh: Sequence[tuple[KeptMessage, Recipient]], languages: Mapping[UUID, str]) -> None:
    """Insert submissions, their communications and the work that they are: one statement."""
    messages = list({message.submission: message for message, _ in fresh}.values())
    execute(_INSERT, {**_submission_rows(messages), **_communication_rows(fresh, languages)})


def _submission_rows(messages: Sequence[KeptMessage]) -> dict[str, Any]:
    return {
        "submissions": words(one.submission for one in messages),
        "organisations": words(one.credential.organisation for one in messages),
        "credentials": words(one.credential.id for one in messages),
        "received": [one.received_at for one in messages],
        "client_ips": [one.envelope.client.ip for one in messages],
        "client_helos": [_storable(one.envelope.client.helo)[:512] for one in messages],
        "mail_froms": [one.envelope.mail_from for one in messages],
        "senders": [one.summary.sender for one in messages],
        "subjects": [one.summary.subject[:_SUBJECT_LIMIT] for one in messages],
        "message_ids": [one.summary.message_id for one in messages],
        "digests": words(one.message.sha256 for one in messages),
        "sizes": words(one.message.size for one in messages),
        "rets": [one.envelope.ret or "" for one in messages],
        "envids": [one.envelope.envid or "" for one in messages],
        "smtputf8s": [one.envelope.smtputf8 for one in messages],
        "body_8bits": [one.envelope.body_8bit for one in messages],
    }


def _communication_rows(
    fresh: Sequence[tuple[KeptMessage, Recipient]], languages: Mapping[UUID, str]
) -> dict[str, Any]:
    return {
        "status": Communication.Status.IN_PROGRESS.value,
        "ids": words(message.communications[recipient.address] for message, recipient in fresh),
        "submitted": words(message.submission for message, _ in fresh),
        "recipients": [recipient.address for _, recipient in fresh],
        "domains": [rules.domain_of(recipient.address) for _, recipient in fresh],
        "notifies": [json.dumps(recipient.notify) for _, recipient in fresh],
        "orcpts": [recipient.orcpt or "" for _, recipient in fresh],
        "languages": [_language(message, languages) for message, _ in fresh],
        "modes": [message.choices.mode for message, _ in fresh],
        "accesses": [message.choices.access for message, _ in fresh],
        "references": [message.choices.reference for message, _ in fresh],
        "terms": [message.term_until for message, _ in fresh],
    }


def _language(message: KeptMessage, languages: Mapping[UUID, str]) -> str:
    return message.choices.language or languages[message.credential.id]


def _accepted(message: KeptMessage, recipient: Recipient, language: str) -> FactDraft:
    summary, credential, envelope = message.summary, message.credential, message.envelope
    return FactDraft(
        organisation=credential.organisation,
        subject_kind="communication",
        subject_id=message.communications[recipient.address],
        type="communication.accepted",
        actor=Actor(kind="smtp_credential", id=str(credential.id)),
        details={
            "sender": summary.sender,
            "recipient": recipient.address,
            "subject": summary.subject,
            "message_id": summary.message_id or None,
            "mode": message.choices.mode,
            "size": message.message.size,
            "language": language,
            "credential": credential.name,
            "client": _client(envelope.client),
            "received_as": envelope.mail_from,
            "notify": list(recipient.notify),
            "envid": envelope.envid,
            "recipient_basis": "sender_stated",
            **_chosen(message),
        },
        objects=(message.message,),
        occurred_at=message.received_at,
    )


def _chosen(message: KeptMessage) -> dict[str, Any]:
    """Return the members of the fact that are there only where the sender chose them."""
    until = message.term_until
    members = {
        "access": message.choices.access,
        "reference": message.choices.reference,
        "term_until": clock.to_rfc3339(until) if until else "",
    }
    return {name: value for name, value in members.items() if value}


def _client(client: Client) -> dict[str, Any]:
    tls = {"version": client.tls_version, "cipher": client.tls_cipher or ""} if client.tls_version else None
    # The connector reads octets that are not UTF-8 as lone surrogates, so that none is lost.
    return {"ip": client.ip, "helo": foreign(client.helo.encode("utf-8", "surrogateescape")), "tls": tls}
