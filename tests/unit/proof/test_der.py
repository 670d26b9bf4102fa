"""Strict DER: one spelling for everything."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acuse.errors import AcuseError, InputError
from acuse.proof.der import MAX_DEPTH, check_der, parts, primitive


@pytest.mark.parametrize(
    "text",
    ["0500", "0101ff", "020100", "0202ff7f", "02020080", "030100", "03020780", "3000", "300502010a0500", "a0020500"],
)
def test_der(text: str) -> None:
    check_der(bytes.fromhex(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "05",
        "050000",  # bytes behind
        "058100",  # length in two bytes where one does
        "04820001aa",
        "3080050000",  # indefinite
        "04850000000001aa",
        "0402aa",  # cut short
        "3003020105ff",
        "30030201",
        "010101",  # true is ff
        "01020000",
        "0200",
        "02020000",
        "0202ff80",
        "0300",
        "030101",
        "03020781",  # a spare bit that is not zero
        "03020980",
        "050100",
        "1f8101",  # a long tag
        "2403040100",  # a string in parts
    ],
)
def test_other_spellings_are_refused(text: str) -> None:
    with pytest.raises(InputError):
        check_der(bytes.fromhex(text))


def test_nesting_is_limited() -> None:
    raw = b""
    for _ in range(MAX_DEPTH + 2):
        raw = bytes([0x30, len(raw)]) + raw
    with pytest.raises(InputError, match="nested"):
        check_der(raw)


def test_parts() -> None:
    raw = bytes.fromhex("300502010a0500")
    assert parts(raw) == [bytes.fromhex("02010a"), b"\x05\x00"]
    assert primitive(parts(raw)[0], 0x02) == b"\x0a"
    for wrong in (
        lambda: parts(raw, 0x31),
        lambda: primitive(raw, 0x02),
        lambda: parts(b""),
        lambda: primitive(b"", 2),
    ):
        with pytest.raises(InputError):
            wrong()


@given(st.binary(max_size=60))
def test_foreign_bytes_raise_our_errors_only(raw: bytes) -> None:
    for read in (check_der, parts, lambda each: primitive(each, 0x04)):
        with suppress(AcuseError):
            read(raw)
