"""The certificate of a ticket, issued for real: it verifies alone, and counts its deadlines from what it holds."""

import json
import subprocess
import sys
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.utils import translation
from uuid6 import uuid7

from acuse import clock
from acuse.certificates import issue, services
from acuse.certificates.bundles import handed_out, is_whole
from acuse.certificates.models import Certificate
from acuse.certificates.queries import public_record
from acuse.certificates.rerender import rerender
from acuse.clock import to_rfc3339
from acuse.doors.api import telling
from acuse.doors.portal import verify
from acuse.evidence import custody
from acuse.evidence.ledger import FactDraft, record, refer
from acuse.evidence.queries import facts_of
from acuse.proof.archive import Archive, parse_archive
from acuse.proof.bundle import Bundle
from acuse.proof.business_time import CalendarVersion, Term, due_at
from acuse.proof.facts.fact import Actor, Fact, ObjectReference
from acuse.proof.report import State
from acuse.proof.verdicts.deadlines import statement
from acuse.proof.verify import verify_bytes
from tests.integration.certificates.conftest import Notary
from tests.integration.making import message
from tests.unit.proof.calendars import make
from tests.unit.proof.tickets import ruled

RAW = message(subject="Ruido", body="Se oye un ruido.")
NOTE = b"Solo para la empresa."
OPENING = {"type": "ticket.opened", "sequence": 1}
TWO_HOURS = Term(amount=2, unit="business_hours")


class Desk:
    """Records what happens to one ticket, as the desk does. Its calendar is always open."""

    language = "es"

    def __init__(self, notary: Notary) -> None:
        self.organisation, self.ticket = notary.value.organisation, uuid7()
        self.now = clock.now()
        year = timedelta(days=365)
        week = {day: ((0, 1440),) for day in range(7)}
        self.calendar: CalendarVersion = make(first=self.now.date() - year, last=self.now.date() + year, week=week)

    def ago(self, hours: float) -> datetime:
        return self.now - timedelta(hours=hours)

    def keep(self, role: str, content: bytes, media_type: str = "application/json") -> ObjectReference:
        return refer(role, custody.keep(organisation=self.organisation, content=content, media_type=media_type))

    def add(self, type: str, at: datetime, /, *objects: ObjectReference, **details: Any) -> int:
        """Record a fact at once when it happens, and return its number."""
        draft = FactDraft(
            organisation=self.organisation,
            subject_kind="ticket",
            subject_id=self.ticket,
            type=type,
            actor=Actor(kind="component", id="helpdesk"),
            details=details,
            objects=objects,
            occurred_at=at,
        )
        with patch.object(clock, "now", lambda: at), transaction.atomic():
            record(draft)
        return len(self.facts())

    def facts(self) -> list[Fact]:
        return [item.fact for item in facts_of(organisation=self.organisation, kind="ticket", id=self.ticket)]

    def open(self) -> None:
        self.add(
            "ticket.opened",
            self.ago(5),
            self.keep("message", RAW, "message/rfc822"),
            number=318,
            key="RIB-0318-7QK2MA",
            channel="email",
            language=self.language,
            contact=str(uuid7()),
            address="cliente1042@example.com",
            subject="Ruido",
            type="claim",
            priority="medium",
            matter="",
        )

    def start(
        self,
        name: str,
        *,
        hours: float = 5,
        follows: dict[str, Any] | None = OPENING,
        term: Term = TWO_HOURS,
        policy: str = "general",
        kept: str = "",
    ) -> None:
        """Start a deadline by the opening, five hours ago; `hours` is when the fact says that it began.

        Its term is called `policy`, and in the policy that is kept `kept` where that is given.
        """
        calendar = self.keep("calendar", self.calendar.canonical())
        rule = self.keep("rule", ruled(self.calendar, term, name=kept or policy).canonical())
        self.add(
            "deadline.started",
            self.ago(hours),
            calendar,
            rule,
            deadline=name,
            **({} if follows is None else {"follows": follows}),
            purpose="resolution",
            term=term.members(),
            on_resume="continue",
            calendar={"id": str(self.calendar.calendar), "version": 7, "digest": calendar.sha256},
            rule={"policy": policy, "version": 3, "digest": rule.sha256},
            due_at=to_rfc3339(due_at(self.calendar, term, started_at=self.ago(5))),
        )

    def end(self, name: str, at: datetime) -> None:
        self.add("note.added", self.ago(5), self.keep("note", NOTE, "text/plain"), mentioned=[])
        done = self.add("ticket.status_changed", at, before="open", after="resolved")
        by = {"type": "ticket.status_changed", "sequence": done}
        self.add("deadline.ended", at, deadline=name, ended_by=by)


