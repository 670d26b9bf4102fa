"""The bundle's JSON and its archive: one form each."""

import hashlib
import io
import zipfile
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acuse.errors import AcuseError, InputError
from acuse.proof.archive import Archive, parse_archive
from acuse.proof.bundle import Bundle, parse
from acuse.proof.canonical import canonicalise
from acuse.proof.canonical import parse as parse_json
from tests.unit.proof.support import MESSAGE, Operator, chain
from tests.unit.proof.test_canonical import JSON

OPERATOR = Operator()
FACTS = chain("communication.accepted", "attempt.relayed")
BUNDLE = OPERATOR.bundle(FACTS)
RAW = BUNDLE.to_json()
ARCHIVE = Archive(proof=RAW, statement=b"{}", objects={hashlib.sha256(MESSAGE).hexdigest(): MESSAGE})


def test_a_bundle_is_written_and_read_back() -> None:
    assert parse(RAW) == BUNDLE
    assert parse(RAW).to_json() == RAW
    assert BUNDLE.facts_up_to == 2


def test_a_bundle_without_stamp_or_binding() -> None:
    bare = OPERATOR.bundle(FACTS, stamped=False, bound=False)
    assert parse(bare.to_json()) == bare


def changed(**members: Any) -> bytes:
    return canonicalise({**parse_json(RAW), **members})


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{}",
        b"[]",
        RAW + b"\n",
        RAW.replace(b'"v":1', b'"v": 1'),
        changed(v=2),
        changed(v=True),
        changed(format="other"),
        changed(more=1),
        changed(facts=[]),
        changed(facts={}),
        changed(tokens=[{}]),
        changed(tokens=parse_json(RAW)["tokens"] * 2),
        changed(tokens=parse_json(RAW)["tokens"] * 9),
        changed(binding={"cms": "AAA", "crls": []}),
        changed(binding={"cms": "AAB=", "crls": []}),
        changed(checkpoint=1),
        changed(facts=[{**parse_json(RAW)["facts"][0], "position": -1}]),
        changed(facts=[{**parse_json(RAW)["facts"][0], "position": True}]),
        changed(facts=[{**parse_json(RAW)["facts"][0], "path": ["AB" * 32]}]),
        changed(facts=[{**parse_json(RAW)["facts"][0], "path": ["ab" * 32] * 65}]),
        changed(facts=[{**parse_json(RAW)["facts"][0], "path": ["a b" * 32]}]),
    ],
)
def test_other_forms_are_refused(raw: bytes) -> None:
    with pytest.raises(InputError):
        parse(raw)


@given(st.sampled_from(sorted(parse_json(RAW))), JSON)
def test_any_member_is_refused_or_kept(name: str, value: Any) -> None:
    raw = changed(**{name: value})
    with suppress(AcuseError):
        assert parse(raw).to_json() == raw


@given(st.binary(max_size=100) | st.tuples(st.integers(0, len(RAW)), st.binary(max_size=8)))
def test_foreign_bytes_raise_our_errors_only(what: bytes | tuple[int, bytes]) -> None:
    raw = what if isinstance(what, bytes) else RAW[: what[0]] + what[1] + RAW[what[0] + len(what[1]) :]
    with suppress(AcuseError):
        assert parse(raw).to_json() == raw


def test_limits_hold_when_writing() -> None:
    many: Bundle = replace(BUNDLE, facts=BUNDLE.facts[:1] * 20_001)
    with pytest.raises(InputError, match="at most"):
        many.to_json()


def test_an_archive_is_written_and_read_back() -> None:
    raw = ARCHIVE.to_zip()
    assert parse_archive(raw) == ARCHIVE
    assert raw == ARCHIVE.to_zip()
    with zipfile.ZipFile(io.BytesIO(raw)) as public:
        assert public.testzip() is None
        assert public.namelist()[:2] == ["proof.json", "statement.json"]
    assert parse_archive(Archive(proof=RAW).to_zip()).statement is None


def zipped(*members: tuple[str, bytes], how: int = zipfile.ZIP_STORED) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", how) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, compress_type=how)
    return written.getvalue()


@pytest.mark.parametrize(
    "raw",
    [
        b"PK",
        zipped(("proof.json", RAW)),
        zipped(("proof.json", RAW), how=zipfile.ZIP_DEFLATED),
        zipped(("../proof.json", RAW)),
        zipped(("readme.txt", b"x"), ("proof.json", RAW)),
        zipped(("objects/" + "0" * 64, b"x"), ("proof.json", RAW)),
        zipped(("statement.json", b"{}")),
        ARCHIVE.to_zip() + b"x",
        b"x" + ARCHIVE.to_zip(),
    ],
)
def test_other_archives_are_refused(raw: bytes) -> None:
    with pytest.raises(InputError):
        parse_archive(raw)


def test_objects_are_named_by_their_digest() -> None:
    with pytest.raises(InputError, match="SHA-256"):
        Archive(proof=RAW, objects={"0" * 64: b"x"}).to_zip()


def test_every_changed_byte_of_the_zip_format_is_refused() -> None:
    raw = Archive(proof=b"{}", statement=b"{}", objects=ARCHIVE.objects).to_zip()
    content = {
        index for part in (b"{}", MESSAGE) for at in _occurrences(raw, part) for index in range(at, at + len(part))
    }
    for index in set(range(len(raw))) - content:
        for bit in range(8):
            flipped = bytearray(raw)
            flipped[index] ^= 1 << bit
            with pytest.raises(InputError):
                parse_archive(bytes(flipped))


def _occurrences(raw: bytes, part: bytes) -> list[int]:
    return [index for index in range(len(raw)) if raw.startswith(part, index)]


@given(st.binary(max_size=100) | st.tuples(st.integers(0, 4000), st.binary(max_size=8)))
def test_foreign_archives_raise_our_errors_only(what: bytes | tuple[int, bytes]) -> None:
    whole = ARCHIVE.to_zip()
    raw = b"PK" + what if isinstance(what, bytes) else whole[: what[0]] + what[1] + whole[what[0] + len(what[1]) :]
    with suppress(AcuseError):
        assert parse_archive(raw).to_zip() == raw
