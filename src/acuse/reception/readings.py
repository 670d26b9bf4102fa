"""What a message that came in is, and what it says of itself. Pure; nothing in a message makes it raise."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from acuse.mail import headers
from acuse.mail.headers import Field
from acuse.mail.reports.reader import read_report
from acuse.mail.reports.values import AUTO_REPLY, BOUNCE, COMPLAINT, DSN, ORDINARY, READ_RECEIPT, Report

#: Why nobody can act on a message.
NO_HEADER = "It has no header."
NO_REPORT = "It says that it is a report (RFC 6522), and none can be read in it."
FRAGMENT = "It is a fragment of a message (RFC 2046 section 5.2.2), and its whole cannot be known."
_WORDS = {
    DSN: "dsn",
    BOUNCE: "bounce",
    COMPLAINT: "complaint",
    READ_RECEIPT: "disposition",
    AUTO_REPLY: "auto_reply",
    ORDINARY: "message",
}
#: Written by somebody, or in somebody's name: worth knowing where they come from.
AUTHORED = frozenset({"message", "auto_reply"})
_IDENTIFIER = re.compile(r"<[^<>\s]{1,996}>")
_MOST_REFERENCES = 50
_VALUE_MOST = 64 * 1024
_REPORTS_MOST = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a message turned out to be.

    Attributes:
        reading: one of `proof.facts.reception.READINGS`.
        reports: how many recipients it reports on.
        reason: why it is unreadable; "" where it is not.
        author, subject, message_id: of its header, decoded; "" where there is none.
        references: Message-IDs that it answers or reports on, the likeliest first.
        authentication: what the checks of its origin found, as `proof.facts.reception.AUTHENTICATION`; None unchecked.
        answers: the DNS answers that they used, as JSON; empty where none.
    """

    reading: str
    reports: int = 0
    reason: str = ""
    author: str = ""
    subject: str = ""
    message_id: str = ""
    references: tuple[str, ...] = ()
    authentication: Mapping[str, Any] | None = None
    answers: bytes = b""


def read_message(raw: bytes) -> Reading:
    """Read a message that came in; never raises, whatever the bytes."""
    fields, _, _ = headers.split_block(raw, 0, len(raw))
    report = read_report(raw)
    why = _unreadable(fields, report)
    authors = headers.addresses_of(fields, "From")
    return Reading(
        reading="unreadable" if why else _WORDS[report.kind],
        reports=min(len(report.recipients), _REPORTS_MOST) if report.kind in {DSN, BOUNCE} else 0,
        reason=why,
        author=authors[0].address if authors else "",
        subject=(headers.text_of(fields, "Subject") or "").strip(),
        message_id=_first_identifier(fields, "Message-ID"),
        references=_references(fields, report),
    )


def _unreadable(fields: tuple[Field, ...], report: Report) -> str:
    """Return why nobody can act on it: it has no header, or says that it is a report and none can be read in it."""
    if not fields:
        return NO_HEADER
    media_type = headers.content_headers(fields, "text/plain").media_type
    if report.kind == ORDINARY and media_type == "multipart/report":
        return NO_REPORT
    if report.kind == ORDINARY and media_type == "message/partial":
        return FRAGMENT
    return ""


def _first_identifier(fields: tuple[Field, ...], name: str) -> str:
    found = _identifiers(fields, name)
    return found[0] if found else ""


def _identifiers(fields: tuple[Field, ...], name: str) -> list[str]:
    field = headers.first(fields, name)
    return [] if field is None else _IDENTIFIER.findall(headers.raw_text(field)[:_VALUE_MOST])


def _references(fields: tuple[Field, ...], report: Report) -> tuple[str, ...]:
    """Return whose report it is, then what it answers, then its thread from the newest (RFC 5322 section 3.6.4)."""
    reported = _IDENTIFIER.findall((report.message_id or "")[:_VALUE_MOST])
    thread = reversed(_identifiers(fields, "References"))
    found = dict.fromkeys((*reported, *_identifiers(fields, "In-Reply-To"), *thread))
    return tuple(found)[:_MOST_REFERENCES]
