"""Terms that applied to a case and were never started, and deferrals of what could be counted."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from acuse.proof.archive import Archive
from acuse.proof.business_time import CalendarVersion, Term
from acuse.proof.canonical import canonicalise
from acuse.proof.facts.catalogue import check_fact
from acuse.proof.facts.deadline import PURPOSES
from acuse.proof.facts.fact import Fact
from acuse.proof.judging import judged as judged_whole
from acuse.proof.policy import Case, Policy
from acuse.proof.report import State
from acuse.proof.verdicts.deadlines import judge
from tests.unit.proof.calendars import at, make
from tests.unit.proof.test_verify import OPERATOR, check, failure, states
from tests.unit.proof.tickets import Ticket, ruled, ruling

CALENDAR = make(holidays={date(2026, 11, 9)})
TERM, SHORT = Term(amount=48, unit="business_hours"), Term(amount=8, unit="business_hours")
FAR = Term(amount=9000, unit="business_hours")
OPENED = at("2026-11-03 09:00:00")
LATER = at("2026-11-05 10:00:00")
NOW = at("2026-11-10 10:00:00")
HOUR = timedelta(hours=1)


def by_priority(term: Term = TERM) -> Policy:
    """One term for a resolution, which is short where the priority is high and none where it is low."""
    cases = (Case(priorities=("high",), term=SHORT), Case(priorities=("medium",), term=term))
    return ruled(CALENDAR, term, name="resolution", cases=cases)


def case(policy: Policy | None, calendar: CalendarVersion = CALENDAR) -> Ticket:
    """A case whose opening says which policy is in force."""
    ticket = Ticket(calendar=calendar, policy=policy)
    ticket.opened(OPENED, **ticket.in_force())
    return ticket


def classified(ticket: Ticket, priority: str) -> Fact:
    return ticket.add("ticket.classified", LATER, type="claim", priority=priority, matter="")


def told(ticket: Ticket, *among: str, rules: dict[str, Policy] | None = None) -> list[tuple[int, str]]:
    """What is contradicted: number of the fact and key."""
    for fact in ticket.facts:
        check_fact(fact)
    found = judge(ticket.facts, ticket.calendars, rules=ticket.rules if rules is None else rules)
    return [(each.fact.subject_sequence, each.key) for each in found.contradictions if not among or each.key in among]


def test_a_term_that_applies_when_a_case_is_opened_is_started_before_anything_else_happens() -> None:
    ticket = case(ruling(CALENDAR, first_response=TERM, resolution=TERM))
    ticket.add("ticket.assigned", OPENED, member=None)
    ticket.start("a", OPENED, TERM, by=ticket.facts[0])
    assert told(ticket) == [], "the file may end before the next is told"
    ticket.noted(LATER)
    assert told(ticket) == [(1, "term_missing")]
    ticket = case(ruling(CALENDAR, resolution=TERM))
    ticket.noted(LATER)
    assert told(ticket) == [(1, "term_missing")], "nothing cites the version but the opening"
    assert told(ticket, rules={}) == [], "the version is not in the file"


def test_what_does_not_apply_is_not_missing() -> None:
    asked_for = ruling(CALENDAR, completion=TERM, closing=TERM)
    claims = ruled(CALENDAR, TERM, cases=(Case(types=("inquiry",), term=TERM),))
    for policy in (None, Policy(terms=()), asked_for, claims):
        ticket = case(policy)
        ticket.noted(LATER)
        assert told(ticket) == []


def test_what_no_fact_says_is_not_compared_and_what_another_deadline_cites_is() -> None:
    ticket = Ticket(calendar=CALENDAR, policy=ruling(CALENDAR, first_response=TERM, resolution=TERM))
    ticket.opened(OPENED)
    ticket.noted(LATER)
    assert told(ticket) == []
    ticket.start("a", OPENED, TERM, by=ticket.facts[0], recorded_at=LATER)
    assert told(ticket, "term_missing") == [(1, "term_missing")]


def test_a_case_that_is_opened_again_has_its_resolution_anew_and_nothing_else() -> None:
    ticket = case(ruling(CALENDAR, first_response=TERM, resolution=TERM))
    for name, purpose in (("a", "first_response"), ("b", "resolution")):
        ticket.start(name, OPENED, TERM, by=ticket.facts[0], purpose=purpose)
    solved = ticket.move(LATER, "resolved", before="new")
    ticket.end("a", solved)
    ticket.end("b", solved)
    again = ticket.move(LATER + HOUR, "reopened", before="resolved", **ticket.in_force())
    ticket.noted(NOW)
    assert told(ticket) == [(again.subject_sequence, "term_missing")]
    del ticket.facts[again.subject_sequence :]
    ticket.start("c", again.occurred_at, TERM, by=again)
    ticket.noted(NOW)
    assert told(ticket) == []


def test_an_answer_that_asks_for_data_begins_the_first_term_to_complete_that_applies() -> None:
    first, second = (ruled(CALENDAR, TERM, purpose="completion", name=name).terms[0] for name in ("completion", "b"))
    ticket = case(Policy(terms=(first, second)))
    asked = ticket.reply(LATER, act="data_request", **ticket.in_force())
    ticket.move(LATER, "pending_customer", before="new")
    assert told(ticket) == [(asked.subject_sequence, "term_missing")]
    ticket.facts.pop()
    ticket.start("a", LATER, TERM, by=asked, purpose="completion")
    ticket.withdraw("a", LATER + HOUR)
    ticket.noted(NOW)
    assert told(ticket) == [], "the customer's term may be given up"


@pytest.mark.parametrize("began", ["short", "again", "nothing"])
def test_what_is_classified_anew_has_the_terms_of_what_it_is_now(began: str) -> None:
    ticket = case(by_priority())
    ticket.start("a", OPENED, TERM, by=ticket.facts[0])
    anew = classified(ticket, "high")
    if began != "nothing":
        ticket.withdraw("a", LATER, by=anew)
        ticket.start("b", OPENED, SHORT, by=ticket.facts[0], recorded_at=LATER)
    if began == "again":
        back = classified(ticket, "medium")
        ticket.withdraw("b", LATER, by=back)
    assert told(ticket) == []
    ticket.noted(NOW)
    number = {"short": [], "nothing": [anew.subject_sequence], "again": [6]}[began]
    assert told(ticket) == [(each, "term_missing") for each in number]


def test_a_term_that_still_applies_is_not_withdrawn_without_another_in_its_place() -> None:
    ticket = case(by_priority())
    ticket.start("a", OPENED, TERM, by=ticket.facts[0])
    ticket.withdraw("a", LATER)
    assert told(ticket) == []
    ticket.noted(NOW)
    assert told(ticket) == [(1, "term_missing")]


@pytest.mark.parametrize("over", ["met", "missed"])
def test_what_was_over_before_is_not_begun_again_when_the_case_is_classified(over: str) -> None:
    ticket = case(
        ruled(CALENDAR, TERM, purpose="first_response", name="first_response", cases=by_priority().terms[0].cases)
    )
    ticket.start("a", OPENED, TERM, by=ticket.facts[0], purpose="first_response")
    if over == "met":
        ticket.end("a", ticket.reply(OPENED + HOUR))
    else:
        ticket.miss("a", ticket.due(TERM, OPENED))
        ticket.withdraw("a", NOW, by=classified(ticket, "low"))
    classified(ticket, "high")
    ticket.noted(NOW)
    assert told(ticket, "term_missing") == []


def test_a_case_that_is_over_has_no_other_terms_when_it_is_classified() -> None:
    ticket = case(by_priority())
    ticket.start("a", OPENED, TERM, by=ticket.facts[0])
    ticket.end("a", ticket.move(OPENED + HOUR, "resolved", before="new"))
    classified(ticket, "high")
    ticket.noted(NOW)
    assert told(ticket) == []


def test_a_term_that_was_deferred_is_not_missing_until_it_was_started_and_given_up() -> None:
    ticket = case(by_priority(FAR))
    ticket.defer(OPENED, FAR, by=ticket.facts[0])
    ticket.noted(LATER)
    assert told(ticket) == []


def test_a_start_by_another_version_than_its_cause_says_is_told() -> None:
    for version, keys in ((3, []), (4, [(2, "rule_superseded")])):
        ticket = case(ruling(CALENDAR, resolution=TERM))
        ticket.start("a", OPENED, TERM, by=ticket.facts[0], version=version)
        assert told(ticket) == keys
    ticket = case(None)
    ticket.start("a", OPENED, TERM, by=ticket.facts[0])
    assert told(ticket) == [(2, "rule_superseded")], "there was none"
    ticket = case(ruling(CALENDAR, resolution=TERM))
    ticket.start("a", OPENED, TERM, by=ticket.facts[0])
    ticket.reply(LATER, act="data_request", **ticket.in_force(2))
    assert told(ticket) == [(3, "rule_superseded")], "an older one than the opening's"


def without_rule(fact: Fact) -> Fact:
    return replace(fact, objects=fact.objects[:1])


def longer(fact: Fact) -> Fact:
    return replace(fact, details={**fact.details, "term": replace(FAR, amount=9001).members()})


def other_version(fact: Fact) -> Fact:
    return replace(fact, details={**fact.details, "calendar": {**fact.details["calendar"], "version": 99}})


@pytest.mark.parametrize("forge", [without_rule, longer, other_version])
def test_a_deferral_cites_and_says_what_its_rule_does(forge: Callable[[Fact], Fact]) -> None:
    ticket = case(by_priority(FAR))
    deferred = ticket.defer(OPENED, FAR, by=ticket.facts[0])
    assert told(ticket) == []
    ticket.facts[-1] = forge(deferred)
    assert told(ticket) == [(2, "deferral_unfounded")]


def test_what_the_calendar_reaches_is_not_deferred() -> None:
    ticket = case(by_priority())
    ticket.defer(OPENED, TERM, by=ticket.facts[0])
    assert told(ticket) == [(2, "deferral_unfounded")]
    found = judge(ticket.facts, {}, rules=ticket.rules)
    assert found.contradictions == (), "the calendar is not in the file"


def test_what_stood_still_beyond_its_calendar_is_deferred_and_what_did_not_is_not() -> None:
    for until, keys in ((LATER + HOUR, [(6, "deferral_unfounded")]), (at("2027-12-30 12:00:00"), [])):
        ticket = case(ruling(CALENDAR, resolution=TERM))
        ticket.start("a", OPENED, TERM, by=ticket.facts[0])
        ticket.pause("a", LATER, by=ticket.move(LATER, "pending_customer", before="new"))
        wrote = ticket.add("message.received", until, channel="email", author="ana@correo.example", subject="Re")
        ticket.withdraw("a", until, by=wrote)
        ticket.defer(OPENED, TERM, by=ticket.facts[0], recorded_at=until)
        found = [(number - 1, key) for number, key in told(ticket)]
        assert found == keys


def packed(ticket: Ticket, statement: bytes | None = None, **left_out: Any) -> bytes:
    objects = {digest: raw for digest, raw in ticket.objects.items() if raw not in left_out.values()}
    return Archive(proof=OPERATOR.bundle(ticket.facts).to_json(), statement=statement, objects=objects).to_zip()


def stated(ticket: Ticket) -> bytes:
    up_to = 2 * (len(ticket.facts) - 1)
    found = judged_whole(tuple(ticket.facts), facts_up_to=up_to, sources=ticket.sources)
    assert found is not None
    return canonicalise(found.members)


def unstarted() -> Ticket:
    """A case whose first response was never started."""
    ticket = case(ruling(CALENDAR, first_response=TERM, resolution=TERM))
    ticket.start("a", OPENED, TERM, by=ticket.facts[0])
    ticket.noted(LATER)
    return ticket


def test_the_verifier_tells_what_was_never_started_and_a_file_may_lack_what_it_is_told_by() -> None:
    ticket = unstarted()
    report = check(packed(ticket, stated(ticket)))
    assert report.state is State.VALID
    assert "Contradicted (fact 1, ticket.opened): a term of the policy in force applied" in report.to_text()
    ticket = case(ruling(CALENDAR, resolution=TERM))
    ticket.noted(LATER)
    assert ticket.policy is not None
    rule = ticket.policy.canonical()
    lacking = check(packed(ticket, rule=rule))
    assert lacking.steps[-1].text == "No deadlines in the facts of this file."
    assert "Not proved: that every term was started which applied from fact 1 on;" in lacking.to_text()
    assert "Not proved: that every term" not in check(packed(ticket)).to_text()
    assert states(check(packed(ticket, stated(ticket), rule=rule)))[8] is State.CANNOT_TELL
    assert failure(check(packed(ticket, stated(ticket).replace(b"term_missing", b"rule_differs"))))[0] == 8


def test_what_was_issued_before_this_was_looked_for_is_still_compared() -> None:
    ticket = unstarted()
    text = stated(ticket)
    wrong = b'"contradictions":[{"contradiction":"term_missing","fact":"%s"}]' % str(ticket.facts[0].id).encode()
    assert wrong in text
    before = text.replace(wrong, b'"contradictions":[]').replace(b'"v":6', b'"v":3')
    report = check(packed(ticket, before))
    assert report.state is State.VALID
    assert "applied to the case" in report.to_text()
    assert failure(check(packed(ticket, before.replace(b'"running"', b'"met"'))))[0] == 8
    assert failure(check(packed(ticket, text.replace(b'"v":6', b'"v":3'))))[0] == 8


def test_what_was_issued_when_seconds_superseded_a_version_is_still_compared() -> None:
    ticket = case(ruling(CALENDAR, closing=TERM))
    ticket.policy = ruling(CALENDAR, closing=SHORT)
    ticket.reply(OPENED - timedelta(seconds=5), act="data_request", **ticket.in_force(4))
    now = stated(ticket)
    said = b'"contradictions":[{"contradiction":"rule_superseded","fact":"%s"}]' % str(ticket.facts[1].id).encode()
    assert b'"contradictions":[]' in now
    for version, contradictions, state in ((4, said, State.VALID), (3, said, State.VALID), (6, said, State.INVALID)):
        before = now.replace(b'"contradictions":[]', contradictions).replace(b'"v":6', b'"v":%d' % version)
        assert check(packed(ticket, before)).state is state


def named(ticket: Ticket) -> list[tuple[str, tuple[str, ...]]]:
    """What is contradicted of terms, and of which."""
    found = judge(ticket.facts, ticket.calendars, rules=ticket.rules)
    return [(each.key, each.terms) for each in found.contradictions if each.terms]


def test_the_terms_that_are_missing_are_named() -> None:
    ticket = case(ruling(CALENDAR, first_response=TERM, resolution=TERM))
    ticket.noted(LATER)
    assert named(ticket) == [("term_missing", ("first_response", "resolution"))]
    report = check(packed(ticket, stated(ticket)))
    assert "withdrawn while it still applied: “first_response”, “resolution”." in report.to_text()
    assert report.to_members()["contradictions"][0]["terms"] == ["first_response", "resolution"]


@pytest.mark.parametrize("how", ["start", "defer"])
def test_a_term_that_began_after_something_else_happened_stays_told(how: str) -> None:
    """An earlier file says that it is missing; one that was issued since does not hide it."""
    ticket = case(ruling(CALENDAR, first_response=TERM, resolution=TERM if how == "start" else FAR))
    ticket.start("a", OPENED, TERM, by=ticket.facts[0], purpose="first_response")
    ticket.noted(LATER)
    assert named(ticket) == [("term_missing", ("resolution",))]
    if how == "start":
        ticket.start("b", OPENED, TERM, by=ticket.facts[0], recorded_at=LATER)
    else:
        ticket.defer(OPENED, FAR, by=ticket.facts[0], recorded_at=LATER)
    ticket.noted(NOW)
    assert named(ticket) == [("term_late", ("resolution",))]
    assert told(ticket) == [(1, "term_late")]
    assert "when something else had happened to the case: “resolution”." in check(packed(ticket)).to_text()


def test_a_term_that_was_given_up_and_begun_again_after_something_else_happened_is_late() -> None:
    for between, found in ((False, []), (True, [("term_late", ("resolution",))])):
        ticket = case(ruling(CALENDAR, resolution=TERM))
        ticket.start("a", OPENED, TERM, by=ticket.facts[0])
        ticket.withdraw("a", LATER)
        if between:
            ticket.noted(LATER)
        ticket.start("b", OPENED, TERM, by=ticket.facts[0], recorded_at=LATER)
        ticket.noted(NOW)
        assert named(ticket) == found


def test_what_was_issued_before_late_terms_were_looked_for_is_still_compared() -> None:
    ticket = case(ruling(CALENDAR, resolution=TERM))
    ticket.noted(LATER)
    ticket.start("a", OPENED, TERM, by=ticket.facts[0], recorded_at=LATER)
    ticket.noted(NOW)
    now = stated(ticket)
    wrong = b'"contradictions":[{"contradiction":"term_late","fact":"%s"}]' % str(ticket.facts[0].id).encode()
    assert wrong in now
    before = now.replace(wrong, b'"contradictions":[]').replace(b'"v":6', b'"v":4')
    assert check(packed(ticket, before)).state is State.VALID
    assert check(packed(ticket, before.replace(b'"v":4', b'"v":6'))).state is State.INVALID


@pytest.mark.parametrize(("lacking", "term", "wrong"), [("calendar", TERM, True), ("rule", FAR, False)])
def test_a_deferral_whose_calendar_or_terms_are_withheld_is_said_to_be_believed(
    lacking: str, term: Term, wrong: bool
) -> None:
    ticket = case(by_priority(term))
    ticket.defer(OPENED, term, by=ticket.facts[0])
    assert ticket.policy is not None
    left_out = {"calendar": CALENDAR.canonical(), "rule": ticket.policy.canonical()}[lacking]
    report = check(packed(ticket, lacking=left_out))
    assert (
        "Not proved: that “resolution” could not be counted, as fact 2 says that defers it; the calendar or the policy "
        "that it cites is withheld from this file, so it is believed."
    ) in report.to_text()
    assert report.to_members()["deferrals_unchecked"] == [str(ticket.facts[1].id)]
    whole = check(packed(ticket))
    assert "is believed" not in whole.to_text()
    assert ("Contradicted (fact 2, deadline.deferred)" in whole.to_text()) is wrong
    assert whole.to_members()["deferrals_unchecked"] == []


def test_what_is_refuted_without_what_is_withheld_is_not_believed() -> None:
    ticket = case(by_priority())
    ticket.defer(OPENED, TERM, by=ticket.facts[0])
    assert ticket.policy is not None
    report = check(packed(ticket, lacking=ticket.policy.canonical()))
    assert "Contradicted (fact 2, deadline.deferred)" in report.to_text()
    assert report.to_members()["deferrals_unchecked"] == []


def test_the_name_of_a_term_that_was_deferred_hides_nothing_on_a_terminal() -> None:
    ticket = case(by_priority(FAR))
    deferred = ticket.defer(OPENED, FAR, by=ticket.facts[0])
    hostile = {**deferred.details["rule"], "policy": "Plazo\N{RIGHT-TO-LEFT OVERRIDE}"}
    ticket.facts[-1] = replace(deferred, details={**deferred.details, "rule": hostile})
    assert ticket.policy is not None
    report = check(packed(ticket, lacking=ticket.policy.canonical()))
    assert "that “Plazo⟨U+202E⟩” could not be counted" in report.to_text()


def test_every_purpose_is_looked_for_but_the_closing_notice() -> None:
    assert set(PURPOSES) - {"first_response", "resolution", "completion"} == {"closing"}


def unknown(ticket: Ticket) -> list[int]:
    """Since which facts it is not known what applied."""
    found = judge(ticket.facts, ticket.calendars, rules=ticket.rules)
    return [each.subject_sequence for each in found.unruled]


def test_a_case_that_does_not_begin_with_its_opening_is_not_held_to_have_no_terms() -> None:
    ticket = Ticket(calendar=CALENDAR, policy=ruling(CALENDAR, resolution=TERM))
    ticket.add("ticket.assigned", OPENED, member=None)
    ticket.opened(OPENED, **ticket.in_force())
    ticket.noted(LATER)
    assert unknown(ticket)[0] == 1


def test_a_case_that_was_over_is_opened_again_whatever_it_is_said_to_have_been() -> None:
    ticket = case(ruling(CALENDAR, resolution=TERM))
    ticket.start("a", OPENED, TERM, by=ticket.facts[0])
    ticket.move(OPENED + HOUR, "resolved")
    ticket.move(OPENED + 2 * HOUR, "reopened", before="open", **ticket.in_force())
    ticket.noted(NOW)
    assert (4, "term_missing") in told(ticket)


def test_once_there_is_a_version_none_is_not_in_force() -> None:
    ticket = case(ruling(CALENDAR, resolution=TERM))
    ticket.start("a", OPENED, TERM, by=ticket.facts[0])
    ticket.move(OPENED + HOUR, "resolved")
    again = ticket.move(OPENED + 2 * HOUR, "reopened", policy=None)
    ticket.noted(NOW)
    assert told(ticket) == [(again.subject_sequence, "rule_superseded")]


def test_of_a_class_that_no_policy_can_name_it_is_not_known_what_applied() -> None:
    ticket = Ticket(calendar=CALENDAR, policy=ruled(CALENDAR, TERM, cases=(Case(types=("claim",), term=TERM),)))
    ticket.opened(OPENED, type="claims", **ticket.in_force())
    ticket.noted(LATER)
    found = judge(ticket.facts, ticket.calendars, rules=ticket.rules)
    assert [each.key for each in found.contradictions if each.key == "term_missing"] == []
    assert unknown(ticket)[0] == 1
