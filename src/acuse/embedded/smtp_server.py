"""The mail server of one sandbox domain: aiosmtpd, with the domain's extensions, limits and rules."""

import asyncio
import ssl
import time
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from acuse.embedded.domains import HARD_LIMIT, Domain, Mail, Rule, Stage
from acuse.embedded.mailboxes import Mailboxes

MOST_RECIPIENTS = 1000  # of one message
REMEMBERED = 100_000  # triplets; the oldest are forgotten
_DSN_OF_MAIL = ("RET", "ENVID")
_DSN_OF_RCPT = ("NOTIFY", "ORCPT")


class Memory:
    """What was tried before, and when: the greylist of one domain.

    Args:
        wait: seconds after the first try during which every try still counts as the first.
        now: seconds of a clock that never goes back.
    """

    def __init__(self, *, wait: float, now: Callable[[], float] = time.monotonic) -> None:
        self._wait = wait
        self._now = now
        self._first: OrderedDict[tuple[str, ...], float] = OrderedDict()

    def is_first(self, *key: str, wait: bool = True) -> bool:
        """Note a try of `key`; say whether it counts as the first."""
        if key not in self._first:
            self._first[key] = self._now()
            if len(self._first) > REMEMBERED:
                self._first.popitem(last=False)
            return True
        return wait and self._now() - self._first[key] < self._wait