def certified(notary: Notary, desk: Desk) -> Certificate:
    services.request_ticket_certificate(organisation=desk.organisation, ticket=desk.ticket)
    (row,) = notary.issue_due()
    return row


def test_a_ticket_is_certified_and_its_deadlines_are_counted_again(notary: Notary) -> None:
    desk = Desk(notary)
    desk.open()
    desk.start("a")
    desk.end("a", desk.ago(1))
    row = certified(notary, desk)
    assert (row.subject_kind, row.kind, row.revision, row.level) == ("ticket", "certificate", 1, "B-LTA")
    report = notary.verify(row)
    assert report.state is State.VALID, report.to_text()
    assert report.deadlines is not None
    (deadline,) = report.deadlines.deadlines
    assert (deadline.verdict, deadline.excess) == ("missed", timedelta(hours=2))
    assert report.deadlines.contradictions == ()
    assert deadline.cause is not None
    assert (deadline.cause.type, deadline.started_at) == ("ticket.opened", desk.ago(5))
    files = notary.attachments(row)
    assert files["calendario-2.json"] == desk.calendar.canonical()
    assert files["reglas-2.json"] == ruled(desk.calendar, TWO_HOURS).canonical()
    assert files["mensaje.eml"] == RAW
    assert NOTE not in files.values(), "internal notes are withheld"
    assert [each.role for each in report.objects if not each.present] == ["note"]
    assert json.loads(files["statement.json"])["deadlines"][0]["excess"] == 7_200_000_000


def test_its_pages_can_be_made_again_from_the_file_alone(notary: Notary) -> None:
    desk = Desk(notary)
    desk.open()
    desk.start("a")
    row = certified(notary, desk)
    said = rerender(notary.pdf(row), trust=notary.trust, typesetter=notary.press.typesetter)
    assert "are the same" in said


def test_the_bundle_holds_the_calendar_and_verifies_alone(notary: Notary) -> None:
    desk = Desk(notary)
    desk.open()
    desk.start("a")
    desk.add("note.added", desk.now, mentioned=[])
    row = certified(notary, desk)
    proof, media_type = handed_out(organisation=row.organisation_id, proof_sha256=row.bundle_sha256)
    assert media_type == "application/zip"
    archive = parse_archive(proof)
    assert is_whole(archive)
    report = verify_bytes(proof, filename="prueba.zip", trust=notary.trust)
    assert report.state is State.VALID, report.to_text()
    assert report.deadlines is not None
    assert report.deadlines.deadlines[0].verdict == "missed", "as of when its last fact was recorded"
    assert archive.statement is not None
    forged = archive.statement.replace(b'"missed"', b'"met"')
    altered = Archive(proof=archive.proof, statement=forged, objects=archive.objects).to_zip()
    assert verify_bytes(altered, filename="prueba.zip", trust=notary.trust).state is State.INVALID


def test_asked_for_again_it_supersedes_the_one_before(notary: Notary) -> None:
    desk = Desk(notary)
    desk.open()
    desk.start("a")
    services.request_ticket_certificate(organisation=desk.organisation, ticket=desk.ticket)
    first = certified(notary, desk)
    desk.end("a", desk.ago(4))
    second = certified(notary, desk)
    assert (second.revision, second.supersedes) == (2, first.code)
    report = notary.verify(second)
    assert report.deadlines is not None
    assert report.deadlines.deadlines[0].verdict == "met"
    issued = [fact.details for fact in desk.facts() if "code" in fact.details]
    assert [each["supersedes"] for each in issued] == [None, first.code]


def test_a_ticket_without_message_or_deadlines_is_certified_too(notary: Notary) -> None:
    desk = Desk(notary)
    desk.add("note.added", desk.ago(1), desk.keep("note", NOTE, "text/plain"), mentioned=[])
    row = certified(notary, desk)
    assert notary.verify(row).state is State.VALID


