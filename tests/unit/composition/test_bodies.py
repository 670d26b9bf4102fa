"""A body as text and as HTML."""

import re

from hypothesis import given
from hypothesis import strategies as st

from acuse.composition.bodies import WIDTH, article, plain, write
from acuse.composition.liquid import escaped


def text(body: str) -> str:
    return write(body, title="a", language="es").text


def html(body: str) -> str:
    return write(body, title="a", language="es").html


def test_paragraphs_lists_emphasis_and_links() -> None:
    body = (
        "Hola **Ana**:\nsegunda línea\n\n- uno\n- dos\n  1. tres\n\n[Ver](https://a.example/b) y <https://a.example/c>"
    )
    assert text(body) == (
        "Hola Ana:\nsegunda línea\n\n- uno\n- dos\n  1. tres\n\nVer <https://a.example/b> y https://a.example/c\n"
    )
    shown = html(body)
    assert "<strong>Ana</strong>:<br>" in shown
    assert re.search(r'<a href="https://a\.example/b" style="[^"]+" rel="noopener noreferrer">Ver</a>', shown)
    assert shown.count("<li") == 3


def test_other_marks_stand_for_themselves() -> None:
    body = "# a\n\n> b\n\n```\nc\n```\n\n<b>d</b> &amp; `e`\n\n---\n\n| f |\n|---|"
    assert text(body) == "# a\n\n> b\n\n```\nc\n```\n\n<b>d</b> &amp; `e`\n\n---\n\n| f |\n|---|\n"
    shown = html(body)
    assert "&lt;b&gt;d&lt;/b&gt; &amp;amp; `e`" in shown
    for tag in ("<h1", "<blockquote", "<code", "<hr", "<table", "<b>"):
        assert tag not in shown


def test_only_addresses_that_can_be_followed_become_links() -> None:
    for address in (
        "javascript:alert(1)",
        "data:text/html,a",
        "file:///etc/passwd",
        "vbscript:a",
        "/etc",
        "JavaScript:a",
    ):
        assert "<a " not in html(f"[a]({address}) <{address}>")
    assert 'href="mailto:a@b.example"' in html("<a@b.example>")


def test_lines_are_short_but_for_long_words() -> None:
    address = "https://a.example/" + "x" * 100
    shown = text(("palabra " * 40) + f"\n\n- {'otra ' * 30}\n\n<{address}>")
    assert all(len(line) <= WIDTH or line == address for line in shown.split("\n"))
    assert "\n  otra" in shown


def test_the_document_asks_for_nothing_from_elsewhere_and_fixes_no_colour() -> None:
    shown = html("a ![b](https://c.example/d.png) <img src=x>")
    assert not re.search(r"<(img|link|script|style|iframe)|url\(|background|color:#", shown)
    assert '<meta name="color-scheme" content="light dark">' in shown
    assert "max-width:600px" in shown


def test_a_title_ends_no_element() -> None:
    assert "<title>&lt;/title&gt;&lt;b&gt;</title>" in write("a", title="</title><b>", language="es").html


@given(st.text(max_size=300))
def test_no_text_becomes_anything_but_these_elements(body: str) -> None:
    inner = html(body).partition("<div ")[2].partition(">")[2].rpartition("</div>")[0]
    assert {tag for tag in re.findall(r"</?([a-zA-Z0-9]+)", inner)} <= {
        "p",
        "ul",
        "ol",
        "li",
        "a",
        "strong",
        "em",
        "br",
    }
    assert not re.search(r"\son[a-z]+=", re.sub(r">[^<]*<", "><", inner))
    text(body)


@given(st.text(alphabet="ab1 *_[]()<>\\#-+.!`&\n", max_size=80))
def test_escaped_text_says_itself(foreign: str) -> None:
    words = " ".join(foreign.split())
    assert " ".join(text("x " + escaped(foreign).replace("\n", " ")).split()) == f"x {words}".strip()
    assert not re.search(r"<(a|strong|em|ul|ol)\b", html(escaped(foreign)))


def test_an_article_keeps_its_links_and_nothing_that_could_harm() -> None:
    body = "**Ojo**: [aquí](https://a.example/b) o [no](javascript:alert(1)) <script>x</script>\n\n- uno"
    shown = article(body)
    assert '<a href="https://a.example/b" rel="noopener noreferrer nofollow">aquí</a>' in shown
    assert "<strong>Ojo</strong>" in shown
    assert "[no](javascript:alert(1)) &lt;script&gt;" in shown
    assert "style=" not in shown


def test_the_words_of_a_body_are_one_line_without_marks() -> None:
    assert plain("Hola **Ana**:\nsegunda\n\n- uno\n- [dos](https://a.example)\n") == "Hola Ana: segunda uno dos"
    assert plain(" \n") == ""
