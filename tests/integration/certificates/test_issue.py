"""Issuing for real: the sealed document verifies on its own, and gives the message back byte for byte."""

import hashlib
import json
import logging
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import connections, transaction

from acuse import clock
from acuse.accounts.models import Organisation
from acuse.certificates import issue as issuing
from acuse.certificates import jobs, rules, services
from acuse.certificates.bundles import handed_out, is_whole
from acuse.certificates.issue import NotPublished, put_off
from acuse.certificates.models import Certificate
from acuse.config.cli.outcomes import outcomes
from acuse.config.database import conninfo
from acuse.doors.console import timeline
from acuse.errors import ConflictError, TemporaryError
from acuse.evidence import custody
from acuse.evidence.leases import Holder
from acuse.evidence.ledger import FactDraft, record
from acuse.evidence.models import Alarm
from acuse.proof.archive import parse_archive
from acuse.proof.bundle import Bundle
from acuse.proof.checkpoint import SigningKey
from acuse.proof.facts.fact import Actor
from acuse.proof.report import State
from acuse.proof.verify import verify_bytes
from tests.integration.certificates.conftest import Notary
from tests.integration.making import DEFERRED, REFUSED, RELAYED, accept, attempt, facts, message

RAW = message(subject="=?utf-8?q?Resoluci=C3=B3n?=", body="Hola.\r\n.\r\n\xff\0")


def relayed(notary: Notary, raw: bytes = RAW) -> UUID:
    """A communication whose certificate is asked for."""
    one = accept(notary.value, raw)
    attempt(one, RELAYED)
    return one


def certified(notary: Notary, raw: bytes = RAW) -> Certificate:
    relayed(notary, raw)
    (row,) = notary.issue_due()
    return row


def types(notary: Notary, row: Certificate) -> list[str]:
    return [fact.type for fact in facts(notary.value.organisation, row.subject)]


def test_a_certificate_verifies_and_gives_the_message_back(notary: Notary) -> None:
    row = certified(notary)
    assert (row.state, row.level, row.anchored, row.needs_upgrade, row.revision) == ("issued", "B-LTA", True, False, 1)
    report = notary.verify(row)
    assert report.state is State.VALID, report
    assert report.development
    assert report.verdict is not None
    assert report.verdict.outcome == "relayed"
    files = notary.attachments(row)
    assert files["mensaje.eml"] == RAW
    assert {"proof.json", "statement.json"} <= files.keys()
    kept = custody.open_object(organisation=row.organisation_id, sha256=row.bundle_sha256)
    assert files["proof.json"] == kept
    assert [one.archive for one in outcomes([row.subject])] == [None]
    fact = facts(notary.value.organisation, row.subject)[-1]
    assert fact.type == "certificate.issued"
    assert fact.details == {
        "code": row.code,
        "revision": 1,
        "level": "B-LTA",
        "facts_up_to": row.facts_up_to,
        "supersedes": None,
        "reason": None,
    }
    assert {item.role: item.sha256 for item in fact.objects} == {
        "certificate": row.sha256,
        "proof-bundle": row.bundle_sha256,
    }


@pytest.mark.parametrize("stated", [False, True])
def test_a_third_party_is_only_who_the_operator_says(
    notary: Notary, monkeypatch: pytest.MonkeyPatch, stated: bool
) -> None:
    monkeypatch.setattr(settings, "ACUSE", settings.ACUSE.model_copy(update={"third_party": stated} if stated else {}))
    row = certified(notary)
    assert json.loads(notary.attachments(row)["document.json"])["third_party"] is stated


def test_one_changed_byte_does_not_verify(notary: Notary) -> None:
    row = certified(notary)
    path = custody.store()._root / custody.object_key(row.organisation_id, row.sha256)  # type: ignore[attr-defined]
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 1
    assert verify_bytes(bytes(content), filename="x.pdf", trust=notary.trust).state is State.INVALID


