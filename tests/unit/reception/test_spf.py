"""SPF against the test suite of RFC 7208 (tests/vectors/spf, its own licence beside it) and against garbage."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acuse.proof.facts.reception import AUTHENTICATION_RESULTS
from acuse.reception.origin.answers import NoAnswer
from acuse.reception.origin.spf import check_spf

SUITE = json.loads((Path(__file__).parents[2] / "vectors/spf/rfc7208-tests.json").read_text())
CASES = [(scenario, name) for scenario in SUITE for name in scenario["tests"]]


def asker(zone: dict[str, list[Any]]) -> Callable[[str, str], tuple[bytes, ...]]:
    """A DNS that holds a scenario's zone."""
    names = {name.lower(): records for name, records in zone.items()}

    def ask(name: str, kind: str, depth: int = 0) -> tuple[bytes, ...]:
        found: list[bytes] = []
        texts = [one for one in names.get(name.lower().rstrip("."), []) if isinstance(one, dict) and "TXT" in one]
        for record in names.get(name.lower().rstrip("."), []):
            if record == "TIMEOUT" and found:
                continue
            if record == "TIMEOUT":
                raise NoAnswer("timeout")
            for type_, value in record.items():
                # As the suite says: what it gives as SPF alone is to be found as TXT.
                known = "TXT" if type_ == "SPF" and not texts else type_
                if known == "CNAME" and depth < 5:
                    found += ask(value, kind, depth + 1)
                if known != kind or value == "NONE":
                    continue
                if value == "TIMEOUT":
                    raise NoAnswer("timeout")
                found.append(octets(kind, value))
        return tuple(found)

    return ask


def octets(kind: str, value: Any) -> bytes:
    if kind == "MX":
        return str(value[1]).encode()
    parts = value if isinstance(value, list) else [value]
    return b"".join(bytes.fromhex(one["bytes"]) if isinstance(one, dict) else one.encode("utf-8") for one in parts)


@pytest.mark.parametrize(("scenario", "name"), CASES, ids=[name for _, name in CASES])
def test_the_suite_of_the_standard(scenario: dict[str, Any], name: str) -> None:
    case = scenario["tests"][name]
    found = check_spf(ip=case["host"], mail_from=case["mailfrom"], helo=case["helo"], ask=asker(scenario["zonedata"]))
    wanted = case["result"] if isinstance(case["result"], list) else [case["result"]]
    assert found.result in wanted, found.reason


@pytest.mark.parametrize(
    "record",
    [
        "v=spf1 a:." + "a" * 60_000 + "!",
        "v=spf1 " + "a " * 30_000,
        "v=spf1 x=" + "%{i}" * 2000 + "%",
        "v=spf1 -all" + " " * 8000,
    ],
)
def test_no_record_takes_long(record: str) -> None:
    began = time.process_time()
    check_spf(ip="192.0.2.7", mail_from="a@x.example", helo="x", ask=lambda name, kind: (record.encode(),))
    assert time.process_time() - began < 2


WORDS = st.lists(
    st.sampled_from(
        [
            "v=spf1",
            "all",
            "-all",
            "include:a.example",
            "a:%{i}.b.example",
            "mx",
            "ptr",
            "exists:%{l1r-}.c.example",
            "redirect=d.example",
            "ip4:192.0.2.0/24",
            "ip6:::/0",
            "%{",
            "a//129",
            "a/",
            "=",
            "ÿ",
            "exp=%{p}.example",
        ]
    ),
    max_size=12,
).map(" ".join)


@given(
    st.one_of(WORDS, WORDS.map(lambda text: f"v=spf1 {text}"), st.text(max_size=60)),
    st.text(max_size=40),
    st.text(max_size=40),
)
def test_no_record_and_no_sender_raises(record: str, mail_from: str, helo: str) -> None:
    def ask(name: str, kind: str) -> tuple[bytes, ...]:
        if kind == "TXT":
            return (record.encode("utf-8", "replace"),)
        return (b"192.0.2.7",) if kind == "A" else (b"m.example",)

    found = check_spf(ip="192.0.2.7", mail_from=f"{mail_from}@x.example", helo=helo, ask=ask)
    assert found.result in AUTHENTICATION_RESULTS
