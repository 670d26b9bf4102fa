"""What a late company may try so that its file makes it look punctual: each is refused, told or changes nothing.

Whoever runs the installation writes the facts. A file cannot show what they never wrote; it shows what does not follow.
"""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from acuse.clock import to_rfc3339
from acuse.doors.portal.deadline_words import deadline_remarks
from acuse.proof.archive import Archive
from acuse.proof.business_time import CalendarVersion, Term
from acuse.proof.facts.fact import Fact
from acuse.proof.policy import Case
from acuse.proof.report import Report, State
from acuse.proof.verdicts.deadlines import judge
from acuse.proof.verdicts.deadlines.noting import TOLERANCE
from tests.unit.proof.calendars import at, make
from tests.unit.proof.test_verify import OPERATOR, check, failure
from tests.unit.proof.tickets import Ticket, named, ruled

CALENDAR = make(holidays={date(2026, 11, 9)})
TERM, LONG = Term(amount=48, unit="business_hours"), Term(amount=60, unit="business_hours")
OPENED = at("2026-11-05 10:20:14")
DUE = at("2026-11-16 10:20:14")
LATE = DUE + timedelta(days=1)
POLICY = ruled(
    CALENDAR,
    TERM,
    name="resolution",
    cases=(Case(priorities=("low",), term=LONG), Case(term=TERM)),
)


def case() -> Ticket:
    """A case whose resolution runs, by the policy that its opening says was in force."""
    ticket = Ticket(calendar=CALENDAR, policy=POLICY)
    ticket.opened(OPENED, **ticket.in_force())
    ticket.start("a", OPENED, TERM, by=ticket.facts[0])
    return ticket


def resolve(ticket: Ticket, when: datetime = LATE) -> Ticket:
    """The case is resolved, too late unless another time is said."""
    ticket.end("a", ticket.move(when, "resolved", before=ticket.status))
    return ticket


def verified(ticket: Ticket, facts: list[Fact] | None = None) -> Report:
    proof = OPERATOR.bundle(ticket.facts if facts is None else facts).to_json()
    return check(Archive(proof=proof, objects=ticket.objects).to_zip())


def found(ticket: Ticket) -> tuple[list[str], set[str]]:
    """The verdicts, and the keys of what is contradicted."""
    judged = judge(ticket.facts, sources(ticket), rules=ticket.rules)
    return [each.verdict for each in judged.deadlines], {each.key for each in judged.contradictions}


def sources(ticket: Ticket) -> dict[str, CalendarVersion]:
    """Every version of a calendar that the case cites."""
    cited = {item.sha256 for fact in ticket.facts for item in fact.objects if item.role == "calendar"}
    return {digest: CalendarVersion.parse(ticket.objects[digest]) for digest in cited}


def test_who_does_nothing_of_the_kind_is_late() -> None:
    assert found(resolve(case())) == (["missed"], set())
    assert "resolution missed" in verified(resolve(case())).to_text()


@pytest.mark.parametrize("place", range(3))
def test_a_fact_is_dropped(place: int) -> None:
    ticket = resolve(case())
    kept = [*ticket.facts[:place], *ticket.facts[place + 1 :]]
    assert failure(verified(ticket, kept))[0] == 2
    if place:
        again = [replace(fact, subject_sequence=number) for number, fact in enumerate(kept, start=1)]
        assert failure(verified(ticket, again))[0] == 2


def test_facts_change_places() -> None:
    ticket = resolve(case())
    first, started, moved, ended = ticket.facts
    assert failure(verified(ticket, [first, moved, started, ended]))[0] == 2


def test_the_end_of_the_case_is_left_out() -> None:
    ticket = resolve(case())
    said = verified(ticket, ticket.facts[:2]).to_text()
    assert "Proved: resolution running as of 2026-11-05" in said
    assert "Not proved: that it was met; its time was over by the time stamp of" in said


