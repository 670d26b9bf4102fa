"""Putting a message into custody, and reading what the rules and the first fact need of it.

A crash afterwards leaves an object in custody that nobody cites; the client got no 250 and sends again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from uuid6 import uuid7

from acuse import clock
from acuse.accounts.values import SmtpCredentialValue
from acuse.delivery import rules
from acuse.delivery.envelope import Envelope
from acuse.delivery.queries.rules import remembered_rules
from acuse.delivery.selection import Rule, applying
from acuse.evidence import custody
from acuse.evidence.ledger import refer
from acuse.mail import choices, headers
from acuse.mail.choices import Asked
from acuse.mail.headers import Field
from acuse.proof.facts.fact import ObjectReference
from acuse.texts import storable


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
        subject=storable(headers.text_of(fields, "Subject") or ""),
        sender=storable(sender)[:320],
        message_id=storable(headers.text_of(fields, "Message-ID") or "").strip()[:998],
    )


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
