"""Facts and verdicts as the pages tell them: nothing is said better than it is."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import translation
from uuid6 import uuid7

from acuse.certificates.rules import CHANGES
from acuse.doors.console import facts as ledger_words
from acuse.doors.console import timeline, wording
from acuse.doors.ui import grades, limits
from acuse.proof.facts.catalogue import CATALOGUE
from acuse.proof.facts.communication import KIND
from acuse.proof.facts.fact import Actor, Fact, Subject
from acuse.proof.verdicts.delivery import LIMITS, verdict

START = datetime(2026, 11, 23, 10, 58, 41, 207_000, tzinfo=UTC)
ID = UUID("0193505e-7a00-7000-8000-0000000000bb")
REPLY = {"code": 250, "enhanced": "2.0.0", "text": "250 2.0.0 OK\r\n"}
ATTEMPT = {
    "attempt": 1,
    "channel": "email",
    "host": "mx1.correo.example",
    "address": "192.0.2.25:25",
    "stage": "data",
    "reply": REPLY,
    "tls": None,
    "dns": {"mx": [{"preference": 10, "host": "mx1.correo.example.", "addresses": []}], "secure": False},
    "dsn_supported": True,
}
CODE = {"method": "otp", "contact": "ana@cliente.example"}
CUT = {**ATTEMPT, "host": None, "address": None, "stage": None, "reply": None, "dns": None}
OUTGOING = {**ATTEMPT, "via": "smarthost"}
REPORT = {
    "reception": str(ID),
    "form": "dsn",
    "status": "5.2.2",
    "reply": 552,
    "diagnostic": "552 5.2.2 Full",
    "reporting_mta": "mx1.correo.example",
    "remote_mta": None,
}
BOUNCE = {**REPORT, "failure_class": "mailbox_full", "permanent": True}
ACCEPTED = {"credential": "crm", "size": 48_000, "client": {"ip": "203.0.113.1", "helo": "x", "tls": None}}


def facts(*steps: tuple[str, dict[str, Any]]) -> list[Fact]:
    """A communication's facts, ten minutes apart."""
    every = [("communication.accepted", {**ACCEPTED, "recipient_basis": "sender_stated"}), *steps]
    return [
        Fact(
            id=UUID(str(uuid7())),
            organisation=ID,
            subject=Subject(kind="communication", id=ID),
            type=kind,
            occurred_at=START + timedelta(minutes=10 * number),
            recorded_at=START + timedelta(minutes=10 * number),
            subject_sequence=number + 1,
            previous=None if number == 0 else bytes(32),
            actor=Actor(kind="component", id="dispatcher"),
            details=details,
            objects=(),
            salt=bytes(16),
        )
        for number, (kind, details) in enumerate(every)
    ]


def test_every_limit_has_words_in_both_languages() -> None:
    for language in ("es", "en"):
        with translation.override(language):
            assert len(limits.limits(tuple(LIMITS))) == len(LIMITS)