def test_the_verdict_is_that_of_the_whole_wherever_a_file_ends() -> None:
    ticket = resolve(case())
    for count in range(1, len(ticket.facts) + 1):
        judged = judge(ticket.facts[:count], ticket.calendars, rules=ticket.rules)
        assert all(each.verdict != "met" for each in judged.deadlines)


def test_an_end_is_told_again_for_what_began_after_it() -> None:
    ticket = resolve(case(), DUE - timedelta(days=2))
    resolved = ticket.facts[2]
    again = ticket.reopen(DUE - timedelta(days=1), **ticket.in_force())
    ticket.start("b", again.occurred_at, TERM, by=again)
    ticket.end("b", resolved, at=LATE)
    judged = judge(ticket.facts, ticket.calendars, rules=ticket.rules, at=LATE + timedelta(days=20))
    assert ([each.verdict for each in judged.deadlines], judged.contradictions[-1].key) == (
        ["met", "missed"],
        "end_unfit",
    )


@pytest.mark.parametrize("asked", ["", "message", "denied", "before"])
def test_the_case_is_resolved_in_time_and_opened_again_by_nobody_s_wish(asked: str) -> None:
    """The term is met and another begins; a reopening that the customer brought about is none of that."""
    ticket = case()
    said: dict[str, Any] = {"channel": "email", "author": "ana@correo.example", "subject": "Re"}
    resolved = DUE - timedelta(hours=2)
    if asked == "before":
        ticket.add("message.received", resolved - timedelta(hours=1), **said)
    resolve(ticket, resolved)
    if asked == "message":
        ticket.add("message.received", DUE, **said)
    elif asked == "denied":
        ticket.add("conformity.denied", DUE, by="link", request="f", words="No conforme", comments="")
    again = ticket.move(DUE, "reopened", before="resolved", **ticket.in_force())
    ticket.start("b", DUE, TERM, by=again)
    report = verified(ticket)
    honest = asked in ("message", "denied")
    assert report.to_members()["opened_unasked"] == ([] if honest else [str(again.id)])
    line = "opened it again, and no message of the customer lies between.\n"
    assert (line in report.to_text()) is not honest


CALLED: dict[str, Any] = {"call": named("ca"), "line": named("1"), "result": "answered"}
AGREED: dict[str, Any] = {"by": "link", "request": named("f"), "words": "Conforme", "comments": ""}


def test_a_call_that_the_organisation_notes_does_not_make_a_reopening_asked_for_and_is_named() -> None:
    ticket = resolve(case(), DUE - timedelta(hours=2))
    call = ticket.add("call.added", DUE, started_at=to_rfc3339(DUE), **CALLED)
    again = ticket.move(DUE, "reopened", before="resolved", **ticket.in_force())
    report = verified(ticket)
    assert report.to_members()["opened_unasked"] == [str(again.id)]
    noted = f"calls that the organisation itself noted there, by number of fact: {call.subject_sequence}"
    assert f"no message of the customer lies between; {noted}.\n" in report.to_text()
    with translation.override("es"):
        (said,) = deadline_remarks(judge(ticket.facts, ticket.calendars))
    assert "sin que conste ningún mensaje del cliente" in said
    assert said.endswith(
        f"Llamadas que la propia organización anotó entre ambos, por número de hecho: {call.subject_sequence}."
    )


@pytest.mark.parametrize("agreed", ["before", "after"])
def test_what_the_customer_agreed_to_was_solved_until_it_is_opened_again(agreed: str) -> None:
    ticket, resolved = case(), DUE - timedelta(hours=2)
    if agreed == "before":
        ticket.add("conformity.given", resolved, **AGREED)
    resolve(ticket, resolved)
    if agreed == "after":
        ticket.add("conformity.given", DUE, **AGREED)
    ticket.move(DUE, "reopened", before="resolved", **ticket.in_force())
    assert verified(ticket).to_members()["opened_unasked"] == []
    assert "that the case was solved" not in verified(ticket).to_text()
    ticket.move(DUE, "resolved", before="reopened")
    again = ticket.move(DUE, "reopened", before="resolved", **ticket.in_force())
    assert verified(ticket).to_members()["opened_unasked"] == [str(again.id)], "nobody agreed to what came after"


