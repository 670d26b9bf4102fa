"""The record of a case and the receipt of its entry: what they say, in both languages, whatever people wrote."""

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acuse.certificates import rules
from acuse.certificates.stories import deadlines, moments
from acuse.certificates.stories.record import written as annex
from acuse.certificates.stories.runs import plain
from acuse.certificates.stories.wording import WORDING
from acuse.pdf.typeset import typeset
from acuse.proof.facts.fact import ObjectReference
from acuse.proof.facts.ticket import ACTS, CHANNELS, STATUSES, TYPE_NAMES
from acuse.proof.judging import judged
from tests.unit.certificates import records, tickets
from tests.unit.certificates.tickets import START, opened
from tests.unit.proof.calendars import at
from tests.unit.proof.tickets import Ticket

LANGUAGES = pytest.mark.parametrize("language", ["es", "en"])
ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), max_size=120)


def rows(model: dict[str, Any]) -> list[dict[str, Any]]:
    return [row for day in model["timeline"]["days"] for row in day["rows"]]


def summary(model: dict[str, Any]) -> dict[str, str]:
    return {row["label"]: plain(row["parts"][0]["runs"]).replace("\N{NO-BREAK SPACE}", " ") for row in model["summary"]}


def printed(path: Path) -> str:
    found = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True)
    return found.stdout.decode("utf-8", "replace")


def test_page_one_says_how_the_case_stands() -> None:
    model = records.told(records.whole())
    assert model["first"]["headline"] == "Resuelto con la conformidad del cliente"
    assert plain(model["first"]["sentence"]).endswith("Quedó resuelto el lunes 16 de noviembre de 2026 a las 16:02:15.")
    assert summary(model) == {
        "Lo escrito": "2 escritos del cliente; 2 mensajes de la empresa; 1 llamada.",
        "Plazos": "Primera respuesta: cumplido (24 horas naturales); resolución: cumplido (48 horas hábiles).",
        "Comunicaciones": ("Aceptada por el servidor del destinatario · G1 (1); No entregada: el buzón no existe (1)."),
        "Conformidad": "Dada el lunes 16 de noviembre de 2026 a las 16:02:14, con el enlace (hecho 16).",
        "Reclamación o garantía": (
            "El mensaje de activación se envió el viernes 13 de noviembre de 2026 a las 12:00:00 (hecho 14). "
            "No entregada: el buzón no existe, 13-11-2026, 12:00:02."
        ),
    }


def test_a_case_has_the_type_that_it_has_now_and_its_receipt_the_one_at_entry() -> None:
    ticket = records.whole()
    added = ticket.add("ticket.classified", at("2026-11-17 10:00:00"))
    ticket.facts[-1] = replace(added, details={"type": "complaint", "priority": "medium", "matter": ""})
    model, certificate, entry = records.told(ticket), tickets.told(ticket), records.receipt(ticket)
    assert plain(model["first"]["sentence"]).startswith("Queja de cliente1042@example.com ante ")
    for told, said in ((certificate, "Queja"), (entry, "Reclamo (tipo al entrar)")):
        assert plain(told["content"]["rows"][0]["parts"][0]["runs"]) == f"RIB-0318-7QK2MA · {said}"


def test_a_communication_whose_facts_are_not_inside_is_named_on_page_one_and_in_its_section() -> None:
    first, _ = records.communications()
    model = records.told(records.whole(), others=[first])
    absent = "Comunicaciones que nombra el expediente: 2; con sus hechos en este documento: 1."
    assert summary(model)["Comunicaciones"].endswith(absent)
    assert summary(model)["Reclamación o garantía"].endswith("Sus hechos no van en este documento.")
    assert plain(model["communications"]["introduction"]).endswith(absent)
    became = [plain(row["became"]) for row in model["communications"]["rows"]]
    assert became[1] == "Sus hechos no van en este documento."
    assert any("(1) cuyos hechos no van" in plain(item) for item in model["limits"]["items"])
    assert any("las comunicaciones cuyos hechos van dentro" in plain(item) for item in model["proves"]["items"])
    none = records.told(records.whole(), others=[])
    assert summary(none)["Comunicaciones"] == absent.replace("documento: 1", "documento: 0")


