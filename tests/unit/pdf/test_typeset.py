"""Typesetting: the same bytes again, hostile text inert, no packages, files embedded, workers that cannot hang us."""

import base64
import io
import random
import struct
import subprocess
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from acuse.errors import ConflictError, InputError, PermanentError, TemporaryError
from acuse.pdf.attachments import MAX_FILES, Attachment, check_attachments, unique_name
from acuse.pdf.pool import Typesetter
from acuse.pdf.root import Root
from acuse.pdf.typeset import draw, typeset

DATE = datetime(2026, 11, 23, 9, 30, 15, 123456, tzinfo=UTC)
START = """
#let model = json("/model.json")
#let (year, month, day, hour, minute, second) = model.date
#let date = datetime(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
#set document(title: "Document", date: date)
#set text(lang: "en", font: ("IBM Plex Sans", "Noto Sans Math"))
= Document
#for file in model.attachments {
  pdf.attach(file.name, read("/attachments/" + file.path, encoding: none), relationship: file.relationship,
    mime-type: file.media_type, description: file.description)
}
"""


def template(folder: Path, body: str) -> str:
    path = folder / "main.typ"
    path.write_text(START + body, "utf-8")
    return str(path)


def attachment(name: str = "mensaje.eml", content: bytes = b"From: x\r\n\r\n\x00\xff") -> Attachment:
    return Attachment(
        name=name, media_type="message/rfc822", content=content, relationship="source", description="El original"
    )


@pytest.fixture(scope="module")
def typesetter() -> Iterator[Typesetter]:
    with Typesetter(processes=2, timeout=timedelta(seconds=60)) as made:
        yield made


def test_equal_arguments_give_equal_bytes_here_and_in_a_worker(tmp_path: Path, typesetter: Typesetter) -> None:
    path = template(tmp_path, "#model.words")
    once = typeset(path, {"words": "uno"}, (attachment(),), date=DATE)
    assert once == typeset(path, {"words": "uno"}, (attachment(),), date=DATE)
    assert once == typesetter.typeset(path, {"words": "uno"}, (attachment(),), date=DATE)
    assert once != typeset(path, {"words": "dos"}, (attachment(),), date=DATE)
    assert once != typeset(path, {"words": "uno"}, (attachment(),), date=DATE + timedelta(seconds=1))


def test_foreign_text_is_never_markup(tmp_path: Path) -> None:
    hostile = '#panic("x") $a$ *b* @ref <label> `raw` #read("/etc/passwd") \\ // = Heading'
    (tmp_path / "out.pdf").write_bytes(typeset(template(tmp_path, "#model.words"), {"words": hostile}, date=DATE))
    shown = subprocess.run(["pdftotext", "-raw", str(tmp_path / "out.pdf"), "-"], capture_output=True, check=True)
    assert " ".join(shown.stdout.decode().split()).endswith(" ".join(hostile.split()))


@pytest.mark.parametrize("body", ['#import "@preview/cetz:0.3.0"', '#read("/../../etc/passwd")', '#panic("no")'])
def test_what_a_template_may_not_do_fails_at_once(tmp_path: Path, body: str) -> None:
    with pytest.raises(PermanentError, match="cannot be typeset"):
        typeset(template(tmp_path, body), {}, date=DATE)


def test_embedded_files_come_out_byte_for_byte(tmp_path: Path) -> None:
    files = (attachment(), attachment("proof.json", b"{}"))
    (tmp_path / "out.pdf").write_bytes(typeset(template(tmp_path, "x"), {}, files, date=DATE))
    subprocess.run(["pdfdetach", "-saveall", "-o", str(tmp_path), str(tmp_path / "out.pdf")], check=True)
    for file in files:
        assert (tmp_path / file.name).read_bytes() == file.content


def test_the_document_says_which_standards_it_follows_and_what_files_are_to_it(tmp_path: Path) -> None:
    plain = tmp_path / "plain.pdf"
    (tmp_path / "out.pdf").write_bytes(typeset(template(tmp_path, "x"), {}, (attachment(),), date=DATE))
    subprocess.run(["qpdf", "--qdf", "--object-streams=disable", str(tmp_path / "out.pdf"), str(plain)], check=True)
    content = plain.read_bytes()
    assert b"<pdfaid:part>3</pdfaid:part>" in content
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in content
    assert b"<pdfuaid:part>1</pdfuaid:part>" in content
    assert b"/AFRelationship /Source" in content
    assert b"/Subtype /message#2frfc822" in content.replace(b"#2F", b"#2f")


