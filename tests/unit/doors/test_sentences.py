"""Alarms and the verifier's failures are told in the reader's language: no sentence of theirs lacks its Spanish."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

import acuse
from acuse.doors.portal.words import step_lines
from acuse.doors.ui import known_errors, verifier_errors
from acuse.doors.ui.errors import said
from acuse.errors import AcuseError, InputError, Invalid
from acuse.evidence.alarms import from_members, to_members
from acuse.proof.report import State
from acuse.proof.trust import Trust
from acuse.proof.verify import verify_bytes

SOURCE = Path(acuse.__file__).parent
# Where a call keeps its sentence.
ERRORS = {
    "InputError": 0,
    "OutsideCalendar": 0,
    "OtherContent": 0,
    "TemporaryError": 0,
    "PermanentError": 0,
    "Invalid": 1,
    "CannotTell": 1,
}
ALARMS = {"raise_alarm": 1, "_alarm": 0}
ROOMS = (
    "accounts",
    "calendars",
    "certificates",
    "composition",
    "contacts",
    "delivery",
    "doors",
    "figures",
    "helpdesk",
    "reception",
)
# Errors that no page says, and whom they are for.
UNSAID = {
    "ConfigurationError": "the operator, in the log or at a command",
    "Refused": "a program that speaks SMTP",
    "TooManyCalls": "a program that calls the API",
    "LostLease": "the worker that lost it",
    "DnsUnavailable": "the dispatch, which tries again",
    "NoAnswer": "the reading of what came in, which tries again",
    "TooManyQuestions": "the checks of an origin, which end with it",
    "OriginUnknown": "the reading of what came in, which tries again",
    "Unproved": "the log and an alarm, which counts them",
    "CannotTell": "`acuse explain`; those of the verifier are held above",
    "Invalid": "`acuse explain`; those of the verifier are held above",
}
# Where a sentence is passed on from a table, which doors/ui/known_errors.py repeats.
PASSED_ON = {"contacts/rules.py", "doors/portal/write_proof.py"}
# Their errors go to whoever runs a command, in English.
COMMANDS = {"__main__.py", "trust.py"}


def sentences(path: Path, places: dict[str, int]) -> Iterator[tuple[int, str | None]]:
    """Line and sentence of every error or alarm that a file makes; None where it is no constant."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name == "kind" and path.is_relative_to(SOURCE / "proof"):  # a name for one of two errors
            constants = [each for each in node.args if isinstance(each, ast.Constant)]
            yield node.lineno, str(constants[0].value)
        if name not in places or len(node.args) <= places[name]:
            continue
        sentence = node.args[places[name]]
        if isinstance(sentence, ast.Constant):
            yield node.lineno, str(sentence.value)
        elif ast.unparse(sentence) not in {"error.sentence", "message"}:  # passed on as it is
            yield node.lineno, None


def listed(paths: Iterator[Path], places: dict[str, int]) -> set[str]:
    """The sentences of some files, each of which must be a constant so that it can be looked up."""
    found: set[str] = set()
    for path in paths:
        for line, sentence in sentences(path, places):
            assert isinstance(sentence, str), f"{path}:{line} puts its sentence together"
            found.add(sentence)
    return found


def test_every_failure_of_the_verifier_is_listed() -> None:
    files = (path for path in (SOURCE / "proof").rglob("*.py") if path.name not in COMMANDS)
    assert listed(files, ERRORS) == set(verifier_errors.SENTENCES)


def has_words(sentence: str) -> bool:
    """Whether it says anything beside its particulars."""
    return any(sign.isalpha() for sign in re.sub(r"%\(\w+\)[sdr]", "", sentence))


def error_names() -> set[str]:
    """Every error of ours, wherever it is defined, but those that no page says."""
    bases: dict[str, set[str]] = {}
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                of = {base.id if isinstance(base, ast.Name) else getattr(base, "attr", "") for base in node.bases}
                bases.setdefault(node.name, set()).update(of)
    names, known = {"AcuseError"}, 0
    while known < len(names):
        known = len(names)
        names |= {name for name, of in bases.items() if of & names}
    return names - UNSAID.keys()


def test_every_error_of_the_rooms_has_its_spanish() -> None:
    places = {name: int(name == "BadTemplate") for name in error_names()}
    untold, composed = [], set()
    with translation.override("es"):
        for path in (path for room in ROOMS for path in (SOURCE / room).rglob("*.py") if "smtp" not in path.parts):
            for line, sentence in sentences(path, places):
                where = f"{path.relative_to(SOURCE)}:{line}"
                if sentence is None:
                    composed.add(str(path.relative_to(SOURCE)))
                elif translation.gettext(sentence) == sentence and has_words(sentence):
                    untold.append(f"{where} {sentence}")
    assert untold == [], "collect it with scripts/messages.py and translate it"
    assert composed == PASSED_ON


def test_every_alarm_is_listed() -> None:
    files = (path for folder in ("evidence", "certificates", "delivery") for path in (SOURCE / folder).rglob("*.py"))
    trust = (SOURCE / "evidence" / f"{name}.py" for name in ("exchange", "revocation", "tsa"))
    found = listed(files, ALARMS) | listed(trust, ERRORS)
    known = {*known_errors.SENTENCES, *verifier_errors.SENTENCES}
    assert not found - known


def test_every_listed_sentence_has_its_spanish() -> None:
    with translation.override("es"):
        missing = [
            one
            for one in (*known_errors.SENTENCES, *verifier_errors.SENTENCES)
            if translation.gettext(one) == one and has_words(one)
        ]
    assert missing == []


def test_an_error_inside_another_is_said_in_the_same_language() -> None:
    inner = InputError("Not a UUID: %(text)r.", text="x%s")
    outer = Invalid(7, "The seal: %(error)s", error=inner)
    assert str(outer) == "The seal: Not a UUID: 'x%s'."
    with translation.override("es"):
        assert said(outer) == "El sello: No es un UUID: 'x%s'."


def test_an_alarm_is_kept_and_said_again() -> None:
    reason = AcuseError("%(name)s did not answer in time.", name="http://tsa.example/")
    error = AcuseError("No time stamp could be obtained. %(failures)s", failures=(reason, reason))
    kept = from_members(json.loads(json.dumps(to_members(error))))
    assert str(kept) == str(error)
    with translation.override("es"):
        assert said(kept) == (
            "No se ha podido obtener ningún sello de tiempo. "
            "http://tsa.example/ no respondió a tiempo. http://tsa.example/ no respondió a tiempo."
        )


@pytest.mark.parametrize(
    ("raw", "spanish"),
    [
        (b'{"format":"acuse-proof","v":1}', "El elemento «bundle» no tiene exactamente estos miembros:"),
        (b"%PDF-1.7 proof.json", "El PDF"),
        (b'{"acuse-proof"', "No es JSON del tipo admitido:"),
        (b"PK\x03\x04proof.json", "No es un archivo zip legible:"),
    ],
)
def test_a_failed_step_is_told_in_spanish_and_logged_in_english(raw: bytes, spanish: str) -> None:
    report = verify_bytes(raw, filename="f", trust=Trust())
    failed = next(step for step in report.steps if step.state in {State.INVALID, State.CANNOT_TELL})
    assert failed.text == str(failed.error)
    with translation.override("es"):
        line = next(line for line in step_lines(report) if line.number == failed.number)
    assert line.text.startswith(spanish)
    assert failed.text in report.to_text()
    with translation.override("en"):
        assert next(line for line in step_lines(report) if line.number == failed.number).text == failed.text
