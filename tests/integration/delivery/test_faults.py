"""Faults of Acuse itself while it delivers: nothing is sent twice for them, and none goes on without end."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from acuse import clock
from acuse.accounts.values import SmtpCredentialValue
from acuse.certificates.models import Certificate
from acuse.channels.base import Outcome, Reply
from acuse.delivery import rules
from acuse.delivery.envelope import Recipient
from acuse.delivery.jobs import dispatch
from acuse.delivery.jobs.dispatch import Dispatcher
from acuse.delivery.jobs.notices import QUEUE, Notifier
from acuse.delivery.models import Communication, Dispatch, Notice
from acuse.delivery.services import attempts
from acuse.delivery.services import notices as notice_services
from acuse.delivery.services.work import Work
from acuse.errors import InputError, TemporaryError
from acuse.evidence.leases import Holder
from acuse.evidence.models import Alarm
from acuse.mail import dsn
from tests.integration.delivery.test_loops import Endpoint, dispatcher, wait_until
from tests.integration.making import COPY, REFUSED, RELAYED, SCHEDULE, accept, attempt, facts, message


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "_HOLD_SECONDS", 0.01)


def one_to(value: SmtpCredentialValue, **more: Any) -> UUID:
    return accept(value, message(message_id=None), Recipient(address="ana@cliente.example", **more))


def opened_endpoint(**changes: Any) -> Endpoint:
    endpoint = Endpoint(**changes)
    endpoint.gate.set()
    return endpoint


def turn(running: Dispatcher, pool: ThreadPoolExecutor) -> None:
    """Claim whatever waits, however late it is due, and wait until it is put down again."""
    Dispatch.objects.update(due_at=clock.now() - timedelta(seconds=1))
    running.dispatch_due(pool)
    wait_until(lambda: running._domains.total() == 0)


def told(value: SmtpCredentialValue, one: UUID) -> list[str]:
    return [fact.type for fact in facts(value.organisation, one)]


def test_an_envelope_that_cannot_be_sent_ends_at_once(
    value: SmtpCredentialValue, holder: Holder, pool: ThreadPoolExecutor
) -> None:
    one = one_to(value)
    endpoint = opened_endpoint(impossible="ENVID and ORCPT must be xtext (RFC 3461 4).")
    turn(dispatcher(holder, endpoint), pool)
    assert endpoint.sent == []
    assert not Dispatch.objects.exists()
    assert told(value, one) == ["communication.accepted", "attempt.failed"]
    assert facts(value.organisation, one)[-1].details == {
        "attempts": 0,
        "channel": "email",
        "failure_class": "other",
        "reason": "ENVID and ORCPT must be xtext (RFC 3461 4).",
    }
    row = Communication.objects.get()
    assert (row.status, row.outcome, row.failure_class) == ("failed", "failed", "other")
    assert Certificate.objects.filter(subject=one).exists()
    assert Notice.objects.get().kind == "failed"
    assert not Alarm.objects.exists()


@pytest.mark.parametrize(("outcome", "notify"), [(RELAYED, ("SUCCESS",)), (REFUSED, ())], ids=["relayed", "refused"])
@pytest.mark.parametrize("fault", [InputError("no"), ZeroDivisionError()], ids=["ours", "any"])
def test_a_notice_that_cannot_be_written_does_not_send_again(
    value: SmtpCredentialValue,
    holder: Holder,
    pool: ThreadPoolExecutor,
    monkeypatch: pytest.MonkeyPatch,
    fault: Exception,
    outcome: Outcome,
    notify: tuple[str, ...],
) -> None:
    one = one_to(value, notify=notify)

    def broken(*_: object, **__: object) -> None:
        raise fault

    monkeypatch.setattr(dsn, "build", broken)
    endpoint = opened_endpoint(outcome=outcome)
    running = dispatcher(holder, endpoint)
    for _ in range(3):
        turn(running, pool)
    assert endpoint.sent == ["ana@cliente.example"]
    assert told(value, one) == ["communication.accepted", "attempt.opened", f"attempt.{outcome.result}"]
    assert not Notice.objects.exists()
    assert not Dispatch.objects.exists()


@pytest.mark.parametrize("fault", [InputError("no"), ZeroDivisionError(), TemporaryError("no")])
def test_after_the_server_answered_only_recording_is_tried_again(
    value: SmtpCredentialValue,
    holder: Holder,
    pool: ThreadPoolExecutor,
    monkeypatch: pytest.MonkeyPatch,
    fault: Exception,
) -> None:
    one = one_to(value)
    endpoint = opened_endpoint()
    faults = [fault] * 6
    real = attempts.conclude

    def broken(*given: Any, **named: Any) -> Any:
        if faults:
            raise faults.pop()
        return real(*given, **named)

    monkeypatch.setattr(attempts, "conclude", broken)
    turn(dispatcher(holder, endpoint), pool)
    assert endpoint.sent == ["ana@cliente.example"]
    assert told(value, one) == ["communication.accepted", "attempt.opened", "attempt.relayed"]
    assert not Dispatch.objects.exists()
    assert Alarm.objects.filter(name=dispatch.ALARM).exists() != isinstance(fault, TemporaryError)


def test_what_a_server_says_beyond_every_limit_is_recorded_bare(
    value: SmtpCredentialValue, holder: Holder, pool: ThreadPoolExecutor
) -> None:
    """Whoever answers at such length must not get the message again and again."""
    one = one_to(value)
    reply = Reply(code=250, enhanced=None, text=b"250 " + b"a" * 70_000 + b"\r\n", stage="data")
    endpoint = opened_endpoint(outcome=replace(RELAYED, reply=reply, tls={"odd": "value"}))
    turn(dispatcher(holder, endpoint), pool)
    assert endpoint.sent == ["ana@cliente.example"]
    fact = facts(value.organisation, one)[-1]
    assert fact.type == "attempt.relayed"
    assert fact.details["tls"] is None
    assert fact.details["reply"]["text"].startswith("250 aaa")
    assert [cited.role for cited in fact.objects] == ["smtp-dialogue"]


def test_a_session_that_breaks_before_sending_leaves_the_message_for_soon(
    value: SmtpCredentialValue, holder: Holder, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = one_to(value)
    endpoint = opened_endpoint()

    def broken(work: Work) -> tuple[bytes, object]:
        connection.connection.close()
        return b"copy", COPY

    with monkeypatch.context() as patch:
        patch.setattr(endpoint, "compose", broken)
        turn(dispatcher(holder, endpoint), pool)
    held = Dispatch.objects.get()
    assert (held.lease, held.faults) == (None, 0)
    assert held.due_at < clock.now() + timedelta(minutes=2)
    turn(dispatcher(holder, endpoint), pool)
    assert told(value, one) == ["communication.accepted", "attempt.opened", "attempt.relayed"]


@pytest.mark.parametrize("where", ["compose", "send"])
def test_faults_without_end_end_the_message(
    value: SmtpCredentialValue,
    holder: Holder,
    pool: ThreadPoolExecutor,
    monkeypatch: pytest.MonkeyPatch,
    where: str,
) -> None:
    one = one_to(value)
    endpoint = opened_endpoint()
    tries = []

    def broken(*_: object) -> None:
        tries.append(1)
        raise ZeroDivisionError

    monkeypatch.setattr(endpoint, where, broken)
    running = dispatcher(holder, endpoint)
    for _ in range(rules.MOST_FAULTS + 3):
        turn(running, pool)
    assert len(tries) == rules.MOST_FAULTS
    assert not Dispatch.objects.exists()
    failed = facts(value.organisation, one)[-1]
    assert (failed.type, failed.details["failure_class"]) == ("attempt.failed", "other")
    assert failed.details["attempts"] == (0 if where == "compose" else rules.MOST_FAULTS)
    # What was opened may have left: "not delivered" would say more than is known.
    assert Communication.objects.get().outcome == ("failed" if where == "compose" else "undetermined")
    assert told(value, one).count("attempt.unknown") == (0 if where == "compose" else rules.MOST_FAULTS)
    assert Certificate.objects.filter(subject=one).exists()
    assert "given up" in Alarm.objects.get(name=dispatch.ALARM).message


def test_faults_that_pass_do_not_count_but_the_term_does(
    value: SmtpCredentialValue, holder: Holder, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = one_to(value)
    endpoint = opened_endpoint()

    def broken(*_: object) -> None:
        raise TemporaryError("Custody cannot read an object.")

    monkeypatch.setattr(endpoint, "compose", broken)
    running = dispatcher(holder, endpoint)
    for _ in range(rules.MOST_FAULTS + 3):
        turn(running, pool)
    assert Dispatch.objects.get().faults == 0
    Communication.objects.update(created_at=clock.now() - SCHEDULE.limit)
    turn(running, pool)
    turn(running, pool)
    assert not Dispatch.objects.exists()
    assert told(value, one) == ["communication.accepted", "attempt.failed"]


def test_a_message_that_cannot_even_be_given_up_is_not_sent(
    value: SmtpCredentialValue, holder: Holder, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_to(value)
    endpoint = opened_endpoint()
    Dispatch.objects.update(faults=rules.MOST_FAULTS)

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(dispatch, "give_up", broken)
    running = dispatcher(holder, endpoint)
    turn(running, pool)
    held = Dispatch.objects.get()
    assert held.lease is None
    assert held.due_at > clock.now() + timedelta(hours=3)
    assert endpoint.sent == []


@pytest.fixture
def notice(value: SmtpCredentialValue) -> Notice:
    """A notice of a failure, owed."""
    attempt(one_to(value), REFUSED)
    return Notice.objects.get()


def notify(holder: Holder, endpoint: Endpoint) -> None:
    """Send what notices wait, however late they are due."""
    Notice.objects.update(due_at=clock.now() - timedelta(seconds=1))
    notifier = Notifier(holder=holder, endpoint=endpoint, schedule=SCHEDULE)  # type: ignore[arg-type]
    for identity in holder.claim(QUEUE, term=rules.LEASE, limit=20):
        notifier._send(identity)


def test_a_notice_that_can_never_be_sent_is_given_up(holder: Holder, notice: Notice) -> None:
    for _ in range(rules.NOTICE_TRIES + 2):
        notify(holder, Endpoint(fault=InputError("The recipient's address has no domain.")))
    notice.refresh_from_db()
    assert (notice.tries, notice.sent_at, notice.lease) == (rules.NOTICE_TRIES, None, None)
    assert notice.given_up_at is not None


def test_a_notice_that_a_server_took_is_not_sent_again(
    holder: Holder, notice: Notice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(notice_services, "_record_sent", broken)
    endpoint = Endpoint()
    for _ in range(3):
        notify(holder, endpoint)
    assert len(endpoint.own) == 1
    notice.refresh_from_db()
    assert notice.given_up_at is not None