@pytest.mark.parametrize("reason", ["customer", "documents", "adr"])
def test_a_pause_is_thought_up_when_it_is_too_late(reason: str) -> None:
    ticket = case()
    ticket.pause("a", DUE - timedelta(days=3), reason, recorded_at=LATE)
    ticket.resume("a", LATE, DUE)
    verdicts, keys = found(resolve(ticket, LATE + timedelta(hours=1)))
    assert verdicts == ["missed"]
    assert "noted_late" in keys


def test_a_pause_lasts_on_though_the_customer_answered() -> None:
    ticket = case()
    ticket.pause("a", OPENED + timedelta(hours=1))
    answered = OPENED + timedelta(hours=2)
    ticket.add("message.received", answered, channel="email", author="ana@correo.example", subject="Re")
    assert found(resolve(ticket)) == (["missed"], {"resume_missing"})


def test_what_was_done_late_is_dated_back() -> None:
    ticket = case()
    ticket.end("a", ticket.move(DUE - timedelta(hours=1), "resolved", recorded_at=LATE), at=LATE)
    assert found(ticket) == (["missed"], {"noted_late"})


def test_the_clock_is_set_back_with_it() -> None:
    ticket = case()
    ticket.noted(LATE)
    verdicts, keys = found(resolve(ticket, DUE - timedelta(hours=1)))
    assert (verdicts, keys) == (["met"], {"noted_back"})


@given(st.lists(st.integers(1, 59), min_size=3, max_size=12))
def test_the_clock_is_set_back_little_by_little(steps: list[int]) -> None:
    """No step is over a minute; together they are."""
    ticket, back = case(), timedelta()
    ticket.noted(LATE)
    for seconds in steps:
        back += timedelta(seconds=seconds)
        ticket.noted(LATE - back)
    _, keys = found(ticket)
    assert keys == ({"noted_back"} if back > TOLERANCE else set())


def test_the_case_becomes_another_when_it_is_too_late() -> None:
    """What replaces a deadline counts from the same, and what was missed stays missed."""
    ticket = case()
    low = ticket.add("ticket.classified", LATE, type="claim", priority="low", matter="")
    ticket.withdraw("a", LATE, by=low)
    ticket.start("b", OPENED, LONG, by=ticket.facts[0], recorded_at=LATE)
    ticket.end("b", ticket.move(LATE + timedelta(minutes=1), "resolved", before="new"))
    assert found(ticket) == (["missed", "met"], set())


def test_the_case_is_another_for_a_moment() -> None:
    """Classified as one with a longer term, started so, and put back as it was."""
    ticket = Ticket(calendar=CALENDAR, policy=POLICY)
    ticket.opened(OPENED, **ticket.in_force())
    ticket.add("ticket.classified", OPENED, type="claim", priority="low", matter="")
    ticket.start("a", OPENED, LONG, by=ticket.facts[0])
    ticket.add("ticket.classified", OPENED, type="claim", priority="medium", matter="")
    verdicts, keys = found(resolve(ticket))
    assert (verdicts, keys) == (["met"], {"term_missing"})


def test_other_terms_are_published_between() -> None:
    ticket = case()
    ticket.withdraw("a", OPENED + timedelta(hours=1))
    ticket.policy = ruled(CALENDAR, LONG, name="resolution")
    ticket.start("b", OPENED, LONG, by=ticket.facts[0], version=4, policy=ticket.policy, recorded_at=LATE)
    _, keys = found(ticket)
    assert {"rule_superseded", "term_missing"} & keys >= {"rule_superseded"}


