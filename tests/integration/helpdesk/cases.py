"""A desk with a calendar and terms, a clock that tests set, and cases opened and changed through the services."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from acuse import clock
from acuse.accounts import services as accounts
from acuse.accounts.models import User
from acuse.accounts.queries import Access, access_organisation
from acuse.calendars.rules import DAY, Definition, Shift
from acuse.calendars.services import publish_calendar
from acuse.evidence import custody
from acuse.evidence.ledger import FactDraft, record
from acuse.evidence.queries import facts_of
from acuse.helpdesk.models import Deadline, Ticket
from acuse.helpdesk.packs import pack
from acuse.helpdesk.services import deadlines
from acuse.helpdesk.services.changes import classify
from acuse.helpdesk.services.deadline_policies import saying_policy
from acuse.helpdesk.services.deadline_rows import RUNNING
from acuse.helpdesk.services.opening import Written, add_message, open_ticket, pass_to
from acuse.helpdesk.services.policies import publish_policy
from acuse.proof.business_time import Term
from acuse.proof.facts.fact import Actor, Fact
from acuse.proof.facts.ticket import KIND
from acuse.proof.policy import Case, Policy, PolicyTerm
from acuse.proof.verdicts.deadlines import Judgement, Sources, judge
from acuse.proof.verdicts.deadlines.causes import OURS
from tests.unit.proof.calendars import at

CUSTOMER = Actor(kind="component", id="intake")
#: Monday to Friday, from 9 to 14 and from 16 to 19.
WEEK = ((Shift(540, 840), Shift(960, 1140)),) * 5 + ((), ())
ALWAYS = ((Shift(0, DAY),),) * 7


@dataclass
class Desk:
    """An organisation with a member who manages it; `now` is what the clock says."""

    access: Access
    calendar: UUID
    now: datetime

    def pass_time(self, until: str) -> None:
        """Set the clock, local time of Madrid."""
        self.now = at(until)

    def calendar_of(self, name: str, week: Any = WEEK, *, local: Sequence[Any] = (), base: int = 0) -> UUID:
        """Publish a calendar, or with `base` a version of the desk's own."""
        return publish_calendar(
            access=self.access,
            name=name,
            zone="Europe/Madrid",
            definition=Definition(week=week, local=tuple(local)),
            calendar=self.calendar if base else None,
            base=base,
        )

    def publish(self, *terms: PolicyTerm, base: int = 0) -> None:
        """Publish a policy."""
        publish_policy(access=self.access, terms=Policy(terms=terms).members(), base=base)

    def publish_packs(self, *codes: str) -> None:
        """Publish the packs named."""
        self.publish(*(term for code in codes for term in pack(code, calendar=self.calendar, language="es")))

    def open(self, type: str = "claim", *, ago: timedelta = timedelta(), mailbox: UUID | None = None) -> UUID:
        """Open a case, now, by what the customer said now or some time ago, to a mailbox or none."""
        written = Written(
            channel="email",
            address="ana@cliente.example",
            name="Ana García",
            language="es",
            subject="Ruido al frenar",
            text="Desde la revisión hace ruido.",
            occurred_at=self.now - ago,
            actor=CUSTOMER,
            basis="wrote_from",
            form_type=type,
            mailbox=mailbox,
        )
        return open_ticket(organisation=self.access.organisation, written=written)

    def write(self, ticket: UUID, *, ago: timedelta = timedelta()) -> None:
        """The customer writes again."""
        written = Written(
            channel="email",
            address="ana@cliente.example",
            name="Ana García",
            language="es",
            subject="Re: Ruido al frenar",
            text="Aquí lo tienen.",
            occurred_at=self.now - ago,
            actor=CUSTOMER,
            basis="wrote_from",
        )
        add_message(ticket=ticket, written=written, matched_by="token")

    def reply(self, ticket: UUID, **details: Any) -> None:
        """An answer leaves."""
        said = {
            "communication": str(UUID(int=1)),
            "recipient": "ana@cliente.example",
            "certified": False,
            "language": "es",
            **details,
        }
        with transaction.atomic():
            row = Ticket.objects.select_for_update(no_key=True).get(id=ticket)
            sent = self.tell(row, "reply.sent", said)
            deadlines.heed(ticket=row, fact=sent)

    def ask_for_documents(self, ticket: UUID) -> None:
        """An answer leaves that asks for what the claim lacks."""
        with transaction.atomic():
            row = Ticket.objects.select_for_update(no_key=True).get(id=ticket)
            details = {"communication": str(UUID(int=1)), "recipient": "ana@cliente.example", "certified": True}
            sent = self.tell(row, "reply.sent", {**details, "language": "es", "act": "data_request"}, begins=True)
            deadlines.heed(ticket=row, fact=sent)
            deadlines.request_completion(ticket=row, fact=sent)
            pass_to(row, event="asked_customer", actor=CUSTOMER)

    def pass_to(self, ticket: UUID, event: str) -> None:
        """Something happens that may change the case's status."""
        with transaction.atomic():
            row = Ticket.objects.select_for_update(no_key=True).get(id=ticket)
            pass_to(row, event=event, actor=CUSTOMER)

    def classify(self, ticket: UUID, **changes: str) -> None:
        """A member says what the case is."""
        classify(access=self.access, tickets=[ticket], **changes)

    def tell(self, ticket: Ticket, type: str, details: Mapping[str, Any], *, begins: bool = False) -> Fact:
        """Record a fact of a case, now; one that begins terms says which are in force."""
        draft = FactDraft(
            organisation=self.access.organisation,
            subject_kind=KIND,
            subject_id=ticket.id,
            type=type,
            actor=CUSTOMER,
            details=details,
            occurred_at=self.now,
        )
        return record(saying_policy(draft) if begins else draft)[0]

    def facts(self, ticket: UUID) -> list[Fact]:
        """The facts of a case, in order."""
        return [item.fact for item in facts_of(organisation=self.access.organisation, kind=KIND, id=ticket)]

    def told(self, ticket: UUID) -> list[str]:
        """The types of the facts about deadlines of a case."""
        return [fact.type for fact in self.facts(ticket) if fact.type.startswith("deadline.")]

    def judge(self, ticket: UUID) -> Judgement:
        """What the verifier says of a case's deadlines, once the instant has passed in which it last changed."""
        facts, here = self.facts(ticket), self.access.organisation
        sources = Sources.read(facts, lambda digest: custody.open_object(organisation=here, sha256=digest))
        return judge(facts, sources.calendars, rules=sources.rules, at=self.now + timedelta(microseconds=1))


