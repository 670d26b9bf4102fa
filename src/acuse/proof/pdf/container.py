"""The last signature container of a sealed PDF, read before any PDF parser sees the file.

A sealed file has one shape: everything, to the last byte, is signed, except one gap, the hexadecimal string of the last
`/Contents`. So the gap can be found from the end of the file and the rest hashed without trusting a byte range; the PDF
reader afterwards has to agree on where the gap is. What this refuses, it refuses in a millisecond.
"""

import re
from dataclasses import dataclass

from acuse.errors import InputError, Invalid
from acuse.proof.der import check_der

STEP = 7

_KEY = b"/Contents"
_ONE_CASE = re.compile(rb"(?:[0-9A-F]*|[0-9a-f]*)")
_SPACE = b" \t\r\n\f\x00"


@dataclass(frozen=True, kw_only=True)
class Container:
    """A signature container and its place.

    Attributes:
        start: offset of `<`.
        end: offset behind `>`.
        der: the one DER value, without the padding.
    """

    start: int
    end: int
    der: bytes


def last_container(raw: bytes) -> Container:
    """Find and decode the last `/Contents` hexadecimal string of a file.

    Raises:
        Invalid: there is none, or it is not `strict_hex`.
    """
    at = raw.rfind(_KEY)
    while at >= 0:
        start = at + len(_KEY)
        while raw[start : start + 1] in _SPACE and start < len(raw):
            start += 1
        if raw[start : start + 1] == b"<" and raw[start + 1 : start + 2] != b"<":
            end = raw.find(b">", start) + 1
            if end == 0:
                break
            return Container(start=start, end=end, der=strict_hex(raw[start:end]))
        at = raw.rfind(_KEY, 0, at)
    raise Invalid(STEP, "The PDF carries no whole seal: it was cut short, or the seal was taken out of it.")


def strict_hex(written: bytes) -> bytes:
    """Decode `<...>`: an even number of digits of one case, exactly one DER value, then zeros alone.

    Raises:
        Invalid: anything else; each alternative spelling would be a place to alter unseen.
    """
    digits = written[1:-1]
    if len(digits) % 2 or not _ONE_CASE.fullmatch(digits):
        raise Invalid(STEP, "The seal is not written in hexadecimal digits of one case.")
    content = bytes.fromhex(digits.decode("ascii"))
    der = content[: _first_length(content)]
    if any(content[len(der) :]):
        raise Invalid(STEP, "Something is hidden behind the seal, where only zeros belong.")
    try:
        check_der(der)
    except InputError as error:
        raise Invalid(STEP, "The seal is not written as it must be: %(error)s", error=error) from error
    return der


def _first_length(content: bytes) -> int:
    """Length of the value that `content` begins with, as far as its header says; `check_der` judges the header."""
    if len(content) < 2:
        return len(content)
    count = content[1] & 0x7F if content[1] & 0x80 else 0
    stated = content[2 : 2 + count] if count else content[1:2]
    return 2 + count + int.from_bytes(stated, "big")
