"""The small schema language in which the details of each type of fact are written and documented."""

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from acuse.clock import from_rfc3339
from acuse.errors import InputError
from acuse.proof.canonical import MAX_INTEGER

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
LONG = 65_536
"""Most characters of a text that the outside world chose, such as a subject or a server's reply."""


class Shape(Protocol):
    """What a value of the details may be."""

    def check(self, value: Any, where: str) -> None:
        """Raise InputError unless `value` has this shape; `where` names it in the message."""

    def describe(self) -> str:
        """Return the shape in a few words for the reference."""


@dataclass(frozen=True)
class Text:
    """Text of at most `limit` characters."""

    limit: int = 1024

    def check(self, value: Any, where: str) -> None:
        if not isinstance(value, str) or len(value) > self.limit:
            raise InputError("%(where)s should be text of at most %(limit)s characters.", where=where, limit=self.limit)

    def describe(self) -> str:
        return "text"


@dataclass(frozen=True)
class Foreign:
    """Bytes from outside: text where they are valid UTF-8, else `{"base64": ...}`."""

    limit: int = LONG

    def check(self, value: Any, where: str) -> None:
        if isinstance(value, dict) and value.keys() == {"base64"} and isinstance(value["base64"], str):
            _check_base64(value["base64"], self.limit, where)
            return
        Text(self.limit).check(value, where)

    def describe(self) -> str:
        return 'text, or `{"base64"}` where it is not UTF-8'


@dataclass(frozen=True)
class Integer:
    """An integer from `least` to `most`."""

    least: int = 0
    most: int = MAX_INTEGER

    def check(self, value: Any, where: str) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or not self.least <= value <= self.most:
            raise InputError(
                "%(where)s should be an integer from %(least)s to %(most)s.",
                where=where,
                least=self.least,
                most=self.most,
            )

    def describe(self) -> str:
        return "integer"


@dataclass(frozen=True)
class Flag:
    """True or false."""

    def check(self, value: Any, where: str) -> None:
        if not isinstance(value, bool):
            raise InputError("%(where)s should be true or false.", where=where)

    def describe(self) -> str:
        return "true or false"


class Choice:
    """One of a few words."""

    def __init__(self, *words: str) -> None:
        self.words = words

    def check(self, value: Any, where: str) -> None:
        if value not in self.words:
            raise InputError("%(where)s should be one of %(names)s.", where=where, names=", ".join(self.words))

    def describe(self) -> str:
        return " / ".join(f"`{word}`" for word in self.words)


@dataclass(frozen=True)
class Moment:
    """A time, as RFC 3339 UTC with six decimals."""

    def check(self, value: Any, where: str) -> None:
        Text().check(value, where)
        from_rfc3339(value)

    def describe(self) -> str:
        return "time"


@dataclass(frozen=True)
class Digest:
    """A SHA-256 in lower-case hex."""

    def check(self, value: Any, where: str) -> None:
        if not isinstance(value, str) or not _SHA256.fullmatch(value):
            raise InputError("%(where)s should be 64 lower-case hex digits.", where=where)

    def describe(self) -> str:
        return "SHA-256"


@dataclass(frozen=True)
class Nullable:
    """The shape, or null where nothing is known."""

    shape: Shape

    def check(self, value: Any, where: str) -> None:
        if value is not None:
            self.shape.check(value, where)

    def describe(self) -> str:
        return f"{self.shape.describe()}; or null"


@dataclass(frozen=True)
class Listing:
    """At most `limit` values of one shape."""

    shape: Shape
    limit: int = 64

    def check(self, value: Any, where: str) -> None:
        if not isinstance(value, list | tuple) or len(value) > self.limit:
            raise InputError("%(where)s should be a list of at most %(limit)s.", where=where, limit=self.limit)
        for index, member in enumerate(value):
            self.shape.check(member, f"{where}[{index}]")

    def describe(self) -> str:
        return f"list of {self.shape.describe()}"


@dataclass(frozen=True)
class Record:
    """Named members. Those of `optional` may be left out; no others may be added."""

    members: Mapping[str, Shape]
    optional: Mapping[str, Shape] = field(default_factory=dict)

    def check(self, value: Any, where: str) -> None:
        if not isinstance(value, Mapping):
            raise InputError("%(where)s should have named members.", where=where)
        missing = self.members.keys() - value.keys()
        unknown = value.keys() - self.members.keys() - self.optional.keys()
        if missing:
            raise InputError("%(where)s lacks %(names)s.", where=where, names=_listed(missing))
        if unknown:
            raise InputError("%(where)s has the unknown %(names)s.", where=where, names=_listed(unknown))
        for name, member in value.items():
            shape = self.members.get(name) or self.optional[name]
            shape.check(member, f"{where}.{name}")

    def describe(self) -> str:
        required = [f"`{name}` {shape.describe()}" for name, shape in self.members.items()]
        optional = [f"`{name}` (may be absent) {shape.describe()}" for name, shape in self.optional.items()]
        return "{" + "; ".join(required + optional) + "}"


@dataclass(frozen=True, kw_only=True)
class FactType:
    """One type of fact.

    Attributes:
        name: dotted, past tense.
        kinds: kinds of subject it is recorded about.
        meaning: one sentence.
        details: schema of the details.
        roles: role of each custody object it may cite -> what that object is.
        event: name of the ETSI EN 319 522-1 event it corresponds to, if any.
    """

    name: str
    kinds: tuple[str, ...]
    meaning: str
    details: Record
    roles: Mapping[str, str] = field(default_factory=dict)
    event: str | None = None


def _listed(names: Iterable[object]) -> str:
    return ", ".join(sorted(map(str, names)))


def _check_base64(text: str, limit: int, where: str) -> None:
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InputError("%(where)s should be base64.", where=where) from error
    if len(decoded) > limit or base64.b64encode(decoded).decode("ascii") != text:
        raise InputError(
            "%(where)s should be base64 in its canonical spelling, of at most %(limit)s bytes.",
            where=where,
            limit=limit,
        )
