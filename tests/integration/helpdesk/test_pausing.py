"""What a member decides about a case's terms, and terms that their calendar does not reach: rows, facts, verdict."""

from dataclasses import replace
from uuid import UUID

import pytest

from acuse.accounts.queries import Access
from acuse.calendars.rules import Shift
from acuse.embedded.roles import Addresses
from acuse.errors import AccessDenied, ConflictError, InputError
from acuse.helpdesk.models import Deadline, Interaction, Ticket
from acuse.helpdesk.queries.deadlines import deadlines_of
from acuse.helpdesk.services import pausing
from acuse.proof.business_time import Term
from acuse.proof.policy import Case
from tests.integration.helpdesk.cases import ALWAYS, Desk, assert_agrees, make_desk, row, rows, term
from tests.unit.proof.calendars import at

State = Deadline.State
#: An hour a week.
SCARCE = ((Shift(540, 600),), *((),) * 6)
WAITS = ("customer", "documents", "adr", "agreed", "conformity")


@pytest.fixture
def desk(database: Addresses, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return make_desk(monkeypatch)


def hold(desk: Desk, ticket: UUID, reason: str = "adr", note: str = "La Junta admitió la solicitud.") -> None:
    pausing.hold(access=desk.access, ticket=ticket, reason=reason, note=note)


def test_a_body_of_resolution_has_the_case_from_the_note_on_until_the_next(desk: Desk) -> None:
    desk.publish(term(desk, 48, "business_hours", pauses_on=WAITS))
    ticket = desk.open()
    desk.pass_time("2026-11-16 12:00")
    hold(desk, ticket)
    held = row(ticket, "resolution")
    assert (held.state, held.pauses[0][2]) == (State.PAUSED, "adr")
    note = Interaction.objects.get(ticket=ticket, kind=Interaction.Kind.NOTE)
    paused = next(fact for fact in desk.facts(ticket) if fact.type == "deadline.paused")
    assert paused.details["follows"] == {"type": "note.added", "sequence": note.sequence}
    # What the customer writes meanwhile does not bring it back.
    desk.pass_time("2026-11-17 12:00")
    desk.write(ticket)
    assert row(ticket, "resolution").state == State.PAUSED
    assert_agrees(desk, ticket)
    desk.pass_time("2026-11-18 12:00")
    pausing.release(access=desk.access, ticket=ticket, note="La Junta resolvió.")
    assert row(ticket, "resolution").due_at == at("2026-11-26 10:00")
    assert_agrees(desk, ticket)


def test_what_waits_for_the_customer_besides_goes_on_waiting(desk: Desk) -> None:
    desk.publish(term(desk, 48, "business_hours", pauses_on=WAITS))
    ticket = desk.open()
    desk.pass_to(ticket, "asked_customer")
    for moment, act in (("16 12:00", "hold"), ("17 12:00", "release")):
        desk.pass_time(f"2026-11-{moment}")
        if act == "hold":
            hold(desk, ticket, "agreed", "Quedamos en esperar al recambio.")
        else:
            pausing.release(access=desk.access, ticket=ticket, note="Llegó el recambio.")
    assert [reason for _, _, reason in row(ticket, "resolution").pauses] == ["customer", "agreed", "customer"]
    assert_agrees(desk, ticket)
    desk.write(ticket)
    assert row(ticket, "resolution").state == State.RUNNING
    assert_agrees(desk, ticket)


def test_a_term_that_replaces_another_stands_still_for_what_a_member_said(desk: Desk) -> None:
    cases = tuple(
        Case(priorities=(priority,), term=Term(amount=amount, unit="business_hours"))
        for priority, amount in (("medium", 48), ("high", 16))
    )
    desk.publish(term(desk, 1, "business_hours", cases=cases, pauses_on=WAITS))
    ticket = desk.open()
    desk.pass_time("2026-11-16 12:00")
    hold(desk, ticket)
    desk.pass_time("2026-11-20 12:00")
    desk.classify(ticket, priority="high")
    assert (row(ticket, "resolution").state, row(ticket, "resolution").amount) == (State.PAUSED, 16)
    assert_agrees(desk, ticket)


def test_what_lets_another_term_go_on_does_not_bring_back_the_one_that_a_member_holds(desk: Desk) -> None:
    claims = tuple(
        Case(priorities=(priority,), term=Term(amount=amount, unit="business_hours"))
        for priority, amount in (("medium", 48), ("high", 16))
    )
    waiting = term(desk, 48, "business_hours", name="Otra", pauses_on=("customer",))
    desk.publish(term(desk, 1, "business_hours", cases=claims, pauses_on=("adr",)), waiting)
    ticket = desk.open()
    desk.pass_time("2026-11-16 12:00")
    hold(desk, ticket)
    desk.pass_to(ticket, "asked_customer")
    desk.pass_time("2026-11-17 12:00")
    desk.write(ticket)
    desk.pass_time("2026-11-18 12:00")
    desk.classify(ticket, priority="high")
    held = row(ticket, "resolution")
    assert (held.name, held.state, held.amount) == ("Resolución", State.PAUSED, 16)
    assert_agrees(desk, ticket)


def test_what_one_note_did_to_several_terms_is_told_once_of_each_that_replaces_one(desk: Desk) -> None:
    """A wait for the customer goes on through a note that holds other terms."""
    cases = tuple(
        Case(types=(type,), term=Term(amount=amount, unit="business_hours"))
        for type, amount in (("claim", 48), ("inquiry", 60))
    )
    waits = {"Resolución": WAITS, "Otra": ("adr",), "Sin nota": ("customer",)}
    desk.publish(*(term(desk, 1, "business_hours", name=name, cases=cases, pauses_on=on) for name, on in waits.items()))
    ticket = desk.open()
    desk.pass_to(ticket, "asked_customer")
    desk.pass_time("2026-11-16 12:00")
    hold(desk, ticket)
    desk.pass_time("2026-11-17 12:00")
    pausing.release(access=desk.access, ticket=ticket, note="La Junta resolvió.")
    for day, type in ((18, "inquiry"), (19, "claim")):
        desk.pass_time(f"2026-11-{day} 12:00")
        desk.classify(ticket, type=type)
        assert_agrees(desk, ticket)
    states = {one.name: [reason for _, _, reason in one.pauses] for one in rows(ticket)[-3:]}
    assert states == {"Resolución": ["customer", "adr", "customer"], "Otra": ["adr"], "Sin nota": ["customer"]}


def test_a_term_waits_for_nothing_that_its_policy_does_not_name(desk: Desk) -> None:
    desk.publish_packs("ley-10-2025")
    ticket = desk.open()
    for reason, note, error in (
        ("adr", "Porque sí", ConflictError),
        ("customer", "Porque sí", InputError),
        ("adr", " ", InputError),
    ):
        with pytest.raises(error):
            hold(desk, ticket, reason, note)
    assert not Interaction.objects.filter(kind=Interaction.Kind.NOTE).exists()
    with pytest.raises(ConflictError):
        pausing.release(access=desk.access, ticket=ticket, note="Sigue")
    reader: Access = replace(desk.access, role="auditor")
    with pytest.raises(AccessDenied):
        pausing.hold(access=reader, ticket=ticket, reason="adr", note="x")
    assert row(ticket, "resolution").state == State.RUNNING


def test_waiting_for_agreement_stops_a_term_only_where_its_policy_says_so(desk: Desk) -> None:
    desk.publish(
        term(desk, 48, "business_hours", pauses_on=("conformity",)),
        term(desk, 15, "business_days", name="Ley 10/2025, resolución"),
    )
    ticket = desk.open()
    desk.pass_time("2026-11-16 12:00")
    desk.pass_to(ticket, "asked_conformity")
    assert [one.state for one in rows(ticket)] == [State.PAUSED, State.RUNNING]
    desk.pass_time("2026-11-18 12:00")
    desk.pass_to(ticket, "disagreed")
    assert row(ticket, "resolution").state == State.RUNNING
    assert_agrees(desk, ticket)


def test_a_term_that_first_applies_to_a_case_that_waits_stands_still_from_now_on(desk: Desk) -> None:
    desk.publish(
        term(
            desk,
            48,
            "business_hours",
            cases=(Case(types=("claim",), term=Term(amount=48, unit="business_hours")),),
            pauses_on=("customer",),
        )
    )
    ticket = desk.open("thanks")
    desk.pass_time("2026-11-16 12:00")
    desk.pass_to(ticket, "asked_customer")
    desk.pass_time("2026-11-20 12:00")
    desk.classify(ticket, type="claim")
    late = row(ticket, "resolution")
    assert (late.started_at, late.paused_at) == (at("2026-11-16 10:00"), at("2026-11-20 12:00"))
    assert_agrees(desk, ticket)


def test_a_reclassified_case_keeps_the_calendar_that_it_was_opened_by(desk: Desk) -> None:
    desk.publish_packs("ley-10-2025")
    ticket = desk.open()
    desk.pass_time("2026-11-17 12:00")
    desk.calendar_of("Taller", SCARCE, base=1)
    desk.classify(ticket, matter="billing")
    assert [one.calendar_version for one in rows(ticket, "resolution")] == [1, 1]
    assert_agrees(desk, ticket)


def test_a_case_is_opened_though_its_calendar_does_not_reach_and_its_term_is_started_once_it_does(desk: Desk) -> None:
    desk.publish(
        term(desk, 1000, "business_hours"),
        term(desk, 24, "natural_hours", purpose="first_response", name="Primera respuesta"),
    )
    desk.calendar_of("Taller", SCARCE, base=1)
    ticket = desk.open()
    assert [one.name for one in rows(ticket)] == ["Primera respuesta"]
    assert "deadline.deferred" in desk.told(ticket)
    assert deadlines_of(desk.access, ticket).deferred == ("Resolución",)
    desk.pass_time("2026-11-16 12:00")
    desk.reply(ticket)
    desk.pass_to(ticket, "asked_customer")
    assert_agrees(desk, ticket)
    with pytest.raises(ConflictError, match="still ends before"):
        pausing.start_deferred(access=desk.access, ticket=ticket)
    desk.calendar_of("Taller", base=2)
    pausing.start_deferred(access=desk.access, ticket=ticket)
    started = row(ticket, "resolution")
    assert (started.state, started.started_at, started.calendar_version) == (State.RUNNING, at("2026-11-16 10:00"), 3)
    assert deadlines_of(desk.access, ticket).deferred == ()
    assert_agrees(desk, ticket)
    with pytest.raises(ConflictError, match="No term"):
        pausing.start_deferred(access=desk.access, ticket=ticket)


def test_a_customer_who_answers_after_years_is_heard_though_the_calendar_ended_meanwhile(desk: Desk) -> None:
    desk.publish(term(desk, 48, "business_hours", pauses_on=WAITS))
    renewed, ended = desk.open(), desk.open()
    for ticket in (renewed, ended):
        desk.pass_to(ticket, "asked_customer")
    desk.pass_time("2027-06-01 12:00")
    desk.calendar_of("Taller", ALWAYS, base=1)
    desk.pass_time("2029-12-31 12:00")
    desk.write(renewed)
    first, second = rows(renewed, "resolution")
    assert (first.state, second.state, second.calendar_version) == (State.WITHDRAWN, State.RUNNING, 2)
    assert deadlines_of(desk.access, renewed).deferred == ()
    assert_agrees(desk, renewed)
    desk.pass_time("2030-12-31 12:00")
    desk.write(ended)
    assert {one.state for one in rows(ended, "resolution")} == {State.WITHDRAWN}
    assert deadlines_of(desk.access, ended).deferred == ("Resolución",)
    assert_agrees(desk, ended)
    assert set(Ticket.objects.values_list("status", flat=True)) == {"open"}
