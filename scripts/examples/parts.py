"""Building blocks of sample mail: encodings, a PNG and a PDF written octet by octet, so every run gives the same."""

import base64
import io
import quopri
import re
import struct
import zipfile
import zlib
from email.charset import BASE64, QP, Charset
from email.header import Header

INK, WATER, PAPER = 0, 1, 2
_PALETTE = bytes([18, 38, 58, 34, 120, 150, 250, 248, 243])


def crlf(text: str) -> bytes:
    """Return `text` as UTF-8 with CRLF line ends and one at the end."""
    return (text.strip("\n").replace("\n", "\r\n") + "\r\n").encode()


def b64(content: bytes, width: int = 76) -> str:
    """Return base64 in lines of `width` characters."""
    plain = base64.b64encode(content).decode()
    return "\n".join(plain[at : at + width] for at in range(0, len(plain), width))


def qp(text: str, charset: str = "utf-8") -> str:
    """Return quoted-printable (RFC 2045 section 6.7) of `text`, line ends kept."""
    return quopri.encodestring(text.encode(charset)).decode()


def words(name: str, text: str, *, charset: str = "utf-8", encoding: str = "Q") -> str:
    """Return the folded header `name: text` in encoded-words (RFC 2047), Q or B."""
    form = Charset(charset)
    form.header_encoding = QP if encoding == "Q" else BASE64
    folded = Header(text, form, maxlinelen=75, header_name=name).encode()
    written = charset.upper() if charset == "utf-8" else charset
    return f"{name}: " + re.sub(rf"=\?{charset}\?([qb])\?", lambda m: f"=?{written}?{m[1].upper()}?", folded)


def word(text: str, *, charset: str = "utf-8", encoding: str = "Q") -> str:
    """Return one encoded-word, for a display name."""
    return words("x", text, charset=charset, encoding=encoding).partition(": ")[2]


def picture(width: int, height: int, *, seed: int) -> bytes:
    """Return a palette PNG of hills over water, moved by `seed`; stored, not deflated, so any zlib gives the same."""
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            ridge = (x * (seed + 3) // 7 + (x * x // (40 + seed)) % height) % height // 2 + height // 4
            rows.append(PAPER if y < ridge else INK if y < ridge + height // 6 else WATER)
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", header), (b"PLTE", _PALETTE), (b"IDAT", zlib.compress(bytes(rows), 0)), (b"IEND", b""))
    body = b"".join(struct.pack(">I", len(c)) + k + c + struct.pack(">I", zlib.crc32(k + c)) for k, c in parts)
    return b"\x89PNG\r\n\x1a\n" + body


def pdf(title: str, lines: list[str]) -> bytes:
    """Return a one-page A4 PDF 1.4 in Helvetica: a title and lines of text."""

    def shown(text: str) -> bytes:
        return re.sub(rb"([\\()])", rb"\\\1", text.encode("cp1252"))

    drawing = b"BT /F1 18 Tf 56 780 Td (" + shown(title) + b") Tj /F1 10 Tf 0 -30 Td 14 TL\n"
    drawing += b"".join(b"(" + shown(line) + b") Tj T*\n" for line in lines) + b"ET\n"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R\n"
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%bendstream" % (len(drawing), drawing),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    out, offsets = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % at for at in offsets)
    out += b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start
    return bytes(out)


def archive(entries: dict[str, bytes]) -> bytes:
    """Return a ZIP of stored entries with a fixed date."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as box:
        for name, content in entries.items():
            box.writestr(zipfile.ZipInfo(name, (2026, 11, 2, 9, 0, 0)), content)
    return out.getvalue()


def readings(rows: int) -> bytes:
    """Return a CSV of `rows` readings of a diagnosis, as a garage's tester exports them (large, and compressible)."""
    out = ["instante_ms;régimen_rpm;temperatura_refrigerante_C;presión_admisión_kPa;lambda;tensión_V;observación\r\n"]
    for n in range(rows):
        note = "arranque en frío" if n < 600 else "" if n % 97 else "pico de presión, sin código de avería"
        measured = f"{780 + n * 13 % 1900};{21 + min(n // 400, 69)};{31 + n * 7 % 64}"
        out.append(f"{n * 40};{measured};0,{970 + n % 60:04d};13,{n % 9};{note}\r\n")
    return "".join(out).encode("cp1252")
