"""Every reply the connector gives, with its enhanced status code (RFC 3463). Pure."""

import errno
from dataclasses import dataclass

from acuse.errors import AccessDenied, InputError, PermanentError, TemporaryError

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_SQLSTATE_FULL = "53100"  # PostgreSQL: disk_full


@dataclass(frozen=True)
class Reply:
    """One reply line.

    Attributes:
        code: basic code (RFC 5321 section 4.2).
        enhanced: class.subject.detail (RFC 3463); empty where RFC 2034 section 4 has none (banner, EHLO, 354, 334).
        text: ASCII, without line ends.
        closes: the connection ends after it.
    """

    code: int
    enhanced: str
    text: str
    closes: bool = False

    def line(self) -> str:
        """Return the line without CRLF."""
        return f"{self.code} {self.enhanced} {self.text}" if self.enhanced else f"{self.code} {self.text}"

    @property
    def refuses(self) -> bool:
        """Whether it says no."""
        return self.code >= 400


class Refused(InputError):
    """A command or a message that is answered with a refusal."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.line())
        self.reply = reply


OK = Reply(250, "2.0.0", "OK")
BYE = Reply(221, "2.0.0", "Bye", closes=True)
HELP = Reply(214, "2.0.0", "Submission service: EHLO STARTTLS AUTH MAIL RCPT DATA RSET NOOP QUIT; see RFC 6409")
HELP_INBOUND = Reply(214, "2.0.0", "Mail for addresses of this host: EHLO STARTTLS MAIL RCPT DATA RSET NOOP QUIT")
READY_FOR_TLS = Reply(220, "2.0.0", "Ready to start TLS")
NO_TLS = Reply(502, "5.5.1", "TLS is already active")
START_TLS_FIRST = Reply(530, "5.7.0", "Issue STARTTLS first")
TLS_FAILED = Reply(454, "4.7.0", "TLS negotiation failed", closes=True)
INJECTED = Reply(554, "5.5.1", "Commands sent together with STARTTLS are refused (RFC 3207 section 6)", closes=True)
HELLO_FIRST = Reply(503, "5.5.1", "Say EHLO first")
EHLO_SYNTAX = Reply(501, "5.5.4", "Syntax: EHLO your.host.name or [address]")
AUTH_FIRST = Reply(530, "5.7.0", "Authentication required")
AUTH_NEEDS_TLS = Reply(538, "5.7.11", "Encryption required for authentication; issue STARTTLS first")
AUTH_OK = Reply(235, "2.7.0", "Authentication successful")
AUTH_REFUSED = Reply(535, "5.7.8", "Authentication credentials invalid")
AUTH_TWICE = Reply(503, "5.5.1", "Already authenticated")
AUTH_IN_TRANSACTION = Reply(503, "5.5.1", "AUTH is not permitted during a mail transaction")
AUTH_SYNTAX = Reply(501, "5.5.4", "Syntax: AUTH PLAIN or AUTH LOGIN")
AUTH_UNKNOWN = Reply(504, "5.5.4", "Unrecognised mechanism; use PLAIN or LOGIN")
AUTH_GARBLED = Reply(501, "5.5.2", "The response is not what the mechanism asks for, in base64")
AUTH_CANCELLED = Reply(501, "5.7.0", "Authentication cancelled")
AUTH_LATER = Reply(454, "4.7.0", "Authentication is not possible for now; try again later")
AUTH_TOO_OFTEN = Reply(421, "4.7.0", "Too many failed authentications", closes=True)
UNKNOWN = Reply(500, "5.5.1", "Command not recognised")
NOT_IMPLEMENTED = Reply(502, "5.5.1", "Command not implemented")
CANNOT_VERIFY = Reply(252, "2.5.0", "Cannot verify the address; submit the message and its fate will be reported")
NO_ARGUMENT = Reply(501, "5.5.4", "This command takes no argument")
BAD_COMMAND_LINE = Reply(500, "5.5.2", "A command is one line of text ended by CR LF")
COMMAND_TOO_LONG = Reply(500, "5.5.2", "Command line too long")
TOO_MANY_ERRORS = Reply(421, "4.7.0", "Too many errors", closes=True)
IDLE = Reply(421, "4.4.2", "Nothing was received for too long", closes=True)
TOO_SLOW = Reply(421, "4.4.2", "The time allowed has passed", closes=True)
STOPPING = Reply(421, "4.3.2", "Service is stopping; try again shortly", closes=True)
FULL_HOUSE = Reply(421, "4.3.2", "Too many connections; try again shortly", closes=True)
FULL_ADDRESS = Reply(421, "4.7.0", "Too many connections from your address; try again shortly", closes=True)
NESTED_MAIL = Reply(503, "5.5.1", "A sender has already been given; issue RSET first")
MAIL_FIRST = Reply(503, "5.5.1", "Issue MAIL FROM first")
RCPT_FIRST = Reply(503, "5.5.1", "Give at least one valid recipient first")
MAIL_SYNTAX = Reply(501, "5.5.4", "Syntax: MAIL FROM:<address> [parameters]")
RCPT_SYNTAX = Reply(501, "5.5.4", "Syntax: RCPT TO:<address> [parameters]")
MAIL_OK = Reply(250, "2.1.0", "Sender OK")
RCPT_OK = Reply(250, "2.1.5", "Recipient OK")
GO_AHEAD = Reply(354, "", "End data with <CR><LF>.<CR><LF>")
NULL_SENDER = Reply(
    550, "5.7.1", "A certified message needs a sender of the organisation, to whom its fate is reported; <> is refused"
)
NOT_YOURS = Reply(550, "5.7.1", "These credentials may not send as that address; list it in the settings first")
FROM_NOT_YOURS = Reply(
    550, "5.7.1", "These credentials may not send with that From or Sender address; list it in the settings first"
)
BAD_SENDER = Reply(553, "5.1.7", "The sender address is not valid")
BAD_RECIPIENT = Reply(553, "5.1.3", "The recipient address is not valid")
NOT_OURS = Reply(550, "5.1.1", "There is no such mailbox here, and this host relays for nobody")
NEEDS_SMTPUTF8 = Reply(553, "5.6.7", "A non-ASCII address needs the SMTPUTF8 parameter of MAIL FROM")
TOO_MANY_RECIPIENTS = Reply(452, "4.5.3", "Too many recipients in one transaction; send the rest in another")
TOO_MANY_UNPROVEN = Reply(450, "4.7.1", "Too much mail for addresses that nobody was given; try again later")
NO_ROOM = Reply(452, "4.3.1", "Insufficient system storage; try again later")


def too_big(limit: int) -> Reply:
    """Return the refusal of a message above `limit` octets."""
    return Reply(552, "5.3.4", f"The message exceeds the maximum of {limit} octets")


def too_many_copies(most: int) -> Reply:
    """Return the refusal of a message of that size to so many: at most `most` recipients are allowed."""
    return Reply(452, "4.5.3", f"Too many recipients for a message of this size; send it to at most {most} at a time")


def malformed(why: str) -> Reply:
    """Return the refusal of content, saying why in one phrase."""
    return Reply(554, "5.6.0", why)


def unknown_parameter(name: str) -> Reply:
    """Return the refusal of a parameter of MAIL or RCPT (RFC 5321 section 4.1.1.11)."""
    return Reply(555, "5.5.4", f"Parameter {printable(name)} is not recognised")


def bad_parameter(name: str) -> Reply:
    """Return the refusal of a parameter's value."""
    return Reply(501, "5.5.4", f"The value of {name} is not valid")


