"""Runs: pieces of a line with their kind (ours, foreign, mono, strong), as the templates take them.

Our words come from the wording tables; whatever anybody else wrote enters through `foreign`, which makes it fit for
the page, keeps its direction to itself and cuts it where the place is small.
"""

import base64
import re
from collections.abc import Mapping
from typing import Any, TypedDict
from unicodedata import combining, east_asian_width

from acuse.pdf.text import CLOSE, OPEN, PLAIN, Drawn, drawn, has_right_to_left

Run = dict[str, Any]
Runs = list[Run]


class Line(TypedDict):
    """One printed line of verbatim text; `hook` says that it continues the one before."""

    t: str
    hook: bool


HEADLINE_LIMIT = 120
ADDRESS_LIMIT = 56
_SLOT = re.compile(r"\{([a-z_]+)\}")
_BYTE = re.compile(f"{OPEN}U\\+DC([89A-F][0-9A-F]){CLOSE}")
_SCRIPTS = (
    (0x0590, 0x05FF, "he"),
    (0x0600, 0x08FF, "ar"),
    (0x3040, 0x30FF, "ja"),
    (0x31F0, 0x31FF, "ja"),
    (0xAC00, 0xD7A3, "ko"),
    (0x1100, 0x11FF, "ko"),
    (0x4E00, 0x9FFF, "zh"),
    (0x0370, 0x03FF, "el"),
    (0x0400, 0x04FF, "ru"),
)


def own(text: str) -> Run:
    """A run of our own words."""
    return {"t": text}


def strong(text: str) -> Run:
    """A run of our own words, in bold."""
    return {"t": text, "k": "strong"}


def mono(text: str) -> Run:
    """A run in the monospaced face: a code, a name of a file, a serial number."""
    return {"t": text, "k": "mono"}


def fit(text: str, *, message: bool = False) -> Drawn:
    """Make foreign text fit for the page; bytes that were no text (surrogate escapes) show as ⟨0xNN⟩."""
    made = drawn(text, message=message)
    return Drawn(
        text=_BYTE.sub(rf"{OPEN}0x\1{CLOSE}", made.text),
        replaced=tuple(_BYTE.sub(rf"{OPEN}0x\1{CLOSE}", mark) for mark in made.replaced),
    )


def foreign(text: str, *, language: str = "en", limit: int | None = None, kind: str = "foreign") -> Run:
    """A run of words that are not ours, on one line of ours.

    Args:
        text: any text.
        language: of the message it comes from, where its script does not tell.
        limit: most characters; what is cut off is marked by an ellipsis.
        kind: "foreign"; "address", not broken while it is short; "foreign-strong", in bold.
    """
    if limit is not None and len(text) > limit:
        text = text[:limit].rstrip() + "…"
    return {"t": fit(text).text, "k": kind, "lang": language_of(text, language), "isolate": has_right_to_left(text)}


def language_of(text: str, otherwise: str) -> str:
    """Return the language that the script of `text` names by its first telling letter, else `otherwise`.

    Han letters alone follow the message's language if that is Japanese or Korean, and are Chinese if not.
    """
    if PLAIN.issuperset(text):
        return otherwise[:2]
    found = {language for character in text[:2000] for low, high, language in _SCRIPTS if low <= ord(character) <= high}
    for language in ("ja", "ko", "ar", "he", "zh", "el", "ru"):
        if language in found:
            return otherwise if language == "zh" and otherwise[:2] in ("ja", "ko") else language
    return otherwise[:2]


def phrase(template: str, **values: Run | Runs | str) -> Runs:
    """Fill the slots `{name}` of one of our sentences with runs (or with words of ours)."""
    runs: Runs = []
    for number, piece in enumerate(_SLOT.split(template)):
        if number % 2 == 0:
            # A name such as "S. A.", or a cut one, already ends the sentence.
            ended = piece.startswith(".") and runs and str(runs[-1]["t"]).endswith((".", "…"))
            if words := piece[1:] if ended else piece:
                runs.append(own(words))
            continue
        value = values[piece]
        runs += [own(value)] if isinstance(value, str) else value if isinstance(value, list) else [value]
    return runs


def plain(runs: Runs) -> str:
    """Return the words of some runs, for titles and alternatives."""
    return "".join(str(run["t"]) for run in runs)


def text_of(value: str | Mapping[str, str] | None) -> str:
    """Return the text of a foreign value of a fact: itself, or its bytes with what is not UTF-8 escaped."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return base64.b64decode(value["base64"]).decode("utf-8", "surrogateescape")


def wrapped(text: str, columns: int, *, fitted: bool = False) -> list[Line]:
    """Wrap verbatim text by column count (design: Verbatim).

    Args:
        text: as received; lines end in CRLF, LF or CR, and those ends are not shown.
        columns: room in columns of the monospaced face; a continued line has two fewer.
        fitted: the text has been made fit for the page already.
    """
    lines: list[Line] = []
    for received in text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n"):
        rest = received if fitted else fit(received.replace("\t", "    ")).text
        hook = False
        while True:
            cut = _cut(rest, columns - 2 if hook else columns)
            lines.append({"t": rest[:cut], "hook": hook})
            rest, hook = rest[cut:], True
            if not rest:
                break
    return lines


def _cut(text: str, columns: int) -> int:
    """Return where to break: after a space within the last 18 columns, else anywhere; the end where all of it fits."""
    used = 0
    for place, character in enumerate(text):
        used += _width(character)
        if used > columns:
            space = text.rfind(" ", max(0, place - 18), place)
            return space + 1 if space > 0 else max(place, 1)
    return len(text)


def _width(character: str) -> int:
    if combining(character):
        return 0
    return 2 if east_asian_width(character) in ("W", "F") else 1


def address_lines(address: str, columns: int = 66) -> list[str]:
    """Break a long address after @ or . where possible, else anywhere; nothing is added (design: Long content)."""
    rest = fit(address).text
    lines = []
    while len(rest) > columns:
        cut = max(rest.rfind("@", 0, columns), rest.rfind(".", 0, columns)) + 1
        cut = cut if cut > columns // 2 else columns
        lines.append(rest[:cut])
        rest = rest[cut:]
    return [*lines, rest]
