"""Retries, what an outcome leads to, what the sender is told, and how a client's retry is recognised."""

import inspect
from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest

from acuse.channels import dns
from acuse.channels.base import Outcome, Result
from acuse.channels.email.send import EmailChannel
from acuse.channels.email.wire import Timeouts
from acuse.delivery.rules import (
    DELAY_NOTICE_AFTER,
    LEASE,
    SEND_TOTAL,
    Decision,
    Schedule,
    decide,
    deduplication_key,
    domain_of,
    mailbox_key,
    notices_owed,
)

ACCEPTED = datetime(2026, 11, 21, 9, tzinfo=UTC)
SCHEDULE = Schedule(scale=1.0, limit=timedelta(days=5))
CREDENTIAL = UUID(int=7)
HOUR = timedelta(hours=1)


def outcome(result: Result, *, final_locally: bool = False) -> Outcome:
    return Outcome(
        result=result,
        failure_class=None,
        reply=None,
        reason="",
        host=None,
        address=None,
        tls=None,
        dns={},
        dsn_supported=False,
        transcript=b"",
        final_locally=final_locally,
    )


def after(result: Result, *, waited: timedelta = timedelta(), attempts: int = 1, **more: bool) -> Decision:
    return decide(
        outcome(result, **more), attempts=attempts, accepted_at=ACCEPTED, now=ACCEPTED + waited, schedule=SCHEDULE
    )


def test_waits_grow_from_minutes_to_four_hours_and_stay_there() -> None:
    waits = [SCHEDULE.wait(number) / timedelta(minutes=1) for number in range(1, 10)]
    assert waits == [5, 10, 20, 30, 60, 120, 240, 240, 240]
    # RFC 5321 4.5.4.1: two attempts within the first hour, and about half an hour between later ones at least.
    assert waits[0] < 60
    assert all(wait >= 30 for wait in waits[3:])


def test_the_scale_multiplies_every_wait() -> None:
    quick = Schedule(scale=0.01, limit=HOUR)
    assert [quick.wait(number) for number in (1, 7, 70)] == [SCHEDULE.wait(number) * 0.01 for number in (1, 7, 70)]


def test_a_lease_outlasts_the_longest_conversation() -> None:
    assert LEASE > SEND_TOTAL


def test_a_relayed_message_is_final() -> None:
    decision = after(Result.RELAYED)
    assert (decision.fact_type, decision.final, decision.gave_up) == ("attempt.relayed", True, False)


def test_who_said_no_makes_the_fact() -> None:
    said_by_them, known_by_us = after(Result.REFUSED), after(Result.REFUSED, final_locally=True)
    assert (said_by_them.fact_type, said_by_them.final) == ("attempt.refused", True)
    assert (known_by_us.fact_type, known_by_us.final) == ("attempt.failed", True)


@pytest.mark.parametrize(
    ("result", "fact_type"), [(Result.DEFERRED, "attempt.deferred"), (Result.UNKNOWN, "attempt.unknown")]
)
def test_what_may_still_work_is_tried_again(result: Result, fact_type: str) -> None:
    decision = after(result, waited=HOUR, attempts=3)
    assert decision.fact_type == fact_type
    assert decision.retry_at == ACCEPTED + HOUR + timedelta(minutes=20)
    assert not decision.final
    assert not decision.gave_up


def test_the_last_attempt_starts_within_the_limit_and_no_later() -> None:
    wait = SCHEDULE.wait(9)
    exactly = after(Result.DEFERRED, waited=SCHEDULE.limit - wait, attempts=9)
    assert exactly.retry_at == ACCEPTED + SCHEDULE.limit
    beyond = after(Result.DEFERRED, waited=SCHEDULE.limit - wait + timedelta(microseconds=1), attempts=9)
    assert beyond.final
    assert beyond.gave_up
    assert beyond.fact_type == "attempt.deferred"


def test_an_unknown_end_is_not_called_a_failure() -> None:
    decision = after(Result.UNKNOWN, waited=SCHEDULE.limit, attempts=9)
    assert decision.final
    assert not decision.gave_up


