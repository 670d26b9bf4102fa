"""What comes back: the fact, the row, the certificate, the notice; once, and only where it counts."""

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any
from uuid import UUID, uuid4

import pytest

from acuse import clock
from acuse.accounts.values import SmtpCredentialValue
from acuse.certificates.models import Certificate
from acuse.delivery.envelope import Recipient
from acuse.delivery.models import Communication, Notice
from acuse.delivery.services import Returned, apply_return
from acuse.delivery.services.reports import MOST_OCTETS, MOST_RETURNED
from acuse.evidence import custody
from acuse.evidence.ledger import refer
from tests.integration.making import (
    DEFERRED,
    HOST,
    RELAYED,
    UNKNOWN,
    accept,
    attempt,
    close_one,
    facts,
    message,
    open_one,
)

RAW = b"From: MAILER-DAEMON@mx.cliente.example\r\n\r\nNo.\r\n"
REPORT: dict[str, Any] = {
    "form": "dsn",
    "status": "5.2.2",
    "reply": 552,
    "diagnostic": "552 5.2.2 <ana@cliente.example>: Quota exceeded",
    "reporting_mta": "mx.cliente.example",
    "remote_mta": None,
}
FAILED = {**REPORT, "failure_class": "mailbox_full", "permanent": True}


def returned(
    value: SmtpCredentialValue, type: str = "bounce.received", details: dict[str, Any] = FAILED, **more: Any
) -> Returned:
    kept = custody.keep(organisation=value.organisation, content=RAW, media_type="message/rfc822")
    made: dict[str, Any] = {
        "reception": uuid4(),
        "type": type,
        "details": details,
        "came": refer("reply" if type == "reply.received" else "report", kept),
        "received_at": clock.now() - timedelta(seconds=3),
    }
    return Returned(**{**made, **more})


def apply(value: SmtpCredentialValue, one: UUID, what: Returned) -> bool:
    return apply_return(organisation=value.organisation, communication=one, returned=what, reporting_host=HOST)


def state(one: UUID) -> tuple[str, str, int, str]:
    row = Communication.objects.get(id=one)
    return row.status, row.outcome, row.grade, row.failure_class


def issue_all(one: UUID) -> None:
    """As the issuer would: every waiting document of a communication becomes an issued one."""
    Certificate.objects.filter(subject=one, state="requested").update(state="issued", facts_up_to=3, level="B-B")


@pytest.fixture
def one(value: SmtpCredentialValue) -> UUID:
    """A communication that the recipient's server took, with its certificate."""
    made = accept(value)
    attempt(made, RELAYED)
    issue_all(made)
    return made


def test_a_bounce_after_a_250(value: SmtpCredentialValue, one: UUID) -> None:
    what = returned(value)
    assert apply(value, one, what)
    assert state(one) == ("failed", "failed", 0, "mailbox_full")
    fact = facts(value.organisation, one)[-1]
    assert (fact.type, fact.occurred_at) == ("bounce.received", what.received_at)
    assert fact.details["reception"] == str(what.reception)
    assert fact.details["diagnostic"] == REPORT["diagnostic"]
    assert fact.objects == (what.came,)
    first, second = Certificate.objects.filter(subject=one).order_by("revision")
    assert (second.revision, second.supersedes, second.state) == (2, first.code, "requested")
    assert second.reason == "bounce.received"


def test_the_sender_is_told_of_it_once(value: SmtpCredentialValue, one: UUID) -> None:
    apply(value, one, returned(value))
    notice = Notice.objects.get()
    assert (notice.kind, notice.recipient) == ("failed", "avisos@ribera.example")
    raw = custody.open_object(organisation=value.organisation, sha256=notice.message_sha256)
    told = message_from_bytes(raw, policy=default)
    human, status, original = told.iter_parts()
    assert "llegó un parte de que no se ha entregado" in human.get_content()
    assert "Según el parte, el buzón está lleno." in human.get_content()
    assert "552 5.2.2 <ana@cliente.example>: Quota exceeded" in human.get_content()
    fields = status.get_payload(1)  # type: ignore[union-attr]
    assert (fields["Action"], fields["Status"]) == ("failed", "5.2.2")  # type: ignore[index]
    assert original.get_content_type() == "message/rfc822"
    apply(value, one, returned(value, "delivery.confirmed", REPORT))
    apply(value, one, returned(value))
    assert state(one)[1] == "failed"
    assert Notice.objects.count() == 1


@pytest.mark.parametrize("notify", [("NEVER",), ("SUCCESS",), ("DELAY",)])
def test_who_asked_for_no_failures_is_not_told(value: SmtpCredentialValue, notify: tuple[str, ...]) -> None:
    one = accept(value, None, Recipient(address="ana@cliente.example", notify=notify))
    attempt(one, RELAYED)
    Notice.objects.all().delete()
    apply(value, one, returned(value))
    assert state(one)[1] == "failed"
    assert not Notice.objects.exists()


