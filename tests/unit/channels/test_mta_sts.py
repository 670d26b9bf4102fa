"""MTA-STS as text (RFC 8461 3 and 4): what counts as an announcement, as a policy, and which hosts it covers."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acuse.channels.email.mta_sts import MAX_POLICY, InvalidPolicy, StsPolicy, announced, parse

GOOD = b"version: STSv1\r\nmode: enforce\r\nmx: mail.example.com\r\nmx: *.example.net\r\nmax_age: 604800\r\n"


@pytest.mark.parametrize(
    ("texts", "identifier"),
    [
        ((b"v=STSv1; id=20160831085700Z;",), "20160831085700Z"),
        ((b"v=STSv1;id=1",), "1"),
        ((b"v=STSv1 ; more=x; id=Abc9 ;",), "Abc9"),
        ((b"v=spf1 -all", b"v=STSv1; id=1"), "1"),
        ((b"v=STSv1; id=1; id=2",), "1"),
        ((b"v=STSv1; id=1", b"v=STSv1; id=2"), None),
        ((b"v=STSv1;",), None),
        ((b"v=STSv12; id=1",), None),
        ((b" v=STSv1; id=1",), None),
        ((b"v=STSv1; id=a-b",), None),
        ((b"v=STSv1; id=" + b"1" * 33,), None),
        ((b"v=STSv1; id=\xff",), None),
        ((), None),
    ],
)
def test_what_is_announced(texts: tuple[bytes, ...], identifier: str | None) -> None:
    assert announced(texts) == identifier


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_a_policy(end: bytes) -> None:
    found = parse(GOOD.replace(b"\r\n", end))
    assert found == StsPolicy(mode="enforce", mx=("mail.example.com", "*.example.net"), max_age=timedelta(days=7))


def test_of_what_may_stand_once_the_first_counts_and_unknown_keys_none() -> None:
    found = parse(b"mode: testing\nversion: STSv1\nfuture: x: y\nMX: no\nmx: A.example\nmax_age:5 \nmode: none\nno\n")
    assert found == StsPolicy(mode="testing", mx=("a.example",), max_age=timedelta(seconds=5))


def test_no_policy_holds_longer_than_a_year() -> None:
    assert parse(GOOD.replace(b"604800", b"9999999999")).max_age == timedelta(seconds=31_557_600)


def test_a_policy_of_mode_none_needs_no_servers() -> None:
    assert parse(b"version: STSv1\nmode: none\nmax_age: 86400\n").mx == ()


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\xff",
        GOOD + b"more: \0\n",
        GOOD.replace(b"STSv1", b"STSv2"),
        GOOD.replace(b"enforce", b"Enforce"),
        GOOD.replace(b"mode", b"mood"),
        GOOD.replace(b"604800", b"-1"),
        GOOD.replace(b"604800", b"1e3"),
        GOOD.replace(b"604800", "١".encode()),
        GOOD.replace(b"max_age", b"age"),
        b"version: STSv1\nmode: enforce\nmax_age: 1\n",
        GOOD.replace(b"*.example.net", b"*"),
        GOOD.replace(b"*.example.net", b"mail.*.example.net"),
        GOOD.replace(b"*.example.net", b"*.*.example.net"),
        GOOD.replace(b"*.example.net", b"a b"),
        GOOD.replace(b"*.example.net", b"." + b"a" * 64),
        GOOD + b"x" * MAX_POLICY,
        GOOD + b"mx: a.example\n" * 1000,
    ],
)
def test_what_is_no_policy(text: bytes) -> None:
    with pytest.raises(InvalidPolicy):
        parse(text)


@pytest.mark.parametrize(
    ("host", "covered"),
    [
        ("mail.example.com", True),
        ("MAIL.Example.COM.", True),
        ("a.example.net", True),
        ("example.net", False),
        ("a.b.example.net", False),
        ("evil-example.net", False),
        ("x.mail.example.com", False),
        ("*.example.net", True),
        ("", False),
    ],
)
def test_which_hosts_a_policy_covers(host: str, covered: bool) -> None:
    assert parse(GOOD).covers(host) is covered


@given(
    st.binary(max_size=400)
    | st.lists(st.sampled_from([*GOOD.split(b"\r\n"), b"mx: *", b": ", b"mode:"])).map(b"\n".join)
)
def test_any_bytes_are_a_policy_or_refused(raw: bytes) -> None:
    try:
        found = parse(raw)
    except InvalidPolicy:
        return
    assert found.mode in {"enforce", "testing", "none"}
    assert found.mx or found.mode == "none"
    assert timedelta() <= found.max_age <= timedelta(seconds=31_557_600)


@given(st.lists(st.binary(max_size=60).map(lambda tail: b"v=STSv1;" + tail) | st.binary(max_size=20), max_size=3))
def test_any_records_announce_one_identifier_or_none(texts: list[bytes]) -> None:
    found = announced(tuple(texts))
    assert found is None or (found.isascii() and found.isalnum() and len(found) <= 32)


@given(st.from_regex(r"[a-z]{1,8}(\.[a-z]{1,8}){1,3}", fullmatch=True), st.from_regex(r"[a-z]{1,8}", fullmatch=True))
def test_a_wildcard_stands_for_exactly_one_label(parent: str, label: str) -> None:
    made = parse(f"version: STSv1\nmode: enforce\nmx: *.{parent}\nmax_age: 1\n".encode())
    assert made.covers(f"{label}.{parent}")
    assert not made.covers(parent)
    assert not made.covers(f"{label}.{label}.{parent}")
