"""mail.html and mail.structured: harmless to show, and nothing left out."""

import base64
import json
import re
import struct
import time

import nh3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acuse.mail import html as rules
from acuse.mail.blocks import Heading, Image, Listing, Paragraph, Preformatted, Quote, Rule, Run, Table
from acuse.mail.html import MAX_HTML, clean, console_document
from acuse.mail.read import read
from acuse.mail.structured import body_of, from_html, from_plain

IMAGE = (
    b"Content-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n"
    b"<img src='cid:a@b' alt=logo><img src='cid:none@b'>\r\n--b\r\n"
    b"Content-Type: image/%s\r\nContent-ID: <a@b>\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n--b--\r\n"
)
GIF = b"GIF89a\x01\x00\x01\x00\x00\x00\x00,\x00\x00\x00\x00%s\x00\x02\x02D\x01\x00;"


def document(html: str) -> str:
    return console_document(html, images=(), placeholder="Imagen remota:")


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href=' java\tscript:alert(1)'>x</a>",
        "<svg onload=alert(1)><script>alert(1)</script></svg>",
        "<iframe src='https://x.example'></iframe>",
        "<style>@import 'https://x.example'</style>",
        "<p style='background:url(https://x.example/p)'>x</p>",
        "<link rel=stylesheet href=https://x.example/x.css>",
        "<meta http-equiv=refresh content='0;url=https://x.example'>",
        "<base href='https://x.example'>",
        "<form action='https://x.example'><input name=p></form>",
        "<table background='https://x.example/p.gif'><tr><td>x</table>",
        "<video src='https://x.example/v'></video><object data='https://x.example/o'></object>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
        "<img src='data:text/html,<script>alert(1)</script>'>",
        "<img srcset='https://x.example/p 2x'><input type=image src='https://x.example/p'>",
    ],
)
def test_nothing_active_or_remote_survives(hostile: str) -> None:
    body = document(hostile).partition("<body>")[2].lower()
    for active in (
        "<script",
        "onerror=a",
        "onload=",
        "javascript:",
        "<iframe",
        "url(",
        "<link",
        "<meta",
        "<base",
        "<form",
    ):
        assert active not in body.replace("&lt;", "")
    for fetched in ('<img src="http', "background=", "srcset", "<video", "<object", "<input", "data:text"):
        assert fetched not in body or fetched == "data:text"
    assert "<img" not in body


def test_remote_images_become_placeholders_and_inline_ones_data() -> None:
    shown = document("<img src='https://t.example/p.gif?u=1&v=2'>")
    assert '<span class="remote-image">Imagen remota: https://t.example/p.gif?u=1&amp;v=2</span>' in shown
    picture = base64.b64encode(GIF % struct.pack("<HH", 1, 1))
    inline = with_image(b"png", picture)
    assert f'<img src="data:image/gif;base64,{picture.decode()}" alt="logo">' in inline, "as its bytes say"
    assert "Imagen remota: cid:none@b" in inline


def with_image(declared: bytes, encoded: bytes) -> str:
    message = read(IMAGE % (declared, encoded))
    return console_document(message.html or "", images=message.inline_images, placeholder="Imagen remota:")


@pytest.mark.parametrize("content", [b"PNG", b"%PDF-1.7", GIF % struct.pack("<HH", 23_000, 23_000)])
def test_an_inline_image_is_a_picture_by_its_bytes_and_of_so_many_pixels(content: bytes) -> None:
    shown = with_image(b"gif", base64.b64encode(content))
    assert "<img" not in shown
    assert "Imagen remota: cid:a@b" in shown


REFERRING = (
    "&",
    "&#",
    "&#x",
    "&a",
    "&a;",
    "&copy",
    "&copy;",
    "&notit;",
    "&amp",
    "&amp;",
    "&#65",
    "&#x41;",
    "&zz;",
    "é",
)
WITH_AMPERSANDS = (
    *REFERRING,
    "<b>",
    "</b>",
    '<a href="https://x.example/?',
    '<p title="',
    '">',
    "=",
    " ",
    "a",
    ";",
    "#",
    "<!--",
)


@given(st.lists(st.sampled_from(WITH_AMPERSANDS), max_size=30).map("".join))
@settings(deadline=None)
def test_ampersands_are_shown_as_they_were(html: str) -> None:
    assert clean(html)[0] == clean_as_before(html)


def clean_as_before(html: str) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rules, "_AMPERSAND", re.compile("(?!)()"))
        return clean(html)[0]


