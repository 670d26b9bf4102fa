"""Certificates and proofs: the bytes as issued, which revision, and what is said while there is none."""

import hashlib
from uuid import UUID, uuid4

import pytest

from acuse import clock
from acuse.certificates.models import Certificate
from acuse.certificates.rules import new_code
from acuse.certificates.services import request_receipt
from acuse.evidence import custody
from acuse.evidence.queries import bundle_for, facts_of
from tests.browser.world import World
from tests.integration.api.conftest import Program, members, problem

RECIPIENT = "cliente1042@correo.example"


def issue(world: World, row: Certificate, pdf: bytes) -> bytes:
    """Put a document in custody as if it had been sealed; return its proof."""
    bundle = bundle_for(organisation=world.organisation, kind="communication", id=row.subject, unanchored=True)
    assert bundle is not None
    proof = bundle.to_json()
    kept = custody.keep(organisation=world.organisation, content=pdf, media_type="application/pdf")
    row.sha256, row.size = kept.sha256, kept.size
    row.bundle_sha256 = custody.keep(
        organisation=world.organisation, content=proof, media_type="application/json"
    ).sha256
    row.state, row.level, row.issued_at = Certificate.State.ISSUED, "B-LTA", clock.now()
    row.facts_up_to = facts_of(organisation=world.organisation, kind="communication", id=row.subject)[-1].position
    row.save()
    return proof


@pytest.fixture
def communication(world: World) -> UUID:
    return world.communications[RECIPIENT]


def test_a_document_that_is_awaited_says_how_far_it_is(program: Program, communication: UUID, world: World) -> None:
    row = Certificate.objects.get(subject=communication)
    for below in ("certificate", "proof"):
        found = problem(program.get(f"/communications/{communication}/{below}"), 404, "not-issued")
        assert found["document"] == {
            "state": "requested",
            "requested_at": clock.to_rfc3339(row.requested_at),
            "due_at": clock.to_rfc3339(row.due_at),
        }
    under_way = world.communications["cliente0480@correo.example"]
    found = problem(program.get(f"/communications/{under_way}/certificate"), 404, "not-issued")
    assert found["document"]["state"] == "none"
    problem(program.get(f"/communications/{uuid4()}/certificate"), 404, "not-found")


def test_the_newest_issued_revision_is_given_or_the_one_asked_for(
    program: Program, communication: UUID, world: World
) -> None:
    first = Certificate.objects.get(subject=communication)
    proof = issue(world, first, b"%PDF-1.7 first")
    path = f"/communications/{communication}"
    second = Certificate.objects.get(id=first.id)
    second.pk, second.revision, second.code, second.supersedes = uuid4(), 2, new_code(), first.code
    second.state = Certificate.State.REQUESTED
    second.save(force_insert=True)
    assert program.get(f"{path}/certificate").content == b"%PDF-1.7 first", "the second is only asked for"
    issue(world, second, b"%PDF-1.7 second")
    third = Certificate.objects.get(id=second.id)
    for query, pdf in (
        ("", b"%PDF-1.7 second"),
        ("?revision=1", b"%PDF-1.7 first"),
        ("?revision=2&kind=certificate", b"%PDF-1.7 second"),
    ):
        answer = program.get(f"{path}/certificate{query}")
        assert (answer.status_code, answer.content) == (200, pdf)
        assert answer["Content-Type"] == "application/pdf"
        assert answer["ETag"] == f'"{hashlib.sha256(pdf).hexdigest()}"'
        assert answer["Content-Disposition"].startswith('attachment; filename="certificate-')
    answer = program.get(f"{path}/proof?revision=1")
    assert (answer.content, answer["Content-Type"]) == (proof, "application/json")
    listed = members(program.get(path))["documents"]
    assert [(each["revision"], each["superseded_by"]) for each in listed] == [(2, None), (1, third.code)]
    assert program.get(listed[1]["url"].removeprefix("http://127.0.0.1:8080/api/v1")).content == b"%PDF-1.7 first"
    problem(program.get(f"{path}/certificate?revision=3"), 404, "not-issued")
    problem(program.get(f"{path}/certificate?kind=receipt"), 404, "not-issued")
    for query, name in (("revision=0", "revision"), ("kind=all", "kind"), ("code=x", "code")):
        found = problem(program.get(f"{path}/proof?{query}"), 422, "invalid-parameter")
        assert found["errors"][0]["parameter"] == name


def test_a_receipt_is_a_document_of_its_own(program: Program, communication: UUID, world: World) -> None:
    request_receipt(organisation=world.organisation, communication=communication)
    path = f"/communications/{communication}/certificate?kind=receipt"
    assert problem(program.get(path), 404, "not-issued")["document"]["state"] == "requested"
    issue(world, Certificate.objects.get(subject=communication, kind="receipt"), b"%PDF-1.7 receipt")
    assert program.get(path).content == b"%PDF-1.7 receipt"
