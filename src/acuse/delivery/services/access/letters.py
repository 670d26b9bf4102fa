"""What we write to a recipient whose content waits: the notice with its link, and the heads of every such e-mail."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from acuse.accounts.queries import organisation_view
from acuse.delivery.services.work import Work
from acuse.mail.notice import Letter, date_in_words, notice
from acuse.mail.tokens import ACCESS, encode_token


def link_to(communication: UUID) -> str:
    """Return the link to the page of a communication, which nobody else can make."""
    token = encode_token(key=settings.ACUSE_KEYS.address, purpose=ACCESS, identifier=communication)
    return f"{settings.ACUSE.public_url.rstrip('/')}/a/{token}/"


def compose_notice(work: Work, *, message_id: str) -> bytes:
    """Return the notice that content waits, the same at each try.

    Args:
        work: the communication, in notice mode. message_id: "<...>".
    """
    letter = letter_to(
        organisation=work.organisation,
        recipient=work.recipient,
        reply_to=work.sender,
        language=work.language,
        message_id=message_id,
        at=work.accepted_at,
    )
    zone = ZoneInfo(organisation_view(work.organisation).time_zone)
    assert work.expires_at is not None
    return notice(
        letter,
        subject=work.subject,
        link=link_to(work.communication),
        until=date_in_words(work.expires_at.astimezone(zone), work.language),
        coded=work.access == "otp",
        help_link=f"{settings.ACUSE.public_url.rstrip('/')}/verify/",
    )


def letter_to(
    *, organisation: UUID, recipient: str, reply_to: str, language: str, message_id: str, at: datetime
) -> Letter:
    """Return who writes to whom in an e-mail of ours to a recipient.

    Args:
        organisation: for which it is written. recipient: address. reply_to: of the sender; answers go there.
        language: "es" or "en". message_id: "<...>". at: when it is written.
    """
    return Letter(
        organisation=organisation_view(organisation).name,
        sender=f"notices@{settings.ACUSE.verp_domain}",
        reply_to=reply_to,
        recipient=recipient,
        message_id=message_id,
        written_at=at,
        language=language,
    )
