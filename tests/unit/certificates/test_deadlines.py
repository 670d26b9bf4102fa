"""The certificate of a ticket's deadlines: what it says, draws and counts, in both languages and every verdict."""

import re
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acuse.certificates.stories import deadlines
from acuse.certificates.stories.context import Language
from acuse.certificates.stories.deadlines.drawing import MAX_ROWS
from acuse.certificates.stories.deadlines.ticket import brief, spoken
from acuse.certificates.stories.runs import plain
from acuse.certificates.stories.wording import WORDING
from acuse.pdf.typeset import typeset
from acuse.proof.business_time import Term
from acuse.proof.facts.catalogue import CATALOGUE
from acuse.proof.facts.deadline import KIND, PAUSE_REASONS, PURPOSES
from acuse.proof.facts.ticket import ACTS, CHANNELS, PRIORITIES, STATUSES, TYPE_NAMES
from acuse.proof.verdicts.deadlines import CONTRADICTIONS, VERDICTS, Sources
from tests.unit.certificates import tickets
from tests.unit.certificates.tickets import START, Placed, context, opened, solved, told
from tests.unit.proof.calendars import at
from tests.unit.proof.tickets import Ticket, named, ruling

Model = dict[str, Any]
LANGUAGES = pytest.mark.parametrize("language", ["es", "en"])


def rows(model: Model, place: int = 0) -> list[Model]:
    drawings = [*model["drawn"]["drawings"], *model["deadlines"]["drawn"]["drawings"]]
    return list(drawings[place]["rows"])


def kinds(row: Model) -> list[str]:
    return [piece["kind"] for piece in row["pieces"]]


def cell(model: Model, label: str, column: int = 0) -> str:
    (table,) = model["deadlines"]["tables"]
    return plain(next(row["cells"][column] for row in table["rows"] if row["label"] == label))


def test_the_case_of_the_design_says_what_the_design_says() -> None:
    model = told(tickets.design())
    first = model["first"]
    assert first["headline"].replace("\N{NO-BREAK SPACE}", " ") == (
        "Primera respuesta: cumplido; resolución: incumplido"
    )
    assert [(half["mark"], half["label"]) for half in first["badge"]["halves"]] == [
        ("1", "cumplido"),
        ("1", "incumplido"),
    ]
    sentence = plain(first["sentence"]).replace("\N{NO-BREAK SPACE}", " ")
    assert "Primera respuesta: el 5 de noviembre de 2026 a las 14:07:51, dentro del plazo de 24" in sentence
    assert (
        "el 16 de noviembre de 2026 a las 16:02:14, fuera del plazo de 48 horas hábiles, que venció a las 12:50:14"
        in sentence
    )
    assert cell(model, "Vence", 1) == "16-11-2026, 12:50:14"
    assert cell(model, "Pausas", 1).startswith("hechos 7 y 9: de 11-11-2026, 11:00:00 a 11-11-2026, 13:30:00")
    assert "49\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}12\N{NO-BREAK SPACE}min" in cell(model, "Resultado", 1)
    assert model["header"]["verdict"] == [{"t": "1 plazo cumplido y 1\N{NO-BREAK SPACE}incumplido"}]


def test_two_deadlines_for_the_same_are_told_apart_by_their_terms() -> None:
    ticket = tickets.opened()
    ticket.start("a", tickets.START, tickets.HOURS)
    ticket.start("b", tickets.START, Term(amount=15, unit="business_days"))
    ticket.end("a", tickets.solved(ticket, "2026-11-16 16:02:14"))
    model = told(ticket)
    (table,) = model["deadlines"]["tables"]
    assert [plain(one) for one in table["header"]] == [
        "Resolución, 48 horas hábiles (general)",
        "Resolución, 15 días hábiles (general)",
    ]
    history = " ".join(str(model["timeline"]).split())
    assert "resolución, 48 horas hábiles" in history
    assert "resolución, 15 días hábiles" in history


