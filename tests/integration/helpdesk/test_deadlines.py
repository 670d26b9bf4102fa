"""What happens to a case, and what becomes of its terms: row, fact and the verifier's verdict agree."""

import random
from contextlib import suppress
from datetime import date, timedelta

import pytest

from acuse.accounts import services as accounts
from acuse.calendars.rules import ClosedDay
from acuse.embedded.roles import Addresses
from acuse.errors import ConflictError, InputError
from acuse.evidence import custody
from acuse.evidence.queries import facts_of
from acuse.helpdesk.jobs.deadlines import attend_due
from acuse.helpdesk.models import Deadline, PolicyVersion, Ticket
from acuse.helpdesk.services.mailboxes import add_mailbox
from acuse.helpdesk.services.replies import Answer, reply, send_due
from acuse.proof.business_time import Term
from acuse.proof.canonical import parse
from acuse.proof.facts.ticket import MATTERS, TYPE_NAMES
from acuse.proof.policy import Case, Policy
from tests.integration.helpdesk.cases import ALWAYS, Desk, assert_agrees, make_desk, row, rows, term
from tests.unit.proof.calendars import at

State = Deadline.State


@pytest.fixture
def desk(database: Addresses, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return make_desk(monkeypatch)


def test_a_case_begins_with_the_terms_of_its_policy(desk: Desk) -> None:
    desk.publish_packs("standard", "ley-10-2025")
    ticket = desk.open()
    names = {one.name: one.due_at for one in rows(ticket)}
    assert names == {
        "Primera respuesta": at("2026-11-17 10:00"),
        "Resolución": at("2026-11-24 10:00"),
        "Ley 10/2025, resolución": at("2026-12-07 23:59:59.999999"),
    }
    (started, *_) = [fact for fact in desk.facts(ticket) if fact.type == "deadline.started"]
    policy = PolicyVersion.objects.get()
    assert started.details["rule"] == {"policy": "Primera respuesta", "version": 1, "digest": policy.sha256}
    assert [item.role for item in started.objects] == ["calendar", "rule"]
    kept = custody.open_object(organisation=desk.access.organisation, sha256=policy.sha256)
    assert parse(kept) == policy.terms
    assert Ticket.objects.get(id=ticket).due_purpose == "first_response"
    assert_agrees(desk, ticket)


def test_thanks_have_no_terms_and_no_policy_has_none_either(desk: Desk) -> None:
    before = desk.open()
    desk.publish_packs("standard")
    after = desk.open("thanks")
    assert [rows(before), rows(after)] == [[], []]
    assert Ticket.objects.get(id=before).due_at is None


def test_an_answer_of_a_person_ends_the_first_response_and_an_automatic_one_does_not(desk: Desk) -> None:
    desk.publish_packs("standard")
    ticket = desk.open()
    desk.pass_time("2026-11-16 10:00:01")
    desk.reply(ticket, automatic=True)
    assert row(ticket, "first_response").state == State.RUNNING
    desk.pass_time("2026-11-16 12:00")
    desk.reply(ticket)
    assert row(ticket, "first_response").state == State.MET
    ended = next(fact for fact in desk.facts(ticket) if fact.type == "deadline.ended")
    by = desk.facts(ticket)[ended.details["ended_by"]["sequence"] - 1]
    assert (by.type, by.occurred_at) == ("reply.sent", at("2026-11-16 12:00"))
    assert Ticket.objects.get(id=ticket).due_purpose == "resolution"
    assert_agrees(desk, ticket)


def test_zammad_5177_a_resolution_that_is_shorter_than_the_first_response_does_not_overrule_it(desk: Desk) -> None:
    response = term(desk, 8, "business_hours", purpose="first_response", name="Primera respuesta")
    desk.publish(response, term(desk, 2, "business_hours"))
    ticket = desk.open()
    assert [one.due_at for one in rows(ticket)] == [at("2026-11-17 10:00"), at("2026-11-16 12:00")]
    desk.pass_time("2026-11-16 17:00")
    attend_due()
    assert [one.state for one in rows(ticket)] == [State.RUNNING, State.OVERDUE]
    desk.reply(ticket)
    assert [one.state for one in rows(ticket)] == [State.MET, State.OVERDUE]
    assert_agrees(desk, ticket)


def test_what_is_answered_at_the_very_end_is_answered_in_time_and_a_microsecond_later_is_not(desk: Desk) -> None:
    desk.publish_packs("standard")
    on_time, late = desk.open(), desk.open()
    desk.pass_time("2026-11-17 10:00")
    desk.reply(on_time)
    desk.now += timedelta(microseconds=1)
    desk.reply(late)
    assert [row(one, "first_response").state for one in (on_time, late)] == [State.MET, State.MISSED]
    assert desk.told(late)[-2:] == ["deadline.missed", "deadline.ended"]
    for ticket in (on_time, late):
        assert_agrees(desk, ticket)


def test_waiting_for_the_customer_stops_what_waits_for_the_customer(desk: Desk) -> None:
    desk.publish_packs("standard", "ley-10-2025")
    ticket = desk.open()
    desk.reply(ticket)
    desk.pass_time("2026-11-16 12:00")
    desk.pass_to(ticket, "asked_customer")
    standard, law = rows(ticket, "resolution")
    assert (standard.state, standard.due_at, standard.next_at) == (State.PAUSED, None, None)
    assert law.state == State.RUNNING
    assert_agrees(desk, ticket)
    desk.pass_time("2026-11-18 12:00")
    desk.pass_to(ticket, "taken_up")
    standard, _ = rows(ticket, "resolution")
    assert (standard.state, standard.due_at) == (State.RUNNING, at("2026-11-26 10:00"))
    assert_agrees(desk, ticket)


def test_the_customer_s_answer_lets_it_go_on_from_when_it_came_however_late_it_is_filed(desk: Desk) -> None:
    desk.publish_packs("standard")
    ticket = desk.open()
    desk.reply(ticket)
    desk.pass_to(ticket, "asked_customer")
    desk.pass_time("2026-11-18 14:00")
    desk.write(ticket, ago=timedelta(hours=4))
    assert row(ticket, "resolution").due_at == at("2026-11-26 10:00")
    assert desk.told(ticket).count("deadline.resumed") == 1
    assert_agrees(desk, ticket)


def test_a_pause_that_begins_when_the_time_is_over_changes_nothing(desk: Desk) -> None:
    desk.publish_packs("standard")
    ticket = desk.open()
    desk.pass_time("2026-11-24 10:00:00.000001")
    desk.pass_to(ticket, "asked_customer")
    assert row(ticket, "resolution").state == State.OVERDUE
    assert "deadline.paused" not in desk.told(ticket)
    attend_due()
    assert_agrees(desk, ticket)


def test_two_pauses_in_hours_leave_exactly_what_is_left(desk: Desk) -> None:
    desk.publish(term(desk, 48, "business_hours", pauses_on=("customer",)))
    ticket = desk.open()
    for start, end in (("2026-11-16 12:00", "2026-11-16 13:30"), ("2026-11-17 13:00", "2026-11-19 17:00")):
        desk.pass_time(start)
        desk.pass_to(ticket, "asked_customer")
        desk.pass_time(end)
        desk.pass_to(ticket, "taken_up")
        assert_agrees(desk, ticket)
    assert row(ticket, "resolution").due_at == at("2026-11-26 13:30")
    assert [reason for _, _, reason in row(ticket, "resolution").pauses] == ["customer", "customer"]


@pytest.mark.parametrize("event", ["agreed", "closed_by_silence"])
def test_what_is_closed_has_no_term_that_runs(desk: Desk, event: str) -> None:
    desk.publish_packs("standard", "ley-10-2025")
    ticket = desk.open()
    desk.ask_for_documents(ticket)
    desk.pass_time("2026-11-19 12:00")
    desk.pass_to(ticket, event)
    states = {one.name: one.state for one in rows(ticket)}
    assert states.pop("Subsanación") == State.WITHDRAWN
    assert set(states.values()) == {State.MET}
    assert not Deadline.objects.filter(next_at__isnull=False).exists()
    assert_agrees(desk, ticket)


def test_what_is_closed_without_an_answer_ends_the_first_response_too_and_late_is_late(desk: Desk) -> None:
    desk.publish_packs("standard")
    ticket = desk.open()
    desk.pass_time("2026-11-18 12:00")
    desk.pass_to(ticket, "agreed")
    assert row(ticket, "first_response").state == State.MISSED
    assert row(ticket, "resolution").state == State.MET
    assert Ticket.objects.get(id=ticket).missed == 1
    assert_agrees(desk, ticket)


def test_opening_it_again_starts_the_resolution_anew_as_a_deadline_of_its_own(desk: Desk) -> None:
    desk.publish_packs("standard")
    ticket = desk.open()
    desk.reply(ticket)
    desk.pass_time("2026-11-17 12:00")
    desk.pass_to(ticket, "agreed")
    desk.pass_time("2026-11-20 18:00")
    desk.write(ticket)
    first, second = rows(ticket, "resolution")
    assert (first.state, first.ended_at) == (State.MET, at("2026-11-17 12:00"))
    assert (second.state, second.started_at) == (State.RUNNING, at("2026-11-20 18:00"))
    assert len(rows(ticket, "first_response")) == 1
    assert_agrees(desk, ticket)


def test_a_denied_solution_starts_nothing_while_the_resolution_still_runs(desk: Desk) -> None:
    desk.publish_packs("standard")
    ticket = desk.open()
    desk.pass_to(ticket, "asked_conformity")
    desk.pass_to(ticket, "disagreed")
    assert len(rows(ticket, "resolution")) == 1
    assert_agrees(desk, ticket)


def test_the_law_s_term_begins_again_when_the_claim_is_complete(desk: Desk) -> None:
    desk.publish_packs("ley-10-2025")
    ticket = desk.open()
    desk.pass_time("2026-11-20 12:00")
    desk.ask_for_documents(ticket)
    assert row(ticket, "resolution").state == State.PAUSED
    completion = row(ticket, "completion")
    assert (completion.state, completion.due_at) == (State.RUNNING, at("2026-12-04 23:59:59.999999"))
    assert Ticket.objects.get(id=ticket).due_at is None
    assert_agrees(desk, ticket)
    desk.pass_time("2026-11-26 12:00")
    desk.write(ticket)
    assert row(ticket, "completion").state == State.MET
    resolution = row(ticket, "resolution")
    assert (resolution.counted_from, resolution.due_at) == (desk.now, at("2026-12-17 23:59:59.999999"))
    assert_agrees(desk, ticket)


def test_an_answer_that_asks_for_what_the_claim_lacks_starts_the_customer_s_term_when_it_leaves(desk: Desk) -> None:
    accounts.add_sender_identity(organisation=desk.access.organisation, pattern="@ribera.example")
    add_mailbox(access=desk.access, name="Atención al cliente", address="atencion@ribera.example")
    desk.publish_packs("standard", "ley-10-2025")
    ticket = desk.open()
    asked = Answer(subject="Su caso", body="Envíe la factura.", language="es", certified=False, act="data_request")
    reply(access=desk.access, ticket=ticket, answer=asked)
    assert rows(ticket, "completion") == []
    desk.pass_time("2026-11-16 10:05")
    send_due()
    assert row(ticket, "first_response").state == State.MET
    assert [one.state for one in rows(ticket, "resolution")] == [State.PAUSED, State.PAUSED]
    assert row(ticket, "completion").started_at == desk.now
    assert_agrees(desk, ticket)


def test_whoever_never_completes_misses_a_term_of_their_own_and_not_the_organisation_s(desk: Desk) -> None:
    desk.publish_packs("ley-10-2025")
    ticket = desk.open()
    desk.ask_for_documents(ticket)
    desk.pass_time("2026-12-20 12:00")
    attend_due()
    attend_due()
    assert row(ticket, "completion").state == State.OVERDUE
    assert row(ticket, "resolution").state == State.PAUSED
    assert Ticket.objects.get(id=ticket).missed == 0
    assert_agrees(desk, ticket)


def test_asking_again_gives_the_customer_a_new_term(desk: Desk) -> None:
    desk.publish_packs("ley-10-2025")
    ticket = desk.open()
    desk.ask_for_documents(ticket)
    desk.pass_time("2026-11-18 12:00")
    desk.ask_for_documents(ticket)
    first, second = rows(ticket, "completion")
    assert (first.state, second.state, second.started_at) == (State.WITHDRAWN, State.RUNNING, desk.now)
    assert_agrees(desk, ticket)


def test_without_a_term_for_it_what_waits_for_documents_stands_still_all_the_same(desk: Desk) -> None:
    desk.publish(term(desk, 48, "business_hours", pauses_on=("documents",)))
    ticket = desk.open()
    desk.ask_for_documents(ticket)
    assert rows(ticket, "completion") == []
    assert row(ticket, "resolution").state == State.PAUSED
    desk.pass_to(ticket, "taken_up")
    assert row(ticket, "resolution").state == State.RUNNING
    assert_agrees(desk, ticket)


def test_another_type_replaces_the_terms_that_are_others_from_where_the_case_was_opened(desk: Desk) -> None:
    desk.publish_packs("ley-10-2025")
    ticket = desk.open()
    desk.pass_time("2026-11-17 12:00")
    desk.classify(ticket, matter="billing")
    old, new = rows(ticket, "resolution")
    assert (old.state, old.due_at) == (State.WITHDRAWN, at("2026-12-07 23:59:59.999999"))
    assert (new.state, new.started_at, new.due_at) == (
        State.RUNNING,
        at("2026-11-16 10:00"),
        at("2026-11-21 23:59:59.999999"),
    )
    assert_agrees(desk, ticket)
    desk.classify(ticket, priority="high")
    assert len(rows(ticket)) == 2


def test_glpi_6902_what_replaces_a_term_stood_still_when_that_did(desk: Desk) -> None:
    high = Case(priorities=("high",), term=Term(amount=16, unit="business_hours"))
    other = Case(term=Term(amount=48, unit="business_hours"))
    desk.publish(term(desk, 1, "business_hours", cases=(high, other), pauses_on=("customer",)))
    ticket = desk.open()
    for moment, event in (("16 12:00", "asked_customer"), ("17 12:00", "taken_up"), ("17 13:00", "asked_customer")):
        desk.pass_time(f"2026-11-{moment}")
        desk.pass_to(ticket, event)
    desk.pass_time("2026-11-18 12:00")
    desk.classify(ticket, priority="high")
    assert row(ticket, "resolution").state == State.PAUSED
    assert_agrees(desk, ticket)
    desk.pass_to(ticket, "taken_up")
    assert row(ticket, "resolution").due_at == at("2026-11-19 19:00")
    assert_agrees(desk, ticket)


def test_a_case_that_turns_out_to_be_thanks_has_no_terms_any_more_and_may_have_them_again(desk: Desk) -> None:
    desk.publish_packs("standard")
    ticket = desk.open()
    desk.classify(ticket, type="thanks")
    assert {one.state for one in rows(ticket)} == {State.WITHDRAWN}
    assert Ticket.objects.get(id=ticket).due_at is None
    desk.pass_time("2026-11-16 11:00")
    desk.reply(ticket)
    desk.pass_time("2026-11-20 11:00")
    desk.classify(ticket, type="claim")
    assert [one.purpose for one in rows(ticket) if one.state == State.RUNNING] == ["resolution"]
    response = row(ticket, "first_response")
    assert (response.state, response.ended_at) == (State.MET, at("2026-11-16 11:00")), "by the answer before"
    assert row(ticket, "resolution").started_at == at("2026-11-16 10:00")
    assert_agrees(desk, ticket)


def test_a_term_that_was_over_before_stays_missed_when_another_replaces_it(desk: Desk) -> None:
    short = Case(priorities=("medium",), term=Term(amount=2, unit="business_hours"))
    long = Case(term=Term(amount=80, unit="business_hours"))
    desk.publish(term(desk, 1, "business_hours", cases=(short, long)))
    ticket = desk.open()
    desk.pass_time("2026-11-16 18:00")
    desk.classify(ticket, priority="low")
    assert [one.state for one in rows(ticket)] == [State.MISSED, State.RUNNING]
    assert_agrees(desk, ticket)


def test_frappe_helpdesk_2449_editing_calendar_or_policy_changes_no_term_that_runs(desk: Desk) -> None:
    desk.publish_packs("standard")
    ticket = desk.open()
    before = list(Deadline.objects.values().order_by("id"))
    holiday = ClosedDay(date=date(2026, 11, 18), name="Fiesta local")
    desk.calendar_of("Taller", local=[holiday], base=1)
    desk.publish(term(desk, 1, "business_hours"), base=1)
    assert list(Deadline.objects.values().order_by("id")) == before
    desk.pass_to(ticket, "asked_customer")
    desk.pass_to(ticket, "taken_up")
    assert row(ticket, "resolution").due_at == at("2026-11-24 10:00")
    desk.classify(ticket, priority="high")
    assert [one.name for one in rows(ticket)] == ["Primera respuesta", "Resolución"]
    assert_agrees(desk, ticket)
    other = desk.open()
    assert row(other, "resolution").due_at == at("2026-11-16 11:00")
    assert row(other, "resolution").calendar_version == 2
    assert_agrees(desk, other)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "due"),
    [
        # Clocks go back on 25 October at 3: that day has 25 hours; forward on 28 March at 2.
        ("2026-10-24 12:00", 24, "natural_hours", "2026-10-25 11:00"),
        ("2026-10-24 12:00", 24, "business_hours", "2026-10-25 11:00"),
        ("2026-10-24 12:00", 1, "natural_days", "2026-10-25 23:59:59.999999"),
        ("2026-03-28 12:00", 24, "natural_hours", "2026-03-29 13:00"),
        ("2026-03-28 12:00", 24, "business_hours", "2026-03-29 13:00"),
    ],
)
def test_clock_changes_move_no_term(desk: Desk, start: str, amount: int, unit: str, due: str) -> None:
    desk.calendar = desk.calendar_of("Siempre", ALWAYS)
    desk.publish(term(desk, amount, unit))
    desk.pass_time(start)
    ticket = desk.open()
    assert row(ticket, "resolution").due_at == at(due)
    assert_agrees(desk, ticket)


