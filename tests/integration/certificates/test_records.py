"""The record of a case, issued for real: it holds what was written, and grades and deadlines follow from it alone."""

import json
import subprocess
from dataclasses import replace
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from uuid6 import uuid7

from acuse.certificates import rules, services
from acuse.certificates.bundles import handed_out, is_whole
from acuse.certificates.models import Certificate
from acuse.certificates.queries import newest_receipt, public_record
from acuse.certificates.rerender import rerender
from acuse.delivery.services.letters import Letter, send_letter
from acuse.doors.api import telling
from acuse.evidence.queries import bundle_for
from acuse.proof.archive import Archive, parse_archive
from acuse.proof.bundle import parse
from acuse.proof.facts.fact import Actor
from acuse.proof.report import State
from acuse.proof.verify import verify_bytes
from tests.integration.certificates.conftest import Notary
from tests.integration.certificates.test_deadlines import NOTE, RAW, Desk
from tests.integration.making import RELAYED, accept, attempt, message

ANSWER = message(subject="Re: Ruido", body="Venga el lunes.")


class Answered(Desk):
    """A case that was answered by a certified message, which the customer's server took."""

    def __init__(self, notary: Notary) -> None:
        super().__init__(notary)
        answer = self.keep("message", ANSWER, "message/rfc822")
        letter = Letter(
            organisation=self.organisation,
            ticket=self.ticket,
            actor=Actor(kind="component", id="helpdesk"),
            sender="avisos@ribera.example",
            recipient="cliente1042@example.com",
            subject="Re: Ruido",
            message_id="<uno@ribera.example>",
            message=answer,
            language=self.language,
            certified=True,
        )
        with transaction.atomic():
            self.communication = send_letter(letter)
        attempt(self.communication, RELAYED)
        self.open()
        self.start("a")
        self.add(
            "reply.sent",
            self.ago(4),
            answer,
            communication=str(self.communication),
            recipient="cliente1042@example.com",
            certified=True,
            language=self.language,
            act="solution",
        )
        self.end("a", self.ago(4))


def recorded(notary: Notary, desk: Desk, *, notes: bool = False) -> Certificate:
    notary.issue_due()  # the communication's own certificate, whose fact the record would wait for
    services.request_record(organisation=desk.organisation, ticket=desk.ticket, notes=notes)
    kind = rules.RECORD_WITH_NOTES if notes else rules.RECORD
    made = [row for row in notary.issue_due() if row.kind == kind]
    assert made, Certificate.objects.get(kind=kind, state="requested").last_error
    return made[0]


def test_the_record_holds_the_case_and_its_communications_and_verifies_alone(notary: Notary) -> None:
    desk = Answered(notary)
    row = recorded(notary, desk)
    report = notary.verify(row)
    assert report.state is State.VALID, report.to_text()
    assert report.deadlines is not None
    assert [each.verdict for each in report.deadlines.deadlines] == ["met"]
    assert [(each.outcome, each.grade) for each in report.communications] == [("relayed", 1)]
    assert "communications: relayed G1" in report.to_text()
    files = notary.attachments(row)
    assert (files["mensaje-1.eml"], files["mensaje-3.eml"]) == (RAW, ANSWER)
    assert NOTE not in files.values(), "internal notes are withheld"
    statement = json.loads(files["statement.json"])
    assert statement["communications"][0]["subject"]["id"] == str(desk.communication)
    assert desk.facts()[-1].details["document"] == "record"
    assert "are the same" in rerender(notary.pdf(row), trust=notary.trust, typesetter=notary.press.typesetter)


def test_with_notes_it_is_a_document_of_its_own(notary: Notary) -> None:
    desk = Answered(notary)
    without, with_notes = recorded(notary, desk), recorded(notary, desk, notes=True)
    assert (without.revision, with_notes.revision) == (1, 1)
    assert notary.attachments(with_notes)["nota-4.txt"] == NOTE
    again = recorded(notary, desk)
    assert (again.revision, again.supersedes) == (2, without.code)


def test_its_bundle_alone_gives_the_grades_and_whatever_is_altered_shows(notary: Notary) -> None:
    desk = Answered(notary)
    row = recorded(notary, desk)
    packed, media_type = handed_out(organisation=desk.organisation, proof_sha256=row.bundle_sha256, kind=row.kind)
    assert media_type == "application/zip"
    archive = parse_archive(packed)
    assert is_whole(archive, kind=row.kind)
    assert not is_whole(archive), "of another kind of document it would be another"
    report = verify_bytes(packed, filename="prueba.zip", trust=notary.trust)
    assert report.state is State.VALID, report.to_text()
    bundle = parse(archive.proof)
    assert archive.statement is not None
    forged = [
        replace(archive, statement=archive.statement.replace(b'"grade":1', b'"grade":2')),
        replace(archive, proof=replace(bundle, others=()).to_json()),
        replace(archive, proof=replace(bundle, others=bundle.others * 2).to_json()),
        replace(archive, proof=replace(bundle, others=(bundle.others[0][1:],)).to_json()),
        replace(archive, proof=archive.proof.replace(b'"mode":"content"', b'"mode":"notice"')),
    ]
    for each in forged:
        assert each != archive
        assert verify_bytes(each.to_zip(), filename="prueba.zip", trust=notary.trust).state is State.INVALID


