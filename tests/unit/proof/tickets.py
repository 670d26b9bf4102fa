"""Facts of a ticket with deadlines, for the verdict, the verifier and the certificate."""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from acuse.clock import to_rfc3339
from acuse.proof.business_time import CalendarVersion, Pause, Term, due_at
from acuse.proof.facts.deadline import PAUSE_REASONS
from acuse.proof.facts.fact import Actor, Fact, ObjectReference, Subject
from acuse.proof.policy import Case, Policy, PolicyTerm
from acuse.proof.verdicts.deadlines import Sources
from acuse.proof.verdicts.deadlines.causes import MAY_START, OURS
from tests.unit.proof.support import ORGANISATION

OPENED = {
    "number": 318,
    "key": "RIB-0318-7QK2MA",
    "channel": "email",
    "language": "es",
    "contact": "0193505e-7a00-7000-8000-000000001042",
    "address": "ana@correo.example",
    "subject": "Ruido",
    "type": "claim",
    "priority": "medium",
    "matter": "",
}
TICKET = UUID("0193505e-7a00-7000-8000-0000000000dd")
JSON = "application/json"


def reference(role: str, content: bytes, media_type: str = JSON) -> ObjectReference:
    """The reference to an object with this content."""
    return ObjectReference(
        role=role, sha256=hashlib.sha256(content).hexdigest(), size=len(content), media_type=media_type
    )


