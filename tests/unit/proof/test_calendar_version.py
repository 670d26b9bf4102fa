"""The form of a calendar's version: what is refused, and what hostile bytes do."""

from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acuse.errors import InputError
from acuse.proof.business_time import CalendarVersion, Term
from acuse.proof.canonical import canonicalise, parse
from tests.unit.proof.calendars import at, make
from tests.unit.proof.test_canonical import JSON

MEMBERS: dict[str, Any] = parse(make().canonical())
HOUR = 3600


def test_its_bytes_are_canonical_and_say_all_of_it() -> None:
    assert MEMBERS["open"][0] == [
        int(at("2026-01-01 09:00:00").timestamp()),
        int(at("2026-01-01 14:00:00").timestamp()),
    ]
    assert MEMBERS["business_days"][0] == "2026-01-01"
    assert [offset for _, offset in MEMBERS["offsets"]] == [HOUR, 2 * HOUR, HOUR]


def test_a_calendar_that_is_never_open_is_refused_in_words_that_help() -> None:
    with pytest.raises(InputError, match=r"never open.*Give it opening hours"):
        make(week={})


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"v": True},
        {"calendar": "0193505E-7A00-7000-8000-00000000CA1E"},
        {"calendar": 7},
        {"version": 0},
        {"version": True},
        {"name": ""},
        {"name": "x" * 201},
        {"zone": None},
        {"from": -1},
        {"until": MEMBERS["from"]},
        {"until": MEMBERS["from"] + 20_001 * 86_400},
        {"until": 10**13},
        {"offsets": []},
        {"offsets": [[MEMBERS["from"] + 1, HOUR]]},
        {"offsets": [[MEMBERS["from"], 86_400]]},
        {"offsets": [[MEMBERS["from"], HOUR, 0]]},
        {"offsets": [[MEMBERS["from"] - 9, HOUR], [MEMBERS["from"] - 5, HOUR]]},
        {"offsets": [[MEMBERS["from"], HOUR], [MEMBERS["until"], 0]]},
        {"offsets": [[MEMBERS["from"], HOUR]] * 2},
        {"open": []},
        {"open": {}},
        {"open": [[MEMBERS["from"], MEMBERS["from"]]]},
        {"open": [[MEMBERS["from"], MEMBERS["until"] + 1]]},
        {"open": [[MEMBERS["from"], "x"]]},
        {"open": [[MEMBERS["from"], MEMBERS["from"] + 5], [MEMBERS["from"] + 5, MEMBERS["from"] + 9]]},
        {"business_days": ["2026-01-02", "2026-01-01"]},
        {"business_days": ["2026-01-02", "2026-01-02"]},
        {"business_days": ["20260102"]},
        {"business_days": ["2025-12-31"]},
        {"business_days": ["2027-01-02"]},
        {"business_days": [5]},
        {"definition": []},
        {"definition": {"x": "y" * (1 << 18)}},
        {"more": 1},
    ],
)
def test_what_breaks_a_rule_of_the_form_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        CalendarVersion.parse(canonicalise({**MEMBERS, **change}))


def test_members_are_neither_missing_nor_in_another_form() -> None:
    for name in MEMBERS:
        with pytest.raises(InputError):
            CalendarVersion.parse(canonicalise({key: value for key, value in MEMBERS.items() if key != name}))
    with pytest.raises(InputError, match="canonical"):
        CalendarVersion.parse(make().canonical() + b"\n")


@given(st.sampled_from(sorted(MEMBERS)), JSON)
def test_any_member_is_read_back_or_refused(name: str, value: Any) -> None:
    raw = canonicalise({**MEMBERS, name: value})
    with suppress(InputError):
        assert CalendarVersion.parse(raw).canonical() == raw


@given(st.binary(max_size=200))
def test_any_bytes_are_refused(raw: bytes) -> None:
    with pytest.raises(InputError):
        CalendarVersion.parse(raw)


def test_a_version_is_compared_by_what_it_says() -> None:
    assert make() == make()
    assert make() != make(holidays={date(2026, 11, 9)})
    assert hash(make()) == hash(make())
    assert replace(make(), version=8).canonical() != make().canonical()


@given(JSON)
def test_any_term_is_read_back_or_refused(value: Any) -> None:
    with suppress(InputError):
        assert Term.from_members(value).members() == value
    with suppress(InputError):
        Term.from_members({"amount": value, "unit": value})


@pytest.mark.parametrize(
    "members", [{"amount": 0, "unit": "natural_days"}, {"amount": 10_001, "unit": "natural_days"}, {"amount": 1}]
)
def test_terms_out_of_bounds_are_refused(members: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        Term.from_members(members)
