"""What the DNS said while the origin of one message was checked: asked once each, bounded, and kept whole."""

import json
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field

from acuse.errors import AcuseError, TemporaryError

#: Questions for one message, and seconds after which it begins no other: RFC 7208 and RFC 6376 bound theirs, many
#: signatures add up, and anybody can name servers that never answer while others' messages wait.
MOST_QUESTIONS = 100
MOST_SECONDS = 15.0
_MOST_VALUES = 100


class NoAnswer(TemporaryError):
    """The DNS cannot tell now."""


class TooManyQuestions(AcuseError):
    """The message asks for more than any honest one does."""


@dataclass(frozen=True, kw_only=True)
class Records:
    """What the DNS holds of one kind at a name.

    Attributes:
        values: TXT as its octets joined, A and AAAA as addresses, MX and PTR as names, all in octets; empty where none.
        secure: the resolver authenticated the answer (the AD bit).
    """

    values: tuple[bytes, ...] = ()
    secure: bool = False


LookUp = Callable[[str, str], Records]
"""(name, kind) to records. Raises `NoAnswer` where it cannot be told now."""


@dataclass(kw_only=True, eq=False)
class Answers:
    """Asks on behalf of one message.

    Args:
        look_up: asks the DNS.
        clock: seconds, monotonic.
    """

    look_up: LookUp
    clock: Callable[[], float] = time.monotonic
    _until: float = 0.0
    _known: dict[tuple[str, str], Records | None] = field(default_factory=dict)
    _silent: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._until = self.clock() + MOST_SECONDS

    def ask(self, name: str, kind: str) -> tuple[bytes, ...]:
        """Return the records of a kind at a name, the same ones whenever this message asks; empty where there are none.

        Raises:
            NoAnswer: it cannot be told now. TooManyQuestions: this message has asked enough.
        """
        key = (name.lower().rstrip("."), kind)
        if key not in self._known:
            if len(self._known) >= MOST_QUESTIONS:
                raise TooManyQuestions("The message asks the DNS for too much.")
            self._known[key] = self._fetch(*key)
        records = self._known[key]
        if records is None:
            raise NoAnswer(f"The DNS gave no answer about {key[0][:253]} {kind}.")
        return records.values

    def _fetch(self, name: str, kind: str) -> Records | None:
        # One domain that signs many times, with a selector each, has one set of name servers to wait for.
        signer = name.partition("._domainkey.")[2]
        if self.clock() > self._until or signer in self._silent:
            return None
        try:
            return self.look_up(name, kind)
        except NoAnswer:
            if signer:
                self._silent.add(signer)
            return None

    def to_json(self) -> bytes:
        """Return every answer, in the order of asking, as JSON; empty where nothing was asked."""
        told = [
            {
                "name": name,
                "type": kind,
                "answered": records is not None,
                "secure": records is not None and records.secure,
                "values": [_foreign(one) for one in records.values[:_MOST_VALUES]] if records else [],
            }
            for (name, kind), records in self._known.items()
        ]
        return json.dumps(told, ensure_ascii=True, separators=(",", ":")).encode() if told else b""


def _foreign(octets: bytes) -> str | dict[str, str]:
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return {"base64": b64encode(octets).decode("ascii")}
