"""Whatever happens to a case through the services, no term is found missing; without its start every one is."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acuse.accounts import services as accounts
from acuse.accounts.models import User
from acuse.accounts.queries import access_organisation
from acuse.calendars.rules import Shift
from acuse.embedded.roles import Addresses
from acuse.errors import ConflictError, InputError
from acuse.evidence import custody
from acuse.helpdesk.jobs.deadlines import attend_due
from acuse.helpdesk.services import pausing
from acuse.helpdesk.services.changes import add_note
from acuse.proof.business_time import Term
from acuse.proof.facts.deadline import PAUSE_REASONS
from acuse.proof.facts.fact import Fact
from acuse.proof.facts.ticket import MATTERS, PRIORITIES, TYPE_NAMES
from acuse.proof.policy import Case, PolicyTerm
from acuse.proof.verdicts.deadlines import Sources, judge
from tests.integration.helpdesk.cases import ALWAYS, WEEK, Desk, make_desk, term

#: An hour a week.
SCARCE = ((Shift(540, 600),), *((),) * 6)
EVENTS = ("asked_customer", "taken_up", "asked_conformity", "agreed", "disagreed", "closed_by_silence", "reopened")


@pytest.fixture
def desk(database: Addresses, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return make_desk(monkeypatch)


def policies(desk: Desk) -> Sequence[tuple[PolicyTerm, ...]]:
    """Terms by every part of what a case is, of which some are too long for a calendar that is seldom open."""

    def hours(amount: int) -> Term:
        return Term(amount=amount, unit="business_hours")

    quick, slow = Case(priorities=("high",), term=hours(8)), Case(types=("claim", "inquiry"), term=hours(40))
    bills, rest = Case(matters=("billing",), term=Term(amount=5, unit="natural_days")), Case(term=hours(200))
    waits = {"pauses_on": PAUSE_REASONS}
    return (
        (
            term(desk, 1, "business_hours", name="Respuesta", purpose="first_response", cases=(quick, slow)),
            term(desk, 1, "business_hours", name="Resolución", cases=(quick, bills, slow), **waits),
            term(desk, 1, "business_hours", name="Otra", cases=(bills, rest), on_resume="restart", **waits),
            term(desk, 1, "business_hours", name="Subsanación", purpose="completion", cases=(slow,), **waits),
            term(desk, 1, "business_hours", name="Otra subsanación", purpose="completion", cases=(rest,)),
            term(desk, 1, "business_hours", name="Cierre", purpose="closing", cases=(rest,)),
        ),
        (
            term(desk, 1, "business_hours", name="Respuesta", purpose="first_response", cases=(rest,)),
            term(desk, 1, "business_hours", name="Resolución", cases=(bills, slow), **waits),
        ),
        (),
    )


class Course:
    """A case to which things happen, at the desk of an organisation of its own whose calendar and terms change too."""

    def __init__(self, desk: Desk) -> None:
        made = accounts.create_organisation(name="Talleres Ribera", slug=uuid4().hex)
        manager = User.objects.get(id=desk.access.user)
        accounts.add_member(organisation=made.id, email=manager.email, role="administrator")
        desk.access = access_organisation(user=manager, slug=made.slug)
        desk.pass_time("2026-11-16 10:00")
        desk.calendar = desk.calendar_of("Taller")
        self.desk = desk
        self.published, self.calendars = 0, 1
        self.ticket = UUID(int=0)

    def publish(self, which: int) -> None:
        """Other terms are in force from now on."""
        self.desk.publish(*policies(self.desk)[which], base=self.published)
        self.published += 1

    def carry_on(self, week: Any) -> None:
        """The calendar has another version from now on."""
        self.desk.calendar_of("Taller", week, base=self.calendars)
        self.calendars += 1

    def open(self, type: str, ago: int) -> None:
        self.ticket = self.desk.open(type, ago=timedelta(hours=ago))

    def classify(self, changes: Mapping[str, str]) -> None:
        self.desk.classify(self.ticket, **changes)

    def event(self, name: str) -> None:
        self.desk.pass_to(self.ticket, name)

    def write(self) -> None:
        self.desk.write(self.ticket)

    def answer(self) -> None:
        self.desk.reply(self.ticket)

    def ask(self) -> None:
        self.desk.ask_for_documents(self.ticket)

    def hold(self, reason: str) -> None:
        pausing.hold(access=self.desk.access, ticket=self.ticket, reason=reason, note="Se espera.")

    def release(self) -> None:
        pausing.release(access=self.desk.access, ticket=self.ticket, note="Se sigue.")

    def start_deferred(self) -> None:
        pausing.start_deferred(access=self.desk.access, ticket=self.ticket)

    def note(self) -> None:
        add_note(access=self.desk.access, ticket=self.ticket, text="Visto.")


Step = Callable[[Course], None]
CLASSES = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(TYPE_NAMES),
        "priority": st.sampled_from(PRIORITIES),
        "matter": st.sampled_from(MATTERS),
    },
)
CHANGES: st.SearchStrategy[Step] = st.one_of(
    CLASSES.map(lambda changes: lambda course: course.classify(changes)),
    st.sampled_from(EVENTS).map(lambda event: lambda course: course.event(event)),
    st.sampled_from([Course.write, Course.answer, Course.ask, Course.release, Course.start_deferred, Course.note]),
    st.sampled_from(["adr", "agreed"]).map(lambda reason: lambda course: course.hold(reason)),
    st.sampled_from([0, 1, 2]).map(lambda which: lambda course: course.publish(which)),
    st.sampled_from([WEEK, SCARCE, ALWAYS]).map(lambda week: lambda course: course.carry_on(week)),
)
HOURS = st.sampled_from([0, 1, 5, 24, 70, 400])


def keys(facts: Sequence[Fact], sources: Sources) -> list[str]:
    found = judge(facts, sources.calendars, rules=sources.rules)
    return [each.key for each in found.contradictions]


@given(
    st.sampled_from([0, 0, 1, 2, None]),
    st.sampled_from(TYPE_NAMES),
    st.sampled_from([0, 0, 30]),
    st.lists(st.tuples(HOURS, CHANGES), max_size=9),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_is_missing_unless_its_start_is_left_out(
    desk: Desk, terms: int | None, type: str, ago: int, steps: list[tuple[int, Step]]
) -> None:
    course = Course(desk)
    if terms is not None:
        course.publish(terms)
    course.open(type, ago)
    for hours, happens in steps:
        desk.now += timedelta(hours=hours, microseconds=1)
        attend_due()
        # What cannot happen to the case then is refused, and changes nothing.
        with suppress(ConflictError, InputError):
            happens(course)
    desk.now += timedelta(microseconds=1)
    course.note()
    facts, here = desk.facts(course.ticket), desk.access.organisation
    sources = Sources.read(facts, lambda digest: custody.open_object(organisation=here, sha256=digest))
    assert keys(facts, sources) == []
    for count in range(1, len(facts)):
        assert not {"term_missing", "deferral_unfounded"} & {*keys(facts[:count], sources)}
    waited: set[str] = set()
    for fact in facts:
        rule = repr([fact.details.get(name) for name in ("rule", "follows", "term")])
        if fact.type == "deadline.deferred":
            waited.add(rule)
        elif fact.type == "deadline.started" and rule not in waited:
            assert "term_missing" in keys([each for each in facts if each is not fact], sources)


def deferred(desk: Desk, purpose: str) -> Course:
    """A case under one term, which depends on the priority and is too long for the calendar."""
    lengths = (
        Case(priorities=("high",), term=Term(amount=8, unit="business_hours")),
        Case(term=Term(amount=400, unit="business_hours")),
    )
    course = Course(desk)
    made = term(desk, 1, "business_hours", name="Plazo", purpose=purpose, cases=lengths, pauses_on=PAUSE_REASONS)
    desk.publish(made, base=0)
    course.published = 1
    course.carry_on(SCARCE)
    return course


def after_hours(course: Course, *steps: Step) -> list[str]:
    """Let one thing happen an hour; return what is contradicted."""
    for happens in steps:
        course.desk.now += timedelta(hours=1)
        happens(course)
    facts, here = course.desk.facts(course.ticket), course.desk.access.organisation
    return keys(facts, Sources.read(facts, lambda digest: custody.open_object(organisation=here, sha256=digest)))


def test_what_was_deferred_and_started_as_another_class_is_not_missing_as_the_first(desk: Desk) -> None:
    course = deferred(desk, "completion")
    course.open("claim", 0)
    high: Step = lambda one: one.classify({"priority": "high"})  # noqa: E731
    longer: Step = lambda one: one.carry_on(ALWAYS)  # noqa: E731
    assert after_hours(course, Course.ask, high, longer, Course.start_deferred, Course.note) == []


def test_what_was_deferred_before_a_case_was_over_is_not_missing_when_it_is_opened_again(desk: Desk) -> None:
    course = deferred(desk, "first_response")
    course.open("claim", 0)
    events: list[Step] = [
        lambda one: one.event("asked_conformity"),
        lambda one: one.event("agreed"),
        lambda one: one.classify({"priority": "high"}),
        lambda one: one.event("reopened"),
        lambda one: one.carry_on(ALWAYS),
    ]
    assert after_hours(course, *events, Course.start_deferred, Course.note) == []
