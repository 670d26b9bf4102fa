"""Any text, as the database can hold it."""

from hypothesis import given
from hypothesis import strategies as st

from acuse.texts import storable

UNHOLDABLE = st.sampled_from("\0\ud800\udbff\udc00\udce9\udfff")
#: Characters of every kind, and often those that cannot be held.
ANY = st.lists(st.one_of(st.characters(exclude_categories=()), UNHOLDABLE)).map("".join)


@given(ANY)
def test_what_cannot_be_held_is_replaced_sign_by_sign_and_nothing_else_is(text: str) -> None:
    kept = storable(text)
    assert kept.encode().decode() == kept
    assert len(kept) == len(text)
    for before, after in zip(text, kept, strict=True):
        surrogate = "\ud800" <= before <= "\udfff"
        assert after == ("\N{REPLACEMENT CHARACTER}" if before == "\0" else "?" if surrogate else before)
    assert storable(kept) == kept
