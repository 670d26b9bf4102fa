"""Teams: made, changed and dissolved by managers, each with its fact."""

import pytest
from django.test import Client

from acuse.accounts.models import User
from acuse.errors import AccessDenied, ConflictError, InputError
from acuse.evidence.queries import facts_of
from acuse.helpdesk.queries.teams import teams
from acuse.helpdesk.services.teams import MOST_NAME, change_team, make_team
from tests.integration.figures.month import SLUG
from tests.integration.helpdesk.conftest import desk as desk_fixture
from tests.integration.helpdesk.making import Desk

desk = desk_fixture
SETTINGS = f"/console/{SLUG}/settings/teams/"


def told(desk: Desk) -> list[dict[str, object]]:
    facts = facts_of(organisation=desk.organisation, kind="organisation", id=desk.organisation)
    return [dict(item.fact.details) for item in facts if item.fact.type == "team.changed"]


@pytest.fixture
def manager(desk: Desk) -> Client:
    client = Client()
    client.force_login(User.objects.get(email="administrator@ribera.example"))
    return client


def test_a_team_is_made_changed_and_dissolved_at_its_page(desk: Desk, manager: Client) -> None:
    manager.post(SETTINGS, {"name": " Taller ", "members": [str(desk.agent.member)]})
    (made,) = teams(desk.administrator)
    assert (made.name, made.members) == ("Taller", frozenset({desk.agent.member}))
    manager.post(f"{SETTINGS}{made.id}/", {"name": "Mostrador", "members": []})
    manager.post(f"{SETTINGS}{made.id}/dissolve/")
    assert teams(desk.administrator) == ()
    assert [(one["name"], one["members"], one.get("removed", False)) for one in told(desk)] == [
        ("Taller", [str(desk.agent.member)], False),
        ("Mostrador", [], False),
        ("Mostrador", [], True),
    ]


def test_what_does_not_fit_is_said_and_kept(desk: Desk, manager: Client) -> None:
    make_team(access=desk.owner, name="Taller", members=[])
    answer = manager.post(SETTINGS, {"name": "Taller", "members": [str(desk.agent.member)]})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Ya existe un equipo" in page
    assert "checked" in page
    assert len(teams(desk.owner)) == 1


def test_who_may_not_and_who_is_none(desk: Desk) -> None:
    with pytest.raises(AccessDenied):
        make_team(access=desk.agent, name="Taller", members=[])
    for name, members in (("", []), ("x" * (MOST_NAME + 1), []), ("Taller", [desk.auditor.member])):
        with pytest.raises(InputError):
            make_team(access=desk.owner, name=name, members=members)
    one = make_team(access=desk.owner, name="Taller", members=[])
    make_team(access=desk.owner, name="Otro", members=[])
    with pytest.raises(ConflictError):
        change_team(access=desk.owner, team=one, name="Otro", members=[])
    assert len(told(desk)) == 2
