"""Policies: read strictly, written in one form, and when people are warned."""

from copy import deepcopy
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acuse.errors import InputError, OutsideCalendar
from acuse.helpdesk import packs
from acuse.helpdesk.policies import sooner, warn_at
from acuse.proof.business_time import UNITS, Term, due_at
from acuse.proof.canonical import parse
from acuse.proof.facts.deadline import PAUSE_REASONS, PURPOSES
from acuse.proof.facts.ticket import MATTERS, PRIORITIES, TYPE_NAMES
from acuse.proof.policy import Case, Policy, PolicyTerm
from tests.unit.proof.calendars import at, make

CALENDAR = UUID(int=7)
YEAR = make()
GOOD: dict[str, Any] = {
    "v": 1,
    "terms": [
        {
            "purpose": "resolution",
            "name": "Resolución",
            "calendar": str(CALENDAR),
            "cases": [
                {"types": ["claim"], "priorities": ["high"], "matters": [], "term": {"amount": 8, "unit": UNITS[2]}},
                {"types": [], "priorities": [], "matters": [], "term": {"amount": 48, "unit": UNITS[2]}},
            ],
            "on_resume": "continue",
            "pauses_on": ["customer"],
            "warn": 10,
        }
    ],
}


def some(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    chosen = st.sets(st.sampled_from(values))
    return chosen.map(lambda words: tuple(one for one in values if one in words))


CASES = st.builds(
    Case,
    types=some(TYPE_NAMES),
    priorities=some(PRIORITIES),
    matters=some(MATTERS[1:]),
    term=st.builds(Term, amount=st.integers(1, 10_000), unit=st.sampled_from(UNITS)),
)
TERMS = st.builds(
    PolicyTerm,
    purpose=st.sampled_from(PURPOSES),
    name=st.text("abcñ ,/0", min_size=1, max_size=80).map(lambda text: " ".join(text.split())).filter(bool),
    calendar=st.uuids(),
    cases=st.lists(CASES, min_size=1, max_size=4).map(tuple),
    on_resume=st.sampled_from(["continue", "restart"]),
    pauses_on=some(PAUSE_REASONS),
    warn=st.integers(0, 90),
)
POLICIES = st.builds(Policy, terms=st.lists(TERMS, max_size=4, unique_by=lambda term: term.name).map(tuple))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(POLICIES)
def test_what_is_written_is_read_again(policy: Policy) -> None:
    assert Policy.from_members(parse(policy.canonical())) == policy


@given(st.data(), JSON)
def test_whatever_stands_in_a_policy_is_read_or_refused(data: st.DataObject, foreign: Any) -> None:
    members = deepcopy(GOOD)
    place: Any = members
    while True:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else list(range(len(place)))))
        inner = place[key]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.booleans()):
            place[key] = foreign
            break
        place = inner
    try:
        policy = Policy.from_members(members)
    except InputError:
        return
    assert Policy.from_members(policy.members()) == policy


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"v": 2}, "version"),
        ({"v": True}, "version"),
        ({"more": 1}, "exactly these members"),
        ({"terms": GOOD["terms"] * 2}, "Two terms are called Resolución"),
        ({"terms": GOOD["terms"] * 21}, "terms should be a list of at most 20"),
    ],
)
def test_a_policy_of_another_form_is_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        Policy.from_members(GOOD | change)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("purpose", "other", r"terms\[0\]\.purpose should be one of first_response"),
        ("name", "", r"terms\[0\]\.name: a name has 1 to 80"),
        ("name", " a", "in one line"),
        ("name", "a\nb", "in one line"),
        ("name", "a\x07", "control characters"),
        ("name", "a" * 81, "1 to 80"),
        ("calendar", "7", "choose a calendar"),
        ("calendar", None, "choose a calendar"),
        ("cases", [], "at least one case"),
        ("on_resume", "stop", "one of continue, restart"),
        ("pauses_on", ["customer", "customer"], "twice"),
        ("pauses_on", ["sleep"], "one of customer, documents, adr, agreed, conformity"),
        ("warn", 91, "from 0 to 90"),
        ("warn", True, "from 0 to 90"),
    ],
)
def test_what_is_wrong_in_a_term_is_named(name: str, value: object, said: str) -> None:
    members = deepcopy(GOOD)
    members["terms"][0][name] = value
    with pytest.raises(InputError, match=said):
        Policy.from_members(members)


