"""What anybody may learn of a message that they hold."""

from dataclasses import dataclass
from datetime import datetime

from acuse.delivery.models import Communication, Submission


@dataclass(frozen=True, kw_only=True)
class PublicContent:
    """What anybody who holds a message exactly as it was submitted may learn.

    Attributes:
        organisation: name of who had it certified.
        submitted_at: when it was first handed in.
        communications: how many recipients that organisation had it certified for, over all its submissions.
    """

    organisation: str
    submitted_at: datetime
    communications: int


def public_content(*, sha256: str) -> PublicContent | None:
    """Return what is known of a message by the digest of its bytes; None where this installation never certified it.

    Args:
        sha256: 64 lower-case hex digits.
    """
    certified = Communication.objects.filter(submission__message_sha256=sha256, certified=True)
    found = Submission.objects.filter(message_sha256=sha256, communications__in=certified)
    found = found.select_related("organisation").order_by("received_at")
    first = found.first()
    if first is None:
        return None
    return PublicContent(
        organisation=first.organisation.name,
        submitted_at=first.received_at,
        communications=certified.filter(organisation_id=first.organisation_id).count(),
    )
