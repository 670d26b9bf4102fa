"""Offsets of clocks, and names that no locale decides."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from acuse.dates import DAYS, LONG_DAYS, LONG_MONTHS, MONTHS, long_date, utc_offset


@pytest.mark.parametrize(
    ("minutes", "written"),
    [(0, "UTC"), (60, "UTC+1"), (-60, "UTC−1"), (330, "UTC+5:30"), (-210, "UTC−3:30"), (840, "UTC+14")],
)
def test_an_offset_is_written_without_needless_zeros(minutes: int, written: str) -> None:
    assert utc_offset(datetime(2026, 11, 22, tzinfo=timezone(timedelta(minutes=minutes)))) == written


def test_utc_itself_has_no_offset() -> None:
    assert utc_offset(datetime(2026, 11, 22, tzinfo=UTC)) == "UTC"


def test_a_date_is_written_in_words() -> None:
    assert long_date(date(2027, 1, 7), "es") == "7 de enero de 2027"
    assert long_date(datetime(2026, 11, 23, 23, 59, tzinfo=UTC), "en") == "23 November 2026"


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_short_name_is_the_beginning_of_a_long_one(language: str) -> None:
    for short, long in ((DAYS, LONG_DAYS), (MONTHS, LONG_MONTHS)):
        assert all(whole.startswith(name) for name, whole in zip(short[language], long[language], strict=True)), short
