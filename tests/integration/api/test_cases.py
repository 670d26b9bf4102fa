"""Cases that programs open, read and write in, and the calls of a telephone exchange."""

import base64
import json
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from django.http import HttpResponse

from acuse import clock
from acuse.accounts.models import ApiKey, User
from acuse.accounts.queries import Access, access_organisation
from acuse.config.database import conninfo
from acuse.evidence import custody
from acuse.evidence.queries import facts_of
from acuse.evidence.sequencer import Sequencer
from acuse.helpdesk.followers import follow_openings
from acuse.helpdesk.models import Call, Outgoing, Ticket
from acuse.helpdesk.services import api
from acuse.helpdesk.services.changes import add_note
from acuse.helpdesk.services.lines import add_line
from acuse.helpdesk.services.mailboxes import add_mailbox
from tests.browser.world import World
from tests.integration.api.conftest import Program, limited, members, problem

FILE = {"name": "fotos/avería.txt", "media_type": "text/plain", "content": base64.b64encode(b"gotea").decode()}
CASE = {
    "address": "ana@cliente.example",
    "name": "Ana Prieto",
    "subject": "La caldera no enciende",
    "text": "Desde ayer\nno arranca.",
    "type": "claim",
    "product": "Caldera C-20",
    "purchase_date": "2026-01-15",
    "reference": "crm-4711",
    "attachments": [FILE],
}
CALL = {"line": "910 000 100", "started_at": "2026-11-20T09:30:00+01:00", "result": "lost", "waited": 34}


def post(program: Program, path: str, body: object) -> HttpResponse:
    return program.send("POST", path, json.dumps(body).encode(), Content_Type="application/json")


@pytest.fixture
def owner(world: World) -> Access:
    access = access_organisation(user=User.objects.get(email="m.ribera@ribera.example"), slug="talleres-ribera")
    add_mailbox(access=access, name="Atención", address="atencion@ribera.example")
    return access


@pytest.fixture
def opened(owner: Access, program: Program) -> dict[str, Any]:
    answer = post(program, "/cases", CASE)
    assert answer.status_code == 201, answer.content
    return members(answer)


def test_a_case_is_opened_once_by_its_reference(owner: Access, program: Program, opened: dict[str, Any]) -> None:
    again = post(program, "/cases", CASE)
    assert (again.status_code, members(again)["id"]) == (200, opened["id"])
    other = problem(post(program, "/cases", {**CASE, "text": "Otra cosa."}), 409, "conflict")
    assert "reference" in other["detail"]
    assert Ticket.objects.filter(reference="crm-4711").count() == 1
    without = {name: value for name, value in CASE.items() if name != "reference"}
    assert {post(program, "/cases", without).status_code for _ in range(2)} == {201}
    assert Ticket.objects.filter(channel="api").count() == 3


