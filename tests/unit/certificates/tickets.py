"""Sample tickets with deadlines, all of them invented."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from acuse.certificates.stories import deadlines
from acuse.certificates.stories.context import Context, EmbeddedFile, Language
from acuse.certificates.stories.wording import WORDING
from acuse.mail.read import Message, read
from acuse.proof.business_time import Term
from acuse.proof.facts.catalogue import check_fact
from tests.unit.certificates import samples
from tests.unit.proof.calendars import at, make
from tests.unit.proof.tickets import Ticket, ruling

TEMPLATE = str(samples.TEMPLATES / "deadlines.typ")
START = at("2026-11-05 10:20:14").replace(microsecond=2871)
HOURS, DAY = Term(amount=48, unit="business_hours"), Term(amount=24, unit="natural_hours")
CALENDAR = make(holidays={date(2026, 11, 9)}, last=date(2027, 12, 31))
LETTER = (
    "Desde que recogí el coche se oye un ruido al girar a la izquierda. Les pido que lo revisen sin coste, porque la "
    "reparación está en garantía.\n\nCliente 1042\n"
)


@dataclass(frozen=True)
class Placed:
    """A fact with its position."""

    fact: Any
    position: int | None


def opened(language: Language = "es", **details: Any) -> Ticket:
    """A case that a customer opened by mail."""
    ticket = Ticket(calendar=CALENDAR)
    message = samples.message(LETTER, subject="Ruido tras la reparación")
    ticket.add(
        "ticket.opened",
        START,
        actor=("remote_host", "mx1.example.com"),
        objects=(ticket.keep("message", message, "message/rfc822"),),
        **{
            "number": 318,
            "key": "RIB-0318-7QK2MA",
            "channel": "email",
            "language": language,
            "contact": "0193505e-7a00-7000-8000-00000000c042",
            "address": "cliente1042@example.com",
            "subject": "Ruido tras la reparación",
            "type": "claim",
            "priority": "medium",
            "matter": "",
            **details,
        },
    )
    return ticket


def replied(ticket: Ticket, when: str) -> Any:
    """An answer that was handed over to be sent."""
    return ticket.add(
        "reply.sent",
        at(when),
        actor=("member", "0193505e-7a00-7000-8000-00000000a001"),
        communication="0193505e-7a00-7000-8000-0000000000bb",
        recipient="cliente1042@example.com",
        certified=True,
        language="es",
    )


def solved(ticket: Ticket, when: str) -> Any:
    """The customer's agreement, and with it the case's end."""
    moment = at(when).replace(microsecond=2871)
    ticket.add(
        "conformity.given",
        moment,
        actor=("contact", "cliente1042@example.com"),
        by="link",
        request="0193505e-7a00-7000-8000-00000000c0f0",
        words="Estoy conforme",
        comments="",
        client={"ip": "198.51.100.77", "user_agent": "Mozilla/5.0"},
    )
    return ticket.move(moment, "resolved", before="pending_conformity")


def design() -> Ticket:
    """The case of the design: answered in time, solved late, with a pause."""
    ticket = opened()
    ticket.policy = ruling(CALENDAR, first_response=DAY, resolution=HOURS)
    ticket.start("a", START, DAY, purpose="first_response")
    ticket.start("b", START, HOURS)
    ticket.end("a", replied(ticket, "2026-11-05 14:07:51"))
    pause = at("2026-11-11 11:00:00"), at("2026-11-11 13:30:00")
    ticket.pause("b", pause[0], "documents")
    due = ticket.due(HOURS, START, pause)
    ticket.resume("b", pause[1], due)
    ticket.miss("b", due)
    ticket.end("b", solved(ticket, "2026-11-16 16:02:14"))
    return ticket


def met() -> Ticket:
    """One deadline in business days, met."""
    ticket = opened()
    ticket.start("a", START, Term(amount=15, unit="business_days"))
    ticket.end("a", solved(ticket, "2026-11-20 12:00:00"))
    return ticket


def running() -> Ticket:
    """One that runs and one that is paused."""
    ticket = opened("en")
    wait = Term(amount=72, unit="natural_hours")
    ticket.policy = ruling(CALENDAR, first_response=wait, resolution=HOURS)
    ticket.start("a", START, wait, purpose="first_response")
    ticket.start("b", START, HOURS)
    ticket.pause("b", at("2026-11-06 11:00:00"))
    ticket.add(
        "note.added", at("2026-11-07 09:00:00"), mentioned=[], objects=(ticket.keep("note", b"x", "text/plain"),)
    )
    return ticket


def long() -> Ticket:
    """A term of many weeks, a pause that begins it again, and a day of every kind."""
    ticket = opened()
    term = Term(amount=30, unit="business_days")
    ticket.start("a", START, term, on_resume="restart")
    pause = at("2026-11-24 11:00:00"), at("2026-12-03 13:30:00")
    ticket.pause("a", pause[0])
    due = ticket.due(term, START, pause, restart=True)
    ticket.resume("a", pause[1], due)
    ticket.end("a", solved(ticket, "2027-01-25 11:00:00"))
    return ticket


def many() -> Ticket:
    """More deadlines than page 1 has room for, one withdrawn, one recorded as missed that was not."""
    ticket = opened()
    terms = {
        "first_response": Term(amount=4, unit="natural_hours"),
        "resolution": Term(amount=80, unit="business_hours"),
        "completion": Term(amount=20, unit="natural_days"),
        "closing": Term(amount=10, unit="business_days"),
    }
    ticket.policy = ruling(CALENDAR, **terms)
    for number, (purpose, term) in enumerate(terms.items()):
        ticket.start(f"{number}", START, term, purpose=purpose)
    ticket.miss("2", at("2026-11-10 10:00:00"))
    ticket.withdraw("3", at("2026-11-12 10:00:00"))
    ticket.end("1", solved(ticket, "2026-11-17 10:00:00"))
    return ticket


def placed(ticket: Ticket) -> list[Placed]:
    """The facts with their places in the ledger, each checked against the catalogue."""
    for each in ticket.facts:
        check_fact(each)
    return [Placed(each, 38901 + 76 * number) for number, each in enumerate(ticket.facts)]


def files(ticket: Ticket, language: Language) -> tuple[EmbeddedFile, ...]:
    """The embedded files: message, calendar, rule, and ours with invented digests."""
    words = WORDING[language]
    cited = {item.role: (item, each.subject_sequence) for each in reversed(ticket.facts) for item in each.objects}
    own = samples.files(language)
    kept = tuple(
        EmbeddedFile(
            name=words[f"name.{role}"].format(number=number),
            role=role,
            sha256=item.sha256,
            size=item.size,
            number=number,
        )
        for role, (item, number) in cited.items()
        if role in ("message", "calendar", "rule")
    )
    return (*kept, *own[2:])


def context(ticket: Ticket, language: Language = "es", **changes: Any) -> Context:
    """What a certifier adds, on the day after the last fact."""
    issued = ticket.facts[-1].recorded_at.replace(microsecond=0) + timedelta(hours=1)
    made = samples.context(language, issued_at=issued, files=files(ticket, language))
    stamps = tuple(replace(stamp, time=issued - timedelta(seconds=9)) for stamp in made.time_stamps)
    return replace(made, time_stamps=stamps, **changes)


def told(ticket: Ticket, language: Language = "es", **changes: Any) -> dict[str, Any]:
    """The model of the certificate."""
    message = next((each.sha256 for each in ticket.facts[0].objects if each.role == "message"), None)
    read_message: Message | None = read(ticket.objects[message]) if message else None
    return deadlines.tell(placed(ticket), read_message, ticket.sources, context(ticket, language, **changes))


SAMPLES: Sequence[tuple[str, Any]] = (
    ("design", design),
    ("met", met),
    ("running", running),
    ("long", long),
    ("many", many),
)