def test_what_was_submitted_under_the_null_sender_is_never_answered(value: SmtpCredentialValue) -> None:
    one = accept(value, message(message_id="dos"), mail_from="")
    attempt(one, RELAYED)
    apply(value, one, returned(value))
    assert state(one)[1] == "failed"
    assert not Notice.objects.exists()


def test_the_same_reception_leads_to_one_fact(value: SmtpCredentialValue, one: UUID) -> None:
    what = returned(value)
    assert [apply(value, one, what) for _ in range(3)] == [True, False, False]
    assert [fact.type for fact in facts(value.organisation, one)].count("bounce.received") == 1
    assert Certificate.objects.filter(subject=one).count() == 2


def test_a_bounce_while_tries_follow_is_recorded_and_changes_nothing(value: SmtpCredentialValue) -> None:
    one = accept(value)
    attempt(one, DEFERRED)
    before = state(one)
    assert apply(value, one, returned(value))
    assert state(one) == before
    assert not Certificate.objects.exists()
    assert not Notice.objects.exists()
    attempt(one, RELAYED)
    assert state(one) == ("concluded", "relayed", 1, "")


def test_a_bounce_that_outruns_the_record_of_its_try(value: SmtpCredentialValue) -> None:
    one = accept(value)
    opened = open_one(one)
    apply(value, one, returned(value))
    assert state(one)[:2] == ("in_progress", "pending")
    close_one(opened, RELAYED)
    assert state(one) == ("failed", "failed", 0, "mailbox_full")
    assert Notice.objects.get().kind == "failed"
    assert Certificate.objects.get().revision == 1


def test_an_unanswered_copy_that_bounces_while_another_is_to_come(value: SmtpCredentialValue) -> None:
    one = accept(value)
    attempt(one, UNKNOWN)
    apply(value, one, returned(value))
    assert state(one)[:2] == ("in_progress", "undetermined")
    attempt(one, RELAYED)
    assert state(one)[:3] == ("concluded", "relayed", 1)


def test_a_confirmation_gives_g2_and_asks_for_the_next_revision(value: SmtpCredentialValue, one: UUID) -> None:
    assert apply(value, one, returned(value, "delivery.confirmed", {**REPORT, "status": "2.0.0", "reply": None}))
    assert state(one) == ("concluded", "delivered", 2, "")
    assert Certificate.objects.filter(subject=one).count() == 2
    assert not Notice.objects.exists()


def test_a_bounce_and_its_opposite(value: SmtpCredentialValue, one: UUID) -> None:
    apply(value, one, returned(value))
    apply(value, one, returned(value, "delivery.confirmed", REPORT))
    assert state(one) == ("concluded", "delivered", 2, "")
    assert Certificate.objects.filter(subject=one).count() == 2, "one waits already, and tells both"


@pytest.mark.parametrize("type", ["delivery.delayed", "delivery.passed_on"])
def test_what_comes_in_passing_asks_for_no_certificate(value: SmtpCredentialValue, one: UUID, type: str) -> None:
    assert apply(value, one, returned(value, type, REPORT))
    assert state(one) == ("concluded", "relayed", 1, "")
    assert Certificate.objects.filter(subject=one).count() == 1


def test_a_complaint_changes_no_outcome_and_is_certified(value: SmtpCredentialValue, one: UUID) -> None:
    assert apply(value, one, returned(value, "complaint.received", {}))
    assert state(one) == ("concluded", "relayed", 1, "")
    assert Certificate.objects.get(subject=one, revision=2).reason == "complaint.received"
    assert not Notice.objects.exists()


def test_a_communication_takes_in_so_many_and_no_more(value: SmtpCredentialValue, one: UUID) -> None:
    taken = [apply(value, one, returned(value, "delivery.delayed", REPORT)) for _ in range(MOST_RETURNED + 2)]
    assert taken == [True] * MOST_RETURNED + [False, False]
    assert [fact.type for fact in facts(value.organisation, one)].count("delivery.delayed") == MOST_RETURNED


def test_a_communication_takes_in_so_much_and_no_more(value: SmtpCredentialValue, one: UUID) -> None:
    big = replace(returned(value).came, size=MOST_OCTETS - 1)
    assert apply(value, one, returned(value, "delivery.delayed", REPORT, came=big))
    assert not apply(value, one, returned(value))
    assert state(one) == ("concluded", "relayed", 1, "")


def test_nothing_of_another_organisation_or_of_what_is_gone(value: SmtpCredentialValue, one: UUID) -> None:
    before = len(facts(value.organisation, one))
    assert not apply_return(organisation=uuid4(), communication=one, returned=returned(value), reporting_host=HOST)
    assert not apply(value, uuid4(), returned(value))
    assert len(facts(value.organisation, one)) == before
