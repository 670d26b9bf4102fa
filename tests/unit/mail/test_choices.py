"""mail.choices and mail.rewrite: what a sender asks for is read once, and nobody else gets to see it."""

import contextlib
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acuse.errors import InputError
from acuse.mail import headers
from acuse.mail.choices import Asked, BadChoice, read, spans
from acuse.mail.rewrite import Copy, Trace, sent_copy

TRACE = Trace(
    helo="crm.ribera.example",
    client_ip="192.0.2.10",
    host="salida.acuse.example",
    protocol="ESMTPSA",
    identifier="0193505e",
    received_at=datetime(2026, 11, 21, 9, 0, tzinfo=UTC),
)
BODY = b"\r\n\r\nAcuse-Mode: body\r\n"

WORDS = st.sampled_from(
    ["content", "notice", "button", "otp", "es", "EN", "on", "off", "10 years", "7", "=?utf-8?q?ma=C3=B1ana?=", "x", ""]
)
NAMES = st.sampled_from(
    ["Acuse-Mode", "ACUSE-ACCESS", "acuse-language", "Acuse-Reference", "Acuse-Tracking", "Acuse-Footer", "Acuse-X"]
)
ACUSE_LINES = st.builds(
    lambda name, blank, fold, value: f"{name}{blank}:{fold}{value}\r\n".encode(),
    NAMES,
    st.sampled_from(["", " ", "\t"]),
    st.sampled_from([" ", "", "\r\n ", "\r\n\t \r\n "]),
    WORDS,
)
OTHER_LINES = st.sampled_from(
    [
        b"Subject: Acuse-Mode: notice\r\n",
        b"X-Acuse-Mode: notice\r\n",
        b"To: a@b.example,\r\n Acuse-Mode: x\r\n",
        b"Acuse: recibo\r\n",
        b"Received: from x\r\n\tby y\r\n",
        b"not a header\r\n",
    ]
)
BLOCKS = st.lists(st.one_of(ACUSE_LINES, OTHER_LINES), max_size=12).map(b"".join)


def asked(*lines: str) -> Asked:
    return read("".join(f"{line}\r\n" for line in lines).encode() + b"From: a@b.example" + BODY, least_years=5)


def rebuilt(copy: Copy, message: bytes) -> bytes:
    """The copy from the message, by what the fact says: each field taken out, in order."""
    at, kept = 0, b""
    for piece in re.findall(rb"[^\n]*(?:\n[ \t][^\n]*)*(?:\n|\Z)", copy.removed):
        start = message.index(piece, at)
        kept, at = kept + message[at:start], start + len(piece)
    return copy.prepended + kept + message[at:]


def test_a_message_may_say_nothing() -> None:
    assert asked("Subject: x") == Asked()


def test_every_choice_is_read_in_any_case() -> None:
    assert asked(
        "ACUSE-MODE: Notice",
        "acuse-access:OTP",
        "Acuse-Language: en",
        "Acuse-Reference: Expediente =?utf-8?q?ma=C3=B1ana?=",
        "Acuse-Tracking: Off",
        "ACUSE-FOOTER: on",
        "Acuse-Retention: 10 years",
    ) == Asked(
        mode="notice",
        access="otp",
        language="en",
        reference="Expediente mañana",
        retention_years=10,
        tracking=False,
        footer=True,
    )


def test_a_field_said_twice_in_the_same_words_counts_once() -> None:
    assert asked("Acuse-Language: en", "acuse-language: en").language == "en"


def test_fields_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(BadChoice, match="Acuse-Mode is said twice, differently: say it once"):
        asked("Acuse-Mode: notice", "Acuse-Mode: content")


def test_a_way_of_access_asks_for_a_notice() -> None:
    assert asked("Acuse-Access: otp") == Asked(mode="notice", access="otp")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("Acuse-Mode: letter", 'Acuse-Mode may be content or notice, not "letter".'),
        ("Acuse-Mode:", 'Acuse-Mode may be content or notice, not "".'),
        ("Acuse-Access: sms", 'Acuse-Access may be button or otp, not "sms".'),
        ("Acuse-Language: fr", 'Acuse-Language may be es or en, not "fr".'),
        ("Acuse-Reference: ", "Acuse-Reference takes 1 to 200 characters."),
        ("Acuse-Reference: " + "x" * 201, "Acuse-Reference takes 1 to 200 characters."),
        ("Acuse-Tracking: maybe", 'Acuse-Tracking may be on or off, not "maybe".'),
        ("Acuse-Retention: 4", 'Acuse-Retention takes years, from 5 to 30, such as "30 years".'),
        ("Acuse-Retention: 31 years", 'Acuse-Retention takes years, from 5 to 30, such as "30 years".'),
        ("Acuse-Retention: for ever", 'Acuse-Retention takes years, from 5 to 30, such as "30 years".'),
        (
            "Acuse-Moed: notice",
            "Acuse-Moed is not a field of Acuse: those are Acuse-Mode, Acuse-Access, Acuse-Language, Acuse-Reference, "
            "Acuse-Tracking, Acuse-Footer, Acuse-Retention.",
        ),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(line: str, sentence: str) -> None:
    with pytest.raises(InputError) as refused:
        asked(line)
    assert str(refused.value) == sentence


def test_the_fields_cannot_outgrow_the_fact_that_repeats_them() -> None:
    with pytest.raises(InputError, match="at most 8192 octets"):
        asked(*["Acuse-Language: es"] * 500)


def test_content_cannot_wait_for_a_code() -> None:
    with pytest.raises(InputError, match="cannot go with Acuse-Mode: content"):
        asked("Acuse-Mode: content", "Acuse-Access: otp")


@given(BLOCKS)
def test_no_field_of_ours_is_in_what_is_sent_and_everything_else_is(block: bytes) -> None:
    message = block + b"From: a@b.example" + BODY
    copy = sent_copy(message, trace=TRACE, message_id="<ours@acuse.example>")
    fields, _, _ = headers.split_block(copy.content, 0, len(copy.content))
    assert not [field.name for field in fields if field.name.lower().startswith("acuse-")]
    assert copy.content == rebuilt(copy, message)
    submitted, _, _ = headers.split_block(message, 0, len(message))
    others = [field for field in submitted if not field.name.lower().startswith("acuse-")]
    assert list(fields)[-len(others) :] == others
    assert len(list(spans(message))) == len(submitted) - len(others)
    if not copy.removed:
        assert copy.content.endswith(message)


@given(st.one_of(st.binary(max_size=300), BLOCKS, st.builds(lambda a, b: a + b, BLOCKS, st.binary(max_size=80))))
def test_any_octets_are_read_or_refused_and_the_copy_is_what_the_fact_says(raw: bytes) -> None:
    found = None
    with contextlib.suppress(InputError):
        found = read(raw, least_years=5)
    if found is not None:
        assert found.mode in {"", "content", "notice"}
        assert len(found.reference) <= 200
        assert found.retention_years == 0 or 5 <= found.retention_years <= 30
        assert found == Asked() or any(spans(raw))
    copy = sent_copy(raw, trace=TRACE, message_id="<ours@acuse.example>")
    assert copy.content == rebuilt(copy, raw)
    assert not any(spans(copy.content[len(copy.prepended) :]))
