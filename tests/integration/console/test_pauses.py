"""A case's terms wait and go on from its page, and what does not follow is shown there and to the public."""

import re
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.utils import translation

from acuse.accounts.models import User
from acuse.calendars.rules import Shift
from acuse.doors.ui.contradictions import contradictions
from acuse.embedded.roles import Addresses
from acuse.evidence import custody, ledger
from acuse.evidence.ledger import FactDraft, record
from acuse.helpdesk.models import Deadline
from acuse.helpdesk.queries import deadlines
from acuse.proof.business_time import CalendarVersion
from tests.integration.helpdesk.cases import CUSTOMER, Desk, make_desk, row, term


@pytest.fixture
def desk(database: Addresses, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["testserver"])
    made = make_desk(monkeypatch)
    User.objects.update(language="en")
    return made


def signed_in() -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(User.objects.get(email="jefa@ribera.example"))
    return client


def text(client: Client, path: str) -> str:
    """What people read of a page."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_a_case_is_let_stand_still_and_run_on_with_a_note(desk: Desk) -> None:
    desk.publish(term(desk, 48, "business_hours", pauses_on=("agreed",)))
    ticket = desk.open()
    client, path = signed_in(), f"/console/talleres-ribera/tickets/{ticket}/"
    assert "Agreed with the customer" in text(client, path)
    assert "A body of alternative resolution" not in text(client, path), "its policy does not wait for that"
    client.post(f"{path}hold/", {"reason": "agreed", "note": ""})
    assert row(ticket, "resolution").state == Deadline.State.RUNNING
    assert "A note takes 1 to" in text(client, path)
    client.post(f"{path}hold/", {"reason": "agreed", "note": "Espera al recambio."})
    assert row(ticket, "resolution").state == Deadline.State.PAUSED
    shown = text(client, path)
    assert "Espera al recambio." in shown
    assert "Let it run on, because" in shown
    client.post(f"{path}release/", {"note": "Llegó."})
    assert row(ticket, "resolution").state == Deadline.State.RUNNING


def test_a_term_that_cannot_be_counted_is_shown_and_counted_later(desk: Desk) -> None:
    desk.publish(term(desk, 1000, "business_hours"))
    desk.calendar_of("Taller", (*((),) * 6, (Shift(540, 600),)), base=1)
    ticket = desk.open()
    client, path = signed_in(), f"/console/talleres-ribera/tickets/{ticket}/"
    assert "“Resolución” cannot be counted" in text(client, path)
    client.post(f"{path}count/")
    assert "The calendar still ends before this term would" in text(client, path)
    desk.calendar_of("Taller", base=2)
    client.post(f"{path}count/")
    assert row(ticket, "resolution").state == Deadline.State.RUNNING
    assert "cannot be counted" not in text(client, path)


def test_what_does_not_follow_is_shown_in_the_case_and_to_the_public(desk: Desk) -> None:
    desk.publish(term(desk, 48, "business_hours"))
    ticket = desk.open()
    client, path = signed_in(), f"/console/talleres-ribera/tickets/{ticket}/"
    assert "does not follow" not in text(client, path)
    name = str(row(ticket, "resolution").id)
    draft = FactDraft(
        organisation=desk.access.organisation,
        subject_kind="ticket",
        subject_id=ticket,
        type="deadline.paused",
        actor=CUSTOMER,
        details={"deadline": name, "reason": "customer"},
        occurred_at=desk.now,
    )
    with transaction.atomic():
        record(draft)
    number = len(desk.facts(ticket))
    said = f"Fact {number}: it names no fact that it follows, and counts as if it had not been said."
    assert said in text(client, path)
    with translation.override("en"):
        assert contradictions(desk.judge(ticket).contradictions) == (said,)


HOSTILE: tuple[tuple[str, dict[str, Any]], ...] = (
    ("deadline.started", {"deadline": "b"}),
    ("deadline.started", {}),
    ("deadline.deferred", {"rule": 7}),
    ("deadline.paused", {"deadline": [], "reason": "customer"}),
    ("deadline.resumed", {"due_at": 3}),
    ("deadline.missed", {"due_at": "tomorrow"}),
    ("deadline.ended", {"ended_by": {"sequence": "1"}}),
    ("deadline.withdrawn", {"follows": None}),
    ("ticket.assigned", {}),
    ("ticket.classified", {"type": []}),
    ("ticket.status_changed", {"after": {}}),
    ("ticket.escalated", {}),
    ("conformity.given", {"by": 1}),
    ("conformity.denied", {}),
    ("call.added", {"result": "lost"}),
    ("call.amended", {}),
    ("reply.sent", {"communication": 5}),
    ("note.added", {"mentioned": "all"}),
)


def test_facts_that_do_not_say_what_their_type_asks_for_are_told_and_the_rest_is_shown(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What another version recorded stays in the ledger, whatever this one asks of it."""
    desk.publish(term(desk, 48, "business_hours"))
    ticket = desk.open()
    client, path = signed_in(), f"/console/talleres-ribera/tickets/{ticket}/"
    monkeypatch.setattr(ledger, "check_fact", lambda fact: None)
    for type, details in HOSTILE:
        with transaction.atomic():
            record(
                FactDraft(
                    organisation=desk.access.organisation,
                    subject_kind="ticket",
                    subject_id=ticket,
                    type=type,
                    actor=CUSTOMER,
                    details=details,
                    occurred_at=desk.now,
                )
            )
        shown = text(client, path)
        unreadable = f"Fact {len(desk.facts(ticket))}: it does not say or cite what such a fact must"
        assert (unreadable in shown) is type.startswith("deadline."), type
    assert "Resolución" in text(client, path)


def test_terms_that_cannot_be_judged_leave_the_rest_of_the_case(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.publish(term(desk, 48, "business_hours"))
    ticket = desk.open()

    def lost(organisation: UUID, sha256: str) -> CalendarVersion:
        raise custody.MissingObject("Custody has no object %(sha256)s.", sha256=sha256)

    monkeypatch.setattr(deadlines, "load_version", lost)
    shown = text(signed_in(), f"/console/talleres-ribera/tickets/{ticket}/")
    assert "They cannot be judged: Custody has no object" in shown
    assert "A deadline began, until" in shown
    assert ": Resolution, 48 business hours" in shown


def test_two_terms_for_the_same_are_told_apart(desk: Desk) -> None:
    desk.publish_packs("standard", "ley-10-2025")
    ticket = desk.open()
    shown = text(signed_in(), f"/console/talleres-ribera/tickets/{ticket}/")
    assert re.search(r"A deadline began, until [^:]*:\d\d: Resolution, 48 business hours", shown)
    assert re.search(
        r"A deadline began, until [^:]*:\d\d: Resolution, 15 business days \(Ley 10/2025, resolución\)", shown
    )
