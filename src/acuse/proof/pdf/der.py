"""Distinguished encoding (X.690, 10.1): every length definite and as short as it can be."""

from acuse.errors import Invalid

_STEP = 7
_DEEPEST = 40
_CONSTRUCTED = 0x20


def single_value(content: bytes) -> bytes:
    """Return the one value at the beginning of `content`, checked to the leaves; what follows it is left to the caller.

    Raises:
        Invalid: not a DER value.
    """
    end = _check(content, 0, len(content), 0)
    return content[:end]


def _check(content: bytes, start: int, limit: int, depth: int) -> int:
    """Check the value at `start`; return the offset behind it."""
    if depth > _DEEPEST:
        raise Invalid(_STEP, "The seal's encoding is nested too deeply.")
    body, end = _header(content, start, limit)
    if content[start] & _CONSTRUCTED:
        at = body
        while at < end:
            at = _check(content, at, end, depth + 1)
    return end


def _header(content: bytes, start: int, limit: int) -> tuple[int, int]:
    """Return where the value's content begins and ends."""
    if start + 2 > limit or content[start] & 0x1F == 0x1F:
        raise _not_der()
    length = content[start + 1]
    body = start + 2
    if length >= 0x80:
        count = length & 0x7F
        if not 1 <= count <= 4 or body + count > limit:
            raise _not_der()
        length = int.from_bytes(content[body : body + count], "big")
        if length < 0x80 or content[body] == 0:
            raise _not_der()
        body += count
    if body + length > limit:
        raise _not_der()
    return body, body + length


def _not_der() -> Invalid:
    return Invalid(_STEP, "The seal is not written in distinguished encoding rules.")
