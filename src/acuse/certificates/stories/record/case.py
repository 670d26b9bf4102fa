"""A whole case as every section of its record sees it: the ticket, its communications, what was written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from acuse.certificates.stories.case import Case, declared_language, open_case
from acuse.certificates.stories.context import Context, EmbeddedFile, LedgerFact
from acuse.certificates.stories.deadlines.ticket import Ticket, moments_in, open_ticket
from acuse.certificates.stories.moments import Clock
from acuse.certificates.stories.said import Said, said_by
from acuse.proof.facts.fact import Fact, ObjectReference
from acuse.proof.judging import absent_communications
from acuse.proof.verdicts.deadlines import Sources

WRITTEN = ("message", "note", "outcome")
"""Roles of objects that hold words."""

SAID = ("message", "attachment", "outcome")
"""Roles of what each side said to the other."""

_STATUS = "ticket.status_changed"


@dataclass(frozen=True, kw_only=True)
class WholeCase(Ticket):
    """What the sections of a case's record share.

    Attributes:
        communications: those that came along, in the order in which the case names them.
        words: of what was written, by the digest of the object; without what stays in custody.
    """

    communications: tuple[Case, ...]
    words: Mapping[str, Said]

    @cached_property
    def absent(self) -> tuple[str, ...]:
        """Communications that the case names and whose facts are not in the document."""
        own = [item.fact for item in self.facts]
        return absent_communications(own, [[item.fact for item in each.facts] for each in self.communications])

    @cached_property
    def status(self) -> str:
        """How the case stands by its last fact that says so."""
        changes = [item.fact.details["after"] for item in self.facts if item.fact.type == _STATUS]
        return str(changes[-1]) if changes else "new"

    @cached_property
    def members(self) -> tuple[str, ...]:
        """Members of the company who did something, in the order in which they first did."""
        return tuple(dict.fromkeys(item.fact.actor.id for item in self.facts if item.fact.actor.kind == "member"))

    @cached_property
    def left(self) -> frozenset[str]:
        """Digests of what each side said that neither the document nor its bundle holds."""
        cited = (item for each in self.facts for item in each.fact.objects if item.role in SAID)
        return frozenset(item.sha256 for item in cited if self.file(item) is None)

    def count(self, *types: str) -> int:
        """Return how many facts are of some types."""
        return sum(item.fact.type in types for item in self.facts)

    def last(self, *types: str) -> Fact | None:
        """Return the last fact of some types."""
        return next((item.fact for item in reversed(self.facts) if item.fact.type in types), None)

    def communication(self, name: object) -> Case | None:
        """Return a communication by the identifier that the case's facts give it."""
        return next((each for each in self.communications if str(each.facts[0].fact.subject.id) == name), None)

    def written(self, fact: Fact) -> ObjectReference | None:
        """Return the object with the words that a fact cites."""
        return next((item for item in fact.objects if item.role in WRITTEN), None)

    def file(self, item: ObjectReference) -> EmbeddedFile | None:
        """Return the file, in the document or in its bundle, that an object is."""
        files = (*self.context.files, *self.context.elsewhere)
        return next((file for file in files if file.sha256 == item.sha256), None)


def open_whole(
    facts: Sequence[LedgerFact],
    others: Sequence[Sequence[LedgerFact]],
    written: Mapping[str, bytes],
    sources: Sources,
    context: Context,
) -> WholeCase:
    """Judge the case and its communications, read what was written, and set one clock for all.

    Args:
        facts: of the case, from its first, in order.
        others: of each communication that came along, likewise.
        written: by digest.
        sources: what its deadlines are counted and compared by.
        context: who certifies and how.

    Raises:
        InputError: the facts do not fit their types.
    """
    language = declared_language(str(facts[0].fact.details.get("language", "")))
    ticket = open_ticket(facts, sources, context, language=language)
    cases = tuple(open_case(each, context, message_language=language) for each in others)
    objects = {item.sha256: item for each in facts for item in each.fact.objects if item.role in WRITTEN}
    return WholeCase(
        context=context,
        facts=ticket.facts,
        clock=Clock(context.language, context.zone, _moments(ticket, others)),
        message_language=ticket.message_language,
        judgement=ticket.judgement,
        communications=cases,
        words={digest: said_by(item, written[digest]) for digest, item in objects.items() if digest in written},
    )


def _moments(ticket: Ticket, others: Sequence[Sequence[LedgerFact]]) -> Iterable[Any]:
    every = [ticket.facts, *others]
    told = [item.fact for facts in every for item in facts]
    due = [each.due_at for each in ticket.deadlines if each.due_at is not None]
    return [
        ticket.context.issued_at,
        *(fact.occurred_at for fact in told),
        *(fact.recorded_at for fact in told),
        *due,
        *moments_in(item.fact for item in ticket.facts),
    ]
