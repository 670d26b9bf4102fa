"""Delivery status notifications (RFC 3461, 3464, 6522; RFC 6533 where an address is not ASCII).

The envelope sender of a DSN is the null sender, which is the caller's part (RFC 3461 6.1).
"""

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import Header
from email.utils import format_datetime

from acuse.errors import InputError
from acuse.mail import headers, xtext
from acuse.mail.dsn_wording import WORDINGS, Wording

MAX_RETURNED = 100 * 1024  # of an original returned whole without having been asked for
MAX_DIAGNOSTIC = 2000

_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\Z")
_SPACE = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True, kw_only=True)
class Report:
    """What happened to one recipient.

    Args:
        action: "failed", "delayed" or "relayed". status: "5.1.1".
        failure_class: one of mail.failures, for the human text; None when relayed.
        reporting_mta, remote_mta: host names. reply: verbatim reply of the remote, None where there was none.
        outgoing: the remote is the sender's own outgoing server, which says nothing for the recipient's.
        late: a server had taken the message, and a report that came back later says that it failed; reply is its text.
        unanswered: the whole message was sent and no server said what became of it.
        envid, orcpt: as the submitter gave them, still encoded. Times are aware.
    """

    action: str
    status: str
    recipient: str
    failure_class: str | None
    reporting_mta: str
    arrived_at: datetime
    remote_mta: str | None = None
    reply: bytes | None = None
    envid: str | None = None
    orcpt: str | None = None
    attempted_at: datetime | None = None
    retry_until: datetime | None = None
    outgoing: bool = False
    late: bool = False
    unanswered: bool = False


@dataclass(frozen=True, kw_only=True)
class Notification:
    """The message to send, and whether it needs SMTPUTF8 and 8BITMIME."""

    content: bytes
    smtputf8: bool
    eight_bit: bool


def build(
    report: Report,
    *,
    to: str,
    sender: str,
    message_id: str,
    written_at: datetime,
    language: str,
    original: bytes,
    ret: str | None,
) -> Notification:
    """Compose the notification.

    Args:
        to: the MAIL FROM of the original. sender: our address. message_id: "<...>" of the notification.
        language: "es" or "en". original: the message as submitted. ret: "FULL", "HDRS" or None (RFC 3461 4.3: it
            governs failures only, and without it the whole is returned up to MAX_RETURNED bytes).

    Raises:
        InputError: unknown action, language, or a malformed status.
    """
    if language not in WORDINGS or report.action not in WORDINGS["en"].subjects:
        raise InputError("A report is failed, delayed or relayed, in es or en.")
    if not _STATUS.match(report.status):
        raise InputError("A status is written class.subject.detail, such as 5.1.1.")
    wording = WORDINGS[language]
    fields, _, _ = headers.split_block(original, 0, len(original))
    subject = _line(headers.text_of(fields, "Subject") or "")[:200]
    status = _status_fields(report)
    utf8 = not (status + to).isascii()
    returned = _returned(report, original, ret)
    parts = (
        _part("text/plain; charset=utf-8", _human(report, wording, subject), language=language),
        _part(f"message/{'global-' if utf8 else ''}delivery-status", status.encode("utf-8")),
        returned,
    )
    boundary = "=_" + hashlib.sha256(b"\x00".join((message_id.encode(), *parts))).hexdigest()[:40]
    title = _title(report, wording).format(subject=subject)
    original_id = headers.text_of(fields, "Message-ID")
    top = [
        f"Date: {format_datetime(written_at)}",
        f"From: {_words(wording.sender)} <{_line(sender)}>",
        f"To: <{_line(to)}>",
        f"Subject: {_words(title)}",
        f"Message-ID: {_line(message_id)}",
        *([f"References: {_line(original_id)}"] if original_id and original_id.isascii() else []),
        "Auto-Submitted: auto-replied",
        f"Content-Language: {language}",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/report; report-type=delivery-status;\r\n boundary="{boundary}"',
        "",
        "",
    ]
    mark = b"--" + boundary.encode("ascii")
    body = b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts) + mark + b"--\r\n"
    content = "\r\n".join(top).encode("utf-8") + body
    return Notification(content=content, smtputf8=utf8, eight_bit=not content.isascii())


