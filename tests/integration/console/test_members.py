"""Owners and administrators invite members by a link that works once, change roles and take access away."""

import logging
import re
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from acuse import clock
from acuse.accounts.models import Invitation, Membership, User
from acuse.config.logs import LOGGING
from acuse.evidence.queries import facts_of
from tests.browser import samples
from tests.browser.world import World

BASE = "/console/talleres-ribera/members/"
GOOD = "un-caballo-correcto-77"


def facts(world: World, type: str) -> list[dict[str, object]]:
    """The details of an organisation's facts of one type."""
    found = facts_of(organisation=world.organisation, kind="organisation", id=world.organisation)
    return [dict(one.fact.details) for one in found if one.fact.type == type]


def link(member: Client, email: str = "nueva@ribera.example", role: str = "agent") -> str:
    """Invite somebody; the path of the link."""
    page = member.post(f"{BASE}invite/", {"email": email, "role": role}).content.decode()
    found = re.search(r"data-secret>http://testserver(/accounts/invitation/[a-z2-7]{32}/)<", page)
    assert found, page
    return found[1]


def joined(world: World, email: str, role: str) -> tuple[Client, UUID]:
    """A further member, signed in."""
    user = User.objects.create_user(email, samples.PASSWORD)
    client = Client()
    client.force_login(user)
    return client, Membership.objects.create(user=user, organisation_id=world.organisation, role=role).id


def own(world: World) -> UUID:
    """The membership of the world's first owner."""
    return Membership.objects.get(user__email="m.ribera@ribera.example", organisation_id=world.organisation).id


def test_a_link_makes_a_member_once_and_is_shown_once(member: Client, world: World) -> None:
    path = link(member)
    token = path.split("/")[3]
    assert token not in member.get(BASE).content.decode()
    assert token.encode() not in bytes(Invitation.objects.get().token_digest)
    visitor = Client()
    shown = visitor.get(path)
    assert shown["Cache-Control"] == "no-store"
    assert "Talleres Ribera le invita" in shown.content.decode()
    weak = visitor.post(path, {"name": "Nuria", "password": "corta"}).content.decode()
    assert "field-error" in weak
    assert 'value="Nuria"' in weak
    assert visitor.post(path, {"name": "Nuria", "password": GOOD}).status_code == 302
    answer = visitor.post(reverse("account_login"), {"login": "nueva@ribera.example", "password": GOOD})
    assert answer.status_code == 302
    assert visitor.get("/console/talleres-ribera/communications/").status_code == 200
    again = Client().get(path)
    assert again.status_code == 404
    assert "ya no se puede usar" in again.content.decode()
    assert Client().post(path, {"name": "Otra", "password": GOOD}).status_code == 404
    invited, added = facts(world, "member.invited")[-1], facts(world, "member.added")[-1]
    assert invited == {"invitation": added["invitation"], "role": "agent"}
    assert "ribera.example" not in str((invited, added)), "facts are for ever: no address in them"


def test_a_user_who_exists_signs_in_to_join(member: Client, world: World) -> None:
    path = link(member, email="otra@norte.example", role="auditor")
    assert "Entre para unirse" in Client().get(path).content.decode()
    assert Client().post(path, {"name": "Intrusa", "password": GOOD}).status_code == 200
    assert not Membership.objects.filter(user__email="otra@norte.example", role="auditor").exists()
    assert "Ha entrado como m.ribera@ribera.example" in member.get(path).content.decode()
    member.post(path)
    assert not facts(world, "member.added")[1:], "whoever else is signed in does not join"
    guest = Client()
    guest.force_login(User.objects.get(email="otra@norte.example"))
    assert guest.post(path).status_code == 302
    assert guest.get("/console/talleres-ribera/ledger/").status_code == 200


def test_a_link_ends_when_withdrawn_when_old_and_when_there_is_a_newer_one(member: Client, world: World) -> None:
    first = link(member)
    second = link(member)
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
    Invitation.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    assert Client().get(second).status_code == 404
    third = link(member)
    one = Invitation.objects.get(closed_at=None, expires_at__gt=clock.now())
    assert member.post(f"{BASE}invitations/{one.id}/withdraw/").status_code == 302
    assert Client().get(third).status_code == 404
    assert len(facts(world, "member.invitation_withdrawn")) == 3


def test_roles_change_and_access_ends_at_once(member: Client, world: World) -> None:
    agent, membership = joined(world, "agente@ribera.example", "agent")
    assert member.post(f"{BASE}{membership}/role/", {"role": "auditor"}).status_code == 302
    one = world.communications["cliente1042@correo.example"]
    assert agent.post(f"/console/talleres-ribera/communications/{one}/receipt/").status_code == 403
    assert facts(world, "member.role_changed") == [{"member": str(membership), "before": "agent", "after": "auditor"}]
    answer = member.post(f"{BASE}{membership}/deactivate/", follow=True).content.decode()
    assert "Las credenciales SMTP y las claves de API que conoce siguen valiendo" in answer
    member.post(f"{BASE}{membership}/deactivate/")
    assert agent.get("/console/talleres-ribera/ledger/").status_code == 404
    assert "desactivado el" in member.get(BASE).content.decode()
    member.post(f"{BASE}{membership}/reactivate/")
    assert agent.get("/console/talleres-ribera/ledger/").status_code == 200
    assert [len(facts(world, f"member.{act}")) for act in ("deactivated", "reactivated")] == [1, 1]


