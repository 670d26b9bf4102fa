"""The views that people keep."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from acuse.accounts.queries import Access
from acuse.helpdesk.models import SavedView


@dataclass(frozen=True, kw_only=True)
class View:
    """A list that somebody keeps by a name; `query` is that of its address, `shared` whether all see it."""

    id: UUID
    name: str
    query: str
    shared: bool


def saved_views(access: Access) -> tuple[View, ...]:
    """Return the views that a member sees: those of all, then their own."""
    rows = SavedView.objects.filter(Q(member=None) | Q(member_id=access.member), organisation_id=access.organisation)
    ordered = sorted(rows, key=lambda row: (row.member_id is not None, row.position, row.id))
    return tuple(View(id=row.id, name=row.name, query=row.query, shared=row.member_id is None) for row in ordered)