def accepted(count: int, reference: str) -> Reply:
    """Return the final answer: from now on the message is our responsibility (RFC 5321 section 6.1)."""
    what = "communication" if count == 1 else "communications"
    return Reply(250, "2.6.0", f"{count} {what} accepted, reference {printable(reference)}")


def kept(reference: str) -> Reply:
    """Return the final answer of the inbound door: the message is durable (RFC 5321 section 6.1)."""
    return Reply(250, "2.6.0", f"Message received, reference {printable(reference)}")


def printable(text: str, most: int = 64) -> str:
    """Return at most `most` characters of `text`, none of which can break a reply line."""
    return "".join(c if " " <= c <= "~" else "?" for c in text[:most])


def for_failure(error: BaseException, reference: str) -> Reply:
    """Return the reply to a submission that failed here.

    Args:
        error: what was raised; its causes are looked at too.
        reference: what the log line carries, so that an operator finds it.
    """
    chain = _chain(error)
    if any(_is_full(one) for one in chain):
        return Reply(NO_ROOM.code, NO_ROOM.enhanced, f"{NO_ROOM.text} (reference {reference})")
    if isinstance(error, AccessDenied):
        return NOT_YOURS
    if isinstance(error, InputError):
        return malformed(printable(str(error), 400) or "The message was refused")
    if isinstance(error, PermanentError):
        return Reply(554, "5.3.0", f"The message cannot be accepted (reference {reference})")
    kind = "The system is not available" if isinstance(error, TemporaryError) else "Local error"
    return Reply(451, "4.3.0", f"{kind}; try again later (reference {reference})")


def _chain(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and following not in chain:
        chain.append(following)
        following = following.__cause__ or following.__context__
    return chain


def _is_full(error: BaseException) -> bool:
    full_disk = isinstance(error, OSError) and error.errno in _FULL
    return full_disk or getattr(error, "sqlstate", None) == _SQLSTATE_FULL
