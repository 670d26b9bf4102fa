"""Filters of the console that make no sense do not seem to narrow anything."""

import pytest
from django.test import Client

from tests.browser.world import World

BASE = "/console/talleres-ribera/"


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("communications/?q=correo&grade=99", "grade=99"),
        ("communications/?days=abc&q=correo&status=lost", "status=lost, days=abc"),
        ("communications/?class=x&q=correo&size=7&result=x", "class=x, result=x, size=7"),
        ("ledger/?type=none&kind=nothing", "type=none, kind=nothing"),
    ],
)
def test_what_is_not_understood_leaves_the_address_and_is_said(
    member: Client, world: World, path: str, wrong: str
) -> None:
    answer = member.get(f"{BASE}{path}", follow=True)
    kept = "?q=correo" if "q=" in path else "?"
    assert answer.redirect_chain == [(f"{BASE}{path.partition('?')[0]}{kept}", 302)]
    assert f"No se entiende, y no se ha tenido en cuenta: {wrong}." in answer.content.decode()


@pytest.mark.parametrize(
    "path", ["communications/?grade=0&days=7&status=failed&class=mailbox_full&q=", "ledger/?type=attempt.relayed"]
)
def test_what_is_understood_stays(member: Client, world: World, path: str) -> None:
    assert member.get(f"{BASE}{path}").status_code == 200
