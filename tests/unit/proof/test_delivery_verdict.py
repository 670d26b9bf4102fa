"""The verdict: every outcome, and what it says it does not prove."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acuse.errors import InputError
from acuse.proof.canonical import canonicalise
from acuse.proof.facts.fact import Fact
from acuse.proof.verdicts.delivery import LIMITS, OUTCOMES, REPORTS_COUNT, statement, verdict
from tests.unit.proof.support import chain, fact

FULL: tuple[str, dict[str, Any]] = ("attempt.refused", {"failure_class": "mailbox_full"})
NO_DOMAIN: tuple[str, dict[str, Any]] = ("attempt.failed", {"failure_class": "domain_not_found"})
HANDED: tuple[str, dict[str, Any]] = ("attempt.relayed", {"via": "smarthost"})
ACCEPTED = "communication.accepted"
OPENED, RELAYED, UNKNOWN, DEFERRED = "attempt.opened", "attempt.relayed", "attempt.unknown", "attempt.deferred"
RETRIED: tuple[str, dict[str, Any]] = (UNKNOWN, {"retry_at": "2026-11-21T10:00:00.000000Z"})
BOUNCE: tuple[str, dict[str, Any]] = ("bounce.received", {"failure_class": "mailbox_full", "permanent": True})
CONFIRMED = "delivery.confirmed"
EXPIRED = "term.expired"
STATED = "address_stated_by_sender"
BOUNCED_LIMITS = ("not_known_to_recipient", "not_report_true", "not_other_addresses")
DELIVERED_LIMITS = ("not_inbox", "not_read", "not_report_true", "not_identity")


@pytest.mark.parametrize(
    ("steps", "outcome", "grade", "failure_class", "final", "limits"),
    [
        ([], "pending", 0, None, False, {"not_arrived", "address_stated_by_sender"}),
        (
            ["attempt.opened", "attempt.deferred"],
            "pending",
            0,
            None,
            False,
            {"not_arrived", "address_stated_by_sender"},
        ),
        (
            ["attempt.opened", "attempt.relayed", "sender.notified", "certificate.issued"],
            "relayed",
            1,
            None,
            True,
            {"not_inbox", "not_read", "not_identity", "address_stated_by_sender"},
        ),
        (
            ["attempt.opened", FULL],
            "failed",
            0,
            "mailbox_full",
            True,
            {"not_known_to_recipient", "not_reply_true", "not_other_addresses"},
        ),
        (
            [NO_DOMAIN],
            "failed",
            0,
            "domain_not_found",
            True,
            {"not_known_to_recipient", "not_other_addresses"},
        ),
        (
            ["attempt.opened", "attempt.unknown"],
            "undetermined",
            0,
            None,
            False,
            {"not_arrival_nor_absence", "address_stated_by_sender"},
        ),
        (
            ["attempt.unknown", "attempt.opened", "attempt.relayed"],
            "relayed",
            1,
            None,
            True,
            {"not_inbox", "not_read", "not_identity", "second_copy_possible", "address_stated_by_sender"},
        ),
        (
            ["attempt.unknown", "attempt.opened", FULL],
            "undetermined",
            0,
            None,
            True,
            {"not_arrival_nor_absence", "address_stated_by_sender"},
        ),
        (
            ["attempt.relayed", FULL],
            "failed",
            0,
            "mailbox_full",
            True,
            {"not_known_to_recipient", "not_reply_true", "not_other_addresses"},
        ),
        (
            ["attempt.opened", HANDED],
            "handed",
            0,
            None,
            True,
            {"not_arrived", "not_known_to_recipient", "address_stated_by_sender"},
        ),
        (
            ["attempt.unknown", "attempt.opened", HANDED],
            "handed",
            0,
            None,
            True,
            {"not_arrived", "not_known_to_recipient", "second_copy_possible", "address_stated_by_sender"},
        ),
        (
            [HANDED, FULL],
            "failed",
            0,
            "mailbox_full",
            True,
            {"not_known_to_recipient", "not_reply_true", "not_other_addresses"},
        ),
        (["ticket.opened"], "pending", 0, None, False, {"not_arrived", "address_stated_by_sender"}),
    ],
)
def test_outcomes(
    steps: list[Any], outcome: str, grade: int, failure_class: str | None, final: bool, limits: set[str]
) -> None:
    judged = verdict(chain(ACCEPTED, *steps))
    assert (judged.outcome, judged.grade, judged.failure_class, judged.final) == (
        outcome,
        grade,
        failure_class,
        final,
    )
    assert set(judged.limits) == limits
    assert judged.decisive is not None


@pytest.mark.parametrize(
    ("steps", "outcome", "grade", "limits"),
    [
        pytest.param([OPENED, RELAYED, BOUNCE], "failed", 0, BOUNCED_LIMITS, id="a late bounce lowers G1"),
        pytest.param([HANDED, BOUNCE], "failed", 0, BOUNCED_LIMITS, id="of the sender's own server"),
        pytest.param([RELAYED, CONFIRMED], "delivered", 2, (*DELIVERED_LIMITS, STATED), id="a confirmation gives G2"),
        pytest.param([HANDED, CONFIRMED], "delivered", 2, (*DELIVERED_LIMITS, STATED), id="past the sender's server"),
        pytest.param([RELAYED, CONFIRMED, BOUNCE], "failed", 0, BOUNCED_LIMITS, id="a late bounce lowers G2"),
        pytest.param([RELAYED, BOUNCE, CONFIRMED], "delivered", 2, (*DELIVERED_LIMITS, STATED), id="the later stands"),
        pytest.param([DEFERRED, BOUNCE], "pending", 0, ("not_arrived", STATED), id="nothing was ever taken"),
        pytest.param(
            [DEFERRED, BOUNCE, OPENED, RELAYED],
            "relayed",
            1,
            ("not_inbox", "not_read", "not_identity", STATED),
            id="a bounce between tries says nothing of the next",
        ),
        pytest.param(
            [RETRIED, BOUNCE, OPENED, RELAYED],
            "relayed",
            1,
            ("not_inbox", "not_read", "not_identity", "second_copy_possible", STATED),
            id="a bounce while tries follow changes nothing",
        ),
        pytest.param([UNKNOWN, BOUNCE], "failed", 0, BOUNCED_LIMITS, id="a bounce after the last try is its answer"),
        pytest.param([RETRIED, OPENED, FULL, BOUNCE], "failed", 0, BOUNCED_LIMITS, id="of the only copy that left"),
        pytest.param([OPENED, BOUNCE, RELAYED], "failed", 0, BOUNCED_LIMITS, id="a bounce before its try was recorded"),
        pytest.param(
            [OPENED, CONFIRMED, RELAYED],
            "delivered",
            2,
            (*DELIVERED_LIMITS, STATED),
            id="a confirmation before its try was recorded",
        ),
        pytest.param(
            [RETRIED, OPENED, RELAYED, BOUNCE],
            "undetermined",
            0,
            ("not_arrival_nor_absence", "not_report_true", STATED),
            id="one of two copies came back",
        ),
        pytest.param(
            [RETRIED, OPENED, RELAYED, CONFIRMED, BOUNCE],
            "delivered",
            2,
            (*DELIVERED_LIMITS, "second_copy_possible", STATED),
            id="one of two copies came back and the other was delivered",
        ),
        pytest.param(
            [RETRIED, CONFIRMED, OPENED, DEFERRED, OPENED, FULL],
            "delivered",
            2,
            (*DELIVERED_LIMITS, "second_copy_possible", STATED),
            id="what befell another copy does not undo a delivery",
        ),
        pytest.param(
            [FULL, CONFIRMED],
            "failed",
            0,
            ("not_known_to_recipient", "not_reply_true", "not_other_addresses"),
            id="what no server took nobody delivered",
        ),
    ],
)
def test_what_reports_change(steps: list[Any], outcome: str, grade: int, limits: tuple[str, ...]) -> None:
    judged = verdict(chain(ACCEPTED, *steps))
    assert (judged.outcome, judged.grade, judged.limits) == (outcome, grade, limits)
    assert judged.failure_class == ("mailbox_full" if outcome == "failed" else None)


def test_a_report_repeated_moves_nothing() -> None:
    facts = chain(ACCEPTED, RELAYED, BOUNCE, ("bounce.received", {"failure_class": "other", "permanent": True}))
    assert verdict(facts).decisive == facts[2]
    facts = chain(ACCEPTED, RELAYED, CONFIRMED, CONFIRMED)
    assert verdict(facts).decisive == facts[2]


def test_a_confirmation_after_a_bounce_shows_again_what_the_server_took() -> None:
    facts = chain(ACCEPTED, RELAYED, BOUNCE, CONFIRMED)
    assert verdict(facts).reached == {0: facts[0], 1: facts[1], 2: facts[3]}


@pytest.mark.parametrize("act", ["content.accessed", "acceptance.given", "content.rejected"])
@pytest.mark.parametrize("report", [BOUNCE, (CONFIRMED, {})])
def test_no_report_weighs_against_what_the_recipient_did(act: str, report: tuple[str, dict[str, Any]]) -> None:
    facts = chain(ACCEPTED, RELAYED, act, report)
    before, after = verdict(facts[:-1]), verdict(facts)
    assert (after.outcome, after.failure_class, after.decisive) == (before.outcome, None, facts[2])
    assert after.grade >= before.grade


def at(occurred: Fact, *, after: Fact, passed: timedelta) -> Fact:
    return replace(occurred, occurred_at=after.occurred_at + passed)


@pytest.mark.parametrize("reports", [[BOUNCE], [BOUNCE, BOUNCE], [BOUNCE, CONFIRMED], [CONFIRMED, BOUNCE], [CONFIRMED]])
@pytest.mark.parametrize("before", [[RELAYED], [HANDED], [UNKNOWN], [RELAYED, CONFIRMED], [RETRIED, RELAYED]])
def test_no_report_undoes_the_end_of_a_term(before: list[Any], reports: list[Any]) -> None:
    facts = chain(ACCEPTED, *before, EXPIRED, *reports)
    ended = len(before) + 1
    judged = verdict(facts)
    assert (judged.outcome, judged.failure_class, judged.decisive) == ("expired", None, facts[ended])
    confirmed = CONFIRMED in (*before, *reports)
    assert judged.grade == (2 if confirmed else verdict(facts[: ended + 1]).grade)
    assert judged.limits == ("not_aware_of_notice", *(["not_report_true"] if confirmed else []), STATED)


def test_a_report_that_outran_its_try_does_not_undo_the_end_of_a_term() -> None:
    judged = verdict(chain(ACCEPTED, OPENED, BOUNCE, EXPIRED, RELAYED))
    assert (judged.outcome, judged.grade) == ("expired", 1)


@pytest.mark.parametrize("before", [[RELAYED], [HANDED], [UNKNOWN], [RELAYED, CONFIRMED], [RETRIED, OPENED, RELAYED]])
def test_a_failure_counts_for_some_days_after_the_last_copy_was_taken(before: list[Any]) -> None:
    *earlier, bounce = chain(ACCEPTED, *before, BOUNCE)
    copy = next(one for one in reversed(earlier) if one.type in (RELAYED, UNKNOWN))
    undone = "undetermined" if RETRIED in before else "failed"
    assert verdict([*earlier, at(bounce, after=copy, passed=REPORTS_COUNT)]).outcome == undone
    late = at(bounce, after=copy, passed=REPORTS_COUNT + timedelta(microseconds=1))
    assert verdict([*earlier, late]) == verdict(earlier)


@pytest.mark.parametrize(
    "before", [[RELAYED], [HANDED], [UNKNOWN], [RELAYED, BOUNCE], [RETRIED, RELAYED], [RELAYED, EXPIRED]]
)
def test_a_delivery_counts_for_some_days_after_the_last_copy_was_taken(before: list[Any]) -> None:
    *earlier, confirmed = chain(ACCEPTED, *before, CONFIRMED)
    copy = next(one for one in reversed(earlier) if one.type in (RELAYED, UNKNOWN))
    assert verdict([*earlier, at(confirmed, after=copy, passed=REPORTS_COUNT)]).grade == 2
    late = at(confirmed, after=copy, passed=REPORTS_COUNT + timedelta(microseconds=1))
    assert verdict([*earlier, late]) == verdict(earlier)


def test_a_report_that_gives_the_grade_says_that_nobody_signs_it_though_something_else_decided() -> None:
    judged = verdict(chain(ACCEPTED, RELAYED, CONFIRMED, "content.rejected"))
    assert (judged.outcome, judged.grade) == ("refused", 2)
    assert judged.limits == ("not_known_before_refusal", "link_forwarded", "not_report_true", STATED)
    judged = verdict(chain(ACCEPTED, RELAYED, CONFIRMED, "content.accessed"))
    assert (judged.grade, judged.limits) == (3, ("link_forwarded", "not_understood", STATED))


def test_the_time_in_which_reports_count_begins_with_the_last_copy() -> None:
    first, unknown, relayed, bounce = chain(ACCEPTED, RETRIED, RELAYED, BOUNCE)
    relayed = at(relayed, after=unknown, passed=timedelta(days=4))
    judged = verdict([first, unknown, relayed, at(bounce, after=relayed, passed=REPORTS_COUNT)])
    assert (judged.outcome, judged.grade) == ("undetermined", 0)


def test_other_reports_weigh_nothing() -> None:
    others = ["delivery.delayed", "delivery.passed_on", "complaint.received", "auto_reply.received", "reply.received"]
    facts = chain(ACCEPTED, OPENED, RELAYED)
    assert verdict(chain(ACCEPTED, OPENED, RELAYED, *others)) == verdict(facts)


def test_what_was_decisive() -> None:
    facts = chain(ACCEPTED, "attempt.opened", "attempt.deferred", "attempt.opened", "attempt.relayed", "receipt.issued")
    judged = verdict(facts)
    assert judged.decisive == facts[4]
    assert judged.reached == {0: facts[0], 1: facts[4]}


@given(
    st.lists(
        st.sampled_from(
            [OPENED, DEFERRED, RELAYED, UNKNOWN, RETRIED, FULL, HANDED, NO_DOMAIN, BOUNCE, CONFIRMED, "x.y"]
        ),
        max_size=9,
    )
)
def test_every_history_has_one_verdict(steps: list[Any]) -> None:
    facts = chain(ACCEPTED, *steps)
    judged = verdict(facts)
    assert judged.outcome in OUTCOMES
    assert judged.grade in judged.reached
    assert set(judged.limits) <= set(LIMITS)
    assert (judged.failure_class is not None) == (judged.outcome == "failed")
    assert canonicalise(statement(judged, facts, facts_up_to=9)) == canonicalise(
        statement(verdict(facts), facts, facts_up_to=9)
    )


@given(
    st.lists(st.sampled_from([OPENED, DEFERRED, RELAYED, UNKNOWN, RETRIED, FULL, HANDED, NO_DOMAIN]), max_size=6),
    st.lists(st.sampled_from([BOUNCE, CONFIRMED, "delivery.delayed", "reply.received"]), max_size=4),
)
def test_reports_alone_never_make_a_delivery_of_nothing(tries: list[Any], reports: list[Any]) -> None:
    before, after = verdict(chain(ACCEPTED, *tries)), verdict(chain(ACCEPTED, *tries, *reports))
    taken = any(step in (RELAYED, UNKNOWN, RETRIED, HANDED) for step in tries)
    assert (after.grade == 2) <= (taken and CONFIRMED in reports)
    if not taken:
        assert (after.outcome, after.failure_class, after.decisive) == (
            before.outcome,
            before.failure_class,
            before.decisive,
        )
    assert after.final >= before.final
    assert ("not_report_true" in after.limits) == (
        after.decisive is not None and after.decisive.type in {CONFIRMED, BOUNCE[0]}
    )


def test_facts_that_are_no_communication_are_refused() -> None:
    other = fact("attempt.relayed", subject=fact().id, after=fact())
    for facts in ([], chain("attempt.relayed"), [fact(kind="ticket")], [fact(), other]):
        with pytest.raises(InputError):
            verdict(facts)


def test_the_statement() -> None:
    facts = chain(ACCEPTED, "attempt.relayed")
    stated = statement(verdict(facts), facts, facts_up_to=41)
    assert stated["outcome"] == "relayed"
    assert stated["facts_up_to"] == 41
    assert stated["decisive"] == str(facts[1].id)
    assert stated["last_entry"] == facts[1].entry().hex()
    assert [each["grade"] for each in stated["reached"]] == [0, 1]