def test_what_was_not_delivered_is_certified_too(notary: Notary) -> None:
    one = accept(notary.value, RAW)
    attempt(one, DEFERRED)
    attempt(one, REFUSED)
    (row,) = notary.issue_due()
    report = notary.verify(row)
    assert report.state is State.VALID
    assert report.verdict is not None
    assert (report.verdict.outcome, report.verdict.failure_class) == ("failed", "mailbox_not_found")


@pytest.mark.parametrize("level", ["B-B", "B-T"])
def test_an_organisation_may_want_a_lower_level(notary: Notary, level: str) -> None:
    Organisation.objects.update(seal_level=level)
    row = certified(notary)
    assert (row.level, row.needs_upgrade) == (level, False)
    assert notary.verify(row).state is State.VALID
    assert "certificate.level_lowered" not in types(notary, row)


def test_a_request_waits_until_its_facts_are_under_a_time_stamp(notary: Notary) -> None:
    relayed(notary)
    (identity,) = notary.claim()
    with pytest.raises(NotPublished):
        notary.issue(identity)
    notary.publish(anchored=False)
    with pytest.raises(NotPublished):
        notary.issue(identity)
    notary.publish()
    assert notary.issue(identity).state == "issued"


def test_a_receipt_tells_the_acceptance_alone_and_once(notary: Notary) -> None:
    one = accept(notary.value, RAW)
    for _ in range(2):
        services.request_receipt(organisation=notary.value.organisation, communication=one)
    attempt(one, DEFERRED)
    (row,) = notary.issue_due()
    report = notary.verify(row)
    assert report.state is State.VALID
    assert [fact.type for fact in report.facts] == ["communication.accepted"]
    assert b'"lowered":false' in notary.attachments(row)["document.json"]
    assert types(notary, row)[-1] == "receipt.issued"
    services.request_receipt(organisation=notary.value.organisation, communication=one)
    assert notary.issue_due() == []
    assert notary.attachments(row)["mensaje.eml"] == RAW


def later_fact(notary: Notary, subject: UUID) -> None:
    """Something recorded after the certificate, as a notification that arrived late."""
    with transaction.atomic():
        record(
            FactDraft(
                organisation=notary.value.organisation,
                subject_kind="communication",
                subject_id=subject,
                type="sender.notified",
                actor=Actor(kind="component", id="test"),
                details={"to": "a@b.example", "action": "relayed", "message_id": None},
            )
        )
        services.request_certificate(
            organisation=notary.value.organisation, communication=subject, final_at=clock.now(), reason="later"
        )


def test_a_later_fact_makes_a_revision_that_names_the_one_before(notary: Notary) -> None:
    first = certified(notary)
    later_fact(notary, first.subject)
    (second,) = notary.issue_due()
    assert (second.revision, second.supersedes) == (2, first.code)
    assert second.code != first.code
    assert second.facts_up_to > first.facts_up_to  # type: ignore[operator]
    fact = facts(notary.value.organisation, first.subject)[-1]
    assert (fact.details["supersedes"], fact.details["reason"]) == (first.code, "later")
    assert notary.verify(second).state is State.VALID
    assert notary.verify(first).state is State.VALID, "what was issued stays true"
    assert "sender.notified" in [each.type for each in notary.verify(second).facts]


def test_while_a_request_waits_later_facts_are_simply_inside(notary: Notary) -> None:
    one = relayed(notary)
    later_fact(notary, one)
    later_fact(notary, one)
    (row,) = notary.issue_due()
    assert (row.revision, row.supersedes) == (1, "")
    assert [fact.type for fact in notary.verify(row).facts].count("sender.notified") == 2


