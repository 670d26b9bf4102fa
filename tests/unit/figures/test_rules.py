"""What figures count: periods of local days, shares, cases as they change, calls as they are corrected."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from acuse.clock import to_rfc3339
from acuse.errors import InputError
from acuse.figures.rules.exact import mean, percent, written
from acuse.figures.rules.members import members
from acuse.figures.rules.questions import MOST_DAYS, Period, Question, check_channel, check_period, named_period
from acuse.figures.rules.quiet import quiet_hours
from acuse.figures.rules.report import Report, report
from acuse.figures.rules.rows import Rows, rows_of
from acuse.figures.rules.tallies import duration_class, tally
from acuse.proof.facts.fact import Actor, Fact, Subject
from acuse.proof.verdicts.deadlines import Judgement

MADRID = "Europe/Madrid"
START = datetime(2026, 10, 5, 8, tzinfo=UTC)
ANA, LUIS = UUID(int=11), UUID(int=12)
OCTOBER = Period(first=date(2026, 10, 1), last=date(2026, 10, 31), zone=MADRID)


def chain(kind: str, *told: tuple[str, timedelta, dict[str, Any]], member: UUID | None = ANA) -> Rows:
    """The rows of one subject of which this was told."""
    actor = Actor(kind="member", id=str(member)) if member else Actor(kind="component", id="helpdesk")
    facts = [
        Fact(
            id=UUID(int=0),
            organisation=UUID(int=1),
            subject=Subject(kind=kind, id=UUID(int=7)),
            type=name,
            occurred_at=START + after,
            recorded_at=START + after,
            subject_sequence=place,
            previous=None,
            actor=actor,
            details=details,
            objects=(),
            salt=b"",
        )
        for place, (name, after, details) in enumerate(told, 1)
    ]
    return rows_of(facts, lambda _: Judgement(deadlines=(), contradictions=()))


def opened(channel: str = "email") -> tuple[str, timedelta, dict[str, Any]]:
    return "ticket.opened", timedelta(), {"number": 1, "key": "AAA-1", "channel": channel, "type": "inquiry"}


def wrote(hours: float) -> tuple[str, timedelta, dict[str, Any]]:
    return "message.received", timedelta(hours=hours), {"channel": "email"}


def replied(hours: float, **details: object) -> tuple[str, timedelta, dict[str, Any]]:
    return "reply.sent", timedelta(hours=hours), details


def moved(hours: float, after: str) -> tuple[str, timedelta, dict[str, Any]]:
    return "ticket.status_changed", timedelta(hours=hours), {"before": "open", "after": after}


def asked(
    *rows: Rows, period: Period = OCTOBER, now: datetime = datetime(2027, 1, 1, tzinfo=UTC), **more: Any
) -> Report:
    question = Question(period=period, now=now, **more)
    return report(question, tally(question, rows))


def test_shares_are_rounded_half_up_to_two_decimals() -> None:
    assert [written(percent(*pair)) for pair in ((1, 3), (2, 3), (1, 800), (11_081, 8_770), (3, 3))] == [
        "33.33",
        "66.67",
        "0.13",  # 0.125
        "126.35",
        "100.00",
    ]
    assert (percent(0, 0), mean(0, 0), written(None)) == (None, None, None)


def test_a_local_day_lasts_as_long_as_it_does_where_it_is() -> None:
    def hours(day: date, zone: str) -> float:
        period = Period(first=day, last=day, zone=zone)
        return (period.end - period.start) / timedelta(hours=1)

    assert hours(date(2026, 3, 29), MADRID) == hours(date(2026, 3, 29), "Atlantic/Canary") == 23
    assert hours(date(2026, 10, 25), MADRID) == 25
    assert hours(date(2018, 11, 4), "America/Sao_Paulo") == 23  # whose clocks skipped midnight
    assert hours(date(2026, 10, 24), "Asia/Kathmandu") == 24


def test_the_hour_that_clocks_show_twice_is_counted_twice_at_its_hour() -> None:
    day = Period(first=date(2026, 10, 25), last=date(2026, 10, 25), zone=MADRID)
    at = datetime(2026, 10, 25, 0, 10, tzinfo=UTC) - START
    again = ("message.received", at + timedelta(hours=1), {"channel": "email"})
    rows = chain("ticket", opened(), ("message.received", at, {"channel": "email"}), again)
    found = asked(rows, period=day)
    assert (found.received, found.load[6][2], found.half_hours[4]) == (2, 2, 2)


def test_the_period_before_is_as_many_months_or_as_many_days() -> None:
    assert OCTOBER.before() == Period(first=date(2026, 9, 1), last=date(2026, 9, 30), zone=MADRID)
    quarter = Period(first=date(2026, 1, 1), last=date(2026, 3, 31), zone=MADRID)
    assert (quarter.before().first, quarter.before().last) == (date(2025, 10, 1), date(2025, 12, 31))
    week = Period(first=date(2026, 10, 5), last=date(2026, 10, 11), zone=MADRID)
    assert (week.before().first, week.before().last) == (date(2026, 9, 28), date(2026, 10, 4))


def test_named_periods() -> None:
    def span(name: str, today: date) -> tuple[date, date] | None:
        found = named_period(name, today, MADRID)
        return (found.first, found.last) if found else None

    new_year = date(2027, 1, 1)
    assert span("week", new_year) == (date(2026, 12, 28), date(2027, 1, 3))
    assert span("month", new_year) == (new_year, date(2027, 1, 31))
    assert span("last_month", new_year) == (date(2026, 12, 1), date(2026, 12, 31))
    assert span("quarter", date(2028, 2, 29)) == (date(2028, 1, 1), date(2028, 3, 31))
    assert span("decade", new_year) is None


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-13-01", "2026-10-31"),
        ("", "2026-10-31"),
        ("2026-10-02", "2026-10-01"),
        ("2026-11-23", "2026-11-30"),  # begins tomorrow
        ("0001-01-01", "2026-10-31"),
        ("9999-12-31", "9999-12-31"),
        ("2020-01-01", "2026-10-31"),
    ],
)
def test_periods_that_are_none_are_refused(first: str, last: str) -> None:
    with pytest.raises(InputError):
        check_period(first, last, today=date(2026, 11, 22), zone=MADRID)


def test_a_period_may_reach_into_the_future_and_over_two_years() -> None:
    today = date(2026, 11, 22)
    assert check_period("2026-11-01", "2026-11-30", today=today, zone=MADRID).days == 30
    assert check_period("2024-01-02", "2026-01-01", today=today, zone=MADRID).days == MOST_DAYS
    with pytest.raises(InputError):
        check_channel("telepathy")


def test_nothing_gives_figures_of_nothing() -> None:
    found = asked()
    told = members(found)
    assert found.empty
    assert (told["messages"]["answered_percent"], told["calls"]["mean_wait_seconds"]) == (None, None)
    assert (told["quiet_hours"], told["deadlines"], len(told["days"])) == ([], [], 31)


def test_an_answer_counts_from_the_oldest_message_that_waited_else_from_the_last() -> None:
    found = asked(chain("ticket", opened(), wrote(30), replied(49), replied(50)))
    assert (found.received, found.answered) == (2, 2)
    assert found.answers[duration_class(49 * 3600)] == found.answers[duration_class(20 * 3600)] == 1


def test_a_message_that_is_filed_after_its_answer_waited_no_time() -> None:
    found = asked(chain("ticket", opened(), replied(5), wrote(4), replied(3)))
    assert found.answers[0] == 1


def test_automatic_answers_and_calls_are_no_answers_nor_messages() -> None:
    called = ("message.received", timedelta(hours=1), {"channel": "phone"})
    found = asked(chain("ticket", opened("phone"), replied(0, automatic=True), called))
    assert (found.received, found.answered, found.cases.opened) == (0, 0, 1)


def test_a_case_that_is_resolved_opened_again_and_closed_is_as_it_was_at_the_end() -> None:
    case = chain(
        "ticket",
        opened(),
        ("ticket.escalated", timedelta(hours=1), {"escalated": True}),
        moved(24, "resolved"),
        moved(48, "reopened"),
        moved(24 * 40, "closed_without"),
    )
    one_day = Period(first=date(2026, 10, 5), last=date(2026, 10, 6), zone=MADRID)
    figures = [asked(case, period=one_day).cases, asked(case).cases]
    assert [(one.escalated, one.pending, one.other) for one in figures] == [(1, 0, 1), (1, 1, 0)]
    assert asked(case).resolutions[duration_class(24 * 3600)] == 1


def test_an_escalation_counts_from_when_it_stands_until_it_is_taken_back() -> None:
    def passed_up(hours: float, *, escalated: bool) -> tuple[str, timedelta, dict[str, Any]]:
        return "ticket.escalated", timedelta(hours=hours), {"escalated": escalated}

    course = (opened(), passed_up(1, escalated=True), passed_up(2, escalated=False), passed_up(48, escalated=True))
    two_days = Period(first=date(2026, 10, 5), last=date(2026, 10, 6), zone=MADRID)
    figures = [asked(chain("ticket", *course[:end])).cases for end in (2, 3, 4)]
    assert [(one.escalated, one.pending) for one in figures] == [(1, 1), (0, 0), (1, 1)]
    assert asked(chain("ticket", *course), period=two_days).cases.escalated == 0


def test_what_has_not_happened_yet_counts_nowhere() -> None:
    case = chain("ticket", opened(), replied(2), moved(3, "resolved"))
    found = asked(case, now=START + timedelta(hours=1))
    assert (found.received, found.answered, found.counts["resolved"], found.cases.opened) == (1, 0, 0, 1)


def test_a_call_is_as_it_was_corrected() -> None:
    def call(name: str, result: str, waited: int | None) -> tuple[str, timedelta, dict[str, Any]]:
        details = {"started_at": to_rfc3339(START), "result": result, "waited": waited, "member": str(ANA)}
        return name, timedelta(), details

    found = asked(
        chain("call", call("call.registered", "lost", None), call("call.corrected", "answered", 61)),
        chain("call", call("call.registered", "answered", None)),
    )
    assert (found.calls, found.counts["call_answered"], found.wait) == (2, 2, 6100)


def test_a_team_stands_for_its_answers_and_its_cases() -> None:
    assigned = ("ticket.assigned", timedelta(), {"member": str(LUIS)})
    case = chain("ticket", opened(), assigned, replied(1))
    of_ana = asked(case, team=UUID(int=5), members=frozenset({ANA}))
    of_luis = asked(case, team=UUID(int=6), members=frozenset({LUIS}))
    nobody = asked(case, team=UUID(int=8), members=frozenset())
    assert [(one.received, one.answered) for one in (of_ana, of_luis, nobody)] == [(0, 1), (1, 0), (0, 0)]
    assert asked(case, channel="form").empty


def test_a_subject_whose_beginning_is_not_there_gives_nothing() -> None:
    assert chain("ticket", replied(1)) == Rows()


def test_quiet_hours_are_attended_ones() -> None:
    load, acts = [0] * 48, [0] * 48
    load[3] = 400  # at night messages come in, and nobody is there
    for half in range(16, 24):
        load[half], acts[half] = 20, 20
    load[20] = load[21] = 8
    acts[40] = 1  # one call late in the evening
    assert quiet_hours(load, acts) == ((20, 22),)
    assert quiet_hours([0] * 48, [0] * 48) == quiet_hours([5] * 48, [5] * 48) == ()
