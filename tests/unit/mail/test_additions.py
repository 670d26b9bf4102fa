"""mail.additions: what is added stands in the body that people read, and everything else stays byte for byte."""

import base64
import quopri
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acuse.mail import charsets, structure
from acuse.mail.additions import Added, Wanted, add
from acuse.mail.read import read
from acuse.proof.facts.communication import NOT_ADDED

VECTORS = sorted((Path(__file__).parents[2] / "vectors" / "mime").glob("*"))
BASE = "https://acuse.example"
RECEIPT, IMAGE, WITHDRAW = f"{BASE}/r/abc/", f"{BASE}/t/abc/i.gif", f"{BASE}/t/abc/"


def link(number: int) -> str:
    return f"{BASE}/t/abc/{number}"


FOOTER = Wanted(language="es", receipt=RECEIPT)
TRACKED = Wanted(language="en", image=IMAGE, link=link, withdraw=WITHDRAW, own=f"{BASE}/")
BOTH = Wanted(language="es", receipt=RECEIPT, image=IMAGE, link=link, withdraw=WITHDRAW, own=f"{BASE}/")


def lines(*rows: str, charset: str = "utf-8") -> bytes:
    return "\r\n".join(rows).encode(charset)


def page(body: str, *fields: str) -> bytes:
    return lines("Subject: x", "Content-Type: text/html; charset=utf-8", *fields, "", body)


PAGE = '<html><body><p>Hola</p><a href="https://ribera.example/?a=1&amp;b=2">ver</a></body></html>\r\n'
ALTERNATIVES = lines(
    "From: avisos@ribera.example",
    "MIME-Version: 1.0",
    'Content-Type: multipart/mixed; boundary="m"',
    "",
    "--m",
    'Content-Type: multipart/alternative; boundary="a"',
    "",
    "--a",
    "Content-Type: text/plain; charset=iso-8859-1",
    "Content-Transfer-Encoding: quoted-printable",
    "",
    "Reclamaci=F3n",
    "--a",
    "Content-Type: text/html; charset=utf-8",
    "Content-Transfer-Encoding: base64",
    "",
    base64.b64encode(PAGE.encode()).decode(),
    "--a--",
    "--m",
    "Content-Type: text/plain",
    "Content-Disposition: attachment; filename=a.txt",
    "",
    "https://ribera.example/",
    "--m",
    "Content-Type: message/rfc822",
    "",
    "Content-Type: text/html",
    "",
    '<a href="https://otra.example/">x</a>',
    "--m--",
    "",
)


def parts(raw: bytes) -> dict[str, bytes]:
    root, _ = structure.parse(raw)
    return {part.path: structure.content_of(raw, part)[0] for part in root.walk() if not part.children}


def test_both_alternatives_say_it_and_nothing_else_changes() -> None:
    made = add(ALTERNATIVES, BOTH)
    assert (made.footer, made.image, made.links, made.why_not) == (
        True,
        True,
        ("https://ribera.example/?a=1&b=2",),
        "",
    )
    before, after = parts(ALTERNATIVES), parts(made.message)
    assert {path for path in before if before[path] != after[path]} == {"1.1", "1.2"}
    plain, html = after["1.1"].decode("iso-8859-1"), after["1.2"].decode("utf-8")
    assert plain.startswith("Reclamación\r\n\r\n________\r\nEste mensaje está certificado.")
    assert RECEIPT in plain
    assert WITHDRAW in plain
    assert "https://acuse.example/t/abc/1" not in plain
    assert html.startswith(f'<html><body><p>Hola</p><a href="{link(1)}">ver</a><div lang="es"')
    assert html.endswith(f'<img src="{IMAGE}" width="1" height="1" alt="">\r\n</body></html>\r\n')
    assert html.isascii()
    assert made.message.startswith(ALTERNATIVES[: ALTERNATIVES.index(b"Reclamaci=F3n")])
    assert made.message.endswith(ALTERNATIVES[ALTERNATIVES.index(b"--a--") :])


def test_only_what_is_wanted_is_added() -> None:
    footer = add(ALTERNATIVES, FOOTER)
    assert (footer.footer, footer.image, footer.links) == (True, False, ())
    text = parts(footer.message)["1.2"].decode()
    assert "https://ribera.example/?a=1&amp;b=2" in text
    assert WITHDRAW not in text.replace(RECEIPT, "")
    tracked = add(ALTERNATIVES, TRACKED)
    assert (tracked.footer, tracked.image, len(tracked.links)) == (False, True, 1)
    assert RECEIPT not in parts(tracked.message)["1.2"].decode()
    assert "Its sender may learn" in parts(tracked.message)["1.1"].decode("iso-8859-1")


