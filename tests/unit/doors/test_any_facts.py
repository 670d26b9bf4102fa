"""No fact's details, whatever they say, make verification or its words fail: files come from anywhere."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from acuse.doors.portal.deadline_words import deadline_remarks, deadline_words
from acuse.doors.portal.words import file_outcome, step_lines
from acuse.doors.ui import grades
from acuse.doors.ui.contradictions import contradictions
from acuse.doors.ui.limits import limits_sentence
from acuse.proof.archive import Archive
from acuse.proof.canonical import canonicalise
from acuse.proof.facts.fact import Fact
from acuse.proof.report import Report
from tests.unit.proof.support import ACCEPTED, chain
from tests.unit.proof.test_canonical import JSON
from tests.unit.proof.test_verify import OPERATOR, check
from tests.unit.proof.test_verify_deadlines import TICKET

SENT = chain(
    ("communication.accepted", ACCEPTED),
    "attempt.opened",
    ("attempt.deferred", {"retry_at": None}),
    ("attempt.relayed", {"via": None}),
    ("content.accessed", {"authentication": "code"}),
    ("acceptance.given", {"words": "Acepto", "comments": ""}),
    ("bounce.received", {"failure_class": "mailbox_full", "permanent": True}),
)


@st.composite
def mutilated(draw: st.DrawFn) -> list[Fact]:
    """A chain in which one fact lacks a member, or says something else in it."""
    facts: Sequence[Fact] = draw(st.sampled_from([SENT, TICKET.facts]))
    chosen = draw(st.integers(0, len(facts) - 1))
    details: dict[str, Any] = dict(facts[chosen].details)
    name = draw(st.sampled_from([*sorted(details), "follows", "failure_class"]))
    details.pop(name, None)
    if draw(st.booleans()):
        details[name] = draw(JSON)
    made: list[Fact] = []
    for place, fact in enumerate(facts):
        told = details if place == chosen else fact.details
        made.append(replace(fact, details=told, previous=made[-1].entry() if made else None))
    return made


def tell(report: Report) -> None:
    """Say all that the command and the public page say of a report."""
    canonicalise(report.to_members())
    assert report.to_text()
    assert len(step_lines(report)) == 8
    assert file_outcome(report, record=None, content=None).title
    if report.deadlines is not None:
        assert len(deadline_words(report.deadlines)) == len(report.deadlines.deadlines)
        contradictions(report.deadlines.contradictions)
        deadline_remarks(report.deadlines)
    if report.verdict is not None:
        verdict = report.verdict
        limits_sentence(verdict.limits)
        assert grades.outcome_word(outcome=verdict.outcome, grade=verdict.grade, failure_class=verdict.failure_class)


@given(mutilated())
@settings(max_examples=60)
def test_whatever_one_fact_says_the_rest_is_verified_and_told(facts: list[Fact]) -> None:
    proof = OPERATOR.bundle(facts).to_json()
    tell(check(proof))
    tell(check(Archive(proof=proof, objects=TICKET.objects if facts[0].subject.kind == "ticket" else {}).to_zip()))
