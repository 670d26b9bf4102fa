"""Attempts: what each outcome records, what follows from it, and what a crash or a lost lease leaves."""

from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from uuid import UUID, uuid4

import pytest

from acuse import clock
from acuse.accounts.values import SmtpCredentialValue
from acuse.certificates.models import Certificate
from acuse.channels.base import Outcome, Reply, Result
from acuse.config.database import conninfo
from acuse.delivery import rules
from acuse.delivery.envelope import Recipient
from acuse.delivery.jobs.dispatch import QUEUE
from acuse.delivery.models import Attempt, Communication, Dispatch, Notice
from acuse.delivery.services import attempts
from acuse.delivery.services.dispatched import LostLease
from acuse.embedded.roles import Addresses
from acuse.errors import TemporaryError
from acuse.evidence import custody
from acuse.evidence.leases import Holder
from tests.integration.making import (
    DEFERRED,
    NO_DOMAIN,
    REFUSED,
    RELAYED,
    UNKNOWN,
    accept,
    attempt,
    close_one,
    credential,
    facts,
    lease,
    message,
    open_one,
    outcome,
)


@pytest.fixture
def value(database: Addresses) -> SmtpCredentialValue:
    return credential()


@pytest.fixture
def one(value: SmtpCredentialValue) -> UUID:
    """A communication that waits to be sent."""
    return accept(value)


def types(value: SmtpCredentialValue, one: UUID) -> list[str]:
    return [fact.type for fact in facts(value.organisation, one)]


def row(one: UUID) -> Communication:
    return Communication.objects.get(id=one)


def claimable(at: datetime | None = None) -> list[UUID]:
    with pytest.MonkeyPatch.context() as patch:
        if at is not None:
            patch.setattr(clock, "now", lambda: at)
        return Holder(conninfo=conninfo()).claim(QUEUE, term=rules.LEASE, limit=10)


def test_opening_is_recorded_before_anything_is_sent(value: SmtpCredentialValue, one: UUID) -> None:
    opened = open_one(one)
    assert opened.number == 1
    fact = facts(value.organisation, one)[-1]
    assert (fact.type, fact.details["attempt"], fact.details["target"]) == ("attempt.opened", 1, "cliente.example")
    assert fact.details["copy"]["digest"] == "ab" * 32
    tried = Attempt.objects.get()
    assert (tried.number, tried.closed_at, tried.result) == (1, None, "")


@pytest.mark.parametrize(
    ("result", "told", "status", "verdict", "failure"),
    [
        (RELAYED, ["attempt.relayed"], "concluded", "relayed", ""),
        (REFUSED, ["attempt.refused"], "failed", "failed", "mailbox_not_found"),
        (NO_DOMAIN, ["attempt.failed"], "failed", "failed", "domain_not_found"),
    ],
    ids=["relayed", "refused", "no domain"],
)
def test_a_final_outcome_ends_the_work(
    value: SmtpCredentialValue,
    one: UUID,
    result: Outcome,
    told: list[str],
    status: str,
    verdict: str,
    failure: str,
) -> None:
    decision = attempt(one, result)
    assert decision.final
    assert types(value, one) == ["communication.accepted", "attempt.opened", *told]
    now = row(one)
    assert (now.status, now.outcome, now.failure_class, now.attempts) == (status, verdict, failure, 1)
    assert now.final_at is not None
    assert now.next_attempt_at is None
    tried = Attempt.objects.get()
    assert tried.result == result.result.value
    assert tried.closed_at == now.final_at
    cited = facts(value.organisation, one)[-1].objects[0]
    assert (cited.role, cited.sha256) == ("smtp-dialogue", tried.transcript_sha256)
    assert custody.open_object(organisation=value.organisation, sha256=cited.sha256) == result.transcript
    # Nothing more can be sent, ever; and its certificate is asked for.
    assert not Dispatch.objects.exists()
    assert claimable(clock.now() + timedelta(days=30)) == []
    assert Certificate.objects.get(subject=one).kind == "certificate"
    with pytest.raises(LostLease):
        open_one(one, uuid4())


