"""mail.tokens: addresses that only we can make."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acuse.errors import ConfigurationError, InputError
from acuse.mail.tokens import decode_address, encode_address

KEY, OTHER = b"k" * 32, b"o" * 32


@given(st.uuids(), st.booleans())
def test_round_trip_in_any_case(identifier: UUID, shout: bool) -> None:
    address = encode_address(key=KEY, purpose="bounce", identifier=identifier, domain="r.acuse.example")
    assert len(address.partition("@")[0]) <= 64
    shown = address.upper() if shout else address
    assert decode_address(shown, keys=(OTHER, KEY), purpose="bounce") == identifier


@given(st.uuids(), st.integers(7, 48), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567=+ "))
def test_any_other_letter_is_refused(identifier: UUID, position: int, letter: str) -> None:
    address = encode_address(key=KEY, purpose="bounce", identifier=identifier, domain="d.example")
    changed = address[:position] + letter + address[position + 1 :]
    expected = identifier if changed == address else None
    assert decode_address(changed, keys=(KEY,), purpose="bounce") == expected


@given(st.text(max_size=100))
def test_decoding_never_raises(address: str) -> None:
    assert decode_address(address, keys=(KEY,), purpose="bounce") is None


def test_purpose_and_key_are_bound() -> None:
    address = encode_address(key=KEY, purpose="bounce", identifier=UUID(int=1), domain="d.example")
    assert decode_address(address, keys=(OTHER,), purpose="bounce") is None
    assert decode_address(address.replace("bounce", "ticket"), keys=(KEY,), purpose="ticket") is None
    with pytest.raises(ConfigurationError):
        encode_address(key=b"short", purpose="bounce", identifier=UUID(int=1), domain="d.example")
    with pytest.raises(InputError):
        encode_address(key=KEY, purpose="Bounce+", identifier=UUID(int=1), domain="d.example")
