"""Whether a message that came in quotes the link of a notice, with which its reader could act as the recipient."""

import re
from collections.abc import Iterator

from acuse.mail import structure
from acuse.mail.tokens import ACCESS, decode_token

_DEPTH = 8
_SOFT_BREAK = re.compile(rb"=[ \t]*\r?\n")
_SLASH = rb"(?:/|%(?:25)*2f|&#47;|&#x2f;|=2f)"
#: Also where a filter wrapped the link in one of its own, as a parameter.
_LINK = re.compile(_SLASH + rb"a" + _SLASH + rb"([a-z2-7]{42})", re.IGNORECASE)


def holds_link(raw: bytes, *, keys: tuple[bytes, ...]) -> bool:
    """Say whether the link of any notice of ours stands in a message: as it is, or in what its parts decode to.

    Args:
        raw: the message.
        keys: of address tokens, newest first.
    """
    return any(
        decode_token(found[1].decode("ascii").lower(), keys=keys, purpose=ACCESS) is not None
        for text in _texts(raw, _DEPTH)
        for found in _LINK.finditer(text)
    )


def _texts(raw: bytes, depth: int) -> Iterator[bytes]:
    """Yield the bytes, those of its lines put together again, and the same of each part and message inside."""
    yield raw
    yield _SOFT_BREAK.sub(b"", raw)
    if depth == 0:
        return
    root, _ = structure.parse(raw)
    for part in root.walk():
        if part.children:
            continue
        content, _ = structure.content_of(raw, part)
        if part.content.media_type in ("message/rfc822", "message/global"):
            yield from _texts(content, depth - 1)
        elif part.content.encoding not in ("", "7bit", "8bit", "binary"):
            yield content