@pytest.mark.parametrize(("result", "told"), [(DEFERRED, "attempt.deferred"), (UNKNOWN, "attempt.unknown")])
def test_what_may_still_work_goes_back_to_the_queue(
    value: SmtpCredentialValue, one: UUID, result: Outcome, told: str
) -> None:
    decision = attempt(one, result)
    assert types(value, one)[-1] == told
    fact = facts(value.organisation, one)[-1]
    assert fact.details["retry_at"] == clock.to_rfc3339(decision.retry_at)  # type: ignore[arg-type]
    assert fact.details["reply"] == (
        {"code": 451, "enhanced": "4.7.1", "text": "451 4.7.1 later\r\n"} if result is DEFERRED else None
    )
    held = Dispatch.objects.get()
    assert (held.due_at, held.lease, held.lease_until) == (decision.retry_at, None, None)
    assert row(one).next_attempt_at == decision.retry_at
    assert row(one).status == "in_progress"
    assert not Certificate.objects.exists()
    assert claimable() == []
    assert claimable(decision.retry_at) == [one]
    assert attempt(one, RELAYED).final
    assert [tried.number for tried in Attempt.objects.order_by("number")] == [1, 2]


def test_bytes_of_a_server_that_are_no_text_are_kept_as_they_came(value: SmtpCredentialValue, one: UUID) -> None:
    said = Reply(code=550, enhanced=None, text=b"550 \xff\r\n", stage="data")
    attempt(one, replace(REFUSED, reply=said))
    assert facts(value.organisation, one)[-1].details["reply"]["text"] == {"base64": "NTUwIP8NCg=="}


@pytest.mark.parametrize("stage", ["dns", "connect", "tls", "ehlo", "auth", "mail", "rcpt", "data", "quit", "local"])
def test_every_stage_of_the_channel_can_be_recorded(value: SmtpCredentialValue, one: UUID, stage: str) -> None:
    """A wrong password at the smarthost, for one, is said at the stage `auth`."""
    attempt(one, replace(DEFERRED, stage=stage))
    assert facts(value.organisation, one)[-1].details["stage"] == stage


def test_whoever_lost_its_lease_records_nothing(value: SmtpCredentialValue, one: UUID) -> None:
    opened = open_one(one)
    before = types(value, one)
    lease(one)
    with pytest.raises(LostLease):
        close_one(opened, RELAYED)
    with pytest.raises(LostLease):
        open_one(one, opened.lease)
    assert types(value, one) == before
    assert row(one).status == "in_progress"
    assert Attempt.objects.get().closed_at is None


def test_an_attempt_that_is_closed_already_is_not_closed_again(value: SmtpCredentialValue, one: UUID) -> None:
    """The answer to its commit was lost, and meanwhile the same worker makes the next attempt."""
    first = open_one(one)
    close_one(first, DEFERRED)
    Dispatch.objects.update(lease=first.lease)
    second = open_one(one, first.lease)
    recorded = types(value, one)
    with pytest.raises(LostLease):
        close_one(first, DEFERRED)
    assert types(value, one) == recorded
    assert Dispatch.objects.get().lease == first.lease
    assert close_one(second, RELAYED).final


def test_an_interrupted_attempt_is_told_as_unknown_and_made_again(value: SmtpCredentialValue, one: UUID) -> None:
    open_one(one)
    opened = open_one(one)
    assert opened.number == 2
    assert types(value, one) == ["communication.accepted", "attempt.opened", "attempt.unknown", "attempt.opened"]
    unknown = facts(value.organisation, one)[2]
    assert unknown.details["attempt"] == 1
    assert "may have left" in unknown.details["reason"]
    first, second = Attempt.objects.order_by("number")
    assert (first.result, second.result) == ("unknown", "")
    assert first.closed_at is not None
    assert close_one(opened, RELAYED).final
    assert row(one).outcome == "relayed"


