"""What was sent once more, seen from both sides."""

from datetime import timedelta
from uuid import UUID

from django.db.models import Q

from acuse import clock
from acuse.accounts.queries import Access
from acuse.delivery.models import Communication
from acuse.delivery.queries.lists import CommunicationRow, mine, rows_of

MOST_RESENDS = 20
#: For how long after one resend another is taken for a second page of the same, left open.
LATELY = timedelta(minutes=10)


def resends(access: Access, *, id: UUID) -> tuple[CommunicationRow | None, tuple[CommunicationRow, ...]]:
    """Return the communication that this one was sent once more of, and those that it was sent once more as.

    Args:
        access: of the member who asks.
        id: the communication.

    Returns:
        The earlier one, None where there is none or it was erased; the later ones, the newest first, at most
        ``MOST_RESENDS``.
    """
    earlier = mine(access).filter(id=id).values_list("resent_of", flat=True).first()
    later = mine(access).filter(resent_of=id).order_by("-created_at", "-id")
    ids = list(later.values_list("id", flat=True)[:MOST_RESENDS])
    rows = {row.id: row for row in rows_of(access, ids=[*ids, *([earlier] if earlier else [])])}
    return rows.get(earlier) if earlier else None, tuple(rows[one] for one in ids)


def resent_lately(access: Access, *, communication: UUID) -> UUID | None:
    """Return what a communication is being sent once more as, or was within ``LATELY``; None where it is not."""
    open_or_new = Q(status=Communication.Status.IN_PROGRESS) | Q(created_at__gt=clock.now() - LATELY)
    again = mine(access).filter(open_or_new, resent_of=communication)
    return again.order_by("-created_at", "-id").values_list("id", flat=True).first()