class Answers:
    """Decides for one domain; aiosmtpd calls its hooks."""

    def __init__(self, domain: Domain, *, mailboxes: Mailboxes, memory: Memory, now: Callable[[], datetime]) -> None:
        self.domain = domain
        self._mailboxes = mailboxes
        self._memory = memory
        self._now = now

    async def handle_EHLO(  # noqa: N802  named by aiosmtpd
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Offer what the domain offers."""
        session.host_name = hostname
        offered = [line[4:] for line in responses[1:] if line[4:].split(" ")[0] in self.domain.extensions]
        lines = [responses[0][4:], f"SIZE {self.domain.size_limit}", "ENHANCEDSTATUSCODES", *offered]
        if "DSN" in self.domain.extensions:
            lines.append("DSN")
        return [f"250-{line}" for line in lines[:-1]] + [f"250 {lines[-1]}"]

    async def handle_MAIL(  # noqa: N802  named by aiosmtpd
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Refuse or take a sender."""
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        reply = self._decide(Stage.MAIL, Mail(sender=address, recipient=""))
        if reply is None:
            return "250 2.1.0 Ok"
        envelope.mail_from = None
        return reply.reply

    async def handle_RCPT(  # noqa: N802  named by aiosmtpd
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Refuse or take a recipient."""
        sender = str(envelope.mail_from)
        if address.rpartition("@")[2].casefold().rstrip(".") != self.domain.name:
            return "554 5.7.1 Relay access denied"
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        key = (sender.rpartition("@")[2].casefold(), address.casefold())
        mail = Mail(sender=sender, recipient=address, first_time=self._memory.is_first("rcpt", *key))
        reply = self._decide(Stage.RCPT, mail)
        if reply is not None:
            return reply.reply
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: "Server", session: Session, envelope: Envelope) -> str:  # noqa: N802  named by aiosmtpd
        """Refuse or keep a message, or keep it and hang up."""
        content = envelope.original_content or b""
        if len(content) > self.domain.size_limit:
            return f"552 5.3.4 Message size exceeds the limit of {self.domain.size_limit} bytes"
        recipient = envelope.rcpt_tos[0]
        # One message may be tried again under another envelope sender; its Message-ID stays.
        first = self._memory.is_first("data", recipient.casefold(), _message_id(content), wait=False)
        rule = self._decide(
            Stage.DATA,
            Mail(sender=str(envelope.mail_from), recipient=recipient, content=content, first_time=first),
        )
        if rule is not None and not rule.cut:
            return rule.reply
        self._mailboxes.keep(self.domain.name, content, _described(server, session, envelope), moment=self._now())
        if rule is not None:
            server.hang_up()
        return "250 2.0.0 Ok: queued"

    async def handle_exception(self, _error: Exception) -> str:
        """Answer what aiosmtpd stumbles over, such as addresses that the standard library cannot read."""
        return "500 5.5.2 Error: bad syntax"

    def _decide(self, stage: Stage, mail: Mail) -> Rule | None:
        return next((rule for rule in self.domain.rules if rule.stage is stage and rule.fits(mail)), None)


class Server(SMTP):
    """aiosmtpd, with DSN parameters (RFC 3461), long lines, and a limit of its own for each domain."""

    line_length_limit = 70_000
    command_size_limit = 4096

    def __init__(self, answers: Answers, *, tls: ssl.SSLContext | None, loop: asyncio.AbstractEventLoop) -> None:
        domain = answers.domain
        # A dictionary of our own: aiosmtpd shares one between all connections and empties it at each new one.
        self.command_size_limits = defaultdict(lambda: self.command_size_limit)
        super().__init__(
            answers,
            data_size_limit=HARD_LIMIT,
            enable_SMTPUTF8="SMTPUTF8" in domain.extensions,
            hostname=domain.host,
            ident="ESMTP",
            tls_context=tls if "STARTTLS" in domain.extensions else None,
            timeout=120,
            auth_exclude_mechanism=("LOGIN", "PLAIN"),
            loop=loop,
        )
        self._domain = domain
        self.dsn: list[str] = []

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802  named by aiosmtpd
        """Take RET and ENVID away, which aiosmtpd does not know, and refuse by SIZE with the right codes."""
        rest, taken = self._without_dsn(arg, _DSN_OF_MAIL)
        announced = _parameter(rest, "SIZE")
        if announced and announced.isdigit() and int(announced[:12]) > self._domain.size_limit:
            await self.push(f"552 5.3.4 Message size exceeds the limit of {self._domain.size_limit} bytes")
            return
        self.dsn = taken
        await super().smtp_MAIL(rest)

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802  named by aiosmtpd
        """Take NOTIFY and ORCPT away, which aiosmtpd does not know."""
        rest, taken = self._without_dsn(arg, _DSN_OF_RCPT)
        self.dsn.extend(taken)
        await super().smtp_RCPT(rest)

    def hang_up(self) -> None:
        """Cut the connection at once, as a crash does."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()

    def _without_dsn(self, arg: str | None, names: tuple[str, ...]) -> tuple[str | None, list[str]]:
        if arg is None or "DSN" not in self._domain.extensions:
            return arg, []
        words = arg.split(" ")
        taken = [word for word in words if word.partition("=")[0].upper() in names]
        return " ".join(word for word in words if word not in taken), taken


def _parameter(arg: str | None, name: str) -> str | None:
    for word in (arg or "").split(" "):
        key, _, value = word.partition("=")
        if key.upper() == name:
            return value
    return None


def _message_id(content: bytes) -> str:
    head = content.partition(b"\r\n\r\n")[0]
    for line in head.split(b"\r\n"):
        if line[:11].lower() == b"message-id:":
            return line[11:].strip().decode(errors="replace")
    return ""


def _described(server: Server, session: Session, envelope: Envelope) -> dict[str, Any]:
    cipher = session.ssl.get("cipher") if session.ssl else None
    return {
        "sender": _printable("" if envelope.mail_from == "<>" else str(envelope.mail_from)),
        "recipients": [_printable(each) for each in envelope.rcpt_tos],
        "options": [_printable(each) for each in (*envelope.mail_options, *server.dsn)],
        "helo": _printable(str(session.host_name)),
        "client": str(session.peer[0]) if session.peer else None,
        "tls": list(cipher) if cipher else None,
    }


def _printable(text: str) -> str:
    """Write bytes that were not UTF-8 as JSON can carry them."""
    return text.encode(errors="surrogateescape").decode(errors="backslashreplace")
