"""Accepting messages: content into custody, then one transaction for all recipients of each of them.

A crash before the transaction leaves an object in custody that nobody cites; the client got no 250 and sends again.
A crash after it, before the client reads the 250, is why a retry is recognised: the client sends again and finds the
same communications.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import close_old_connections, transaction

from acuse import clock
from acuse.accounts.queries import ask_defaults
from acuse.accounts.values import Defaults, SmtpCredentialValue
from acuse.delivery import rules
from acuse.delivery.envelope import Envelope, Recipient
from acuse.delivery.queries.tracking import withdrawn_among
from acuse.delivery.selection import handle
from acuse.delivery.services.first_rows import Fresh, accepted, insert
from acuse.delivery.services.keeping import KeptMessage, keep_message
from acuse.evidence.ledger import record_first
from acuse.evidence.statements import execute, octets, together, words


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
            fresh = _without_withdrawn(_handled(wanted, defaults()))
            insert(fresh)
            record_first(*map(accepted, fresh))
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


def _handled(wanted: Sequence[tuple[KeptMessage, Recipient]], defaults: Mapping[UUID, Defaults]) -> list[Fresh]:
    return [
        Fresh(
            message,
            recipient,
            handle(message.asked, message.applied.get(recipient.address), defaults[message.credential.id]),
        )
        for message, recipient in wanted
    ]


def _without_withdrawn(fresh: list[Fresh]) -> list[Fresh]:
    """Track nobody who does not want it. The database is asked only where somebody is to be tracked."""
    withdrawn = withdrawn_among(_person(new) for new in fresh if new.handling.tracking)
    if not withdrawn:
        return fresh
    return [
        new._replace(handling=replace(new.handling, tracking="withdrawn"))
        if new.handling.tracking and _person(new) in withdrawn
        else new
        for new in fresh
    ]


def _person(new: Fresh) -> tuple[UUID, str]:
    return new.message.credential.organisation, new.recipient.address


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
