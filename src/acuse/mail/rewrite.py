"""The copy that is sent. In content mode nothing that was submitted is altered: not a byte of the body, and of the
header only the `Acuse-*` fields, which are said to us alone and are taken out whole (`acuse.mail.choices`).

Signatures (S/MIME, PGP, DKIM) cover what was submitted, and so does our digest. The copy is therefore lines that the
standards ask of whoever submits and relays, put *before* the message: `Received` (RFC 5321 4.4) and, only where they
are missing, `Date` and `Message-ID` (RFC 6409 8). Bcc is left alone: its removal is the author's program's task.
Nothing is ever converted: a message that the next server cannot take as it is (8-bit content without 8BITMIME, UTF-8
headers without SMTPUTF8) is refused with 5.6.3 or 5.6.7, which the channel does, rather than sent changed.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from acuse.mail import choices, dkim, headers

_CLEAN = re.compile(r"[^!-~]+")
_COMMENT = re.compile(r"[^ !#-'*-\[\]-~]+")


@dataclass(frozen=True, kw_only=True)
class Trace:
    """What our `Received` line says.

    Args:
        helo, client_ip: of the program that submitted; host: our name; protocol: "ESMTPSA" and the like (RFC 3848).
        identifier: ours, shown after "id"; received_at: aware.
    """

    helo: str
    client_ip: str
    host: str
    protocol: str
    identifier: str
    received_at: datetime


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What the next server must offer: SMTPUTF8 (RFC 6531), 8BITMIME (RFC 6152)."""

    smtputf8: bool
    eight_bit: bool


def trace_line(trace: Trace) -> bytes:
    """Return the `Received` field, folded, CRLF at its end. The recipient is not named (RFC 5321 7.2)."""
    helo = _CLEAN.sub("", trace.helo)[:200] or "unknown"
    address = _CLEAN.sub("", trace.client_ip)[:45]
    literal = f"IPv6:{address}" if ":" in address else address
    identifier = _CLEAN.sub("", trace.identifier)[:100]
    lines = (
        f"Received: from {_COMMENT.sub('', helo)} ([{literal}])",
        f"\tby {_CLEAN.sub('', trace.host)} with {_CLEAN.sub('', trace.protocol)} id {identifier};",
        f"\t{format_datetime(trace.received_at)}",
    )
    return ("\r\n".join(lines) + "\r\n").encode("ascii")


@dataclass(frozen=True, kw_only=True)
class Copy:
    """What is sent, and how it is made from what was submitted: `prepended`, then the message without `removed`.

    Attributes:
        content: what is sent.
        prepended: the lines before it.
        removed: the `Acuse-*` fields that were taken out, with their line ends, one after the other.
    """

    content: bytes
    prepended: bytes
    removed: bytes


def sent_copy(message: bytes, *, trace: Trace, message_id: str) -> Copy:
    """Return what to send: our lines, then the message as submitted without the fields that are said to us alone.

    Args:
        message: as submitted. message_id: "<...>", used only where the message has none and
            no signature of the sender's says that there is none (RFC 6376 section 5.4).
    """
    rest, removed = _taken_out(message)
    fields, _, _ = headers.split_block(rest, 0, len(rest))
    before = trace_line(trace)
    signed = dkim.names_signed([field.value for field in fields if field.name.lower() == "dkim-signature"])
    if headers.first(fields, "Date") is None and "date" not in signed:
        before += f"Date: {format_datetime(trace.received_at)}\r\n".encode("ascii")
    if headers.first(fields, "Message-ID") is None and "message-id" not in signed:
        before += f"Message-ID: {_CLEAN.sub('', message_id)}\r\n".encode("ascii")
    if not fields and not rest.startswith(b"\r\n"):
        before += b"\r\n"
    return Copy(content=before + rest, prepended=before, removed=removed)


def _taken_out(message: bytes) -> tuple[bytes, bytes]:
    """Return a message without its `Acuse-*` fields, and those."""
    kept, removed, at = [], [], 0
    for start, end in choices.spans(message):
        kept.append(message[at:start])
        removed.append(message[start:end])
        at = end
    return b"".join([*kept, message[at:]]) if removed else message, b"".join(removed)


def message_id_of(message: bytes) -> str | None:
    """Return the Message-ID of a message or a copy, or None."""
    fields, _, _ = headers.split_block(message, 0, len(message))
    return headers.text_of(fields, "Message-ID")


def needs_of(message: bytes, *addresses: str) -> Needs:
    """Return what the next server must offer to take `message` between `addresses` unaltered."""
    _, body, _ = headers.split_block(message, 0, len(message))
    utf8_headers = not message[:body].isascii()
    return Needs(
        smtputf8=utf8_headers or any(not address.isascii() for address in addresses),
        eight_bit=not message.isascii(),
    )
