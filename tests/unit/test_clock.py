"""The one written form of a moment."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acuse.clock import from_rfc3339, now, to_rfc3339
from acuse.errors import InputError

ZONES = st.integers(-720, 720).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(timezones=ZONES).filter(lambda moment: 1 < moment.year < 9999))
def test_a_moment_of_any_zone_is_read_back(moment: datetime) -> None:
    text = to_rfc3339(moment)
    assert len(text) == 27
    assert from_rfc3339(text) == moment
    assert from_rfc3339(text).tzinfo is UTC


@given(st.text(max_size=40))
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(InputError):
        from_rfc3339(text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-21T09:00:00.000000",
        "2026-11-21T09:00:00.000Z",
        "2026-11-21T09:00:00Z",
        "2026-11-21 09:00:00.000000Z",
        "2026-11-21t09:00:00.000000Z",
        "2026-11-21T09:00:00.000000z",
        "2026-11-21T09:00:00,000000Z",
        "2026-11-21T09:00:00.0000001Z",
        "2026-11-21T09:00:00.000000+00:00",
        "2026-11-21T10:00:00.000000+01:00",
        "0001-01-01T00:00:00.000000+05:00",
        "20261121T090000.000000Z",
        "2026-W47-6T09:00:00.000000Z",
        "2026-02-29T09:00:00.000000Z",
        "2026-11-21T24:00:00.000000Z",
        "2026-11-21T23:59:60.000000Z",
        "2026-11-21",
        "\ud800Z",
    ],
)
def test_second_spellings_are_refused(text: str) -> None:
    with pytest.raises(InputError):
        from_rfc3339(text)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(InputError, match="zone"):
        to_rfc3339(now().replace(tzinfo=None))
