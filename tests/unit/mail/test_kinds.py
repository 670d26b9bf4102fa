"""What a file is, by its bytes alone; whatever they are, no question about them fails or takes long."""

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from acuse.mail import kinds

HEADS = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    b"\xff\xd8\xff\xe0\0\x10",
    b"\xff\xd8\xff\xff\xff\xc0",
    b"GIF89a",
    b"RIFF\0\0\0\0WEBPVP8X",
    b"RIFF\0\0\0\0WEBPVP8L",
    b"RIFF\0\0\0\0WEBPVP8 ",
    b"%PDF-1.7",
    b"\xff\xfe",
    b'"a;b',
    b"",
)
BYTES = st.builds(lambda head, rest: head + rest, st.sampled_from(HEADS), st.binary(max_size=400))


def picture(form: str, size: tuple[int, int] = (37, 21), **options: object) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(out, form, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (picture("PNG"), "image/png"),
        (picture("JPEG"), "image/jpeg"),
        (picture("JPEG", progressive=True, exif=b"Exif\0\0" + b"x" * 3000), "image/jpeg"),
        (picture("GIF"), "image/gif"),
        (picture("WEBP", lossless=True), "image/webp"),
        (picture("WEBP"), "image/webp"),
        (picture("WEBP", exif=b"Exif\0\0xx"), "image/webp"),
    ],
)
def test_pictures_are_known_with_their_pixels(content: bytes, media_type: str) -> None:
    assert kinds.kind_of(content, "factura.pdf") == media_type
    assert kinds.pixels_of(content) == 37 * 21


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (b"%PDF-1.4\n\xe2\xe3", "foto.png", kinds.PDF),
        (b"\xef\xbb\xbf\r\n%PDF-1.7", "a", kinds.PDF),
        (b"<script>alert(1)</script>", "foto.png", kinds.TEXT),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "logo.svg", kinds.TEXT),
        ("año;importe\n2026;3,5".encode("cp1252"), "CUENTAS.CSV", kinds.TABLE),
        ("a\tb".encode("utf-16"), "a.tsv", kinds.TABLE),
        (b"Subject: x\r\n\r\nHola", "mensaje.eml", kinds.MAIL),
        (b"\0\1\2", "mensaje.eml", ""),
        (b"PK\3\4\0\0", "carta.docx", ""),
        (b"MZ\x90\0", "foto.jpg", ""),
        (b"", "nada.txt", ""),
    ],
)
def test_bytes_decide_and_names_only_between_texts(content: bytes, name: str, kind: str) -> None:
    assert kinds.kind_of(content, name) == kind


def test_texts_are_read_in_their_alphabet_and_cannot_turn_the_page_round() -> None:
    assert kinds.text_of("año".encode()) == kinds.text_of("año".encode("cp1252")) == ("año", False)
    assert kinds.text_of("año".encode("utf-16")) == ("año", False)
    assert kinds.text_of("\ufeffa\r\nb\x1b[31m\u202egpj.exe".encode())[0] == "a\nb\ufffd[31m\ufffdgpj.exe"
    assert kinds.text_of(b"x" * (kinds.MOST_TEXT + 1)) == ("x" * kinds.MOST_TEXT, True)


def test_a_table_is_cut_where_it_is_too_big_and_where_a_cell_has_no_end() -> None:
    assert kinds.rows_of('día;"a;b"\n1;2\n') == ([["día", "a;b"], ["1", "2"]], False)
    rows, cut = kinds.rows_of("a,b\n" * (kinds.MOST_ROWS + 1))
    assert (len(rows), cut) == (kinds.MOST_ROWS, True)
    assert kinds.rows_of('a,b\n"' + "x" * 200_000) == ([["a", "b"]], True)


def test_a_picture_that_unfolds_to_gigabytes_says_so_first() -> None:
    png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 60_000, 60_000)
    assert kinds.pixels_of(png) == 3_600_000_000
    assert kinds.pixels_of(b"\xff\xd8\xff\xda") is None
    assert kinds.pixels_of(b"\xff\xd8" + b"\xff\xd0" * 100_000) is None, "as long as nobody waits for it"


def gif(screen: tuple[int, int], place: tuple[int, int], size: tuple[int, int], before: bytes, colours: int) -> bytes:
    """A GIF whose first image stands outside its screen, behind extensions and a table of 2^(colours+1) colours."""
    packed, table = (0x80 | colours, b"!,;" * (2 << colours)) if colours >= 0 else (0, b"")
    head = b"GIF89a" + struct.pack("<HHBBB", *screen, packed, 0, 0) + table + before
    return head + b"," + struct.pack("<HHHHB", *place, *size, 0) + b"\x02\x02D\x01\x00;"


SIDE = st.integers(0, 65_535)
EXTENSIONS = st.lists(st.binary(min_size=1, max_size=255), max_size=5).map(
    lambda blocks: b"!\xfe" + b"".join(bytes([len(block)]) + block for block in blocks) + b"\0"
)


@given(st.tuples(SIDE, SIDE), st.tuples(SIDE, SIDE), st.tuples(SIDE, SIDE), EXTENSIONS, st.integers(-1, 7))
def test_a_gif_has_the_pixels_of_its_screen_and_of_its_first_image(
    screen: tuple[int, int], place: tuple[int, int], size: tuple[int, int], before: bytes, colours: int
) -> None:
    wide, high = (max(screen[side], place[side] + size[side]) for side in (0, 1))
    assert kinds.pixels_of(gif(screen, place, size, before, colours)) == (wide * high or None)


def test_a_gif_that_grows_after_its_screen_is_as_big_as_a_decoder_makes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)
    crafted = gif((1, 1), (0, 0), (23_000, 23_000), b"!\xfe\x02,;\0", 0)
    with Image.open(io.BytesIO(crafted)) as opened:
        assert opened.size == (23_000, 23_000)
    assert kinds.pixels_of(crafted) == 23_000 * 23_000 > kinds.MOST_PIXELS
    assert kinds.pixels_of(b"GIF89a" + bytes(7) + b"!\xfe" + b"\x01x" * 100_000) is None, "nor is it read for ever"


def test_a_jpeg_with_a_stuffed_zero_between_its_segments_is_damaged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)
    whole = picture("JPEG")
    decoy = b"\xff\xc0\0\x11\x08" + struct.pack(">HH", 1, 1)
    at = whole.index(b"\xff\xc0") + 5
    big = whole[:at] + struct.pack(">HH", 23_000, 23_000) + whole[at + 4 :]
    # a reader of lengths takes the zero for a segment as long as all before the decoy; a decoder goes on behind it
    crafted = big[:2] + b"\xff\0" + big[2:] + decoy
    with Image.open(io.BytesIO(crafted)) as opened:
        assert opened.size == (23_000, 23_000)
    assert kinds.pixels_of(crafted) is None


@given(BYTES, st.text(max_size=20))
def test_no_bytes_break_it(content: bytes, name: str) -> None:
    kinds.kind_of(content, name)
    pixels = kinds.pixels_of(content)
    assert pixels is None or pixels > 0
    text, _ = kinds.text_of(content)
    rows, _ = kinds.rows_of(text)
    assert all(len(row) <= kinds.MOST_COLUMNS for row in rows)
    assert not set(text) & set("\0\x1b\u202e")