@pytest.mark.parametrize("broken", ["keep", "record"])
def test_a_fault_of_ours_while_closing_leaves_the_attempt_open(
    value: SmtpCredentialValue, one: UUID, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    opened = open_one(one)

    def fail(*_: object, **__: object) -> None:
        raise TemporaryError("Custody cannot keep an object.")

    with monkeypatch.context() as patch:
        patch.setattr(custody if broken == "keep" else attempts, broken, fail)
        with pytest.raises(TemporaryError):
            close_one(opened, RELAYED)
    assert Attempt.objects.get().closed_at is None
    assert row(one).status == "in_progress"
    assert Dispatch.objects.get().lease == opened.lease
    assert close_one(opened, RELAYED).final


def test_when_the_retries_are_exhausted_we_say_so_ourselves(value: SmtpCredentialValue, one: UUID) -> None:
    brief = rules.Schedule(scale=1.0, limit=timedelta(minutes=4))
    decision = attempt(one, DEFERRED, brief)
    assert decision.final
    assert types(value, one)[-2:] == ["attempt.deferred", "attempt.failed"]
    deferred, failed = facts(value.organisation, one)[-2:]
    assert deferred.details["retry_at"] is None
    assert failed.details == {
        "attempts": 1,
        "channel": "email",
        "failure_class": "throttled",
        "reason": "The server answered.",
    }
    assert row(one).status == "failed"
    assert not Dispatch.objects.exists()


def test_an_end_that_nobody_knows_is_undetermined(value: SmtpCredentialValue, one: UUID) -> None:
    attempt(one, UNKNOWN, rules.Schedule(scale=1.0, limit=timedelta(minutes=4)))
    assert types(value, one)[-1] == "attempt.unknown"
    assert (row(one).outcome, row(one).status) == ("undetermined", "failed")
    assert not Dispatch.objects.exists()


def notices(one: UUID) -> list[str]:
    return list(Notice.objects.filter(communication_id=one).order_by("created_at").values_list("kind", flat=True))


def told(value: SmtpCredentialValue, *notify: str) -> UUID:
    recipient = Recipient(address="ana@cliente.example", notify=notify)
    return accept(value, message(message_id=None), recipient)


@pytest.mark.parametrize(
    ("notify", "result", "expected"),
    [
        ((), REFUSED, ["failed"]),
        ((), RELAYED, []),
        (("NEVER",), REFUSED, []),
        (("SUCCESS",), REFUSED, []),
        (("SUCCESS",), RELAYED, ["relayed"]),
        (("SUCCESS",), replace(RELAYED, dsn_supported=True), []),
        (("SUCCESS", "FAILURE"), NO_DOMAIN, ["failed"]),
        (("DELAY",), DEFERRED, []),
    ],
)
def test_the_sender_is_told_what_they_asked_for(
    value: SmtpCredentialValue, notify: tuple[str, ...], result: Outcome, expected: list[str]
) -> None:
    one = told(value, *notify)
    attempt(one, result)
    assert notices(one) == expected


def test_a_notice_is_in_custody_and_says_what_happened(value: SmtpCredentialValue, one: UUID) -> None:
    attempt(one, REFUSED)
    notice = Notice.objects.get()
    assert notice.recipient == "avisos@ribera.example"
    content = custody.open_object(organisation=value.organisation, sha256=notice.message_sha256)
    assert b"multipart/report" in content
    assert b"Status: 5.1.1" in content
    assert b"Final-Recipient: rfc822;ana@cliente.example" in content.replace(b"; ", b";")
    assert b"550 5.1.1 unknown" in content
    assert notice.message_id.encode() in content
    # Told only when it was handed over: until then no fact says so.
    assert "sender.notified" not in types(value, one)


def test_a_delay_is_told_once(value: SmtpCredentialValue, one: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    start = clock.now()
    for hours, expected in ((3, []), (5, ["delayed"]), (9, ["delayed"])):
        monkeypatch.setattr(clock, "now", lambda hours=hours: start + timedelta(hours=hours))
        attempt(one, DEFERRED)
        assert notices(one) == expected
    attempt(one, REFUSED)
    assert notices(one) == ["delayed", "failed"]


def test_a_communication_of_one_organisation_is_certified_once(value: SmtpCredentialValue, one: UUID) -> None:
    attempt(one, DEFERRED)
    attempt(one, RELAYED)
    assert Certificate.objects.filter(subject=one).count() == 1


def test_what_a_smarthost_refuses_at_login_is_tried_again(value: SmtpCredentialValue, one: UUID) -> None:
    said = Reply(code=535, enhanced="5.7.8", text=b"535 5.7.8 bad\r\n", stage="auth")
    wrong = outcome(Result.DEFERRED, failure_class="other", stage="auth")
    assert attempt(one, replace(wrong, reply=said)).retry_at is not None


@pytest.mark.parametrize("result", [RELAYED, DEFERRED, REFUSED, UNKNOWN, NO_DOMAIN])
def test_what_went_through_a_smarthost_is_recorded_as_such(
    value: SmtpCredentialValue, one: UUID, result: Outcome
) -> None:
    attempt(one, replace(result, via="smarthost"))
    assert facts(value.organisation, one)[-1].details["via"] == "smarthost"
    if result is RELAYED:
        assert (row(one).outcome, row(one).grade, row(one).status) == ("handed", 0, "concluded")
        assert Certificate.objects.filter(subject=one).exists()


def test_the_notice_of_a_smarthost_speaks_for_it_alone(value: SmtpCredentialValue) -> None:
    attempt(told(value, "SUCCESS"), replace(RELAYED, via="smarthost"))
    content = custody.open_object(organisation=value.organisation, sha256=Notice.objects.get().message_sha256)
    mail = message_from_bytes(content, policy=default)
    assert mail["Subject"] == "Entregado al servidor de salida: Prueba"
    said = next(iter(mail.iter_parts())).get_content()
    assert "Su servidor de salida ha aceptado" in said
    assert "servidor de correo del destinatario" not in said
