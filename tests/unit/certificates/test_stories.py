"""What a document says of each case: headline, ladder, lists, timeline, commands. No PDF here."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from acuse.certificates.stories import communication, receipt
from acuse.certificates.stories.context import Language, Superseded
from acuse.certificates.stories.runs import plain
from acuse.certificates.stories.wording import WORDING
from acuse.mail.read import read
from acuse.proof.judging import judged
from acuse.proof.verdicts.deadlines import Sources
from tests.unit.certificates import samples


def told(history: samples.History, language: Any = "es", text: str = samples.LETTER, **changes: Any) -> dict[str, Any]:
    return communication.tell(history.facts, read(samples.message(text)), samples.context(language, **changes))


def rows(model: dict[str, Any]) -> list[dict[str, Any]]:
    return [row for day in model["timeline"]["days"] for row in day["rows"]]


def items(model: dict[str, Any], side: str) -> list[str]:
    return [plain(item) for item in model[side]["items"]]


def test_accepted_by_the_server() -> None:
    model = told(samples.relayed())
    assert model["first"]["headline"] == "Aceptada por el servidor del destinatario"
    assert plain(model["first"]["sentence"]) == (
        "El servidor de correo de example.com aceptó «Presupuesto de reparación 2026/318 y plazo de aceptación», "
        "de Talleres Ribera, S. L., para cliente1042@example.com el lunes 23 de noviembre de 2026 a las 09:00:03."
    )
    assert model["first"]["badge"] == {"style": "grade", "label": "Grado alcanzado", "mark": "G1"}
    assert [step["state"] for step in model["ladder"]["steps"]] == ["reached", "highest", *["future"] * 5]
    assert model["ladder"]["alternative"] == "Grado alcanzado: G1 de G6. Constan hechos propios de G0 y G1."
    assert items(model, "limits") == [
        "Que llegara a la bandeja de entrada, ni que se leyera.",
        "Quién usa, en persona, esa dirección.",
        "Que la dirección sea del destinatario: solo lo indicó el remitente.",
    ]
    assert [row["tag"] for row in rows(model)] == ["G0", None, "G1"]
    assert model["deadlines"]["sentence"] == [{"t": "Esta comunicación no inicia ni cierra ningún plazo."}]


def test_refused_by_the_server_shows_the_reply_word_for_word() -> None:
    model = told(samples.refused())
    assert model["first"]["headline"] == "No entregada: el buzón no existe"
    assert plain(model["first"]["sentence"]).endswith("respondió que ese buzón no existe. Fue el único intento.")
    reply = "550 5.1.1 <cliente1042@example.com>: Recipient address rejected: User unknown in virtual mailbox table"
    assert "".join(line["t"] for line in model["first"]["verbatim"]) == reply
    assert "".join(line["t"] for line in rows(model)[2]["verbatim"]) == reply
    assert rows(model)[2]["mark"] == "cross"
    assert model["header"]["verdict"] == [{"t": "No entregada: el buzón no existe"}]
    stopped = model["ladder"]["steps"][1]
    assert (stopped["state"], stopped["label"]) == ("cross", "Rechazada por\nsu servidor")
    assert "se detuvo en G1: Rechazada por su servidor" in model["ladder"]["alternative"]


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize(
    "failure_class",
    [
        "mailbox_not_found",
        "mailbox_full",
        "server_unavailable",
        "attachment_blocked",
        "policy_blocked",
        "too_big",
        "other",
    ],
)
def test_every_class_said_by_a_server_has_its_sentence(language: str, failure_class: str) -> None:
    model = told(samples.refused(failure_class, "552 5.2.2 No\r\n"), language)
    sentence = plain(model["first"]["sentence"])
    assert sentence.startswith("Talleres Ribera, S. L. ")
    assert "{" not in sentence
    assert model["first"]["badge"]["style"] == "cross"
    assert len(items(model, "proves")) == 3


def test_a_reply_too_long_for_the_first_page_says_where_all_of_it_is() -> None:
    model = told(samples.refused("other", "".join(f"550-{n}\r\n" for n in range(40)) + "550 end\r\n"))
    assert len(model["first"]["verbatim"]) == 8
    assert model["first"]["verbatim_note"] == "La respuesta entera está en el hecho 3 del apartado 4."
    assert [line["t"] for line in rows(model)[2]["verbatim"]] == [*(f"550-{n}" for n in range(40)), "550 end"]
    assert rows(model)[2]["breakable"]
    assert told(samples.refused())["first"]["verbatim_note"] is None


@pytest.mark.parametrize("language", ["es", "en"])
def test_failures_that_no_server_said(language: str) -> None:
    for history in (samples.no_domain(), samples.exhausted(7), samples.exhausted(2, "undetermined")):
        model = told(history, language)
        assert model["first"]["verbatim"] is None
        assert "{" not in plain(model["first"]["sentence"])
    assert "7" in plain(told(samples.exhausted(7), language)["first"]["sentence"])


@pytest.mark.parametrize(
    ("language", "headline", "proved"),
    [
        ("es", "No entregada: el dominio no admite correo", "el dominio existe y no admite correo."),
        ("en", "Not delivered: the domain takes no mail", "the domain is there, and takes no mail."),
    ],
)
def test_a_domain_that_takes_no_mail_is_not_said_to_be_missing(language: str, headline: str, proved: str) -> None:
    model = told(samples.no_mail_domain(), language)
    assert model["first"]["headline"] == headline
    assert items(model, "proves")[1].endswith(proved)
    for missing in ("no existe", "does not exist"):
        assert missing not in str(model)
    english = "says that it takes no mail (null MX)"  # as the fact has it; a page says it in its reader's language
    assert (english in str(rows(model))) == (language == "en")
    assert ("declara que no admite correo (MX nulo)" in str(rows(model))) == (language == "es")


def test_no_answer_is_undetermined_and_says_so_by_shape() -> None:
    model = told(samples.unanswered())
    assert model["first"]["headline"] == "Resultado indeterminado"
    assert model["first"]["badge"]["style"] == "unknown"
    assert model["ladder"]["steps"][1]["state"] == "unknown"
    assert rows(model)[2]["mark"] == "dashed"
    assert items(model, "limits")[0] == "Que el mensaje llegara, ni que no llegara."
    to = model["parties"]["rows"][1]["parts"]
    assert "".join(to[0]["lines"]) == samples.LONG_ADDRESS
    assert plain(to[1]["runs"]) == "Una sola dirección, de 115 caracteres, partida para que quepa."


def test_pending_tells_the_hand_over() -> None:
    model = told(samples.History().opened(1), "en")
    assert model["first"]["headline"] == "Accepted by Acuse; delivery pending"
    assert items(model, "limits")[0] == "That the message has reached any system of the recipient."


def test_a_revision_names_what_it_supersedes() -> None:
    earlier = Superseded(code="3TQY-6FNB-2WHM-8KCD", position=48211, reason="consta un hecho posterior")
    model = told(samples.refused(), supersedes=earlier, revision=2)
    assert plain(model["first"]["supersedes"]) == (
        "Sustituye al certificado 3TQY-6FNB-2WHM-8KCD, que sigue siendo cierto hasta su posición 48\u00a0211. "
        "Cambia: consta un hecho posterior."
    )
    assert model["strip"][3]["label"] == "Sustituye a"


def test_development_is_said_on_every_page_and_in_the_title() -> None:
    model = told(samples.relayed(), "en", development=True)
    words = "Development time stamp – no legal value"
    assert model["development"] == words
    assert words in model["title"]
    assert "Development authority" in plain(model["strip"][3]["lines"][0])
    assert any(
        words in plain(part["runs"]) for row in model["integrity"]["rows"] for part in row["parts"] if "runs" in part
    )
    assert told(samples.relayed())["development"] is None


def test_every_fact_is_a_row_and_long_timelines_name_those_that_count() -> None:
    model = told(samples.exhausted(200))
    assert len(rows(model)) == 202
    assert model["timeline"]["summary"] == "Cambian el grado los hechos 1 y 202."
    assert told(samples.relayed())["timeline"]["summary"] is None


def test_what_was_recorded_later_says_when() -> None:
    history = samples.relayed()
    late = replace(history.facts[2].fact, recorded_at=samples.START + timedelta(hours=2))
    history.facts[2] = samples.Placed(late, 48217)
    assert plain(rows(told(history))[2]["remarks"][-1]) == "Registrado a las 11:00:00."


def test_facts_of_a_later_version_are_told_by_their_type() -> None:
    history = samples.relayed()
    unknown = replace(history.facts[2].fact, type="moon.landed", subject_sequence=4)
    history.facts.append(samples.Placed(unknown, 48220))
    assert plain(rows(told(history))[3]["title"]) == "Consta el hecho moon.landed"


def test_the_commands_name_every_embedded_file_and_this_document() -> None:
    model = told(samples.relayed())
    commands = [command for step in model["verification"]["steps"] for command in step["commands"]]
    assert commands[0] == "pdfsig certificado.pdf"
    assert commands[1] == "pdfdetach -saveall certificado.pdf"
    named = {word for command in commands if command.startswith("sha256sum") for word in command.split()[1:]}
    assert named == {file["name"] for file in model["verification"]["files"]}
    assert all(len(command) <= 90 for command in commands)
    assert "openssl ts -verify -token_in -in sello.tst -data punto-de-control.txt -CAfile tsa.pem" in commands


def test_without_time_stamp_there_is_no_step_for_it() -> None:
    bare = tuple(file for file in samples.files("es") if file.role != "token")
    model = told(samples.relayed(), level="B-B", time_stamps=(), files=bare)
    assert [step["title"] for step in model["verification"]["steps"]] == [
        "El PDF está sellado y no ha cambiado",
        "Los ficheros son los que dice el apartado 6",
        "Los hechos están en el registro y dan este resultado",
    ]
    assert plain(model["strip"][3]["lines"][0]) == "Sin sello de tiempo"


def test_the_receipt_tells_the_acceptance_alone() -> None:
    model = receipt.tell(samples.refused().facts, read(samples.message("Hola")), samples.context())
    assert model["first"]["headline"] == "Aceptada por Acuse"
    assert model["first"]["badge"]["mark"] == "G0"
    assert len(rows(model)) == 1
    assert model["verification"]["steps"][0]["commands"] == ["pdfsig justificante.pdf"]
    assert items(model, "limits")[0] == "Que el mensaje haya llegado a ningún sistema del destinatario."


def test_a_receipt_before_publication_says_what_is_missing() -> None:
    context = samples.context(checkpoint=None, time_stamps=(), level="B-B", files=samples.files("es")[:1])
    model = receipt.tell(samples.History(position=None).facts, read(samples.message("Hola")), context)
    assert plain(model["strip"][1]["lines"][1]) == "sin publicar aún"
    assert model["up_to"] is None
    assert rows(model)[0]["position"] == "–"


def test_the_same_arguments_tell_the_same_model() -> None:
    assert told(samples.refused()) == told(samples.refused())


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_message_too_big_to_embed_is_said_to_travel_in_the_bundle(language: Language) -> None:
    message, *rest = samples.files(language)
    model = told(samples.relayed(), language, files=tuple(rest), elsewhere=(message,))
    kept = items(model, "proves")[-1]
    assert ".zip" in kept
    assert not {"incrustado", "embedded"} & set(kept.split())
    assert message.sha256 in {row["sha256"] for row in model["integrity"]["digests"]}
    assert message.name not in {row["name"] for row in model["verification"]["files"]}
    assert message.name in plain(model["verification"]["files_note"])
    assert ".zip" in plain(model["verification"]["introduction"])
    # The wording of what is too long or too odd for the pages speaks of the original, wherever it is.
    of_the_content = [words for key, words in WORDING[language].items() if key.startswith("content.")]
    assert not [words for words in of_the_content if "incrustad" in words or "embedded" in words]


@pytest.mark.parametrize(
    ("document", "lowered", "expected"),
    [
        ("certificate", True, "No se pudo obtener un sello de tiempo válido"),
        ("certificate", False, "una revisión lo llevará"),
        ("receipt", True, "No se pudo obtener un sello de tiempo válido"),
        ("receipt", False, "lo lleva el certificado"),
    ],
)
def test_a_missing_time_stamp_is_put_down_to_its_cause(document: str, lowered: bool, expected: str) -> None:
    tell = receipt.tell if document == "receipt" else communication.tell
    context = samples.context(time_stamps=(), level="B-B", lowered=lowered)
    model = tell(samples.relayed().facts, read(samples.message("Hola")), context)
    (said,) = [
        plain(row["parts"][0]["runs"]) for row in model["integrity"]["rows"] if row["label"] == "Sello de tiempo"
    ]
    assert expected in said
    assert ("menor" in said) is lowered
    assert ("revisión" in said) is (document == "certificate"), "no receipt is upgraded"


@pytest.mark.parametrize(
    ("language", "whose"), [("es", "según su servidor DNS"), ("en", "according to its DNS server")]
)
def test_dnssec_is_said_to_be_the_word_of_the_name_server(language: Language, whose: str) -> None:
    assert f"DNSSEC, {whose}" in str(told(samples.relayed(), language)["timeline"])


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_last_step_expects_the_words_of_the_verifier(language: str) -> None:
    for history in (samples.relayed(), samples.refused(), samples.unanswered(), samples.confirmed()):
        facts = tuple(item.fact for item in history.facts)
        found = judged(facts, facts_up_to=0, sources=Sources(calendars={}, rules={}))
        assert found is not None
        expected = plain(told(history, language)["verification"]["steps"][-1]["expected"])
        assert found.said() in expected
    meant = " En español: delivered, entregada en el buzón; grade, grado."
    assert expected.endswith(meant) == (language == "es")
