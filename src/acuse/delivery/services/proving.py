"""E-mails that carry a code to an address, so that whoever reads it there can show that it is theirs.

Written and in custody before the transaction that queues it; a crash between them leaves an object that nobody cites.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from uuid6 import uuid7

from acuse import clock
from acuse.delivery.models import Notice
from acuse.delivery.services.access.letters import letter_to
from acuse.delivery.services.signers import signed
from acuse.evidence import custody
from acuse.mail.notice import code_message


@dataclass(frozen=True, kw_only=True)
class WrittenCode:
    """An e-mail with a code, in custody."""

    organisation: UUID
    recipient: str
    message_id: str
    sha256: str


def write_code(
    *, organisation: UUID, recipient: str, reply_to: str, language: str, purpose: str, digits: str, term: timedelta
) -> WrittenCode:
    """Write the e-mail with a code, and keep it.

    Args:
        organisation: for whose pages the code is. recipient: address.
        reply_to: where answers to it go; "" where the organisation has no mailbox.
        language: "es" or "en". purpose: what the code opens, "mailbox" or "form". digits: the code.
        term: for how long it serves.

    Raises:
        InputError: an address cannot stand in a header. TemporaryError: custody cannot take it.
    """
    now, message_id = clock.now(), f"<{uuid7()}@{settings.ACUSE.mail_hostname}>"
    letter = letter_to(
        organisation=organisation,
        recipient=recipient,
        reply_to=reply_to or f"postmaster@{settings.ACUSE.verp_domain}",
        language=language,
        message_id=message_id,
        at=now,
    )
    content = code_message(letter, code=digits, minutes=int(term.total_seconds() // 60), purpose=purpose)
    kept = custody.keep(
        organisation=organisation, content=signed(organisation, content, at=now), media_type="message/rfc822"
    )
    return WrittenCode(organisation=organisation, recipient=recipient, message_id=message_id, sha256=kept.sha256)


def owe_code(written: WrittenCode) -> None:
    """Queue an e-mail with a code, in the transaction from which on the code serves."""
    now = clock.now()
    Notice.objects.create(
        organisation_id=written.organisation,
        kind=Notice.Kind.CODE,
        recipient=written.recipient,
        message_id=written.message_id,
        message_sha256=written.sha256,
        created_at=now,
        due_at=now,
    )
