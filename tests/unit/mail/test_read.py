"""mail.read: every message is readable, whatever its bytes."""

import email
import hashlib
import os
import time
from pathlib import Path

import pytest
from asn1crypto import cms
from hypothesis import given, settings
from hypothesis import strategies as st

from acuse.mail.read import Message, read
from acuse.mail.structure import MAX_DEPTH, MAX_PARTS

VECTORS = sorted((Path(__file__).parents[2] / "vectors" / "mime").glob("*"))


def lines(*rows: str) -> bytes:
    return "\r\n".join(rows).encode()


def test_reads_the_headers_of_a_spanish_message() -> None:
    message = read(
        lines(
            "From: =?utf-8?q?Mar=C3=ADa_Nu=C3=B1ez?= <maria@ribera.example>",
            "To: Juan <juan@cliente.example>, ana@cliente.example",
            "Subject: =?iso-8859-1?q?Reclamaci=F3n?= =?utf-8?b?IG7Dum1lcm8gNw==?=",
            "Date: Sat, 21 Nov 2026 10:00:00 +0100",
            "Message-ID: <1@ribera.example>",
            "Content-Language: es-ES, en",
            "",
            "Hola",
        )
    )
    assert message.subject == "Reclamación número 7"
    assert [(one.name, one.address) for one in message.sender] == [("María Nuñez", "maria@ribera.example")]
    assert [one.address for one in message.to] == ["juan@cliente.example", "ana@cliente.example"]
    assert message.date is not None
    assert message.date.isoformat() == "2026-11-21T09:00:00+00:00"
    assert (message.message_id, message.language) == ("<1@ribera.example>", "es-ES")
    assert (message.text, message.html, message.defects) == ("Hola", None, ())


MIXED = lines(
    "Subject: x",
    'Content-Type: multipart/mixed; boundary="a b"',
    "",
    "preamble",
    "--a b",
    "Content-Type: multipart/alternative; boundary=inner",
    "",
    "--inner",
    "Content-Type: text/plain; charset=utf-8",
    "",
    "plano ñ",
    "--inner",
    "Content-Type: multipart/related; boundary=rel",
    "",
    "--rel",
    "Content-Type: text/html; charset=utf-8",
    "",
    '<p>hola <img src="cid:logo@x"></p>',
    "--rel",
    "Content-Type: image/png",
    "Content-ID: <logo@x>",
    "Content-Transfer-Encoding: base64",
    "",
    "iVBORw0KGgo=",
    "--rel",
    "Content-Type: image/png",
    "Content-ID: <unused@x>",
    "",
    "zzz",
    "--rel--",
    "--inner--",
    "--a b",
    "Content-Type: application/pdf",
    "Content-Disposition: attachment; filename*=utf-8''factura%20n%C2%BA.pdf",
    "Content-Transfer-Encoding: base64",
    "",
    "JVBERi0=",
    "--a b",
    "Content-Type: message/rfc822",
    "",
    "Subject: =?utf-8?q?Dentro_=C3=B1?=",
    "Content-Type: multipart/mixed; boundary=deep",
    "",
    "--deep",
    "",
    "inner text",
    "--deep--",
    "--a b--",
    "epilogue",
)


def test_sorts_body_images_and_attachments() -> None:
    message = read(MIXED)
    assert message.text == "plano ñ"
    assert message.html is not None
    assert "cid:logo@x" in message.html
    (image,) = message.inline_images
    assert image.content_id == "logo@x"
    assert image.content == b"\x89PNG\r\n\x1a\n"
    unused, pdf, nested = message.attachments
    assert unused.content_id == "unused@x"
    assert (pdf.name, pdf.size, pdf.sha256) == ("factura nº.pdf", 5, hashlib.sha256(b"%PDF-").hexdigest())
    assert (nested.name, nested.subject) == ("Dentro ñ.eml", "Dentro ñ")
    assert "inner text" not in (message.text or "")
    assert message.defects == ()


@pytest.mark.parametrize(
    ("charset", "content", "text", "honest"),
    [
        ("us-ascii", "año".encode(), "año", False),
        ("utf-8", "año".encode("cp1252"), "año", False),
        ("iso-8859-1", b"\x80 50", "€ 50", True),
        ("unicode_escape", b"\\x41", "\\x41", False),
        ("idna", b"xn--a", "xn--a", False),
        ("gb18030", "中文".encode("gb18030"), "中文", True),
        ("x\x00y", b"abc", "abc", False),
    ],
)
def test_survives_lies_about_the_character_set(charset: str, content: bytes, text: str, honest: bool) -> None:
    message = read(b'Content-Type: text/plain; charset="' + charset.encode() + b'"\r\n\r\n' + content)
    assert message.text == text
    assert ("charset" not in message.defects) is honest


def test_disguised_names_lose_paths_controls_and_direction_marks() -> None:
    disguised = "Content-Type: application/x; name*=utf-8''..%2F..%2Fetc%2Fa%E2%80%AEfdp.exe"
    (attachment,) = read(lines(disguised, "", "x")).attachments
    assert attachment.name == "_.._etc_a_fdp.exe"


def test_an_opaque_smime_signature_is_readable() -> None:
    inner = lines("Content-Type: text/plain; charset=utf-8", "", "firmado ñ")
    signed = cms.ContentInfo(
        {
            "content_type": "signed_data",
            "content": cms.SignedData(
                {
                    "version": "v1",
                    "digest_algorithms": [],
                    "encap_content_info": {"content_type": "data", "content": inner},
                    "signer_infos": [],
                }
            ),
        }
    )
    head = lines("Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m", "", "")
    message = read(head + signed.dump())
    assert (message.text, message.signed) == ("firmado ñ", "smime")