def test_without_time_stamps_the_level_is_lower_and_raised_when_they_are_back(
    notary: Notary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "ANCHOR_PATIENCE", timedelta())
    dead = notary.without_time_stamps()
    one = relayed(notary)
    notary.publish(anchored=False)
    (identity,) = dead.claim()
    first = dead.issue(identity)
    assert (first.level, first.anchored, first.needs_upgrade) == ("B-B", False, True)
    lowered = facts(notary.value.organisation, one)[-1]
    assert lowered.type == "certificate.level_lowered"
    assert (lowered.details["code"], lowered.details["wanted"], lowered.details["level"]) == (
        first.code,
        "B-LTA",
        "B-B",
    )
    assert "No time stamp could be obtained." in lowered.details["reason"]
    assert b'"lowered":true' in notary.attachments(first)["document.json"]
    # Without a time stamp nobody but those who trust the log itself can be sure: it is said, not hidden.
    assert notary.verify(first).state is not State.INVALID
    # While nobody answers there is nothing to ask for.
    jobs.sweep()
    assert Certificate.objects.count() == 1
    notary.publish()
    jobs.sweep()
    jobs.sweep()
    (second,) = notary.issue_due()
    assert (second.level, second.anchored, second.needs_upgrade, second.supersedes) == (
        "B-LTA",
        True,
        False,
        first.code,
    )
    assert notary.verify(second).state is State.VALID
    notary.publish()
    jobs.sweep()
    assert Certificate.objects.count() == 2, "an upgrade is asked for once"


def test_a_missing_revocation_list_is_told_as_such(notary: Notary, caplog: pytest.LogCaptureFixture) -> None:
    """The authority answers: only the list of the seal's chain cannot be had, in the fact as in the log."""

    def no_list(_: Sequence[bytes]) -> list[bytes]:
        raise TemporaryError("A revocation list is missing: crl.example did not answer.")

    reason = "A revocation list is missing: crl.example did not answer."
    listless = replace(notary, press=replace(notary.press, revocation_lists=no_list))
    one = relayed(notary)
    (row,) = listless.issue_due()
    assert (row.level, row.anchored, row.needs_upgrade) == ("B-T", True, True)
    lowered = facts(notary.value.organisation, one)[-1]
    assert (lowered.type, lowered.details["reason"]) == ("certificate.level_lowered", reason)
    assert timeline.tell(lowered).own_words == reason
    notary.publish()
    jobs.sweep()
    assert listless.issue_due() == [], "an upgrade that would upgrade nothing waits"
    Certificate.objects.filter(state="requested").update(due_at=clock.now() - rules.ALARM_AFTER - timedelta(seconds=1))
    with caplog.at_level(logging.ERROR):
        jobs.sweep()
    assert any(record.getMessage().endswith(reason) for record in caplog.records)


def test_an_upgrade_that_would_upgrade_nothing_waits(notary: Notary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "ANCHOR_PATIENCE", timedelta())
    dead = notary.without_time_stamps()
    relayed(notary)
    notary.publish(anchored=False)
    dead.issue(dead.claim()[0])
    notary.publish()
    jobs.sweep()
    (identity,) = dead.claim()
    with pytest.raises(TemporaryError):
        dead.issue(identity)
    assert Certificate.objects.get(id=identity).state == "requested"
    assert notary.issue(identity).level == "B-LTA"


def test_waits_grow_and_say_why(notary: Notary) -> None:
    relayed(notary)
    (identity,) = notary.claim()
    before = clock.now()
    put_off(certificate=identity, lease=notary.holder.lease, error=NotPublished("not yet"))
    row = Certificate.objects.get()
    assert (row.tries, row.last_error, row.lease) == (0, "", None)
    soon = issuing._NOT_PUBLISHED_WAIT
    assert before + soon <= row.lease_until <= clock.now() + soon  # type: ignore[operator]
    for tries in (1, 2):
        Certificate.objects.update(lease=notary.holder.lease)
        before, wait = clock.now(), rules.retry_wait(tries)
        put_off(certificate=identity, lease=notary.holder.lease, error=TemporaryError("The disk is full."))
        row.refresh_from_db()
        assert (row.tries, row.last_error) == (tries, "The disk is full.")
        assert before + wait <= row.lease_until <= clock.now() + wait  # type: ignore[operator]
    assert notary.claim() == []


