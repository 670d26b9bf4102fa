"""Numbers, sizes, dates and ages in both languages."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from acuse.doors.ui import figures

MOMENT = datetime(2026, 11, 23, 10, 4, 17, 382_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "number", "size", "day", "long"),
    [
        ("es", "1\u00a0284", "5,2\u00a0MB", "23\u00a0nov\u00a02026", "lunes 23 de noviembre de 2026"),
        ("en", "1,284", "5.2\u00a0MB", "23\u00a0Nov\u00a02026", "Monday 23 November 2026"),
    ],
)
def test_both_languages(language: str, number: str, size: str, day: str, long: str) -> None:
    with translation.override(language), timezone.override(ZoneInfo("Europe/Madrid")):
        assert figures.number(1284) == number
        assert figures.size(5_200_000) == size
        assert figures.day(MOMENT) == day
        assert figures.weekday_and_day(MOMENT) == long
        assert figures.clock_time(MOMENT) == "11:04:17"


@pytest.mark.parametrize(
    ("zone", "month", "expected"),
    [
        ("Europe/Madrid", 1, "UTC+1"),
        ("Europe/Madrid", 7, "UTC+2"),
        ("UTC", 7, "UTC"),
        ("Asia/Kolkata", 7, "UTC+5:30"),
        ("America/St_Johns", 1, "UTC−3:30"),
    ],
)
def test_zone_is_the_offset_of_that_moment(zone: str, month: int, expected: str) -> None:
    with timezone.override(ZoneInfo(zone)):
        assert figures.zone(datetime(2026, month, 15, 12, tzinfo=UTC)) == expected


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (timedelta(seconds=-5), "0"),
        (timedelta(seconds=59), "59"),
        (timedelta(minutes=59), "59"),
        (timedelta(days=3), "3"),
    ],
)
def test_age_is_never_negative(span: timedelta, expected: str) -> None:
    assert figures.age(span).split("\u00a0")[0] == expected


@pytest.mark.parametrize(
    ("part", "whole", "spanish", "english"),
    [
        (0, 0, "—", "—"),
        (0, 9, "0\u00a0%", "0%"),
        (9, 9, "100\u00a0%", "100%"),
        (864, 1000, "86,4\u00a0%", "86.4%"),
        (99_999, 100_000, "99,9\u00a0%", "99.9%"),
        (1, 100_000, "0,1\u00a0%", "0.1%"),
    ],
)
def test_a_share_is_never_all_or_nothing_where_it_is_nearly_so(
    part: int, whole: int, spanish: str, english: str
) -> None:
    with translation.override("es"):
        assert figures.share(part, whole) == spanish
    with translation.override("en"):
        assert figures.share(part, whole) == english


@pytest.mark.parametrize(("seconds", "text"), [(0.01, "< 0.1 s"), (1.26, "1.3 s"), (59.9, "59.9 s"), (90, "1 min")])
def test_lengths(seconds: float, text: str) -> None:
    with translation.override("en"):
        assert figures.length(timedelta(seconds=seconds)).replace("\u00a0", " ") == text


@pytest.mark.parametrize(
    ("first", "text"),
    [
        (date(2026, 11, 22), "22 Nov 2026"),
        (date(2026, 11, 1), "1 Nov – 22 Nov 2026"),
        (date(2025, 12, 31), "31 Dec 2025 – 22 Nov 2026"),
    ],
)
def test_from_which_day_to_which(first: date, text: str) -> None:
    with translation.override("en"):
        assert figures.days(first, date(2026, 11, 22)).replace("\u00a0", " ") == text
