"""Pure rules of the notary: when to anchor, what is late."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

#: The installation itself, as an organisation and as a subject of facts.
INSTALLATION = UUID(int=0)
#: Kinds of fact whose legal weight asks for a time stamp at once (evidence.md section 5).
ANCHORED_AT_ONCE = frozenset({"acceptance.given", "signature.given", "content.rejected"})
#: Facts that ask for a time stamp however young they are.
ANCHOR_COUNT = 10_000
#: A checkpoint that has waited this many intervals for a time stamp raises an alarm.
LATE_INTERVALS = 3
INTERNAL_LATENESS = timedelta(seconds=10)
#: A fact this far in the future shows that the clock was set back.
CLOCK_TOLERANCE = timedelta(seconds=5)


@dataclass(frozen=True, kw_only=True)
class AnchorState:
    """How much of the ledger waits for a time stamp.

    Args:
        size: entries published.
        anchored: entries under the newest time stamp.
        waiting_since: when the first entry beyond it was published; None where none waits.
        urgent: one of them asks for a time stamp at once.
    """

    size: int
    anchored: int
    waiting_since: datetime | None
    urgent: bool = False


def anchor_due(state: AnchorState, *, interval: timedelta, now: datetime) -> bool:
    """Tell whether the newest checkpoint is to be time-stamped now."""
    waiting = state.size - state.anchored
    if waiting <= 0:
        return False
    # A fact recorded in the future means that the clock went back: anchor, rather than wait until it has caught up.
    age = now - state.waiting_since if state.waiting_since is not None else None
    old = age is not None and (age >= interval or age < timedelta())
    return state.urgent or waiting >= ANCHOR_COUNT or old


def anchor_late(waiting_since: datetime | None, *, interval: timedelta, now: datetime) -> bool:
    """Tell whether entries have waited so long for a time stamp that somebody should look."""
    limit = max(interval * LATE_INTERVALS, timedelta(seconds=30))
    return waiting_since is not None and now - waiting_since > limit
