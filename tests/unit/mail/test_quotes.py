"""What is new in a message, apart from what it repeats; whatever the text, nothing is lost."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acuse.mail.plain import text_of
from acuse.mail.quotes import parted
from acuse.mail.read import read


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("Sí.\n\nEl lun, 16 nov 2026 a las 16:20, Taller (<a@b.example>) escribió:\n\n> Hola", "Sí."),
        ("Yes.\n\nOn Mon, 16 Nov 2026 at 16:20, The Garage\n<a@b.example> wrote:\n> Hello", "Yes."),
        ("Sí.\n\n-----Mensaje original-----\nDe: Taller\nAsunto: x", "Sí."),
        ("Sí.\n\nDe: Taller <a@b.example>\nEnviado el: lunes 16\nPara: Ana\n\nHola", "Sí."),
        ("Sí.\n> Hola\n> Adiós\n", "Sí."),
        ("> Hola\n\nSí.", "> Hola\n\nSí."),
        ("El coche que me vendió Juan no arranca.", "El coche que me vendió Juan no arranca."),
        ("> Solo lo que repite", "> Solo lo que repite"),
        ("", ""),
    ],
)
def test_what_is_new(text: str, new: str) -> None:
    assert parted(text)[0] == new


@given(st.text(alphabet="ab >\n-:El escribió:wrote", max_size=300))
def test_nothing_is_lost(text: str) -> None:
    new, quoted = parted(text)
    assert "".join((new + quoted).split()) == "".join(text.split())
    assert bool(new.strip()) == bool(text.strip())


def test_html_alone_is_read_as_text() -> None:
    raw = (
        b"From: a@b.example\r\nContent-Type: text/html\r\n\r\n<p>Hola <b>se\xc3\xb1ora</b></p>"
        b"<ul><li>uno</li><li>dos</li></ul><script>x()</script><blockquote><p>antes</p></blockquote>"
        b"<p><a href='https://x.example/'>aqu\xc3\xad</a></p>"
    )
    text = text_of(read(raw.replace(b"text/html", b"text/html; charset=utf-8")))
    assert text.split("\n\n")[0] == "Hola señora"
    assert "- uno\n- dos" in text
    assert "> antes" in text
    assert "aquí <https://x.example/>" in text
    assert "x()" not in text


@pytest.mark.parametrize(
    "hostile", [" " * 20_000, "\n" * 20_000, "El " * 7_000, "El\n" * 7_000, "-" * 20_000, "De: x\n" * 3_000]
)
def test_hostile_text_takes_no_time(hostile: str) -> None:
    began = time.process_time()
    parted(hostile * (100_000 // len(hostile)))
    assert time.process_time() - began < 2
