"""From when a deadline is counted.

What begins a deadline is another fact of the case, and it counts from when that happened, whatever it says itself:

- the organisation's terms from when the case was opened, or opened again, however late that or the deadline was noted;
- the customer's from when they were told: not from before it was noted that they were, nor from before the deadline was
  noted, or the first that it begins in place of. Nobody's time runs out before it was given.

Where no such fact is named the organisation's count from the first fact of the case, and the customer's from when the
deadline was noted. Nothing counts from after it was noted.
"""

from dataclasses import dataclass
from datetime import datetime

from acuse.proof.facts.fact import Fact
from acuse.proof.verdicts.deadlines.causes import MAY_START, OURS
from acuse.proof.verdicts.deadlines.history import History, origin
from acuse.proof.verdicts.deadlines.noting import Told, at_last, named, own


@dataclass(frozen=True, kw_only=True)
class Start:
    """When a deadline begins.

    Attributes:
        at: from when it is counted.
        cause: the fact that it follows; None where it names none that may begin it.
        anew: whether it may have begun in place of another.
        keys: of CONTRADICTIONS, what the fact says that does not follow.
    """

    at: datetime
    cause: Fact | None
    anew: bool
    keys: tuple[str, ...] = ()


def start_of(started: Fact, earlier: History) -> Start:
    """Return when a deadline begins.

    Args:
        started: the fact; it fits its type.
        earlier: all facts before it. The version of the policy that it cites is noted there.
    """
    cause = cause_of(started, earlier)
    if cause is None:
        return Start(at=_unfounded(started, earlier), cause=None, anew=False, keys=("start_unfounded",))
    anew = earlier.anew(started)
    told = _told(cause, started, earlier)
    differs = () if started.occurred_at == cause.occurred_at else ("start_differs",)
    version = earlier.versions.cite(started.details["rule"], cause)
    return Start(at=told.at, cause=cause, anew=anew, keys=(*differs, *told.keys, *version))


def cause_of(told: Fact, earlier: History) -> Fact | None:
    """Return the fact that a deadline follows which was started or deferred; None where that may not begin it.

    A change from a status that the case did not have may not.
    """
    follows = told.details.get("follows")
    cause = None if follows is None else named(told, follows, earlier.facts)
    fits = cause is not None and MAY_START[str(told.details["purpose"])](cause)
    return cause if cause is not None and fits and cause.subject_sequence not in earlier.invented else None


def _told(cause: Fact, started: Fact, earlier: History) -> Told:
    if started.details["purpose"] in OURS:
        return at_last(cause, at=cause.occurred_at)
    noted_at = earlier.given_up.get(origin(started), started.recorded_at)
    return own(cause, noted_at=noted_at, at=cause.occurred_at)


def _unfounded(started: Fact, earlier: History) -> datetime:
    if started.details["purpose"] not in OURS:
        return started.recorded_at
    first = next(iter(earlier.facts.values()), started)
    return at_last(first, at=first.occurred_at).at
