"""What was told of a ticket before some fact: by number, what made a waiting over, and which pauses stood."""

from bisect import bisect_right
from dataclasses import dataclass, field

from acuse.proof.facts.deadline import DEFERRED, WITHDRAWN
from acuse.proof.facts.fact import Fact
from acuse.proof.verdicts.deadlines.causes import OVER

_ANEW = ("ticket.classified", WITHDRAWN, DEFERRED)


@dataclass(kw_only=True)
class History:
    """The facts of a ticket so far; it grows with each.

    Attributes:
        facts: by their number within the ticket.
        anew: whether one was told after which a deadline may begin in place of another.
        stood: reason and number of its cause -> number of the first fact that told such a pause in time.
    """

    facts: dict[int, Fact] = field(default_factory=dict)
    anew: bool = False
    stood: dict[tuple[str, int], int] = field(default_factory=dict)
    _over: dict[str, list[int]] = field(default_factory=lambda: {reason: [] for reason in OVER})

    def add(self, fact: Fact) -> None:
        """Take in the next fact."""
        self.facts[fact.subject_sequence] = fact
        self.anew = self.anew or fact.type in _ANEW
        for reason, fits in OVER.items():
            if fits(fact):
                self._over[reason].append(fact.subject_sequence)

    def over(self, reason: str, cause: Fact) -> Fact | None:
        """Return the first fact since a cause by which what it waited for was over; None while it is not."""
        found = self._over.get(reason, [])
        place = bisect_right(found, cause.subject_sequence)
        return self.facts[found[place]] if place < len(found) else None