def test_a_message_of_ascii_alone_becomes_utf_8_and_says_so() -> None:
    made = add(lines("Subject: x", "", "Hola.", ""), FOOTER).message
    assert made.startswith(b"MIME-Version: 1.0\r\n")
    assert made.isascii()
    text = read(made).text or ""
    assert text.startswith("Hola.\n\n________\nEste mensaje está certificado.")
    assert read(made).defects == ()
    other = lines("Subject: x", 'Content-Type: text/plain; charset="us-ascii"; format=flowed', "", "Hola.", "")
    assert b"; charset=utf-8; format=flowed\r\n" in add(other, FOOTER).message


@pytest.mark.parametrize("encoding", ["8bit", "binary", "7bit"])
def test_a_message_that_every_server_takes_stays_one(encoding: str) -> None:
    raw = lines("Subject: x", "MIME-Version: 1.0", f"Content-Transfer-Encoding: {encoding}", "", "Hola.", "")
    made = add(raw, FOOTER)
    assert made.footer
    assert made.message.isascii()


def test_english_needs_no_other_character_set() -> None:
    raw = lines("Subject: x", "", "Hello.", "")
    made = add(raw, Wanted(language="en", receipt=RECEIPT)).message
    assert made.startswith(raw)
    assert b"Content-Type" not in made


@pytest.mark.parametrize(
    "charset",
    ["iso-8859-1", "windows-1252", "utf-8", "utf-16", "shift_jis", "iso-2022-jp", "gb18030"],
)
@pytest.mark.parametrize("encoding", ["8bit", "quoted-printable", "base64"])
def test_every_character_set_and_encoding_comes_back(charset: str, encoding: str) -> None:
    text = "日本語\r\nアキュセ\r\n" if charset in ("shift_jis", "iso-2022-jp", "gb18030") else "Mañana \r\n = él\r\n"
    content = text.encode(charset)
    if encoding == "8bit" and charset in ("utf-16", "iso-2022-jp"):
        return
    coded = {
        "8bit": content,
        "quoted-printable": quopri.encodestring(content) if charset != "utf-16" else base64.b64encode(content),
        "base64": base64.encodebytes(content),
    }[encoding]
    encoding = "base64" if charset == "utf-16" else encoding
    head = lines(f"Content-Type: text/plain; charset={charset}", f"Content-Transfer-Encoding: {encoding}", "", "")
    raw = head + coded.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    made = add(raw, FOOTER)
    assert made.why_not == ""
    shown = read(made.message).text or ""
    assert shown.startswith(text.replace("\r\n", "\n"))
    assert "Este mensaje está certificado." in shown
    assert all(len(line) <= 998 for line in made.message.split(b"\r\n"))


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (lines("DKIM-Signature: v=1; d=x", "", "Hola"), "signed"),
        (lines("ARC-Seal: i=1; d=x", "", "Hola"), "signed"),
        (lines('Content-Type: multipart/signed; boundary="b"', "", "--b", "", "Hola", "--b--"), "signed"),
        (lines("Content-Type: application/pkcs7-mime; smime-type=signed-data", "", "x"), "signed"),
        (lines("Content-Type: application/pkcs7-mime; smime-type=enveloped-data", "", "x"), "encrypted"),
        (lines('Content-Type: multipart/encrypted; boundary="b"', "", "--b", "", "Hola", "--b--"), "encrypted"),
        (lines("", "-----BEGIN PGP SIGNED MESSAGE-----", "Hola"), "signed"),
        (lines("", "-----BEGIN PGP MESSAGE-----", "x"), "encrypted"),
        (
            lines(
                "Content-Transfer-Encoding: base64",
                "",
                base64.b64encode(b"-----BEGIN PGP SIGNED MESSAGE-----\r\nHola").decode(),
            ),
            "signed",
        ),
        (
            lines(
                'Content-Type: multipart/alternative; boundary="b"',
                "",
                "--b",
                "",
                "Hola",
                "--b",
                "Content-Type: text/calendar; method=REQUEST",
                "",
                "BEGIN:VCALENDAR",
                "--b--",
            ),
            "calendar",
        ),
        (lines('Content-Type: multipart/mixed; boundary="b"', "", "--b", "", "Hola"), "malformed"),
        (lines("Content-Type: text/plain; charset=utf-8", "") + b"\r\n\xff", "malformed"),
        (lines("Content-Type: text/plain; charset=nowhere", "", "Hola"), "malformed"),
        (lines("Content-Transfer-Encoding: x-own", "", "Hola"), "malformed"),
        (page('<p>Hola <a href="https://x.example/>x</a>'), "malformed"),
        (page("<p>Hola <!-- y ya"), "malformed"),
        (lines("Content-Type: application/pdf", "", "x"), "no_text"),
        (lines("Content-Disposition: attachment", "", "x"), "no_text"),
        (lines("", "x" * (2 * 1024 * 1024 + 1)), "too_big"),
    ],
)
def test_what_may_not_be_touched_stays_as_it_is(raw: bytes, reason: str) -> None:
    assert add(raw, BOTH) == Added(message=raw, why_not=reason)
    assert reason in NOT_ADDED


