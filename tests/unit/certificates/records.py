"""Sample cases for their record and their receipt, all of them invented."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from acuse.certificates.stories import entry, record
from acuse.certificates.stories.context import Context, EmbeddedFile, Language
from acuse.certificates.stories.wording import WORDING
from acuse.proof.facts.fact import Fact, Subject
from tests.unit.certificates import samples, tickets
from tests.unit.certificates.tickets import CALENDAR, DAY, HOURS, START, opened, placed, solved
from tests.unit.proof.calendars import at
from tests.unit.proof.tickets import Ticket, ruling

RECORD, RECEIPT = str(samples.TEMPLATES / "record.typ"), str(samples.TEMPLATES / "receipt.typ")
NOTE = b"Llamar al taller antes de responder."
FIRST, SECOND = "0193505e-7a00-7000-8000-0000000000b1", "0193505e-7a00-7000-8000-0000000000b2"
ANA, LUIS = ("member", "0193505e-7a00-7000-8000-00000000a001"), ("member", "0193505e-7a00-7000-8000-00000000a002")


def replied(ticket: Ticket, when: str, communication: str, text: str, **details: Any) -> Fact:
    """An answer with its message."""
    message = samples.message(text, subject="Re: Ruido tras la reparación")
    return ticket.add(
        "reply.sent",
        at(when),
        actor=ANA,
        objects=(ticket.keep("message", message, "message/rfc822"),),
        communication=communication,
        recipient="cliente1042@example.com",
        certified=True,
        language="es",
        **details,
    )


def wrote(ticket: Ticket, when: str, text: str) -> Fact:
    """The customer's next message."""
    message = samples.message(text, subject="Re: Ruido", attachment=True)
    return ticket.add(
        "message.received",
        at(when),
        actor=("remote_host", "mx1.example.com"),
        objects=(ticket.keep("message", message, "message/rfc822"),),
        channel="email",
        author="cliente1042@example.com",
        subject="Re: Ruido",
        matched_by="token",
    )


def whole(language: Language = "es") -> Ticket:
    """A claim on a guarantee from its entry to the customer's agreement, with a note and a call."""
    ticket = opened(language)
    ticket.policy = ruling(CALENDAR, first_response=DAY, resolution=HOURS)
    ticket.add("ticket.assigned", at("2026-11-05 10:20:15"), actor=("component", "triage"), member=ANA[1])
    ticket.start("a", START, DAY, purpose="first_response")
    ticket.start("b", START, HOURS)
    note = ticket.keep("note", NOTE, "text/plain")
    ticket.add("note.added", at("2026-11-05 12:00:00"), actor=ANA, objects=(note,), mentioned=[])
    asked = replied(
        ticket,
        "2026-11-05 14:07:51",
        FIRST,
        "Para tramitar la garantía necesitamos la factura y el número de bastidor.",
        act="data_request",
    )
    ticket.end("a", asked)
    ticket.add("ticket.status_changed", at("2026-11-05 14:07:52"), actor=ANA, before="new", after="pending_customer")
    pause = at("2026-11-05 14:07:51"), at("2026-11-11 13:30:00")
    ticket.pause("b", pause[0], "documents", by=asked)
    sent = wrote(ticket, "2026-11-11 13:30:00", "Les mando la factura, con el número de bastidor.\n")
    ticket.resume("b", pause[1], ticket.due(HOURS, START, pause), by=sent)
    ticket.add(
        "call.added",
        at("2026-11-12 09:35:00"),
        actor=LUIS,
        objects=(ticket.keep("outcome", b"Confirma que va el lunes.", "text/plain"),),
        call="0193505e-7a00-7000-8000-0000000000c1",
        line="0193505e-7a00-7000-8000-0000000000c2",
        result="answered",
        started_at="2026-11-12T08:30:00.000000Z",
    )
    ticket.add("ticket.described", at("2026-11-12 09:40:00"), actor=LUIS, fields=["product", "guarantee_until_date"])
    replied(ticket, "2026-11-13 12:00:00", SECOND, "Hemos activado la garantía de su vehículo.", act="activation")
    request = "0193505e-7a00-7000-8000-00000000c0f0"
    ticket.add("conformity.requested", at("2026-11-13 12:00:01"), request=request, communication=SECOND)
    solved(ticket, "2026-11-16 16:02:14")
    done = ticket.add("ticket.status_changed", at("2026-11-16 16:02:15"), before="pending_conformity", after="resolved")
    ticket.end("b", done)
    return ticket


def communications() -> list[list[samples.Placed]]:
    """What became of the two answers: one taken by the recipient's server, one refused."""
    made = [
        (FIRST, samples.relayed(), at("2026-11-05 14:07:51")),
        (SECOND, samples.refused(), at("2026-11-13 12:00:00")),
    ]
    return [_moved(history.facts, name, start - samples.START) for name, history, start in made]


def _moved(facts: list[samples.Placed], name: str, by: timedelta) -> list[samples.Placed]:
    subject = Subject(kind="communication", id=UUID(name))
    return [
        samples.Placed(
            replace(
                item.fact,
                subject=subject,
                occurred_at=item.fact.occurred_at + by,
                recorded_at=item.fact.recorded_at + by,
            ),
            item.position,
        )
        for item in facts
    ]


def written(ticket: Ticket, *roles: str) -> dict[str, bytes]:
    """What was written, of the roles that the document holds."""
    cited = {item.sha256 for fact in ticket.facts for item in fact.objects if item.role in roles}
    return {digest: ticket.objects[digest] for digest in cited}


def context(ticket: Ticket, language: Language, roles: tuple[str, ...], **changes: Any) -> Context:
    """What a certifier adds, with the files that a record embeds."""
    words = WORDING[language]
    found: dict[str, EmbeddedFile] = {}
    for fact in ticket.facts:
        for item in fact.objects:
            if item.role in (*roles, "calendar", "rule"):
                name = words.get(f"name.record.{item.role}") or words[f"name.{item.role}"]
                found.setdefault(
                    item.sha256,
                    EmbeddedFile(
                        name=name.format(number=fact.subject_sequence),
                        role=item.role,
                        sha256=item.sha256,
                        size=item.size,
                        number=fact.subject_sequence,
                    ),
                )
    made = tickets.context(ticket, language)
    own = [file for file in made.files if file.number is None and file.role != "message"]
    return replace(made, **{"files": (*found.values(), *own), **changes})


def told(
    ticket: Ticket,
    language: Language = "es",
    *,
    notes: bool = False,
    others: list[list[samples.Placed]] | None = None,
    **changes: Any,
) -> dict[str, Any]:
    """The model of the record, with what became of its answers or some of them."""
    roles = ("message", "outcome", *(("note",) if notes else ()))
    return record.tell(
        placed(ticket),
        communications() if others is None else others,
        written(ticket, *roles),
        ticket.sources,
        context(ticket, language, roles, **changes),
        notes=notes,
    )


def receipt(ticket: Ticket, language: Language = "es", **changes: Any) -> dict[str, Any]:
    """The model of the receipt of entry."""
    made = context(Ticket(calendar=ticket.calendar, facts=ticket.facts[:1]), language, ("message",), **changes)
    return entry.tell(placed(ticket), written(ticket, "message"), made)
