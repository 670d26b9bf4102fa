"""Runs, verbatim lines and addresses: nothing lost, nothing added."""

from hypothesis import given
from hypothesis import strategies as st

from acuse.certificates.stories.runs import (
    address_lines,
    fit,
    foreign,
    language_of,
    own,
    phrase,
    plain,
    text_of,
    wrapped,
)


def test_phrases_take_runs_words_and_lists() -> None:
    said = phrase("{a} y {b}, {c}.", a="uno", b=foreign("dos"), c=[own("tr"), own("es")])
    assert plain(said) == "uno y dos, tres."
    assert [run.get("k", "own") for run in said] == ["own", "own", "foreign", "own", "own", "own", "own"]


def test_a_name_that_ends_in_a_point_ends_the_sentence() -> None:
    assert plain(phrase("el sello de {seal}.", seal=foreign("Ejemplo, S. A."))) == "el sello de Ejemplo, S. A."


def test_a_slot_in_foreign_text_is_not_filled() -> None:
    assert plain(phrase("«{a}» {b}", a=foreign("{b}"), b="x")) == "«{b}» x"


@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\t"), max_size=400), st.integers(20, 90)
)
def test_wrapped_lines_join_to_the_text_and_keep_to_the_columns(text: str, columns: int) -> None:
    lines = wrapped(text, columns)
    assert "".join(line["t"] for line in lines) == fit(text).text
    assert [line["hook"] for line in lines] == [False] + [True] * (len(lines) - 1)
    assert all(len(line["t"]) <= columns for line in lines if line["t"].isascii())


def test_lines_break_at_a_space_near_the_end_else_anywhere() -> None:
    reply = "550 5.1.1 <cliente1042@example.com>: Recipient address rejected: User unknown"
    at = reply.index("rejected")
    assert [line["t"] for line in wrapped(reply, 58)] == [reply[:at], reply[at:]]
    assert [line["t"] for line in wrapped("a" * 30, 20)] == ["a" * 20, "a" * 10]


def test_replies_of_several_lines_keep_them() -> None:
    assert [line["t"] for line in wrapped("250-one\r\n250 two\r\n", 60)] == ["250-one", "250 two"]


@given(st.text(st.characters(categories=("L", "N"), max_codepoint=0x24F), min_size=1, max_size=64), st.integers(1, 6))
def test_addresses_are_broken_and_never_changed(part: str, times: int) -> None:
    address = f"{part}@{'.'.join([part] * times)}.example"
    lines = address_lines(address, 66)
    assert "".join(lines) == fit(address).text
    assert all(len(line) <= 66 for line in lines)


def test_long_text_is_cut_with_an_ellipsis() -> None:
    assert foreign("a" * 200, limit=120)["t"] == "a" * 120 + "…"


def test_bytes_that_are_no_text_are_shown_as_bytes() -> None:
    said = text_of({"base64": "NTUwIGNhZukgXQ=="})
    assert fit(said).text == "550 caf⟨0xE9⟩ ]"


def test_language_follows_the_script_and_han_the_message() -> None:
    assert language_of("طلب", "es") == "ar"
    assert language_of("预约", "es") == "zh"
    assert language_of("予約", "ja") == "ja"
    assert language_of("よやく予約", "es") == "ja"
    assert language_of("cita", "es") == "es"
