"""What was sent once more, seen from both sides."""

from uuid import UUID

from acuse.accounts.queries import Access
from acuse.delivery.queries.lists import CommunicationRow, mine, rows_of

MOST_RESENDS = 20


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