def other_calendar(version: int) -> CalendarVersion:
    """A calendar with two more holidays."""
    return make(holidays={date(2026, 11, day) for day in (9, 12, 13)}, version=version)


@pytest.mark.parametrize("version", [7, 8])
def test_the_calendar_gets_holidays_after_the_fact(version: int) -> None:
    """Another text under the same number, or a version of later; the deadline is started by it in place of another."""
    ticket = case()
    ticket.withdraw("a", DUE - timedelta(days=1))
    ticket.calendar = other_calendar(version)
    ticket.start("b", OPENED, TERM, by=ticket.facts[0], recorded_at=DUE - timedelta(days=1))
    ticket.end("b", ticket.move(DUE + timedelta(hours=1), "resolved", before="new"))
    assert found(ticket) == (["withdrawn", "met"], {"calendar_differs"})


def test_what_was_deferred_is_started_by_a_later_version_of_its_calendar() -> None:
    """That is no attack: the version of then could not count it."""
    far = Term(amount=3000, unit="business_hours")
    ticket = Ticket(calendar=CALENDAR, policy=ruled(CALENDAR, far, name="resolution"))
    ticket.opened(OPENED, **ticket.in_force())
    ticket.defer(OPENED, far, by=ticket.facts[0])
    ticket.calendar = make(last=date(2029, 12, 31), version=8)
    ticket.start("a", OPENED, far, by=ticket.facts[0], recorded_at=LATE)
    assert found(ticket) == (["running"], set())
    ticket.noted(LATE)
    assert judge(ticket.facts, sources(ticket), rules=ticket.rules).deferred == ()


def test_a_term_is_deferred_and_never_started() -> None:
    """A calendar that ends soon excuses it for ever: the verifier names it, because nothing is judged of it."""
    soon = make(last=date(2026, 11, 6))
    ticket = Ticket(calendar=soon, policy=POLICY)
    ticket.opened(OPENED, **ticket.in_force())
    ticket.defer(OPENED, TERM, by=ticket.facts[0])
    ticket.move(LATE, "resolved", before="new")
    report = verified(ticket)
    assert report.state is State.VALID
    assert (
        "Not judged: “resolution”, which fact 2 defers, saying that version 7 of its calendar ends before it would; "
        "nothing has started it since."
    ) in report.to_text()
    assert report.to_members()["deferred"] == [str(ticket.facts[1].id)]


@pytest.mark.parametrize(("answered", "verdict"), [("2026-10-25 11:00:00", "met"), ("2026-10-25 11:00:01", "missed")])
def test_the_hour_that_clocks_show_twice_is_no_hour_more(answered: str, verdict: str) -> None:
    day = Term(amount=24, unit="natural_hours")
    ticket = Ticket(calendar=CALENDAR, policy=ruled(CALENDAR, day, name="first_response", purpose="first_response"))
    opened = at("2026-10-24 12:00:00")
    ticket.opened(opened, **ticket.in_force())
    ticket.start("a", opened, day, by=ticket.facts[0], purpose="first_response")
    ticket.end("a", ticket.reply(at(answered)))
    assert found(ticket) == ([verdict], set())


def swapped(raw: bytes) -> bytes:
    return raw.replace(b'"amount":48', b'"amount":60')


def holidays(raw: bytes) -> bytes:
    return raw.replace(b'"2026-11-10",', b"")


@pytest.mark.parametrize("forge", [swapped, holidays])
def test_what_the_facts_cite_is_exchanged(forge: Callable[[bytes], bytes]) -> None:
    ticket = resolve(case())
    objects = {hashlib.sha256(forge(raw)).hexdigest(): forge(raw) for raw in ticket.objects.values()}
    assert objects != ticket.objects
    proof = OPERATOR.bundle(ticket.facts).to_json()
    assert check(Archive(proof=proof, objects=objects).to_zip()).state is State.INVALID