def rows(ticket: UUID, purpose: str = "") -> list[Deadline]:
    """The rows of a case's deadlines, in the order in which they were started."""
    found = Deadline.objects.filter(ticket_id=ticket).order_by("id")
    return list(found.filter(purpose=purpose) if purpose else found)


def row(ticket: UUID, purpose: str) -> Deadline:
    """The newest deadline of a purpose."""
    return rows(ticket, purpose)[-1]


def assert_agrees(desk: Desk, ticket: UUID) -> None:
    """What the rows say is what the verifier works out, and no fact contradicts it."""
    judgement = desk.judge(ticket)
    assert judgement.contradictions == ()
    stored = {str(one.id): one for one in rows(ticket)}
    assert stored.keys() == {one.id for one in judgement.deadlines}
    for judged in judgement.deadlines:
        kept = stored[judged.id]
        verdict = "missed" if kept.state == Deadline.State.OVERDUE else kept.state
        assert (kept.purpose, verdict, kept.due_at) == (judged.purpose, judged.verdict, judged.due_at)
        ended = judged.end is not None
        assert (kept.ended_at is not None, kept.ended_at) == (ended, judged.judged_at if ended else None)
        assert kept.missed_at == (judged.due_at if judged.verdict == "missed" else None)
    ours = [one for one in stored.values() if one.purpose in OURS]
    case = Ticket.objects.get(id=ticket)
    live = [one.due_at for one in ours if one.state in RUNNING and one.due_at]
    assert case.due_at == min(live, default=None)
    assert case.paused == any(one.state == Deadline.State.PAUSED for one in ours)
    assert case.missed == sum(one.missed_at is not None for one in ours)


def make_desk(monkeypatch: pytest.MonkeyPatch, now: str = "2026-11-16 10:00") -> Desk:
    """A desk of a manager, with a calendar and no terms."""
    made = accounts.create_organisation(name="Talleres Ribera", slug="talleres-ribera")
    accounts.create_user(email="jefa@ribera.example", password="secreto-de-prueba")
    accounts.add_member(organisation=made.id, email="jefa@ribera.example", role="administrator")
    access = access_organisation(user=User.objects.get(email="jefa@ribera.example"), slug="talleres-ribera")
    desk = Desk(access=access, calendar=UUID(int=0), now=at(now))
    monkeypatch.setattr(clock, "now", lambda: desk.now)
    desk.calendar = desk.calendar_of("Taller")
    return desk


def term(desk: Desk, amount: int, unit: Any, **more: Any) -> PolicyTerm:
    """A term of every case."""
    made: dict[str, Any] = {"purpose": "resolution", "name": "Resolución", "calendar": desk.calendar}
    return PolicyTerm(**{**made, "cases": (Case(term=Term(amount=amount, unit=unit)),), **more})
