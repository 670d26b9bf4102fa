"""Which terms of a policy begin by themselves, which contradict each other, and when people are warned of one. Pure."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product

from acuse.proof.business_time import CalendarVersion, Term
from acuse.proof.business_time.calendar import SECOND, micros, moment
from acuse.proof.facts.ticket import MATTERS, PRIORITIES, TYPE_NAMES
from acuse.proof.policy import WARN, Case, Policy, PolicyTerm

#: Purposes of the terms that begin by themselves when a case is opened. The others begin when somebody asks for them.
STARTED_BY_ITSELF = ("first_response", "resolution")
_WARN_OPEN = 6 * 3600 * SECOND
_HOUR = 3600 * SECOND


@dataclass(frozen=True, kw_only=True)
class Sooner:
    """A resolution that ends before every first response of the same cases.

    Attributes:
        resolution, response: names of the two terms; of several first responses, the first in the policy.
        cases: which, and how long they have to be resolved. answered: how long to be answered first.
    """

    resolution: str
    response: str
    cases: Case
    answered: Term


def sooner(policy: Policy) -> tuple[Sooner, ...]:
    """Return the resolutions that end before the first response of the same cases, whatever their calendars say."""
    found: dict[tuple[PolicyTerm, Term, PolicyTerm, Term], list[tuple[str, str, str]]] = {}
    for kind in product(TYPE_NAMES, PRIORITIES, MATTERS):
        responses = _lengths(policy, "first_response", kind)
        for term, length in _lengths(policy, "resolution", kind):
            if responses and all(
                _ends_sooner(length, other, same_calendar=one.calendar == term.calendar) for one, other in responses
            ):
                found.setdefault((term, length, *responses[0]), []).append(kind)
    return tuple(
        Sooner(resolution=term.name, response=one.name, cases=_together(kinds, length), answered=other)
        for (term, length, one, other), kinds in found.items()
    )


def _lengths(policy: Policy, purpose: str, kind: tuple[str, str, str]) -> list[tuple[PolicyTerm, Term]]:
    type_, priority, matter = kind
    terms = [term for term in policy.terms if term.purpose == purpose]
    pairs = ((term, term.length(type=type_, priority=priority, matter=matter)) for term in terms)
    return [(term, length) for term, length in pairs if length is not None]


def _together(kinds: list[tuple[str, str, str]], length: Term) -> Case:
    """Return a case that holds for kinds of tickets; of those that are all there are it says nothing."""

    def chosen(among: tuple[str, ...], words: Iterable[str]) -> tuple[str, ...]:
        held = set(words)
        return () if held == set(among) or "" in held else tuple(one for one in among if one in held)

    types, priorities, matters = zip(*kinds, strict=True)
    return Case(
        types=chosen(TYPE_NAMES, types),
        priorities=chosen(PRIORITIES, priorities),
        matters=chosen(MATTERS, matters),
        term=length,
    )


def _ends_sooner(one: Term, other: Term, *, same_calendar: bool) -> bool:
    """Return whether a term ends before another that begins with it, whatever it is that the calendars say.

    What is counted alike is compared as it is: a business day is a day as well. Else the most natural hours that the
    one may take have to be fewer than the least that the other takes. Business hours take as many or more, without end;
    days begin after the rest of the day of their start, and clocks may take a day from them, or add one.
    """
    alike = one.unit == other.unit or (one.unit, other.unit) == ("natural_days", "business_days")
    if same_calendar and alike and one.amount < other.amount:
        return True
    most = {"natural_hours": one.amount, "natural_days": 24 * (one.amount + 2)}.get(one.unit, math.inf)
    return most < (24 * (other.amount - 1) if other.in_days else other.amount)


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