@pytest.mark.parametrize("length", [{"amount": 0, "unit": UNITS[0]}, {"amount": 1, "unit": "weeks"}, {"amount": 1}, 3])
def test_what_is_wrong_in_the_length_of_a_case_is_named(length: object) -> None:
    members = deepcopy(GOOD)
    members["terms"][0]["cases"][1]["term"] = length
    with pytest.raises(InputError, match=r"terms\[0\]\.cases\[1\]\.term: "):
        Policy.from_members(members)


def test_the_first_case_that_holds_says_how_long() -> None:
    (term,) = Policy.from_members(GOOD).terms
    assert term.length(type="claim", priority="high", matter="") == Term(amount=8, unit="business_hours")
    assert term.length(type="claim", priority="low", matter="billing") == Term(amount=48, unit="business_hours")


def test_a_ticket_that_no_case_is_for_has_no_term() -> None:
    first, *_ = packs.pack("standard", calendar=CALENDAR, language="es")
    assert first.length(type="thanks", priority="low", matter="") is None


@pytest.mark.parametrize(
    ("type", "matter", "amounts"),
    [
        ("claim", "", [None, (15, "business_days"), (10, "business_days")]),
        ("claim", "billing", [None, (5, "natural_days"), (10, "business_days")]),
        ("incident", "continuity", [(2, "natural_hours"), (15, "business_days"), (10, "business_days")]),
        ("suggestion", "", [None, None, (10, "business_days")]),
    ],
)
def test_the_law_s_terms(type: str, matter: str, amounts: list[tuple[int, str] | None]) -> None:
    found = [
        term.length(type=type, priority="low", matter=matter)
        for term in packs.pack("ley-10-2025", calendar=CALENDAR, language="es")
    ]
    assert [(term.amount, term.unit) if term else None for term in found] == amounts


@pytest.mark.parametrize("language", ["es", "en"])
def test_packs_stand_together_in_one_policy(language: str) -> None:
    terms = [term for code in packs.CODES for term in packs.pack(code, calendar=CALENDAR, language=language)]
    policy = Policy(terms=tuple(terms))
    assert Policy.from_members(policy.members()) == policy


def test_there_is_no_other_pack() -> None:
    with pytest.raises(InputError):
        packs.pack("iso", calendar=CALENDAR, language="es")


@pytest.mark.parametrize(
    ("term", "start", "warned"),
    [
        # Six open hours before Tuesday at 12:00, three of them on Monday afternoon: since it closed at 14:00.
        (Term(amount=48, unit="business_hours"), "2026-11-16 12:00", "2026-11-23 14:00"),
        # A tenth of 80 is eight, which is sooner than six.
        (Term(amount=80, unit="business_hours"), "2026-11-16 09:00", "2026-11-26 19:00"),
        # On Tuesday at 18:00 it has been open for seven hours.
        (Term(amount=24, unit="natural_hours"), "2026-11-16 18:00", "2026-11-17 10:00"),
        # Shorter than six open hours: from the beginning.
        (Term(amount=2, unit="natural_hours"), "2026-11-16 12:00", "2026-11-16 12:00"),
        # The last two of fifteen business days, the first of which is Monday 7 December.
        (Term(amount=15, unit="business_days"), "2026-11-17 11:00", "2026-12-07 00:00"),
        # Half a day of five is later than six open hours before Saturday's end, which are Friday's last.
        (Term(amount=5, unit="natural_days"), "2026-11-16 11:00", "2026-11-20 11:00"),
    ],
)
def test_people_are_warned_a_tenth_of_the_term_or_six_business_hours_before(
    term: Term, start: str, warned: str
) -> None:
    due = due_at(YEAR, term, started_at=at(start))
    assert warn_at(YEAR, term, counted_from=at(start), due_at=due) == at(warned)


@given(st.data(), st.builds(Term, amount=st.integers(1, 60), unit=st.sampled_from(UNITS)), st.integers(0, 90))
def test_people_are_warned_while_the_deadline_runs(data: st.DataObject, term: Term, warn: int) -> None:
    start = at("2026-01-01 00:00") + timedelta(minutes=data.draw(st.integers(0, 300 * 1440)))
    try:
        due = due_at(YEAR, term, started_at=start)
    except OutsideCalendar:
        return
    assert start <= warn_at(YEAR, term, counted_from=start, due_at=due, warn=warn) <= due


