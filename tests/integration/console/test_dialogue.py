"""The page of the SMTP dialogue: facts in sentences, what is recorded behind them, the line's own text untouched."""

import json
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from django.test import Client

from acuse.accounts.models import User
from tests.browser import samples
from tests.browser.world import World

AT = "2026-11-22T04:00:00.000000Z"
STRANGER = "validation failed: candidates exhausted: all candidates exhausted with no interior errors"
DIGEST = "ab" * 32


def shown(client: Client, world: World, language: str, *lines: dict[str, Any]) -> str:
    """The page of a dialogue with these lines."""
    raw = "".join(json.dumps({"at": AT, **line}) + "\n" for line in lines).encode()
    value = samples.credential_again(world.organisation)
    met = replace(samples.RELAYED, transcript=raw)
    sent = samples.message("ana@correo.example", "Aviso")
    one = samples.send(value, sent, recipient="ana@correo.example", outcomes=(met,))
    User.objects.update(language=language)
    answer = client.get(f"/console/talleres-ribera/communications/{one}/dialogues/3/")
    assert answer.status_code == 200
    return unescape(answer.content.decode())


@pytest.mark.parametrize(
    ("doubt", "said"),
    [
        ("", "It is verified: an authority that Acuse trusts vouches for it, and it names this server."),
        (STRANGER, "It is not verified: no authority that Acuse trusts vouches for it."),
        (
            "validation failed: leaf certificate has no matching subjectAltName",
            "It is not verified: it does not name this server.",
        ),
        (
            "validation failed: cert is not valid at validation time",
            "It is not verified: it was not valid at that time.",
        ),
        ("something else", "It is not verified."),
    ],
)
def test_tls_is_told_in_sentences_with_what_is_recorded_behind(
    member: Client, world: World, doubt: str, said: str
) -> None:
    certificate = {**samples.CERTIFICATE, "not_after": "2027-06-01T00:00:00.000000Z"}
    facts = {**samples.TLS, "certificate": certificate, "verified": doubt == ""}
    page = shown(member, world, "en", {"from": "tls", "facts": facts, "doubt": doubt})
    sentences, recorded, raw = page.partition("As it is recorded")
    assert recorded
    assert said in sentences
    assert "The connection is encrypted with TLSv1.3 and TLS_AES_256_GCM_SHA384." in sentences
    assert "{" not in sentences.partition('<ol class="dialogue">')[2]
    assert f'"doubt": "{doubt}"' in raw


def test_the_message_and_its_digest(member: Client, world: World) -> None:
    page = shown(member, world, "es", {"from": "client", "message": {"sha256": DIGEST, "size": 2048}})
    assert f"con huella {DIGEST}." in page
    assert "Tal como consta" in page


def test_our_own_lines_in_the_readers_language_and_theirs_as_they_came(member: Client, world: World) -> None:
    ours = {"from": "connect", "text": "The server closed the connection."}
    theirs = {"from": "server", "text": "421 4.4.2 bye\r\n"}
    same = {"from": "server", "text": "The server closed the connection.\r\n"}
    page = shown(member, world, "es", ours, theirs, same)
    assert "El servidor cerró la conexión." in page
    assert "421 4.4.2 bye" in page
    assert page.count("The server closed the connection.") == 1


@pytest.mark.parametrize("facts", [{}, {"version": "TLSv1.3"}, "text", None])
def test_a_line_that_is_not_understood_is_shown_as_it_is(member: Client, world: World, facts: object) -> None:
    assert '"facts":' in shown(member, world, "en", {"from": "tls", "facts": facts})
