"""What every answer has in common: methods, headers, errors that are problems, and a document that describes it all."""

import pytest
from django.conf import settings
from django.test import Client

from acuse.accounts.rules import SCOPES
from acuse.doors.api import telling
from acuse.doors.api.openapi import document
from acuse.doors.api.problems import KINDS
from acuse.errors import TemporaryError
from acuse.evidence import custody
from tests.browser.world import World
from tests.integration.api.conftest import BASE, Program, problem


def test_head_is_get_without_its_body(program: Program, world: World) -> None:
    path = f"/communications/{world.communications['victima@correo.example']}/content"
    got, head = program.get(path), program.send("HEAD", path)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("Content-Type", "Content-Length", "ETag", "Repr-Digest"):
        assert head[name] == got[name], name
    assert program.send("HEAD", "/nowhere").status_code == 404


@pytest.mark.parametrize(("path", "allowed"), [("/communications", "GET, HEAD, OPTIONS"), ("/verify", "OPTIONS, POST")])
def test_methods(program: Program, path: str, allowed: str) -> None:
    answer = program.send("OPTIONS", path)
    assert (answer.status_code, answer.content, answer["Allow"]) == (204, b"", allowed)
    assert not [name for name in answer.headers if name.startswith("Access-Control")]
    for method in ("PUT", "PATCH", "DELETE", "TRACE", "QUERY", "GET" if path == "/verify" else "POST"):
        answer = program.send(method, path)
        problem(answer, 405, "method-not-allowed")
        assert answer["Allow"] == allowed


@pytest.mark.parametrize(
    "path", ["/nowhere", "/communications/", "/communications/x", "/communications/0/facts", "/verify/", "/v2", "/%ff"]
)
def test_an_unknown_address_is_a_problem(program: Program, path: str) -> None:
    problem(program.get(path), 404, "not-found")


def test_every_answer_has_the_headers_of_the_web_doors(program: Program, world: World) -> None:
    one = f"/communications/{world.communications['cliente1042@correo.example']}"
    for path in ("/communications", one, f"{one}/facts", f"{one}/content", f"{one}/proof", "/nowhere", "/openapi.json"):
        answer = program.get(path)
        assert answer["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox", path
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer["Cache-Control"] in {"no-store", "private, no-cache"}


def test_a_host_that_is_not_ours_and_a_body_too_big_are_problems(program: Program) -> None:
    answer = Client(raise_request_exception=False).get(f"{BASE}/communications", headers={"Host": "evil.example"})
    problem(answer, 400, "bad-request")
    answer = Client().generic("POST", f"{BASE}/verify", b"x", CONTENT_LENGTH="99999999")
    problem(answer, 413, "too-big")


def test_a_fault_of_ours_is_a_problem_that_says_nothing_of_it(
    program: Program, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_row: object) -> None:
        raise RuntimeError("secret particulars")

    monkeypatch.setattr(telling, "summary", fail)
    recipient = "cliente1042@correo.example"
    answer = program.get(f"/communications?recipient={recipient}")
    found = problem(answer, 500, "server-error")
    assert "particulars" not in answer.content.decode()
    (logged,) = [record for record in caplog.records if getattr(record, "instance", "") == found["instance"]]
    assert "secret particulars" in str(logged.exc_info)
    assert recipient not in caplog.text
    assert not [record for record in caplog.records if recipient in repr(vars(record))]


def test_what_custody_cannot_give_now_may_be_asked_for_again(
    program: Program, world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(**_asked: object) -> bytes:
        raise TemporaryError("Custody cannot read an object: secret particulars.")

    monkeypatch.setattr(custody, "open_object", away)
    answer = program.get(f"/communications/{world.communications['victima@correo.example']}/content")
    problem(answer, 503, "unavailable")
    assert "particulars" not in answer.content.decode()
    assert "secret particulars" in caplog.text


def test_every_problem_leads_to_its_description(world: World) -> None:
    page = Client().get(f"{BASE}/")
    text = page.content.decode()
    assert page.status_code == 200
    for kind in KINDS:
        assert f'id="{kind.name}"' in text
        assert kind.uri == f"{settings.ACUSE.public_url}/api/v1/#{kind.name}"
    for address in document()["paths"]:
        assert address in text
    assert "<script" not in text


def test_the_document_names_every_operation_scope_and_problem(world: World) -> None:
    answer = Client().get(f"{BASE}/openapi.json")
    made = answer.json()
    assert made["openapi"] == "3.1.0"
    operations = [details for methods in made["paths"].values() for details in methods.values()]
    assert len(operations) == 14
    for one in operations:
        ((scope,),) = (each["ApiKey"] for each in one["security"])
        assert scope in SCOPES
        assert {"200", "401", "403", "422", "429"} <= one["responses"].keys()
        for status, response in one["responses"].items():
            if status >= "4":
                assert response["content"].keys() == {"application/problem+json"}