@pytest.mark.parametrize(
    ("steps", "english", "spanish"),
    [
        ((), "Accepted by Acuse", "Aceptada por Acuse"),
        (
            (("attempt.relayed", ATTEMPT),),
            "Accepted by the recipient's mail server",
            "Aceptada por el servidor del destinatario",
        ),
        (
            (("attempt.refused", {**ATTEMPT, "failure_class": "mailbox_full"}),),
            "Not delivered: the mailbox is full. Their server refused it",
            "No entregada: el buzón está lleno. Su servidor la rechazó",
        ),
        (
            (
                (
                    "attempt.failed",
                    {"attempts": 30, "channel": "email", "failure_class": "server_unavailable", "reason": "x"},
                ),
            ),
            "Not delivered: server unavailable. It was given up",
            "No entregada: servidor no disponible. Se abandonó",
        ),
        ((("attempt.unknown", ATTEMPT),), "Outcome undetermined: the whole", "Resultado indeterminado: se envió"),
        ((("attempt.unknown", CUT),), "Outcome undetermined: the try was", "Resultado indeterminado: el intento se"),
        (
            (("attempt.relayed", OUTGOING),),
            "Handed to the sender's outgoing server on",
            "Entregada al servidor de salida del remitente el",
        ),
        (
            (("attempt.refused", {**OUTGOING, "failure_class": "other"}),),
            "Not delivered. The sender's outgoing server refused it",
            "No entregada. El servidor de salida del remitente la rechazó",
        ),
        (
            (("attempt.relayed", ATTEMPT), ("bounce.received", BOUNCE)),
            "Not delivered: the mailbox is full. It had been sent, and a report came back on",
            "No entregada: el buzón está lleno. Se había enviado, y el",
        ),
        (
            (("attempt.relayed", ATTEMPT), ("delivery.confirmed", REPORT)),
            "Reported as delivered to the mailbox: the report came back on",
            "Entregada en el buzón, según un parte que volvió el",
        ),
        (
            (
                ("attempt.unknown", {**ATTEMPT, "retry_at": "2026-11-23T12:00:00.000000Z"}),
                ("attempt.relayed", ATTEMPT),
                ("bounce.received", BOUNCE),
            ),
            "Outcome undetermined: more than one copy",
            "Resultado indeterminado: pudo llegar más de una copia",
        ),
    ],
)
def test_the_sentence_comes_first(steps: tuple[tuple[str, dict[str, Any]], ...], english: str, spanish: str) -> None:
    every = facts(*steps)
    for language, expected in (("en", english), ("es", spanish)):
        with translation.override(language):
            assert wording.sentence(verdict(every), every).startswith(expected)


def test_a_250_is_never_called_read_or_received() -> None:
    every = facts(("attempt.relayed", ATTEMPT))
    for language, forbidden in (("es", ("leíd", "recibid")), ("en", ("received", "has been read"))):
        with translation.override(language):
            said = wording.sentence(verdict(every), every) + "".join(
                step.word for step in wording.ladder(verdict(every))
            )
            assert not any(word in said.lower() for word in forbidden)


def test_ladder_says_where_a_failure_stopped() -> None:
    every = facts(("attempt.refused", {**ATTEMPT, "failure_class": "mailbox_full"}))
    with translation.override("en"):
        steps = wording.ladder(verdict(every))
    assert [step.state for step in steps] == ["ended", "stopped", "not", "never", "never", "never", "never"]
    assert steps[1].word == "Refused by their server"


@pytest.mark.parametrize(
    ("authentication", "english"),
    [(None, "Refused by whoever held the link sent"), (CODE, "Refused by whoever held the link and the code sent")],
)
def test_a_refusal_is_a_status_of_its_own_and_no_step(authentication: object, english: str) -> None:
    act = {"authentication": authentication, "client": {"ip": "203.0.113.9", "user_agent": ""}}
    answer = {**act, "words": "No", "comments": ""}
    every = facts(("attempt.relayed", ATTEMPT), ("content.accessed", act), ("content.rejected", answer))
    judged = verdict(every)
    with translation.override("en"):
        assert "stopped" not in [step.state for step in wording.ladder(judged)]
        assert wording.sentence(judged, every).startswith(english)
        told = wording.status("concluded", outcome=judged.outcome)
        assert (told.kind, told.word) == ("filled failed", "Refused")
        assert grades.outcome_word(outcome="refused", grade=judged.grade) == "Refused"


def test_the_end_of_a_term_is_no_step() -> None:
    every = facts(("attempt.relayed", ATTEMPT), ("term.expired", {"term_until": "2026-12-23T08:00:00.000000Z"}))
    with translation.override("en"):
        assert "stopped" not in [step.state for step in wording.ladder(verdict(every))]
        assert wording.status("concluded", outcome="expired").word == "Expired"


def test_ladder_says_that_it_came_back_and_on_which_day() -> None:
    every = facts(("attempt.relayed", ATTEMPT), *[("sender.notified", {})] * 143, ("bounce.received", BOUNCE))
    with translation.override("en"):
        steps = wording.ladder(verdict(every))
    assert (steps[1].state, steps[1].word) == ("stopped", "Came back later")
    assert steps[0].note.count(":") == 2
    assert steps[1].note.startswith("24\u00a0Nov\u00a02026 ")


