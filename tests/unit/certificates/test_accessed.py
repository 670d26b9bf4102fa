"""Notice mode as the certificate tells it: what was sent, who opened what with what, and what that does not prove."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from acuse.certificates.stories.runs import plain
from acuse.proof.facts.fact import ObjectReference
from tests.unit.certificates import samples
from tests.unit.certificates.test_documents import pages, pdf
from tests.unit.certificates.test_stories import items, rows, told

BOTH = pytest.mark.parametrize("language", ["es", "en"])
CLIENT = {"ip": "198.51.100.7", "user_agent": "Mozilla/5.0 (iPhone)"}
UNTIL = "2026-12-23T08:00:00.000000Z"
CODE = {"method": "otp", "contact": "cliente1042@example.com"}
SHOWN = {"shown": "cd" * 32}


def noticed(language: str = "es", access: str = "button") -> samples.History:
    """A notice that the recipient's server took."""
    history = samples.History(mode="notice", access=access, term_until=UNTIL, language=language)
    history.add("content.consigned", 1, access=access, term_until=UNTIL)
    return history.opened(1).answered("attempt.relayed", 2, 250, "2.0.0 queued")


def opened(language: str = "es", *, coded: bool = False) -> samples.History:
    """Content that was opened, with its file fetched."""
    history = noticed(language, "otp" if coded else "button")
    act: dict[str, Any] = {"authentication": CODE if coded else None, "client": CLIENT}
    if coded:
        until = "2026-11-23T08:20:00.000000Z"
        history.add("code.sent", 600, contact=CODE["contact"], valid_until=until, message_id="<c@x>", client=CLIENT)
        history.add("code.refused", 640, reason="wrong", tries_left=4, client=CLIENT)
    history.add("content.accessed", 660, **act, **SHOWN)
    return history.add("attachment.fetched", 700, **act, number=1, name="informe.pdf", digest="ab" * 32, size=31000)


def answer(history: samples.History, kind: str, words: str, *, coded: bool = False) -> samples.History:
    """The recipient's answer."""
    authentication = CODE if coded else None
    return history.add(
        kind, 900, authentication=authentication, client=CLIENT, words=words, comments="De acuerdo.\nAna"
    )


def test_a_notice_alone_says_that_nobody_opened_anything() -> None:
    model = told(noticed())
    assert model["first"]["headline"] == "Aviso aceptado por el servidor del destinatario"
    assert "aceptó el aviso de «" in plain(model["first"]["sentence"])
    assert plain(model["first"]["sentence"]).endswith("El contenido espera tras un enlace; no consta acceso.")
    assert items(model, "proves")[0].startswith("El servidor de correo de example.com")
    assert "un aviso" in str(model["content"]["rows"][1])


def test_opened_with_the_link_names_no_person() -> None:
    model = told(opened())
    first = model["first"]
    assert first["headline"] == "Acceso al contenido con el enlace"
    assert first["badge"]["mark"] == "G3"
    assert plain(first["sentence"]).startswith("Quien tenía el enlace enviado a cliente1042@example.com accedió")
    assert items(model, "limits")[0] == "Quién era, en persona: el enlace puede reenviarse."
    assert items(model, "limits")[1] == "Que leyera o entendiera el contenido, o esté conforme."
    fetched = rows(model)[-1]
    assert plain(fetched["title"]) == "Se descarga el adjunto informe.pdf"
    assert plain(fetched["source"]) == "Desde 198.51.100.7 · Mozilla/5.0 (iPhone)"


def test_opened_with_a_code_says_where_it_was_sent() -> None:
    model = told(opened(coded=True))
    assert model["first"]["badge"]["mark"] == "G4"
    assert "con el enlace y con un código enviado a cliente1042@example.com" in plain(model["first"]["sentence"])
    assert items(model, "limits")[0] == (
        "Quién era, en persona: prueba el control del enlace y de cliente1042@example.com."
    )
    assert "Se escribe un código que no es" in [plain(row["title"]) for row in rows(model)]


