"""Accepting messages: content into custody, then one transaction for all recipients of each of them.

A crash before the transaction leaves an object in custody that nobody cites; the client got no 250 and sends again.
A crash after it, before the client reads the 250, is why a retry is recognised: the client sends again and finds the
same communications.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import close_old_connections, transaction
from uuid6 import uuid7

from acuse import clock
from acuse.accounts.queries import ask_defaults
from acuse.accounts.values import Defaults, SmtpCredentialValue
from acuse.delivery import rules
from acuse.delivery.envelope import Client, Envelope, Recipient
from acuse.delivery.models import Communication
from acuse.delivery.queries.rules import remembered_rules
from acuse.delivery.selection import Handling, Rule, applying, handle
from acuse.delivery.services.attempts import foreign
from acuse.evidence import custody
from acuse.evidence.ledger import YEAR, FactDraft, record_first, refer
from acuse.evidence.statements import execute, octets, together, words
from acuse.mail import choices, headers
from acuse.mail.choices import Asked
from acuse.mail.headers import Field
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
        fields: all of them, for the rules.
    """

    subject: str
    sender: str
    message_id: str
    fields: tuple[Field, ...]

    def values(self, name: str) -> list[str]:
        """Return the decoded values of the fields called `name`, in any case."""
        wanted = name.lower()
        return [headers.decoded(headers.raw_text(field)) for field in self.fields if field.name.lower() == wanted]


