"""The links of notices and of cases, with which their reader could act as the recipient: found and masked."""

import re
from collections.abc import Iterator

from acuse.mail import structure
from acuse.mail.tokens import ACCESS, AGREE, FOLLOW, decode_token

_DEPTH = 8
_SOFT_BREAK = re.compile(rb"=[ \t]*\r?\n")
_SLASH = rb"(?:/|%(?:25)*2f|&#47;|&#x2f;|=2f)"
#: Also where a filter wrapped the link in one of its own, as a parameter.
_LINK = re.compile(_SLASH + rb"([acf])" + _SLASH + rb"([a-z2-7]{42})", re.IGNORECASE)
_PURPOSES = {b"a": ACCESS, b"c": AGREE, b"f": FOLLOW}
_WRITTEN = re.compile(r"((?:/|%(?:25)*2f)([acf])(?:/|%(?:25)*2f))[a-z2-7]{42}(?![a-z2-7])", re.IGNORECASE)


def holds_link(raw: bytes, *, keys: tuple[bytes, ...], purposes: frozenset[str]) -> bool:
    """Say whether a link of ours stands in a message or a file: as it is, or in what its parts decode to.

    Args:
        raw: the message; also in UTF-16, whose zeros are not looked at.
        keys: of address tokens, newest first.
        purposes: of tokens, of those links that are looked for.
    """
    return any(
        (purpose := _PURPOSES[found[1].lower()]) in purposes
        and decode_token(found[2].decode("ascii").lower(), keys=keys, purpose=purpose) is not None
        for text in _texts(raw, _DEPTH)
        for found in _LINK.finditer(text.replace(b"\0", b""))
    )


def masked(text: str, *, customers: bool) -> str:
    """Return a text without the secret of what looks like the link of a notice.

    Args:
        customers: those of a case and of the question about agreement are masked too.
    """
    return _WRITTEN.sub(
        lambda found: f"{found[1]}…" if customers or found[2].lower() == "a" else found[0],
        text,
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
