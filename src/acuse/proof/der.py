"""Strict DER (X.690 section 10): what a signature does not cover must still have only one spelling."""

from acuse.errors import InputError

MAX_DEPTH = 40

_BOOLEAN, _INTEGER, _BIT_STRING, _NULL = 0x01, 0x02, 0x03, 0x05
_SEQUENCE, _SET = 0x30, 0x31
_CONSTRUCTED = 0x20


def check_der(raw: bytes) -> None:
    """Check that `raw` is exactly one value in DER, down to its primitive parts.

    Octet strings are not opened. The order of a SET OF is not checked: authorities in use do not all sort it, and
    whoever reads compares sets as a whole.

    Raises:
        InputError: trailing bytes, an indefinite or overlong length, or a primitive with a second spelling.
    """
    if _value(raw, 0, len(raw), 0) != len(raw):
        raise InputError("Bytes follow the end of a DER value.")


def parts(raw: bytes, tag: int = _SEQUENCE) -> list[bytes]:
    """Return the values inside one constructed value, each with its own tag and length, byte for byte.

    Args:
        raw: one value that `check_der` has passed.
        tag: the one it must have; a constructed one.

    Raises:
        InputError: it has another.
    """
    if len(raw) < 2 or raw[0] != tag:
        raise InputError("A DER value is of another kind than expected.")
    offset, stop = _length(raw, 1, len(raw))
    found: list[bytes] = []
    while offset < stop:
        start = offset
        _, offset = _length(raw, start + 1, stop)
        found.append(raw[start:offset])
    return found


def primitive(raw: bytes, tag: int) -> bytes:
    """Return the content of one value with that tag.

    Raises:
        InputError: it has another tag.
    """
    if not raw or raw[0] != tag:
        raise InputError("A DER value is of another kind than expected.")
    start, stop = _length(raw, 1, len(raw))
    return raw[start:stop]


def _value(raw: bytes, start: int, end: int, depth: int) -> int:
    """Check the value at `start` and return where it ends."""
    if depth > MAX_DEPTH:
        raise InputError("DER nested deeper than %(limit)s levels is not accepted.", limit=MAX_DEPTH)
    # Tag 0 ends values of indefinite length in BER; readers skip it silently at the end of a sequence.
    if end - start < 2 or raw[start] & 0x1F == 0x1F or raw[start] == 0:
        raise InputError("A DER value is cut short or has a tag that no known structure uses.")
    tag = raw[start]
    content, stop = _length(raw, start + 1, end)
    if tag & _CONSTRUCTED:
        if tag < 0x40 and tag not in (_SEQUENCE, _SET):
            raise InputError("A string of several parts is BER, not DER.")
        while content < stop:
            content = _value(raw, content, stop, depth + 1)
    else:
        _check_primitive(tag, raw[content:stop])
    return stop


def _length(raw: bytes, start: int, end: int) -> tuple[int, int]:
    """Return where the content begins and ends."""
    if start >= end:
        raise InputError("A DER value is cut short.")
    first = raw[start]
    if first < 0x80:
        content, size = start + 1, first
    else:
        count = first & 0x7F
        content = start + 1 + count
        size = int.from_bytes(raw[start + 1 : content], "big")
        if not 1 <= count <= 4 or content > end or size < 0x80 or raw[start + 1] == 0:
            raise InputError("A DER length is not in its shortest form.")
    if content + size > end:
        raise InputError("A DER value reaches beyond its end.")
    return content, content + size


def _check_primitive(tag: int, content: bytes) -> None:
    well_formed = True
    if tag == _BOOLEAN:
        well_formed = content in (b"\x00", b"\xff")
    elif tag == _INTEGER:
        well_formed = _is_shortest(content)
    elif tag == _BIT_STRING:
        well_formed = bool(content) and _spare_bits_are_zero(content)
    elif tag == _NULL:
        well_formed = not content
    if not well_formed:
        raise InputError("A DER value is not in its only spelling.")


def _is_shortest(content: bytes) -> bool:
    if len(content) < 2:
        return len(content) == 1
    return not (content[0] == 0 and content[1] < 0x80) and not (content[0] == 0xFF and content[1] >= 0x80)


def _spare_bits_are_zero(content: bytes) -> bool:
    spare = content[0]
    if len(content) == 1:
        return spare == 0
    return spare < 8 and content[-1] & ((1 << spare) - 1) == 0
