"""Content that waits for its recipient: as the page behind its link shows it to whoever proved to hold the link, and
whether that link still serves, for the members of its sender.

Reading it changes nothing and records nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings

from acuse import clock
from acuse.accounts.queries import Access as Member
from acuse.delivery import rules
from acuse.delivery.models import Access
from acuse.evidence import custody
from acuse.evidence.statements import execute
from acuse.mail.links import holds_link
from acuse.mail.tokens import ACCESS, AGREE, FOLLOW

#: Every request for the page asks this, so it is prepared: to put it together anew takes longer than to answer it.
_CONSIGNED = """
SELECT row.organisation_id, organisation.name, organisation.time_zone, row.sender, row.recipient, row.subject,
    row.language, row.reference, row.created_at, row.access, submission.message_sha256,
    held.expires_at, held.ended, held.opened_at, held.accepted_at, held.code_until, held.locked_until,
    held.codes_since, held.codes_sent
FROM delivery_accesses AS held
JOIN delivery_communications AS row ON row.id = held.communication_id
JOIN delivery_submissions AS submission ON submission.id = row.submission_id
JOIN accounts_organisations AS organisation ON organisation.id = row.organisation_id
WHERE held.communication_id = %(communication)s
"""


@dataclass(frozen=True, kw_only=True)
class Consigned:
    """One consigned content.

    Attributes:
        sender: address; organisation: name of the sender.
        zone: time zone of the organisation.
        state: "open", "rejected", "expired" or "revoked".
        coded: a code by e-mail is asked for.
        code_until: until when a code that was sent serves; None where there is none.
        locked_until: no code is taken before; None where it is not locked.
        codes_left: how many codes can still be sent today.
    """

    communication: UUID
    organisation_id: UUID
    organisation: str
    zone: str
    sender: str
    recipient: str
    subject: str
    language: str
    reference: str
    sent_at: datetime
    expires_at: datetime
    state: str
    coded: bool
    opened_at: datetime | None
    accepted_at: datetime | None
    code_until: datetime | None
    locked_until: datetime | None
    codes_left: int
    message_sha256: str


@dataclass(frozen=True, kw_only=True)
class OpenLink:
    """A link with which content can still be opened, as its sender sees it."""

    expires_at: datetime
    opened_at: datetime | None
    accepted_at: datetime | None


def open_link(access: Member, *, communication: UUID) -> OpenLink | None:
    """Return the link of one of the organisation's communications, or None where it has none that still serves."""
    held = Access.objects.filter(
        communication_id=communication,
        communication__organisation_id=access.organisation,
        ended="",
        expires_at__gt=clock.now(),
    ).first()
    if held is None:
        return None
    return OpenLink(expires_at=held.expires_at, opened_at=held.opened_at, accepted_at=held.accepted_at)


def consigned(communication: UUID) -> Consigned | None:
    """Return what waits behind a link, or None where nothing ever did or it was erased."""
    row = execute(_CONSIGNED, {"communication": communication}).fetchone()
    if row is None:
        return None
    now = clock.now()
    expires_at, ended, opened_at, accepted_at, code_until, locked_until, codes_since, codes_sent = row[11:]
    window = codes_since is not None and codes_since > now - rules.CODES_WINDOW
    return Consigned(
        communication=communication,
        organisation_id=row[0],
        organisation=row[1],
        zone=row[2],
        sender=row[3],
        recipient=row[4],
        subject=row[5],
        language=row[6],
        reference=row[7],
        sent_at=row[8],
        coded=row[9] == "otp",
        message_sha256=row[10],
        expires_at=expires_at,
        state=ended or ("expired" if expires_at <= now else "open"),
        opened_at=opened_at,
        accepted_at=accepted_at,
        code_until=code_until if code_until is not None and code_until > now else None,
        locked_until=locked_until if locked_until is not None and locked_until > now else None,
        codes_left=rules.MOST_CODES - (codes_sent if window else 0),
    )


def consigned_message(seen: Consigned) -> bytes:
    """Return the message that waits, exactly as submitted; only for whoever opened it.

    Raises:
        AcuseError: custody lost it or it is damaged.
    """
    return custody.open_object(organisation=seen.organisation_id, sha256=seen.message_sha256)


def quotes_link(raw: bytes, *, customers: bool = False) -> bool:
    """Say whether a message or file that came in holds a link to waiting content: only its recipient may be shown that.

    Args:
        customers: or the link of a customer to their case, which serves who acts and not who only reads.
    """
    purposes = frozenset({ACCESS, AGREE, FOLLOW} if customers else {ACCESS})
    return holds_link(raw, keys=(settings.ACUSE_KEYS.address,), purposes=purposes)
