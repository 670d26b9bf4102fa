"""Drawing figures of certified mail: periods, scales, bars, and words."""

from datetime import date, timedelta

import pytest
from django.utils import translation

from acuse.delivery.queries import RESULTS, SIZES, DayCount
from acuse.doors.console import mail_chart
from acuse.doors.console.mail_chart import HEIGHT, LEAST, TERMS, WIDTH

TODAY = date(2026, 11, 22)


def count(back: int, number: int, result: str = "accepted", failure_class: str = "") -> DayCount:
    day = TODAY - timedelta(days=back)
    return DayCount(day=day, result=result, failure_class=failure_class, count=number)


@pytest.mark.parametrize("term", TERMS)
def test_periods_cover_each_day_of_a_term_once_and_end_today(term: mail_chart.Term) -> None:
    shown = mail_chart.periods(term, TODAY)
    days = [one.first + timedelta(days=day) for one in shown for day in range((one.last - one.first).days + 1)]
    assert days == [TODAY - timedelta(days=back) for back in reversed(range(term.days))]


def test_a_year_is_shown_by_weeks_and_what_a_term_does_not_know_is_the_usual_one() -> None:
    assert len(mail_chart.periods(mail_chart.term_of("365"), TODAY)) == 53
    assert mail_chart.term_of("8") == mail_chart.term_of("") == mail_chart.term_of("30")


@pytest.mark.parametrize(
    ("most", "top"), [(0, 2), (1, 2), (3, 4), (4, 4), (5, 6), (9, 10), (11, 12), (21, 40), (161, 200), (999, 1000)]
)
def test_a_scale_ends_at_a_round_number_whose_half_is_whole(most: int, top: int) -> None:
    assert mail_chart.nice(most) == top


def test_bars_stand_upon_each_other_and_sum_up_to_what_was_counted() -> None:
    shown = mail_chart.periods(TERMS[0], TODAY)
    counts = (count(0, 6), count(0, 3, "failed", "mailbox_full"), count(0, 1, "waiting"), count(6, 2), count(9, 50))
    chart = mail_chart.results_chart(counts, shown)
    assert chart.totals == {"accepted": 8, "waiting": 1, "failed": 3}
    assert chart.top == 10
    today = chart.bars[-1]
    assert [(part.style, part.y, part.height) for part in today.parts] == [
        ("accepted", HEIGHT * 0.4, HEIGHT * 0.6),
        ("waiting", HEIGHT * 0.3, HEIGHT * 0.1),
        ("failed", 0, HEIGHT * 0.3),
    ]
    assert today.counts == {"accepted": 6, "waiting": 1, "failed": 3}
    assert [bar.total for bar in chart.filled] == [2, 10], "what is before the term is not counted"
    assert today.x + today.place == pytest.approx(WIDTH, abs=0.1)


def test_the_smallest_number_is_still_seen() -> None:
    shown = mail_chart.periods(TERMS[0], TODAY)
    chart = mail_chart.results_chart((count(0, 1), count(1, 100_000)), shown)
    assert chart.bars[-1].parts[0].height == LEAST
    assert chart.bars[-3].parts == ()


def test_failures_are_drawn_by_class_the_most_frequent_first_to_one_scale() -> None:
    shown = mail_chart.periods(TERMS[0], TODAY)
    rows = [
        count(1, 8, "failed", "too_big"),
        count(1, 4, "failed", "other"),
        count(0, 5, "failed", "other"),
        count(0, 9),
    ]
    charts = mail_chart.failures_charts(rows, shown)
    assert [(name, chart.totals["failed"], chart.top) for name, chart in charts.items()] == [
        ("other", 9, 8),
        ("too_big", 8, 8),
    ]
    assert mail_chart.failures_charts([count(0, 9)], shown) == {}


def test_words_of_results_and_sizes() -> None:
    with translation.override("en"):
        assert all(mail_chart.result_word(result) for result in RESULTS)
        words = [mail_chart.size_word(octets).replace("\u00a0", " ") for octets in SIZES]
    assert words[:3] == ["less than 10 KB", "10 KB to 100 KB", "100 KB to 1 MB"]
    assert words[-1] == "10 MB or more"
    with translation.override("es"):
        assert mail_chart.size_word(1_000_000) == "de 1\u00a0MB a 5\u00a0MB"
