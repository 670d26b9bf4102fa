"""What a program reads of communications: lists, pages, filters, one of them, its facts and its content."""

import base64
import hashlib
import json
from datetime import UTC
from uuid import uuid4

import pytest
from django.conf import settings

from acuse.clock import from_rfc3339
from acuse.delivery.models import Communication
from acuse.evidence.queries import facts_of
from acuse.proof.canonical import canonicalise
from acuse.proof.facts.fact import Fact
from tests.browser import samples
from tests.browser.world import World
from tests.integration.api.conftest import Program, members, problem

RELAYED, FAILED = "cliente1042@correo.example", "c0951@buzon.example"


def listed(program: Program, query: str = "") -> list[str]:
    """The recipients of a list."""
    answer = program.get(f"/communications{query}")
    assert answer.status_code == 200, answer.content
    return [one["recipient"] for one in members(answer)["items"]]


def test_the_list_shows_all_of_the_organisation_the_newest_first(program: Program, world: World) -> None:
    answer = program.get("/communications")
    assert answer["Content-Type"] == "application/json; charset=utf-8"
    items = members(answer)["items"]
    assert {one["id"] for one in items} == {str(each) for each in world.communications.values()}
    times = [from_rfc3339(one["created_at"]) for one in items]
    assert times == sorted(times, reverse=True)
    assert members(answer)["next"] is None
    failed = next(one for one in items if one["recipient"] == FAILED)
    assert (failed["status"], failed["outcome"], failed["grade"]) == ("failed", "failed", 0)
    assert failed["failure_class"] == "mailbox_not_found"
    assert failed["failure_meaning"] == "Not delivered: the mailbox does not exist"
    assert (failed["final"], failed["attempts"], failed["next_attempt_at"]) == (True, 1, None)


def test_pages_neither_skip_nor_repeat_while_communications_are_added(program: Program, world: World) -> None:
    every = listed(program)
    seen, path = [], "/communications?limit=3"
    while path:
        page = members(program.get(path))
        seen += [one["recipient"] for one in page["items"]]
        samples.send(
            samples.credential_again(world.organisation), samples.message("x@correo.example", "Nueva"),
            recipient="x@correo.example",
        )  # fmt: skip
        path = (page["next"] or "").removeprefix("http://127.0.0.1:8080/api/v1")
    assert seen == every


def test_the_next_page_keeps_the_filters(program: Program, world: World) -> None:
    query = "?status=failed&limit=1&created_from=2020-01-01T00%3A00%3A00%2B01%3A00"
    answer = members(program.get(f"/communications{query}"))
    assert "status=failed" in answer["next"]
    assert "created_from=2019-12-31T23%3A00%3A00.000000Z" in answer["next"]
    following = members(program.get(answer["next"].removeprefix("http://127.0.0.1:8080/api/v1")))
    assert [one["status"] for one in following["items"]] == ["failed"]
    assert following["items"][0]["id"] != answer["items"][0]["id"]


