"""Making teams: groups of members by whom lists, the board and figures are told apart."""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import IntegrityError, transaction
from uuid6 import uuid7

from acuse.accounts.models import Membership
from acuse.accounts.queries import Access, active_members
from acuse.errors import ConflictError, InputError
from acuse.evidence.ledger import FactDraft, record
from acuse.helpdesk.models import Team
from acuse.helpdesk.services.changes import by

MOST_NAME = 60
MOST_TEAMS = 100
MOST_MEMBERS = 500


def make_team(*, access: Access, name: str, members: Collection[UUID]) -> UUID:
    """Make a team; return it.

    Raises:
        AccessDenied: the member may not. InputError: the name is empty or too long, somebody is no member who acts on
            cases, or there are too many teams.
        ConflictError: there is a team of this name.
    """
    access.require_manager()
    if Team.objects.filter(organisation_id=access.organisation).count() >= MOST_TEAMS:
        raise InputError("There can be %(most)s teams. Dissolve one first.", most=MOST_TEAMS)
    chosen = _check_members(access, members)
    return _saved(access, Team(id=uuid7(), organisation_id=access.organisation, name=_check_name(name)), chosen)


def change_team(*, access: Access, team: UUID, name: str, members: Collection[UUID]) -> None:
    """Rename a team, and say who belongs to it.

    Members who left the organisation stay in it, because figures of what they did count for it.

    Raises:
        AccessDenied, InputError, ConflictError: as `make_team`; there is no such team.
    """
    access.require_manager()
    with transaction.atomic():
        row = _locked(access, team)
        left = set(row.members.values_list("id", flat=True)) - active_members(access).keys()
        chosen = sorted({*_check_members(access, members), *left})
        row.name = _check_name(name)
        _saved(access, row, chosen)


def dissolve_team(*, access: Access, team: UUID) -> None:
    """Dissolve a team; its members stay members.

    Raises:
        AccessDenied: the member may not. InputError: there is no such team.
    """
    access.require_manager()
    with transaction.atomic():
        row = _locked(access, team)
        record(_told(access, row, (), removed=True))
        row.delete()


def _saved(access: Access, row: Team, members: Sequence[UUID]) -> UUID:
    try:
        with transaction.atomic():
            row.save()
            row.members.set(Membership.objects.filter(id__in=members))
            record(_told(access, row, members))
    except IntegrityError as error:
        raise ConflictError("There is a team of this name already.") from error
    return row.id


def _locked(access: Access, team: UUID) -> Team:
    row = Team.objects.select_for_update().filter(organisation_id=access.organisation, id=team).first()
    if row is None:
        raise InputError("There is no such team.")
    return row


def _check_name(name: str) -> str:
    if not 1 <= len(name.strip()) <= MOST_NAME:
        raise InputError("The name of a team takes 1 to %(most)s characters.", most=MOST_NAME)
    return name.strip()


def _check_members(access: Access, members: Collection[UUID]) -> list[UUID]:
    if len(members) > MOST_MEMBERS:
        raise InputError("A team takes at most %(most)s members.", most=MOST_MEMBERS)
    if not set(members) <= active_members(access).keys():
        raise InputError("There is no such member.")
    return sorted(set(members))


def _told(access: Access, row: Team, members: Sequence[UUID], *, removed: bool = False) -> FactDraft:
    return FactDraft(
        organisation=access.organisation,
        subject_kind="organisation",
        subject_id=access.organisation,
        type="team.changed",
        actor=by(access),
        details={
            "team": str(row.id),
            "name": row.name,
            "members": [str(member) for member in members],
            **({"removed": True} if removed else {}),
        },
    )