def _status_fields(report: Report) -> str:
    """Return the body of message/delivery-status: per-message fields, blank line, per-recipient fields."""
    envid = None if report.envid is None else _line(xtext.decode(report.envid))
    message = [
        ("Original-Envelope-Id", envid),
        ("Reporting-MTA", f"dns; {_line(report.reporting_mta)}"),
        ("Arrival-Date", format_datetime(report.arrived_at)),
    ]
    recipient = [
        ("Original-Recipient", _original_recipient(report.orcpt)),
        ("Final-Recipient", _typed(report.recipient)),
        ("Action", report.action),
        ("Status", report.status),
        ("Remote-MTA", f"dns; {_line(report.remote_mta)}" if report.remote_mta else None),
        ("Diagnostic-Code", f"smtp; {_diagnostic(report.reply)}" if report.reply else None),
        ("Last-Attempt-Date", format_datetime(report.attempted_at) if report.attempted_at else None),
        ("Will-Retry-Until", format_datetime(report.retry_until) if report.retry_until else None),
    ]
    groups = ("".join(f"{name}: {value}\r\n" for name, value in group if value) for group in (message, recipient))
    return "\r\n".join(groups)


def _typed(address: str) -> str:
    return f"{'rfc822' if address.isascii() else 'utf-8'}; {_line(address)}"


def _original_recipient(orcpt: str | None) -> str | None:
    if orcpt is None:
        return None
    kind, address = xtext.original_recipient(orcpt)
    return f"{kind}; {_line(address)}"


def _diagnostic(reply: bytes) -> str:
    """Return the verbatim reply on folded lines, ASCII: other bytes as \\xNN (RFC 3464 2.3.6 knows no other)."""
    text = reply[:MAX_DIAGNOSTIC].decode("ascii", "backslashreplace")
    lines = [clean for line in text.splitlines() if (clean := _SPACE.sub(" ", line).strip())]
    return "\r\n ".join(lines)


def _title(report: Report, wording: Wording) -> str:
    if report.outgoing and report.action == "relayed":
        return wording.outgoing["subject"]
    if report.unanswered and report.action == "failed":
        return wording.unanswered["subject"]
    return wording.subjects[report.action]


def _human(report: Report, wording: Wording, subject: str) -> bytes:
    recipient = _line(report.recipient)
    other = wording.late if report.late else wording.outgoing if report.outgoing else {}
    if report.unanswered and report.action == "failed":
        other = {**other, **wording.unanswered}
    rows = [other.get(report.action, wording.openings[report.action]).format(recipient=recipient)]
    if report.failure_class in wording.failures:
        rows.append(other.get(report.failure_class, wording.failures[report.failure_class]))
    if report.retry_until:
        rows.append(wording.retry.format(until=report.retry_until.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")))
    if report.reply:
        shown = report.reply[:MAX_DIAGNOSTIC].decode("utf-8", "backslashreplace")
        quoted = "\n".join(f"    {_SPACE.sub(' ', line)}" for line in shown.splitlines())
        said = other.get("reply", wording.reply).format(host=_line(report.remote_mta or ""))
        rows.append(f"{said}\n\n{quoted}")
    rows += [wording.about.format(subject=subject), wording.closing]
    return base64.encodebytes("\r\n".join("\n\n".join(rows).split("\n")).encode("utf-8")).replace(b"\n", b"\r\n")


def _returned(report: Report, original: bytes, ret: str | None) -> bytes:
    """Return the part with the original, whole or its headers (RFC 3461 4.3, RFC 3464 1)."""
    whole = report.action == "failed" and (ret == "FULL" or (ret is None and len(original) <= MAX_RETURNED))
    head = _BLANK_LINE.split(original, 1)[0] + b"\r\n"
    if whole:
        kind = "message/rfc822" if head.isascii() else "message/global"
        return _part(kind, original)
    return _part("text/rfc822-headers" if head.isascii() else "message/global-headers", head)


def _part(kind: str, content: bytes, *, language: str | None = None) -> bytes:
    encoding = "base64" if kind.startswith("text/plain") else "7bit" if content.isascii() else "8bit"
    lines = [f"Content-Type: {kind}", f"Content-Transfer-Encoding: {encoding}"]
    lines += [f"Content-Language: {language}"] if language else []
    return "\r\n".join([*lines, "", ""]).encode("ascii") + content.removesuffix(b"\r\n")


def _line(text: str) -> str:
    """Return foreign text as part of one header line: no line ends, no controls, so that nothing is injected."""
    return _SPACE.sub(" ", text).strip()[:998]


def _words(text: str) -> str:
    return Header(text, "utf-8" if not text.isascii() else "us-ascii", maxlinelen=75).encode(linesep="\r\n")
