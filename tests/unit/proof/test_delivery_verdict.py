"""The verdict: every outcome, and what it says it does not prove."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acuse.errors import InputError
from acuse.proof.canonical import canonicalise
from acuse.proof.verdicts.delivery import LIMITS, OUTCOMES, statement, verdict
from tests.unit.proof.support import chain, fact

FULL: tuple[str, dict[str, Any]] = ("attempt.refused", {"failure_class": "mailbox_full"})
NO_DOMAIN: tuple[str, dict[str, Any]] = ("attempt.failed", {"failure_class": "domain_not_found"})
HANDED: tuple[str, dict[str, Any]] = ("attempt.relayed", {"via": "smarthost"})
ACCEPTED = "communication.accepted"


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


def test_what_was_decisive() -> None:
    facts = chain(ACCEPTED, "attempt.opened", "attempt.deferred", "attempt.opened", "attempt.relayed", "receipt.issued")
    judged = verdict(facts)
    assert judged.decisive == facts[4]
    assert judged.reached == {0: facts[0], 1: facts[4]}


@given(
    st.lists(
        st.sampled_from(
            ["attempt.opened", "attempt.deferred", "attempt.relayed", "attempt.unknown", FULL, HANDED, NO_DOMAIN, "x.y"]
        ),
        max_size=8,
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
