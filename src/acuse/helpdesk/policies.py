"""An organisation's terms: which cases have which deadline, counted by which calendar. Pure.

A policy is a list of named terms. Each has cases in order, and the first that a ticket falls under says how long; where
none does, the ticket has no such deadline. It is kept as canonical JSON and never changed: see `PolicyVersion`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from acuse.errors import InputError
from acuse.proof.business_time import CalendarVersion, Term
from acuse.proof.business_time.calendar import SECOND, is_integer, micros, moment
from acuse.proof.business_time.term import OnResume
from acuse.proof.canonical import canonicalise
from acuse.proof.facts.deadline import ON_RESUME, PURPOSES
from acuse.proof.facts.ticket import MATTERS, PRIORITIES, TYPE_NAMES

VERSION = 1
MOST_TERMS = 20
MOST_CASES = 20
NAME_MOST = 80
#: Purposes of the terms that begin by themselves when a case is opened. The others begin when somebody asks for them.
STARTED_BY_ITSELF = ("first_response", "resolution")
#: What a deadline can wait for: that the customer answers, or sends what the claim lacks (Ley 10/2025, article 13.3).
REASONS = ("customer", "documents")
#: Part of a term, in hundredths, that is left when people are warned.
WARN = 10
WARN_MOST = 90
_WARN_OPEN = 6 * 3600 * SECOND
_HOUR = 3600 * SECOND
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
        pauses_on: of `REASONS`.
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

    def members(self) -> dict[str, Any]:
        """Return it as JSON members."""
        return {"v": VERSION, "terms": [_members(term) for term in self.terms]}

    def canonical(self) -> bytes:
        """Return the bytes that are kept and cited."""
        return canonicalise(self.members())

    def named(self, name: str) -> PolicyTerm | None:
        """Return the term with that name; None where there is none."""
        return next((term for term in self.terms if term.name == name), None)


def warn_at(
    calendar: CalendarVersion, term: Term, *, counted_from: datetime, due_at: datetime, warn: int = WARN
) -> datetime:
    """Return when people are warned that a deadline ends.

    Args:
        calendar: what it is counted by.
        term: its length.
        counted_from: where it began, or last went on after a pause: nobody is warned before.
        due_at: where it ends.
        warn: hundredths of the term; of business days whole ones, rounded up.

    Returns:
        When that much is left, or six business hours, whichever comes first.
    """
    due = micros(due_at)
    sooner = min(_PARTS[term.unit](calendar, term.amount * warn, due), _open_before(calendar, due, _WARN_OPEN))
    return max(counted_from, moment(sooner))


def _natural_part(unit: timedelta) -> Callable[[CalendarVersion, int, int], int]:
    length = unit // timedelta(microseconds=1)
    return lambda calendar, hundredths, due: due - hundredths * length // 100


def _open_part(calendar: CalendarVersion, hundredths: int, due: int) -> int:
    return _open_before(calendar, due, hundredths * _HOUR // 100)


def _days_part(calendar: CalendarVersion, hundredths: int, due: int) -> int:
    last = calendar.business_days_until(calendar.day(due))
    return calendar.day_start(calendar.business_day(max(1, last + 1 - max(1, -(-hundredths // 100)))))


def _open_before(calendar: CalendarVersion, due: int, amount: int) -> int:
    """Return the instant at which it will be open for `amount` more until `due`."""
    return calendar.open_reached(max(1, calendar.open_micros(due) - amount))


_PARTS: dict[str, Callable[[CalendarVersion, int, int], int]] = {
    "natural_hours": _natural_part(timedelta(hours=1)),
    "natural_days": _natural_part(timedelta(days=1)),
    "business_hours": _open_part,
    "business_days": _days_part,
}


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
        pauses_on=_choices(members["pauses_on"], f"{where}.pauses_on", REASONS),
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