def test_a_date_without_zone_and_unfit_pictures_are_refused(tmp_path: Path) -> None:
    path = template(tmp_path, "x")
    with pytest.raises(InputError, match="time zone"):
        typeset(path, {}, date=datetime(2026, 11, 23))  # noqa: DTZ001 - the point of the test
    with pytest.raises(InputError, match="picture"):
        typeset(path, {"pictures": {"../x.png": ""}}, date=DATE)


def test_attachments_have_plain_names_and_limits() -> None:
    for name in ("../x", "ñ.eml", "", ".hidden", "a/b", "x" * 101):
        with pytest.raises(InputError):
            check_attachments((attachment(name),))
    with pytest.raises(InputError, match="Two"):
        check_attachments((attachment("A.eml"), attachment("a.eml")))
    with pytest.raises(InputError, match="at most"):
        check_attachments(tuple(attachment(f"{n}.eml") for n in range(MAX_FILES + 1)))


def test_names_become_plain_and_unique() -> None:
    assert unique_name("Presupuesto ñ 2026.pdf", ()) == "Presupuesto_2026.pdf"
    assert unique_name("../../etc/passwd", ()) == "etc_passwd"
    assert unique_name("A.pdf", ("a.pdf",)) == "A-2.pdf"
    assert unique_name("预约", ()) == "file"
    check_attachments((attachment(unique_name("x" * 400 + ".tar.gz", ())),))


def test_many_threads_share_the_workers(tmp_path: Path, typesetter: Typesetter) -> None:
    path = template(tmp_path, "#model.words")
    expected = {str(n): typeset(path, {"words": str(n)}, date=DATE) for n in range(8)}
    with ThreadPoolExecutor(8) as threads:
        made = threads.map(lambda n: (n, typesetter.typeset(path, {"words": n}, date=DATE)), expected)
        assert dict(made) == expected


def test_errors_of_a_worker_keep_their_class_and_the_worker_goes_on(tmp_path: Path, typesetter: Typesetter) -> None:
    with pytest.raises(PermanentError, match="no"):
        typesetter.typeset(template(tmp_path, '#panic("no")'), {}, date=DATE)
    with pytest.raises(InputError, match="ASCII"):
        typesetter.typeset(template(tmp_path, "x"), {}, (attachment("ñ"),), date=DATE)
    assert typesetter.typeset(template(tmp_path, "x"), {}, date=DATE).startswith(b"%PDF")


def _picture(shade: int) -> str:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    pixels = zlib.compress(b"\0" + bytes([shade]))
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    raw = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return base64.b64encode(raw).decode()


def test_nothing_of_a_document_reaches_the_next_even_where_it_failed(tmp_path: Path) -> None:
    path = template(
        tmp_path,
        '#model.words\n#for name in model.shown { image("/pictures/" + name, alt: "x") }\n'
        '#if model.fails { panic("late") }',
    )

    def model(words: str, pictures: dict[str, str], *, shown: str = "00.png", fails: bool = False) -> dict[str, object]:
        return {"words": words, "pictures": pictures, "shown": [shown], "fails": fails}

    other = model("otro", {"00.png": _picture(9), "01.png": _picture(8)})
    mine = model("mío", {"00.png": _picture(200)})
    with Typesetter(processes=1) as fresh:
        alone = fresh.typeset(path, mine, (attachment(content=b"mine"),), date=DATE)
    with Typesetter(processes=1) as busy:
        for fails in (False, True):
            if fails:
                with pytest.raises(PermanentError, match="late"):
                    busy.typeset(path, {**other, "fails": True}, (attachment(content=b"other"),), date=DATE)
            else:
                busy.typeset(path, other, (attachment(content=b"other"),), date=DATE)
            with pytest.raises(PermanentError, match="file not found"):
                busy.typeset(path, model("mío", {"00.png": _picture(200)}, shown="01.png"), date=DATE)
            assert busy.typeset(path, mine, (attachment(content=b"mine"),), date=DATE) == alone


def test_what_a_document_is_made_of_is_in_memory_only_while_it_is_made(tmp_path: Path) -> None:
    (tmp_path / "main.typ").write_text("")
    root = Root(tmp_path / "main.typ")
    files = {"model.json": b"{}", "attachments/000": b"From: x"}
    for held in (files, {"model.json": b"[]"}):
        with root.holding(held):
            there = {str(path.relative_to(root.path)): path for path in root.path.rglob("*") if path.is_symlink()}
            assert {name: path.read_bytes() for name, path in there.items()} == held
            assert [path for path in root.path.rglob("*") if path.is_file() and not path.is_symlink()] == [root.main]
        assert {path.read_bytes() for path in there.values()} == {b""}
    root.close()
    assert not root.path.exists()


