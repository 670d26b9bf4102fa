"""Signed notes, verifier keys and tlog-proofs."""

from contextlib import suppress

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from acuse.errors import AcuseError, InputError
from acuse.proof import merkle
from acuse.proof.checkpoint import Checkpoint, SigningKey, VerifierKey, open_note, parse_note, sign
from acuse.proof.tlog_proof import TlogProof, parse_tlog_proof
from tests.unit.proof.support import tree

# The example of golang.org/x/mod/sumdb/note: a key that other implementations produce and read.
PUBLIC_EXAMPLE = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"

KEY = SigningKey(name="log.talleres.example", private=Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
NOTE = sign(Checkpoint(origin=KEY.name, size=7, root=b"\x07" * 32), KEY)
ENTRIES = [bytes([number]) * 32 for number in range(7)]


def proof() -> TlogProof:
    leaves = [merkle.leaf_hash(entry) for entry in ENTRIES]
    read = tree(leaves)
    note = sign(Checkpoint(origin=KEY.name, size=7, root=merkle.root(read, 7)), KEY)
    return TlogProof(entry=ENTRIES[4], position=4, path=tuple(merkle.inclusion_path(read, 4, 7)), checkpoint=note)


def test_public_verifier_key() -> None:
    key = VerifierKey.parse(PUBLIC_EXAMPLE)
    assert key.key_id.hex() == "c74f20a3"
    assert key.line() == PUBLIC_EXAMPLE


def test_keys_are_written_and_read_back() -> None:
    new = SigningKey.generate("log.example/one")
    assert SigningKey.parse(new.text() + "\n").verifier() == new.verifier()
    assert VerifierKey.parse(new.verifier().line()) == new.verifier()
    assert new.text().split("+")[-1] not in repr(new)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "ñ", "a\n", "x" * 201])
def test_names_outside_the_format_are_refused(name: str) -> None:
    with pytest.raises(InputError):
        SigningKey.generate(name)


@pytest.mark.parametrize("text", ["", "PRIVATE+KEY+a+b", KEY.text()[:-4], KEY.text().replace("talleres", "tallares")])
def test_other_signing_keys_are_refused_without_showing_them(text: str) -> None:
    with pytest.raises(InputError) as refused:
        SigningKey.parse(text)
    assert text == "" or text not in str(refused.value)


def test_a_note_is_opened() -> None:
    assert open_note(NOTE, KEY.verifier()) == Checkpoint(origin=KEY.name, size=7, root=b"\x07" * 32)
    assert NOTE.startswith(b"log.talleres.example\n7\nBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n\n\xe2\x80\x94 ")


def test_every_changed_byte_of_a_note_is_refused() -> None:
    for index in range(len(NOTE)):
        for change in (1, 0x20, 0x80, 0xFF):
            changed = bytearray(NOTE)
            changed[index] ^= change
            with pytest.raises(InputError):
                open_note(bytes(changed), KEY.verifier())


@pytest.mark.parametrize(
    "note",
    [
        NOTE + NOTE.split(b"\n\n")[1],
        NOTE[:-1],
        NOTE + b"\n",
        NOTE.replace(b"\n\n", b"\nextension\n\n"),
        NOTE.replace(b"\n7\n", b"\n07\n"),
        NOTE.replace(b"\n", b"\r\n"),
        b"",
        NOTE * 20,
    ],
)
def test_other_notes_are_refused(note: bytes) -> None:
    with pytest.raises(InputError):
        parse_note(note)


def test_another_key_is_refused() -> None:
    with pytest.raises(InputError, match="not signed by the key"):
        open_note(NOTE, SigningKey.generate(KEY.name).verifier())
    with pytest.raises(InputError):
        sign(Checkpoint(origin="other.example", size=1, root=b"\0" * 32), KEY)


def test_a_tlog_proof_is_written_read_and_verified() -> None:
    text = proof().to_text()
    assert text.startswith(b"c2sp.org/tlog-proof@v1\nextra ")
    assert parse_tlog_proof(text) == proof()
    assert parse_tlog_proof(text).verify(KEY.verifier()).size == 7


def test_every_changed_byte_of_a_tlog_proof_is_refused() -> None:
    text = proof().to_text()
    for index in range(len(text)):
        for change in (1, 0x20, 0x80):
            changed = bytearray(text)
            changed[index] ^= change
            with pytest.raises(InputError):
                parse_tlog_proof(bytes(changed)).verify(KEY.verifier())


@given(st.binary(max_size=300) | st.binary(max_size=40).map(lambda raw: b"c2sp.org/tlog-proof@v1\nextra " + raw))
def test_foreign_bytes_raise_our_errors_only(raw: bytes) -> None:
    for read in (parse_note, parse_tlog_proof):
        with suppress(AcuseError):
            read(raw)


@given(st.text(max_size=80) | st.text(max_size=40).map(lambda text: "PRIVATE+KEY+a+" + text))
def test_foreign_text_raises_our_errors_only(text: str) -> None:
    for read in (VerifierKey.parse, SigningKey.parse):
        with suppress(AcuseError):
            read(text)