def test_accepted_repeats_the_words_of_the_button() -> None:
    model = told(answer(opened(coded=True), "acceptance.given", "Estoy conforme", coded=True))
    assert model["first"]["badge"]["mark"] == "G6"
    assert "pulsó «Estoy conforme» el lunes 23 de noviembre de 2026" in plain(model["first"]["sentence"])
    assert [line["t"] for line in rows(model)[-1]["verbatim"]] == ["De acuerdo.", "Ana"]
    assert "El alcance jurídico de la aceptación" in " ".join(items(model, "limits"))


def test_rejected_before_opening_does_not_prove_knowledge() -> None:
    model = told(answer(noticed(), "content.rejected", "Rechazar la comunicación"))
    assert model["first"]["headline"] == "Rechazada por quien tenía el enlace"
    assert model["first"]["badge"]["style"] == "cross"
    assert items(model, "limits")[0] == "Que conociera el contenido antes de rechazarla."


def test_a_term_without_access_says_from_when_until_when() -> None:
    history = noticed().add("term.expired", 30 * 86400, term_until=UNTIL)
    sentence = plain(told(history)["first"]["sentence"])
    assert "desde el lunes 23 de noviembre de 2026 a las 09:00:01" in sentence
    assert sentence.endswith("hasta el miércoles 23 de diciembre de 2026 a las 09:00:00 y no consta acceso.")
    assert items(told(history), "limits")[0] == "Que el destinatario supiera del aviso."


@pytest.mark.parametrize(
    ("days", "states", "limits"),
    [
        (10, ["reached", "reached", "highest", "future"], ["supiera del aviso", "sea cierto"]),
        (30, ["reached", "highest", "future", "future"], ["supiera del aviso"]),
    ],
)
def test_reports_after_the_end_of_a_term_are_told_and_decide_nothing(
    days: int, states: list[str], limits: list[str]
) -> None:
    history = noticed().add("term.expired", days * 86400, term_until=UNTIL)
    before = told(history)["first"]
    samples.reported(history, "delivery.confirmed", days * 86400 + 60)
    samples.reported(history, "bounce.received", days * 86400 + 90, failure_class="other", permanent=True)
    came = ObjectReference(role="report", sha256="ef" * 32, size=900, media_type="message/rfc822")
    history.facts[-2:] = [replace(item, fact=replace(item.fact, objects=(came,))) for item in history.facts[-2:]]
    model = told(history)
    first = model["first"]
    assert [first[part] for part in ("headline", "sentence", "badge")] == [
        before[part] for part in ("headline", "sentence", "badge")
    ]
    steps = model["ladder"]["steps"]
    assert [step["state"] for step in steps[:4]] == states
    said = items(model, "limits")
    assert all(part in item for part, item in zip(limits, said, strict=False))
    assert ("Que el parte recibido sea cierto: nadie lo firma." in said) == (days == 10)
    assert "No decide el resultado." in str(rows(model))


@BOTH
def test_each_outcome_is_typeset_without_a_slot_left(language: str, tmp_path: Path) -> None:
    button = {"es": "Estoy conforme", "en": "I agree"}[language]
    for history in (
        opened(language),
        answer(opened(language, coded=True), "acceptance.given", button, coded=True),
        answer(noticed(language), "content.rejected", button),
        noticed(language).add("term.expired", 30 * 86400, term_until=UNTIL),
        noticed(language)
        .add("access.revoked", 100, reason="Error")
        .add("code.locked", 200, locked_until=UNTIL, client=CLIENT),
    ):
        path = tmp_path / "document.pdf"
        path.write_bytes(pdf(told(history, language)))
        printed = "".join(pages(path))
        assert printed.count({"es": "Cronología", "en": "Timeline"}[language]) == 1
        assert "{" not in printed