def test_a_communication_that_the_case_does_not_name_is_refused(notary: Notary) -> None:
    desk = Answered(notary)
    row = recorded(notary, desk)
    proof, _ = handed_out(organisation=desk.organisation, proof_sha256=row.bundle_sha256, kind=row.kind)
    other = accept(notary.value, message(subject="Otra"))
    notary.publish()
    foreign = bundle_for(organisation=desk.organisation, kind="communication", id=other)
    assert foreign is not None
    bundle = parse(parse_archive(proof).proof)
    smuggled = Archive(proof=replace(bundle, others=(foreign.facts,)).to_json())
    report = verify_bytes(smuggled.to_zip(), filename="prueba.zip", trust=notary.trust)
    assert report.state is State.INVALID
    assert "does not name" in report.to_text()


def test_what_is_too_big_for_the_pdf_is_in_the_bundle_and_beyond_that_in_custody(
    notary: Notary, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Answered(notary)
    monkeypatch.setattr(rules, "RECORD_LIMIT", 0)
    monkeypatch.setattr(rules, "BUNDLE_LIMIT", len(RAW) + 100_000)
    big = message(subject="Fotos", body="x" * 200_000)
    desk.add(
        "message.received",
        desk.ago(3),
        desk.keep("message", big, "message/rfc822"),
        channel="email",
        author="cliente1042@example.com",
        subject="Fotos",
    )
    row = recorded(notary, desk)
    report = notary.verify(row)
    assert report.state is State.VALID, report.to_text()
    assert RAW not in notary.attachments(row).values()
    packed, _ = handed_out(organisation=desk.organisation, proof_sha256=row.bundle_sha256, kind=row.kind)
    held = parse_archive(packed).objects.values()
    assert RAW in held
    assert big not in held
    assert verify_bytes(packed, filename="prueba.zip", trust=notary.trust).state is State.VALID


def test_the_receipt_of_a_case_is_sealed_once_and_known_to_the_public(notary: Notary) -> None:
    desk = Answered(notary)
    for _ in range(2):
        services.request_ticket_receipt(organisation=desk.organisation, ticket=desk.ticket)
    (row,) = [row for row in notary.issue_due() if row.subject == desk.ticket]
    services.request_ticket_receipt(organisation=desk.organisation, ticket=desk.ticket)
    assert notary.issue_due() == []
    assert notary.verify(row).state is State.VALID
    assert notary.attachments(row)["mensaje.eml"] == RAW
    found = newest_receipt(organisation=desk.organisation, ticket=desk.ticket)
    assert found is not None
    assert found.code == row.code
    assert "are the same" in rerender(notary.pdf(row), trust=notary.trust, typesetter=notary.press.typesetter)
    shown = _shown(row.code)
    assert "Receipt of entry" in shown
    assert "cliente1042" not in shown
    assert desk.facts()[-1].type == "receipt.issued"


def test_code_and_files_of_a_record_tell_the_public_no_more_than_the_deadlines(notary: Notary) -> None:
    desk = Answered(notary)
    row = recorded(notary, desk)
    known = public_record(code=row.code)
    assert known is not None
    assert telling.issued(known).kind == rules.RECORD
    packed, _ = handed_out(organisation=desk.organisation, proof_sha256=row.bundle_sha256, kind=row.kind)
    answers = [_shown(row.code), _checked(notary.pdf(row)), _checked(packed)]
    assert "That what each side wrote is true, who wrote or pressed a link in person" in answers[0]
    for shown in answers:
        assert "Record of a case" in shown
        assert "<dt>Resolution (general)</dt><dd>met</dd>" in shown
        assert "cliente1042" not in shown


def test_by_which_term_a_deadline_runs_stands_beside_it_as_far_as_its_policy_says_so(notary: Notary) -> None:
    desk = Desk(notary)
    desk.open()
    desk.start("a", policy="Ley 10/2025, resolución")
    desk.start("b", policy="Ley 99/2099", kept="general")
    services.request_ticket_certificate(organisation=desk.organisation, ticket=desk.ticket)
    (certificate,) = notary.issue_due()
    for row in (certificate, recorded(notary, desk)):
        named = "Resolución (Ley 10/2025)" if row.kind == rules.RECORD else "Resolución, 2 horas hábiles (Ley 10/2025)"
        set_in_type = subprocess.run(["pdftotext", "-", "-"], input=notary.pdf(row), capture_output=True, check=True)
        printed = " ".join(set_in_type.stdout.decode().split())
        assert named in printed
        assert "2 horas hábiles (Ley 10/2025), por el hecho 1" in printed
        assert printed.count("Ley 99/2099") == 1, "the policy knows no such term: it stands in section 5 alone"
        for shown in (_shown(row.code), _checked(notary.pdf(row))):
            assert "<dt>Resolution, 2 business hours (Ley 10/2025)</dt>" in shown
            assert "Ley 99/2099" not in shown


def test_a_case_whose_communications_were_erased_is_recorded_without_them(notary: Notary) -> None:
    desk = Desk(notary)
    desk.open()
    gone: UUID = uuid7()
    desk.add(
        "reply.sent",
        desk.ago(4),
        communication=str(gone),
        recipient="cliente1042@example.com",
        certified=False,
        language="es",
    )
    row = recorded(notary, desk)
    report = notary.verify(row)
    assert (report.state, report.communications) == (State.VALID, ())


def _shown(code: str) -> str:
    answer = Client().get(f"/v/{code}", headers={"accept-language": "en"})
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def _checked(content: bytes) -> str:
    sent = {"file": SimpleUploadedFile("acta", content)}
    answer = Client().post("/verify/", sent, headers={"accept-language": "en"})
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())
