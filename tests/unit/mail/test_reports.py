"""mail.reports: what messages about messages mean. Each vector is written after what its program documents."""

from pathlib import Path

import pytest

from acuse.mail.reports.fields import groups
from acuse.mail.reports.reader import read_report
from acuse.mail.reports.status import read_status
from acuse.mail.reports.values import Report

VECTORS = Path(__file__).parents[2] / "vectors" / "bounces"

Expected = tuple[str, str, str, str, bool, str, str]
USER, FULL = ("user_unknown", "mailbox_not_found"), ("mailbox_full", "mailbox_full")
LATE, SPAM = ("expired_timeout", "server_unavailable"), ("spam_or_reputation", "policy_blocked")

#: address, action, report_class, failure_class, permanent, status, reply
FAILURES: dict[str, list[Expected]] = {
    "content-virus": [
        ("cliente@destino.example", "failed", "content_blocked", "policy_blocked", True, "5.0.0", "550")
    ],
    "courier-no-such-domain": [
        ("cliente@no-hay.example", "failed", "host_unknown", "domain_not_found", True, "5.0.0", "")
    ],
    "disabled-mailbox": [("baja@destino.example", "failed", "recipient_refused", "other", True, "5.2.1", "550")],
    "domino-spanish": [("nadie@destino.example", "failed", *USER, True, "5.0.0", "")],
    "dsn-base64-in-mixed": [("cliente@destino.example", "failed", "message_too_big", "too_big", True, "5.3.4", "552")],
    "dsn-charset-lie": [("nadie@destino.example", "failed", *USER, True, "5.0.0", "550")],
    "dsn-enclosed": [("cliente@destino.example", "failed", *USER, True, "5.1.1", "550")],
    "dsn-forwarded-by-hand": [("nadie@destino.example", "failed", *USER, True, "5.1.1", "550")],
    "dsn-international": [("josé@destino.example", "failed", *USER, True, "5.1.1", "550")],
    "dsn-no-blank-lines": [
        ("uno@destino.example", "failed", *USER, True, "5.1.1", ""),
        ("dos@destino.example", "failed", *FULL, True, "5.2.2", ""),
    ],
    "dsn-partial": [("nadie@destino.example", "failed", *USER, True, "5.1.1", "")],
    "exchange-55-text": [("nadie@destino.example", "failed", *USER, True, "", "")],
    "exchange-online-recipient-not-found": [("nadie@destino.example", "failed", *USER, True, "5.1.10", "550")],
    "exim-delay": [("cliente@lento.example", "delayed", *LATE, False, "", "")],
    "exim-mailbox-full": [("lleno@destino.example", "failed", *FULL, True, "5.2.2", "552")],
    "exim-unrouteable": [("cliente@no-hay.example", "failed", "host_unknown", "domain_not_found", True, "", "")],
    "gmail-attachment": [("cliente@gmail.com", "failed", "policy", "attachment_blocked", True, "5.7.0", "552")],
    "gmail-dmarc": [("cliente@gmail.com", "failed", "auth_policy", "policy_blocked", True, "5.7.26", "550")],
    "gmail-over-quota": [("lleno@gmail.com", "delayed", *FULL, False, "4.2.2", "452")],
    "null-mx": [("cliente@sin-correo.example", "failed", "server_or_network", "no_mail_domain", True, "5.1.0", "")],
    "opensmtpd-delay": [
        ("cliente@gris.example", "delayed", "spam_or_reputation", "throttled", False, "4.7.1", "451")
    ],
    "outlook-block-list": [("cliente@hotmail.com", "failed", *SPAM, True, "5.7.1", "550")],
    "postfix-connection-timed-out": [("cliente@lento.example", "failed", *LATE, False, "4.4.1", "")],
    "postfix-user-unknown": [("cliente@destino.example", "failed", *USER, True, "5.1.1", "550")],
    "postfix-without-report": [("lleno@destino.example", "failed", *FULL, False, "4.2.2", "452")],
    "qmail-expired": [("cliente@lento.example", "failed", *LATE, True, "", "")],
    "qmail-two-recipients": [
        ("nadie@destino.example", "failed", *USER, True, "5.1.1", "550"),
        ("cliente@filtro.example", "failed", *SPAM, True, "5.7.1", "554"),
    ],
    "self-addressed": [("remite@acuse.example", "failed", *USER, True, "5.1.1", "")],
    "sendmail-greeting-refused": [("cliente@cerrado.example", "failed", *SPAM, True, "5.0.0", "554")],
    "sendmail-local-program": [("cliente@destino.example", "failed", "server_or_network", "other", True, "5.3.0", "")],
    "sendmail-relaying-denied": [
        ("cliente@destino.example", "failed", "policy", "policy_blocked", True, "5.7.1", "550")
    ],
    "ses-bounce": [("nadie@destino.example", "failed", *USER, True, "5.1.1", "550")],
    "yahoo-no-account": [("nadie@yahoo.com", "failed", *USER, True, "5.0.0", "554")],
}  # fmt: skip
WITHOUT_FIELDS = {
    "exchange-55-text", "exim-delay", "exim-mailbox-full", "exim-unrouteable", "opensmtpd-delay",
    "postfix-without-report", "qmail-expired", "qmail-two-recipients", "self-addressed", "ses-bounce",
}  # fmt: skip
SUCCESSES = {
    "dsn-delivered": ("cliente@destino.example", "delivered", "delivered_dsn", "delivered", "2.0.0", "250"),
    "dsn-relayed": ("cliente@destino.example", "relayed", "relayed_dsn", "relayed", "2.0.0", ""),
    "ses-delivery": ("cliente@destino.example", "delivered", "delivered_dsn", "delivered", "2.6.0", "250"),
}
OTHERS = {
    "arf-abuse": ("complaint", "harto@destino.example", "complaint_arf", "complaint"),
    "arf-microsoft": ("complaint", "harto@hotmail.com", "complaint_arf", "complaint"),
    "arf-redacted": ("complaint", "cliente@destino.example", "complaint_arf", "complaint"),
    "ses-complaint": ("complaint", "harto@destino.example", "complaint_arf", "complaint"),
    "automatic-precedence": ("auto_reply", "ana@destino.example", "auto_reply", "auto_reply"),
    "automatic-rfc3834": ("auto_reply", "ana@destino.example", "auto_reply", "auto_reply"),
    "automatic-spanish": ("auto_reply", "ana@destino.example", "auto_reply", "auto_reply"),
    "read-receipt": ("read_receipt", "cliente@destino.example", "read_receipt", "read_receipt"),
}
ORDINARY = ("ordinary-absence", "ordinary-answer-to-a-bounce", "ordinary-newsletter")


