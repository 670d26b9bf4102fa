"""An organisation's terms as they are kept and cited: which cases have which deadline, counted by which calendar.

A policy is a list of named terms. Each has cases in order, and the first that a ticket falls under says how long; where
none does, the ticket has no such deadline. It is kept as canonical JSON and never changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from acuse.errors import InputError
from acuse.proof.business_time import Term
from acuse.proof.business_time.calendar import is_integer
from acuse.proof.business_time.term import OnResume
from acuse.proof.canonical import canonicalise, parse
from acuse.proof.facts.deadline import ON_RESUME, PAUSE_REASONS, PURPOSES
from acuse.proof.facts.ticket import MATTERS, PRIORITIES, TYPE_NAMES

VERSION = 1
MOST_TERMS = 20
MOST_CASES = 20
NAME_MOST = 80
#: Part of a term, in hundredths, that is left when people are warned.
WARN = 10
WARN_MOST = 90
_CASE = frozenset({"types", "priorities", "matters", "term"})
_TERM = frozenset({"purpose", "name", "calendar", "cases", "on_resume", "pauses_on", "warn"})


@dataclass(frozen=True, kw_only=True)
class Case:
    """Which tickets have how long; an empty condition asks for nothing."""

    types: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()
    matters: tuple[str, ...] = ()
    term: Term

    def holds(self, *, type: str, priority: str, matter: str) -> bool:
        """Return whether a ticket falls under it."""
        pairs = ((self.types, type), (self.priorities, priority), (self.matters, matter))
        return all(not allowed or value in allowed for allowed, value in pairs)


@dataclass(frozen=True, kw_only=True)
class PolicyTerm:
    """One named term.

    Attributes:
        purpose: see `acuse.proof.facts.deadline.PURPOSES`.
        name: for people; no two terms of a policy have the same.
        calendar: what it is counted by. Natural hours and days too: a day begins at the calendar's own midnight.
        cases: the first that holds says how long.
        on_resume: whether the rest runs on after a pause, or the whole term begins again.
        pauses_on: of `acuse.proof.facts.deadline.PAUSE_REASONS`.
        warn: people are warned when so many hundredths of the term are left, or six business hours if that is sooner.
    """

    purpose: str
    name: str
    calendar: UUID
    cases: tuple[Case, ...]
    on_resume: OnResume = "continue"
    pauses_on: tuple[str, ...] = ()
    warn: int = WARN

    def length(self, *, type: str, priority: str, matter: str) -> Term | None:
        """Return how long a ticket has; None where the term is not for it."""
        fitting = (case.term for case in self.cases if case.holds(type=type, priority=priority, matter=matter))
        return next(fitting, None)


@dataclass(frozen=True, kw_only=True)
class Policy:
    """An organisation's terms, in the order in which people read them."""

    terms: tuple[PolicyTerm, ...]

    @classmethod
    def from_members(cls, members: Any) -> "Policy":
        """Read a policy that is not trusted.

        Raises:
            InputError: a member is missing, unknown or wrong; the sentence names which.
        """
        _exactly(members, frozenset({"v", "terms"}), "policy")
        if members["v"] != VERSION or members["v"] is True:
            raise InputError("This policy is of a version that this program does not know.")
        terms = tuple(
            _term(one, f"terms[{place}]") for place, one in enumerate(_listed(members["terms"], "terms", MOST_TERMS))
        )
        names = [term.name for term in terms]
        for name in names:
            if names.count(name) > 1:
                raise InputError("Two terms are called %(name)s. Give each a name of its own.", name=name)
        return cls(terms=terms)

    @classmethod
    def parse(cls, raw: bytes) -> "Policy":
        """Read what was kept.

        Raises:
            InputError: it is no policy, or not written as one is.
        """
        read = cls.from_members(parse(raw))
        if read.canonical() != raw:
            raise InputError("This policy is not in its canonical form.")
        return read

    def members(self) -> dict[str, Any]:
        """Return it as JSON members."""
        return {"v": VERSION, "terms": [_members(term) for term in self.terms]}

    def canonical(self) -> bytes:
        """Return the bytes that are kept and cited."""
        return canonicalise(self.members())

    def named(self, name: str) -> PolicyTerm | None:
        """Return the term with that name; None where there is none."""
        return next((term for term in self.terms if term.name == name), None)


