"""From when a deadline is counted, and whether the policy that it cites can have been in force then.

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
from acuse.proof.verdicts.deadlines.history import Cited, History, origin
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
    purpose = str(started.details["purpose"])
    follows = started.details.get("follows")
    cause = None if follows is None else named(started, follows, earlier.facts)
    if cause is None or not _may_begin(purpose, cause, earlier):
        return Start(at=_unfounded(started, earlier), cause=None, anew=False, keys=("start_unfounded",))
    anew = earlier.anew(started)
    told = _told(cause, started, earlier)
    differs = () if started.occurred_at == cause.occurred_at else ("start_differs",)
    version = _cite(started, cause.occurred_at, earlier)
    return Start(at=told.at, cause=cause, anew=anew, keys=(*differs, *told.keys, *version))


def _may_begin(purpose: str, cause: Fact, earlier: History) -> bool:
    """Return whether a fact may begin such a deadline; a change from a status that the case did not have may not."""
    return MAY_START[purpose](cause) and cause.subject_sequence not in earlier.invented


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


def deferred_of(deferred: Fact, earlier: History) -> tuple[str, ...]:
    """Return what the fact that a deadline was deferred says that does not follow; see `start_of`."""
    follows = deferred.details.get("follows")
    cause = None if follows is None else named(deferred, follows, earlier.facts)
    if cause is None or not _may_begin(str(deferred.details["purpose"]), cause, earlier):
        return ("start_unfounded",)
    return _cite(deferred, cause.occurred_at, earlier)


def _cite(started: Fact, at: datetime, earlier: History) -> tuple[str, ...]:
    """Note which version of the policy was in force at an instant; tell it where the others cited do not agree with it.

    A file shows no publication of policies. It shows that versions follow each other: what begins at one time, or
    earlier, cites no later version, and a version is one text.
    """
    rule = started.details["rule"]
    number, digest = int(rule["version"]), str(rule["digest"])
    agrees = all(
        each.last < at if other < number else each.first > at if other > number else each.digest == digest
        for other, each in earlier.policies.items()
    )
    same = earlier.policies.setdefault(number, Cited(digest=digest, first=at, last=at))
    same.first, same.last = min(same.first, at), max(same.last, at)
    return () if agrees else ("rule_superseded",)
