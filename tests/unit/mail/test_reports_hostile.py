"""mail.reports: whatever comes in is read within limits, and never raises."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acuse.mail.causes.vocabulary import FAILURE_CLASSES, REPORT_CLASSES
from acuse.mail.reports.reader import read_report
from acuse.mail.reports.status import MAX_RECIPIENTS
from acuse.mail.reports.values import ACTIONS, Report

VECTORS = [path.read_bytes() for path in sorted((Path(__file__).parents[2] / "vectors" / "bounces").glob("*.eml"))]
KINDS = {"dsn", "bounce", "complaint", "read_receipt", "auto_reply", "ordinary"}
FAILURES = {*FAILURE_CLASSES.values(), "complaint", "auto_reply", "read_receipt", "delivered", "relayed"}
REPORTS = {
    *REPORT_CLASSES.values(), "complaint_arf", "auto_reply", "read_receipt", "delivered_dsn", "relayed_dsn",
}  # fmt: skip
HEAD = b"From: MAILER-DAEMON@mta.example\r\nSubject: Undelivered Mail Returned to Sender\r\n"
REPORT = HEAD + b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
STATUS = b"--b\r\nContent-Type: message/delivery-status\r\n\r\n"


def sound(report: Report) -> None:
    assert report.kind in KINDS
    assert (report.kind == "ordinary") == (not report.recipients)
    assert len(report.recipients) <= MAX_RECIPIENTS
    for each in report.recipients:
        assert each.failure_class in FAILURES
        assert each.report_class in REPORTS
        assert each.action in (*ACTIONS, "")
        assert len(each.address) <= 4096
        assert len(each.diagnostic) <= 8192
        assert each.reason


@given(st.binary(max_size=4000))
def test_any_bytes(raw: bytes) -> None:
    sound(read_report(raw))
    sound(read_report(REPORT + STATUS + raw))
    sound(read_report(HEAD + b"\r\n" + raw))


PIECES = st.sampled_from(
    [b"", b"\x00", b"\r\n", b"\n\n", b"\xff\xfe", b"\x1b$B", b"--b", b"=?utf-8?q?", b"Final-Recipient: rfc822; ",
     b"Content-Type: message/rfc822\r\n\r\n", b"Content-Transfer-Encoding: base64\r\n", b"<a@b.example>: ", b"5.1.1",
     b"{", b'"notificationType"']
)  # fmt: skip


@given(st.sampled_from(VECTORS), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 80), PIECES), max_size=6))
def test_damaged_reports(raw: bytes, edits: list[tuple[float, int, bytes]]) -> None:
    for place, length, piece in edits:
        at = int(place * len(raw))
        raw = raw[:at] + piece + raw[at + length :]
    sound(read_report(raw))


@given(st.sampled_from(VECTORS), st.floats(0, 1))
def test_reports_cut_short(raw: bytes, place: float) -> None:
    sound(read_report(raw[: int(place * len(raw))]))


def test_ten_thousand_recipients_and_no_more() -> None:
    one = b"Final-Recipient: rfc822; user%d@destino.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
    groups = [one % number for number in range(MAX_RECIPIENTS + 1)]
    whole = read_report(REPORT + STATUS + b"".join(groups[:MAX_RECIPIENTS]) + b"--b--\r\n")
    assert (len(whole.recipients), whole.truncated) == (MAX_RECIPIENTS, False)
    assert whole.recipients[-1].address == f"user{MAX_RECIPIENTS - 1}@destino.example"
    more = read_report(REPORT + STATUS + b"".join(groups) + b"--b--\r\n")
    assert (len(more.recipients), more.truncated) == (MAX_RECIPIENTS, True)


def test_a_hundred_parts() -> None:
    one = b"Reporting-MTA: dns; mta.example\r\n\r\nFinal-Recipient: rfc822; user%d@destino.example\r\nStatus: 5.2.2\r\n"
    parts = b"".join(STATUS + one % number for number in range(100))
    report = read_report(REPORT + parts + b"--b--\r\n")
    assert [each.report_class for each in report.recipients] == ["mailbox_full"] * 100


def test_the_same_said_twice_is_one_recipient() -> None:
    part = STATUS + b"Final-Recipient: rfc822; user@destino.example\r\nStatus: 5.2.2\r\n"
    assert len(read_report(REPORT + part * 2 + b"--b--\r\n").recipients) == 1


@pytest.mark.parametrize("depth", [3, 500])
def test_messages_within_messages(depth: int) -> None:
    sound(read_report((HEAD + b"Content-Type: message/rfc822\r\n\r\n") * depth + VECTORS[0]))


def test_parts_within_parts() -> None:
    opened = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (depth, depth) for depth in range(500)
    )
    report = read_report(HEAD + opened + b"Content-Type: text/plain\r\n\r\n<a@destino.example>: user unknown\r\n")
    sound(report)
    assert report.truncated


@pytest.mark.parametrize(
    "text",
    [
        b"\x00" * 3_000_000,
        b"<" * 3_000_000,
        b"a@" * 1_500_000,
        b"user@destino.example " * 150_000,
        b"<user@destino.example>: " * 130_000,
        b"user@destino.example\n" * 150_000,
        b">>> RCPT TO:<" * 250_000,
        b"5.1.1 " * 500_000,
        b" \n" * 1_500_000,
        b"=" * 3_000_000,
        b"final-recipient: " * 180_000,
        b'{"notificationType":' * 150_000,
        b"[" * 3_000_000,
    ],
    ids=lambda text: repr(text[:24]),
)
def test_three_megabytes_of_the_same(text: bytes) -> None:
    """Quadratic reading of any of them would take hours, so that their end is the proof."""
    sound(read_report(HEAD + b"\r\n" + text))
    sound(read_report(REPORT + STATUS + text))
