"""Which facts are about deadlines, and which versions of calendars and rules they cite."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from acuse.errors import InputError
from acuse.proof.business_time import CalendarVersion
from acuse.proof.facts.deadline import STARTED, TYPES
from acuse.proof.facts.fact import Fact
from acuse.proof.policy import Policy

_TYPES = {kind.name: kind for kind in TYPES}


def is_readable(fact: Fact) -> bool:
    """Return whether a fact says what its type asks for, and cites what it names, where it is about deadlines."""
    if fact.type not in _TYPES:
        return True
    try:
        _TYPES[fact.type].details.check(fact.details, fact.type)
        if fact.type == STARTED:
            cited(fact, "calendar")
            cited(fact, "rule")
    except InputError:
        return False
    return True


def cited(started: Fact, role: str) -> str:
    """Return the digest (hex) of the "calendar" or "rule" of a fact `deadline.started`.

    Raises:
        InputError: the fact does not cite what it names.
    """
    digest = str(started.details[role]["digest"])
    if (role, digest) not in {(item.role, item.sha256) for item in started.objects}:
        raise InputError("A deadline does not cite the %(role)s that it names.", role=role)
    return digest


def cited_calendars(facts: Iterable[Fact]) -> tuple[str, ...]:
    """Return the digests (hex) of the versions of calendars that deadlines are counted by, each once."""
    return _each_once(facts, "calendar")


def cited_rules(facts: Iterable[Fact]) -> tuple[str, ...]:
    """Return the digests (hex) of the versions of the policy that set the deadlines, each once."""
    return _each_once(facts, "rule")


@dataclass(frozen=True, kw_only=True)
class Sources:
    """What the deadlines of a ticket are counted and compared by.

    Attributes:
        calendars: every version that its facts cite, by the SHA-256 (hex) of its bytes.
        rules: every version of the policy that they cite, likewise.
    """

    calendars: Mapping[str, CalendarVersion]
    rules: Mapping[str, Policy]

    @classmethod
    def read(cls, facts: Iterable[Fact], open_object: Callable[[str], bytes]) -> "Sources":
        """Read what facts cite; nothing for what has no deadlines.

        Args:
            facts: of one subject.
            open_object: SHA-256 (hex) of an object to its bytes.

        Raises:
            InputError: an object is not what it is cited as.
        """
        given = tuple(facts)
        return cls(
            calendars={digest: CalendarVersion.parse(open_object(digest)) for digest in cited_calendars(given)},
            rules={digest: Policy.parse(open_object(digest)) for digest in cited_rules(given)},
        )

    def files(self) -> Mapping[str, bytes]:
        """Return the objects that they were read from, by their SHA-256 (hex)."""
        calendars = [each.canonical() for each in self.calendars.values()]
        rules = [each.canonical() for each in self.rules.values()]
        return {hashlib.sha256(raw).hexdigest(): raw for raw in (*calendars, *rules)}


def _each_once(facts: Iterable[Fact], role: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(cited(fact, role) for fact in facts if fact.type == STARTED and is_readable(fact)))
