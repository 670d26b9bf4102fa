"""What of a text shows why a search found it. Pure: the database says where its words are, in a levelled copy."""

import unicodedata
from typing import NamedTuple

_START, _STOP = "\x02", "\x03"
MARKS = f'HighlightAll=true, StartSel="{_START}", StopSel="{_STOP}"'
"""How the database marks the words that were looked for."""
LENGTH = 220
_BEFORE = 60


class Piece(NamedTuple):
    """A piece of text, and whether it is a word that was looked for."""

    text: str
    marked: bool


def level(text: str) -> str:
    """Return a text without accents, character by character: a place in it is the same place in the text.

    Args:
        text: without characters that combine, where accents are to go (Unicode's form NFC).
    """
    return "".join(" " if one < " " else _bare(one) for one in text)


def excerpt(text: str, marked: str) -> tuple[Piece, ...]:
    """Return the piece of a text around the first word that was looked for; its beginning where there is none.

    Args:
        text: the whole. marked: its levelled copy with the marks of the database, as long as the text but for them.
    """
    spans, place, start = [], 0, 0
    for one in marked:
        if one == _START:
            start = place
        elif one == _STOP:
            spans.append((start, place))
        else:
            place += 1
    first = spans[0][0] if spans else 0
    begin = text.rfind(" ", 0, first - _BEFORE) + 1 if first > _BEFORE else 0
    end = text.rfind(" ", begin, begin + LENGTH) if len(text) > begin + LENGTH else len(text)
    end = max(end, spans[0][1]) if spans else end if end > begin else begin + LENGTH
    pieces, at = [Piece("… ", False)] if begin else [], begin
    for left, right in spans:
        if right <= end:
            pieces += [Piece(text[at:left], False), Piece(text[left:right], True)]
            at = right
    pieces.append(Piece(text[at:end] + (" …" if end < len(text) else ""), False))
    return tuple(piece for piece in pieces if piece.text)


def _bare(one: str) -> str:
    parted = unicodedata.normalize("NFD", one)
    return parted[0] if all(unicodedata.combining(mark) for mark in parted[1:]) else one