@dataclass(repr=False)
class Ticket:
    """A ticket whose facts are added one by one; `objects` holds what they cite, by digest.

    `policy` is what its deadlines cite; without one, each cites a policy of its own.
    """

    calendar: CalendarVersion
    policy: Policy | None = None
    facts: list[Fact] = field(default_factory=list)
    objects: dict[str, bytes] = field(default_factory=dict)

    def __repr__(self) -> str:
        told = (f"{fact.type} {fact.occurred_at} {fact.recorded_at} {dict(fact.details)}" for fact in self.facts)
        return "; ".join(told)

    @property
    def rules(self) -> dict[str, Policy]:
        """The versions of policies that the facts cite, by digest."""
        cited = dict.fromkeys(item.sha256 for fact in self.facts for item in fact.objects if item.role == "rule")
        return {digest: Policy.parse(self.objects[digest]) for digest in cited if digest in self.objects}

    @property
    def sources(self) -> Sources:
        """All that the facts cite."""
        return Sources(calendars=self.calendars, rules=self.rules)

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

    def start(self, name: str, at: datetime, term: Term, /, *, by: Fact | None = None, **changes: Any) -> Fact:
        """Start a deadline that is called by the last letters of its identifier: by a fact, or one made for it."""
        purpose, on_resume = changes.get("purpose", "resolution"), changes.get("on_resume", "continue")
        by = by or self._beginning(at, purpose)
        policy = changes.pop("policy", None) or self.policy
        rule_name = purpose if policy is not None and policy == self.policy else "general"
        policy = policy or ruled(self.calendar, term, purpose=purpose, on_resume=on_resume)
        calendar, rule = self.keep("calendar", self.calendar.canonical()), self.keep("rule", policy.canonical())
        details = {
            **_follows(by),
            "purpose": purpose,
            "term": term.members(),
            "on_resume": on_resume,
            "calendar": {
                "id": str(self.calendar.calendar),
                "version": self.calendar.version,
                "digest": calendar.sha256,
            },
            "rule": {"policy": rule_name, "version": changes.pop("version", 3), "digest": rule.sha256},
            "due_at": to_rfc3339(due_at(self.calendar, term, started_at=at)),
        }
        objects = changes.pop("objects", (calendar, rule))
        return self.add("deadline.started", at, objects=objects, deadline=named(name), **{**details, **changes})

    def defer(self, at: datetime, term: Term, /, *, by: Fact, **changes: Any) -> Fact:
        """A deadline is deferred in place of being started; see `start`."""
        purpose = changes.get("purpose", "resolution")
        policy = changes.pop("policy", None) or self.policy or ruled(self.calendar, term, purpose=purpose)
        short = Term(amount=1, unit="natural_hours")
        started = self.start("0", at, short, by=by, policy=policy, **{"term": term.members(), **changes})
        left_out = ("deadline", "on_resume", "due_at")
        details = {name: value for name, value in started.details.items() if name not in left_out}
        self.facts[-1] = replace(started, type="deadline.deferred", details=details)
        return self.facts[-1]

    def _beginning(self, at: datetime, purpose: str) -> Fact:
        """The fact that begins a deadline then: one that is there, or one that is made."""
        fitting = [fact for fact in self.facts if MAY_START[purpose](fact) and fact.occurred_at == at]
        if fitting:
            return fitting[-1]
        if purpose == "resolution" and self.facts:
            return self.reopen(at)
        if purpose in OURS:
            return self.opened(at)
        return self.reply(at, act="data_request" if purpose == "completion" else "closing_notice")

    def in_force(self, version: int = 3) -> dict[str, Any]:
        """What a fact says of the version of the policy that is in force when it happens; none where there is none."""
        if self.policy is None:
            return {"policy": None}
        rule = self.keep("rule", self.policy.canonical())
        return {"policy": {"version": version, "digest": rule.sha256}, "objects": (rule,)}

    def opened(self, at: datetime, **more: Any) -> Fact:
        """The case is opened."""
        return self.add("ticket.opened", at, **{**OPENED, **more})

    def move(self, at: datetime, after: str, *, before: str = "open", **more: Any) -> Fact:
        """The case passes to another status."""
        return self.add("ticket.status_changed", at, before=before, after=after, **more)

    def reopen(self, at: datetime, *, before: str = "resolved", **more: Any) -> Fact:
        """The case is opened again; it was resolved or closed at that moment."""
        self.move(at, before, before=self.status, **more)
        return self.move(at, "reopened", before=before, **more)

    @property
    def status(self) -> str:
        """What status the case has."""
        moved = (fact for fact in reversed(self.facts) if fact.type == "ticket.status_changed")
        return next((str(fact.details["after"]) for fact in moved), "new")

    def reply(self, at: datetime, **more: Any) -> Fact:
        """An answer is handed over to be sent."""
        recorded_at = more.pop("recorded_at", None)
        details = {"communication": named("c"), "recipient": "ana@correo.example", "certified": False, "language": "es"}
        return self.add("reply.sent", at, recorded_at=recorded_at, **{**details, **more})

    def pause(
        self,
        name: str,
        at: datetime,
        reason: str = "customer",
        *,
        by: Fact | None = None,
        recorded_at: datetime | None = None,
        told: bool = True,
    ) -> Fact:
        """The deadline stands still: by a fact, by one that is made for it, or by none that is told."""
        by = by or (self._cause(at, reason) if told else None)
        details = {"deadline": named(name), "reason": reason, **_follows(by)}
        return self.add("deadline.paused", at, recorded_at=recorded_at, **details)

    def _cause(self, at: datetime, reason: str) -> Fact:
        if reason in ("customer", "conformity"):
            return self.move(at, f"pending_{reason}")
        return self.reply(at, act="data_request") if reason == "documents" else self.noted(at)

    def noted(self, at: datetime, *, recorded_at: datetime | None = None) -> Fact:
        """A member writes a note."""
        written = self.keep("note", b"Llamado.", "text/plain")
        actor = ("member", named("a001"))
        return self.add("note.added", at, recorded_at=recorded_at, actor=actor, mentioned=[], objects=(written,))

    def resume(
        self, name: str, at: datetime, due: datetime, *, by: Fact | None = None, told: bool = True, **more: Any
    ) -> Fact:
        """The deadline goes on; see `pause`."""
        by = by or (self.noted(at, recorded_at=more.get("recorded_at")) if told else None)
        return self.add("deadline.resumed", at, deadline=named(name), due_at=to_rfc3339(due), **_follows(by), **more)

    def end(self, name: str, by: Fact, at: datetime | None = None) -> Fact:
        ended_by = {"type": by.type, "sequence": by.subject_sequence}
        return self.add("deadline.ended", at or by.occurred_at, deadline=named(name), ended_by=ended_by)

    def miss(self, name: str, due: datetime) -> Fact:
        return self.add("deadline.missed", due, deadline=named(name), due_at=to_rfc3339(due))

    def withdraw(self, name: str, at: datetime, *, by: Fact | None = None, told: bool = True, **more: Any) -> Fact:
        """The deadline no longer applies; see `pause`."""
        by = by or (self.noted(at) if told else None)
        return self.add("deadline.withdrawn", at, deadline=named(name), **_follows(by), **more)

    def due(self, term: Term, start: datetime, *pauses: tuple[datetime, datetime], restart: bool = False) -> datetime:
        """When a term ends after pauses."""
        return due_at(
            self.calendar,
            term,
            started_at=start,
            pauses=[Pause(start=begin, end=end) for begin, end in pauses],
            on_resume="restart" if restart else "continue",
        )


def ruled(calendar: CalendarVersion, term: Term, **changes: Any) -> Policy:
    """A policy with one term for every case, which stands still for every reason."""
    made: dict[str, Any] = {
        "purpose": "resolution",
        "name": "general",
        "calendar": calendar.calendar,
        "cases": (Case(term=term),),
        "pauses_on": PAUSE_REASONS,
        **changes,
    }
    return Policy(terms=(PolicyTerm(**made),))


def ruling(calendar: CalendarVersion, **terms: Term) -> Policy:
    """A policy with a term for each of these purposes, which is its name."""
    each = (ruled(calendar, term, purpose=purpose, name=purpose) for purpose, term in terms.items())
    return Policy(terms=tuple(policy.terms[0] for policy in each))


def _follows(by: Fact | None) -> dict[str, Any]:
    return {} if by is None else {"follows": {"type": by.type, "sequence": by.subject_sequence}}


def named(name: str) -> str:
    """The identifier of a deadline."""
    return f"0193505e-7a00-7000-8000-{name:0>12}"
