"""What comes back about a message, as the certificate tells it: who says it, and that nobody signs it."""

import re
from pathlib import Path
from typing import Any

import pytest

from acuse.certificates.stories.context import Superseded
from acuse.certificates.stories.runs import plain
from acuse.certificates.stories.wording import WORDING
from tests.unit.certificates import samples
from tests.unit.certificates.test_documents import pages, pdf, text
from tests.unit.certificates.test_stories import items, rows, told

BOTH = pytest.mark.parametrize("language", ["es", "en"])
TAKEN_COPY = {"retry_at": "2026-11-23T12:00:00.000000Z"}


def whole(history: samples.History, language: Any) -> dict[str, Any]:
    return told(history, language, files=samples.with_reports(history, language))


def test_a_late_bounce_says_who_tells_it_and_what_was_true_before() -> None:
    model = whole(samples.bounced(), "es")
    first = model["first"]
    assert first["headline"] == "No entregada: el buzón está lleno"
    assert plain(first["sentence"]).endswith(
        "El martes 24 de noviembre de 2026 a las 08:53:20 llegó un parte a nombre de mx1.example.com: el mensaje, "
        "aceptado antes por su servidor, no pudo entregarse."
    )
    assert "".join(line["t"] for line in first["verbatim"]) == samples.DIAGNOSTIC.replace("\n", "")
    assert items(model, "proves")[0].startswith("El servidor de correo de example.com (mx1.example.com) aceptó")
    assert "la dirección de retorno que solo este mensaje llevaba" in items(model, "proves")[1]
    assert items(model, "limits")[1] == "Que el parte recibido sea cierto: nadie lo firma."
    row = rows(model)[-1]
    assert (row["mark"], row["tag"]) == ("cross", "Devuelta")
    assert plain(row["source"]) == (
        "Parte RFC 3464 a nombre de mx1.example.com · sobre lo que dijo lmtp.example.com · estado 5.2.2"
    )
    assert "".join(line["t"] for line in row["verbatim"]) == samples.DIAGNOSTIC.replace("\n", "")
    assert plain(row["remarks"][-1]).endswith("Va incrustado: parte-4.eml.")


@BOTH
def test_the_ladder_says_on_which_day_it_came_back(language: str) -> None:
    stopped = whole(samples.bounced(), language)["ladder"]["steps"][1]
    assert stopped["state"] == "cross"
    assert stopped["label"] == {"es": "Devuelta\ndespués", "en": "Returned\nlater"}[language]
    assert (stopped["note"], stopped["time"]) == (
        {"es": "24-11-2026", "en": "24 Nov 2026"}[language],
        "08:53:20",
    )
    assert all(step["note"] is None for step in whole(samples.refused(), language)["ladder"]["steps"])


@BOTH
@pytest.mark.parametrize("failure_class", ["mailbox_not_found", "policy_blocked", "other", "undetermined", "throttled"])
def test_every_class_of_a_report_has_its_words(language: str, failure_class: str) -> None:
    history = samples.bounced(
        failure_class=failure_class, form="text", status=None, reporting_mta=None, remote_mta=None, diagnostic=None
    )
    model = whole(history, language)
    assert model["first"]["verbatim"] is None
    unnamed = {"es": "a nombre de un sistema que no se nombra", "en": "in the name of a system that is not named"}
    assert unnamed[language] in plain(model["first"]["sentence"])
    assert unnamed[language] in plain(rows(model)[-1]["source"])
    assert rows(model)[-1]["verbatim"] is None


@BOTH
def test_a_bounce_of_what_the_outgoing_server_took_does_not_name_the_recipients(language: str) -> None:
    history = samples.History().opened(0.9)
    history.answered("attempt.relayed", 3.1, 250, "250 2.0.0 Ok: queued\r\n", **samples.SMARTHOST)
    model = whole(samples.bounced(history), language)
    outgoing = {"es": "el servidor de salida del remitente", "en": "the sender’s outgoing server"}[language]
    assert outgoing in plain(model["first"]["sentence"])
    assert items(model, "proves")[0].lower().startswith(outgoing.lower())


@BOTH
def test_one_of_two_copies_came_back(language: str) -> None:
    history = samples.History().opened(0.5).answered("attempt.unknown", 33, 354, "354 Go\r\n", **TAKEN_COPY)
    history.opened(300, 2).answered("attempt.relayed", 302, 250, "250 Ok\r\n", attempt=2)
    model = whole(samples.bounced(history), language)
    assert model["first"]["badge"]["style"] == "unknown"
    assert {"es": "una no pudo entregarse", "en": "one could not be delivered"}[language] in plain(
        model["first"]["sentence"]
    )
    assert model["ladder"]["steps"][1]["label"] == {"es": "Devuelta\nuna copia", "en": "One copy\nreturned"}[language]


