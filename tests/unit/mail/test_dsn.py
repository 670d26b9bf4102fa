"""mail.dsn and mail.xtext: reports that other programs can read."""

import email
from dataclasses import replace
from datetime import UTC, datetime
from email.message import Message

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acuse.errors import InputError
from acuse.mail import xtext
from acuse.mail.dsn import Notification, Report, build
from acuse.mail.read import read

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
ORIGINAL = (
    b"From: avisos@ribera.example\r\nSubject: =?utf-8?q?Reclamaci=C3=B3n?=\r\nMessage-ID: <orig@ribera.example>\r\n\r\n"
    b"cuerpo\r\n"
)
FAILED = Report(
    action="failed",
    status="5.1.1",
    recipient="nadie@recibe.example",
    failure_class="mailbox_not_found",
    reporting_mta="salida.acuse.example",
    arrived_at=AT,
    remote_mta="mx.recibe.example",
    reply=b"550-5.1.1 No such user\r\n550 5.1.1 here \xff\r\n",
    envid="QQ+2B31",
    orcpt="rfc822;nadie+2Bx@recibe.example",
    attempted_at=AT,
)


def built(
    report: Report = FAILED, *, language: str = "es", ret: str | None = None, original: bytes = ORIGINAL
) -> Notification:
    return build(
        report,
        to="avisos@ribera.example",
        sender="avisos@acuse.example",
        message_id="<dsn1@acuse.example>",
        written_at=AT,
        language=language,
        original=original,
        ret=ret,
    )


def parts_of(notification: Notification) -> list[Message]:
    assert b"\n" not in notification.content.replace(b"\r\n", b"")
    parsed = email.message_from_bytes(notification.content)
    assert parsed.get_content_type() == "multipart/report"
    assert parsed.get_param("report-type") == "delivery-status"
    payload = parsed.get_payload()
    assert isinstance(payload, list)
    return [part for part in payload if isinstance(part, Message)]


def test_a_failure_says_everything() -> None:
    human, status, original = parts_of(built())
    text = human.get_payload(decode=True)
    assert isinstance(text, bytes)
    assert "El servidor respondió que el buzón no existe." in text.decode()
    assert "550 5.1.1 here \\xff" in text.decode()
    message, recipient = status.get_payload()
    assert (message["Original-Envelope-Id"], message["Reporting-MTA"]) == ("QQ+31", "dns; salida.acuse.example")
    assert recipient["Original-Recipient"] == "rfc822; nadie+x@recibe.example"
    assert recipient["Final-Recipient"] == "rfc822; nadie@recibe.example"
    assert (recipient["Action"], recipient["Status"]) == ("failed", "5.1.1")
    diagnostic = " ".join(recipient["Diagnostic-Code"].split())
    assert diagnostic == "smtp; 550-5.1.1 No such user 550 5.1.1 here \\xff"
    assert original.get_content_type() == "message/rfc822"
    assert original.get_payload()[0].get_payload().strip() == "cuerpo"
    shown = read(built().content)
    assert shown.subject == "No entregado: Reclamación"
    assert dict(shown.headers)["Auto-Submitted"] == "auto-replied"
    assert dict(shown.headers)["References"] == "<orig@ribera.example>"


@pytest.mark.parametrize(
    ("action", "ret", "kind"),
    [
        ("failed", "FULL", "message/rfc822"),
        ("failed", "HDRS", "text/rfc822-headers"),
        ("failed", None, "message/rfc822"),
        ("delayed", "FULL", "text/rfc822-headers"),
        ("relayed", "FULL", "text/rfc822-headers"),
    ],
)
def test_what_is_returned(action: str, ret: str | None, kind: str) -> None:
    report = replace(FAILED, action=action, status="4.2.0" if action == "delayed" else "5.0.0", retry_until=AT)
    assert parts_of(built(report, ret=ret))[2].get_content_type() == kind


def test_a_large_original_is_not_returned_unasked() -> None:
    large = ORIGINAL + b"x" * 200_000 + b"\r\n"
    assert parts_of(built(original=large))[2].get_content_type() == "text/rfc822-headers"
    assert len(built(original=large, ret="FULL").content) > 200_000


def test_utf8_addresses_make_a_global_report() -> None:
    report = replace(FAILED, recipient="ñandú@recibe.example", orcpt="utf-8;\\x{F1}@recibe.example")
    notification = built(report)
    assert (notification.smtputf8, notification.eight_bit) == (True, True)
    status = parts_of(notification)[1]
    assert status.get_content_type() == "message/global-delivery-status"
    assert "utf-8; ñandú@recibe.example".encode() in notification.content
    assert not built().smtputf8


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("action", ["failed", "delayed", "relayed"])
def test_both_languages(language: str, action: str) -> None:
    shown = read(built(replace(FAILED, action=action, retry_until=AT), language=language).content)
    assert shown.defects == ()
    assert shown.language == language
    assert "{" not in (shown.text or "{")


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("failure_class", ["mailbox_full", "throttled", "other", "undetermined"])
def test_a_late_failure_puts_nothing_into_a_servers_mouth(language: str, failure_class: str) -> None:
    late = replace(FAILED, late=True, failure_class=failure_class, attempted_at=None)
    shown = read(built(late, language=language).content).text or ""
    report = {"es": "parte", "en": "report"}[language]
    assert report in shown.split("\n\n")[0]
    assert {"es": "El parte dice:", "en": "The report says:"}[language] in shown
    assert "No such user" in shown
    assert not any(words in shown for words in ("respondió", "answered", "{"))


@pytest.mark.parametrize(
    ("language", "subject", "untrue"),
    [
        ("es", "No consta si se entregó: ", "no se ha entregado"),
        ("en", "Not known whether delivered: ", "not delivered"),
    ],
)
def test_what_no_server_answered_is_not_said_to_have_failed(language: str, subject: str, untrue: str) -> None:
    unanswered = replace(FAILED, unanswered=True, failure_class="undetermined", reply=None)
    shown = read(built(unanswered, language=language).content)
    assert (shown.subject or "").startswith(subject)
    assert untrue not in (shown.text or untrue)


@given(st.binary(max_size=200), st.binary(max_size=100))
def test_hostile_originals_and_replies_inject_nothing(original: bytes, reply: bytes) -> None:
    notification = built(replace(FAILED, reply=reply or None, remote_mta="x\r\nEvil: yes"), original=original)
    head = notification.content.partition(b"\r\n\r\n")[0]
    assert b"\r\nEvil:" not in notification.content
    assert head.count(b"\r\nContent-Type:") == 1
    assert len(read(notification.content).attachments) == 2


def test_unknown_actions_are_refused() -> None:
    for wrong in (replace(FAILED, action="expanded"), replace(FAILED, status="5")):
        with pytest.raises(InputError):
            built(wrong)


@given(st.text(st.characters(max_codepoint=127), max_size=50))
def test_xtext_round_trip(text: str) -> None:
    assert xtext.decode(xtext.encode(text)) == text


@pytest.mark.parametrize("wrong", ["a b", "+2b", "+ZZ", "=", "ñ"])
def test_what_is_not_xtext(wrong: str) -> None:
    with pytest.raises(InputError):
        xtext.decode(wrong)


@pytest.mark.parametrize("wrong", ["x", "rfc 822;x", "rfc822;a b", "utf-8;\\x{D800}", "utf-8;\\x{110000}"])
def test_what_is_not_orcpt(wrong: str) -> None:
    with pytest.raises(InputError):
        xtext.original_recipient(wrong)
