"""The values every channel speaks in. Importable from anywhere: no network here."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Json = dict[str, Any]


class Result(StrEnum):
    """What one try came to.

    RELAYED: the other side took responsibility. DEFERRED: not now; trying again may work. REFUSED: never; said by the
    other side, or by us where `Outcome.final_locally`. UNKNOWN: the content was handed over whole and no answer came.
    """

    RELAYED = "relayed"
    DEFERRED = "deferred"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A reply of the other side, verbatim.

    Args:
        code: three-digit SMTP code; enhanced: "5.1.1" where given (RFC 2034); text: all lines, CRLF kept.
        stage: connect, tls, ehlo, auth, mail, rcpt, data or quit: what it answered.
    """

    code: int
    enhanced: str | None
    text: bytes
    stage: str


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of one try, with everything needed to prove it.

    Args:
        failure_class: one of product.md 1.4, or "throttled"; None when relayed.
        reply: the decisive reply; None where none came (no connection, no domain).
        reason: one plain English sentence.
        address: "ip:port" (IPv6 in brackets) of the host that decided.
        tls: version, cipher, certificate {subject, issuer, names, not_after, sha256}, verified; None without TLS.
        policy: kind, mode, source, result, finding: which policy for TLS applied, see channels.email.policies; None
            where no host was chosen.
        dns: {"mx": [{"preference", "host", "addresses"}], "secure": bool}.
        transcript: JSON Lines of the whole try; see channels.email.transcript.
        via: "smarthost" where it went to the sender's own outgoing server and not to the recipient's.
        final_locally: we know ourselves that it can never work (no such domain, null MX, too big for it...).
    """

    result: Result
    failure_class: str | None
    reply: Reply | None
    reason: str
    host: str | None
    address: str | None
    tls: Json | None
    dns: Json
    dsn_supported: bool
    transcript: bytes = field(repr=False)
    final_locally: bool = False
    stage: str = "connect"
    policy: Json | None = None
    via: str | None = None


@dataclass(frozen=True, kw_only=True)
class EmailDispatch:
    """One message to one recipient.

    Args:
        envelope_sender: MAIL FROM, "" for the null sender.
        message: the bytes to send, CRLF line ends (see channels.email.session on bare CR and LF).
        smtputf8: the message or an address needs RFC 6531; eight_bit: the message has bytes over 127.
        notify: subset of SUCCESS, FAILURE, DELAY, or ("NEVER",), or () (RFC 3461 4.1).
        ret: "FULL", "HDRS" or None; envid and orcpt: xtext as it goes on the wire ("rfc822;user@host"), or None.
    """

    envelope_sender: str
    recipient: str
    message: bytes = field(repr=False)
    smtputf8: bool = False
    eight_bit: bool = False
    notify: tuple[str, ...] = ()
    ret: str | None = None
    envid: str | None = None
    orcpt: str | None = None
