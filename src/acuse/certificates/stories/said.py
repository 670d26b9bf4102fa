"""What was said in a case: mail as it is; of forms and notes the words, and what was given besides as fields."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from acuse.certificates.stories.runs import Runs, mono, own
from acuse.certificates.stories.told import Told
from acuse.clock import from_rfc3339, to_rfc3339
from acuse.dates import long_date
from acuse.errors import InputError
from acuse.mail.read import Message, read
from acuse.proof.facts.fact import ObjectReference
from acuse.proof.facts.ticket import TYPE_NAMES

_TEXT = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
_LONGEST = 2000
_HALF = re.compile("[\ud800-\udfff]")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True)
class File:
    """A file that came with a form: as the form states it."""

    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Said:
    """What an object says.

    Attributes:
        message: the words, to be printed as they are.
        fields: what a form or a note gives besides, by name; what is not known by its name stands among the words.
        files: that came with a form; those of mail are in the message.
        silent: there are no words.
    """

    message: Message
    fields: Mapping[str, str | date | datetime]
    files: tuple[File, ...] = ()
    silent: bool = False

    def rows(self, told: Told, *, besides: str = "") -> list[dict[str, Any]]:
        """Return the fields as rows, a label and the value.

        Args:
            told: the document. besides: a subject that stands in it already.
        """
        return [
            {
                "label": told.word(f"said.{name}"),
                "parts": [{"kind": "line", "runs": runs} for runs in _value(told, name, value)],
                "breakable": True,
            }
            for name, value in self.fields.items()
            if (name, value) != ("subject", besides)
        ]


def said_by(item: ObjectReference, content: bytes) -> Said:
    """Return what an object says.

    Args:
        item: as a fact cites it. content: its bytes.
    """
    if item.media_type == "message/rfc822":
        return Said(message=read(content), fields={})
    text = content.decode("utf-8", "replace")
    given = _members(text) if item.media_type == "application/json" else None
    if given is None:
        return Said(message=_message(text), fields={})
    files = _files(given.pop("files", None)) if _is_files(given.get("files")) else ()
    fields = {name: read_as(given[name]) for name, read_as in _FIELDS.items() if name in given}
    known = {name: value for name, value in fields.items() if value is not None}
    words = given.pop("text", "")
    others = [f"{name}: {_literal(value)}" for name, value in given.items() if name not in known]
    text = "\n\n".join(part for part in (_literal(words), "\n".join(others)) if part)
    return Said(message=_message(text), fields=known, files=files, silent=not text)


def _message(text: str) -> Message:
    return read(_TEXT + text.encode("utf-8", "backslashreplace"))


def _members(text: str) -> dict[str, Any] | None:
    """Return what a form or a note gives, without what was left empty; None where it is something else."""
    try:
        given: Any = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(given, dict):
        return None
    return {name: value for name, value in given.items() if value not in ("", None, [])}


def _literal(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and len(value) <= _LONGEST and not _HALF.search(value) else None


def _one_of(*names: str) -> Callable[[Any], str | None]:
    return lambda value: value if isinstance(value, str) and value in names else None


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        return None


def _moment(value: Any) -> datetime | None:
    try:
        moment = from_rfc3339(value) if isinstance(value, str) else None
    except InputError:
        return None
    return moment if moment is not None and 1 < moment.year < 9999 else None


def _list(value: Any) -> str | None:
    listed = isinstance(value, list) and all(isinstance(one, str) for one in value)
    return _text(", ".join(value)) if listed else None


def _number(value: Any) -> str | None:
    return str(value) if type(value) is int else None


_FIELDS: Mapping[str, Callable[[Any], str | date | datetime | None]] = {
    "type": _one_of(*TYPE_NAMES),
    "name": _text,
    "address": _text,
    "number": _text,
    "subject": _text,
    "product": _text,
    "purchase_date": _day,
    "guarantee_until_date": _day,
    "tags": _list,
    "reference": _text,
    "language": _one_of("es", "en"),
    "at": _moment,
    "consent": _text,
    "v": _number,
}
"""In the order in which they are shown. A value of another shape than these stands among the words as it is."""


def _is_files(value: Any) -> bool:
    shape = {"name": str, "media_type": str, "size": int, "sha256": str}
    return isinstance(value, list) and all(
        isinstance(one, dict)
        and one.keys() == shape.keys()
        and all(type(one[name]) is kind for name, kind in shape.items())
        and _DIGEST.fullmatch(one["sha256"]) is not None
        for one in value
    )


def _files(value: Any) -> tuple[File, ...]:
    return tuple(File(**one) for one in value)


def _value(told: Told, name: str, value: str | date | datetime) -> list[Runs]:
    """Return the lines of a value."""
    if isinstance(value, datetime):
        return [[own(f"{told.clock.short(value)} · "), mono(to_rfc3339(value))]]
    if isinstance(value, date):
        return [[own(long_date(value, told.context.language))]]
    for key in (f"{name}.{value}", f"said.{name}.{value}"):
        if told.has(key):
            return [[own(told.word(key))]]
    return [[told.theirs(line)] for line in value.splitlines()]
