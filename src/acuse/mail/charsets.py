"""Foreign bytes to text, whatever the message claims about its character set."""

import codecs
import re

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+-]{0,39}\Z")

# Only character sets. Python's registry also holds transformations (idna and punycode take quadratic time,
# unicode_escape rewrites text), which a hostile message could otherwise name.
_TEXT_CODEC = re.compile(
    r"(ascii|utf-8(-sig)?|utf-16(-[bl]e)?|utf-32(-[bl]e)?|utf-7|iso8859-\d+|cp\d+|koi8-[rut]|kz1048|mac-[a-z]+"
    r"|big5(hkscs)?|gb2312|gbk|gb18030|hz|shift_jis(x0213|_2004)?|euc_(jp|kr|jis_2004|jisx0213)|johab"
    r"|iso2022_(jp(_\w+)?|kr)|tis-620|hp-roman8|ptcp154)\Z"
)
_C1 = re.compile(rb"[\x80-\x9f]")
# What web browsers and mail programs do (WHATWG Encoding): the C1 range of ISO 8859-1 is never meant.
_WIDER = {"iso8859-1": "cp1252", "ascii": "utf-8"}


def codec_for(charset: str | None) -> str | None:
    """Return the Python codec of a declared character set, or None if it names no text encoding we accept."""
    if charset is None or not _NAME.match(charset):
        return None
    try:
        name = codecs.lookup(charset).name
    except (LookupError, ValueError, UnicodeError):
        return None
    return name if _TEXT_CODEC.match(name) else None


def decode(content: bytes, charset: str | None) -> tuple[str, bool]:
    """Decode bytes that claim to be in `charset`.

    Args:
        content: the bytes, transfer encoding already removed.
        charset: the declared name, or None where nothing was declared (RFC 2046 4.1.2: US-ASCII).

    Returns:
        The text, and whether the declaration was true. Undecodable bytes become U+FFFD; it never raises.
    """
    declared = codec_for(charset) if charset else "ascii"
    if declared is not None:
        try:
            return content.decode(declared if declared not in _WIDER else _strictest(content, declared)), True
        except (UnicodeError, ValueError):
            pass
    for candidate in ("utf-8", "cp1252"):
        try:
            return content.decode(candidate), declared == "ascii" and content.isascii()
        except UnicodeError:
            continue
    return content.decode(declared or "utf-8", "replace"), False


def _strictest(content: bytes, declared: str) -> str:
    """Pick the narrow codec where the bytes allow it and its wider practice where they do not."""
    if declared == "ascii":
        return "ascii"
    return _WIDER[declared] if _C1.search(content) else declared
