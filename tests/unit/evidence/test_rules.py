"""When a checkpoint is time-stamped, and when it is late."""

from datetime import UTC, datetime, timedelta

import pytest

from acuse.evidence.rules import ANCHOR_COUNT, AnchorState, anchor_due, anchor_late

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def state(*, waiting: int = 1, age: timedelta | None = timedelta(), urgent: bool = False) -> AnchorState:
    since = None if age is None else NOW - age
    return AnchorState(size=100 + waiting, anchored=100, waiting_since=since, urgent=urgent)


@pytest.mark.parametrize(
    ("given", "due"),
    [
        (state(waiting=0, age=None), False),
        (state(waiting=0, age=None, urgent=True), False),
        (state(waiting=0, age=timedelta(days=1)), False),
        (state(age=timedelta(seconds=59)), False),
        (state(age=MINUTE), True),
        (state(urgent=True), True),
        (state(waiting=ANCHOR_COUNT - 1), False),
        (state(waiting=ANCHOR_COUNT), True),
    ],
)
def test_an_anchor_is_due(given: AnchorState, due: bool) -> None:
    assert anchor_due(given, interval=MINUTE, now=NOW) is due


@pytest.mark.parametrize(
    ("age", "interval", "late"),
    [
        (None, MINUTE, False),
        (3 * MINUTE, MINUTE, False),
        (3 * MINUTE + timedelta(microseconds=1), MINUTE, True),
        # With anchors every second, the patience is half a minute all the same: one slow answer is no alarm.
        (timedelta(seconds=30), timedelta(seconds=1), False),
        (timedelta(seconds=31), timedelta(seconds=1), True),
    ],
)
def test_an_anchor_is_late(age: timedelta | None, interval: timedelta, late: bool) -> None:
    assert anchor_late(state(age=age).waiting_since, interval=interval, now=NOW) is late