def test_the_days_can_be_added_up() -> None:
    drawn = rows(told(tickets.design()), 1)
    totals = [row["total"] and row["total"].replace("\N{NO-BREAK SPACE}", " ") for row in drawn]
    assert totals == [
        "6 h 39 min 46 s",
        "14 h 39 min 46 s",
        None,
        None,
        None,
        "22 h 39 min 46 s",
        "28 h 9 min 46 s",
        "36 h 9 min 46 s",
        "44 h 9 min 46 s",
        None,
        None,
        "49 h 12 min 0 s",
    ]
    assert [row["closed"] for row in drawn[2:5]] == ["cerrado", "cerrado", "festivo: La Almudena"]
    assert kinds(drawn[0]) == ["open", "counted", "counted"]
    assert kinds(drawn[6]) == ["counted", "pause", "counted", "counted"]
    assert kinds(drawn[11]) == ["counted", "over", "over", "open"]
    assert [flag["label"] for flag in drawn[11]["flags"]] == ["vence 12:50:14", "termina 16:02:14"]


def test_every_piece_and_flag_lies_within_its_row() -> None:
    for _, sample in tickets.SAMPLES:
        model = told(sample())
        for drawn in (*model["drawn"]["drawings"], *model["deadlines"]["drawn"]["drawings"]):
            for row in drawn.get("rows", [drawn]):
                bounds = [bound for piece in row["pieces"] for bound in (piece["from"], piece["to"])]
                assert bounds == sorted(bounds)
                assert all(0 <= bound <= 1 for bound in bounds)
                assert all(0 <= flag["at"] <= 1 for flag in row["flags"])


def test_long_spans_fold_weeks_and_keep_what_is_flagged() -> None:
    drawn = rows(told(tickets.long()))
    assert len(drawn) <= MAX_ROWS
    folded = [row["day"] for row in drawn if row["folded"]]
    assert folded[0].startswith("semana")
    assert [flag["label"].split()[0] for row in drawn for flag in row["flags"]] == ["empieza", "vence", "termina"]
    assert drawn[-1]["total"] == "37"


def test_a_term_of_years_is_drawn_on_a_page() -> None:
    ticket = opened()
    ticket.start("a", START, Term(amount=2000, unit="business_hours"))
    ticket.add("note.added", at("2027-12-20 10:00:00"), mentioned=[])
    assert len(rows(told(ticket))) <= MAX_ROWS


@LANGUAGES
def test_every_verdict_and_every_word_of_the_facts_has_words(language: str) -> None:
    words = WORDING[language]
    for verdict in VERDICTS:
        for family in (
            "badge",
            "deadline.headline",
            "deadline.part",
            "sentence.deadline",
            "drawing",
            "result",
        ):
            assert f"{family}.{verdict}" in words
    for family, names in (
        ("purpose", PURPOSES),
        ("pause", PAUSE_REASONS),
        ("contradiction", CONTRADICTIONS),
        ("type", TYPE_NAMES),
        ("channel", CHANNELS),
        ("priority", PRIORITIES),
        ("status", STATUSES),
        ("act", ACTS),
    ):
        for name in names:
            assert f"{family}.{name}" in words
    for name, kind in CATALOGUE.items():
        if KIND in kind.kinds:
            assert f"fact.{name}" in words


def test_a_fact_that_the_words_do_not_know_is_told_by_its_type() -> None:
    ticket = opened()
    ticket.add("parcel.lost", at("2026-11-06 10:00:00"), where="—", deep={"x": [1]}, times=3)
    model = deadlines.tell(
        [Placed(each, None) for each in ticket.facts], None, Sources(calendars={}, rules={}), context(ticket)
    )
    row = model["timeline"]["days"][-1]["rows"][0]
    assert "parcel.lost" in plain(row["title"])
    assert plain(row["remarks"][0]) == "where: — · times: 3"


@pytest.mark.parametrize(
    ("language", "fields", "said"),
    [
        ("es", ["subject", "guarantee_until_date"], "Cambia: asunto, fin de la garantía"),
        ("en", ["subject", "guarantee_until_date"], "Changes: subject, end of the warranty"),
        ("es", ["address", "colour"], "Cambia: address, colour"),
    ],
)
def test_what_changed_on_a_card_is_named_in_the_language_of_the_paper(
    language: Language, fields: list[str], said: str
) -> None:
    ticket = opened()
    ticket.add("ticket.described", at("2026-11-06 10:00:00"), fields=fields)
    row = told(ticket, language)["timeline"]["days"][-1]["rows"][0]
    assert plain(row["remarks"][0]) == said