def summarise(raw: bytes, sender: str) -> Summary:
    """Read the few header fields; never raises, whatever the bytes.

    Args:
        raw: the message. sender: who was authorised; From is not read again, lest it be read differently.
    """
    fields, _, _ = headers.split_block(raw, 0, len(raw))
    return Summary(
        fields=fields,
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
        asked: how it asks to be handled.
        applied: the rule that applies to each recipient, by address; none where none does.
    """

    credential: SmtpCredentialValue
    envelope: Envelope
    summary: Summary
    message: ObjectReference
    received_at: datetime
    submission: UUID
    communications: Mapping[str, UUID]
    asked: Asked
    applied: Mapping[str, Rule]


class _Fresh(NamedTuple):
    """A message for one recipient that becomes a communication."""

    message: KeptMessage
    recipient: Recipient
    handling: Handling

    @property
    def term_until(self) -> datetime | None:
        """When the term ends within which the content waits; None where it does not wait."""
        return self.message.received_at + self.handling.term if self.handling.mode == "notice" else None


def keep_message(*, credential: SmtpCredentialValue, envelope: Envelope, raw: bytes) -> KeptMessage:
    """Put a message into custody. A crash afterwards leaves an object that nobody cites: it costs only the space.

    Args:
        credential: authenticated, and allowed to send as the envelope's and the header's sender.
        envelope: checked by the connector against its limits.
        raw: the unstuffed DATA, CRLF line ends.

    Raises:
        BadChoice: the message asks for what cannot be done.
        TemporaryError: custody cannot take it now; nothing is half-written.
    """
    asked = choices.read(raw, least_years=settings.ACUSE.retention_years)
    summary = summarise(raw, envelope.header_from or envelope.mail_from)
    applied = _applied(remembered_rules(credential.organisation), envelope, summary, asked)
    kept = custody.keep(organisation=credential.organisation, content=raw, media_type="message/rfc822")
    return KeptMessage(
        credential=credential,
        envelope=envelope,
        summary=summary,
        message=refer("message", kept),
        received_at=clock.now(),
        submission=uuid7(),
        communications={recipient.address: uuid7() for recipient in envelope.recipients},
        asked=asked,
        applied=applied,
    )


def _applied(rules_: Sequence[Rule], envelope: Envelope, summary: Summary, asked: Asked) -> dict[str, Rule]:
    """Return the rule that applies to each recipient, by address."""
    if not rules_:
        return {}
    found = {
        recipient.address: applying(
            rules_,
            sender=summary.sender,
            domain=rules.domain_of(recipient.address),
            subject=summary.subject,
            values=summary.values,
            notice=asked.mode == "notice",
        )
        for recipient in envelope.recipients
    }
    return {address: rule for address, rule in found.items() if rule is not None}


def accept_message(*, credential: SmtpCredentialValue, envelope: Envelope, raw: bytes) -> list[AcceptedCommunication]:
    """Accept a message for every recipient of its envelope, or for none: `keep_message`, then `accept_together`.

    Returns:
        One value per recipient, in the envelope's order. Everything is durable when it returns.

    Raises:
        AccessDenied: the credential was revoked meanwhile.
        BadChoice: the message asks for what cannot be done.
        TemporaryError: custody or the database cannot take it now; nothing is half-written.
    """
    return accept_together([keep_message(credential=credential, envelope=envelope, raw=raw)])[0]


def accept_together(messages: Sequence[KeptMessage]) -> list[list[AcceptedCommunication]]:
    """Accept messages in one transaction: each for every recipient of its envelope, or none of them at all.

    Returns:
        For each message, one value per recipient, in the envelope's order. Everything is durable when it returns.

    Raises:
        AccessDenied: the credential of one of them was revoked meanwhile.
        django.db.DatabaseError: the database cannot take them now.
    """
    with transaction.atomic(), together():
        defaults = ask_defaults(list({message.credential.id for message in messages}))
        known = _find_repeats(messages)
        wanted = [
            (message, recipient)
            for message, repeats in zip(messages, known, strict=True)
            for recipient in message.envelope.recipients
            if recipient.address not in repeats
        ]
        if wanted:
            fresh = _handled(wanted, defaults())
            _insert(fresh)
            record_first(*map(_accepted, fresh))
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


def _handled(wanted: Sequence[tuple[KeptMessage, Recipient]], defaults: Mapping[UUID, Defaults]) -> list[_Fresh]:
    return [
        _Fresh(
            message,
            recipient,
            handle(message.asked, message.applied.get(recipient.address), defaults[message.credential.id]),
        )
        for message, recipient in wanted
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
        subject, notify, orcpt, certified, language, mode, access, reference, expires_at, status, outcome, grade,
        failure_class, attempts, next_attempt_at, delay_notified)
    SELECT new.id, organisation_id, submitted.id, received_at, recipient, domain, sender, subject, notify::jsonb, orcpt,
        certified, language, mode, access, reference, expires_at, %(status)s, 'pending', 0, '', 0, received_at, false
    FROM submitted JOIN unnest(%(ids)s::uuid[], %(submitted)s::uuid[], %(recipients)s::text[], %(domains)s::text[],
        %(notifies)s::text[], %(orcpts)s::text[], %(certified)s::bool[], %(languages)s::text[], %(modes)s::text[],
        %(accesses)s::text[], %(references)s::text[], %(terms)s::timestamptz[])
        AS new (id, submission, recipient, domain, notify, orcpt, certified, language, mode, access, reference,
            expires_at)
        ON new.submission = submitted.id
    RETURNING id, domain, created_at
)
INSERT INTO delivery_dispatches (communication_id, domain, due_at) SELECT id, domain, created_at FROM communicated
"""


def _insert(fresh: Sequence[_Fresh]) -> None:
    """Insert submissions, their communications and the work that they are: one statement."""
    messages = list({new.message.submission: new.message for new in fresh}.values())
    execute(_INSERT, {**_submission_rows(messages), **_communication_rows(fresh)})


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


def _communication_rows(fresh: Sequence[_Fresh]) -> dict[str, Any]:
    return {
        "status": Communication.Status.IN_PROGRESS.value,
        "ids": words(new.message.communications[new.recipient.address] for new in fresh),
        "submitted": words(new.message.submission for new in fresh),
        "recipients": [new.recipient.address for new in fresh],
        "domains": [rules.domain_of(new.recipient.address) for new in fresh],
        "notifies": [json.dumps(new.recipient.notify) for new in fresh],
        "orcpts": [new.recipient.orcpt or "" for new in fresh],
        "certified": words("t" if new.handling.certified else "f" for new in fresh),
        "languages": words(new.handling.language for new in fresh),
        "modes": words(new.handling.mode for new in fresh),
        "accesses": [new.handling.access for new in fresh],
        "references": [new.handling.reference for new in fresh],
        "terms": [new.term_until for new in fresh],
    }


def _accepted(new: _Fresh) -> FactDraft:
    message, recipient = new.message, new.recipient
    summary, credential, envelope = message.summary, message.credential, message.envelope
    years = new.handling.retention_years
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
            "mode": new.handling.mode,
            "size": message.message.size,
            "language": new.handling.language,
            "credential": credential.name,
            "client": _client(envelope.client),
            "received_as": envelope.mail_from,
            "notify": list(recipient.notify),
            "envid": envelope.envid,
            "recipient_basis": "sender_stated",
            **_chosen(new),
        },
        objects=(message.message,),
        occurred_at=message.received_at,
        retain_until=message.received_at + years * YEAR if years else None,
    )


def _chosen(new: _Fresh) -> dict[str, Any]:
    """Return the members of the fact that are there only where somebody chose them."""
    until, handling = new.term_until, new.handling
    members = {
        "access": handling.access,
        "reference": handling.reference,
        "term_until": clock.to_rfc3339(until) if until else "",
        "retention_years": handling.retention_years,
        "rule": str(handling.rule or ""),
    }
    chosen = {name: value for name, value in members.items() if value}
    return chosen if handling.certified else {**chosen, "certified": False}


def _client(client: Client) -> dict[str, Any]:
    tls = {"version": client.tls_version, "cipher": client.tls_cipher or ""} if client.tls_version else None
    # The connector reads octets that are not UTF-8 as lone surrogates, so that none is lost.
    return {"ip": client.ip, "helo": foreign(client.helo.encode("utf-8", "surrogateescape")), "tls": tls}