@pytest.mark.parametrize("piece", ["&", "&#", "&#x", "&a", "&a;", "&zz;", "&Counter", "<", "<a", "<!--", '<a href="'])
def test_a_mebibyte_of_beginnings_takes_no_quadratic_time(piece: str) -> None:
    started = time.process_time()
    whole = document(piece * (MAX_HTML // len(piece)))
    assert time.process_time() - started < 5
    if piece == "&":
        assert whole.count("&amp;") == MAX_HTML
        assert words(from_html(piece * MAX_HTML).to_json()) == piece * MAX_HTML


@given(st.text(max_size=300))
@settings(deadline=None)
def test_any_text_gives_a_harmless_document(html: str) -> None:
    body = document(f"<p>{html}").partition("<body>")[2]
    assert "<script" not in body
    json.dumps(from_html(html).to_json())


HTML = """<h2>Título <i>uno</i></h2><p>Uno   <b>dos</b>
<a href="https://x.example/?a=1&amp;b=2">aquí</a><br>tres</p><ul><li>a<ol start=3><li>b</ol></ul><hr>
<blockquote><p>cita</blockquote><pre>a  b
 c</pre><table><tr><th>A<th>B<tr><td>1<td colspan=2>2</table><table><tr><td><table><tr><td>dentro</table></table>
<p>antes <img src="cid:a@b" alt="logo"> <img src="https://t.example/p.gif"></p>"""


def test_structure_is_kept() -> None:
    heading, paragraph, listing, rule, quote, pre, table, inside, images = from_html(HTML).blocks
    assert isinstance(heading, Heading)
    assert (heading.level, heading.runs) == (2, (Run(text="Título "), Run(text="uno", italic=True)))
    assert isinstance(paragraph, Paragraph)
    assert paragraph.runs == (
        Run(text="Uno "),
        Run(text="dos", bold=True),
        Run(text=" "),
        Run(text="aquí", link="https://x.example/?a=1&b=2"),
        Run(text="\ntres"),
    )
    assert isinstance(listing, Listing)
    inner = listing.items[0][1]
    assert isinstance(inner, Listing)
    assert (inner.ordered, inner.start) == (True, 3)
    assert isinstance(rule, Rule)
    assert isinstance(quote, Quote)
    assert isinstance(pre, Preformatted)
    assert pre.text == "a  b\n c"
    assert isinstance(table, Table)
    assert [[(cell.header, cell.columns) for cell in row] for row in table.rows] == [
        [(True, 1), (True, 1)],
        [(False, 1), (False, 2)],
    ]
    assert isinstance(inside, Paragraph)
    assert inside.runs == (Run(text="dentro"),)
    assert isinstance(images, Paragraph)
    assert images.runs[1] == Image(content_id="a@b", address=None, alternative="logo")
    assert images.runs[3] == Image(content_id=None, address="https://t.example/p.gif", alternative="")


def test_direction_and_language_of_each_paragraph() -> None:
    blocks = from_html(
        "<p>hola</p><p>مرحبا بالعالم</p><p>שלום</p><p>中文字</p><p>ひらがな漢字</p><p dir=rtl lang=fr>x</p>"
    ).blocks
    found = [(one.direction, one.language) for one in blocks if isinstance(one, Paragraph)]
    assert found == [("ltr", None), ("rtl", "ar"), ("rtl", "he"), ("ltr", "zh"), ("ltr", "ja"), ("rtl", "fr")]


def test_plain_text_keeps_paragraphs_lines_and_quotes() -> None:
    first, quote, last = from_plain("uno\ndos\n\n> cita\n>> honda\n\nfin").blocks
    assert isinstance(first, Paragraph)
    assert first.runs == (Run(text="uno\ndos"),)
    assert isinstance(quote, Quote)
    assert isinstance(quote.blocks[1], Quote)
    assert isinstance(last, Paragraph)


def words(value: object) -> str:
    """Return every text and alternative in a JSON value, in order."""
    if isinstance(value, dict):
        return "".join(words(item) for key, item in value.items() if key in ("blocks", "runs", "text", "items", "rows"))
    if isinstance(value, list | tuple):
        return "".join(words(item) for item in value)
    return value if isinstance(value, str) else ""


PIECES = (
    "<p>|</p>|<b>|</b>|<ul>|</ul>|<li>|<table>|</table>|<tr>|<td>|<th>|<br>|<pre>|</pre>|<blockquote>|</blockquote>|<h1>"
    "|</h1>|<hr>|<a href=x>|</a>|uno|dos|ñ| |&amp;|<div>|</div>|<caption>|<dl>|<dd>|<span>|</span>|<ol>"
)


@given(st.lists(st.sampled_from(PIECES.split("|")), max_size=40).map("".join))
@settings(deadline=None, max_examples=300)
def test_no_letter_is_lost(html: str) -> None:
    body = from_html(html)
    expected = nh3.clean(html, tags=set(), clean_content_tags=set()).replace("&amp;", "&")
    assert "".join(words(body.to_json()).split()) == "".join(expected.split())
    assert from_html(html) == body


@pytest.mark.parametrize(
    "hostile",
    ["<div>" * 100_000, "<div></b>" * 50_000, "<table><tr><td>" * 20_000, "<" * 500_000, "<a href=x>" * 50_000,
     "&" * 200_000, "<p " + "a=1 " * 100_000, "<ul><li>" * 20_000, ">" * 100_000 + "\n"],
    ids=range(9),
)  # fmt: skip
def test_hostile_bodies_cost_little_time(hostile: str) -> None:
    began = time.process_time()
    from_html(hostile)
    document(hostile)
    from_plain(hostile)
    assert time.process_time() - began < 8


def test_long_bodies_say_that_they_are_cut() -> None:
    assert from_html("<p>" + "x" * 1_100_000).truncated
    assert from_plain("x" * 1_100_000).truncated
    assert not body_of(read(IMAGE)).truncated


def test_a_tag_of_very_many_attributes_is_shown_as_its_source() -> None:
    flood = "<p " + " ".join(f"a{number}=1" for number in range(100_000)) + ">x</p>"
    cleaned, _ = clean(flood)
    assert cleaned.startswith("<pre>&lt;p a0=1")
    quoted = '<p title="' + "word " * 5000 + '">x</p>'
    assert clean(quoted)[0].endswith(">x</p>")