@pytest.mark.parametrize(("act", "data"), [("role", {"role": "administrator"}), ("deactivate", {})])
def test_the_last_owner_cannot_leave(member: Client, world: World, act: str, data: dict[str, str]) -> None:
    joined(world, "admin@ribera.example", "administrator")
    answer = member.post(f"{BASE}{own(world)}/{act}/", data, follow=True)
    assert "conserva al menos un propietario" in answer.content.decode()
    row = Membership.objects.get(id=own(world))
    assert (row.role, row.deactivated_at) == ("owner", None)
    _client, second = joined(world, "dos@ribera.example", "owner")
    assert member.post(f"{BASE}{own(world)}/{act}/", data).status_code == 302
    assert Membership.objects.get(id=second).role == "owner"
    assert Membership.objects.filter(role="owner", deactivated_at=None, organisation_id=world.organisation).count() == 1


def test_the_last_administrator_cannot_leave(world: World) -> None:
    Membership.objects.filter(id=own(world)).update(role="agent")
    client, alone = joined(world, "admin@ribera.example", "administrator")
    for act, data in (("deactivate", {}), ("role", {"role": "auditor"})):
        answer = client.post(f"{BASE}{alone}/{act}/", data, follow=True)
        assert "conserva al menos un administrador" in answer.content.decode()
    assert Membership.objects.get(id=alone).role == "administrator"


def test_administrators_do_not_touch_owners(member: Client, world: World) -> None:
    client, _membership = joined(world, "admin@ribera.example", "administrator")
    assert client.post(f"{BASE}{own(world)}/deactivate/").status_code == 403
    assert client.post(f"{BASE}{own(world)}/role/", {"role": "agent"}).status_code == 403
    assert 'value="owner"' not in client.get(BASE).content.decode()
    client.post(f"{BASE}invite/", {"email": "falsa@ribera.example", "role": "owner"})
    assert not Invitation.objects.exists()
    _agent, agent = joined(world, "agente@ribera.example", "agent")
    assert client.post(f"{BASE}{agent}/role/", {"role": "owner"}).status_code == 403


@pytest.mark.parametrize("role", ["agent", "auditor"])
def test_others_read_the_list_and_change_nothing(member: Client, world: World, role: str) -> None:
    link(member)
    client, _membership = joined(world, f"{role}@ribera.example", role)
    page = client.get(BASE).content.decode()
    assert "Marta Ribera" in page
    assert "nueva@ribera.example" not in page
    assert f'action="{BASE}' not in page
    for path in (
        "invite/",
        f"{own(world)}/role/",
        f"{own(world)}/deactivate/",
        f"{own(world)}/reactivate/",
        f"invitations/{Invitation.objects.get().id}/withdraw/",
    ):
        answer = client.post(f"{BASE}{path}", {"email": "x@ribera.example", "role": "owner"})
        assert answer.status_code == 403, path


def test_members_of_another_organisation_are_out_of_reach(member: Client, world: World) -> None:
    stranger = Membership.objects.get(user__email="otra@norte.example")
    foreign = Client()
    foreign.force_login(stranger.user)
    answer = foreign.post("/console/flota-norte/members/invite/", {"email": "a@norte.example", "role": "agent"})
    assert answer.status_code == 200
    for path in (
        f"{stranger.id}/role/",
        f"{stranger.id}/deactivate/",
        f"{stranger.id}/reactivate/",
        f"invitations/{Invitation.objects.get().id}/withdraw/",
    ):
        assert member.post(f"{BASE}{path}", {"role": "agent"}).status_code == 404, path
    assert Invitation.objects.get().closed_at is None
    assert Membership.objects.get(id=stranger.id).role == "owner"
    assert "otra@norte.example" not in member.get(BASE).content.decode()


def test_what_is_wrong_with_an_invitation_is_said(member: Client, world: World) -> None:
    for email, said in (("no es", "Escriba una dirección"), ("m.ribera@ribera.example", "Esa persona ya es miembro")):
        page = member.post(f"{BASE}invite/", {"email": email, "role": "agent"}).content.decode()
        assert said in page
        assert f'value="{email}"' in page
    assert member.post(f"{BASE}{own(world)}/role/", {"role": "reina"}).status_code == 404
    assert not Invitation.objects.exists()


def test_no_log_keeps_the_secret_of_a_link(member: Client, world: World, caplog: pytest.LogCaptureFixture) -> None:
    path = link(member)
    token = path.split("/")[3]
    stranger = Client(enforce_csrf_checks=True)
    stranger.post(path, {"name": "Nuria", "password": GOOD})
    stranger.post(f"{reverse('account_login')}?{urlencode({'next': path})}")
    Invitation.objects.update(closed_at=clock.now())
    stranger.get(path)
    given = dict(LOGGING["formatters"]["json"])
    formatter = given.pop("()")(**given)
    lines = [formatter.format(record) for record in caplog.records if record.levelno >= logging.WARNING]
    assert sum("/accounts/invitation/***" in line for line in lines) == 2
    assert len(lines) == 3
    assert not any(token in line for line in lines), lines
