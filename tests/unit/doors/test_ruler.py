"""The ruler of a deadline: which of its days have their name, so that no two stand on each other."""

from datetime import date, timedelta

import pytest

from acuse.doors.console.ticket_deadlines import _ruler
from acuse.helpdesk.ruler import Bar

HOUR = timedelta(hours=1)


def days(*hours: float, today: int) -> list[Bar]:
    """Days of a deadline that have so many hours each."""
    first = date(2026, 11, 16)
    return [
        Bar(day=first + timedelta(days=n), counts=count * HOUR, spent=timedelta(), today=n == today)
        for n, count in enumerate(hours)
    ]


@pytest.mark.parametrize(
    ("hours", "today", "named"),
    [
        ((0.9, 23.1), 0, {0: "0.00%"}),
        ((23.1, 0.9), 1, {0: "0.00%", 1: "76.00%"}),
        ((23.1, 0.9), 0, {0: "0.00%", 1: "88.00%"}),
        ((8, 8, 8, 8, 8, 8), 2, {0: "0.00%", 1: "16.73%", 2: "33.47%", 4: "66.94%", 5: "83.67%"}),
        ((8,), 0, {0: "0.00%"}),
        ((0,), 0, {0: "0.00%"}),
        ((), 0, {}),
    ],
)
def test_no_two_names_of_days_stand_on_each_other(hours: tuple[float, ...], today: int, named: dict[int, str]) -> None:
    shown = _ruler(days(*hours, today=today))
    assert {n: day.word_at for n, day in enumerate(shown) if day.word} == named
    assert [n for n, day in enumerate(shown) if day.now and not day.word] == []
