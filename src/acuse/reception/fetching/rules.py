"""Pure rules of fetching: what a mailbox's server may be called, how long to wait, who a message's sender is."""

import re
from dataclasses import dataclass
from datetime import timedelta

from acuse.errors import InputError
from acuse.mail import headers

#: Between two looks at a folder.
PAUSE = timedelta(minutes=1)
#: How long one worker may hold a mailbox, and how long one look may take on the network; the second ends first.
LEASE = timedelta(minutes=10)
LOOK = timedelta(minutes=5)
TRIAL = timedelta(seconds=20)
#: Messages of one look: others' mailboxes wait meanwhile.
MOST_AT_ONCE = 200
#: Fetching that has failed for so long is an alarm.
ALARM_AFTER = timedelta(minutes=15)
_RETRY_CAP = timedelta(minutes=15)
#: Mail that a server files with a clock that is behind ours.
SLACK = timedelta(minutes=2)
SECURITIES = ("tls", "starttls")
MOST_NAME = 255
_HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9])?\Z")


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a mailbox is fetched; see `acuse.channels.mailbox.Account`.

    Attributes:
        mark_read: messages that were taken in are marked as read; else nothing is changed there.
    """

    host: str
    port: int
    security: str
    username: str
    folder: str = "INBOX"
    mark_read: bool = False

    @property
    def server(self) -> str:
        """Return host and port, as facts name them."""
        return f"{self.host}:{self.port}"


def check_source(source: Source, secret: str) -> None:
    """Refuse what no server can be asked with.

    Raises:
        InputError: what is wrong.
    """
    if not _HOST.match(source.host):
        raise InputError("Write the name of the server, such as imap.empresa.example.")
    if source.security not in SECURITIES or not 1 <= source.port <= 65535:
        raise InputError("Choose TLS (port 993) or STARTTLS (port 143).")
    for text in (source.username, source.folder):
        if not 0 < len(text) <= MOST_NAME or not text.isprintable():
            raise InputError("User name and folder take 1 to %(most)s characters.", most=MOST_NAME)
    if len(secret) > MOST_NAME or "\0" in secret or "\n" in secret or "\r" in secret:
        raise InputError("The password takes up to %(most)s characters.", most=MOST_NAME)


def wait_after(tries: int, *, lasting: bool) -> timedelta:
    """Return how long to wait after so many failures in a row; what somebody has to mend is tried seldom at once."""
    wait: timedelta = PAUSE * 2 ** min(tries, 10)
    return _RETRY_CAP if lasting else min(wait, _RETRY_CAP)


def sender_of(raw: bytes) -> str:
    """Return whom a fetched message is from: its Return-Path (RFC 5321 4.4), else its From; "" for nobody."""
    fields, _, _ = headers.split_block(raw, 0, len(raw))
    path = headers.first(fields, "Return-Path")
    if path is not None and headers.raw_text(path) == "<>":
        return ""
    named = headers.addresses_of(fields, "Return-Path") or headers.addresses_of(fields, "From")
    return named[0].address[:512] if named else ""
