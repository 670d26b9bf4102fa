"""E-mails that carry a code or a link to an address, so that only whoever reads it there has it.

Written and in custody before the transaction that queues it; a crash between them leaves an object that nobody cites.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from uuid6 import uuid7

from acuse import clock
from acuse.delivery.models import Notice
from acuse.delivery.services.access.letters import letter_to
from acuse.delivery.services.signers import signed
from acuse.evidence import custody
from acuse.mail.notice import Letter, code_message, link_message


@dataclass(frozen=True, kw_only=True)
class WrittenCode:
    """An e-mail with a code or a link, in custody."""

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
    letter = _letter(organisation, recipient, reply_to, language)
    content = code_message(letter, code=digits, minutes=int(term.total_seconds() // 60), purpose=purpose)
    return _kept(organisation, letter, content)


def write_link(*, organisation: UUID, recipient: str, reply_to: str, language: str, key: str, link: str) -> WrittenCode:
    """Write the e-mail with the link to a case, and keep it.

    Args:
        organisation: whose case. recipient: address of its customer. reply_to: where answers to it go.
        language: "es" or "en". key: tracking key of the case. link: to its page.

    Raises:
        InputError: an address cannot stand in a header. TemporaryError: custody cannot take it.
    """
    letter = _letter(organisation, recipient, reply_to, language)
    return _kept(organisation, letter, link_message(letter, key=key, link=link))


def _letter(organisation: UUID, recipient: str, reply_to: str, language: str) -> Letter:
    return letter_to(
        organisation=organisation,
        recipient=recipient,
        reply_to=reply_to or f"postmaster@{settings.ACUSE.verp_domain}",
        language=language,
        message_id=f"<{uuid7()}@{settings.ACUSE.mail_hostname}>",
        at=clock.now(),
    )


def _kept(organisation: UUID, letter: Letter, content: bytes) -> WrittenCode:
    kept = custody.keep(
        organisation=organisation,
        content=signed(organisation, content, at=letter.written_at),
        media_type="message/rfc822",
    )
    return WrittenCode(
        organisation=organisation, recipient=letter.recipient, message_id=letter.message_id, sha256=kept.sha256
    )


def owe_code(written: WrittenCode) -> None:
    """Queue an e-mail with a code or a link, in the transaction from which on a code serves."""
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


def forget_code_mails(*, before: datetime) -> None:
    """Remove the e-mails with codes queued before a moment: no fact cites them, so their rows alone know them.

    The object goes first: after a crash the row is still there, and a second call removes what is left.
    """
    for row in Notice.objects.filter(communication=None, kind=Notice.Kind.CODE, created_at__lt=before):
        custody.store().delete(custody.object_key(row.organisation_id, row.message_sha256))
        row.delete()
