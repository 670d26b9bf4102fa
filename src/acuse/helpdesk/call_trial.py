"""What a file of calls would do, found out without entering anything, and how that is kept as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from acuse.errors import AcuseError
from acuse.evidence.alarms import from_members, to_members
from acuse.helpdesk.call_rules import Entered
from acuse.helpdesk.call_sheet import Row

MOST_ERRORS = 50
MOST_FIRST = 5


@dataclass(frozen=True, kw_only=True)
class KnownCalls:
    """Calls that were entered: by line and reference, and, without one, by line, time and number."""

    references: set[tuple[UUID, str]] = field(default_factory=set)
    moments: set[tuple[UUID, datetime, str]] = field(default_factory=set)

    def has(self, call: Entered) -> bool:
        """Whether a call is among them."""
        if call.reference:
            return (call.line, call.reference) in self.references
        return (call.line, call.started_at, call.number) in self.moments

    def add(self, call: Entered) -> None:
        """Have a call among them."""
        if call.reference:
            self.references.add((call.line, call.reference))
        self.moments.add((call.line, call.started_at, call.number))


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What the rows that were gone through would do.

    Attributes:
        new, known, out, wrong: rows that would be entered, that are known already or stand in the file twice, that are
            left out on purpose, that are wrong.
        twice: of the new, those whose local hour was shown twice. strangers: those that name nobody who is a member.
        first: the first new ones, with their lines in the file; of the calls, what a page shows of them.
        errors: the first lines that are wrong, and why.
    """

    new: int = 0
    known: int = 0
    out: int = 0
    wrong: int = 0
    twice: int = 0
    strangers: int = 0
    first: tuple[tuple[int, Entered], ...] = ()
    errors: tuple[tuple[int, AcuseError], ...] = ()

    @property
    def rows(self) -> int:
        """How many rows were gone through."""
        return self.new + self.known + self.out + self.wrong

    def after(self, rows: Sequence[Row], *, entered: KnownCalls, seen: KnownCalls) -> "Trial":
        """Return the trial once some more rows were gone through.

        Args:
            rows: the next ones.
            entered: of their calls, those that were entered before.
            seen: the calls of the rows before these; these are put among them.
        """
        new = []
        for row in rows:
            if row.call is not None and not entered.has(row.call) and not seen.has(row.call):
                seen.add(row.call)
                new.append(row)
        out, wrong = (sum(row.state == state for row in rows) for state in ("out", "wrong"))
        first = [(row.line, row.call) for row in new if row.call is not None]
        errors = [(row.line, row.error) for row in rows if row.error is not None]
        return replace(
            self,
            new=self.new + len(new),
            known=self.known + len(rows) - len(new) - out - wrong,
            out=self.out + out,
            wrong=self.wrong + wrong,
            twice=self.twice + sum(row.twice for row in new),
            strangers=self.strangers + sum(row.stranger for row in new),
            first=(*self.first, *first)[:MOST_FIRST],
            errors=(*self.errors, *errors)[:MOST_ERRORS],
        )

    def to_json(self) -> dict[str, Any]:
        """Return the members in which it is kept."""
        counts = ("new", "known", "out", "wrong", "twice", "strangers")
        return {
            **{name: getattr(self, name) for name in counts},
            "first": [[line, _members(call)] for line, call in self.first],
            "errors": [[line, to_members(error)] for line, error in self.errors],
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Trial":
        """Read the members back."""
        return cls(
            **{
                **kept,
                "first": tuple((line, _call(members)) for line, members in kept["first"]),
                "errors": tuple((line, from_members(members)) for line, members in kept["errors"]),
            }
        )


def _members(call: Entered) -> dict[str, Any]:
    return {
        "line": str(call.line),
        "started_at": call.started_at.isoformat(),
        "result": call.result,
        "waited": call.waited,
        "talked": call.talked,
        "number": call.number,
    }


def _call(members: Mapping[str, Any]) -> Entered:
    told = {"line": UUID(members["line"]), "started_at": datetime.fromisoformat(members["started_at"])}
    return Entered(**{**members, **told})