def report_of(name: str) -> Report:
    return read_report((VECTORS / f"{name}.eml").read_bytes())


def test_every_vector_is_in_a_table() -> None:
    named = {*FAILURES, *SUCCESSES, *OTHERS, *ORDINARY}
    assert {path.stem for path in VECTORS.glob("*.eml")} == named


@pytest.mark.parametrize("name", FAILURES)
def test_failures_and_delays(name: str) -> None:
    report = report_of(name)
    assert report.kind == ("bounce" if name in WITHOUT_FIELDS else "dsn")
    assert [
        (
            each.address, each.action, each.report_class, each.failure_class,
            each.permanent, each.status, each.reply,
        )
        for each in report.recipients
    ] == FAILURES[name]  # fmt: skip
    assert all(each.reason and each.cause for each in report.recipients)
    assert report.outcomes == {each[1] for each in FAILURES[name]}
    assert not report.truncated


@pytest.mark.parametrize("name", SUCCESSES)
def test_successes_are_no_failures(name: str) -> None:
    report = report_of(name)
    (only,) = report.recipients
    assert report.kind == "dsn"
    assert (
        only.address, only.action, only.report_class, only.failure_class, only.status, only.reply,
    ) == SUCCESSES[name]  # fmt: skip
    assert (only.cause, only.permanent) == ("", False)


@pytest.mark.parametrize("name", OTHERS)
def test_complaints_receipts_and_automatic_replies(name: str) -> None:
    report = report_of(name)
    (only,) = report.recipients
    assert (report.kind, only.address, only.report_class, only.failure_class) == OTHERS[name]
    assert (only.action, only.cause, only.permanent, report.outcomes) == ("", "", False, frozenset())


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_messages(name: str) -> None:
    report = report_of(name)
    assert (report.kind, report.recipients) == ("ordinary", ())