def test_plain_text_alone_is_not_tracked() -> None:
    raw = lines("Subject: x", "", "https://ribera.example/", "")
    assert add(raw, TRACKED) == Added(message=raw, why_not="no_html")
    made = add(raw, BOTH)
    assert (made.footer, made.image, made.links, made.why_not) == (True, False, (), "")
    assert WITHDRAW not in (read(made.message).text or "").replace(RECEIPT, "")


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ('<a href="https://x.example/?a&copy=1&lt;&amp;b">', "https://x.example/?a&copy=1<&b"),
        ("<A HREF = 'HTTP://x.example/ñ' target=_blank>", "HTTP://x.example/ñ"),
        ("<a class=b href=https://x.example/a/b>", "https://x.example/a/b"),
        ('<area shape=rect href="\n https://x.example/\n">', "https://x.example/"),
        ('<a title="x > y" href="https://x.example/">', "https://x.example/"),
        ('<a href="mailto:a@x.example">', None),
        ('<a href="/aqui">', None),
        ('<a href="#a">', None),
        ('<a name="https://x.example/">', None),
        (f'<a href="{BASE}/a/otro/">', None),
        ('<img src="https://x.example/i.png">', None),
        ('<!-- <a href="https://x.example/"> -->', None),
        ('<style>a:after{content:"<a href=https://x.example/>"}</style>', None),
        (f'<a href="https://x.example/{"a" * 2000}">', None),
        ('<a href="https://x.example/&#x202e;">', None),
        (r'<a href="https://x.example\@y.example/">', None),
        ("<p>1 < 2 <3 a<b> <![if mso]><o:p></o:p><![endif]></p>", None),
    ],
)
def test_links_of_anchors_to_the_web_lead_by_way_of_others(source: str, target: str | None) -> None:
    made = add(page(f"<body>{source}</body>"), TRACKED)
    assert made.links == (() if target is None else (target,))
    text = parts(made.message)[""].decode()
    assert (link(1) in text) == (target is not None)
    if target is None:
        assert text.startswith(f"<body>{source}<div ")


def test_equal_links_have_one_number_and_there_are_five_hundred_at_most() -> None:
    anchors = "".join(f'<a href="https://x.example/{number}">x</a>' for number in range(600))
    made = add(page(anchors + anchors), TRACKED)
    assert len(made.links) == 500
    text = parts(made.message)[""].decode()
    assert text.count(f'"{link(500)}"') == 2
    assert '<a href="https://x.example/500">' in text


@pytest.mark.parametrize(
    ("source", "before"),
    [
        ("<p>x</p>", "<p>x</p>"),
        ("<html>x</HTML >y", "<html>x"),
        ("<body>x</body></html>", "<body>x"),
        ("<body>x<!-- </body> --></body>", "<body>x<!-- </body> -->"),
        ("<body>x</body>y<body>z</body>", "<body>x</body>y<body>z"),
    ],
)
def test_the_line_stands_at_the_visible_end(source: str, before: str) -> None:
    text = parts(add(page(source), FOOTER).message)[""].decode()
    end = text.index("<div ")
    assert text[:end] == before
    assert text[text.index("</div>\r\n") + 8 :] == source[len(before) :]


