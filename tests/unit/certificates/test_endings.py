"""How a try that ended in an odd way is told: never better than what is recorded."""

from typing import Any

import pytest

from acuse.certificates.stories.runs import plain
from tests.unit.certificates import samples
from tests.unit.certificates.test_stories import items, rows, told

BOTH = pytest.mark.parametrize("language", ["es", "en"])


def words(model: dict[str, Any]) -> str:
    """Everything the document says of the case, without the letter and the paths of the proof."""
    first = model["first"]
    said = [first["headline"], plain(first["sentence"]), *items(model, "proves"), model["ladder"]["alternative"]]
    for row in rows(model):
        said += [plain(row["title"]), *(plain(remark) for remark in row["remarks"])]
    return "\n".join(said)


@BOTH
def test_an_interrupted_try_says_that_nothing_is_known(language: str) -> None:
    model = told(samples.interrupted(), language)
    said = words(model)
    unknown = {"es": "no consta si el mensaje salió", "en": "whether the message left is not recorded"}[language]
    assert unknown in plain(model["first"]["sentence"])
    assert unknown in items(model, "proves")[1]
    assert (
        model["ladder"]["steps"][1]["label"] == {"es": "Intento\ninterrumpido", "en": "Attempt\ninterrupted"}[language]
    )
    for wrong in ("recibió", "received", "corta", "drops", "entero", "whole message", "smtp-3.jsonl"):
        assert wrong not in said
    row = rows(model)[-1]
    assert row["tag"] == {"es": "Interrumpido", "en": "Interrupted"}[language]
    assert row["source"] is None
    assert not plain(row["remarks"][0]).endswith(" ")


@BOTH
def test_no_answer_after_the_final_dot_says_what_acuse_did(language: str) -> None:
    model = told(samples.unanswered(), language)
    sent = {"es": "Acuse envió el mensaje entero", "en": "Acuse sent the whole message"}[language]
    assert sent in plain(model["first"]["sentence"])
    assert items(model, "proves")[1].startswith(sent)
    assert sent in plain(rows(model)[-1]["remarks"][0])
    for wrong in ("recibió", "received", "corta", "drops"):
        assert wrong not in words(model)


@BOTH
def test_what_only_the_outgoing_server_took_is_not_grade_one(language: str) -> None:
    history = samples.History().opened(0.9)
    history.answered("attempt.relayed", 3.1, 250, "250 2.0.0 Ok: queued\r\n", **samples.SMARTHOST)
    model = told(history, language)
    first = model["first"]
    assert first["badge"]["mark"] == "G0"
    assert (
        first["headline"]
        == {"es": "Entregada al servidor de salida del remitente", "en": "Handed to the sender’s outgoing server"}[
            language
        ]
    )
    assert "salida.talleres-ribera.example" in items(model, "proves")[0]
    arrived = {"es": "haya llegado a ningún sistema", "en": "has reached any system"}[language]
    assert arrived in items(model, "limits")[0]
    assert [row["tag"] for row in rows(model)] == ["G0", None, None]
    assert [step["state"] for step in model["ladder"]["steps"]] == ["highest", *["future"] * 6]
    for wrong in ("servidor del destinatario", "servidor de correo de", "recipient’s server", "mail server of", "G1 y"):
        assert wrong not in words(model)


@BOTH
@pytest.mark.parametrize("failure_class", ["mailbox_not_found", "server_unavailable", "policy_blocked", "other"])
def test_a_refusal_of_the_outgoing_server_is_told_as_its_own(language: str, failure_class: str) -> None:
    history = samples.History().opened(0.5)
    said = "550 5.7.1 Relaying denied\r\n"
    history.answered("attempt.refused", 2.4, 550, said, failure_class=failure_class, **samples.SMARTHOST)
    model = told(history, language)
    whose = {"es": "el servidor de salida del remitente", "en": "the sender’s outgoing server"}[language]
    assert whose in plain(model["first"]["sentence"])
    assert whose.split(" ", 1)[1] in items(model, "proves")[1]
    for wrong in (" su servidor", "servidor del destinatario", "their server", "recipient’s server", "designa"):
        assert wrong not in words(model)


@BOTH
def test_no_answer_of_the_outgoing_server(language: str) -> None:
    history = samples.History().opened(0.5)
    history.answered("attempt.unknown", 33, 354, "", **samples.SMARTHOST)
    said = words(told(history, language))
    assert {"es": "servidor de salida", "en": "outgoing server"}[language] in said
    assert {"es": "servidor de correo de", "en": "mail server of"}[language] not in said


@BOTH
def test_one_try_is_not_told_as_several(language: str) -> None:
    for history in (samples.exhausted(1), samples.gave_up(1)):
        said = words(told(history, language))
        for wrong in ("1 intentos", "1 veces", "1 attempts", "1 times", "after 1,"):
            assert wrong not in said
        assert {"es": "lo intentó una vez", "en": "tried once"}[language] in said


@BOTH
def test_a_message_that_was_never_tried_says_so(language: str) -> None:
    said = words(told(samples.gave_up(0), language))
    nothing = {"es": ("antes de enviar nada", "sin enviar nada"), "en": ("before anything was sent", "nothing sent")}
    assert all(words in said for words in nothing[language])
    for wrong in ("0 intentos", "0 veces", "0 attempts", "0 times"):
        assert wrong not in said