def test_what_was_issued_is_not_put_off(notary: Notary) -> None:
    row = certified(notary)
    put_off(certificate=row.id, lease=notary.holder.lease, error=TemporaryError("no"))
    row.refresh_from_db()
    assert (row.state, row.last_error, row.lease_until) == ("issued", "", None)


def test_a_worker_that_lost_its_lease_puts_nothing_off(notary: Notary) -> None:
    relayed(notary)
    (identity,) = notary.claim()
    stranger = uuid4()
    put_off(certificate=identity, lease=stranger, error=TemporaryError("no"))
    row = Certificate.objects.get()
    assert (row.lease, row.tries) == (notary.holder.lease, 0)


def test_late_documents_raise_an_alarm_until_they_are_issued(notary: Notary, caplog: pytest.LogCaptureFixture) -> None:
    relayed(notary)
    jobs.sweep()
    assert not Alarm.objects.exists()
    Certificate.objects.update(due_at=clock.now() - rules.ALARM_AFTER - timedelta(seconds=1), last_error="Disk full.")
    with caplog.at_level(logging.ERROR):
        jobs.sweep()
        jobs.sweep()
    alarm = Alarm.objects.get()
    assert alarm.name == jobs.ALARM
    assert "1 documents" in alarm.message
    assert "Disk full." not in f"{alarm.message} {alarm.told}", "every organisation reads it"
    assert sum("Disk full." in record.getMessage() for record in caplog.records) == 1
    assert len(notary.issue_due()) == 1
    jobs.sweep()
    assert not Alarm.objects.exists()


def test_a_crash_between_custody_and_commit_issues_it_again(notary: Notary, monkeypatch: pytest.MonkeyPatch) -> None:
    one = relayed(notary)
    notary.publish()
    (identity,) = notary.claim()

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(issuing, "record", crash)
        with pytest.raises(KeyboardInterrupt):
            notary.issue(identity)
    assert Certificate.objects.get().state == "requested"
    assert "certificate.issued" not in [fact.type for fact in facts(notary.value.organisation, one)]
    row = notary.issue(identity)
    assert notary.verify(row).state is State.VALID
    assert [fact.type for fact in facts(notary.value.organisation, one)].count("certificate.issued") == 1


def test_two_workers_never_issue_the_same_twice(notary: Notary) -> None:
    one = relayed(notary)
    notary.publish()
    (identity,) = notary.claim()
    both = threading.Barrier(2)

    def work(_: int) -> str:
        both.wait(120)
        try:
            return notary.issue(identity).state
        except ConflictError:
            return "conflict"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(work, range(2))) == ["conflict", "issued"]
    issued = [fact for fact in facts(notary.value.organisation, one) if fact.type == "certificate.issued"]
    assert len(issued) == 1
    row = Certificate.objects.get()
    assert row.sha256 == next(item.sha256 for item in issued[0].objects if item.role == "certificate")


def test_who_lost_the_lease_does_not_issue(notary: Notary) -> None:
    relayed(notary)
    notary.publish()
    (identity,) = notary.claim()
    Certificate.objects.update(lease=Holder(conninfo=conninfo()).lease)
    with pytest.raises(ConflictError, match="Another worker"):
        notary.issue(identity)
    assert Certificate.objects.get().state == "requested"