def test_its_code_and_its_file_tell_the_public_what_became_of_the_deadlines(notary: Notary) -> None:
    desk = Desk(notary)
    desk.open()
    desk.start("a", hours=4.5, policy="Resolution")
    desk.end("a", desk.ago(4))
    due = due_at(desk.calendar, TWO_HOURS, started_at=desk.ago(5))
    desk.add("deadline.missed", due, deadline="a", due_at=to_rfc3339(due))
    row = certified(notary, desk)
    with translation.override("en"):
        answers = [
            Client().get(f"/v/{row.code}", headers={"accept-language": "en"}),
            Client().post(
                "/verify/",
                {"file": SimpleUploadedFile("certificado.pdf", notary.pdf(row))},
                headers={"accept-language": "en"},
            ),
        ]
    for answer in answers:
        shown = " ".join(answer.content.decode().split())
        assert answer.status_code == 200
        assert "Certificate of deadlines" in shown
        assert "<dt>Resolution</dt><dd>met</dd>" in shown
        assert "Fact 6: it was noted as missed, and was not." in shown
        assert "Fact 2: it says it began at another time than what it follows, and counts from that." in shown
        assert "cliente1042" not in shown
    record = public_record(code=row.code)
    assert record is not None
    assert telling.issued(record).outcome is None


def test_its_code_tells_two_deadlines_for_the_same_apart(notary: Notary) -> None:
    desk = Desk(notary)
    desk.open()
    desk.start("a")
    desk.start("b", term=Term(amount=30, unit="natural_days"))
    shown = Client().get(f"/v/{certified(notary, desk).code}", headers={"accept-language": "es"}).content.decode()
    assert "<dt>Resolución, 2 horas hábiles (general)</dt>" in shown
    assert "<dt>Resolución, 30 días (general)</dt>" in shown


