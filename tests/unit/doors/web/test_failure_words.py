"""Failures as their page tells them: each class has a name and advice, and servers are cited word for word."""

from datetime import UTC, datetime
from typing import Any

from django.utils import translation
from uuid6 import uuid7

from acuse.delivery.queries.failures import REPLIES, most_frequent
from acuse.doors.console.failures import words
from acuse.proof.facts.communication import FAILURE_CLASSES, KIND
from acuse.proof.facts.fact import Actor, Fact, Subject


def said(type: str, **details: Any) -> Fact:
    """A fact of a failure; the details are those that matter here."""
    now = datetime(2026, 11, 23, 10, 58, 41, tzinfo=UTC)
    return Fact(
        id=uuid7(),
        organisation=uuid7(),
        subject=Subject(kind=KIND, id=uuid7()),
        subject_sequence=2,
        previous=b"\0" * 32,
        type=type,
        occurred_at=now,
        recorded_at=now,
        actor=Actor(kind="component", id="dispatcher"),
        details=details,
        objects=(),
        salt=b"\0" * 16,
    )


def refused(text: object, *, enhanced: str = "5.1.1", failure_class: str = "other") -> Fact:
    """A refusal with the words of a server."""
    reply = {"code": 550, "enhanced": enhanced, "text": text}
    return said("attempt.refused", reply=reply, failure_class=failure_class)


def test_each_class_has_words_of_its_own_in_both_languages() -> None:
    named = [one for one in FAILURE_CLASSES if one != "undetermined"]
    told = set()
    for language in ("es", "en"):
        with translation.override(language):
            told |= {words(one) for one in named}
            assert words("undetermined") == words("other")
    assert len(told) == 2 * len(named)
    assert all(title and advice for title, advice in told)


def test_the_most_frequent_come_first_in_the_words_of_the_newest() -> None:
    facts = [refused("550 no 7"), refused("550 b@x.example no"), refused("550 no 8"), refused("550 a@x.example no")]
    facts += [refused("550 a@x.example no", enhanced="5.7.1"), refused("550 c@x.example no"), refused("550 why")]
    found = most_frequent(facts, failure_class="other")
    assert [(one.text, one.count) for one in found] == [
        ("550 b@x.example no", 3),
        ("550 no 7", 2),
        ("550 a@x.example no", 1),
    ]
    assert len(found) == REPLIES


def test_what_explains_another_failure_or_says_nothing_is_left_out() -> None:
    silent = said("attempt.deferred", reply=None, failure_class="other")
    mute = said("bounce.received", diagnostic=None, status="5.0.0", failure_class="other")
    assert most_frequent([silent, mute, refused("x", failure_class="throttled")], failure_class="other") == ()


def test_bytes_that_are_not_text_are_counted_as_they_are() -> None:
    raw = {"base64": "/w=="}
    report = said("bounce.received", diagnostic=raw, status="5.0.0", failure_class="other")
    assert [(one.text, one.count) for one in most_frequent([report, report], failure_class="other")] == [(raw, 2)]
