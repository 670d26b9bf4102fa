"""A communication that is due: everything needed to send it or to tell its sender."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from acuse.delivery.models import Communication


@dataclass(frozen=True, kw_only=True)
class Work:
    """A communication that is due, as the submission left it.

    Args:
        client_ip, client_helo: of the program that submitted.
        notify, orcpt, ret, envid: as RFC 3461 parameters, still encoded.
        delay_notified: the sender was told of a delay before.
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


def load_work(communication: UUID) -> Work:
    """Read what is to be sent; outside any transaction, because the message is read from custody next."""
    row = Communication.objects.select_related("submission").get(id=communication)
    submission = row.submission
    return Work(
        communication=row.id,
        organisation=row.organisation_id,
        accepted_at=row.created_at,
        recipient=row.recipient,
        mail_from=submission.mail_from,
        client_ip=submission.client_ip,
        client_helo=submission.client_helo,
        message_sha256=submission.message_sha256,
        language=row.language,
        notify=tuple(row.notify),
        orcpt=row.orcpt or None,
        ret=submission.ret or None,
        envid=submission.envid or None,
        delay_notified=row.delay_notified,
    )
