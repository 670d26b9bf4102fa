"""Which facts are about deadlines, and which versions of calendars and rules they cite."""

import hashlib
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from acuse.errors import InputError
from acuse.proof.business_time import CalendarVersion
from acuse.proof.facts.deadline import DEFERRED, STARTED, TYPES
from acuse.proof.facts.fact import Fact
from acuse.proof.facts.ticket import IN_FORCE
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
    if not cites(started, role, digest):
        raise InputError("A deadline does not cite the %(role)s that it names.", role=role)
    return digest


def cites(fact: Fact, role: str, digest: str) -> bool:
    """Return whether a fact cites an object in a role."""
    return (role, digest) in {(item.role, item.sha256) for item in fact.objects}


def says_policy(fact: Fact) -> bool:
    """Return whether a fact says which version of the policy was in force when it happened, or that none was."""
    said = fact.details.get("policy", False)
    try:
        IN_FORCE["policy"].check(said, fact.type)
    except InputError:
        return False
    return said is None or cites(fact, "rule", said["digest"])


def cited_calendars(facts: Iterable[Fact]) -> tuple[str, ...]:
    """Return the digests (hex) of the versions of calendars that deadlines are or would be counted by, each once."""
    return _each_once(facts, "calendar")


def cited_rules(facts: Iterable[Fact]) -> tuple[str, ...]:
    """Return the digests (hex) of the versions of the policy that set the deadlines or were in force, each once."""
    return _each_once(facts, "rule")


def needed(facts: Iterable[Fact]) -> frozenset[str]:
    """Return the digests (hex) of what deadlines cannot be judged without: the versions that those cite that began."""
    begun = [fact for fact in facts if fact.type == STARTED]
    return frozenset((*cited_calendars(begun), *cited_rules(begun)))


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
    def read(
        cls, facts: Iterable[Fact], open_object: Callable[[str], bytes], *, held: Container[str] | None = None
    ) -> "Sources":
        """Read what facts cite; nothing for what has no deadlines.

        Args:
            facts: of one subject.
            open_object: SHA-256 (hex) of an object to its bytes.
            held: the objects that are at hand; None: all are.

        Raises:
            InputError: an object is not what it is cited as.
        """
        given = tuple(facts)
        calendars, rules = (
            {digest: open_object(digest) for digest in found(given) if held is None or digest in held}
            for found in (cited_calendars, cited_rules)
        )
        return cls(
            calendars={digest: CalendarVersion.parse(raw) for digest, raw in calendars.items()},
            rules={digest: Policy.parse(raw) for digest, raw in rules.items()},
        )

    def files(self) -> Mapping[str, bytes]:
        """Return the objects that they were read from, by their SHA-256 (hex)."""
        calendars = [each.canonical() for each in self.calendars.values()]
        rules = [each.canonical() for each in self.rules.values()]
        return {hashlib.sha256(raw).hexdigest(): raw for raw in (*calendars, *rules)}


def _each_once(facts: Iterable[Fact], role: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(digest for fact in facts for digest in _cited_by(fact, role)))


def _cited_by(fact: Fact, role: str) -> Iterator[str]:
    if fact.type in (STARTED, DEFERRED):
        named: Any = fact.details[role] if is_readable(fact) else None
    else:
        named = fact.details["policy"] if role == "rule" and says_policy(fact) else None
    if named is not None and cites(fact, role, str(named["digest"])):
        yield str(named["digest"])