def test_what_another_version_issued_is_told_without_suspicion(notary: Notary, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(notary)
    desk.open()
    desk.start("a", follows=None)
    with monkeypatch.context() as earlier:
        earlier.setattr(sys.modules[statement.__module__], "VERSION", 2)
        row = certified(notary, desk)
    report = notary.verify(row)
    assert [step.number for step in report.steps if step.state is not State.VALID] == [8]
    assert "issued by another version of Acuse" in report.to_text()
    monkeypatch.setattr(verify, "trust", lambda: notary.trust)
    english = {"accept-language": "en"}
    answer = Client().post(
        "/verify/", {"file": SimpleUploadedFile("certificado.pdf", notary.pdf(row))}, headers=english
    )
    for shown in (answer, Client().get(f"/v/{row.code}", headers=english)):
        assert shown.status_code == 200
        assert "no earlier fact that may begin such a deadline is what it follows" in shown.content.decode()
    assert "It is the document that was issued here, unchanged." in answer.content.decode()
    assert "cannot be told whether" not in answer.content.decode()


def test_what_can_no_longer_be_judged_is_told_at_its_code(notary: Notary, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(notary)
    desk.open()
    desk.start("a")
    row = certified(notary, desk)

    def lost(*, organisation: UUID, sha256: str) -> bytes:
        raise custody.MissingObject("Custody has no object %(sha256)s.", sha256=sha256)

    monkeypatch.setattr(custody, "open_object", lost)
    shown = Client().get(f"/v/{row.code}", headers={"accept-language": "en"})
    assert shown.status_code == 200
    assert "What became of it cannot be worked out: Custody has no object" in shown.content.decode()


def pages_of(pdf: bytes) -> list[str]:
    """What people read of each page."""
    said = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True).stdout
    return [" ".join(page.split()) for page in said.decode().split("\f")[:-1]]


def two_deadlines(notary: Notary) -> Desk:
    """A case with a deadline that was met, by one term, and one that still runs, by another."""
    desk = Desk(notary)
    desk.open()
    desk.start("a", policy="Ley 10/2025")
    desk.start("b", term=Term(amount=30, unit="natural_days"), policy="Contrato")
    desk.end("a", desk.ago(4))
    return desk


def certified_one(notary: Notary, desk: Desk, deadline: str) -> Certificate:
    services.request_deadline_certificate(organisation=desk.organisation, ticket=desk.ticket, deadline=deadline)
    (row,) = notary.issue_due()
    return row


def test_one_deadline_is_certified_alone_and_its_verdict_recomputed_from_all_facts(notary: Notary) -> None:
    desk = two_deadlines(notary)
    row = certified_one(notary, desk, "a")
    assert (row.kind, row.deadline, row.revision, row.supersedes) == ("deadline", "a", 1, "")
    report = notary.verify(row)
    assert report.state is State.VALID, report.to_text()
    assert report.about is not None
    assert (report.about.id, report.about.verdict) == ("a", "met")
    first, *others = pages_of(notary.pdf(row))
    for told in (
        "Certificado de un plazo del expediente RIB-0318-7QK2MA",
        "Plazo cumplido",
        "Ley 10/2025, versión 3",
        "versión 7",
        "por el hecho 1",
        "hecho 5",
        "Pausas ninguna",
        "El archivo contiene los hechos de todo el expediente",
    ):
        assert told in first, told
    whole = " ".join((first, *others))
    assert "Contrato" not in whole
    assert "30 días" not in whole
    assert "acuse verify certificado.pdf" in whole
    assert "One deadline of the case: resolution met" in whole
    assert "are the same" in rerender(notary.pdf(row), trust=notary.trust, typesetter=notary.press.typesetter)


def test_whoever_changes_what_the_bundle_of_one_deadline_says_is_contradicted(notary: Notary) -> None:
    desk = two_deadlines(notary)
    row = certified_one(notary, desk, "a")
    proof, _ = handed_out(
        organisation=row.organisation_id, proof_sha256=row.bundle_sha256, kind=row.kind, deadline=row.deadline
    )
    report = verify_bytes(proof, filename="prueba.zip", trust=notary.trust)
    assert (report.state, report.about and report.about.id) == (State.VALID, "a")
    archive = parse_archive(proof)
    assert archive.statement is not None
    for told, forged in (
        (b'"deadline":"a","deadlines"', b'"deadline":"c","deadlines"'),
        (b'"verdict":"met"', b'"verdict":"missed"'),
        (b'"facts":6', b'"facts":5'),
    ):
        changed = archive.statement.replace(told, forged)
        assert changed != archive.statement, told
        altered = Archive(proof=archive.proof, statement=changed, objects=archive.objects).to_zip()
        found = verify_bytes(altered, filename="prueba.zip", trust=notary.trust)
        assert (found.state, found.about) == (State.INVALID, None), told


def test_each_deadline_has_revisions_of_its_own(notary: Notary) -> None:
    desk = two_deadlines(notary)
    first = certified_one(notary, desk, "a")
    other = certified_one(notary, desk, "b")
    assert (other.deadline, other.revision) == ("b", 1)
    again = certified_one(notary, desk, "a")
    assert (again.revision, again.supersedes) == (2, first.code)
    whole = certified(notary, desk)
    assert (whole.kind, whole.revision) == ("certificate", 1)
    assert notary.verify(whole).about is None
    issued = [fact.details.get("deadline") for fact in desk.facts() if "code" in fact.details]
    assert issued == ["a", "b", "a", None]


def test_the_page_of_verification_shows_the_deadline_of_its_document_first(
    notary: Notary, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = two_deadlines(notary)
    row = certified_one(notary, desk, "b")
    monkeypatch.setattr(verify, "trust", lambda: notary.trust)
    proof, _ = handed_out(
        organisation=row.organisation_id, proof_sha256=row.bundle_sha256, kind=row.kind, deadline=row.deadline
    )
    english = {"accept-language": "en"}
    for name, raw in (("certificado.pdf", notary.pdf(row)), ("prueba.zip", proof)):
        answer = Client().post("/verify/", {"file": SimpleUploadedFile(name, raw)}, headers=english)
        shown = " ".join(answer.content.decode().split())
        assert "Certificate of one deadline" in shown
        told, besides = shown.index("Resolution, 30 days (Contrato)"), shown.index("Resolution, 2 business hours (Ley")
        assert told < shown.index("Other deadlines of the case") < besides
    by_code = Client().get(f"/v/{row.code}", headers=english).content.decode()
    assert "Resolution, 30 days (Contrato)" in by_code
    assert "Resolution, 30 days (Contrato): <b>still running</b>." in by_code, "the first sentence says it"
    assert "Ley 10/2025" not in by_code, "the code tells what its document tells"


def test_documents_that_share_a_proof_are_told_apart_by_their_statements(
    notary: Notary, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = two_deadlines(notary)
    for name in ("a", "b"):
        services.request_deadline_certificate(organisation=desk.organisation, ticket=desk.ticket, deadline=name)
    read: dict[UUID, Bundle] = {}
    real = issue._bundle
    # Two workers, each of which reads the facts before the other records its issue.
    monkeypatch.setattr(issue, "_bundle", lambda row: read.get(row.subject) or read.setdefault(row.subject, real(row)))
    rows = notary.issue_due()
    assert [row.bundle_sha256 for row in rows] == [rows[0].bundle_sha256] * 2
    monkeypatch.setattr(verify, "trust", lambda: notary.trust)
    for row in rows:
        proof, _ = handed_out(
            organisation=row.organisation_id, proof_sha256=row.bundle_sha256, kind=row.kind, deadline=row.deadline
        )
        answer = Client().post("/verify/", {"file": SimpleUploadedFile("prueba.zip", proof)})
        assert row.code in answer.content.decode()
