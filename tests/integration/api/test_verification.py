"""Verification of a file through the API says what the public page says."""

import hashlib

import pytest

from acuse.doors.api import verification
from tests.browser import samples
from tests.browser.world import World
from tests.integration.api.conftest import Program, members, problem


def test_a_message_certified_here_is_known(program: Program, world: World) -> None:
    told = members(program.send("POST", "/verify", samples.HOSTILE, **{"Content-Type": "message/rfc822"}))
    assert told["title"] == "This content was certified here and has not changed."
    assert (told["sha256"], told["size"]) == (hashlib.sha256(samples.HOSTILE).hexdigest(), len(samples.HOSTILE))
    assert (told["certified"]["organisation"], told["certified"]["recipients"]) == ("Talleres Ribera", 1)
    assert told["issued"] is None


def test_an_unknown_file_proves_nothing(program: Program) -> None:
    told = members(program.send("POST", "/verify", b"Hola.\n"))
    assert told["title"] == "This installation knows nothing of this file."
    assert told["report"]["state"] == "cannot_tell"
    assert (told["issued"], told["certified"]) == (None, None)


@pytest.mark.parametrize(
    ("kind", "coding"),
    [("multipart/form-data; boundary=b", None), ("text/plain", None), ("", None), ("application/pdf", "gzip")],
)
def test_other_bodies_are_not_taken(program: Program, kind: str, coding: str | None) -> None:
    headers = {"Content-Type": kind, **({"Content-Encoding": coding} if coding else {})}
    problem(program.send("POST", "/verify", b"--b--", **headers), 415, "unsupported-media-type")


def test_an_empty_and_a_too_big_file_are_refused(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    found = problem(program.send("POST", "/verify", b""), 422, "invalid-parameter")
    assert found["errors"][0]["parameter"] == "body"
    monkeypatch.setattr(verification, "MAX_UPLOAD", 10)
    problem(program.send("POST", "/verify", b"x" * 11), 413, "too-big")
    assert program.send("POST", "/verify", b"x" * 10).status_code == 200