def test_a_message_too_big_travels_beside_the_pdf_and_the_pdf_says_so(
    notary: Notary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "EMBEDDED_LIMIT", len(RAW) - 1)
    row = certified(notary)
    assert RAW not in notary.attachments(row).values()
    report = notary.verify(row)
    assert report.state is State.VALID
    (absent,) = [item for item in report.objects if item.role == "message"]
    assert not absent.present
    bundle, media_type = handed_out(organisation=row.organisation_id, proof_sha256=row.bundle_sha256)
    assert media_type == "application/zip"
    archive = parse_archive(bundle)
    assert archive.objects[hashlib.sha256(RAW).hexdigest()] == RAW
    assert archive.proof == notary.attachments(row)["proof.json"]
    whole = verify_bytes(bundle, filename="paquete.zip", trust=notary.trust)
    assert whole.state is State.VALID
    assert all(item.present for item in whole.objects)
    told = facts(notary.value.organisation, row.subject)[-1]
    (kept,) = [item for item in told.objects if item.role == "proof-bundle"]
    assert (kept.sha256, kept.media_type) == (row.bundle_sha256, "application/json")
    assert [one.archive for one in outcomes([row.subject])] == [bundle], "`acuse send --out` writes it too"


def test_each_revision_over_a_big_message_keeps_no_further_copy_of_it(
    notary: Notary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "EMBEDDED_LIMIT", len(RAW) - 1)
    first = certified(notary)
    earlier, _ = handed_out(organisation=first.organisation_id, proof_sha256=first.bundle_sha256)
    later_fact(notary, first.subject)
    (second,) = notary.issue_due()
    assert second.supersedes == first.code
    archives = []
    for row in (first, second):
        content, _ = handed_out(organisation=row.organisation_id, proof_sha256=row.bundle_sha256)
        assert verify_bytes(content, filename="paquete.zip", trust=notary.trust).state is State.VALID
        archives.append(parse_archive(content))
        assert archives[-1].objects[hashlib.sha256(RAW).hexdigest()] == RAW
        assert is_whole(archives[-1])
        assert not is_whole(replace(archives[-1], objects={}))
    assert archives[0] == parse_archive(earlier)
    assert archives[0].proof != archives[1].proof
    kept = [custody.store().get(key) for key in custody.store().keys("objects")]
    assert sum(RAW in content for content in kept) == 1


def test_what_does_not_verify_is_not_issued_and_an_alarm_says_so(
    notary: Notary, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    relayed(notary)
    notary.publish()
    (identity,) = notary.claim()
    genuine = issuing.bundle_for
    other = SigningKey.generate(notary.key.verifier().name).verifier().line()

    def tampered(**asked: Any) -> Bundle | None:
        bundle = genuine(**asked)
        return bundle and replace(bundle, key=other)

    issuer = jobs.Issuer(holder=notary.holder, press=notary.press, threads=1)
    with monkeypatch.context() as patch:
        patch.setattr(issuing, "bundle_for", tampered)
        issuer._issue(identity)
    row = Certificate.objects.get()
    assert (row.state, row.tries, row.lease) == ("requested", 1, None)
    assert "does not verify, at step 4" in row.last_error
    alarm = Alarm.objects.get(name=jobs.UNPROVED)
    assert "1 documents are not issued" in alarm.message
    for particular in (row.code, row.last_error):
        assert particular not in f"{alarm.message} {alarm.told}", "every organisation reads it"
    (logged,) = (one for one in caplog.records if row.last_error in one.getMessage())
    assert vars(logged)["certificate"] == str(identity)
    jobs.sweep()
    assert Alarm.objects.filter(name=jobs.UNPROVED).exists(), "it lasts while the document waits"
    Certificate.objects.update(lease=notary.holder.lease)
    issuer._issue(identity)
    row.refresh_from_db()
    assert row.state == "issued"
    jobs.sweep()
    assert not Alarm.objects.filter(name=jobs.UNPROVED).exists()


def test_the_loop_issues_what_is_due_and_puts_off_the_rest(notary: Notary) -> None:
    relayed(notary)
    issuer = jobs.Issuer(holder=notary.holder, press=notary.press, threads=1)
    identity = Certificate.objects.get().id
    issuer._issue(identity)
    row = Certificate.objects.get()
    assert (row.state, row.tries) == ("requested", 0)
    notary.publish()
    Certificate.objects.update(lease=notary.holder.lease)
    issuer._issue(identity)
    row.refresh_from_db()
    assert row.state == "issued"