def test_a_detached_smime_signature_is_readable() -> None:
    message = read(
        lines(
            "Content-Type: multipart/signed; protocol=application/pkcs7-signature; boundary=s",
            "",
            "--s",
            "",
            "texto",
            "--s",
            "Content-Type: application/pkcs7-signature; name=smime.p7s",
            "",
            "x",
            "--s--",
        )
    )
    assert (message.text, message.signed) == ("texto", "smime")
    assert [one.name for one in message.attachments] == ["smime.p7s"]


def test_depth_and_number_of_parts_are_bounded() -> None:
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(3000))
    assert "too_deep" in read(deep + b"\r\nend").defects
    many = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 5000
    message = read(many)
    assert "too_many_parts" in message.defects
    assert len(message.segments) < MAX_PARTS
    assert MAX_DEPTH < 100


@pytest.mark.parametrize(
    "hostile",
    [
        b"To: " + b"(" * 60_000 + b"\r\n\r\n",
        b"To: " + b"<" * 60_000 + b"\r\n\r\n",
        b"To: " + b"a@" * 30_000 + b"\r\n\r\n",
        b"To: " + b'"' * 60_000 + b"\r\n\r\n",
        b"To: " + b"a, " * 20_000 + b"\r\n\r\n",
        b"To: " + b":;" * 30_000 + b"\r\n\r\n",
        b"To: " + b"[" * 60_000 + b"\r\n\r\n",
        b"To: " + b"\\" * 60_000 + b"\r\n\r\n",
        b"Subject: " + b"=?utf-8?q?a?= " * 5_000 + b"\r\n\r\n",
        b"Subject: " + b"=?" * 30_000 + b"\r\n\r\n",
        b"Subject: =?idna?q?" + b"a" * 60_000 + b"?=\r\n\r\n",
        b"Date: " + b"1" * 60_000 + b"\r\n\r\n",
        b"Date: Sat, 21 Nov 9999 23:59:59 -2359\r\n\r\n",
        b"Content-Type: " + b"a/b;" * 15_000 + b"\r\n\r\n",
        b"Content-Type: text/plain; " + b"".join(b"a*%d*=x;" % n for n in range(5_000)) + b"\r\n\r\n",
        b"Content-Disposition: attachment; filename*=" + b"'" * 60_000 + b"\r\n\r\n",
        b"X: y\r\n" * 200_000,
        b"\n" * 5_000_000,
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b" \t" * 200_000,
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b" + b" " * 500_000,
    ],
    ids=range(20),
)
def test_hostile_values_cost_little_time(hostile: bytes) -> None:
    began = time.process_time()
    assert isinstance(read(hostile), Message)
    assert time.process_time() - began < 3


@given(st.binary(max_size=3000))
@settings(max_examples=300, deadline=None)
def test_never_raises_on_any_bytes(raw: bytes) -> None:
    read(raw)


PIECES = (
    rb"Content-Type: |multipart/mixed|; boundary=|\"|b|--b|--|text/html|; charset=|utf-16|utf-7|iso-2022-jp|=?"
    rb"|?=|?q?|?b?|Content-Transfer-Encoding: |base64|quoted-printable|x-uuencode|begin 644 a|=|AAA"
    rb"|From: |Date: |Content-ID: |message/rfc822|filename*0*=|application/pkcs7-mime|multipart/alternative"
)
TOKENS = st.sampled_from([*PIECES.split(b"|"), b"\r\n", b"\n", b"\r", b"\x00", b"\xff", b" ", b"\x30\x80"])


@given(st.lists(TOKENS, max_size=60).map(b"".join))
@settings(max_examples=600, deadline=None)
def test_never_raises_on_pieces_of_mime(raw: bytes) -> None:
    message = read(raw)
    (message.text or "").encode()
    (message.subject or "").encode()


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=200))
@settings(deadline=None)
def test_a_subject_in_rfc_2047_is_read_back(subject: str) -> None:
    written = email.message.Message()
    written["Subject"] = email.header.Header(subject, "utf-8")
    read_back = read(written.as_bytes()).subject
    assert (read_back or "") == subject.strip() or (read_back or "").split() == subject.split()


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.name)
def test_reads_every_hostile_vector(path: Path) -> None:
    assert isinstance(read(path.read_bytes()), Message)


def corpus(folder: str) -> list[Path]:
    root = os.environ.get("ACUSE_CORPORA")
    return sorted(Path(root, folder).glob("*.*")) if root and Path(root, folder).is_dir() else []


@pytest.mark.parametrize("folder", ["mime", "bounces"])
def test_reads_every_file_of_the_corpora(folder: str) -> None:
    files = corpus(folder)
    if not files:
        pytest.skip("corpora absent")
    for path in files:
        raw = path.read_bytes()
        message = read(raw)
        assert message.segments or message.attachments or message.inline_images or raw.count(b"\n") < 25, path.name


def test_agrees_with_the_standard_library_on_the_corpus() -> None:
    files = corpus("mime")
    if not files:
        pytest.skip("corpora absent")
    for path in files:
        raw = path.read_bytes()
        message = read(raw)
        if message.defects:
            continue
        theirs = [
            part.get_payload(decode=True)
            for part in email.message_from_bytes(raw).walk()
            if part.get_content_maintype() == "image"
        ]
        ours = [one.content for one in (*message.inline_images, *message.attachments) if "image/" in one.media_type]
        assert ours == theirs, path.name
