"""mail.hidden_html: nobody is tracked by a copy whose HTML hides the link against it."""

import time

import pytest

from acuse.mail.additions import Added, Wanted, add
from acuse.mail.hidden_html import hides_its_end

BASE = "https://acuse.example"
WITHDRAW = f"{BASE}/t/abc/"
TRACKED = Wanted(
    language="en",
    image=f"{BASE}/t/abc/i.gif",
    link=lambda number: f"{BASE}/t/abc/{number}",
    withdraw=WITHDRAW,
    own=f"{BASE}/",
)
BOTH = Wanted(
    language="en",
    receipt=f"{BASE}/r/abc/",
    image=TRACKED.image,
    link=TRACKED.link,
    withdraw=WITHDRAW,
    own=TRACKED.own,
)


def page(body: str) -> bytes:
    return f"Subject: x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{body}".encode()


@pytest.mark.parametrize(
    "opened",
    [
        "<template>", "<noscript>", "<select>", "<details>", "<svg><desc>", "<math>",
        "<p hidden>", "<p HIDDEN=''>", "<div popover>", '<div style="display:none">', "<b style=DISPLAY:NONE>",
        '<div style="display : /* x */ none !important">', '<div style="display:&#110;one">',
        r'<div style="display:n\6fne">', '<div style="color:red" style="display:none">',
        "<div hidden><object></div>", "<td><div hidden><object></td></div>", "<div hidden><div></div>",
        '<p><b style="display:none">x</p>', "<div hidden/>", "<svg><style><desc><p></style></svg>",
    ],
)  # fmt: skip
def test_where_the_link_would_not_be_shown_nothing_is_tracked(opened: str) -> None:
    raw = page(f'<html><body><a href="https://x.example/">l</a>{opened}</body></html>')
    assert add(raw, TRACKED) == Added(message=raw, why_not="hidden")
    made = add(raw, BOTH)
    assert (made.footer, made.image, made.links, made.why_not) == (True, False, (), "")
    assert WITHDRAW.encode() not in made.message


@pytest.mark.parametrize(
    "source",
    [
        '<body><div style="display:none;max-height:0">Lo nuevo<br><img src=x></div><p>Hola</p></body>',
        '<body><img style="display:none"><input type="hidden" hidden><p>Hola',
        "<body><template><p>x</p></template><select><option>x</option></select></body>",
        "<body><!-- <div hidden> --><p title='<div hidden>' data-hidden>Hola</p></body><template>",
        '<body><span style="display:none"><span>x</span></span></body>',
        "<style>p{display:none}</style><p>Hola",
    ],
)
def test_what_is_closed_before_hides_nothing(source: str) -> None:
    assert not hides_its_end(source)
    made = add(page(source), TRACKED)
    assert (made.image, made.why_not) == (True, "")


def test_every_element_of_the_line_beats_a_style_sheet() -> None:
    raw = page("<style>div[lang],div[lang] *{display:none!important}</style><p>Hola")
    made = add(raw, BOTH).message
    assert b"Content-Transfer-Encoding" not in made, "its lines are short enough"
    line = made.decode().split("<p>Hola", 1)[1].split("<img ")[0]
    elements = [one for one in line.split("<")[1:] if not one.startswith("/")]
    assert len(elements) == 5
    for one in elements:
        assert "visibility:visible!important" in one
        assert "display:block!important" in one or "display:inline!important" in one


def test_plain_text_without_end_takes_no_link() -> None:
    raw = page("<body><plaintext>x</plaintext></body>")
    assert add(raw, TRACKED) == Added(message=raw, why_not="malformed")


@pytest.mark.parametrize("unit", ["<div hidden>", "<p></div>", "<div hidden></div>", '<p style="/*">', "<b></b>"])
def test_hostile_sources_take_no_time(unit: str) -> None:
    source = unit * (2_000_000 // len(unit))
    began = time.process_time()
    hides_its_end(source)
    hides_its_end(f'<p style="{"/*" * 400_000}">')
    assert time.process_time() - began < 10
