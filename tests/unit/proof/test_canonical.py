"""Canonical JSON and the golden vector of facts."""

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from acuse.errors import AcuseError, InputError
from acuse.proof.canonical import MAX_DEPTH, canonicalise, parse
from acuse.proof.facts.fact import Fact

GOLDEN = (
    '{"actor":{"id":"0193505e-7a00-7000-8000-0000000000cc","kind":"smtp_credential"},'
    '"details":{"subject":"Reclamación ñ"},"id":"0193505e-7a00-7000-8000-000000000001",'
    '"objects":[{"media_type":"message/rfc822","role":"message",'
    '"sha256":"0000000000000000000000000000000000000000000000000000000000000000","size":10}],'
    '"occurred_at":"2026-11-21T09:00:00.000000Z","organisation":"0193505e-7a00-7000-8000-0000000000aa",'
    '"previous":null,"recorded_at":"2026-11-21T09:00:00.000123Z","salt":"AAAAAAAAAAAAAAAAAAAAAA",'
    '"subject":{"id":"0193505e-7a00-7000-8000-0000000000bb","kind":"communication"},'
    '"subject_sequence":1,"type":"communication.accepted","v":1}'
).encode()

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


def test_golden_vector() -> None:
    fact = Fact.parse(GOLDEN)
    assert fact.canonical() == GOLDEN
    assert fact.entry().hex() == "e6dd1735d9a7580c441e208e935a69c494545c41c1f09225906d80a545648db0"
    assert fact.leaf().hex() == "a273c4e399935fc95efa2d7b65150c21896d1494597bf9f0b37a63f8576c3b07"


@given(JSON)
def test_what_is_written_is_read_back(value: Any) -> None:
    raw = canonicalise(value)
    assert parse(raw) == value
    assert json.loads(raw) == value


@given(JSON)
def test_the_standard_encoder_writes_what_the_library_of_the_standard_writes(value: Any) -> None:
    assert canonicalise(value) == rfc8785.dumps(value)


def _written(value: Any, depth: int = 0) -> str:
    """RFC 8785 section 3.2 read aloud, one value after another; ValueError where this project has no form."""
    if isinstance(value, str):
        return '"' + "".join(map(_written_character, value)) + '"'
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int) and abs(value) < 2**53:
        return str(value)
    if not isinstance(value, list | tuple | dict) or (value and depth == MAX_DEPTH):
        raise ValueError
    if not isinstance(value, dict):
        return "[" + ",".join(_written(each, depth + 1) for each in value) + "]"
    names = sorted(value, key=lambda name: name.encode("utf-16-be"))
    return "{" + ",".join(f"{_written(name)}:{_written(value[name], depth + 1)}" for name in names) + "}"


def _written_character(character: str) -> str:
    short = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
    if 0xD800 <= ord(character) < 0xE000:
        raise ValueError
    return short.get(character) or (f"\\u{ord(character):04x}" if ord(character) < 0x20 else character)


#: Text with what encoders differ in: controls, separators, beyond the basic plane and before it, lone surrogates.
ODD = st.text(
    st.characters() | st.sampled_from('\x00\x1f\x7f\u2028\u2029\ue000\uffff\U00010000\ud800\udfff"\\/'), max_size=6
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.integers(2**53 - 2, 2**53 + 1) | st.floats() | ODD,
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(ODD, inner, max_size=4),
    max_leaves=12,
)


@given(ANYTHING, st.sampled_from([0, 0, 0, MAX_DEPTH - 2, MAX_DEPTH - 1, MAX_DEPTH]))
def test_every_value_is_written_as_the_standard_says_or_refused(value: Any, levels: int) -> None:
    for _ in range(levels):
        value = [value]
    try:
        expected = _written(value).encode()
    except ValueError:
        with pytest.raises(InputError):
            canonicalise(value)
    else:
        assert canonicalise(value) == expected


@given(st.binary(max_size=200))
def test_garbage_is_refused_or_canonical(raw: bytes) -> None:
    try:
        value = parse(raw)
    except AcuseError:
        return
    assert canonicalise(value) == raw


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a": 1}',
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"a":1,"a":2}',
        b"1.0",
        b"1e3",
        b"-0",
        b"01",
        b"NaN",
        b"9007199254740992",
        b"1" * 5000,
        b'"\\u0041"',
        b'"\\/"',
        b'"\\ud800"',
        b'"\\u001F"',
        b"\xef\xbb\xbf1",
        b'"\xff"',
        b"1\n",
        b"",
        b"[" * 100_000,
        b"[" * (MAX_DEPTH + 2) + b"]" * (MAX_DEPTH + 2),
    ],
)
def test_second_spellings_are_refused(raw: bytes) -> None:
    with pytest.raises(InputError):
        parse(raw)


def test_members_are_ordered_by_utf16() -> None:
    # U+FF5E sorts after U+1F600 in UTF-16 (RFC 8785 section 3.2.3), before it by code point.
    assert canonicalise({"～": 1, "😀": 2}) == '{"😀":2,"～":1}'.encode()


@pytest.mark.parametrize("value", [1.0, b"x", {1: 2}, {"a": {3}}, 2**53, "\ud800"])
def test_values_without_a_form_are_refused(value: Any) -> None:
    with pytest.raises(InputError):
        canonicalise(value)


def test_depth_counts_values_and_not_only_containers() -> None:
    def nested(levels: int, innermost: Any) -> Any:
        return innermost if levels == 0 else [nested(levels - 1, innermost)]

    assert canonicalise(nested(MAX_DEPTH, "deep")) == b"[" * MAX_DEPTH + b'"deep"' + b"]" * MAX_DEPTH
    assert canonicalise(nested(MAX_DEPTH, {})) == b"[" * MAX_DEPTH + b"{}" + b"]" * MAX_DEPTH
    for innermost in ("deep", 1, None, {"a": "deep"}):
        with pytest.raises(InputError, match="deeper"):
            canonicalise(nested(MAX_DEPTH + 1, innermost))


def test_size_is_limited() -> None:
    with pytest.raises(InputError, match="Too long"):
        parse(b'"' + b"x" * 100 + b'"', limit=50)