@pytest.mark.parametrize(
    ("details", "source"),
    [
        (REPORT, "A report in the name of mx1.correo.example. Nobody signs reports."),
        (
            {**REPORT, "remote_mta": "lmtp.correo.example"},
            "A report in the name of mx1.correo.example, about what lmtp.correo.example said. Nobody signs reports.",
        ),
        ({**REPORT, "reporting_mta": None}, "A report that does not name its system. Nobody signs reports."),
    ],
)
def test_a_report_is_told_in_the_name_that_it_gives_itself(details: dict[str, Any], source: str) -> None:
    with translation.override("en"):
        told = timeline.tell(facts(("delivery.confirmed", details))[1])
    assert (told.source, told.verbatim) == (source, "552 5.2.2 Full")


def test_every_type_about_a_communication_is_told_and_named() -> None:
    types = {name for name, kind in CATALOGUE.items() if KIND in kind.kinds}
    assert types - {"attempt.opened"} <= timeline._TELLERS.keys() | {"content.erased"}
    with translation.override("en"):
        assert all(ledger_words.title(name) != name for name in types)


def test_every_reason_of_a_version_is_worded() -> None:
    for language in ("es", "en"):
        with translation.override(language):
            words = {wording.reason(change) for change in (*CHANGES, "level")}
            assert len(words) == len(CHANGES) + 1
            assert wording.reason("") == ""
            assert wording.reason("something.later") not in words


def test_content_mode_never_promises_access() -> None:
    assert [bar.style for bar in grades.bars(grade=1, outcome="relayed")] == [
        "bar-on",
        "bar-on",
        "bar-could",
        "bar-never",
        "bar-never",
        "bar-never",
        "bar-never",
    ]


def test_marks_are_never_one_step_early() -> None:
    assert timeline.evidence_state(None, anchored_size=10) == "recorded"
    assert timeline.evidence_state(10, anchored_size=10) == "integrated"
    assert timeline.evidence_state(9, anchored_size=10) == "stamped"


def test_replies_stay_verbatim_and_bytes_stay_bytes() -> None:
    relayed = facts(("attempt.relayed", ATTEMPT))[1]
    assert timeline.tell(relayed).verbatim == "250 2.0.0 OK"
    odd = facts(("attempt.relayed", {**ATTEMPT, "reply": {**REPLY, "text": {"base64": "/w=="}}}))[1]
    with translation.override("en"):
        assert timeline.tell(odd).verbatim == "(bytes that are not text, in base64) /w=="


def test_unknown_types_keep_their_own_name() -> None:
    told = timeline.tell(facts(("parcel.lost", {}))[1])
    assert told.title == "parcel.lost"


@pytest.mark.parametrize(
    ("kind", "details"),
    [
        ("attempt.relayed", OUTGOING),
        ("attempt.deferred", {**OUTGOING, "failure_class": "other"}),
        ("attempt.unknown", CUT),
    ],
)
def test_what_the_recipients_server_did_not_say_is_not_put_in_its_mouth(kind: str, details: dict[str, Any]) -> None:
    every = facts((kind, details))
    with translation.override("en"):
        told = timeline.tell(every[1])
        said = f"{told.title} {told.remark} {wording.sentence(verdict(every), every)}"
        bars = grades.spoken(grade=verdict(every).grade, outcome=verdict(every).outcome)
    assert not any(words in said for words in ("recipient's", "Their server", "Connection lost", "was taken"))
    assert "Accepted by their server" not in bars


@pytest.mark.parametrize(("tries", "words"), [(1, "tras 1 intento."), (2, "tras 2 intentos.")])
def test_one_try_is_not_told_as_several(tries: int, words: str) -> None:
    details = {"attempts": tries, "channel": "email", "failure_class": "other", "reason": "x"}
    with translation.override("es"):
        assert timeline.tell(facts(("attempt.failed", details))[1]).source.endswith(words)