def test_two_that_ask_at_once_get_one_case(
    program: Program, opened: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = api._opened
    looks: list[UUID | None] = []

    def first_too_early(*asked: Any) -> UUID | None:
        looks.append(looked(*asked) if looks else None)
        return looks[-1]

    monkeypatch.setattr(api, "_opened", first_too_early)
    again = post(program, "/cases", CASE)
    assert (again.status_code, members(again)["id"]) == (200, opened["id"])
    assert looks == [None, UUID(opened["id"])]
    assert Ticket.objects.filter(channel="api").count() == 1


def test_its_fact_names_the_key_and_cites_what_was_sent(world: World, opened: dict[str, Any]) -> None:
    ticket = UUID(str(opened["id"]))
    fact = facts_of(organisation=world.organisation, kind="ticket", id=ticket)[0].fact
    assert (fact.type, fact.actor.kind, fact.actor.id) == ("ticket.opened", "api_key", str(ApiKey.objects.get().id))
    assert (fact.details["channel"], fact.details["reference"]) == ("api", "crm-4711")
    message, attachment = fact.objects
    assert custody.open_object(organisation=world.organisation, sha256=attachment.sha256) == b"gotea"
    kept = json.loads(custody.open_object(organisation=world.organisation, sha256=message.sha256))
    assert (kept["text"], kept["address"]) == (CASE["text"], CASE["address"])
    assert kept["files"][0]["sha256"] == attachment.sha256
    assert (opened["type"], opened["product"], opened["purchase_date"]) == ("claim", "Caldera C-20", "2026-01-15")
    (said,) = opened["said"]
    assert said["attachments"] == [{"name": "fotos_avería.txt", "media_type": "text/plain", "size": 5}]


def test_its_customer_gets_the_receipt_that_every_customer_gets(world: World, opened: dict[str, Any]) -> None:
    sequencer = Sequencer(conninfo=conninfo(), key=world.key)
    assert sequencer.lead()
    sequencer.tick()
    sequencer.resign()
    while follow_openings():
        pass
    receipt = Outgoing.objects.get(ticket=opened["id"])
    assert (receipt.act, receipt.recipient, receipt.certified) == ("receipt", "ana@cliente.example", True)


def test_what_the_customer_says_besides_is_added_once(program: Program, opened: dict[str, Any]) -> None:
    path, words = f"/cases/{opened['id']}/messages", {"text": "Ahora tampoco sale agua.", "reference": "m-2"}
    Ticket.objects.filter(id=str(opened["id"])).update(status="resolved")
    added = post(program, path, words)
    assert added.status_code == 201
    again = post(program, path, words)
    assert (again.status_code, again.content) == (200, added.content)
    problem(post(program, path, {**words, "text": "Otra."}), 409, "conflict")
    found = members(program.get(f"/cases/{opened['id']}"))
    assert (found["status"], [one["text"] for one in found["said"]]) == ("reopened", [CASE["text"], words["text"]])
    told = members(program.get(f"/cases/{opened['id']}/facts"))["facts"]
    (received,) = [one["fact"] for one in told if one["fact"]["type"] == "message.received"]
    assert received["details"]["matched_by"] == "api"


def test_a_note_of_members_is_not_told(owner: Access, program: Program, opened: dict[str, Any]) -> None:
    add_note(access=owner, ticket=UUID(str(opened["id"])), text="Nota interna 5566", mentioned=[])
    for path in ("", "/facts"):
        answer = program.get(f"/cases/{opened['id']}{path}")
        assert answer.status_code == 200
        assert "5566" not in answer.content.decode()
    assert "note.added" in answer.content.decode()
    problem(program.get(f"/cases/{opened['id']}/proof"), 409, "not-proved")


def test_lists_narrow_and_go_on(owner: Access, program: Program, opened: dict[str, Any]) -> None:
    for number in range(3):
        post(program, "/cases", {"number": "+34600112233", "subject": f"Otra {number}", "text": "x", "type": "inquiry"})
    assert [one["id"] for one in members(program.get("/cases?type=claim&channel=api"))["items"]] == [opened["id"]]
    assert [one["id"] for one in members(program.get("/cases?q=calder"))["items"]] == [opened["id"]]
    assert [one["id"] for one in members(program.get("/cases?q=prieto"))["items"]] == [opened["id"]]
    assert members(program.get("/cases?status=resolved"))["items"] == []
    assert members(program.get("/cases?opened_to=2026-01-01T00:00:00Z"))["items"] == []
    assert len(members(program.get("/cases?updated_from=2026-01-01T00:00:00Z"))["items"]) == 4
    first = members(program.get("/cases?limit=3&channel=api"))
    second = members(program.get(first["next"].partition("/api/v1")[2]))
    subjects = [one["subject"] for one in first["items"] + second["items"]]
    assert subjects == ["Otra 2", "Otra 1", "Otra 0", CASE["subject"]]
    assert second["next"] is None
    problem(program.get("/cases?cursor=nowhere"), 404, "not-found")


@pytest.mark.parametrize(
    ("change", "parameter"),
    [
        ({"address": None}, "body"),
        ({"address": "ana"}, "address"),
        ({"number": "600112233"}, "number"),
        ({"subject": " \u2003"}, "subject"),
        ({"text": "x" * 20_001}, "text"),
        ({"type": "whim"}, "type"),
        ({"purchase_date": "15/01/2026"}, "purchase_date"),
        ({"reference": "con espacio"}, "reference"),
        ({"priority": "high"}, "priority"),
        ({"attachments": [{**FILE, "content": "???="}]}, "attachments.0.content"),
        ({"attachments": [FILE] * 11}, "attachments"),
    ],
)
def test_what_does_not_fit_is_named(owner: Access, program: Program, change: dict[str, Any], parameter: str) -> None:
    found = problem(post(program, "/cases", {**CASE, **change}), 422, "invalid-parameter")
    assert [one["parameter"] for one in found["errors"]] == [parameter]
    assert not Ticket.objects.filter(channel="api").exists()


def test_what_is_no_json_or_comes_too_early_is_refused(owner: Access, program: Program) -> None:
    problem(
        program.send("POST", "/cases", b"a=b", Content_Type="application/x-www-form-urlencoded"),
        415,
        "unsupported-media-type",
    )
    problem(program.send("POST", "/cases", b"{", Content_Type="application/json"), 422, "invalid-parameter")
    problem(program.send("POST", "/cases", b"", Content_Type="application/json"), 422, "invalid-parameter")
    problem(post(program, "/cases", {**CASE, "purchase_date": "2999-01-01"}), 409, "conflict")


def test_what_was_bought_today_is_told_by_the_organisations_own_day(
    owner: Access, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At half past midnight in Madrid it is the day before in UTC still."""
    today = datetime.now(ZoneInfo("Europe/Madrid")).date() + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: datetime.combine(today, time(0, 30), ZoneInfo("Europe/Madrid")))
    assert clock.now().astimezone(UTC).date() < today
    bought = post(program, "/cases", {**CASE, "purchase_date": today.isoformat()})
    assert bought.status_code == 201, bought.content
    tomorrow = (today + timedelta(days=1)).isoformat()
    problem(post(program, "/cases", {**CASE, "reference": "crm-4712", "purchase_date": tomorrow}), 409, "conflict")


def test_another_organisations_case_is_not_there(stranger: Program, opened: dict[str, Any]) -> None:
    for identity in (opened["id"], uuid4()):
        for path in ("", "/facts", "/proof"):
            problem(stranger.get(f"/cases/{identity}{path}"), 404, "not-found")
        problem(post(stranger, f"/cases/{identity}/messages", {"text": "x"}), 404, "not-found")
    assert members(stranger.get("/cases"))["items"] == []
    again = post(stranger, "/cases", {**CASE, "text": "Otra cosa."})
    assert again.status_code == 201, "a reference is the organisation's own"


def test_reading_and_entering_are_two_scopes(owner: Access, opened: dict[str, Any]) -> None:
    reader, writer = limited("cases:read"), Program("")
    problem(post(reader, "/cases", CASE), 403, "scope-missing")
    problem(post(reader, f"/cases/{opened['id']}/messages", {"text": "x"}), 403, "scope-missing")
    problem(reader.get(f"/cases/{opened['id']}/facts"), 403, "scope-missing")
    problem(post(reader, "/calls", CALL), 403, "scope-missing")
    problem(writer.get("/cases"), 401, "no-key")


def test_an_exchange_enters_its_calls_once(owner: Access, program: Program) -> None:
    add_line(access=owner, name="Centralita", number="910 000 100", calendar=None, public=True)
    entered = post(program, "/calls", {**CALL, "number": "600 11 22 33", "reference": "pbx-1"})
    assert entered.status_code == 201, entered.content
    again = post(program, "/calls", {**CALL, "line": "centralita", "reference": "pbx-1", "waited": 99})
    assert (again.status_code, again.content) == (200, entered.content)
    call = Call.objects.get()
    assert (str(call.id), call.result, call.waited, call.number) == (members(entered)["id"], "lost", 34, "+34600112233")
    (fact,) = facts_of(organisation=owner.organisation, kind="call", id=call.id)
    assert (fact.fact.type, fact.fact.actor.kind) == ("call.registered", "api_key")
    problem(post(program, "/calls", {**CALL, "line": "Otra", "reference": "pbx-2"}), 404, "not-found")
    problem(post(program, "/calls", {**CALL, "talked": 5, "reference": "pbx-2"}), 422, "invalid-parameter")
    problem(
        post(program, "/calls", {**CALL, "started_at": "2099-01-01T00:00:00Z", "reference": "pbx-2"}), 409, "conflict"
    )
    problem(post(program, "/calls", CALL), 422, "invalid-parameter")
    assert Call.objects.count() == 1
