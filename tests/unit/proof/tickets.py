"""Facts of a ticket with deadlines, for the verdict, the verifier and the certificate."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from acuse.clock import to_rfc3339
from acuse.proof.business_time import CalendarVersion, Pause, Term, due_at
from acuse.proof.canonical import canonicalise
from acuse.proof.facts.fact import Actor, Fact, ObjectReference, Subject
from tests.unit.proof.support import ORGANISATION

TICKET = UUID("0193505e-7a00-7000-8000-0000000000dd")
JSON = "application/json"
RULES = canonicalise({"policy": "general", "rules": [{"amount": 48, "unit": "business_hours"}]})


def reference(role: str, content: bytes, media_type: str = JSON) -> ObjectReference:
    """The reference to an object with this content."""
    return ObjectReference(
        role=role, sha256=hashlib.sha256(content).hexdigest(), size=len(content), media_type=media_type
    )


@dataclass
class Ticket:
    """A ticket whose facts are added one by one; `objects` holds what they cite, by digest."""

    calendar: CalendarVersion
    facts: list[Fact] = field(default_factory=list)
    objects: dict[str, bytes] = field(default_factory=dict)

    @property
    def calendars(self) -> dict[str, CalendarVersion]:
        raw = self.calendar.canonical()
        return {hashlib.sha256(raw).hexdigest(): self.calendar}

    def add(
        self,
        type: str,
        at: datetime,
        /,
        *,
        recorded_at: datetime | None = None,
        actor: tuple[str, str] = ("component", "helpdesk"),
        objects: tuple[ObjectReference, ...] = (),
        **details: Any,
    ) -> Fact:
        """Add a fact of what happened at an instant."""
        number = len(self.facts) + 1
        made = Fact(
            id=UUID(f"0193505e-7a00-7000-9000-{number:012d}"),
            organisation=ORGANISATION,
            subject=Subject(kind="ticket", id=TICKET),
            type=type,
            occurred_at=at,
            recorded_at=recorded_at or at + timedelta(milliseconds=3),
            subject_sequence=number,
            previous=self.facts[-1].entry() if self.facts else None,
            actor=Actor(kind=actor[0], id=actor[1]),
            details=details,
            objects=objects,
            salt=number.to_bytes(16, "big"),
        )
        self.facts.append(made)
        return made

    def keep(self, role: str, content: bytes, media_type: str = JSON) -> ObjectReference:
        """Keep an object and return its reference."""
        made = reference(role, content, media_type)
        self.objects[made.sha256] = content
        return made

    def start(self, name: str, at: datetime, term: Term, **changes: Any) -> Fact:
        """Start a deadline that is called by the last letters of its identifier."""
        calendar, rule = self.keep("calendar", self.calendar.canonical()), self.keep("rule", RULES)
        details = {
            "purpose": "resolution",
            "term": term.members(),
            "on_resume": "continue",
            "calendar": {
                "id": str(self.calendar.calendar),
                "version": self.calendar.version,
                "digest": calendar.sha256,
            },
            "rule": {"policy": "general", "version": 3, "digest": rule.sha256},
            "due_at": to_rfc3339(due_at(self.calendar, term, started_at=at)),
        }
        objects = changes.pop("objects", (calendar, rule))
        return self.add("deadline.started", at, objects=objects, deadline=named(name), **{**details, **changes})

    def pause(self, name: str, at: datetime, reason: str = "customer") -> Fact:
        return self.add("deadline.paused", at, deadline=named(name), reason=reason)

    def resume(self, name: str, at: datetime, due: datetime) -> Fact:
        return self.add("deadline.resumed", at, deadline=named(name), due_at=to_rfc3339(due))

    def end(self, name: str, by: Fact, at: datetime | None = None) -> Fact:
        ended_by = {"type": by.type, "sequence": by.subject_sequence}
        return self.add("deadline.ended", at or by.occurred_at, deadline=named(name), ended_by=ended_by)

    def miss(self, name: str, due: datetime) -> Fact:
        return self.add("deadline.missed", due, deadline=named(name), due_at=to_rfc3339(due))

    def withdraw(self, name: str, at: datetime) -> Fact:
        return self.add("deadline.withdrawn", at, deadline=named(name))

    def due(self, term: Term, start: datetime, *pauses: tuple[datetime, datetime], restart: bool = False) -> datetime:
        """When a term ends after pauses."""
        return due_at(
            self.calendar,
            term,
            started_at=start,
            pauses=[Pause(start=begin, end=end) for begin, end in pauses],
            on_resume="restart" if restart else "continue",
        )


def named(name: str) -> str:
    """The identifier of a deadline."""
    return f"0193505e-7a00-7000-8000-{name:0>12}"