@pytest.mark.parametrize("unit", ["<a ", "<a '", '<a "', '<a href="', "<!--", "<a =", "</body>", "<style>", "<a b=c "])
def test_hostile_sources_take_no_time(unit: str) -> None:
    raw = page(unit * (2_000_000 // len(unit)))
    began = time.process_time()
    add(raw, BOTH)
    assert time.process_time() - began < 10


def texts(raw: bytes) -> dict[str, tuple[str, str]]:
    """Type and text of each leaf, by its path."""
    root, _ = structure.parse(raw)
    return {
        part.path: (
            part.content.media_type,
            charsets.decode(structure.content_of(raw, part)[0], part.content.charset)[0],
        )
        for part in root.walk()
        if not part.children
    }


def check(raw: bytes, wanted: Wanted) -> None:
    """Hold an addition to what it promises of any message."""
    made = add(raw, wanted)
    assert made == add(raw, wanted)
    assert made.message.isascii() or not raw.isascii()
    if made.why_not:
        assert made == Added(message=raw, why_not=made.why_not)
        assert made.why_not in NOT_ADDED
        return
    assert made.footer == bool(wanted.receipt)
    before, after = parts(raw), parts(made.message)
    assert before.keys() == after.keys()
    changed = {path for path in before if before[path] != after[path]}
    assert 1 <= len(changed) <= 2
    old, new = read(raw), read(made.message)
    assert old.attachments == new.attachments
    assert old.defects == new.defects
    kept = [pair for pair in new.headers if not pair[0].lower().startswith(("content-", "mime-"))]
    assert kept == [pair for pair in old.headers if not pair[0].lower().startswith(("content-", "mime-"))]
    for path in changed:
        (kind, text), (_, said) = texts(raw)[path], texts(made.message)[path]
        if kind == "text/plain":
            assert said.startswith(text)
            assert "________" in said[len(text) :]
        elif wanted.link is None:
            start, end = said.rindex('<div lang="'), said.rindex("</div>\r\n") + 8
            assert said[:start] + said[end:] == text


@pytest.mark.parametrize("vector", VECTORS, ids=lambda path: path.stem)
@pytest.mark.parametrize("wanted", [FOOTER, BOTH], ids=["footer", "both"])
def test_every_vector_stays_what_it_is(vector: Path, wanted: Wanted) -> None:
    check(vector.read_bytes(), wanted)


PIECES = st.sampled_from(
    [
        "<a href=", '"', "'", ">", "<", "https://x.example/", "</body>", "</html>", "<!--", "-->", "<style>",
        "</style>", "texto ñ", " ", "\r\n", "=", "&copy;", "é" * 40, "x" * 1200, "<p>", "日本", "\n", "\t \r\n", ".",
        '<a href="https://x.example/">x</a>',
    ]
)  # fmt: skip
BODIES = st.lists(PIECES, max_size=30).map("".join)
CHARSETS = st.sampled_from(["", "; charset=utf-8", "; charset=iso-8859-1", '; charset="us-ascii"', "; charset=utf-16"])
ENCODINGS = st.sampled_from(["", "7bit", "8bit", "quoted-printable", "base64", "x-uuencode"])


def leaf(kind: str, charset: str, encoding: str, body: str) -> str:
    field = f"Content-Transfer-Encoding: {encoding}\r\n" if encoding else ""
    content = body
    if encoding == "base64":
        content = base64.b64encode(body.encode()).decode()
    elif encoding == "quoted-printable":
        content = quopri.encodestring(body.encode()).decode()
    return f"Content-Type: {kind}{charset}\r\n{field}\r\n{content}"


LEAVES = st.builds(leaf, st.sampled_from(["text/plain", "text/html", "image/gif"]), CHARSETS, ENCODINGS, BODIES)


def multipart(kind: str, boundary: str, inner: list[str]) -> str:
    parted = "".join(f"--{boundary}\r\n{one}\r\n" for one in inner)
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n{parted}--{boundary}--\r\n'


TREES = st.recursive(
    LEAVES,
    lambda inner: st.builds(
        multipart,
        st.sampled_from(["mixed", "alternative", "related", "signed", "report"]),
        st.sampled_from(["a", "b", "________", "x y"]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=5,
)


@given(TREES, st.sampled_from([FOOTER, TRACKED, BOTH]))
@settings(max_examples=400, deadline=None)
def test_every_made_up_message_stays_what_it_is(tree: str, wanted: Wanted) -> None:
    check(f"Subject: x\r\n{tree}".encode(), wanted)


@given(st.binary(max_size=400))
@settings(deadline=None)
def test_no_octets_break_it(raw: bytes) -> None:
    check(raw, BOTH)