def test_remarks_begin_with_a_capital_where_the_words_are_ours() -> None:
    """English words for details are often the names of the details themselves, which stand as they are."""
    ticket, ours = tickets.design(), {"es": "Comunicación: ", "en": "Communication: "}
    for language, said in ours.items():
        model = told(ticket, language)  # type: ignore[arg-type]
        row = next(row for day in model["timeline"]["days"] for row in day["rows"] if row["number"] == "4")
        assert plain(row["remarks"][0]).startswith(said)


@LANGUAGES
def test_what_is_proved_of_one_deadline_speaks_of_one(language: Any) -> None:
    ticket = tickets.design()
    shown = context(ticket, language)
    alone = deadlines.tell(tickets.placed(ticket), None, ticket.sources, shown, about=named("b"))
    whole = deadlines.tell(tickets.placed(ticket), None, ticket.sources, shown)
    for model, key in ((alone, "proves.times.one"), (whole, "proves.times")):
        assert plain(model["proves"]["items"][0]) == WORDING[language][key]


def test_what_does_not_follow_is_said_on_the_first_page_and_named() -> None:
    model = told(tickets.many())
    assert model["first"]["note"] == WORDING["es"]["deadlines.contradicted"]
    assert [plain(one) for one in model["deadlines"]["contradictions"]] == [
        "Hecho 8: el vencimiento anotado no es el que resulta del calendario.",
        "Hecho 8: se anotó como incumplido y no lo fue.",
    ]
    headline = model["first"]["headline"].replace("\N{NO-BREAK SPACE}", " ")
    assert headline == "1 plazo cumplido, 1 incumplido, 1 en curso y 1 retirado"
    assert [half["label"] for half in model["first"]["badge"]["halves"]] == [
        "cumplido",
        "incumplido",
        "en curso",
        "retirado",
    ]


@LANGUAGES
def test_a_term_that_was_never_started_or_late_is_named(language: Language) -> None:
    ticket = tickets.opened()
    ticket.policy = ruling(ticket.calendar, first_response=tickets.HOURS, resolution=tickets.HOURS)
    ticket.noted(at("2026-11-06 10:00:00"))
    ticket.start("a", START, tickets.HOURS, by=ticket.facts[0], recorded_at=at("2026-11-06 10:00:01"))
    ticket.noted(at("2026-11-06 11:00:00"))
    missing, late = (plain(one) for one in told(ticket, language)["deadlines"]["contradictions"])
    assert missing.endswith(": first_response.")
    assert late.endswith(": resolution.")


def test_a_case_without_deadlines_says_so() -> None:
    model = told(opened())
    assert model["first"]["headline"] == "Expediente sin plazos"
    assert plain(model["deadlines"]["sentence"]) == "En este expediente no ha empezado ningún plazo."


def test_the_pages_name_the_communications_that_do_not_come_along_and_what_begins_a_deadline() -> None:
    ticket = tickets.design()
    for language, names, begun in (
        ("es", "Comunicaciones que nombra el expediente", "24 horas naturales, por el hecho 1; vence: "),
        ("en", "Communications that the case names", "24 hours, by fact 1; due: "),
    ):
        model = told(ticket, language)  # type: ignore[arg-type]
        assert plain(model["timeline"]["summary"]).startswith(names)
        assert "0193505e-7a00-7000-8000-0000000000bb" in plain(model["timeline"]["summary"])
        assert model["up_to"].endswith(WORDING[language]["up_to.absent"])
        rows = [row for day in model["timeline"]["days"] for row in day["rows"]]
        assert plain(rows[1]["remarks"][0]).startswith(begun)
    silent = told(tickets.met())
    assert silent["timeline"]["summary"] is None
    assert not silent["up_to"].endswith(WORDING["es"]["up_to.absent"])


def test_the_last_step_expects_what_the_verifier_says() -> None:
    step = told(tickets.design())["verification"]["steps"][-1]
    assert step["commands"] == ["acuse verify certificado.pdf --trust tsa.pem --trust seal.pem --trust log.vkey"]
    assert "first_response met; resolution missed" in plain(step["expected"])


def test_times_in_words() -> None:
    said = {
        timedelta(hours=49, minutes=12): ("49 h 12 min 0 s", "49 h 12 min"),
        timedelta(minutes=3, seconds=7): ("3 min 7 s", "3 min 7 s"),
        timedelta(hours=2): ("2 h 0 min 0 s", "2 h"),
        timedelta(milliseconds=200): ("0 s", "< 1 s"),
        timedelta(): ("0 s", "< 1 s"),
    }
    for time, (whole, short) in said.items():
        assert spoken(time).replace("\N{NO-BREAK SPACE}", " ") == whole
        assert brief(time).replace("\N{NO-BREAK SPACE}", " ") == short


