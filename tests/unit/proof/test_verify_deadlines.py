"""The verifier on files about a ticket: it counts its deadlines again, from the file alone."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from acuse.clock import to_rfc3339
from acuse.proof import pdf
from acuse.proof.__main__ import main
from acuse.proof.archive import Archive
from acuse.proof.business_time import Term
from acuse.proof.business_time.term import Unit
from acuse.proof.canonical import canonicalise
from acuse.proof.facts.fact import Fact
from acuse.proof.judging import judged
from acuse.proof.report import Report, State
from acuse.proof.verdicts.deadlines import as_of_version, comparable
from tests.unit.proof.calendars import at, make
from tests.unit.proof.test_verify import OPERATOR, check, failure, pdf_evidence, states
from tests.unit.proof.tickets import Ticket, named, ruling

START = at("2026-11-05 10:20:14")


def solved() -> Ticket:
    """A ticket with one deadline met, one missed."""
    day, hours = Term(amount=24, unit="natural_hours"), Term(amount=48, unit="business_hours")
    calendar = make(holidays={date(2026, 11, 9)})
    ticket = Ticket(calendar=calendar, policy=ruling(calendar, first_response=day, resolution=hours))
    ticket.start("a", START, day, purpose="first_response")
    ticket.start("b", START, hours)
    ticket.end("a", ticket.reply(at("2026-11-05 14:07:51")))
    ticket.pause("b", at("2026-11-11 11:00:00"), "documents")
    due = at("2026-11-16 12:50:14")
    ticket.resume("b", at("2026-11-11 13:30:00"), due)
    ticket.miss("b", due)
    ticket.end("b", ticket.move(at("2026-11-16 16:02:14"), "resolved"))
    return ticket


TICKET = solved()
RAW = OPERATOR.bundle(TICKET.facts).to_json()


def stated(facts: list[Fact] = TICKET.facts) -> bytes:
    found = judged(tuple(facts), facts_up_to=2 * (len(facts) - 1), sources=TICKET.sources)
    assert found is not None
    return canonicalise(found.members)


def packed(**changes: bytes) -> bytes:
    """The archive of the ticket, with some of its parts replaced."""
    parts = {"proof": RAW, "statement": stated(), **changes}
    return Archive(proof=parts["proof"], statement=parts["statement"], objects=TICKET.objects).to_zip()


def test_the_deadlines_are_counted_again_and_told() -> None:
    report = check(packed())
    assert report.state is State.VALID
    assert report.steps[-1].text == "first_response met; resolution missed. The statement in the file says the same."
    assert report.deadlines is not None
    assert [each.verdict for each in report.deadlines.deadlines] == ["met", "missed"]
    said = report.to_text()
    assert "Proved: first_response met, 3 h 47 min of 24 natural hours; started" in said
    assert "Proved: resolution missed, 49 h 12 min of 48 business hours; started" in said
    assert "3 h 12 min late by the clock" in said
    assert "Proved: the case was entered, as " in said
    assert "started at 2026-11-05T09:20:14.000000Z by fact 1," in said
    assert "Not proved: that a version of the policy cited was in force when its deadline began" in said
    members = report.to_members()
    assert canonicalise(members)
    assert [each["verdict"] for each in members["deadlines"]] == ["met", "missed"]
    assert {each["started_by"] for each in members["deadlines"]} == {str(TICKET.facts[0].id)}


def about(name: str, **changes: object) -> bytes:
    """The statement of a document about one of the deadlines."""
    found = judged(tuple(TICKET.facts), facts_up_to=2 * (len(TICKET.facts) - 1), sources=TICKET.sources)
    assert found is not None
    return canonicalise({**found.members, "v": 7, "deadline": named(name), **changes})


def test_a_document_about_one_deadline_leads_with_its_verdict() -> None:
    report = check(packed(statement=about("b")))
    assert report.state is State.VALID, report.to_text()
    assert (
        report.steps[-1].text == "One deadline of the case: resolution missed. The statement in the file says the same."
    )
    assert report.about is not None
    assert (report.about.id, report.to_members()["about"]) == (named("b"), named("b"))
    lines = [line for line in report.to_text().splitlines() if "Proved of" in line or "Proved besides" in line]
    assert [line.split(",")[0] for line in lines] == [
        "  Proved of the deadline that this is about: resolution missed",
        "  Proved besides: first_response met",
    ]


@pytest.mark.parametrize(
    "stated_of_one",
    [
        about("c"),
        about("b", v=6),
        about("b", v=4),
        about("b", v=3),
        about("b", facts=1),
        canonicalise({"v": 7}),
        canonicalise({"v": 5}),
        about("b", deadline=1),
    ],
)
def test_a_statement_about_no_deadline_of_the_facts_or_otherwise_changed_is_refused(stated_of_one: bytes) -> None:
    report = check(packed(statement=stated_of_one))
    assert (report.state, report.about) == (State.INVALID, None), report.to_text()


def test_without_the_calendars_they_cannot_be_counted() -> None:
    report = check(Archive(proof=RAW, statement=stated()).to_zip())
    assert (report.state, states(report)[8]) == (State.CANNOT_TELL, State.CANNOT_TELL)
    assert "calendars or their rules are withheld" in report.to_text()
    assert all(state is State.VALID for number, state in states(report).items() if number in (1, 2, 3, 4, 5, 6))


def test_a_ticket_without_deadlines_needs_no_calendar() -> None:
    ticket = Ticket(calendar=TICKET.calendar)
    ticket.add("note.added", START, mentioned=[])
    report = check(OPERATOR.bundle(ticket.facts).to_json())
    assert (report.state, report.steps[-1].text) == (State.VALID, "No deadlines in the facts of this file.")


def test_another_calendar_or_rule_is_no_object_of_the_facts() -> None:
    other = make(holidays={date(2026, 11, 9), date(2026, 11, 10)}).canonical()
    (rule,) = [raw for raw in TICKET.objects.values() if b'"amount":48' in raw]
    for wrong in (other, rule.replace(b"48", b"72")):
        objects = {**TICKET.objects, hashlib.sha256(wrong).hexdigest(): wrong}
        assert failure(check(Archive(proof=RAW, statement=stated(), objects=objects).to_zip()))[0] == 6


@pytest.mark.parametrize(
    "forge",
    [
        lambda raw: raw.replace(b'"verdict":"missed"', b'"verdict":"met"'),
        lambda raw: raw.replace(b'"ended_at":"2026-11-16T15:02:14', b'"ended_at":"2026-11-16T11:02:14'),
        lambda raw: raw.replace(b'"due_at":"2026-11-16T11:50:14', b'"due_at":"2026-11-17T11:50:14'),
        lambda raw: raw.replace(b'"started_by":"0193505e-7a00-7000-9000-000000000001"', b'"started_by":null'),
        lambda raw: raw.replace(b'"reason":"documents"', b'"reason":"customer"'),
        lambda raw: raw.replace(b'"excess":4320000000', b'"excess":0'),
        lambda raw: raw + b" ",
        lambda raw: b"{}",
    ],
)
def test_a_statement_that_says_otherwise_is_refused(forge: Callable[[bytes], bytes]) -> None:
    forged = forge(stated())
    assert forged != stated()
    assert failure(check(packed(statement=forged)))[0] == 8


def test_no_byte_of_the_statement_or_of_the_calendar_changes_unseen() -> None:
    archive = packed()
    for part in (stated(), TICKET.calendar.canonical()[:600]):
        start = archive.index(part)
        for place in range(start, start + len(part), 7):
            altered = bytearray(archive)
            altered[place] ^= 1
            assert check(bytes(altered)).state is State.INVALID, place


def test_a_calendar_that_is_none_is_refused() -> None:
    ticket = Ticket(calendar=TICKET.calendar)
    ticket.start("a", START, Term(amount=1, unit="business_hours"))
    opened, started = ticket.facts
    nonsense = ticket.keep("calendar", b"[]")
    details = {**started.details, "calendar": {**started.details["calendar"], "digest": nonsense.sha256}}
    facts = [opened, replace(started, details=details, objects=(nonsense, started.objects[1]))]
    rule = {started.objects[1].sha256: ticket.objects[started.objects[1].sha256]}
    raw = OPERATOR.bundle(facts).to_json()
    report = check(Archive(proof=raw, objects={nonsense.sha256: b"[]", **rule}).to_zip())
    assert failure(report)[0] == 8


@pytest.mark.parametrize(
    ("ended", "amount", "unit", "said"),
    [
        ("2026-11-05 10:20:37", 1, "natural_hours", "met, 23 s of 1 natural hour;"),
        ("2026-11-05 11:20:14", 1, "business_hours", "met, 1 h of 1 business hour;"),
        ("2026-11-07 12:50:44", 50, "natural_hours", "missed, 50 h 30 min of 50 natural hours;"),
        ("2026-11-06 12:50:44", 1, "natural_days", "met, 1 day of 1 natural day;"),
        ("2026-11-10 12:50:44", 3, "business_days", "met, 2 days of 3 business days;"),
    ],
)
def test_what_was_used_is_said_in_the_unit_of_the_term(ended: str, amount: int, unit: Unit, said: str) -> None:
    ticket = Ticket(calendar=TICKET.calendar)
    ticket.start("a", START, Term(amount=amount, unit=unit))
    ticket.end("a", ticket.move(at(ended), "resolved"))
    report = check(Archive(proof=OPERATOR.bundle(ticket.facts).to_json(), objects=ticket.objects).to_zip())
    assert f"Proved: resolution {said}" in report.to_text()


def test_a_receipt_of_entry_says_what_it_proves_and_what_it_does_not() -> None:
    ticket = Ticket(calendar=TICKET.calendar)
    ticket.opened(START)
    report = check(Archive(proof=OPERATOR.bundle(ticket.facts).to_json(), statement=stated(ticket.facts)).to_zip())
    assert report.state is State.VALID
    said = report.to_text()
    assert f"Proved: the case was entered, as {ticket.facts[0].details['key']}, at 2026-11-05T09:20:14" in said
    assert "Not proved: that what was asked for will be granted; who wrote it, in person." in said
    clock = "Not proved: that this time is exact, which the certifier's own clock gives; "
    (stamp,) = report.stamps
    assert f"{clock}the time stamp of {to_rfc3339(stamp.at)} proves only that it had come in before." in said
    assert f"{clock}no time stamp bounds it." in replace(report, stamps=()).to_text()
    assert "agreement" not in said


def test_what_the_customer_said_of_agreement_is_named() -> None:
    ticket = Ticket(calendar=TICKET.calendar)
    ticket.opened(START)
    said: dict[str, Any] = {"request": "0193505e-7a00-7000-8000-0000000000c1", "words": "Conforme", "comments": ""}
    ticket.add("conformity.requested", START, request=said["request"], communication=named("c"))
    ticket.add("conformity.denied", at("2026-11-06 10:00:00"), actor=("contact", "c"), by="reply", **said)
    ticket.add("conformity.given", at("2026-11-09 10:00:00"), actor=("recipient", "r"), by="link", **said)
    ticket.add("conformity.given", at("2026-11-10 10:00:00"), actor=("recipient", "r"), by=["link"], **said)
    archive = Archive(proof=OPERATOR.bundle(ticket.facts).to_json(), statement=stated(ticket.facts))
    text = check(archive.to_zip()).to_text()
    assert "agreement was refused at 2026-11-06T09:00:00.000000Z, in an answer to the question, by fact 3." in text
    means = "with the link that the customer was sent"
    assert f"Proved: agreement was given at 2026-11-09T09:00:00.000000Z, {means}, by fact 4." in text
    assert "Not proved: who, in person, gave or refused agreement." in text
    assert text.count("agreement was") == 2, "a fact that does not say by which means says nothing"


@pytest.mark.parametrize("asked", ["never", "another", "later"])
def test_an_answer_to_a_question_that_the_file_does_not_show_claims_no_link(asked: str) -> None:
    ticket, request = Ticket(calendar=TICKET.calendar), named("c1")
    ticket.opened(START)
    if asked == "another":
        ticket.add("conformity.requested", START, request=named("c2"), communication=named("c"))
    given = ticket.add("conformity.given", START, by="link", request=request, words="Conforme", comments="")
    if asked == "later":
        ticket.add("conformity.requested", START, request=request, communication=named("c"))
    archive = Archive(proof=OPERATOR.bundle(ticket.facts).to_json(), statement=stated(ticket.facts))
    text = check(archive.to_zip()).to_text()
    recorded = f"Proved: agreement is recorded as given at {to_rfc3339(START)}, by fact {given.subject_sequence}."
    assert f"{recorded} Not proved: that the customer was asked; the file shows no such question before." in text
    assert "agreement was" not in text
    assert "link" not in text


def test_a_receipt_of_a_call_speaks_of_who_called() -> None:
    ticket = Ticket(calendar=TICKET.calendar)
    ticket.opened(START, channel="phone", address="")
    text = check(
        Archive(proof=OPERATOR.bundle(ticket.facts).to_json(), statement=stated(ticket.facts)).to_zip()
    ).to_text()
    assert "will be granted; who called, or all that was said: the organisation noted it." in text
    assert "wrote" not in text


def test_what_is_recorded_and_does_not_follow_is_said() -> None:
    ticket = Ticket(calendar=TICKET.calendar)
    ticket.start("a", START, Term(amount=1, unit="business_hours"))
    ticket.end("a", ticket.move(at("2026-11-05 10:30:00"), "resolved"))
    ticket.miss("a", at("2026-11-05 11:20:14"))
    report = check(Archive(proof=OPERATOR.bundle(ticket.facts).to_json(), objects=ticket.objects).to_zip())
    assert report.state is State.VALID
    assert "Contradicted (fact 5, deadline.missed): it was recorded as missed, and was not." in report.to_text()
    assert report.to_members()["contradictions"][0]["contradiction"] == "missed_differs"
    assert report.steps[-1].text == "resolution met; what facts say and does not follow: 1."


def test_the_files_inside_a_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    files = {f"{digest[:8]}.json": content for digest, content in TICKET.objects.items()}
    inside = {"proof.json": RAW, "statement.json": stated(), **files}

    def examined(changes: dict[str, bytes]) -> Report:
        evidence = pdf_evidence({**inside, **changes})
        monkeypatch.setattr(pdf, "examine", lambda raw, *, trust: evidence)
        return check(b"%PDF-1.7 proof.json\n")

    assert examined({}).state is State.VALID
    name = next(name for name, content in files.items() if content == TICKET.calendar.canonical())
    assert failure(examined({name: make().canonical()}))[0] == 6
    assert failure(examined({"statement.json": stated(TICKET.facts[:3])}))[0] == 8


def test_a_statement_of_another_version_cannot_be_compared() -> None:
    for other in (b'"v":1', b'"v":2', b'"v":8'):
        report = check(packed(statement=stated().replace(b'"v":6', other)))
        assert (report.state, states(report)[8]) == (State.CANNOT_TELL, State.CANNOT_TELL)
        assert "issued by another version of Acuse" in report.to_text()
    for none in (b'"v":true', b'"v":"1"'):
        assert failure(check(packed(statement=stated().replace(b'"v":6', none))))[0] == 8


_SINCE_4 = ("term_missing", "deferral_unfounded")
_SINCE_6 = ("term_late", "calendar_differs", "rule_superseded", "noted_back")


@pytest.mark.parametrize(("version", "compared"), [(3, ()), (4, _SINCE_4), (5, _SINCE_4), (6, (*_SINCE_4, *_SINCE_6))])
def test_what_earlier_versions_did_not_look_for_or_said_otherwise_is_not_compared(
    version: int, compared: tuple[str, ...]
) -> None:
    told = [{"contradiction": key} for key in ("rule_differs", *_SINCE_4, *_SINCE_6)]
    then = as_of_version({"v": 6, "contradictions": told}, version)
    assert then is not None
    kept = [each["contradiction"] for each in comparable(then, version)["contradictions"]]
    assert kept == ["rule_differs", *compared]


def test_no_anchors_are_asked_for_where_the_verdict_alone_is_not_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "acta.zip"
    file.write_bytes(packed(statement=stated().replace(b'"v":6', b'"v":2')))
    assert main([str(file)], default_trust=OPERATOR.trust) == 2
    said = capsys.readouterr().out
    assert "8 cannot tell" in said
    assert "--trust" not in said


def test_where_no_deadline_is_judged_the_version_of_their_rules_says_nothing() -> None:
    ticket = Ticket(calendar=TICKET.calendar)
    ticket.opened(START)
    proof, said = OPERATOR.bundle(ticket.facts).to_json(), stated(ticket.facts)
    for version in (b'"v":1', b'"v":2', b'"v":8'):
        other = said.replace(b'"v":6', version)
        assert check(Archive(proof=proof, statement=other).to_zip()).state is State.VALID
        forged = other.replace(b'"facts":1', b'"facts":2')
        assert failure(check(Archive(proof=proof, statement=forged).to_zip()))[0] == 8
    assert failure(check(Archive(proof=proof, statement=said.replace(b'"v":6', b'"v":true')).to_zip()))[0] == 8


def test_a_fact_that_does_not_say_what_its_type_asks_for_is_told_and_the_others_are_judged() -> None:
    ticket = Ticket(calendar=TICKET.calendar)
    started = ticket.start("a", START, Term(amount=1, unit="business_hours"))
    silent = {name: value for name, value in started.details.items() if name != "term"}
    ticket.add("deadline.started", START, objects=started.objects, **{**silent, "deadline": named("b")})
    ticket.end("a", ticket.move(at("2026-11-05 10:30:00"), "resolved"))
    report = check(Archive(proof=OPERATOR.bundle(ticket.facts).to_json(), objects=ticket.objects).to_zip())
    assert report.state is State.VALID
    assert report.steps[-1].text == "resolution met; what facts say and does not follow: 1."
    assert "Contradicted (fact 3, deadline.started): it does not say or cite what such a fact must" in report.to_text()


def test_what_runs_is_told_as_of_when_and_is_not_shown_to_be_met_where_its_time_is_over() -> None:
    for term, over in ((Term(amount=1, unit="business_hours"), True), (Term(amount=300, unit="natural_days"), False)):
        ticket = Ticket(calendar=make(last=date(2028, 1, 1)))
        ticket.start("a", START, term)
        said = check(Archive(proof=OPERATOR.bundle(ticket.facts).to_json(), objects=ticket.objects).to_zip()).to_text()
        assert "Proved: resolution running as of 2026-11-05T09:20:14.003000Z" in said
        assert ("Not proved: that it was met; its time was over by the time stamp of 2026-11-21" in said) is over