@BOTH
def test_a_bounce_that_decides_nothing_says_so(language: str) -> None:
    history = samples.reported(samples.bounced(), "delivery.confirmed", samples.DAY_LATER + 60)
    model = whole(history, language)
    assert model["first"]["badge"]["mark"] == "G2"
    bounce = rows(model)[-2]
    assert bounce["mark"] == "ring"
    assert {"es": "No decide el resultado.", "en": "It does not decide the outcome."}[language] in plain(
        bounce["remarks"][0]
    )


@BOTH
def test_a_delivery_is_told_as_the_report_that_it_is(language: str) -> None:
    model = whole(samples.confirmed(), language)
    assert plain(model["first"]["sentence"]).startswith(
        {"es": "Un parte a nombre de mx1.example.com", "en": "A report in the name of mx1.example.com"}[language]
    )
    assert [row["tag"] for row in rows(model)] == ["G0", None, "G1", "G2"]
    assert len(items(model, "proves")) == len(items(model, "limits")) == 4
    for wrong in ("leíd", "recibió", "received the", "was read."):
        assert wrong not in plain(model["first"]["sentence"])


@BOTH
def test_answers_and_what_programs_wrote(language: str) -> None:
    model = whole(samples.answered(), language)
    assert model["first"]["badge"]["mark"] == "G1", "none of them changes the grade"
    *_, automatic, complaint, disposition, reply = rows(model)
    no_reading = {"es": "No prueba lectura.", "en": "It does not prove reading."}[language]
    assert no_reading in plain(automatic["remarks"][0])
    assert no_reading in plain(disposition["remarks"][0])
    assert [line["t"] for line in disposition["verbatim"]] == ["displayed"]
    assert "7" in plain(complaint["remarks"][0])
    assert "Ana López <cliente1042@example.com>" in plain(reply["title"])
    assert plain(reply["remarks"][1]).endswith(
        "SPF pass (example.com) · DKIM pass (example.com) · DMARC pass (example.com) · ARC none."
    )
    shown = [run["t"] for each in rows(model) for remark in each["remarks"] for run in remark]
    assert all(f"{number}.eml" in "".join(shown) for number in (4, 5, 6, 7, 8, 9))


@BOTH
def test_no_row_of_what_came_back_shows_its_type(language: str) -> None:
    for history in (samples.bounced(), samples.confirmed(), samples.answered()):
        for row in rows(whole(history, language)):
            assert not re.search(r"\w+\.(received|confirmed|passed_on|delayed)", plain(row["title"]))


def test_without_the_report_in_the_file_no_name_is_given() -> None:
    model = told(samples.bounced(), "es")
    assert "parte-4" not in "".join(plain(remark) for remark in rows(model)[-1]["remarks"])


@BOTH
def test_the_first_page_of_a_superseding_certificate_holds_the_whole_verdict(language: str, tmp_path: Path) -> None:
    reason = WORDING[language]["reason.bounce.received"]
    earlier = Superseded(code="3TQY-6FNB-2WHM-8KCD", position=48217, reason=reason)
    model = told(
        samples.bounced(),
        language,
        files=samples.with_reports(samples.bounced(), language),
        supersedes=earlier,
        revision=2,
    )
    path = tmp_path / "certificate.pdf"
    path.write_bytes(pdf(model))
    first = " ".join(pages(path)[0].split())
    assert "Quota exceeded" in first
    assert "3TQY-6FNB-2WHM-8KCD" in first
    assert plain(model["first"]["supersedes"]).replace("\u00a0", " ") in first.replace("\u00a0", " ")
    assert {"es": "Hechos hasta la posición", "en": "Facts up to position"}[language] in first
    assert ("parte-4.eml" if language == "es" else "report-4.eml") in text(path, "-raw")


def test_whatever_a_report_holds_is_set_in_type() -> None:
    hostile = "\x00\x1b[31m\u202e 552 \U0001f9fe مرفوض\r\n" + "x" * 16_000
    history = samples.bounced(
        diagnostic=hostile, reporting_mta="mx\u202e\x07.example", remote_mta="\U0001fadf" * 200, status="5.\u200b2.2"
    )
    model = told(history, "es")
    assert len(model["first"]["verbatim"]) == 8
    assert model["first"]["verbatim_note"] == "La respuesta entera está en el hecho 4 del apartado 4."
    assert pdf(model).startswith(b"%PDF")
    unread = samples.bounced(diagnostic={"base64": "/w=="}, reporting_mta={"base64": "/w=="})
    assert "⟨0xFF⟩" in plain(told(unread, "es")["first"]["sentence"])


def test_whatever_an_answer_holds_is_set_in_type() -> None:
    history = samples.answered()
    details = {**history.facts[-1].fact.details, "author": "\u202e\x00" + "a" * 500, "subject": "", "mail_from": ""}
    history.add("reply.received", samples.DAY_LATER + 1, **details)
    model = told(history, "en")
    assert plain(rows(model)[-1]["source"]) == "No subject · no envelope sender"
    assert pdf(model).startswith(b"%PDF")
