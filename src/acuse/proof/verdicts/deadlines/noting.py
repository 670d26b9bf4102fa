"""When a step of a deadline counts as having happened: when it says, unless it was noted too late or too early.

Whoever runs the installation may write any time into a fact, and any time at which it was recorded. What one bundle
shows of that is a bound from above: its time stamp is later than all of it. From below there are only the chain, in
which no fact may say that it was noted before the one before it, and earlier checkpoints, which whoever kept one can
compare. Under that, what speaks for the organisation may not be older than its record by more than `TOLERANCE`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from acuse.proof.facts.fact import Fact

TOLERANCE = timedelta(minutes=1)
"""So much later than it happened something may be noted: transactions wait for each other, clocks are set."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """When something counts as having happened, and which keys of CONTRADICTIONS that raises."""

    at: datetime
    keys: tuple[str, ...] = ()


def named(fact: Fact, reference: Mapping[str, Any], earlier: Mapping[int, Fact]) -> Fact | None:
    """Return the earlier fact that `{"type", "sequence"}` names; None where there is none.

    Args:
        fact: that names it.
        reference: type, and number within the ticket.
        earlier: the facts of the ticket by their number.
    """
    found = earlier.get(reference["sequence"])
    if found is None or found.subject_sequence >= fact.subject_sequence or found.type != reference["type"]:
        return None
    return found


def own(fact: Fact, *, noted_at: datetime, at: datetime) -> Told:
    """Return when something that the organisation itself did counts as having happened.

    Args:
        fact: that tells it.
        noted_at: when the ledger first showed it.
        at: when it is said to have happened.
    """
    if noted_at - at > TOLERANCE:
        return Told(at=noted_at, keys=("noted_late",))
    return at_last(fact, at=at)


def at_last(fact: Fact, *, at: datetime) -> Told:
    """Return when something counts as having happened that may be noted whenever: never after it was."""
    if at - fact.recorded_at > TOLERANCE:
        return Told(at=fact.recorded_at, keys=("noted_early",))
    return Told(at=at)