def test_each_chain_of_facts_says_its_own_last_position() -> None:
    ticket = records.whole()
    first, second = records.communications()
    later = [replace(item, position=10**6 + place) for place, item in enumerate(second)]
    model = records.told(ticket, others=[first, later])
    own, end = tickets.placed(ticket)[-1].position, first[-1].position
    assert own is not None
    assert end is not None
    assert model["up_to"].startswith(
        f"Hechos del expediente hasta la posición {moments.number(own)}, y de cada comunicación"
    )
    assert f"{moments.number(own)} del registro" in plain(model["strip"][1]["lines"][1])
    names = [plain(row["name"]) for row in model["communications"]["rows"]]
    assert [name.rpartition("posición ")[2] for name in names] == [
        moments.number(end),
        moments.number(10**6 + len(second) - 1),
    ]


@pytest.mark.parametrize(
    ("elsewhere", "left", "said"),
    [
        ((), "", "los originales van dentro, byte a byte."),
        (("message",), "", "van dentro o, por su tamaño, en el paquete de prueba (.zip), byte a byte."),
        (("message",), "message", "salvo 4 que siguen en custodia"),
    ],
)
def test_where_the_originals_are_is_said_as_it_is(elsewhere: tuple[str, ...], left: str, said: str) -> None:
    ticket = records.whole()
    files = records.context(ticket, "es", ("message", "outcome")).files
    changes: dict[str, Any] = {
        "files": tuple(file for file in files if file.role not in elsewhere),
        "elsewhere": tuple(file for file in files if file.role in elsewhere and file.role != left),
    }
    model = records.told(ticket, **changes)
    assert said in plain(model["proves"]["items"][1])


def test_the_verification_expects_the_words_of_the_verifier() -> None:
    ticket = records.whole()
    ticket.end("b", ticket.facts[-1])
    chains = [(tuple(item.fact for item in each), 0) for each in records.communications()]
    found = judged(tuple(ticket.facts), facts_up_to=0, sources=ticket.sources, others=chains)
    assert found is not None
    assert "does not follow" in found.said()
    assert found.said() in str(records.told(ticket)["verification"])
    alone = judged(tuple(ticket.facts), facts_up_to=0, sources=ticket.sources)
    assert alone is not None
    certificate = deadlines.tell(tickets.placed(ticket), None, ticket.sources, tickets.context(ticket))
    assert alone.said() in str(certificate["verification"])


def test_two_instants_of_the_hour_that_comes_twice_read_differently() -> None:
    ticket = opened()
    for communication, until in (
        (records.FIRST, "2026-10-25T00:30:00.000000Z"),
        (records.SECOND, "2026-10-25T01:30:00.000000Z"),
    ):
        records.replied(ticket, "2026-10-24 11:00:00", communication, "Hola.", term_until=until)
    told = [plain(remark) for row in rows(records.told(ticket, others=[])) for remark in row["remarks"]]
    assert [text for text in told if "plazo hasta" in text] == [
        "Con plazo hasta el 25-10-2026, 02:30:00 (UTC+2).",
        "Con plazo hasta el 25-10-2026, 02:30:00 (UTC+1).",
    ]


def test_every_fact_is_told_with_who_did_it_and_none_by_its_type_alone() -> None:
    ticket = records.whole("en")
    told = rows(records.told(ticket, "en"))
    assert len(told) == len(ticket.facts)
    assert all(row["title"] and row["source"] for row in told)
    assert not [row for row in told if "." in plain(row["title"])]
    assert plain(told[13]["title"]) == "Message of the activation of the warranty"
    assert plain(told[13]["source"]) == "Person 1 of the company"
    assert [plain(remark) for remark in told[13]["remarks"]] == [
        "By certified e-mail to cliente1042@example.com.",
        "Not delivered: the mailbox does not exist, 13 Nov 2026, 12:00:02.",
        "What was written: message-14.eml, and in the annex.",
    ]
    assert told[13]["tag"] == "G0"