def test_each_filter_narrows(program: Program, world: World) -> None:
    rows = Communication.objects.filter(organisation_id=world.organisation)

    def wanted(**narrowed: object) -> set[str]:
        return set(rows.filter(**narrowed).values_list("recipient", flat=True))

    middle = rows.get(recipient="cliente1188@correo.example").created_at
    moment = middle.astimezone(UTC).isoformat().replace("+00:00", "Z")
    cases = {
        "?status=failed": wanted(status="failed"),
        "?status=in_progress": wanted(status="in_progress"),
        "?grade=1": wanted(grade=1),
        "?grade=6": set(),
        "?failure_class=mailbox_full": wanted(failure_class="mailbox_full"),
        f"?recipient={RELAYED.upper()}": {RELAYED},
        "?recipient=correo.example": set(),
        f"?sender={RELAYED}": set(),
        "?q=presupuesto+8831": {"cliente0877@correo.example"},
        f"?created_from={moment}": wanted(created_at__gte=middle),
        f"?created_to={moment}": wanted(created_at__lt=middle),
        f"?created_from={moment}&status=failed": wanted(created_at__gte=middle, status="failed"),
    }
    for query, expected in cases.items():
        assert set(listed(program, query)) == expected, query
    assert len(listed(program, "?sender=avisos@ribera.example")) == len(world.communications)


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("status=lost", "status"),
        ("grade=7", "grade"),
        ("grade=x", "grade"),
        ("failure_class=bad", "failure_class"),
        ("recipient=a", "recipient"),
        ("q=", "q"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=1&limit=2", "limit"),
        ("created_from=1763700000", "created_from"),
        ("created_from=2026-11-21", "created_from"),
        ("created_to=2026-11-21T09:00:00", "created_to"),
        ("created_to=2026-02-30T09:00:00Z", "created_to"),
        ("reciever=a%40b.example", "reciever"),
    ],
)
def test_what_cannot_be_a_filter_is_named(program: Program, query: str, parameter: str) -> None:
    found = problem(program.get(f"/communications?{query}"), 422, "invalid-parameter")
    assert [each["parameter"] for each in found["errors"]] == [parameter]
    assert found["errors"][0]["detail"]


def test_a_time_of_any_offset_is_understood(program: Program) -> None:
    for offset in ("%2B22:21", "-23:59", "%2B00:00", "Z"):
        assert listed(program, f"?created_to=1999-12-31T23:59:59{offset}") == []
        assert listed(program, f"?created_from=2000-01-02T00:00:00{offset}") != []


def cursor(text: str) -> str:
    """A cursor as the list writes it, of a place that somebody made up."""
    return base64.urlsafe_b64encode(f"{text} {uuid4()}".encode()).decode().rstrip("=")


def test_a_made_up_place_in_the_list_is_only_a_place(program: Program) -> None:
    assert listed(program, f"?cursor={cursor('2000-01-02T00:00:00+22:21')}") == []
    assert listed(program, f"?cursor={cursor('9999-12-01T00:00:00+00:00')}") != []
    for place in ("0001-01-01T00:00:00+23:59", "2000-01-02T00:00:00", "2000-01-02"):
        problem(program.get(f"/communications?cursor={cursor(place)}"), 404, "not-found")


@pytest.mark.parametrize("given", ["0", "none-of-ours", "MjAyNi0xMS0yMQ", "%00", "x" * 200])
def test_a_cursor_that_is_none_of_ours_leads_to_no_page(program: Program, given: str) -> None:
    found = problem(program.get(f"/communications?cursor={given}"), 404, "not-found")
    assert [each["parameter"] for each in found["errors"]] == ["cursor"]


def test_every_wrong_filter_is_named_at_once(program: Program) -> None:
    found = problem(program.get("/communications?limit=0&foo=1&status=lost&q=a&q=b"), 422, "invalid-parameter")
    assert [each["parameter"] for each in found["errors"]] == ["status", "limit", "foo", "q"]
    found = problem(program.get("/communications?foo=1&bar=2"), 422, "invalid-parameter")
    assert [each["parameter"] for each in found["errors"]] == ["foo", "bar"]


@pytest.mark.parametrize(
    "text", ["%00%00%00", "%27%3B--", "%EF%BF%BD%25%25", "%5C%5C%5C", "%C3%B1%C3%B1%C3%B1", "%ff%fe%fd"]
)
def test_whatever_is_looked_for_is_only_not_found(program: Program, text: str) -> None:
    for name in ("q", "recipient", "sender"):
        assert listed(program, f"?{name}={text}") == []