def test_a_template_that_changed_is_read_again(tmp_path: Path) -> None:
    first = typeset(template(tmp_path, "uno"), {}, date=DATE)
    assert typeset(template(tmp_path, "dos"), {}, date=DATE) != first
    assert typeset(template(tmp_path, "uno"), {}, date=DATE) == first


def test_a_document_that_takes_too_long_is_stopped_and_the_next_is_made(tmp_path: Path) -> None:
    endless = template(tmp_path, "#let n = 0\n#while n < 100000000 { n = n + 1; let x = range(1000).map(i => i * n) }")
    with Typesetter(processes=1, timeout=timedelta(seconds=4)) as limited:
        with pytest.raises(PermanentError, match="took over"):
            limited.typeset(endless, {}, date=DATE)
        assert limited.typeset(template(tmp_path, "x"), {}, date=DATE).startswith(b"%PDF")


def test_a_worker_out_of_memory_fails_its_document_alone(tmp_path: Path) -> None:
    greedy = template(tmp_path, "#let a = range(4000000).map(i => (i, str(i), str(i)))\n#a.len()")
    with Typesetter(processes=1, memory=600 * 1024**2) as limited:
        with pytest.raises(TemporaryError, match="ended"):
            limited.typeset(greedy, {}, date=DATE)
        assert limited.typeset(template(tmp_path, "x"), {}, date=DATE).startswith(b"%PDF")


def test_a_closed_typesetter_says_so(tmp_path: Path) -> None:
    closed = Typesetter()
    closed.close()
    closed.close()
    with pytest.raises(ConflictError, match="closed"):
        closed.typeset(template(tmp_path, "x"), {}, date=DATE)


def foreign(pages: int, size: tuple[int, int] = (300, 400)) -> bytes:
    """A PDF as a scanner makes it."""
    out = io.BytesIO()
    first, *others = [Image.new("RGB", size, "white") for _ in range(pages)]
    first.save(out, "PDF", save_all=True, append_images=others)
    return out.getvalue()


def test_a_page_of_a_foreign_pdf_is_drawn_in_a_worker(typesetter: Typesetter) -> None:
    png, pages = typesetter.draw(foreign(3), page=2)
    assert pages == 3
    with Image.open(io.BytesIO(png)) as drawn:
        assert drawn.size == (1200, 1600)
    for content, page in (
        (foreign(1), 2),
        (b"%PDF-1.7 nothing", 1),
        (foreign(1, (10, 5000)), 1),
        (b"", 1),
    ):
        with pytest.raises(PermanentError):
            typesetter.draw(content, page=page)
    assert typesetter.draw(foreign(1), page=1)[1] == 1


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2_000), st.binary(min_size=1, max_size=200))
def test_a_damaged_pdf_is_drawn_or_refused(place: int, change: bytes) -> None:
    whole = foreign(1)
    place %= len(whole)
    with suppress(PermanentError):
        assert draw(whole[:place] + change + whole[place + len(change) :], page=1)[0]


def noise(size: tuple[int, int]) -> bytes:
    out = io.BytesIO()
    Image.frombytes("RGB", size, random.Random(1).randbytes(size[0] * size[1] * 3)).save(out, "PDF", quality=95)
    return out.getvalue()


def test_a_page_whose_picture_is_big_is_drawn_coarser() -> None:
    png, _ = draw(noise((1200, 5000)), page=1)
    assert len(png) < 8_000_000
    with Image.open(io.BytesIO(png)) as drawn:
        assert drawn.size == (600, 2500)


def workers() -> set[Path]:
    """The directories in /proc of this process's workers."""
    children = Path("/proc/self/task").glob("*/children")
    found = {Path("/proc") / number for path in children for number in path.read_text().split()}
    return {path for path in found if b"acuse.pdf.typeset" in (path / "cmdline").read_bytes()}


def test_a_worker_knows_nothing_of_our_environment_and_leaves_no_core(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACUSE_SECRET", "secret")
    before = workers()
    with Typesetter(processes=1) as made:
        made.typeset(template(tmp_path, "x"), {}, date=DATE)
        (worker,) = workers() - before
        known = {line.partition(b"=")[0].decode() for line in (worker / "environ").read_bytes().split(b"\0") if line}
        ours = {name for name in known if not name.startswith("PYTHON")}
        assert ours <= {"PATH", "TMPDIR", "LANG", "RAYON_NUM_THREADS"}
        (core,) = [line for line in (worker / "limits").read_text().splitlines() if line.startswith("Max core")]
        assert core.split()[4:6] == ["0", "0"]
