"""What a file is, told by its bytes alone: never by what its sender calls it.

Pure, and total over any bytes. What is asked here decides only how a file is looked at; the file itself stays as it is.
"""

import csv
import io
import re
import struct

from acuse.mail import charsets

PDF = "application/pdf"
MAIL = "message/rfc822"
TABLE = "text/csv"
TEXT = "text/plain"
PICTURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}

MOST_TEXT = 200_000
MOST_ROWS, MOST_COLUMNS, MOST_CELL = 500, 50, 1_000
#: Of a picture that a browser is given, and of all those inside one mail.
MOST_PIXELS = 100_000_000
_MOST_SEGMENTS = 1_000
_MOST_BLOCKS = 10_000
_BYTE_ORDER = (b"\xff\xfe", b"\xfe\xff")
_NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
#: What a text must not do to the page that shows it: control characters, and those that turn its direction round.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_STARTS_OF_FRAME = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
#: What stands before no frame: a stuffed zero, over which a decoder goes and we would read a length, and SOI, EOI, SOS.
_NO_SEGMENT = frozenset({0x00, 0xD8, 0xD9, 0xDA})


def kind_of(content: bytes, name: str) -> str:
    """Return the media type by which a file can be looked at, "" where it cannot.

    Args:
        content: the file.
        name: what it is called; between kinds of text, which are all harmless, it decides.
    """
    for start, media_type in PICTURES.items():
        if content.startswith(start):
            return media_type
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "image/webp"
    if content[:1024].lstrip(b"\xef\xbb\xbf\r\n\t \x00").startswith(b"%PDF-"):
        return PDF
    if not content or (_NO_TEXT.search(content) and not content.startswith(_BYTE_ORDER)):
        return ""
    ending = name.rpartition(".")[2].lower()
    return MAIL if ending == "eml" else TABLE if ending in {"csv", "tsv"} else TEXT


def text_of(content: bytes) -> tuple[str, bool]:
    """Return what a text says, and whether it was cut at ``MOST_TEXT`` characters."""
    charset = "utf-16" if content.startswith(_BYTE_ORDER) else None
    text = charsets.decode(content, charset)[0].removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return _UNSEEN.sub("\ufffd", text[:MOST_TEXT]), len(text) > MOST_TEXT


def rows_of(text: str) -> tuple[list[list[str]], bool]:
    """Return the rows of a table written with commas, semicolons, tabs or bars, and whether more is left out.

    Args:
        text: the first line decides what stands between its cells.
    """
    first = text.partition("\n")[0]
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t|", key=first.count)):
            if len(rows) == MOST_ROWS:
                return rows, True
            rows.append([cell[:MOST_CELL] for cell in row[:MOST_COLUMNS]])
    except csv.Error:  # a cell without an end
        return rows, True
    return rows, any(len(row) == MOST_COLUMNS for row in rows)


def pixels_of(content: bytes) -> int | None:
    """Return how many pixels a picture says that it has, None where it does not say, or says none.

    It is asked before a browser draws it, because a small file may unfold to more than a machine has memory for.
    """
    try:
        width, height = _size(content)
    except (struct.error, ValueError):
        return None
    return width * height or None


def _size(content: bytes) -> tuple[int, int]:
    """Return width and height; raises where the picture ends before it says them."""
    if content.startswith(b"\x89PNG"):  # PNG 11.2.2: IHDR comes first
        if content[12:16] != b"IHDR":
            raise ValueError("no header")
        return struct.unpack_from(">II", content, 16)
    if content.startswith(b"GIF8"):
        return _size_of_gif(content)
    if content.startswith(b"RIFF"):
        return _size_of_webp(content)
    return _size_of_jpeg(content)


def _size_of_gif(content: bytes) -> tuple[int, int]:
    """Return what holds the screen and the first image (GIF89a 18 and 20): decoders widen the screen to that image."""
    wide, high, packed = struct.unpack_from("<HHB", content, 6)
    place = 13 + (3 << (packed & 7) + 1 if packed & 0x80 else 0)
    in_extension = False
    for _block in range(_MOST_BLOCKS):
        (start,) = struct.unpack_from("B", content, place)
        if in_extension:  # sub-blocks with their length, up to an empty one
            in_extension = start != 0
            place += 1 + start
        elif start == ord("!"):
            in_extension = True
            place += 2
        elif start == ord(","):
            left, top, image_wide, image_high = struct.unpack_from("<HHHH", content, place + 1)
            return max(wide, left + image_wide), max(high, top + image_high)
        else:
            break
    raise ValueError("no image")


def _size_of_webp(content: bytes) -> tuple[int, int]:
    """Return what the first chunk says (RFC 9649 section 2)."""
    form = content[12:16]
    if form == b"VP8X":
        wide, wider, high, higher = struct.unpack_from("<HBHB", content, 24)
        return (wide | wider << 16) + 1, (high | higher << 16) + 1
    if form == b"VP8L":
        (bits,) = struct.unpack_from("<I", content, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if form != b"VP8 ":
        raise ValueError("no frame")
    wide, high = struct.unpack_from("<HH", content, 26)
    return wide & 0x3FFF, high & 0x3FFF


def _size_of_jpeg(content: bytes) -> tuple[int, int]:
    """Return what the first frame says (ITU-T T.81 B.2.2)."""
    place = 2
    for _segment in range(_MOST_SEGMENTS):
        start, marker = struct.unpack_from(">BB", content, place)
        if start != 0xFF or marker in _NO_SEGMENT:
            break
        if marker in _STARTS_OF_FRAME:
            high, wide = struct.unpack_from(">HH", content, place + 5)
            return wide, high
        if marker == 0xFF:  # filled up
            place += 1
        elif marker in _ALONE:
            place += 2
        else:
            place += 2 + struct.unpack_from(">H", content, place + 2)[0]
    raise ValueError("no frame")
