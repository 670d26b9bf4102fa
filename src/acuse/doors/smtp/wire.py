"""The octets of one connection: lines in, replies out, and how long either may take."""

import asyncio
import ssl

from acuse.doors.smtp import replies
from acuse.doors.smtp.limits import Limits
from acuse.doors.smtp.replies import Refused, Reply

_CHUNK = 65_536
_LINGER_SECONDS = 2.0
_TURN = 32  # commands of those that came together


class Over(Exception):
    """The connection ends; nothing more is said."""


class Wire:
    """One connection.

    Args:
        reader, writer: the streams.
        limits: bounds.
        loop: the running loop.

    Attributes:
        deadline: loop time at which the client is cut whatever it does; None where only idleness counts.
    """

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        limits: Limits,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._limits = limits
        self._loop = loop
        self._ahead = bytearray()
        self._answers = bytearray()
        self._taken = 0
        self.deadline: float | None = None

    @property
    def transport(self) -> asyncio.Transport:
        """Return the transport, TLS included once it is up."""
        return self._writer.transport  # type: ignore[return-value]  # a connected socket's is always both ways

    def put(self, text: str) -> None:
        """Add a line to what is sent next: answers to commands that came together go together (RFC 2920, 3.2)."""
        self._answers += text.encode() + b"\r\n"

    async def say(self, reply: Reply) -> None:
        """Answer; end the connection where the reply says so."""
        self.put(reply.line())
        if reply.closes:
            await self.flush()
            raise Over

    async def flush(self) -> None:
        """Send what has been answered; end the connection of a client that sends and never reads."""
        if not self._answers:
            return
        self._writer.write(bytes(self._answers))
        self._answers.clear()
        if not self.transport.get_write_buffer_size():
            return
        try:
            async with asyncio.timeout(self._limits.idle):
                await self._writer.drain()
        except TimeoutError as error:
            raise Over from error

    async def more(self) -> bytes:
        """Return octets from the client; end the connection at its end, or where it takes too long."""
        if self._ahead:
            self._taken += 1
            if self._taken % _TURN == 0:
                await asyncio.sleep(0)  # a client that sends ten thousand commands at once does not hold the others up
            return self._take()
        await self.flush()
        idle_until = self._loop.time() + self._limits.idle
        until = idle_until if self.deadline is None else min(idle_until, self.deadline)
        try:
            async with asyncio.timeout_at(until):
                chunk = await self._reader.read(_CHUNK)
        except TimeoutError:
            await self.say(replies.IDLE if until == idle_until else replies.TOO_SLOW)
        if not chunk:
            raise Over
        return chunk

    async def line(self, most: int, too_long: Reply) -> str:
        """Return one line without its CRLF, as text with surrogates for octets that are not UTF-8.

        Raises:
            Refused: the line is too long, has a bare CR or LF, or a NUL. The whole of it has been read.
        """
        held, long = bytearray(), False
        while True:
            chunk = await self.more()
            at = chunk.find(b"\n")
            held += chunk if at < 0 else chunk[: at + 1]
            long = long or len(held) > most
            if at >= 0:
                self.give_back(chunk[at + 1 :])
                break
            if long:
                held.clear()
        if long:
            raise Refused(too_long)
        if not held.endswith(b"\r\n") or b"\r" in held[:-2] or b"\0" in held:
            raise Refused(replies.BAD_COMMAND_LINE)
        return held[:-2].decode("utf-8", "surrogateescape")

    @property
    def ahead(self) -> bool:
        """Whether the client has sent more than has been taken.

        What asyncio's reader holds counts: a line that ends where a read ended leaves nothing in `_ahead`, however much
        waits there, and that buffer outlives the change to TLS. The class has no public way to ask for it.
        """
        return bool(self._ahead or self._reader._buffer)  # type: ignore[attr-defined]

    def give_back(self, octets: bytes) -> None:
        """Put back what was read too far; `more` and `line` return it first."""
        self._ahead[:0] = octets

    def _take(self) -> bytes:
        taken = bytes(self._ahead)
        self._ahead.clear()
        return taken

    async def start_tls(self, context: ssl.SSLContext, ready: Reply | None = None) -> None:
        """Encrypt from here on; end the connection where the client has said more in clear.

        Args:
            context: TLS.
            ready: what the client is told first; None where it waits for nothing.

        Raises:
            OSError: the client did not agree, or not in time.
        """
        await self.flush()
        if self.ahead:
            await self.say(replies.INJECTED)
        # No await from that look until asyncio gives the socket to TLS: nothing in clear can come in between.
        if ready is not None:
            self._writer.write(ready.line().encode() + b"\r\n")
        await self._writer.start_tls(context, ssl_handshake_timeout=self._limits.login)

    def close(self, farewell: Reply | None = None) -> None:
        """Say a last word, and close once it is sent; a client that does not answer TLS's goodbye is not waited for."""
        if self._writer.is_closing():
            return
        if farewell is not None:
            self.put(farewell.line())
        self._writer.write(bytes(self._answers))
        self._answers.clear()
        self._writer.close()
        self._loop.call_later(_LINGER_SECONDS, self.transport.abort)
