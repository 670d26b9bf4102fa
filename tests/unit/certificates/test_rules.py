"""Codes that people read aloud, levels and waits."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from acuse.certificates import rules

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


def test_codes_are_random_and_without_letters_that_are_misread() -> None:
    codes = {rules.new_code() for _ in range(2000)}
    assert len(codes) == 2000
    assert all(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}", code) for code in codes)
    assert set("".join(codes)) == {*rules.ALPHABET, "-"}


def test_a_code_is_its_own_normal_form() -> None:
    for _ in range(200):
        code = rules.new_code()
        assert rules.normalise_code(code) == code


@pytest.mark.parametrize(
    "typed",
    [
        "7KQM-4T2H-9XWD-3PF1",
        "7kqm4t2h9xwd3pf1",
        " 7KQM 4T2H\t9XWD 3PF1\n",
        "7KQM-4T2H-9XWD-3PFI",
        "7KQM-4T2H-9XWD-3PFl",
    ],
)
def test_what_people_type_is_mended(typed: str) -> None:
    assert rules.normalise_code(typed) == "7KQM-4T2H-9XWD-3PF1"


def test_a_zero_may_be_read_as_the_letter() -> None:
    assert rules.normalise_code("OOOO-oooo-0000-LLLL") == "0000-0000-0000-1111"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "7KQM-4T2H-9XWD-3PF",
        "7KQM-4T2H-9XWD-3PFAA",
        "7KQM-4T2H-9XWD-3PF!",
        "ñ" * 16,
        "７ＫＱＭ４Ｔ２Ｈ９ＸＷＤ３ＰＦＡ",
    ],
)
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert rules.normalise_code(typed) is None


def test_levels_are_ordered() -> None:
    order = rules.LEVELS
    assert order == ("B-B", "B-T", "B-LTA")
    for low, lower in enumerate(order):
        for high, wanted in enumerate(order):
            assert rules.is_lower(lower, wanted) is (low < high)


def test_failures_wait_longer_up_to_ten_minutes() -> None:
    waits = [rules.retry_wait(tries) for tries in range(1, 12)]
    assert waits[0] == timedelta(seconds=20)
    assert waits == sorted(waits)
    assert waits[-1] == rules.RETRY_CAP == rules.retry_wait(10**9)
