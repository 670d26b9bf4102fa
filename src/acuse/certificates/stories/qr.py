"""The QR of every footer, as a picture: one object in the document, however many pages show it."""

import base64
import struct
import zlib

import segno

PICTURE = "qr.png"

_MASK = 4
"""Of every QR. A reader finds it in the symbol (ISO/IEC 18004, 7.9); trying all eight costs more than telling the rest,
and for addresses such as ours the best has some 3 % fewer penalty points."""

_SCALE = 8
"""Points a module, each way: at 17 mm some 400 dots an inch. With one bit a point, a module is a byte of its row."""


def qr_picture(address: str) -> str:
    """Return the QR of an address (error level M), black on white without its margin, as a PNG in base64."""
    modules = segno.make(address, error="m", micro=False, boost_error=False, mask=_MASK).matrix
    side = len(modules) * _SCALE
    rows = b"".join((b"\x00" + bytes(0 if dark else 255 for dark in row)) * _SCALE for row in modules)
    # Greyscale, one bit a point; each row begins with its filter, none (PNG, 11.2.2 and 9.2).
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + chunks).decode("ascii")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
