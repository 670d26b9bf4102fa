"""Foreign text made fit for the page: total, visible, unambiguous."""

import json
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acuse.pdf import coverage
from acuse.pdf.text import CLOSE, OPEN, PLAIN, direction, drawn, has_right_to_left
from acuse.pdf.typeset import typeset

DATE = datetime(2026, 11, 23, tzinfo=UTC)
ANYTHING = st.text(st.characters(exclude_categories=()), max_size=60)
PARTS = Path(__file__).parents[3] / "src/acuse/certificates/templates/parts"
SHEET = """
#import "parts/style.typ": *
#let model = json("/model.json")
#set document(title: "Characters", date: datetime(year: 2026, month: 11, day: 23))
#set page(width: 200mm, height: auto)
#set text(lang: "en")
= Characters
#let styles = (
  (sans, 400, "normal"), (sans, 400, "italic"), (sans-bold, 600, "normal"),
  (mono, 400, "normal"), (mono-bold, 600, "normal"),
  (serif, 400, "normal"), (serif, 400, "italic"), (serif, 600, "normal"), (serif, 600, "italic"),
)
#for (faces, weight, style) in styles {
  par(text(font: faces, weight: weight, style: style, model.pieces.join(" ")))
}
"""


def test_the_committed_table_is_that_of_the_fonts() -> None:
    committed = {name: [list(pair) for pair in ranges] for name, ranges in coverage.measure().items()}
    assert json.loads(coverage.TABLE.read_text("ascii")) == committed


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("sheet")
    (folder / "parts").symlink_to(PARTS)
    (folder / "sheet.typ").write_text(SHEET, "utf-8")
    return str(folder / "sheet.typ")


def test_every_character_that_is_drawn_compiles_in_every_style(sheet: str) -> None:
    covered = {chr(code) for one in coverage.measure().values() for low, high in one for code in range(low, high + 1)}
    characters = sorted(character for character in covered if drawn(character, message=True).text == character)
    assert len(characters) > 15_000
    for start in range(0, len(characters), 4000):
        assert typeset(sheet, {"pieces": characters[start : start + 4000]}, date=DATE).startswith(b"%PDF")


@settings(max_examples=60, deadline=None)
@given(ANYTHING, st.booleans())
def test_any_text_compiles_under_pdf_a(sheet: str, text: str, message: bool) -> None:
    typeset(sheet, {"pieces": [drawn(text, message=message).text]}, date=DATE)


@settings(max_examples=400)
@given(ANYTHING)
def test_outside_messages_the_printed_text_tells_the_original(text: str) -> None:
    printed = drawn(text).text
    restored, rest = "", printed
    while rest:
        if rest.startswith(f"{OPEN}U+"):
            mark, _, rest = rest.partition(CLOSE)
            restored += chr(int(mark[3:], 16))
        else:
            restored, rest = restored + rest[0], rest[1:]
    assert restored == text


@pytest.mark.parametrize("character", ["\0", "\x1b", "\u202e", "\u2066", "\u200b", "\ufeff", "\ud800", "\u3164", OPEN])
def test_what_nobody_sees_is_shown(character: str) -> None:
    made = drawn(f"a{character}b")
    assert made.text == f"a{OPEN}U+{ord(character):04X}{CLOSE}b"
    assert made.replaced == (f"{OPEN}U+{ord(character):04X}{CLOSE}",)


def test_marks_of_direction_stay_in_messages_but_overrides_never() -> None:
    assert drawn("\u200fسلام", message=True).replaced == ()
    assert drawn("a\u202eb", message=True).replaced == (f"{OPEN}U+202E{CLOSE}",)


def test_a_combining_mark_stays_only_on_a_letter_of_a_face_that_has_both() -> None:
    assert drawn("n\u0303").text == "n\u0303"
    assert drawn(" \u0303").text == f" {OPEN}U+0303{CLOSE}"
    assert drawn("预\u0591").text == f"预{OPEN}U+0591{CLOSE}"


def test_scripts_and_emoji_that_the_faces_have_stay_as_they_are() -> None:
    for text in (
        "Reclamación ñ €",
        "Ωμέγα",
        "Жалоба",
        "שלום",
        "طلب موعد",
        "预约确认",
        "予約確認",
        "예약",
        "\U0001f600",
    ):
        assert drawn(text).text == text, unicodedata.name(text[0])


def test_direction_is_that_of_the_first_strong_letter() -> None:
    assert direction("123 - سلام abc") == "rtl"
    assert direction("abc سلام") == "ltr"
    assert direction("...") == "ltr"
    assert has_right_to_left("abc سلام")
    assert not has_right_to_left("abc 预约")


def test_plain_letters_are_what_the_long_way_finds_drawn() -> None:
    for letter in PLAIN:
        assert drawn(f"{letter}\u0915").text == f"{letter}{OPEN}U+0915{CLOSE}"
