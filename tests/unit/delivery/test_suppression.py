"""Which facts put an address on the list of those to which nothing is sent: what is for good, and complaints."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from uuid6 import uuid7

from acuse.delivery.suppression import RECENT, TYPES, reason_to_list
from acuse.proof.facts.catalogue import CATALOGUE
from acuse.proof.facts.communication import FAILURE_CLASSES, KIND
from acuse.proof.facts.fact import Actor, Fact, ObjectReference, Subject
from acuse.proof.facts.suppression import REASONS

NOW = datetime(2026, 11, 23, 10, 58, 41, tzinfo=UTC)
DIALOGUE = ObjectReference(role="smtp-dialogue", sha256="ab" * 32, size=1, media_type="application/jsonl")


def fact(type: str, *objects: ObjectReference, at: datetime = NOW, **details: Any) -> Fact:
    """A fact with the details that matter here."""
    return Fact(
        id=uuid7(),
        organisation=uuid7(),
        subject=Subject(kind=KIND, id=uuid7()),
        subject_sequence=3,
        previous=b"\0" * 32,
        type=type,
        occurred_at=at,
        recorded_at=at,
        actor=Actor(kind="component", id="dispatcher"),
        details=details,
        objects=objects,
        salt=b"\0" * 16,
    )


def reason(found: Fact, now: datetime = NOW) -> str | None:
    return reason_to_list(found, now=now)


@pytest.mark.parametrize("failure", FAILURE_CLASSES)
def test_of_failures_for_good_those_list_that_say_that_the_address_is_gone(failure: str) -> None:
    listed = failure if failure in {"mailbox_not_found", "domain_not_found", "no_mail_domain"} else None
    assert reason(fact("attempt.refused", DIALOGUE, failure_class=failure)) == listed
    assert reason(fact("attempt.failed", DIALOGUE, failure_class=failure)) == listed
    assert reason(fact("bounce.received", failure_class=failure, permanent=True)) == listed


@pytest.mark.parametrize(("said", "listed"), [({}, True), ({"own": True}, True), ({"own": False}, False)])
def test_a_report_of_another_address_lists_nothing(said: dict[str, bool], listed: bool) -> None:
    found = fact("bounce.received", failure_class="mailbox_not_found", permanent=True, **said)
    assert (reason(found) is not None) == listed


def test_what_may_pass_lists_nothing() -> None:
    assert reason(fact("bounce.received", failure_class="mailbox_not_found", permanent=False)) is None
    exhausted = fact("attempt.failed", failure_class="mailbox_not_found")
    assert reason(exhausted) is None


def test_a_complaint_lists_whatever_became_of_the_message() -> None:
    assert reason(fact("complaint.received", reception="x")) == "complaint"


def test_what_was_long_ago_lists_nothing() -> None:
    found = fact("complaint.received", reception="x")
    assert reason(found, NOW + RECENT) == "complaint"
    assert reason(found, NOW + RECENT + timedelta(seconds=1)) is None


def test_every_type_and_every_reason_is_in_the_catalogue() -> None:
    assert set(TYPES) <= CATALOGUE.keys()
    assert set(REASONS) - {"complaint"} <= set(FAILURE_CLASSES)
