"""The teams of a desk."""

from dataclasses import dataclass
from uuid import UUID

from acuse.accounts.queries import Access
from acuse.helpdesk.models import Team


@dataclass(frozen=True, kw_only=True)
class TeamView:
    """A team: its name and its members, with those who left the organisation since."""

    id: UUID
    name: str
    members: frozenset[UUID]


def teams(access: Access) -> tuple[TeamView, ...]:
    """Return the organisation's teams, by name."""
    rows = Team.objects.filter(organisation_id=access.organisation).prefetch_related("members").order_by("name")
    return tuple(_view(row) for row in rows)


def team(access: Access, *, id: UUID) -> TeamView | None:
    """Return one team, or None where the organisation has no such one."""
    row = Team.objects.filter(organisation_id=access.organisation, id=id).prefetch_related("members").first()
    return _view(row) if row else None


def _view(row: Team) -> TeamView:
    return TeamView(id=row.id, name=row.name, members=frozenset(member.id for member in row.members.all()))
