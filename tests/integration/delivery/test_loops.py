"""The postman's loops: how many at once, what is put off, and notices that are sent once."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connections

from acuse import clock
from acuse.accounts.values import SmtpCredentialValue
from acuse.channels.base import Outcome
from acuse.config.database import conninfo
from acuse.delivery import followers, rules
from acuse.delivery.jobs import dispatch as dispatch_jobs
from acuse.delivery.jobs import notices as notice_jobs
from acuse.delivery.jobs.dispatch import Dispatcher
from acuse.delivery.jobs.notices import Notifier
from acuse.delivery.models import Attempt, Communication, Dispatch, Notice
from acuse.delivery.services import notices as notice_services
from acuse.delivery.services.work import Work
from acuse.errors import InputError, TemporaryError
from acuse.evidence import custody, leases
from acuse.evidence.alarms import raise_alarm
from acuse.evidence.leases import Holder
from acuse.evidence.models import Alarm
from tests.integration.making import (
    COPY,
    DEFERRED,
    HOST,
    REFUSED,
    RELAYED,
    SCHEDULE,
    UNKNOWN,
    accept,
    attempt,
    envelope,
    facts,
    lease,
    message,
)


@dataclass
class Endpoint:
    """A channel that answers as told, and counts who is inside.

    Attributes:
        gate: sending waits until it is open.
        most: the most messages inside at once, by domain.
    """

    outcome: Outcome = RELAYED
    gate: threading.Event = field(default_factory=threading.Event)
    helo: str = HOST
    sent: list[str] = field(default_factory=list)
    inside: dict[str, int] = field(default_factory=dict)
    most: dict[str, int] = field(default_factory=dict)
    fault: Exception | None = None
    impossible: str = ""
    own: list[tuple[str, bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()

    def target(self, domain: str) -> str:
        return domain

    def compose(self, work: Work) -> tuple[bytes, object]:
        return b"copy", COPY

    def check(self, work: Work, content: bytes) -> None:
        if self.impossible:
            raise InputError(self.impossible)

    def send(self, work: Work, content: bytes) -> Outcome:
        domain = rules.domain_of(work.recipient)
        with self._lock:
            self.inside[domain] = self.inside.get(domain, 0) + 1
            self.most[domain] = max(self.most.get(domain, 0), self.inside[domain])
        if self.fault is not None:
            raise self.fault
        assert self.gate.wait(120)
        with self._lock:
            self.inside[domain] -= 1
            self.sent.append(work.recipient)
        # The pool's thread lives on; its connection must not outlive the test's database.
        return self.outcome

    def send_own(self, *, recipient: str, message: bytes) -> Outcome:
        if self.fault is not None:
            raise self.fault
        self.own.append((recipient, message))
        return self.outcome


def dispatcher(holder: Holder, endpoint: Endpoint, *, threads: int = 16, per_domain: int = 2) -> Dispatcher:
    return Dispatcher(
        holder=holder,
        endpoint=endpoint,  # type: ignore[arg-type]
        schedule=SCHEDULE,
        threads=threads,
        per_domain=per_domain,
    )


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true in time"
        time.sleep(0.02)


def many(value: SmtpCredentialValue, domain: str, count: int) -> list[UUID]:
    return [accept(value, message(message_id=None), f"r{number}@{domain}") for number in range(count)]


def test_no_domain_gets_more_than_its_share(
    value: SmtpCredentialValue, holder: Holder, pool: ThreadPoolExecutor
) -> None:
    many(value, "big.example", 6)
    many(value, "small.example", 1)
    endpoint = Endpoint()
    running = dispatcher(holder, endpoint)
    assert running.dispatch_due(pool) == 3
    wait_until(lambda: endpoint.inside == {"big.example": 2, "small.example": 1})
    # The crowded domain is not even claimed again; its other rows wait unclaimed.
    assert running.dispatch_due(pool) == 0
    assert Dispatch.objects.filter(lease__isnull=False).count() == 3
    assert Dispatch.objects.filter(due_at__gt=clock.now() + timedelta(seconds=2)).count() == 0
    endpoint.gate.set()

    def all_sent() -> bool:
        running.dispatch_due(pool)
        return len(endpoint.sent) == 7

    wait_until(all_sent)
    assert endpoint.most == {"big.example": 2, "small.example": 1}
    wait_until(lambda: not Dispatch.objects.exists())
    assert Communication.objects.filter(outcome="relayed").count() == 7


def test_the_long_queues_of_big_domains_hold_nobody_else_up(
    value: SmtpCredentialValue, holder: Holder, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "_WINDOW", 1)
    for domain in ("big.example", "great.example"):
        many(value, domain, 8)
    many(value, "small.example", 1)
    endpoint = Endpoint()
    assert dispatcher(holder, endpoint, threads=8).dispatch_due(pool) == 5
    wait_until(lambda: endpoint.inside == {"big.example": 2, "great.example": 2, "small.example": 1})
    endpoint.gate.set()


def test_where_there_was_room_for_more_nothing_is_looked_for_again(
    value: SmtpCredentialValue, holder: Holder, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    claims: list[int] = []
    claiming = holder.claim_shares

    def counting(*arguments: Any, **named: Any) -> list[tuple[UUID, str]]:
        claimed = claiming(*arguments, **named)
        claims.append(len(claimed))
        return claimed

    monkeypatch.setattr(holder, "claim_shares", counting)
    many(value, "small.example", 1)
    endpoint = Endpoint()
    running = dispatcher(holder, endpoint)
    assert running.dispatch_due(pool) == 1
    assert claims == [1]
    many(value, "small.example", 2)
    running._look_past_at = 0.0
    assert running.dispatch_due(pool) == 1
    assert claims == [1, 1, 0], "the share is full: others may wait behind it"
    endpoint.gate.set()
    wait_until(lambda: running.dispatch_due(pool) >= 0 and len(endpoint.sent) == 3)


def test_no_more_messages_are_under_way_than_threads(
    value: SmtpCredentialValue, holder: Holder, pool: ThreadPoolExecutor
) -> None:
    for number in range(5):
        many(value, f"d{number}.example", 1)
    endpoint = Endpoint()
    running = dispatcher(holder, endpoint, threads=3)
    assert running.dispatch_due(pool) == 3
    assert running.dispatch_due(pool) == 0
    assert Dispatch.objects.filter(lease__isnull=True).count() == 2
    endpoint.gate.set()
    wait_until(lambda: running.dispatch_due(pool) >= 0 and len(endpoint.sent) == 5)


@pytest.mark.parametrize(
    ("fault", "minutes"), [(TemporaryError("no"), 1), (ZeroDivisionError(), 5)], ids=["expected", "unexpected"]
)
def test_a_fault_of_ours_puts_off_and_gives_the_place_back(
    value: SmtpCredentialValue,
    holder: Holder,
    pool: ThreadPoolExecutor,
    fault: Exception,
    minutes: int,
) -> None:
    (one,) = many(value, "cliente.example", 1)
    endpoint = Endpoint(fault=fault)
    running = dispatcher(holder, endpoint)
    before = clock.now()
    assert running.dispatch_due(pool) == 1
    wait_until(lambda: running._domains.total() == 0)
    held = Dispatch.objects.get()
    assert held.lease is None
    assert timedelta(minutes=minutes) <= held.due_at - before < timedelta(minutes=minutes, seconds=30)
    # It may have left: the next attempt says so.
    endpoint.fault = None
    endpoint.gate.set()
    Dispatch.objects.update(due_at=clock.now())
    assert running.dispatch_due(pool) == 1
    wait_until(lambda: not Dispatch.objects.exists())
    assert [fact.type for fact in facts(value.organisation, one)] == [
        "communication.accepted",
        "attempt.opened",
        "attempt.unknown",
        "attempt.opened",
        "attempt.relayed",
    ]


def test_who_lost_the_lease_while_sending_leaves_the_row_to_the_other(
    value: SmtpCredentialValue, holder: Holder, pool: ThreadPoolExecutor
) -> None:
    (one,) = many(value, "cliente.example", 1)
    endpoint = Endpoint()
    running = dispatcher(holder, endpoint)
    assert running.dispatch_due(pool) == 1
    wait_until(lambda: endpoint.inside == {"cliente.example": 1})
    other = lease(one)
    endpoint.gate.set()
    wait_until(lambda: running._domains.total() == 0)
    assert Dispatch.objects.get().lease == other
    assert Attempt.objects.get().closed_at is None


def test_the_loop_ends_when_told_and_finishes_what_is_under_way(
    value: SmtpCredentialValue, holder: Holder, pool: ThreadPoolExecutor
) -> None:
    many(value, "cliente.example", 1)
    for name in (dispatch_jobs.ALARM, *followers.ALARMS):
        raise_alarm(name, "See the log; a restart clears this.")
    endpoint = Endpoint()
    stop = threading.Event()

    def run() -> None:
        dispatcher(holder, endpoint).run(stop)
        connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    wait_until(lambda: endpoint.inside == {"cliente.example": 1})
    stop.set()
    endpoint.gate.set()
    thread.join(120)
    assert not thread.is_alive()
    assert not Dispatch.objects.exists()
    assert not Alarm.objects.exists()


@pytest.fixture
def notice(value: SmtpCredentialValue) -> Notice:
    """A notice of a failure, owed."""
    attempt(accept(value), REFUSED)
    return Notice.objects.get()


def told(notice: Notice) -> list[str]:
    assert notice.communication_id is not None
    return [fact.type for fact in facts(notice.organisation_id, notice.communication_id)]


def one_turn(holder: Holder, endpoint: Endpoint) -> None:
    """Claim and send what is due, once."""
    notifier = Notifier(holder=holder, endpoint=endpoint, schedule=SCHEDULE)  # type: ignore[arg-type]
    for identity in holder.claim(notice_jobs.QUEUE, term=rules.LEASE, limit=20):
        notifier._send(identity)


def test_a_notice_that_was_taken_is_told_once(value: SmtpCredentialValue, holder: Holder, notice: Notice) -> None:
    endpoint = Endpoint()
    for _ in range(3):
        one_turn(holder, endpoint)
    ((recipient, content),) = endpoint.own
    assert recipient == "avisos@ribera.example"
    assert content == custody.open_object(organisation=value.organisation, sha256=notice.message_sha256)
    notice.refresh_from_db()
    assert notice.sent_at is not None
    assert notice.communication_id is not None
    fact = facts(value.organisation, notice.communication_id)[-1]
    assert fact.type == "sender.notified"
    assert fact.details == {"to": recipient, "action": "failed", "message_id": notice.message_id}
    assert fact.objects[0].sha256 == notice.message_sha256


def test_a_notice_that_was_put_off_is_tried_again(holder: Holder, notice: Notice) -> None:
    endpoint = Endpoint(outcome=DEFERRED)
    one_turn(holder, endpoint)
    notice.refresh_from_db()
    assert (notice.tries, notice.sent_at, notice.given_up_at, notice.lease) == (1, None, None, None)
    assert notice.due_at > clock.now() + timedelta(minutes=4)
    assert notice.last_reply == "The server answered."
    Notice.objects.update(due_at=clock.now())
    endpoint.outcome = RELAYED
    one_turn(holder, endpoint)
    assert told(notice)[-1] == "sender.notified"


@pytest.mark.parametrize("outcome", [REFUSED, UNKNOWN], ids=["refused", "unknown"])
def test_a_notice_without_a_sure_end_is_not_repeated(holder: Holder, notice: Notice, outcome: Outcome) -> None:
    """Its own failure is told to nobody (RFC 5321 6.1), and two notices of one failure mislead."""
    endpoint = Endpoint(outcome=outcome)
    for _ in range(3):
        one_turn(holder, endpoint)
    notice.refresh_from_db()
    assert notice.given_up_at is not None
    assert len(endpoint.own) == 1
    assert "sender.notified" not in told(notice)
    assert Notice.objects.count() == 1


def test_a_notice_is_given_up_after_so_many_tries(holder: Holder, notice: Notice) -> None:
    Notice.objects.update(tries=rules.NOTICE_TRIES - 1)
    one_turn(holder, Endpoint(outcome=DEFERRED))
    notice.refresh_from_db()
    assert notice.given_up_at is not None


@pytest.mark.parametrize("fault", [TemporaryError("no"), ZeroDivisionError()], ids=["expected", "unexpected"])
def test_a_fault_of_ours_leaves_the_notice_for_later(holder: Holder, notice: Notice, fault: Exception) -> None:
    one_turn(holder, Endpoint(fault=fault))
    notice.refresh_from_db()
    assert (notice.sent_at, notice.given_up_at, notice.lease) == (None, None, None)
    assert notice.due_at > clock.now() + timedelta(minutes=4)


def test_a_notice_that_another_took_over_meanwhile_is_not_sent_twice(holder: Holder, notice: Notice) -> None:
    """A batch is sent one after another; slow servers may let the lease of the last ones end."""
    endpoint, others = Endpoint(), Endpoint()
    claimed = holder.claim(notice_jobs.QUEUE, term=rules.LEASE, limit=20)
    assert claimed == [notice.id]
    Notice.objects.update(lease_until=clock.now() - timedelta(seconds=1))
    other = Holder(conninfo=conninfo())
    one_turn(other, others)
    Notifier(holder=holder, endpoint=endpoint, schedule=SCHEDULE)._send(notice.id)  # type: ignore[arg-type]
    assert (len(others.own), len(endpoint.own)) == (1, 0)
    assert told(notice).count("sender.notified") == 1


def test_putting_off_leaves_the_lease_of_another(holder: Holder, notice: Notice) -> None:
    other = Holder(conninfo=conninfo())
    assert other.claim(notice_jobs.QUEUE, term=rules.LEASE, limit=1) == [notice.id]
    notice_services.put_off(notice=notice.id, lease=holder.lease, wait=timedelta(minutes=5))
    notice.refresh_from_db()
    assert notice.lease == other.lease


def test_the_loop_of_notices_ends_when_told(holder: Holder, notice: Notice) -> None:
    endpoint, stop = Endpoint(), threading.Event()

    def run() -> None:
        Notifier(holder=holder, endpoint=endpoint, schedule=SCHEDULE).run(stop)  # type: ignore[arg-type]
        connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    wait_until(lambda: Notice.objects.filter(sent_at__isnull=False).exists())
    stop.set()
    thread.join(120)
    assert not thread.is_alive()
    assert len(endpoint.own) == 1


def test_a_certificate_is_mailed_once(value: SmtpCredentialValue, holder: Holder) -> None:
    one = accept(value, None, *(r.address for r in envelope().recipients))
    kept = custody.keep(organisation=value.organisation, content=b"mail", media_type="message/rfc822")
    for _ in range(2):
        notice_services.owe_certificate(
            communication=one, code="7KQM-4T2H-9XWD-3PFA", message_sha256=kept.sha256, recipient="a@ribera.example"
        )
    endpoint = Endpoint()
    one_turn(holder, endpoint)
    assert endpoint.own == [("a@ribera.example", b"mail")]
    assert "sender.notified" not in [fact.type for fact in facts(value.organisation, one)]
