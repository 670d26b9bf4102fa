"""What forms and notes say on paper: the words as they are, the rest under labels of the paper's language."""

import json
from pathlib import Path
from typing import Any

import pytest

from acuse.certificates.stories.runs import plain
from acuse.certificates.stories.said import Said, said_by
from acuse.pdf.typeset import typeset
from acuse.proof.canonical import canonicalise
from acuse.proof.facts.fact import ObjectReference
from tests.unit.certificates import records, tickets
from tests.unit.certificates.test_records import printed
from tests.unit.certificates.tickets import START, opened
from tests.unit.proof.tickets import Ticket

MAILBOX = "01a20546-aad3-7c55-8d02-000000000001"
DIGEST = "ab" * 32
FORM: dict[str, Any] = {
    "v": 1,
    "language": "es",
    "at": "2026-11-05T09:20:14.002871Z",
    "type": "claim",
    "name": "Cliente 1042",
    "address": "cliente1042@example.com",
    "subject": "Ruido tras la reparación",
    "text": "Se oye un ruido al girar.\n\nPido que lo revisen.",
    "product": "Bicicleta",
    "purchase_date": "2026-10-01",
    "consent": "He leído cómo se tratan mis datos.",
    "files": [{"name": "ruido.ogg", "media_type": "audio/ogg", "size": 48213, "sha256": DIGEST}],
}
CALL = {"name": "Cliente 1042", "number": "+34600111222", "subject": "Ruido", "text": "Hace ruido al frenar."}
MACHINE = (
    "media_type",
    "sha256",
    "address:",
    "at:",
    "consent:",
    "files:",
    "type:",
    "v:",
    "name:",
    "number:",
    "subject:",
)


def paper(path: Path, given: dict[str, Any], language: Any, **details: Any) -> tuple[str, str]:
    """The receipt of a case that a form or a call opened, as it is printed: up to section 3, and from 4 on."""
    ticket = Ticket(calendar=tickets.CALENDAR)
    said = ticket.keep("message", canonicalise(given))
    ticket.add("ticket.opened", START, objects=(said,), actor=records.ANA, **opened(**details).facts[0].details)
    model = records.receipt(ticket, language)
    path.write_bytes(typeset(records.RECEIPT, model, (), date=tickets.context(ticket).issued_at))
    before, _, after = printed(path).partition(model["timeline"]["title"])
    return before, after


@pytest.mark.parametrize(
    ("language", "rows"),
    [
        (
            "es",
            {
                "Tipo elegido": "Reclamo",
                "Nombre": "Cliente 1042",
                "Dirección": "cliente1042@example.com",
                "Producto": "Bicicleta",
                "Fecha de compra": "1 de octubre de 2026",
                "Idioma": "español",
                "Fecha y hora": "05-11-2026, 10:20:14 · 2026-11-05T09:20:14.002871Z",
                "Consentimiento": "He leído cómo se tratan mis datos.",
                "Original": "Estos datos, el texto y la lista de ficheros se leen de",
            },
        ),
        (
            "en",
            {
                "Type chosen": "Claim",
                "Name": "Cliente 1042",
                "Date of purchase": "1 October 2026",
                "Language": "Spanish",
                "Date and time": "5 Nov 2026, 10:20:14 · 2026-11-05T09:20:14.002871Z",
                "Original": "These data, the text and the list of files are read from",
            },
        ),
    ],
)
def test_the_receipt_of_a_form_shows_its_answers_under_labels(
    tmp_path: Path, language: Any, rows: dict[str, str]
) -> None:
    text, history = paper(tmp_path / "form.pdf", FORM, language, channel="form", mailbox=MAILBOX)
    assert not [words for words in MACHINE if words in text]
    assert MAILBOX not in text + history
    assert history
    whole = " ".join(text.split())
    for label, value in rows.items():
        assert f"{label} {value}" in whole or f"{label.upper()} {value}" in whole, (label, whole[2000:5000])
    assert "Se oye un ruido al girar." in whole
    assert "Pido que lo revisen." in whole
    assert "ruido.ogg" in whole
    assert "audio/ogg · 48 213 bytes" in whole
    assert DIGEST in "".join(text.split())


@pytest.mark.parametrize(
    ("language", "labels"), [("es", ("Nombre", "Teléfono")), ("en", ("Name", "Telephone"))], ids=["es", "en"]
)
def test_the_receipt_of_a_call_shows_what_was_noted_under_labels(
    tmp_path: Path, language: Any, labels: tuple[str, str]
) -> None:
    text, _ = paper(tmp_path / "call.pdf", CALL, language, channel="phone")
    assert not [words for words in MACHINE if words in text]
    whole = " ".join(text.split())
    for label, value in zip(labels, ("Cliente 1042", "+34600111222"), strict=True):
        assert f"{label} {value}" in whole
    assert "Hace ruido al frenar." in whole


def said(**given: Any) -> Said:
    content = json.dumps(given).encode()
    return said_by(
        ObjectReference(sha256=DIGEST, size=len(content), media_type="application/json", role="message"), content
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("colour", "red"),
        ("type", "poem"),
        ("at", "yesterday"),
        ("purchase_date", "2026-13-01"),
        ("name", {"first": "Ana"}),
        ("address", "x" * 2001),
        ("subject", "\ud800"),
        ("files", [{"name": "x", "media_type": "y", "size": 1, "sha256": "no digest"}]),
        ("files", [{"name": "x"}]),
        ("files", [{**FORM["files"][0], "kept": True}]),
        ("v", True),
    ],
)
def test_what_is_of_another_shape_stands_among_the_words_as_it_is(name: str, value: Any) -> None:
    found = said(text="Hola.", **{name: value})
    assert (found.fields, found.files) == ({}, ())
    (segment,) = found.message.segments
    assert segment.plain is not None
    assert segment.plain.startswith("Hola.")
    shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    assert f"{name}: {shown}".encode("utf-8", "backslashreplace").decode() in segment.plain


def test_a_note_without_words_is_silent() -> None:
    found = said(tags=["urgente", "ruido"], product="")
    assert (dict(found.fields), found.silent) == ({"tags": "urgente, ruido"}, True)


def test_the_annex_of_a_record_shows_answers_under_labels_too(tmp_path: Path) -> None:
    ticket = Ticket(calendar=tickets.CALENDAR)
    given = ticket.keep("message", canonicalise(FORM))
    details = opened(channel="form").facts[0].details
    ticket.add("ticket.opened", START, objects=(given,), actor=records.ANA, **details)
    model = records.told(ticket, others=[])
    (entry,) = model["written"]["entries"]
    assert {row["label"]: plain(row["parts"][0]["runs"]) for row in entry["rows"]}["Tipo elegido"] == "Reclamo"
    assert entry["files"][0]["sha256"] == DIGEST
    path = tmp_path / "record.pdf"
    path.write_bytes(typeset(records.RECORD, model, (), date=tickets.context(ticket).issued_at))
    text = printed(path).rpartition(model["written"]["title"])[2]
    assert not [words for words in MACHINE if words in text]
    assert "Pido que lo revisen." in text
