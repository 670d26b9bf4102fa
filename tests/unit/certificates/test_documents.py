"""Whole documents, read back with public tools: what a reader copies, hears and extracts is what was told."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acuse.certificates.stories import communication, receipt
from acuse.certificates.stories.context import Party
from acuse.certificates.stories.runs import plain
from acuse.mail.read import read
from acuse.pdf.attachments import Attachment
from acuse.pdf.pool import Typesetter
from acuse.pdf.typeset import typeset
from tests.unit.certificates import samples

Model = dict[str, Any]
ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), max_size=50)


def model(history: samples.History, language: Any = "es", raw: bytes | None = None, **changes: Any) -> Model:
    message = read(samples.message(samples.LETTER) if raw is None else raw)
    return communication.tell(history.facts, message, samples.context(language, **changes))


def pdf(told: Model, template: str = samples.CERTIFICATE, files: tuple[Attachment, ...] = ()) -> bytes:
    return typeset(template, told, files, date=samples.context().issued_at)


def tool(*command: str | Path) -> str:
    done = subprocess.run([str(word) for word in command], capture_output=True, check=True)
    return done.stdout.decode("utf-8", "replace")


def text(path: Path, *options: str) -> str:
    return tool("pdftotext", *options, path, "-")


def pages(path: Path) -> list[str]:
    return text(path, "-layout").removesuffix("\f").split("\f")


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., Path]:
    def make(told: Model, template: str = samples.CERTIFICATE, files: tuple[Attachment, ...] = ()) -> Path:
        path = tmp_path / "document.pdf"
        path.write_bytes(pdf(told, template, files))
        return path

    return make


def test_the_same_model_gives_the_same_bytes() -> None:
    assert pdf(model(samples.relayed())) == pdf(model(samples.relayed()))


def test_documents_made_before_in_the_same_process_change_no_byte() -> None:
    """Typst remembers layouts; `acuse verify --render` makes a document alone that a busy worker made."""
    date = samples.context().issued_at
    told = model(samples.relayed())
    others = [model(samples.refused()), model(samples.unanswered(), "en"), model(samples.relayed(), code="OTHER")]
    with Typesetter(processes=1) as fresh, Typesetter(processes=1) as busy:
        for other in others:
            busy.typeset(samples.CERTIFICATE, other, date=date)
        alone = fresh.typeset(samples.CERTIFICATE, told, date=date)
        assert busy.typeset(samples.CERTIFICATE, told, date=date) == alone
    assert pdf(told) == alone, "with as many threads as there are cores, too"


def test_copied_text_equals_code_digests_commands_and_note(made: Callable[..., Path]) -> None:
    told = model(samples.refused())
    copied = text(made(told), "-raw")
    words = copied.split()
    assert words.count(samples.CODE) >= 5
    for row in told["integrity"]["digests"]:
        assert row["sha256"] in words
    for step in told["verification"]["steps"]:
        for command in step["commands"]:
            assert command in copied
    assert "cliente1042@example.com" in words
    unbroken = copied.replace("\n", "")
    assert samples.NOTE.replace("\n", "") in unbroken
    reply = [line["t"].rstrip() for line in told["first"]["verbatim"]]
    assert "\n".join(reply) in copied


def test_a_long_address_is_broken_and_copied_whole(made: Callable[..., Path]) -> None:
    assert samples.LONG_ADDRESS in text(made(model(samples.unanswered())), "-raw").replace("\n", "")


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_page_stands_alone(made: Callable[..., Path], language: str) -> None:
    told = model(samples.exhausted(30), language, development=True)
    of = told["footer"]["page"]
    shown = pages(made(told))
    assert len(shown) >= 5
    for number, page in enumerate(shown, start=1):
        assert samples.CODE in page
        assert f"{of[0]}{number}{of[1]}{len(shown)}" in page
        assert "acuse.example.org/v" in page
        assert told["development"] in page
        assert number == 1 or told["first"]["headline"] in page.split("\n\n")[0] + page
    assert told["product"] in shown[0]
    assert all(told["header"]["document"] in page for page in shown[1:])


def test_headings_are_tagged_in_order(made: Callable[..., Path]) -> None:
    path = made(model(samples.relayed()))
    structure = tool("pdfinfo", "-struct-text", path)
    headings = re.findall(r"^ *(H[1-6])\b.*\n((?: +\".*\n)+)", structure, re.MULTILINE)
    told = [(level, "".join(re.findall(r'"(.*)"', words))) for level, words in headings]
    assert told[0] == ("H1", "Certificado de comunicación electrónica")
    assert [words for level, words in told if level == "H2"] == [
        "Qué prueba",
        "Qué no prueba",
        "2Partes",
        "3Contenido",
        "4Cronología",
        "5Plazos",
        "6Integridad",
        "7Cómo verificarlo sin nosotros",
    ]
    spoken = structure[structure.index("H1") :]
    order = [
        "Grado alcanzado",
        "G1",
        "Aceptada por el servidor",
        "Horas peninsulares",
        "Figure",
        "Qué prueba",
        "Emitido",
    ]
    places = [spoken.index(words) for words in order]
    assert places == sorted(places)
    assert structure.count("TH") > 5


def test_title_language_and_standard_are_declared(made: Callable[..., Path], tmp_path: Path) -> None:
    path = made(model(samples.relayed(), "en", development=True))
    declared = tool("pdfinfo", path)
    title = (
        "Certificate 7KQM-4T2H-9XWD-3PFA: Accepted by the recipient’s server (Development time stamp – no legal value)"
    )
    assert re.search(rf"^Title: +{re.escape(title)}$", declared, re.MULTILINE)
    assert re.search(r"^Tagged: +yes$", declared, re.MULTILINE)
    tool("qpdf", "--qdf", "--object-streams=disable", path, tmp_path / "plain.pdf")
    plain_pdf = (tmp_path / "plain.pdf").read_bytes()
    assert b"/Lang (en)" in plain_pdf
    assert b"<pdfaid:part>3</pdfaid:part>" in plain_pdf
    assert "no" in re.findall(r"^JavaScript: +(\w+)$", declared, re.MULTILINE)


def test_only_our_fonts_are_used_and_all_are_embedded(made: Callable[..., Path]) -> None:
    fonts = tool("pdffonts", made(model(samples.unanswered()))).splitlines()[2:]
    names = {line.split()[0].partition("+")[2] for line in fonts}
    assert all(re.match(r"IBMPlex|SourceSerif4|Noto", name) for name in names), names
    assert all(re.search(r" yes yes yes ", line) for line in fonts)


def test_a_message_of_any_length_prints_at_most_twenty_pages_of_itself(made: Callable[..., Path]) -> None:
    for paragraph in ("Una línea.\n\n", "palabra " * 300 + "\n\n", "x\n"):
        told = model(samples.relayed(), raw=samples.message(paragraph * (240_000 // len(paragraph))))
        assert told["content"]["ends"].startswith("Sigue")
        last = next(n for n, page in enumerate(pages(made(told)), start=1) if "Sigue en el mensaje original" in page)
        assert 16 <= last - 1 <= 21, paragraph[:10]


def test_two_hundred_facts_are_all_there(made: Callable[..., Path]) -> None:
    shown = pages(made(model(samples.exhausted(200))))
    everything = "\n".join(shown)
    for number in range(1, 201):
        assert f"Intento {number}: " in everything
    timeline = [page for page in shown if "Intento" in page]
    assert all("Hecho y fuente" in page and "23 de noviembre de 2026" in page for page in timeline)
    assert len(timeline) <= 14


def test_embedded_files_keep_their_bytes_and_names(made: Callable[..., Path], tmp_path: Path) -> None:
    raw = samples.message(samples.LETTER)
    attachment = Attachment(
        name="mensaje.eml", media_type="message/rfc822", content=raw, relationship="source", description="Original"
    )
    path = made(model(samples.relayed(), raw=raw), samples.CERTIFICATE, (attachment,))
    tool("pdfdetach", "-saveall", "-o", tmp_path, path)
    assert (tmp_path / "mensaje.eml").read_bytes() == raw


@pytest.mark.parametrize("language", ["es", "en"])
def test_receipts_are_documents_of_the_same_family(made: Callable[..., Path], language: Any) -> None:
    told = receipt.tell(samples.relayed().facts, read(samples.message("Hola")), samples.context(language))
    shown = pages(made(told, samples.RECEIPT))
    assert told["first"]["headline"] in shown[0]
    assert told["first"]["note"].split(";")[0] in " ".join(shown[0].split())
    assert "G6" not in shown[0]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(subject=ANYTHING, name=ANYTHING, body=ANYTHING, reply=ANYTHING)
def test_any_text_anywhere_makes_a_document(subject: str, name: str, body: str, reply: str) -> None:
    history = samples.History(subject=subject, credential=name[:30]).opened(0.5)
    history.answered("attempt.refused", 2.4, 550, reply or "550", failure_class="other", stage="rcpt")
    party = Party(name=name or "x", tax_id=name)
    raw = b"Content-Type: text/plain; charset=utf-8\r\nSubject: x\r\n\r\n" + (body + "\n\n" + reply).encode()
    told = model(history, raw=raw, organisation=party, certifier=party)
    assert pdf(told).startswith(b"%PDF")
    assert plain(told["first"]["sentence"])


@pytest.mark.parametrize(
    "html",
    [
        "<table>" + "<tr>" + "<td>palabra</td>" * 9 + "</tr>" * 3 + "</table>",
        "<table><tr><th>A</th></tr><tr><td colspan=3>x</td></tr><tr><td>1</td><td>2</td></tr></table>",
        "<ul>" * 30 + "<li>x",
        "<ol start=-3><li>x<li>y</ol><ol start=99999999999999999999><li>x</ol><ol><li></ol>",
        "<s><a href='https://a.example/'>x</a></s>",
        "<table><tr><td colspan=1000>x</td></tr><tr></tr><tr><td rowspan=3>y<td>z</tr></table><table></table>",
        "<blockquote>" * 40 + "x",
        "<h1>" + "a" * 500 + "</h1><p>" + "b" * 3000,
        "<p dir=rtl lang=ar>سلام <b>abc</b> 12 <a href='https://a.example/%D8'>رابط</a></p>",
        "<ol start=7><li><p>x<pre>" + "y " * 400 + "</pre></ol>",
        "<table><tr><td><img src='https://a.example/i.png'></td><td>1,00</td></tr></table>",
    ],
)
def test_strange_markup_makes_a_document(html: str) -> None:
    raw = b"Content-Type: text/html; charset=utf-8\r\nSubject: x\r\n\r\n" + html.encode()
    assert pdf(model(samples.relayed(), raw=raw)).startswith(b"%PDF")


# fmt: off
TAGS = [
    "p", "b", "i", "s", "ul", "ol", "li", "table", "tr", "td", "th", "blockquote", "pre", "h1", "h3", "code", "br",
    "hr", "div", "/p", "/b", "/s", "/ul", "/li", "/table", "/tr", "/td", "/pre", "/h1", "/code", "/a",
    "a href='https://a.example/%20'", "img src='cid:q'", "img src='http://a.example/z'", "ol start='-5'",
]
# fmt: on
WORDS = ["texto ", "1,00 €", "سلام", "预约", "\u0301", "a" * 70, " ", "\n"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from([f"<{tag}>" for tag in TAGS] + WORDS), max_size=60))
def test_any_markup_makes_a_document(pieces: list[str]) -> None:
    raw = b"Content-Type: text/html; charset=utf-8\r\n\r\n" + "".join(pieces).encode()
    assert pdf(model(samples.relayed(), raw=raw)).startswith(b"%PDF")


@pytest.mark.parametrize("declared", ["x-klingon", "es-ES", "\u00f1\u00f1", "e", "zz", "123", "a b", "\u202e"])
def test_any_declared_language_makes_a_document(declared: str) -> None:
    head = f"Content-Type: text/html; charset=utf-8\r\nContent-Language: {declared}\r\n\r\n".encode()
    raw = head + f'<p lang="{declared}">Hola</p>'.encode()
    assert pdf(model(samples.relayed(), raw=raw)).startswith(b"%PDF")
