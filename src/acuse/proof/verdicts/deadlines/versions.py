"""Whether the versions of the policy that facts cite can have been in force then, and those of calendars.

A file shows no publication of policies. It shows that versions follow each other: what happened earlier cites no later
version, and a version is one text. What happened within `TOLERANCE` of each other may cite two in any order: a clock
that was set back between them has one appear before the other, and when it was set no fact says. What follows one fact
is counted by one version of a calendar, that of then, unless that could not count it and it waited for another.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from acuse.proof.business_time.calendar import micros
from acuse.proof.facts.fact import Fact
from acuse.proof.verdicts.deadlines.noting import TOLERANCE

_SET_BACK = TOLERANCE // timedelta(microseconds=1)


@dataclass(kw_only=True)
class _Peaks:
    """The greatest value under any smaller key; kept are the keys alone whose value is above those of all smaller."""

    keys: list[int] = field(default_factory=list)
    values: list[int] = field(default_factory=list)

    def below(self, key: int) -> int | None:
        """Return the greatest value under a smaller key; None where there is none."""
        place = bisect_left(self.keys, key)
        return self.values[place - 1] if place else None

    def note(self, key: int, value: int) -> None:
        """Take in a value; a key may have several."""
        place = bisect_right(self.keys, key)
        if place and self.values[place - 1] >= value:
            return
        surpassed = slice(bisect_left(self.keys, key), bisect_right(self.values, value))
        self.keys[surpassed], self.values[surpassed] = [key], [value]


@dataclass(kw_only=True)
class Versions:
    """The versions that facts cited so far, and when what cites them happened.

    Attributes:
        ruled: number of a fact that may begin deadlines -> number and digest of the version in force then, as it says
            itself or as the first deadline cites that follows it; None where it says that there was none.
    """

    ruled: dict[int, tuple[int, str] | None] = field(default_factory=dict)
    _texts: dict[int, str] = field(default_factory=dict)
    _calendars: dict[tuple[str, int], str] = field(default_factory=dict)
    _counted: dict[tuple[str, int], str] = field(default_factory=dict)
    _latest: _Peaks = field(default_factory=_Peaks)
    _earliest: _Peaks = field(default_factory=_Peaks)

    def in_force(self, fact: Fact) -> tuple[str, ...]:
        """Note the version that a fact says was in force; return what of that does not follow."""
        said = fact.details["policy"]
        if said is None:
            self.ruled[fact.subject_sequence] = None
            # Once there is a version, there is always one.
            return ("rule_superseded",) if self._texts else ()
        return self.cite(said, fact)

    def cite(self, rule: Mapping[str, Any], cause: Fact) -> tuple[str, ...]:
        """Note which version was in force when a fact happened; return what of that does not follow.

        Args:
            rule: "version" and "digest".
            cause: what begins the deadline that cites it; or the fact itself that says so.
        """
        number, digest = cited = int(rule["version"]), str(rule["digest"])
        agrees = (
            self.ruled.setdefault(cause.subject_sequence, cited) == cited
            and self._texts.setdefault(number, digest) == digest
        )
        follows = self._follows(number, cause.occurred_at)
        return () if agrees and follows else ("rule_superseded",)

    def count_by(self, calendar: Mapping[str, Any], cause: Fact | None, *, waited: bool) -> tuple[str, ...]:
        """Note by which version of a calendar something is counted; return what of that does not follow.

        Args:
            calendar: "id", "version" and "digest".
            cause: what it follows; None where it names nothing that may begin it.
            waited: whether it waited for a version that reaches further: see `deferring.waited`.
        """
        id, digest = str(calendar["id"]), str(calendar["digest"])
        agrees = self._calendars.setdefault((id, int(calendar["version"])), digest) == digest
        if cause is not None and not waited:
            agrees &= self._counted.setdefault((id, cause.subject_sequence), digest) == digest
        return () if agrees else ("calendar_differs",)

    def _follows(self, number: int, at: datetime) -> bool:
        """Note when a version was in force; return whether none before it was after that, and none after it before."""
        instant = micros(at)
        older, newer = self._latest.below(number), self._earliest.below(-number)
        self._latest.note(number, instant)
        self._earliest.note(-number, -instant)
        return (older is None or older <= instant + _SET_BACK) and (newer is None or -newer >= instant - _SET_BACK)
