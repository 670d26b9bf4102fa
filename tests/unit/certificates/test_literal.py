"""The literal text: every block of a message, its pictures and wide tables, and the cut after twenty pages."""

import io
from email.message import EmailMessage
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from acuse.certificates.stories.case import open_case
from acuse.certificates.stories.content import content
from acuse.certificates.stories.literal import MAX_LINES, Literal, literal
from acuse.mail.read import read
from tests.unit.certificates import samples


def made(raw: bytes) -> Literal:
    message = read(raw)
    case = open_case(samples.relayed().facts, samples.context(), message_language=message.language)
    return literal(case, message, original="mensaje.eml")


def page(html: str, *images: tuple[str, bytes]) -> bytes:
    message = EmailMessage()
    message["Subject"] = "Presupuesto"
    message.set_content(html, subtype="html")
    for cid, image in images:
        message.add_related(image, "image", "png", cid=f"<{cid}>")
    return message.as_bytes()


def words(blocks: Any) -> str:
    """All text of some blocks, in order."""
    if isinstance(blocks, dict):
        return "".join(words(value) if key not in ("t", "link") else f"{value} " for key, value in blocks.items())
    return "".join(words(item) for item in blocks) if isinstance(blocks, list) else ""


def test_structure_stays() -> None:
    blocks = made(
        page(
            "<h2>Trabajos</h2><p>Antes del <b>4 de diciembre</b> en <a href='https://a.example/318'>su página</a>.</p>"
            "<ul><li>uno</li><li>dos</li></ul><blockquote>cita</blockquote><pre>a  b\nc</pre><hr>"
        )
    ).blocks
    assert [block["kind"] for block in blocks] == [
        "heading",
        "paragraph",
        "list",
        "quotation",
        "preformatted",
        "rule",
    ]
    runs = blocks[1]["runs"]
    assert any(run.get("bold") and run["t"] == "4 de diciembre" for run in runs)
    assert any(run.get("link") == "https://a.example/318" and run["t"] == "su página" for run in runs)
    assert [line["t"] for line in blocks[4]["lines"]] == ["a  b", "c"]


def test_figures_stand_at_the_right_with_their_headings() -> None:
    html = "<table><tr><th>Concepto</th><th>Importe</th></tr><tr><td>Bomba</td><td>184,30 €</td></tr></table>"
    table = made(page(html)).blocks[0]
    assert table["kind"] == "table"
    assert [[cell["right"] for cell in row] for row in (*table["header"], *table["rows"])] == [[False, True]] * 2


def test_tables_too_wide_become_lists_with_their_headings() -> None:
    head = "".join(f"<th>Cabecera{n}</th>" for n in range(14))
    html = f"<table><tr>{head}</tr><tr>{''.join(f'<td>valor{n}</td>' for n in range(14))}</tr></table>"
    (block,) = made(page(html)).blocks
    assert block["kind"] == "list"
    assert "Cabecera13:  valor13" in words(block)


def test_inline_images_are_drawn_and_remote_ones_named() -> None:
    out = io.BytesIO()
    Image.new("RGB", (96, 48)).save(out, "PNG")
    html = "<p>Antes <img src='cid:logo' alt='Logo'> después</p><p><img src='https://a.example/x.png'></p>"
    told = made(page(html, ("logo", out.getvalue())))
    assert [block["kind"] for block in told.blocks] == ["paragraph", "image", "paragraph", "placeholder"]
    assert told.blocks[1]["path"] in told.pictures
    assert (told.blocks[1]["width"], told.blocks[1]["alternative"]) == (25.4, "Logo")
    assert "https://a.example/x.png" in words(told.blocks[3])


def test_an_image_that_cannot_be_drawn_is_named() -> None:
    told = made(page("<p><img src='cid:logo'></p>", ("logo", b"not an image")))
    assert told.blocks[0]["kind"] == "placeholder"
    assert told.pictures == {}


def test_right_to_left_paragraphs_say_so() -> None:
    blocks = made(samples.message("عزيزنا العميل،\n\nHola\n\n尊敬的客户\n")).blocks
    assert [(block["dir"], block["lang"]) for block in blocks] == [("rtl", "ar"), ("ltr", "es"), ("ltr", "zh")]


def test_after_twenty_pages_the_document_says_where_the_text_goes_on() -> None:
    told = made(samples.message("Una línea cualquiera del mensaje.\n\n" * 3000))
    assert len(told.blocks) <= MAX_LINES
    assert told.ends.startswith("Sigue en el mensaje original: mensaje.eml, desde el carácter ")
    offset = int(told.ends.rsplit(" ", 1)[1].strip(".").replace("\u00a0", ""))
    assert offset == sum(len(run.get("t", " ")) for block in told.blocks for run in block["runs"])


def test_one_endless_paragraph_is_cut_too() -> None:
    told = made(samples.message("palabra " * 40_000))
    assert told.ends.startswith("Sigue")
    assert 60_000 < len(words(told.blocks)) < 100_000


def test_an_empty_message_says_so() -> None:
    assert made(samples.message("")).ends == "El mensaje no contiene texto."


def test_replaced_characters_are_announced_once() -> None:
    message = read(samples.message("Hola \u0915 \u0915 \u0916"))
    case = open_case(samples.relayed().facts, samples.context(), message_language=None)
    row = next(row for row in content(case, message)["rows"] if row["label"] == "Signos no disponibles")
    assert row["parts"][0]["runs"][0]["t"] == "⟨U+0915⟩, ⟨U+0916⟩"


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=600))
def test_any_bytes_have_a_literal_text(raw: bytes) -> None:
    made(raw)
    made(b"Content-Type: text/html; charset=utf-8\r\n\r\n<table><tr><td>" + raw)