def test_one_communication_tells_its_verdict_limits_tries_and_documents(program: Program, world: World) -> None:
    one = members(program.get(f"/communications/{world.communications[RELAYED]}"))
    assert (one["outcome"], one["grade"], one["grade_meaning"]) == ("relayed", 1, "Accepted by their server")
    assert one["certified"] is True
    assert one["limits"][0] == {"key": "not_inbox", "meaning": "that it reached the inbox"}
    assert [(each["number"], each["result"]) for each in one["tries"]] == [(1, "deferred"), (2, "relayed")]
    assert one["message"]["credential"] == "crm-taller"
    (document,) = one["documents"]
    assert (document["kind"], document["state"], document["issued_at"]) == ("certificate", "requested", None)
    for link in one["links"].values():
        assert program.get(link.removeprefix("http://127.0.0.1:8080/api/v1")).status_code in {200, 404}


def test_facts_are_what_the_ledger_holds_to_the_byte(program: Program, world: World) -> None:
    identity = world.communications[RELAYED]
    answer = program.get(f"/communications/{identity}/facts")
    kept = facts_of(organisation=world.organisation, kind="communication", id=identity)
    assert answer.content == canonicalise(json.loads(answer.content))
    for told, item in zip(members(answer)["facts"], kept, strict=True):
        assert item.fact.canonical() in answer.content
        assert canonicalise(told["fact"]) == item.fact.canonical()
        assert Fact.from_members(told["fact"]) == item.fact
        assert told["entry"] == hashlib.sha256(canonicalise(told["fact"])).hexdigest()
        assert (told["position"], told["state"]) == (item.position, "published")


def test_requests_of_a_tracked_copy_are_facts_and_no_outcome(program: Program, world: World) -> None:
    identity = world.communications["cliente0877@correo.example"]
    before = members(program.get(f"/communications/{identity}"))
    samples.track(world.organisation, identity)
    told = members(program.get(f"/communications/{identity}/facts"))["facts"]
    judged = [one["fact"]["details"].get("by") for one in told[-5:]]
    assert judged == ["scanner", "mail_proxy", "unknown", "person", None]
    after = members(program.get(f"/communications/{identity}"))
    assert {**after, "updated_at": ""} == {**before, "updated_at": ""}


def test_a_fact_without_a_place_yet_is_pending(program: Program, world: World) -> None:
    value = samples.credential_again(world.organisation)
    new = samples.send(value, samples.message("n@correo.example", "Nueva"), recipient="n@correo.example")
    (told,) = members(program.get(f"/communications/{new}/facts"))["facts"]
    assert (told["position"], told["state"]) == (None, "pending")


def test_the_content_is_the_message_to_the_byte_with_its_digest(program: Program, world: World) -> None:
    path = f"/communications/{world.communications['victima@correo.example']}/content"
    answer = program.get(path)
    assert answer.content == samples.HOSTILE
    assert answer["Content-Type"] == "message/rfc822"
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    assert answer["Cache-Control"] == "private, no-cache"
    assert "sandbox" in answer["Content-Security-Policy"]
    digest = hashlib.sha256(samples.HOSTILE).digest()
    assert answer["Repr-Digest"] == f"sha-256=:{base64.b64encode(digest).decode()}:"
    etag = answer["ETag"]
    assert etag == f'"{digest.hex()}"'
    assert members(program.get(path.removesuffix("/content")))["message"]["sha256"] == digest.hex()
    for condition in (etag, f'"other", {etag}', f"W/{etag}", "*"):
        again = program.get(path, **{"If-None-Match": condition})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag), condition
    assert program.get(path, **{"If-None-Match": '"other"'}).status_code == 200
    problem(program.get(path, **{"If-Match": '"other"'}), 412, "precondition-failed")


def test_lost_content_is_said_to_be_lost_and_nothing_else(
    program: Program, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    identity = world.communications[RELAYED]
    sha256 = members(program.get(f"/communications/{identity}"))["message"]["sha256"]
    (kept,) = settings.ACUSE.custody_directory.rglob(sha256)
    kept.unlink()
    found = problem(program.get(f"/communications/{identity}/content"), 500, "server-error")
    assert sha256 not in json.dumps(found)
    logged = [record for record in caplog.records if getattr(record, "instance", "") == found["instance"]]
    assert len(logged) == 1, "whoever runs the installation finds it by its id"
    assert sha256 in str(logged[0].exc_info)