def deadlines(resolution: Term, response: Term, *, calendar: UUID = CALENDAR, **conditions: Any) -> Policy:
    """A policy of a first response for every case, and a resolution for some."""
    answered = PolicyTerm(purpose="first_response", name="Primera", calendar=CALENDAR, cases=(Case(term=response),))
    solved = PolicyTerm(
        purpose="resolution", name="Resolución", calendar=calendar, cases=(Case(term=resolution, **conditions),)
    )
    return Policy(terms=(solved, answered))


@pytest.mark.parametrize(
    ("resolution", "response", "told"),
    [
        ((2, "natural_hours"), (24, "natural_hours"), True),
        ((24, "natural_hours"), (24, "natural_hours"), False),
        ((2, "business_hours"), (3, "business_hours"), True),
        ((1, "business_days"), (2, "business_days"), True),
        ((1, "natural_days"), (2, "business_days"), True),
        ((1, "business_days"), (2, "natural_days"), False),
        ((2, "natural_hours"), (3, "business_hours"), True),
        ((3, "natural_hours"), (3, "business_hours"), False),
        ((1, "business_hours"), (48, "natural_hours"), False),
        ((48, "natural_hours"), (5, "business_days"), True),
        ((1, "natural_days"), (96, "natural_hours"), True),
        ((1, "natural_days"), (24, "natural_hours"), False),
    ],
)
def test_a_resolution_is_told_that_ends_before_the_first_response(
    resolution: tuple[int, Any], response: tuple[int, Any], told: bool
) -> None:
    short, long = (Term(amount=amount, unit=unit) for amount, unit in (resolution, response))
    assert bool(sooner(deadlines(short, long))) is told


def test_business_time_of_two_calendars_is_not_compared() -> None:
    hours, days = Term(amount=1, unit="business_hours"), Term(amount=1, unit="natural_days")
    for short, long in ((hours, Term(amount=8, unit="business_hours")), (days, Term(amount=2, unit="natural_days"))):
        assert sooner(deadlines(short, long))
        assert not sooner(deadlines(short, long, calendar=UUID(int=8)))


def test_the_cases_in_which_it_ends_sooner_are_named_and_no_others() -> None:
    short, long = Term(amount=2, unit="natural_hours"), Term(amount=24, unit="natural_hours")
    (one,) = sooner(deadlines(short, long, types=("claim",), priorities=("high",), matters=("billing",)))
    assert (one.resolution, one.response, one.answered) == ("Resolución", "Primera", long)
    assert one.cases == Case(types=("claim",), priorities=("high",), matters=("billing",), term=short)
    (one,) = sooner(deadlines(short, long))
    assert one.cases == Case(term=short)


def test_a_resolution_after_one_of_two_first_responses_is_not_told() -> None:
    policy = deadlines(Term(amount=12, unit="natural_hours"), Term(amount=24, unit="natural_hours"))
    assert sooner(policy)
    early = PolicyTerm(
        purpose="first_response",
        name="Antes",
        calendar=CALENDAR,
        cases=(Case(term=Term(amount=2, unit="natural_hours")),),
    )
    assert not sooner(Policy(terms=(*policy.terms, early)))


def test_the_packs_contradict_neither_themselves_nor_each_other() -> None:
    both = [term for code in packs.CODES for term in packs.pack(code, calendar=CALENDAR, language="es")]
    assert not sooner(Policy(terms=tuple(both)))


TERMS = st.builds(Term, amount=st.integers(1, 60), unit=st.sampled_from(UNITS))


@given(TERMS, TERMS, st.integers(0, 150 * 24 * 60))
def test_what_is_told_is_so_whenever_the_case_is_opened(short: Term, long: Term, minutes: int) -> None:
    if sooner(deadlines(short, long)):
        opened_at = at("2026-02-01 00:00") + timedelta(minutes=minutes)
        assert due_at(YEAR, short, started_at=opened_at) < due_at(YEAR, long, started_at=opened_at)