@pytest.mark.parametrize(
    ("action", "status", "read"),
    [
        ("failed", "5.1.1", "failed"),
        ("Failed (no such user)", "", "failed"),
        ("failed", "2.0.0", "failed"),
        ("expired", "4.4.7", "failed"),
        ("delivered", "5.0.0", "delivered"),
        ("", "5.1.1", "failed"),
        ("", "4.4.1", "delayed"),
        ("", "2.0.0", "relayed"),
        ("forwarded", "5.1.1", "failed"),
        ("forwarded", "4.4.1", "delayed"),
        ("forwarded", "2.0.0", "relayed"),
        ("forwarded", "", ""),
        ("", "", ""),
    ],
)
def test_what_was_done_with_a_recipient(action: str, status: str, read: str) -> None:
    fields = (("Final-Recipient", "rfc822; ana@destino.example"), ("Action", action), ("Status", status))
    (only,) = read_status("".join(f"{name}: {value}\n" for name, value in fields if value)).findings
    assert only.action == read


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("X-Exim; relayed via non SMTP router", "delivered"),
        ("X-Exim; relayed via non DSN router", "relayed"),
        ("smtp; 250 Ok", "relayed"),
        ("smtp; 250 2.0.0 <ana@destino.example> Saved", "delivered"),
    ],
)
def test_what_exim_calls_delivered_is_a_mailbox_only_where_no_other_server_took_it(said: str, read: str) -> None:
    text = f"Action: delivered\nFinal-Recipient: rfc822;ana@destino.example\nStatus: 2.0.0\nDiagnostic-Code: {said}\n"
    (only,) = read_status(text).findings
    assert only.action == read


def test_what_a_report_says_of_the_message() -> None:
    report = report_of("postfix-user-unknown")
    assert (report.envid, report.message_id, report.reporting_mta) == (
        "acuse-0001", "<original-1@acuse.example>", "mta.example",
    )  # fmt: skip
    (only,) = report.recipients
    assert only.remote_mta == "mx.destino.example"
    assert only.diagnostic.startswith("550 5.1.1 <cliente@destino.example>: Recipient address")


def test_the_report_enclosed_in_another_message_is_read() -> None:
    assert report_of("dsn-enclosed").envid == "acuse-0001"


@pytest.mark.parametrize(
    ("name", "message_id"),
    [
        ("arf-abuse", "<original-1@acuse.example>"),
        ("automatic-spanish", "<original-1@acuse.example>"),
        ("exim-mailbox-full", "<original-1@acuse.example>"),
        ("qmail-two-recipients", "<original-1@acuse.example>"),
        ("read-receipt", "<original-1@acuse.example>"),
        ("ses-bounce", "<original-1@acuse.example>"),
        ("postfix-without-report", None),
    ],
)
def test_the_message_that_is_reported_on(name: str, message_id: str | None) -> None:
    assert report_of(name).message_id == message_id


@pytest.mark.parametrize("text", ["Your payment failed and was rejected.", "A mail loop of reminders."])
def test_a_notice_of_some_other_failure_is_no_bounce(text: str) -> None:
    raw = f"From: no-reply@tienda.example\nTo: a@acuse.example\nSubject: Pedido\n\n{text}\na@cliente.example: 3\n"
    assert read_report(raw.encode()).kind == "ordinary"


def test_a_report_in_which_nothing_can_be_read_says_nothing() -> None:
    raw = b"From: MAILER-DAEMON@mta.example\nSubject: Undelivered mail\n%s\nIt could not be delivered.\n"
    report = b'Content-Type: multipart/report; boundary="b"\n\n--b\nContent-Type: text/plain\n'
    assert read_report(raw % report).kind == "ordinary"


def test_a_bounce_that_names_nobody_is_one_all_the_same() -> None:
    report = read_report(
        b"From: MAILER-DAEMON@mta.example\nSubject: Error\n\nIt could not be delivered: mailbox full.\n"
    )
    assert [(each.address, each.report_class) for each in report.recipients] == [("", "mailbox_full")]


def test_a_complaint_may_be_of_several_recipients() -> None:
    raw = (VECTORS / "arf-abuse.eml").read_bytes()
    line = b"Original-Rcpt-To: <harto@destino.example>"
    assert raw.count(line) == 1
    more = raw.replace(line, line + b"\r\nOriginal-Rcpt-To: otra@destino.example\r\n" + line)
    addresses = [each.address for each in read_report(more).recipients]
    assert addresses == ["harto@destino.example", "otra@destino.example"]


@pytest.mark.parametrize("before", ["", "> ", "  "])
def test_a_folded_line_that_looks_like_a_field_is_none(before: str) -> None:
    """As Postfix folds what a server said of a recipient."""
    lines = (
        "Action: failed",
        "Diagnostic-Code: smtp; 554 5.7.1 <x@d.example>: Recipient address",
        "    rejected: Service unavailable; Client host [192.0.2.1] blocked",
        "    using: bl.example",
        "Status: 5.7.1",
    )
    (group,) = groups([before + line for line in lines], limit=9)
    assert group == {
        "action": "failed",
        "diagnostic-code": "smtp; 554 5.7.1 <x@d.example>: Recipient address rejected: Service unavailable; "
        "Client host [192.0.2.1] blocked using: bl.example",
        "status": "5.7.1",
    }
