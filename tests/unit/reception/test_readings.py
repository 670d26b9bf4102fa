"""What a message is, read without ever failing; which addresses are ours."""

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acuse.mail.tokens import encode_address
from acuse.proof.facts.reception import READINGS
from acuse.reception import rules
from acuse.reception.readings import FRAGMENT, NO_HEADER, NO_REPORT, read_message
from acuse.reception.rules import read_address, repeat_key

KEYS = (b"n" * 32, b"v" * 32)
DOMAIN = "Rebotes.example"
ONE = UUID(int=5)


def read(text: str) -> tuple[str, UUID | None] | None:
    found = read_address(text, keys=KEYS, token_domain=DOMAIN, domains=frozenset({"rebotes.example", "acuse.example"}))
    return None if found is None else (found.purpose, found.identifier)


@pytest.mark.parametrize("purpose", ["bounce", "reply", "inbox", "mailbox", "ticket"])
@pytest.mark.parametrize("key", KEYS)
def test_tokens_of_the_new_and_the_old_key(purpose: str, key: bytes) -> None:
    address = encode_address(key=key, purpose=purpose, identifier=ONE, domain="rebotes.example")
    assert read(address) == read(address.upper()) == (purpose, ONE)
    forged = encode_address(key=b"x" * 32, purpose=purpose, identifier=ONE, domain="rebotes.example")
    assert read(forged) == (("unknown", None) if purpose in {"bounce", "reply"} else None)
    assert read(address.replace("rebotes", "otros")) is None


@given(st.text(max_size=80) | st.text(max_size=60).map(lambda text: f"bounce+{text}@rebotes.example"))
def test_no_address_names_anything_by_chance(text: str) -> None:
    assert read(text) in (None, ("unknown", None), ("postmaster", None))


def test_what_repeats_what() -> None:
    one = {"mail_from": "", "recipient": "bounce+x@rebotes.example", "sha256": "ab" * 32}
    assert repeat_key(**one) == repeat_key(**{**one, "recipient": "BOUNCE+X@rebotes.example"})
    others = [{**one, "mail_from": "a"}, {**one, "recipient": "b"}, {**one, "sha256": "cd" * 32}]
    assert len({repeat_key(**other) for other in (one, *others)}) == 4


def test_waits_grow_to_an_hour() -> None:
    waits = [rules.retry_wait(tries).total_seconds() for tries in range(12)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (20, 3600)


def test_references_in_the_order_of_likeliness() -> None:
    raw = (
        b"From: a@b.example\r\nIn-Reply-To: <dos@x>\r\n\t(nota) <tres@x>\r\nReferences: <uno@x> <dos@x> <cuatro@x>\r\n"
        b"Message-ID:  <propio@x>\r\n\r\nHola.\r\n"
    )
    found = read_message(raw)
    assert found.references == ("<dos@x>", "<tres@x>", "<cuatro@x>", "<uno@x>")
    assert (found.reading, found.author, found.message_id) == ("message", "a@b.example", "<propio@x>")
    many = b"References: " + b" ".join(b"<%d@x>" % number for number in range(5000)) + b"\r\n\r\n"
    assert len(read_message(many).references) == 50


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", NO_HEADER),
        (b"\r\nSolo cuerpo.\r\n", NO_HEADER),
        (b"\0\xff\xfe", NO_HEADER),
        (b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\n\r\nnada\r\n--b--\r\n", NO_REPORT),
        (b"Content-Type: message/partial; id=x; number=2\r\n\r\ntrozo\r\n", FRAGMENT),
    ],
)
def test_what_nobody_can_act_on(raw: bytes, reason: str) -> None:
    found = read_message(raw)
    assert (found.reading, found.reason) == ("unreadable", reason)


def test_an_absent_person_answers_by_machine() -> None:
    raw = b"From: a@b.example\r\nAuto-Submitted: auto-replied\r\nSubject: Ausente\r\n\r\nVuelvo.\r\n"
    assert read_message(raw).reading == "auto_reply"


PIECES = st.sampled_from(
    [
        b"From: a@b\r\n",
        b"Subject: \xff\r\n",
        b"Content-Type: multipart/report; boundary=b\r\n",
        b"--b\r\n",
        b"\r\n",
        b"Content-Type: message/delivery-status\r\n",
        b"Action: failed\r\n",
        b"Final-Recipient: rfc822;\r\n",
        b"--b--",
        b"References: " + b"<" * 200 + b"\r\n",
        b"\x00",
        b"Content-Type: message/partial\r\n",
        b"Status: 5.x\r\n",
        b"\n",
    ]
)


@given(st.lists(PIECES | st.binary(max_size=20), max_size=40).map(b"".join))
@settings(max_examples=400, deadline=None)
def test_reading_never_fails(raw: bytes) -> None:
    found = read_message(raw)
    assert found.reading in READINGS
    assert (found.reading == "unreadable") == bool(found.reason)