RELAYED = Decision(fact_type="attempt.relayed", retry_at=None, gave_up=False)
FAILED = Decision(fact_type="attempt.refused", retry_at=None, gave_up=False)
WAITING = Decision(fact_type="attempt.deferred", retry_at=ACCEPTED + HOUR, gave_up=False)
_WORDS = ("SUCCESS", "FAILURE", "DELAY")
#: Every NOTIFY that RFC 3461 4.1 allows, and none at all.
NOTIFY = [
    (),
    ("NEVER",),
    *(
        tuple(word for word, chosen in zip(_WORDS, bits, strict=True) if chosen)
        for bits in product((0, 1), repeat=3)
        if any(bits)
    ),
]


@pytest.mark.parametrize("notify", NOTIFY)
@pytest.mark.parametrize("dsn_supported", [True, False])
@pytest.mark.parametrize("late", [True, False])
@pytest.mark.parametrize("told", [True, False])
def test_notices_owed_for_every_notify(notify: tuple[str, ...], dsn_supported: bool, late: bool, told: bool) -> None:
    asked = {
        decision.fact_type: notices_owed(
            decision,
            notify=notify,
            relayed=decision is RELAYED,
            dsn_supported=dsn_supported,
            waited=DELAY_NOTICE_AFTER if late else DELAY_NOTICE_AFTER - timedelta(microseconds=1),
            delay_after=DELAY_NOTICE_AFTER,
            delay_told=told,
        )
        for decision in (RELAYED, FAILED, WAITING)
    }
    # Without NOTIFY, failures are told (RFC 3461 4.1) and delays may be.
    assert asked == {
        "attempt.relayed": "relayed" if "SUCCESS" in notify and not dsn_supported else None,
        "attempt.refused": "failed" if "FAILURE" in notify or not notify else None,
        "attempt.deferred": "delayed" if ("DELAY" in notify or not notify) and late and not told else None,
    }


def test_all_nine_forms_of_notify_are_tried() -> None:
    assert len(set(NOTIFY)) == 9


def key(**changes: object) -> bytes:
    parts = {"credential": CREDENTIAL, "message_id": "<a@b>", "recipient": "c@d", "content_sha256": "e" * 64}
    return deduplication_key(**{**parts, **changes})  # type: ignore[arg-type]


def test_a_retry_is_the_same_in_every_part() -> None:
    assert key() == key()
    assert len(key()) == 32
    others = [
        key(credential=UUID(int=8)),
        key(message_id="<b@b>"),
        key(recipient="C@d"),
        key(content_sha256="f" * 64),
    ]
    assert len({key(), *others}) == 5


def test_parts_cannot_run_into_each_other() -> None:
    assert key(message_id="<a@b>c", recipient="@d") != key(message_id="<a@b>", recipient="c@d")
    assert key(message_id="", recipient="<a@b>c@d") != key(message_id="<a@b>", recipient="c@d")
    assert key(message_id="ñ") != key(message_id="n")


@pytest.mark.parametrize(
    ("address", "domain"),
    [("Ana@Example.ORG", "example.org"), ('"a@b"@c.example', "c.example"), ("x@ÑU.example", "ñu.example")],
)
def test_the_domain_is_what_follows_the_last_at(address: str, domain: str) -> None:
    assert domain_of(address) == domain


def test_a_lease_outlasts_the_slowest_send() -> None:
    """Whoever waited its turn and asked every host of the DNS at its slowest still ends within the whole."""
    timeouts = Timeouts(total=SEND_TOTAL.total_seconds())
    questions = 1 + 2 * dns.MAX_HOSTS
    turn = inspect.signature(EmailChannel.__init__).parameters["wait"].default
    assert turn + questions * dns._LIFETIME < timeouts.total
    assert SEND_TOTAL + timedelta(seconds=2 * timeouts.quit, minutes=5) <= LEASE


@pytest.mark.parametrize(
    "address", ["Ana@Peña.example", "ana@peña.example.", "ANA@PEÑA.EXAMPLE", "ana@xn--pea-8ma.example"]
)
def test_one_mailbox_has_one_key(address: str) -> None:
    assert mailbox_key(address) == "ana@xn--pea-8ma.example"


def test_a_letter_that_is_not_of_one_mailbox_makes_another() -> None:
    assert mailbox_key("\N{KELVIN SIGN}im@correo.example") != mailbox_key("Kim@correo.example")


@pytest.mark.parametrize(
    ("address", "key"), [("", ""), ("A@" + "b" * 70, "a@" + "b" * 70), ("A@[1.2.3.4]", "a@[1.2.3.4]")]
)
def test_what_the_dns_cannot_have_stays_in_lower_case(address: str, key: str) -> None:
    assert mailbox_key(address) == key
