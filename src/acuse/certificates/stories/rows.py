"""One row of the timeline, before its place and time, and what several kinds of row have in common."""

from collections.abc import Callable
from dataclasses import dataclass, field

from acuse.certificates.stories.case import Case
from acuse.certificates.stories.runs import Line, Runs
from acuse.proof.facts.fact import Fact

COLUMNS = 58


@dataclass(frozen=True, kw_only=True)
class Row:
    """One fact as it is told: `mark` is filled, ring, cross or dashed."""

    title: Runs
    source: Runs | None = None
    verbatim: list[Line] | None = None
    remarks: list[Runs] = field(default_factory=list)
    mark: str = "ring"
    tag: str | None = None


Teller = Callable[[Case, Fact], Row]


def class_word(case: Case, fact: Fact) -> str:
    """Return why it failed or waits, in words; one that this version does not know is another cause."""
    key = f"class.{fact.details['failure_class']}"
    return case.word(key if case.has(key) else "class.other")


def embedded_name(case: Case, fact: Fact, role: str) -> str | None:
    """Return the name under which the document embeds what a fact cites in a role, or None."""
    return next(
        (file.name for file in case.context.files if file.number == fact.subject_sequence and file.role == role), None
    )
