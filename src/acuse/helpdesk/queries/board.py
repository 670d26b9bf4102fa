"""What a team's lead looks at: how much is open, for whom, what is late and who waits longest."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet

from acuse import clock
from acuse.accounts.queries import Access
from acuse.contacts.queries import names_of
from acuse.helpdesk.models import Ticket
from acuse.helpdesk.queries.tickets import Filters, TicketRow, filtered, row_of

SOON = timedelta(hours=24)
_LONGEST = 8


@dataclass(frozen=True, kw_only=True)
class Load:
    """What somebody has before them, or all together.

    Attributes:
        member: whose; None for what nobody is responsible for, and for the sum.
        open: cases. waits: those of them whose customer waits for an answer. late: with a missed deadline.
        soon: with one that ends within `SOON`. escalated: passed up.
        oldest: since when the customer waits who waits longest; None where none does.
    """

    member: UUID | None = None
    open: int = 0
    waits: int = 0
    late: int = 0
    soon: int = 0
    escalated: int = 0
    oldest: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Board:
    """The sum, one load for each member who has any and for nobody's, and the cases that wait longest."""

    whole: Load
    loads: tuple[Load, ...]
    longest: tuple[TicketRow, ...]


def board(access: Access, *, mailbox: UUID | None = None, team: UUID | None = None) -> Board:
    """Return the board: of the same cases as a list that is narrowed alike.

    Args:
        access: of who looks.
        mailbox: only its cases; None for all.
        team: only what its members are responsible for; None for everybody's and nobody's.
    """
    rows = filtered(access, Filters(mailbox=mailbox, team=team))
    loads = tuple(_load(found) for found in _counted(rows))
    return Board(whole=_sum(loads), loads=loads, longest=_longest(access, rows))


def _counted(rows: "QuerySet[Ticket]") -> Any:
    now = clock.now()
    return (
        rows.order_by()
        .values("assignee_id")
        .annotate(
            open=Count("id"),
            waits=Count("id", filter=Q(waits_since__isnull=False)),
            late=Count("id", filter=Q(missed__gt=0) | Q(due_at__lte=now)),
            soon=Count("id", filter=Q(due_at__gt=now, due_at__lte=now + SOON)),
            escalated=Count("id", filter=Q(escalated_at__isnull=False)),
            oldest=Min("waits_since"),
        )
        .order_by("-open", "assignee_id")
    )


def _load(found: dict[str, Any]) -> Load:
    return Load(member=found.pop("assignee_id"), **found)


def _sum(loads: tuple[Load, ...]) -> Load:
    return Load(
        open=sum(one.open for one in loads),
        waits=sum(one.waits for one in loads),
        late=sum(one.late for one in loads),
        soon=sum(one.soon for one in loads),
        escalated=sum(one.escalated for one in loads),
        oldest=min((one.oldest for one in loads if one.oldest), default=None),
    )


def _longest(access: Access, rows: "QuerySet[Ticket]") -> tuple[TicketRow, ...]:
    found = list(rows.filter(waits_since__isnull=False).order_by("waits_since", "id")[:_LONGEST])
    names = names_of(access, contacts=[row.contact_id for row in found])
    return tuple(row_of(row, names.get(row.contact_id, "")) for row in found)
