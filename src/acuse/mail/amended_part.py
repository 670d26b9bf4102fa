"""Writing one part of a message again with another text: its body, and of its header only what must follow. Pure."""

import base64
import binascii
import re
from dataclasses import dataclass

from acuse.mail import charsets, headers, structure
from acuse.mail.structure import Part

MOST_OCTETS = 2 * 1024 * 1024
_LINE = 998  # octets, RFC 5322 section 2.1.1
_PLAIN = ("", "7bit", "8bit", "binary")
_CHARSET = re.compile(rb"""(;\s*charset\s*=\s*)("[^"]*"|[^\s;"]+)""", re.IGNORECASE)


class Unwritable(ValueError):
    """The part cannot be read without a doubt, or cannot be written so that it says what it should."""


@dataclass(frozen=True, kw_only=True)
class PartText:
    """The text of a part, read without a doubt.

    Attributes:
        text: with its line ends as they are.
        codec: in which it was written.
    """

    text: str
    codec: str


def read_text(message: bytes, part: Part) -> PartText:
    """Return the text of a part.

    Raises:
        Unwritable: its transfer encoding or its character set is not what it claims, or not known.
    """
    if part.content.encoding not in (*_PLAIN, "quoted-printable", "base64"):
        raise Unwritable
    content, clean = structure.content_of(message, part)
    codec = charsets.codec_for(part.content.charset or "us-ascii")
    if not clean or codec is None:
        raise Unwritable
    try:
        text = content.decode(codec)
        if text.encode(codec) != content:
            raise Unwritable
    except UnicodeError as error:
        raise Unwritable from error
    return PartText(text=text, codec=codec)


def written(message: bytes, part: Part, before: PartText, text: str) -> bytes:
    """Return a whole part, header and body, with another text: in its own character set and transfer encoding where
    they can carry it, else in UTF-8, and as quoted-printable or base64.

    Args:
        message: that the part belongs to. part: a leaf. before: what it says. text: what it shall say.

    Raises:
        Unwritable: its header cannot be changed where it must be.
    """
    block = message[part.start : part.body_start]
    try:
        content = text.encode(before.codec)
    except UnicodeError:
        content = text.encode("utf-8")
        block = _with_charset(block, part)
    given = part.content.encoding
    if given in ("8bit", "binary") and message[part.body_start : part.body_end].isascii():
        given = "7bit"  # a message that every server takes stays one
    encoding = _encoding(given, content, before.codec)
    if encoding != part.content.encoding:
        block = _with_field(block, b"Content-Transfer-Encoding", encoding.encode("ascii"))
    ends = encoding == "base64" and message[part.start : part.body_end].endswith(b"\r\n")
    return block + _encoded(content, encoding) + (b"\r\n" if ends else b"")


def _encoding(given: str, content: bytes, codec: str) -> str:
    """Return the transfer encoding that carries a content; the given one where it can (RFC 2045 section 6)."""
    wide = codec.startswith(("utf-16", "utf-32"))
    if given == "base64" or wide:
        return "base64"
    if given == "quoted-printable":
        return given
    fits = content.isascii() or given in ("8bit", "binary")
    return given if fits and all(len(line) <= _LINE for line in content.split(b"\r\n")) else "quoted-printable"


def _encoded(content: bytes, encoding: str) -> bytes:
    if encoding == "base64":
        return base64.encodebytes(content).replace(b"\n", b"\r\n").removesuffix(b"\r\n")
    if encoding == "quoted-printable":
        # A line at a time: given whole texts, the library writes bare line feeds, and mends those of the text.
        return b"\r\n".join(
            binascii.b2a_qp(line, istext=False).replace(b"=\n", b"=\r\n") for line in content.split(b"\r\n")
        )
    return content


def _with_charset(block: bytes, part: Part) -> bytes:
    """Return a header block that says UTF-8; the other parameters stay as they are."""
    field = headers.first(part.fields, "Content-Type")
    if field is None:
        return _with_field(block, b"Content-Type", part.content.media_type.encode("ascii") + b"; charset=utf-8")
    if part.content.charset is None:
        return _with_field(block, b"Content-Type", field.value.strip() + b"; charset=utf-8")
    value, found = _CHARSET.subn(rb"\g<1>utf-8", field.value.strip())
    if found != 1:
        raise Unwritable
    return _with_field(block, b"Content-Type", value)


def _with_field(block: bytes, name: bytes, value: bytes) -> bytes:
    """Return a header block in which the first field of a name says `value`, or which begins with that field."""
    written_field = name + b": " + value + b"\r\n"
    pattern = re.compile(rb"^" + name + rb"[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*", re.IGNORECASE | re.MULTILINE)
    found = pattern.search(block)
    if found is None:
        return written_field + (block or b"\r\n")
    return block[: found.start()] + written_field + block[found.end() :]
