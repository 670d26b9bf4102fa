"""The console's page of API keys: shown once, revoked at once, changed by those who manage alone."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from acuse import clock
from acuse.accounts.models import ApiKey, Membership
from tests.browser.world import World

BASE = "/console/talleres-ribera/settings/keys/"
GIVEN = {"name": "crm", "days": "365", "scopes": ["communications:read", "verify"]}


def made(member: Client, **changes: object) -> str:
    """Make a key by the form; return what the page shows of it."""
    page = member.post(f"{BASE}create/", {**GIVEN, **changes}).content.decode()
    shown = re.search(r"data-secret>(acuse_[a-z2-7]{8}_[a-z2-7]{32})<", page)
    assert shown, page
    return shown[1]


def test_a_key_is_shown_once_and_opens_what_was_chosen(member: Client, world: World) -> None:
    key = made(member)
    page = member.get(BASE)
    assert key not in page.content.decode()
    assert f"{key[:14]}…" in page.content.decode()
    row = ApiKey.objects.get()
    assert (row.name, row.scopes) == ("crm", GIVEN["scopes"])
    assert row.expires_at is not None
    assert abs(row.expires_at - clock.now() - timedelta(days=365)) < timedelta(minutes=5)
    answer = Client(headers={"Authorization": f"Bearer {key}"}).get("/api/v1/communications")
    assert answer.status_code == 200
    made(member, name="otra", days="")
    assert ApiKey.objects.get(name="otra").expires_at is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"scopes": []}, "Elija qué puede hacer la clave."),
        ({"scopes": ["all"]}, "field-error"),
        ({"name": ""}, "Este campo es obligatorio."),
        ({"name": "x" * 61}, "field-error"),
        ({"name": "tomada"}, "Ya hay una clave con ese nombre; revóquela primero o elija otro."),
        ({"days": "100000"}, "field-error"),
    ],
)
def test_what_cannot_be_a_key_is_said_beside_its_field(
    member: Client, world: World, changes: dict[str, object], said: str
) -> None:
    made(member, name="tomada")
    page = member.post(f"{BASE}create/", {**GIVEN, **changes}).content.decode()
    assert said in page
    assert ApiKey.objects.count() == 1


def test_a_key_is_revoked_by_its_button(member: Client, world: World) -> None:
    key = made(member)
    row = ApiKey.objects.get()
    assert member.post(f"{BASE}{row.id}/revoke/").status_code == 302
    assert "revocada el" in member.get(BASE).content.decode()
    answer = Client(headers={"Authorization": f"Bearer {key}"}).get("/api/v1/communications")
    assert answer.status_code == 401
    assert member.post(f"{BASE}{uuid4()}/revoke/").status_code == 404


@pytest.mark.parametrize("role", ["agent", "auditor"])
def test_who_does_not_manage_sees_the_list_and_changes_nothing(member: Client, world: World, role: str) -> None:
    made(member)
    row = ApiKey.objects.get()
    Membership.objects.filter(user__email="m.ribera@ribera.example").update(role=role)
    page = member.get(BASE).content.decode()
    assert row.prefix in page
    assert "<form" not in page.split('id="keys"', 1)[1].split("</section>", 1)[0]
    assert member.post(f"{BASE}create/", {**GIVEN, "name": "otra"}).status_code == 403
    assert member.post(f"{BASE}{row.id}/revoke/").status_code == 403
    assert ApiKey.objects.filter(revoked_at=None).count() == 1