def _term(members: Any, where: str) -> PolicyTerm:
    _exactly(members, _TERM, where)
    name = members["name"]
    if not isinstance(name, str) or not 1 <= len(name) <= NAME_MOST or name != " ".join(name.split()):
        raise InputError(
            "%(where)s: a name has 1 to %(limit)s characters in one line.", where=f"{where}.name", limit=NAME_MOST
        )
    if not name.isprintable():
        raise InputError("%(where)s: a name has no control characters.", where=f"{where}.name")
    if not is_integer(members["warn"], 0, WARN_MOST):
        raise InputError(
            "%(where)s: the part of the term before its end is a whole number from 0 to %(limit)s per cent.",
            where=f"{where}.warn",
            limit=WARN_MOST,
        )
    cases = _listed(members["cases"], f"{where}.cases", MOST_CASES)
    if not cases:
        raise InputError("%(where)s: a term needs at least one case.", where=f"{where}.cases")
    return PolicyTerm(
        purpose=_choice(members["purpose"], f"{where}.purpose", PURPOSES),
        name=name,
        calendar=_uuid(members["calendar"], f"{where}.calendar"),
        cases=tuple(_case(one, f"{where}.cases[{place}]") for place, one in enumerate(cases)),
        on_resume="restart"
        if _choice(members["on_resume"], f"{where}.on_resume", ON_RESUME) == "restart"
        else "continue",
        pauses_on=_choices(members["pauses_on"], f"{where}.pauses_on", PAUSE_REASONS),
        warn=members["warn"],
    )


def _case(members: Any, where: str) -> Case:
    _exactly(members, _CASE, where)
    try:
        term = Term.from_members(members["term"])
    except InputError as error:
        raise InputError("%(where)s: %(error)s", where=f"{where}.term", error=error) from error
    return Case(
        types=_choices(members["types"], f"{where}.types", TYPE_NAMES),
        priorities=_choices(members["priorities"], f"{where}.priorities", PRIORITIES),
        matters=_choices(members["matters"], f"{where}.matters", MATTERS[1:]),
        term=term,
    )


def _members(term: PolicyTerm) -> dict[str, Any]:
    return {
        "purpose": term.purpose,
        "name": term.name,
        "calendar": str(term.calendar),
        "cases": [
            {
                "types": list(case.types),
                "priorities": list(case.priorities),
                "matters": list(case.matters),
                "term": case.term.members(),
            }
            for case in term.cases
        ],
        "on_resume": term.on_resume,
        "pauses_on": list(term.pauses_on),
        "warn": term.warn,
    }


def _exactly(value: Any, names: frozenset[str], where: str) -> None:
    if not isinstance(value, dict) or value.keys() != names:
        raise InputError(
            "%(where)s does not have exactly these members: %(names)s.", where=where, names=", ".join(sorted(names))
        )


def _listed(value: Any, where: str, most: int) -> Sequence[Any]:
    if not isinstance(value, list) or len(value) > most:
        raise InputError("%(where)s should be a list of at most %(limit)s.", where=where, limit=most)
    return value


def _choice(value: Any, where: str, among: tuple[str, ...]) -> str:
    if not isinstance(value, str) or value not in among:
        raise InputError("%(where)s should be one of %(names)s.", where=where, names=", ".join(among))
    return value


def _choices(value: Any, where: str, among: tuple[str, ...]) -> tuple[str, ...]:
    """Return words in the order of `among`, so that the same choice is written in one way only."""
    chosen = [_choice(one, where, among) for one in _listed(value, where, len(among))]
    if len(set(chosen)) < len(chosen):
        raise InputError("%(where)s names something twice.", where=where)
    return tuple(one for one in among if one in chosen)


def _uuid(value: Any, where: str) -> UUID:
    try:
        parsed = UUID(value) if isinstance(value, str) else None
    except ValueError:
        parsed = None
    if parsed is None or str(parsed) != value:
        raise InputError("%(where)s: choose a calendar.", where=where)
    return parsed
