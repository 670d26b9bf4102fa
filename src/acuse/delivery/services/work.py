"""A communication that is due: everything needed to send it or to tell its sender."""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from acuse import clock
from acuse.delivery.rules import mailbox_key
from acuse.errors import ConflictError
from acuse.evidence.statements import execute


@dataclass(frozen=True, kw_only=True)
class Listed:
    """Why the recipient's address is on the organisation's list of those to which nothing is sent.

    Args:
        communication: that put it there.
        reason: one of `proof.facts.suppression.REASONS`.
        since: when.
    """

    communication: UUID
    reason: str
    since: datetime

    def details(self) -> dict[str, str]:
        """Return it as a fact holds it."""
        return {
            "communication": str(self.communication),
            "reason": self.reason,
            "since": clock.to_rfc3339(self.since),
        }


@dataclass(frozen=True, kw_only=True)
class Work:
    """A communication that is due, as the submission left it.

    Args:
        client_ip, client_helo: of the program that submitted.
        notify, orcpt, ret, envid: as RFC 3461 parameters, still encoded.
        delay_notified: the sender was told of a delay before.
        faults: what went wrong inside Acuse before.
        attempts: how many were opened before.
        sender, subject: as the message says.
        mode, access, expires_at, tracking, footer: as chosen at acceptance.
        listed: set where nothing was tried yet, and the message must be held back.
    """

    communication: UUID
    organisation: UUID
    accepted_at: datetime
    recipient: str
    mail_from: str
    client_ip: str
    client_helo: str
    message_sha256: str
    language: str
    notify: tuple[str, ...]
    orcpt: str | None
    ret: str | None
    envid: str | None
    delay_notified: bool
    faults: int = 0
    attempts: int = 0
    sender: str = ""
    subject: str = ""
    mode: str = "content"
    access: str = ""
    expires_at: datetime | None = None
    tracking: bool = False
    footer: bool = False
    listed: Listed | None = None


_WORK = """
SELECT row.organisation_id, row.created_at, row.recipient, submission.mail_from, submission.client_ip,
    submission.client_helo, submission.message_sha256, row.language, row.notify::text, row.orcpt, submission.ret,
    submission.envid, row.delay_notified, row.sender, row.subject, row.mode, row.access, row.expires_at,
    coalesce(held.faults, 0), row.attempts, listed.communication_id, listed.reason, listed.added_at,
    row.tracking, row.footer
FROM delivery_communications AS row
JOIN delivery_submissions AS submission ON submission.id = row.submission_id
LEFT JOIN delivery_dispatches AS held ON held.communication_id = row.id
LEFT JOIN delivery_suppressions AS listed ON row.attempts = 0 AND NOT row.despite_suppression
    AND listed.organisation_id = row.organisation_id AND listed.address = coalesce(%(address)s, lower(row.recipient))
    AND (SELECT hold_suppressed FROM accounts_organisations WHERE id = row.organisation_id)
WHERE row.id = %(communication)s
"""


def load_work(communication: UUID) -> Work:
    """Read what is to be sent, outside any transaction, because the message is read from custody next.

    Raises:
        ConflictError: it has been erased meanwhile.
    """
    row = execute(_WORK, {"communication": communication, "address": None}).fetchone()
    if row and not row[2].isascii():
        # The database cannot write a domain as the DNS has it: such an address alone is asked for once more.
        row = execute(_WORK, {"communication": communication, "address": mailbox_key(row[2])}).fetchone()
    if row is None:
        raise ConflictError("The communication was erased before it was sent.")
    return Work(
        communication=communication,
        organisation=row[0],
        accepted_at=row[1],
        recipient=row[2],
        mail_from=row[3],
        client_ip=row[4],
        client_helo=row[5],
        message_sha256=row[6],
        language=row[7],
        notify=tuple(json.loads(row[8])),
        orcpt=row[9] or None,
        ret=row[10] or None,
        envid=row[11] or None,
        delay_notified=row[12],
        sender=row[13],
        subject=row[14],
        mode=row[15],
        access=row[16],
        expires_at=row[17],
        faults=row[18],
        attempts=row[19],
        tracking=row[23],
        footer=row[24],
        listed=Listed(communication=row[20], reason=row[21], since=row[22]) if row[20] else None,
    )
