"""One client: its commands, the verbs they call, the replies.

Built on asyncio's streams, as they are: why not on a library for SMTP servers is in docs/adr/0009-group-commit.md.
"""

import asyncio
import ipaddress
import logging
import secrets
import ssl
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from acuse.doors.smtp import replies
from acuse.doors.smtp.content import DataReader
from acuse.doors.smtp.replies import Refused, Reply
from acuse.doors.smtp.service import Service
from acuse.doors.smtp.session import Talk
from acuse.doors.smtp.wire import Over, Wire
from acuse.errors import AcuseError

log = logging.getLogger(__name__)
_CHUNK = 65_536  # of the stream's buffer: flow control begins at twice as much; lines are bounded by `Limits`
_Answer = TypeVar("_Answer")


def _plain_address(text: str) -> str:
    """Return an IP address without its zone; an IPv4 address as such where a dual socket writes it as IPv6."""
    address = ipaddress.ip_address(text.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


class _Silence(Exception):
    """The command has been answered already."""


class Connection(asyncio.StreamReaderProtocol, ABC):
    """One client of either door.

    Args:
        service: what all connections share.
        talk: what has been said; nothing yet.
        context: TLS.
        implicit: TLS comes first, before the banner (RFC 8314); otherwise it is offered.
        loop: the running loop.
    """

    _help = replies.HELP

    def __init__(
        self,
        service: Service,
        talk: Talk[Any],
        context: ssl.SSLContext,
        implicit: bool,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        super().__init__(asyncio.StreamReader(limit=_CHUNK, loop=loop), self._begin, loop)
        self._loop = loop
        self._service = service
        self._context = context
        self._implicit = implicit
        self._encrypting = False
        self._busy = False
        self._held = 0
        self._errors = 0
        self._ip = ""
        self._greeting = replies.STOPPING
        self._talk = talk

    # The life of the connection ------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count the connection in; the base class calls `_begin` with its streams."""
        peer = transport.get_extra_info("peername")
        self._ip = self._talk.ip = _plain_address(str(peer[0])) if peer else ""
        self._greeting = self._service.enter(self, self._ip) or Reply(220, "", f"{self._service.hostname} ESMTP")
        super().connection_made(transport)

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        limits = self._service.limits
        self._wire = Wire(reader, writer, limits, self._loop)
        self._wire.deadline = self._loop.time() + limits.login
        self._end = self._loop.call_later(limits.total, self._close, replies.TOO_SLOW)
        self._conversation = self._loop.create_task(self._converse())

    def connection_lost(self, error: Exception | None) -> None:
        """Count the connection out: its socket is gone. A verb that runs goes on; one that has not begun never will."""
        self._service.leave(self, self._ip)
        super().connection_lost(error)
        self._end.cancel()
        self._conversation.cancel()

    async def _converse(self) -> None:
        try:
            if self._implicit:
                if self._greeting.closes:
                    raise Over  # a handshake only to say that the house is full would fill it more
                await self._encrypt()
            await self._wire.say(self._greeting)
            while True:
                await self._step()
        except (Over, ConnectionError, ssl.SSLError):
            log.debug("smtp connection from %s over", self._ip)
        finally:
            self._wire.close()

    async def _encrypt(self, ready: Reply | None = None) -> None:
        """Begin TLS; end the connection where the client does not agree, or where `_close` did not wait for it."""
        self._encrypting = True
        try:
            await self._wire.start_tls(self._context, ready)
        except (OSError, asyncio.CancelledError) as error:  # TimeoutError and SSLError are of the first kind
            log.info("smtp TLS with %s failed: %s", self._ip, str(error) or "closed meanwhile")
            # asyncio does not tell a protocol whose handshake did not come to its end that its connection is lost.
            self.connection_lost(None)
            raise Over from error
        self._encrypting = False
        tls = self._wire.transport.get_extra_info("ssl_object")
        self._talk.encrypted(tls.version() or "", tls.cipher()[0])

    async def _step(self) -> None:
        """Read one command and answer it."""
        if self._service.stopping:
            await self._wire.say(replies.STOPPING)
        try:
            line = await self._wire.line(self._service.limits.command, replies.COMMAND_TOO_LONG)
            reply = await self._command(line)
        except _Silence:
            return
        except Refused as refused:
            reply = refused.reply
        except (Over, ConnectionError, ssl.SSLError):
            raise
        except Exception as error:
            reply = self._failed(error, "command")
        if reply.refuses:
            self._errors += 1
        await self._wire.say(reply)
        if self._errors >= self._service.limits.errors:
            await self._wire.say(replies.TOO_MANY_ERRORS)

    def dismiss(self) -> None:
        """Say 421 and close, unless a message is under way: then `_step` does it, after the message's reply."""
        if not self._busy:
            self._close(replies.STOPPING)

    def _close(self, farewell: Reply) -> None:
        """Say a last word and close. While TLS begins nothing can be said, and only who waits for it can end it."""
        if self._encrypting:
            self._conversation.cancel()
        else:
            self._wire.close(farewell)

    def cut(self) -> None:
        """Close at once; the client does not hear what became of a message under way, and will send it again."""
        self._wire.transport.abort()

    async def _call(self, verb: Callable[..., _Answer], *arguments: object) -> _Answer:
        return await self._loop.run_in_executor(self._service.threads, verb, *arguments)

    def _failed(self, error: Exception, doing: str) -> Reply:
        """Log a failure of ours under a reference, and return the reply that carries it."""
        reference = secrets.token_hex(6)
        expected = isinstance(error, AcuseError | OSError)
        log.error(
            "smtp %s failed, reference %s: %s: %s", doing, reference, type(error).__name__, error, exc_info=not expected
        )
        return replies.for_failure(error, reference)

    # Commands ------------------------------------------------------------------------------------------------------

    async def _command(self, line: str) -> Reply:
        verb, _, argument = line.partition(" ")
        method: Callable[[str], Awaitable[Reply]] | None = getattr(self, f"smtp_{verb.upper()}", None)
        return await method(argument.strip(" ")) if method is not None and verb.isascii() else replies.UNKNOWN

    async def smtp_HELO(self, argument: str) -> Reply:  # noqa: N802
        """RFC 5321 section 4.1.1.1."""
        self._talk.hello(argument, extended=False)
        return Reply(250, "", self._service.hostname)

    async def smtp_EHLO(self, argument: str) -> Reply:  # noqa: N802
        """RFC 5321 section 4.1.1.1; without enhanced codes, as RFC 2034 section 4 wants it."""
        self._talk.hello(argument, extended=True)
        lines = self._talk.capabilities(self._service.hostname, tls_offered=not self._implicit)
        for text in lines[:-1]:
            self._wire.put(f"250-{text}")
        return Reply(250, "", lines[-1])

    async def smtp_STARTTLS(self, argument: str) -> Reply:  # noqa: N802
        """RFC 3207. What came in one breath with STARTTLS was not said under TLS: whoever put it there attacks."""
        if argument:
            return replies.NO_ARGUMENT
        if self._talk.tls is not None:
            return replies.NO_TLS
        await self._encrypt(replies.READY_FOR_TLS)
        raise _Silence

    async def smtp_RCPT(self, argument: str) -> Reply:  # noqa: N802
        """RFC 5321 section 4.1.1.3."""
        return self._talk.rcpt(argument)

    async def smtp_DATA(self, argument: str) -> Reply:  # noqa: N802
        """RFC 5321 section 4.1.1.4. The transaction is over afterwards, whatever the reply."""
        if argument:
            return replies.NO_ARGUMENT
        self._talk.check_data()
        self._busy = True
        try:
            await self._wire.say(replies.GO_AHEAD)
            raw = await self._content()
            return await self._take(raw)
        except Refused as refused:
            return refused.reply
        finally:
            self._busy = False
            self._hold(0)
            self._talk.reset()

    async def _content(self) -> bytes:
        """Return the unstuffed content of DATA.

        Raises:
            Refused: too large, or no room; the content has been read to its end.
        """
        reader = DataReader(self._service.limits.message)
        self._wire.deadline = self._loop.time() + self._service.limits.data
        refusal = None
        while (rest := reader.feed(await self._wire.more())) is None:
            self._hold(reader.held)
            if self._service.in_flight > self._service.limits.in_flight and not reader.overflown:
                refusal = replies.NO_ROOM
                reader.discard()
        self._hold(reader.held)
        self._wire.deadline = None
        self._wire.give_back(rest)
        if refusal is not None:
            raise Refused(refusal)
        return reader.content()

    @abstractmethod
    async def _take(self, raw: bytes) -> Reply:
        """Make a message durable and say so, or say why not.

        Raises:
            Refused: with the reply to give.
        """

    def _hold(self, octets: int) -> None:
        """Say how much content this connection keeps in memory, from its first octet until the final reply."""
        self._service.in_flight += octets - self._held
        self._held = octets

    async def smtp_RSET(self, argument: str) -> Reply:  # noqa: N802
        """RFC 5321 section 4.1.1.5."""
        if argument:
            return replies.NO_ARGUMENT
        self._talk.reset()
        return replies.OK

    async def smtp_NOOP(self, _argument: str) -> Reply:  # noqa: N802
        """RFC 5321 section 4.1.1.9."""
        return replies.OK

    async def smtp_QUIT(self, argument: str) -> Reply:  # noqa: N802
        """RFC 5321 section 4.1.1.10."""
        return replies.NO_ARGUMENT if argument else replies.BYE

    async def smtp_HELP(self, _argument: str) -> Reply:  # noqa: N802
        """RFC 5321 section 4.1.1.8."""
        return self._help

    async def smtp_VRFY(self, _argument: str) -> Reply:  # noqa: N802
        """RFC 5321 section 3.5.3: never says whether an address exists."""
        self._talk.check_ready()
        return replies.CANNOT_VERIFY

    async def smtp_EXPN(self, _argument: str) -> Reply:  # noqa: N802
        """RFC 5321 section 3.5: not offered."""
        return replies.NOT_IMPLEMENTED