def pdf(ticket: Ticket, path: Path, language: Any = "es") -> str:
    path.write_bytes(typeset(tickets.TEMPLATE, told(ticket, language), (), date=tickets.context(ticket).issued_at))
    return str(path)


def tool(*command: str) -> str:
    return subprocess.run(command, capture_output=True, check=True).stdout.decode("utf-8", "replace")


@LANGUAGES
@pytest.mark.parametrize("sample", [sample for _, sample in tickets.SAMPLES], ids=[name for name, _ in tickets.SAMPLES])
def test_every_sample_is_set_with_its_verdict_on_page_one(
    tmp_path: Path, sample: Callable[[], Ticket], language: str
) -> None:
    ticket = sample()
    model = told(ticket, language)  # type: ignore[arg-type]
    pages = tool("pdftotext", "-layout", pdf(ticket, tmp_path / "x.pdf", language), "-").split("\f")
    whole = " ".join(pages[0].split())
    assert model["strip"][0]["label"] in whole, "the issue strip closes page 1"
    for half in model["first"]["badge"]["halves"]:
        assert half["label"] in whole
    assert model["deadlines"]["title"] in "".join(pages)
    for page in pages[1:-1]:
        assert model["header"]["verdict"][0]["t"].replace("\N{NO-BREAK SPACE}", " ") in page


def test_drawings_are_heard_and_headings_tagged(tmp_path: Path) -> None:
    path = pdf(tickets.design(), tmp_path / "x.pdf")
    structure = tool("pdfinfo", "-struct-text", path)
    headings = re.findall(r"^ *(H[1-6])\b", structure, re.MULTILINE)
    assert headings[0] == "H1"
    assert headings.count("H2") >= 8
    alternatives = [drawn["alternative"] for drawn in told(tickets.design())["drawn"]["drawings"]]
    assert "Vence el 16-11-2026, 12:50:14. Termina el 16-11-2026, 16:02:14. Pausas: 1." in alternatives[1]


@LANGUAGES
def test_what_breaks_behind_a_hyphen_is_given_no_other_one(tmp_path: Path, language: str) -> None:
    codes = " ".join(f"Pedido {'x' * length}ab-{length}f-cd-ef@talleres-ribera.example." for length in range(9))
    ticket = opened(subject=codes[:180], key="rib-0318-qk-ma")
    for number in range(12):
        by = f"0193505e-abcd-bcde-cdef-defabcdefa{number:02}"
        ticket.add(
            "reply.sent", at("2026-11-05 12:00:00"), communication=by, recipient=codes, certified=True, language="es"
        )
    lines = tool("pdftotext", "-layout", pdf(ticket, tmp_path / "x.pdf", language), "-").splitlines()
    assert sum(line.rstrip().endswith("-") for line in lines) > 5, "some do break behind a hyphen"
    assert [line for line in lines if re.match(r"\s*-\w", line)] == []


@settings(max_examples=6, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(
    subject=st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
    address=st.text(st.characters(exclude_categories=["Cs"]), max_size=200),
    words=st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
)
def test_hostile_words_are_set_in_type(tmp_path: Path, subject: str, address: str, words: str) -> None:
    ticket = opened(subject=subject, address=address, key=words[:40])
    ticket.start("a", START, Term(amount=3, unit="business_hours"), rule={**rule(), "policy": words})
    solved(ticket, "2026-11-05 12:00:00")
    pdf(ticket, tmp_path / "x.pdf")


def rule() -> dict[str, Any]:
    made = opened()
    return dict(made.start("a", START, Term(amount=3, unit="business_hours")).details["rule"])


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("es", "met; resolution missed». En español: first_response, primera respuesta; resolution, resolución; "),
        ("en", "met; resolution missed”."),
    ],
)
def test_the_words_of_the_verifier_are_told_in_the_language_of_the_document(language: Any, said: str) -> None:
    (step,) = told(tickets.design(), language)["verification"]["steps"][-1:]
    assert said in plain(step["expected"])
    assert plain(step["expected"]).endswith("met, cumplido; missed, incumplido." if language == "es" else said)
