"""Foreign text made fit for a page: any string in, a string out whose every character has a glyph.

PDF/A refuses a document with a character that no face can draw, and a reader cannot see a character that draws
nothing. Both kinds are written as ⟨U+XXXX⟩. The opening bracket itself is written the same way where it is foreign, so
that such a mark in a certificate is always ours: two different texts never look alike because of this function.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from acuse.pdf.coverage import Coverage, families

OPEN, CLOSE = "\N{MATHEMATICAL LEFT ANGLE BRACKET}", "\N{MATHEMATICAL RIGHT ANGLE BRACKET}"

_QUIET = frozenset("\u00ad\u034f\u061c\u200b\u200c\u200d\u200e\u200f\u2060\ufeff") | {
    chr(c) for c in range(0xFE00, 0xFE10)
}
"""Seen by nobody and harmless within a message: joiners, break hints, marks of direction, variation selectors."""

PLAIN = frozenset(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0xAD), *range(0xAE, 0x100)))) | frozenset("–—‘’“”€…")
"""Letters of most messages, drawn by the first face: a text of nothing else needs no look at each."""

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols by category, yet empty by design."""

_MARKS = frozenset({"Mn", "Mc", "Me"})


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A text fit for the page.

    Attributes:
        text: what to print.
        replaced: the marks ⟨U+XXXX⟩ in it, each once, in order of appearance.
    """

    text: str
    replaced: tuple[str, ...]


def drawn(text: str, *, message: bool = False) -> Drawn:
    """Return `text` fit for the page. Total: any string whatever, lone surrogates included.

    Args:
        text: foreign text.
        message: it is the body of a message, where what is invisible and harmless stays invisible; elsewhere, and for
            characters that turn the direction of text, it is always shown.
    """
    if PLAIN.issuperset(text):
        return Drawn(text=text, replaced=())
    replaced: dict[str, None] = {}
    parts: list[str] = []
    for cluster, fits in _clusters(text, message):
        if fits:
            parts.append(cluster)
            continue
        for character in cluster:
            mark = f"{OPEN}U+{ord(character):04X}{CLOSE}"
            replaced[mark] = None
            parts.append(mark)
    return Drawn(text="".join(parts), replaced=tuple(replaced))


def _clusters(text: str, message: bool) -> Iterator[tuple[str, bool]]:
    """Yield pieces that can be drawn whole by one family (True), and single characters that cannot (False)."""
    cluster = ""
    able: tuple[Coverage, ...] = ()
    for character in text:
        quiet = message and character in _QUIET
        if quiet and cluster:
            cluster += character
            continue
        if unicodedata.category(character) in _MARKS and not quiet:
            both = tuple(family for family in able if ord(character) in family)
            if both and not cluster.isspace():
                cluster, able = cluster + character, both
                continue
            if cluster:
                yield cluster, True
            cluster, able = "", ()
            yield character, False
            continue
        if cluster:
            yield cluster, True
        able = () if _hidden(character) else tuple(one for one in families() if ord(character) in one)
        cluster = character if able else ""
        if not able:
            yield character, quiet
    if cluster:
        yield cluster, True


def _hidden(character: str) -> bool:
    if character == OPEN or character in _BLANK:
        return True
    return unicodedata.category(character) in _HIDDEN


def direction(text: str) -> str:
    """Return "rtl" where the first letter with a direction is of a right-to-left script, else "ltr" (UAX 9, P2)."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in ("R", "AL"):
            return "rtl"
        if kind == "L":
            return "ltr"
    return "ltr"


def has_right_to_left(text: str) -> bool:
    """Return whether any character is of a right-to-left script or number system."""
    if PLAIN.issuperset(text):
        return False
    return any(unicodedata.bidirectional(character) in ("R", "AL", "AN") for character in text)
