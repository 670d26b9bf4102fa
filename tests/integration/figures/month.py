"""A month of a desk: cases through its services and calls through the ledger, with everything that figures count."""

import random
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from acuse.accounts import services as accounts
from acuse.clock import to_rfc3339
from acuse.config.database import conninfo
from acuse.evidence.ledger import FactDraft, record
from acuse.evidence.sequencer import Sequencer
from acuse.figures.followers import follow_figures
from acuse.helpdesk.models import Ticket
from acuse.helpdesk.services.changes import assign, escalate
from acuse.helpdesk.services.deadlines import attend
from acuse.helpdesk.services.mailboxes import add_mailbox
from acuse.helpdesk.services.teams import make_team
from acuse.proof.checkpoint import SigningKey
from acuse.proof.facts.fact import Actor
from tests.integration.helpdesk.cases import Desk, make_desk
from tests.unit.proof.calendars import at

SLUG, MAILBOX = "talleres-ribera", "atencion@ribera.example"
_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
_TYPES = ("claim", "inquiry", "incident")


@dataclass
class Month:
    """The desk, whose clock stands at the end of November, its team, and the mailbox of every second case."""

    desk: Desk
    team: UUID
    mailbox: UUID
    sequencer: Sequencer

    def follow(self) -> None:
        """Let the ledger go on, and the figures follow it."""
        while self.sequencer.tick():
            pass
        while follow_figures():
            pass

    def call(self, started: str, result: str = "answered", waited: int | None = 20, *, of: UUID | None = None) -> UUID:
        """Register a call; with `of`, correct that one."""
        call = of or uuid4()
        details = {"line": str(UUID(int=3)), "started_at": to_rfc3339(at(started)), "result": result}
        member = {"member": str(self.desk.access.member)} if result == "answered" else {}
        with transaction.atomic():
            record(
                FactDraft(
                    organisation=self.desk.access.organisation,
                    subject_kind="call",
                    subject_id=call,
                    type="call.corrected" if of else "call.registered",
                    actor=Actor(kind="member", id=str(self.desk.access.member)),
                    details={**details, "waited": waited, "talked": None, **member},
                )
            )
        return call


def make_month(monkeypatch: pytest.MonkeyPatch, *, cases: int = 40) -> Month:
    """Make one: October 2026, in which clocks are set back, and some days of November."""
    desk = make_desk(monkeypatch, "2026-09-28 09:00")
    desk.publish_packs("standard")
    team = make_team(access=desk.access, name="Taller", members=[desk.access.member])
    sequencer = Sequencer(conninfo=conninfo(), key=SigningKey.generate("acuse.example/test"))
    assert sequencer.lead()
    accounts.add_sender_identity(organisation=desk.access.organisation, pattern="@ribera.example")
    mailbox = add_mailbox(access=desk.access, name="Atención", address=MAILBOX)
    month = Month(desk=desk, team=team, mailbox=mailbox, sequencer=sequencer)
    chance = random.Random(2013)
    for number in range(cases):
        desk.now = at("2026-09-28 09:00") + number * timedelta(hours=20) + chance.randrange(600) * _MINUTE
        _case(desk, number, chance, mailbox if number % 2 else None)
        day = 1 + number % 31
        month.call(
            f"2026-10-{day:02d} {9 + number % 9:02d}:{number % 60:02d}",
            ("answered", "answered", "lost", "abandoned")[number % 4],
            None if number % 5 == 0 else 10 + number,
        )
    month.call("2026-10-25 02:30")
    month.call("2026-10-25 02:30*")
    desk.pass_time("2026-11-30 12:00")
    return month


def _case(desk: Desk, number: int, chance: random.Random, mailbox: UUID | None) -> None:
    opened = desk.now
    ticket = desk.open(_TYPES[number % len(_TYPES)], mailbox=mailbox)
    if number % 7 == 0:
        desk.pass_to(ticket, "asked_customer")
        desk.pass_to(ticket, "closed_by_silence")
        return
    assign(access=desk.access, tickets=[ticket], member=desk.access.member if number % 2 else None)
    desk.now = opened + chance.randrange(1, 70) * _HOUR
    _miss(desk, ticket)
    desk.reply(ticket)
    if number % 3 == 0:
        desk.write(ticket, ago=chance.randrange(30) * _MINUTE)
        desk.now += 30 * _HOUR
        desk.reply(ticket)
        desk.reply(ticket, automatic=True)
    if number % 5 == 0:
        escalate(access=desk.access, ticket=ticket, escalated=True, reason="Pide hablar con el responsable.")
    if number % 4:
        _ask(desk, ticket, agrees=number % 3 != 1)
        desk.pass_to(ticket, "agreed")


def _ask(desk: Desk, ticket: UUID, *, agrees: bool) -> None:
    """Ask whether the customer agrees, who answers at once."""
    with transaction.atomic():
        row, request = Ticket.objects.get(id=ticket), {"request": str(ticket)}
        desk.tell(row, "conformity.requested", {**request, "communication": str(UUID(int=1))})
        answer = "conformity.given" if agrees else "conformity.denied"
        desk.tell(row, answer, {**request, "by": "link", "words": "Conforme", "comments": ""})


def _miss(desk: Desk, ticket: UUID) -> None:
    for row in Ticket.objects.get(id=ticket).deadlines.filter(next_at__lt=desk.now):
        attend(deadline=row.id)
