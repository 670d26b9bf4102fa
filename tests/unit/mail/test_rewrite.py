"""mail.rewrite: nothing that was submitted is altered."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acuse.mail.read import read
from acuse.mail.rewrite import Trace, message_id_of, needs_of, sent_copy, trace_line

TRACE = Trace(
    helo="crm.ribera.example",
    client_ip="192.0.2.10",
    host="salida.acuse.example",
    protocol="ESMTPSA",
    identifier="0193505e",
    received_at=datetime(2026, 11, 21, 9, 0, tzinfo=UTC),
)
WHOLE = b"Message-ID: <a@x.example>\r\nDate: Sat, 21 Nov 2026 10:00:00 +0100\r\nBcc: oculto@x.example\r\n\r\nhola\r\n"


def test_a_complete_message_gets_one_line_before_it() -> None:
    copy = sent_copy(WHOLE, trace=TRACE, message_id="<ours@acuse.example>").content
    assert copy == trace_line(TRACE) + WHOLE
    assert trace_line(TRACE) == (
        b"Received: from crm.ribera.example ([192.0.2.10])\r\n"
        b"\tby salida.acuse.example with ESMTPSA id 0193505e;\r\n"
        b"\tSat, 21 Nov 2026 09:00:00 +0000\r\n"
    )


def test_missing_date_and_message_id_are_added_before_it() -> None:
    raw = b"Subject: x\r\n\r\nhola\r\n"
    copy = sent_copy(raw, trace=TRACE, message_id="<ours@acuse.example>").content
    assert copy.endswith(raw)
    assert message_id_of(copy) == "<ours@acuse.example>"
    assert read(copy).date == TRACE.received_at
    assert message_id_of(raw) is None


@pytest.mark.parametrize(
    ("covered", "added"), [("from:subject", 2), ("From:\r\n\tDate", 1), ("date : MESSAGE-ID:to", 0)]
)
def test_nothing_is_added_that_a_signature_says_is_not_there(covered: str, added: int) -> None:
    raw = f"DKIM-Signature: v=1; h={covered};\r\n\tbh=x; b=y\r\nSubject: x\r\n\r\nhola\r\n".encode()
    copy = sent_copy(raw, trace=TRACE, message_id="<ours@acuse.example>")
    assert copy.content.endswith(raw)
    lines = copy.prepended.removeprefix(trace_line(TRACE)).splitlines()
    assert len(lines) == added


@given(st.binary(max_size=300))
def test_the_submitted_bytes_always_end_the_copy(raw: bytes) -> None:
    copy = sent_copy(raw, trace=TRACE, message_id="<ours@acuse.example>").content
    assert copy.endswith(raw)
    assert copy.startswith(b"Received: from crm.ribera.example")


@given(st.text(max_size=100), st.text(max_size=60))
def test_what_a_client_says_cannot_inject_headers(helo: str, address: str) -> None:
    hostile = Trace(
        helo=helo,
        client_ip=address,
        host="h.example",
        protocol="ESMTP",
        identifier="x\r\nX: y",
        received_at=TRACE.received_at,
    )
    line = trace_line(hostile)
    assert line.count(b"\r\n") == 3
    assert line.replace(b"\r\n\t", b"").count(b"\n") == 1


@pytest.mark.parametrize(
    ("message", "addresses", "smtputf8", "eight_bit"),
    [
        (b"Subject: x\r\n\r\nhola\r\n", ("a@b.example",), False, False),
        (b"Subject: x\r\n\r\n\xf1\r\n", ("a@b.example",), False, True),
        ("Subject: ñ\r\n\r\nhola\r\n".encode(), ("a@b.example",), True, True),
        (b"Subject: x\r\n\r\nhola\r\n", ("ñ@b.example",), True, False),
    ],
)
def test_needs(message: bytes, addresses: tuple[str, ...], smtputf8: bool, eight_bit: bool) -> None:
    needs = needs_of(message, *addresses)
    assert (needs.smtputf8, needs.eight_bit) == (smtputf8, eight_bit)
