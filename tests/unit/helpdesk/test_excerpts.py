"""What of an answer a search shows: the words in it, marked where they stand, accents and all."""

import pytest

from acuse.helpdesk.excerpts import LENGTH, Piece, excerpt, level

START, STOP = "\x02", "\x03"


@pytest.mark.parametrize(
    "text", ["¿Cómo? ÁÉÍÓÚ üñç", "ﬁn ½ ſ 한국 e\u0301", "línea\nuna\ttabla\x02", "😀👩‍👩‍👧 a\u200db"]
)
def test_a_levelled_text_has_the_same_places(text: str) -> None:
    levelled = level(text)
    assert len(levelled) == len(text)
    assert START not in levelled
    assert level("¿Garantía de la batería, año?") == "¿Garantia de la bateria, ano?"


def test_marks_stand_where_the_words_do_in_the_text_itself() -> None:
    text = "La garantía cubre la batería."
    marked = f"La {START}garantia{STOP} cubre la {START}bateria{STOP}."
    assert excerpt(text, marked) == (
        Piece("La ", False),
        Piece("garantía", True),
        Piece(" cubre la ", False),
        Piece("batería", True),
        Piece(".", False),
    )


def test_a_long_text_is_cut_around_the_first_word_and_between_words() -> None:
    text = "antes " * 100 + "aquí " + "después " * 100
    marked = level(text).replace("aqui", f"{START}aqui{STOP}")
    pieces = excerpt(text, marked)
    whole = "".join(piece.text for piece in pieces)
    assert whole.startswith("… antes ")
    assert whole.endswith(" después …")
    assert [piece.text for piece in pieces if piece.marked] == ["aquí"]
    assert len(whole) <= LENGTH + 4


@pytest.mark.parametrize("text", ["", "corto", "x" * 5000, "una " * 500])
def test_without_a_word_the_beginning_is_shown(text: str) -> None:
    whole = "".join(piece.text for piece in excerpt(text, level(text)))
    assert whole.removesuffix(" …") == text[: len(whole.removesuffix(" …"))]
    assert len(whole) <= LENGTH + 2


def test_one_endless_word_is_shown_whole() -> None:
    text = "a" * 1000
    assert excerpt(text, f"{START}{text}{STOP}") == (Piece(text, True),)
