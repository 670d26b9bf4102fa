"""What was told of a ticket before some fact: its status, what ended a waiting, which pauses stood, what was cited."""

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import datetime

from acuse.proof.facts.deadline import DEFERRED
from acuse.proof.facts.fact import Fact
from acuse.proof.verdicts.deadlines.causes import MOVED, OURS, OVER
from acuse.proof.verdicts.deadlines.cited import is_readable
from acuse.proof.verdicts.deadlines.versions import Versions

Origin = tuple[str, int]
"""The name of a deadline's rule, and the number of the fact that it follows; 0 where it names none."""
_NONE = {"sequence": 0}
_AT_FIRST = "new"


def origin(fact: Fact) -> Origin:
    """Return by which rule, and following which fact, a deadline was started or deferred."""
    return str(fact.details["rule"]["policy"]), int(fact.details.get("follows", _NONE)["sequence"])


@dataclass(kw_only=True)
class History:
    """The facts of a ticket so far; it grows with each.

    Attributes:
        facts: by their number within the ticket.
        given_up: what was withdrawn or deferred, in place of which another may begin -> when that was noted first.
        deferred: what was deferred.
        stood: reason and number of its cause -> number of the first fact that told such a pause in time.
        let_go: likewise -> the first fact that told the end of such a pause, and when it ended.
        invented: numbers of the changes of status from another than the case had.
        versions: of the policy, as facts cite them.
    """

    facts: dict[int, Fact] = field(default_factory=dict)
    given_up: dict[Origin, datetime] = field(default_factory=dict)
    deferred: set[Origin] = field(default_factory=set)
    stood: dict[tuple[str, int], int] = field(default_factory=dict)
    let_go: dict[tuple[str, int], tuple[Fact, datetime]] = field(default_factory=dict)
    invented: set[int] = field(default_factory=set)
    versions: Versions = field(default_factory=Versions)
    _classified: int = 0
    _status: object = _AT_FIRST
    _over: dict[str, list[int]] = field(default_factory=lambda: {reason: [] for reason in OVER})

    def add(self, fact: Fact) -> None:
        """Take in the next fact."""
        self.facts[fact.subject_sequence] = fact
        if fact.type == "ticket.classified":
            self._classified = fact.subject_sequence
        elif fact.type == MOVED:
            if fact.details.get("before") != self._status:
                self.invented.add(fact.subject_sequence)
            self._status = fact.details.get("after")
        elif fact.type == DEFERRED and is_readable(fact):
            self.give_up(fact)
            self.deferred.add(origin(fact))
        for reason, fits in OVER.items():
            if fits(fact):
                self._over[reason].append(fact.subject_sequence)

    def give_up(self, told: Fact) -> None:
        """Take in that a deadline, which a fact started or deferred, gives way to another."""
        self.given_up.setdefault(origin(told), told.recorded_at)

    def anew(self, started: Fact) -> bool:
        """Return whether a deadline may have begun in place of another, and be told again what that was.

        Either one of the same rule that followed the same fact was withdrawn or deferred; or what the case is changed
        since that fact, and with it which terms of the organisation's there are.
        """
        _, follows = same = origin(started)
        return same in self.given_up or (started.details["purpose"] in OURS and self._classified > follows)

    def over(self, reason: str, cause: Fact) -> Fact | None:
        """Return the first fact since a cause by which what it waited for was over; None while it is not."""
        found = self._over.get(reason, [])
        place = bisect_right(found, cause.subject_sequence)
        return self.facts[found[place]] if place < len(found) else None
