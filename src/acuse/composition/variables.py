"""Typed variables of templates: what each may hold, how it is said in Spanish and English, a sample of it. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from acuse.dates import long_date, utc_offset
from acuse.errors import InputError

MOST_VALUE = 100_000
"""Characters of one value."""
MOST_ITEMS = 200
"""Of one list."""


class Kind(StrEnum):
    """What a variable holds.

    `LINE` is text on one line, such as a name. `TEXT` may have several, and is shown as it was written. `PROSE` was
    written by a member and may use what a template's body may. `LIST` has lines. `DATE`, `MOMENT` (with its zone),
    `TERM` and `LINK` (http or https) are what they say.
    """

    LINE = "line"
    TEXT = "text"
    PROSE = "prose"
    DATE = "date"
    MOMENT = "moment"
    TERM = "term"
    LINK = "link"
    LIST = "list"


@dataclass(frozen=True, kw_only=True)
class Variable:
    """One variable.

    Attributes:
        name: as templates write it: `ticket.number`.
        kind: what it holds.
        optional: there may be nothing in it; templates ask with `{% if %}`.
    """

    name: str
    kind: Kind
    optional: bool = False


class Prose(str):
    """Text that keeps its marks: a member wrote it."""


class Link(str):
    """An address that can be followed."""


class Moment(str):
    """A moment in words; `day` is its date alone."""

    day: str


class Term(Protocol):
    """So many of a unit (ADR 14)."""

    @property
    def amount(self) -> int: ...

    @property
    def unit(self) -> str: ...


Said = str | list[str] | None
"""What a template works with; None for nothing."""

_UNITS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "es": {
        "natural_hours": ("hora", "horas"),
        "natural_days": ("día natural", "días naturales"),
        "business_hours": ("hora hábil", "horas hábiles"),
        "business_days": ("día hábil", "días hábiles"),
    },
    "en": {
        "natural_hours": ("hour", "hours"),
        "natural_days": ("calendar day", "calendar days"),
        "business_hours": ("business hour", "business hours"),
        "business_days": ("business day", "business days"),
    },
}
_LINK = re.compile(r"https?://[!#-;=?-\[\]_a-~]{1,2000}", re.ASCII)
_NEWLINES = re.compile(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]")
#: Marks that have what follows read in the other direction: with them a line shows something else than it says.
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def said(variable: Variable, value: object, *, language: str) -> Said:
    """Return a value in the words of a language.

    Args:
        variable: which one it is for.
        value: text for `LINE`, `TEXT`, `PROSE` and `LINK`; a date, an aware datetime, a `Term`, lines; None or empty
            for nothing.
        language: "es" or "en".

    Raises:
        InputError: the value is missing, or is not of the variable's kind.
    """
    if value is None or value in ("", (), []):
        if not variable.optional:
            raise InputError("The template needs %(name)s, which there is not here.", name=variable.name)
        return None
    words = _WORDS[variable.kind](value, language)
    if words is None:
        raise InputError(
            "The value of %(name)s is not what belongs there (%(kind)s).", name=variable.name, kind=variable.kind
        )
    return words


def clean(text: str) -> str:
    """Return foreign text without what is not seen, with line feeds alone between its lines."""
    return "".join(c for c in _NEWLINES.sub("\n", text) if c in "\n\t" or _seen(c))[:MOST_VALUE]


def _seen(character: str) -> bool:
    return character not in _TURNING and unicodedata.category(character) not in {"Cc", "Cs", "Cn", "Co"}


def _line(value: object, _language: str) -> str | None:
    return " ".join(clean(value).split()) if isinstance(value, str) else None


def _text(value: object, _language: str) -> str | None:
    return clean(value).strip("\n") if isinstance(value, str) else None


def _prose(value: object, _language: str) -> str | None:
    return Prose(clean(value).strip("\n")) if isinstance(value, str) else None


def _day(value: object, language: str) -> str | None:
    return long_date(value, language) if isinstance(value, date) and not isinstance(value, datetime) else None


def _moment(value: object, language: str) -> str | None:
    if not isinstance(value, datetime) or value.utcoffset() is None:
        return None
    day = long_date(value.date(), language)
    words = Moment(f"{day}, {value:%H:%M} ({utc_offset(value)})")
    words.day = day
    return words


def _term(value: object, language: str) -> str | None:
    amount, unit = getattr(value, "amount", None), getattr(value, "unit", None)
    words = _UNITS[language].get(str(unit))
    if not isinstance(amount, int) or words is None:
        return None
    one, many = words
    return f"{amount} {one if amount == 1 else many}"


def _link(value: object, _language: str) -> str | None:
    return Link(value) if isinstance(value, str) and _LINK.fullmatch(value) else None


def _list(value: object, language: str) -> list[str] | None:
    if isinstance(value, str) or not isinstance(value, Iterable):
        return None
    lines = [_line(one, language) for one in value]
    return [line for line in lines if line is not None] if len(lines) <= MOST_ITEMS and None not in lines else None


_WORDS = {
    Kind.LINE: _line,
    Kind.TEXT: _text,
    Kind.PROSE: _prose,
    Kind.DATE: _day,
    Kind.MOMENT: _moment,
    Kind.TERM: _term,
    Kind.LINK: _link,
    Kind.LIST: _list,
}
