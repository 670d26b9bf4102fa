"""Who may ask for what: keys, scopes, limits; and that cookies of the console mean nothing here."""

import pytest
from django.conf import settings
from django.test import Client

from acuse.accounts.models import User
from acuse.accounts.rules import FAILURES_PER_ADDRESS, SCOPES
from tests.browser.world import World
from tests.integration.api.conftest import BASE, Program, limited, new_key, problem

NEEDED = {
    "/communications": "communications:read",
    "/communications/{id}": "communications:read",
    "/communications/{id}/facts": "evidence:read",
    "/communications/{id}/content": "content:read",
    "/communications/{id}/certificate": "evidence:read",
    "/communications/{id}/proof": "evidence:read",
    "/cases": "cases:read",
    "/cases/{id}": "cases:read",
    "/cases/{id}/facts": "evidence:read",
    "/cases/{id}/proof": "evidence:read",
    "POST /cases": "cases:write",
    "POST /cases/{id}/messages": "cases:write",
    "POST /calls": "cases:write",
    "POST /verify": "verify",
}


def asked(program: Program, world: World, path: str) -> object:
    filled = path.format(id=world.communications["cliente1042@correo.example"]).removeprefix("POST ")
    return program.send("POST", filled, b"file") if path.startswith("POST") else program.get(filled)


@pytest.mark.parametrize("scope", SCOPES)
def test_a_key_does_what_its_scope_allows_and_nothing_else(world: World, scope: str) -> None:
    program = limited(scope)
    for path, needed in NEEDED.items():
        answer = asked(program, world, path)
        if needed == scope:
            assert answer.status_code in {200, 404, 415}, path
        else:
            assert problem(answer, 403, "scope-missing")["scope"] == needed
            assert answer["WWW-Authenticate"].endswith(f'error="insufficient_scope", scope="{needed}"')


@pytest.mark.parametrize("path", NEEDED)
def test_nothing_is_read_without_a_key(world: World, path: str) -> None:
    answer = asked(Program(""), world, path)
    problem(answer, 401, "no-key")
    assert answer["WWW-Authenticate"] == 'Bearer realm="acuse"'
    answer = asked(Program("acuse_aaaaaaaa_" + "a" * 32), world, path)
    assert "acuse_" not in problem(answer, 401, "no-key")["detail"]
    assert answer["WWW-Authenticate"] == 'Bearer realm="acuse", error="invalid_token"'


@pytest.mark.parametrize(
    "given",
    ["Basic Zm9vOmJhcg==", "Bearer", "Bearer ", "bearer x y", "acuse_x", "Token {key}", "{key}", "Bearer  {key}"],
)
def test_other_ways_of_signing_in_are_none(world: World, given: str) -> None:
    key = new_key("m.ribera@ribera.example", "talleres-ribera")
    answer = Client(headers={"Authorization": given.format(key=key)}).get(f"{BASE}/communications")
    problem(answer, 401, "no-key")
    good = Client(headers={"Authorization": f"bearer {key}"}).get(f"{BASE}/communications")
    assert good.status_code == 200, "the scheme's name has no case (RFC 9110 section 11.1)"


def test_a_session_of_the_console_opens_nothing_and_no_cookie_is_set(world: World, program: Program) -> None:
    client = Client()
    client.force_login(User.objects.get(email="m.ribera@ribera.example"))
    problem(client.get(f"{BASE}/communications"), 401, "no-key")
    for path in (f"{BASE}/communications", f"{BASE}/", f"{BASE}/openapi.json", f"{BASE}/nowhere"):
        answer = client.get(path, headers={"Authorization": f"Bearer {program.key}", "Accept-Language": "es"})
        assert not answer.cookies, path
        assert answer["Content-Language"] == "en" if answer.status_code == 200 else True


def test_the_limit_is_told_and_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "ACUSE", settings.ACUSE.model_copy(update={"api_rate_limit": 12}))
    program = limited(*SCOPES)
    for left in (11, 10):
        answer = program.get("/communications")
        assert answer["RateLimit-Policy"] == '"key";q=12;w=60'
        assert answer["RateLimit"].startswith(f'"key";r={left};t=')
    assert program.send("POST", "/verify", b"file")["RateLimit"].startswith('"key";r=0;t=')
    answer = program.get("/communications")
    problem(answer, 429, "too-many-requests")
    assert 1 <= int(answer["Retry-After"]) <= 60
    assert answer["RateLimit"] == f'"key";r=0;t={answer["Retry-After"]}'


def test_many_wrong_keys_lock_their_address_out(world: World, program: Program) -> None:
    for number in range(FAILURES_PER_ADDRESS):
        client = Client(REMOTE_ADDR="192.0.2.66", headers={"Authorization": f"Bearer guess-{number}"})
        problem(client.get(f"{BASE}/communications"), 401, "no-key")
    right = {"Authorization": f"Bearer {program.key}"}
    answer = Client(REMOTE_ADDR="192.0.2.66", headers=right).get(f"{BASE}/communications")
    problem(answer, 429, "too-many-requests")
    assert 800 < int(answer["Retry-After"]) <= 900
    assert Client(REMOTE_ADDR="192.0.2.67", headers=right).get(f"{BASE}/communications").status_code == 200