def test_a_policy_is_published_once_by_a_manager_with_its_fact(desk: Desk) -> None:
    desk.publish_packs("standard")
    organisation = desk.access.organisation
    fact = facts_of(organisation=organisation, kind="organisation", id=organisation)[-1].fact
    assert (fact.type, fact.details, fact.actor.id) == ("policy.published", {"version": 1}, str(desk.access.member))
    with pytest.raises(ConflictError, match="Nothing is different"):
        publish_again(desk, base=1)
    with pytest.raises(ConflictError, match="meanwhile"):
        publish_again(desk, base=0)


def publish_again(desk: Desk, base: int) -> None:
    policy = Policy.from_members(PolicyVersion.objects.get().terms)
    desk.publish(*policy.terms, base=base)


def test_a_term_longer_than_its_calendar_is_refused_when_it_is_published(desk: Desk) -> None:
    with pytest.raises(InputError, match="longer than what its calendar covers"):
        desk.publish(term(desk, 5000, "business_days"))


EVENTS = ("asked_customer", "taken_up", "asked_conformity", "agreed", "disagreed", "closed_by_silence", "reopened")


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_in_whatever_order_rows_and_verifier_agree(desk: Desk, seed: int) -> None:
    chance = random.Random(seed)
    desk.publish_packs("standard", "ley-10-2025")
    ticket = desk.open(chance.choice(TYPE_NAMES))
    for _ in range(14):
        desk.now += timedelta(hours=chance.choice([0, 1, 5, 24, 70]), microseconds=1)
        attend_due()
        happens = chance.choice(["event", "event", "event", "write", "reply", "documents", "class"])
        # What cannot happen to a case of this status is refused, and changes nothing.
        with suppress(ConflictError):
            if happens == "event":
                desk.pass_to(ticket, chance.choice(EVENTS))
            elif happens == "write":
                desk.write(ticket)
            elif happens == "reply":
                desk.reply(ticket, automatic=chance.choice([True, False]))
            elif happens == "documents":
                desk.ask_for_documents(ticket)
            else:
                desk.classify(ticket, type=chance.choice(TYPE_NAMES), matter=chance.choice(MATTERS))
        while attend_due():
            pass
        assert_agrees(desk, ticket)
