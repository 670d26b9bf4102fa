"""Drawing figures of service: the course of a period that is not over."""

from datetime import date, timedelta

from acuse.doors.console.service.charts import course
from acuse.figures.rules.report import DayFigures

FIRST = date(2026, 11, 1)


def days(number: int) -> list[DayFigures]:
    return [DayFigures(day=FIRST + timedelta(days=n), received=1, answered=2, calls=0) for n in range(number)]


def test_nothing_is_drawn_as_answered_on_days_that_have_not_come() -> None:
    drawn = course(days(30), today=date(2026, 11, 22))
    assert len(drawn.bars) == 30
    assert len(drawn.line.split()) == drawn.dots.count("M") == 22


def test_an_axis_names_six_days_at_most_each_under_its_bar() -> None:
    drawn = course(days(30), today=date(2026, 11, 30))
    assert [day.day for day, _place in drawn.ticks] == [1, 6, 11, 16, 21, 26]
    assert [place for _day, place in drawn.ticks[:2]] == [1.67, 18.33]
    assert len(course(days(400), today=date(2027, 12, 31)).ticks) <= 6