def test_a_question_about_agreement_whose_message_failed_is_not_told_as_heard() -> None:
    ticket = opened()
    asked = records.replied(ticket, "2026-11-13 12:00:00", records.SECOND, "¿Está conforme?", act="conformity")
    request = "0193505e-7a00-7000-8000-00000000c0f0"
    ticket.add("conformity.requested", asked.occurred_at, request=request, communication=records.SECOND)
    model = records.told(ticket, others=records.communications()[1:])
    assert summary(model)["Conformidad"] == (
        "Pedida el viernes 13 de noviembre de 2026 a las 12:00:00, sin respuesta (hecho 3). "
        "No entregada: el buzón no existe, 13-11-2026, 12:00:02."
    )
    _, sent, question = rows(model)
    assert [plain(row["title"]) for row in (sent, question)] == [
        "Mensaje que pide la conformidad",
        "Pregunta de conformidad al cliente",
    ]


def test_notes_stand_in_it_only_where_they_are_asked_for() -> None:
    ticket = records.whole()
    without, with_notes = records.told(ticket), records.told(ticket, notes=True)
    words = records.NOTE.decode()
    assert words not in str(without)
    assert any("notas internas (1)" in plain(item) for item in without["limits"]["items"])
    assert words in str(with_notes["written"])
    assert with_notes["first"]["kind"].endswith("con notas internas")


def test_what_there_is_no_room_for_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(annex, "MOST_LINES", 4)
    entries = records.told(records.whole())["written"]["entries"]
    assert entries[0]["blocks"]
    assert [entry["blocks"] for entry in entries[1:]] == [None] * 5
    assert plain(entries[-1]["note"]) == "Lo impreso llega hasta aquí; el original completo: mensaje-14.eml"


def test_a_long_case_embeds_what_fits_and_leaves_the_rest_in_the_bundle_or_in_custody() -> None:
    ticket = opened()
    for number in range(7):
        big = ObjectReference(role="message", sha256=f"{number:064x}", size=24_000_000, media_type="message/rfc822")
        ticket.add(
            "message.received",
            at(f"2026-11-06 10:00:{number:02d}"),
            objects=(big,),
            channel="email",
            author="x@example.com",
            subject="",
        )
    held = rules.held(ticket.facts, kind=rules.RECORD)
    assert [item.size for _, item in held.inside][1:] == [24_000_000]
    assert (len(held.beside), len(held.left)) == (5, 1)
    assert sum(item.size for _, item in (*held.inside, *held.beside)) <= rules.BUNDLE_LIMIT


@LANGUAGES
def test_both_languages_know_every_word_of_the_facts(language: str) -> None:
    words = WORDING[language]
    for family, names in (
        ("record.headline", STATUSES),
        ("record.type", TYPE_NAMES),
        ("record.channel", CHANNELS),
        ("record.act", ACTS),
    ):
        assert all(f"{family}.{name}" in words for name in names)


@LANGUAGES
def test_the_record_is_set_with_every_section_and_the_words_of_both(tmp_path: Path, language: Any) -> None:
    ticket = records.whole(language)
    model = records.told(ticket, language)
    made = typeset(records.RECORD, model, (), date=tickets.context(ticket).issued_at)
    assert made == typeset(records.RECORD, model, (), date=tickets.context(ticket).issued_at)
    path = tmp_path / "record.pdf"
    path.write_bytes(made)
    text = " ".join(printed(path).split())
    for part in ("parties", "communications", "timeline", "deadlines", "integrity", "verification", "written"):
        assert model[part]["title"] in text
    assert "Hemos activado la garantía de su vehículo." in text
    assert model["strip"][0]["label"] in printed(path).split("\f")[0], "page 1 is whole"


@LANGUAGES
def test_the_receipt_says_what_came_in_when_and_by_which_key(tmp_path: Path, language: Any) -> None:
    ticket = records.whole(language)
    model = records.receipt(ticket, language)
    assert [half["mark"] for half in model["first"]["badge"]["halves"]] == ["5", "10:20"]
    path = tmp_path / "receipt.pdf"
    path.write_bytes(typeset(records.RECEIPT, model, (), date=tickets.context(ticket).issued_at))
    text = " ".join(printed(path).split())
    assert "RIB-0318-7QK2MA" in text
    assert "Desde que recogí el coche se oye un ruido" in text
    assert len(rows(model)) == 1, "only the entry is told"


@settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(subject=ANYTHING, author=ANYTHING, words=ANYTHING, note=st.binary(max_size=200))
def test_hostile_words_are_set_in_type(tmp_path: Path, subject: str, author: str, words: str, note: bytes) -> None:
    ticket = opened(subject=subject, address=author)
    ticket.add("note.added", START, objects=(ticket.keep("note", note, "text/plain"),), mentioned=[])
    answers = ticket.keep("message", ('{"text":' + repr(words) + "}").encode())
    ticket.add(
        "message.received", at("2026-11-06 10:00:00"), objects=(answers,), channel="form", author=author, subject=words
    )
    records.replied(ticket, "2026-11-06 11:00:00", records.FIRST, words, act="rejection")
    model = records.told(ticket, notes=True)
    (tmp_path / "x.pdf").write_bytes(typeset(records.RECORD, model, (), date=tickets.context(ticket).issued_at))


def test_wherever_section_5_ends_the_pages_settle() -> None:
    ticket = records.whole()
    model = records.told(ticket)
    model["deadlines"]["contradictions_title"] = "No concuerda"
    for count in range(1, 40):
        model["deadlines"]["contradictions"] = [[{"t": "Hecho 1: el plazo ya había empezado."}]] * count
        typeset(records.RECORD, model, (), date=tickets.context(ticket).issued_at)


@LANGUAGES
def test_a_receipt_says_whose_clock_gives_the_time_and_what_bounds_it(language: Any) -> None:
    stamped, alone = (
        [plain(item) for item in records.receipt(records.whole(language), language, **changes)["limits"]["items"]]
        for changes in ({}, {"time_stamps": ()})
    )
    clock, stamp = {
        "es": ("la da el reloj de quien certifica.", "El sello de tiempo solo prueba que entró antes"),
        "en": ("the certifier’s clock gives it.", "The time stamp proves only that it had come in before"),
    }[language]
    assert clock in stamped[0]
    assert stamp in stamped[0]
    assert alone[0].endswith(clock), "without a time stamp nothing bounds it"


@LANGUAGES
def test_a_case_of_the_telephone_without_message_has_a_receipt(tmp_path: Path, language: Any) -> None:
    ticket = Ticket(calendar=tickets.CALENDAR)
    opening = dict(opened(channel="phone").facts[0].details)
    said = ticket.keep("message", b'{"name":"Ana","text":"Se oye un ruido."}')
    ticket.add("ticket.opened", START, objects=(said,), actor=records.ANA, **opening)
    model = records.receipt(ticket, language)
    (tmp_path / "x.pdf").write_bytes(typeset(records.RECEIPT, model, (), date=tickets.context(ticket).issued_at))
    text = " ".join(printed(tmp_path / "x.pdf").split())
    assert "Se oye un ruido." in text
    assert f"{WORDING[language]['said.name']} Ana" in text
    call, written = {
        "es": (("Su llamada quedó registrada", "anotó de la llamada"), ("escrito", "escribió")),
        "en": (("Your call was registered", "noted of the call"), ("you wrote", "Who wrote")),
    }[language]
    assert all(words in text for words in call)
    assert not any(words in text for words in written)


@pytest.mark.parametrize("channel", ["phone", "api"])
def test_a_receipt_of_who_left_no_address_names_nobody(channel: str) -> None:
    ticket = Ticket(calendar=tickets.CALENDAR)
    details = {**opened(channel=channel).facts[0].details, "address": ""}
    ticket.add("ticket.opened", START, actor=records.ANA, **details)
    first = records.receipt(ticket)["first"]
    assert "—" not in plain(first["sentence"])
    assert first["note"] is None, "the page of the case asks for the address"


@pytest.mark.parametrize("lines", [0, 1, 4])
def test_the_last_rows_of_section_6_have_no_page_to_themselves(tmp_path: Path, lines: int) -> None:
    ticket = records.whole()
    model = records.receipt(ticket)
    rows(model)[0]["remarks"] += [[{"t": "Una línea más."}] for _ in range(lines)]
    path = tmp_path / "receipt.pdf"
    path.write_bytes(typeset(records.RECEIPT, model, (), date=tickets.context(ticket).issued_at))
    pages = [page for page in printed(path).split("\f") if page.strip()]
    assert len(pages) == 3
    assert model["verification"]["title"] in pages[2]
