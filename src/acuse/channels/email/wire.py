"""Bytes of one SMTP connection: lines out, replies in, every one into the transcript, every wait bounded."""

import contextlib
import re
import socket
import ssl
import time
from dataclasses import dataclass

from acuse.channels.base import Reply
from acuse.channels.email.transcript import Transcript
from acuse.errors import TemporaryError

MAX_LINE = 4096  # RFC 5321 4.5.3.1.5 says 512; servers send longer ones
MAX_LINES = 200
_CHUNK = 64 * 1024

_LINE = re.compile(rb"([2-5][0-9]{2})(?:([ -])(.*))?\Z", re.DOTALL)
_ENHANCED = re.compile(rb"([245]\.[0-9]{1,3}\.[0-9]{1,3})(?:[ \t]|\Z)")


class Broken(TemporaryError):
    """The connection can no longer be used: lost, too slow, or not speaking SMTP."""


@dataclass(frozen=True, kw_only=True)
class Timeouts:
    """Seconds for each wait as a whole, however slowly the bytes drip (RFC 5321 4.5.3.2).

    `total` bounds a whole `EmailChannel.send`: its turn, the DNS and all addresses included.
    """

    connect: float = 30
    greeting: float = 300
    command: float = 300
    data: float = 120
    block: float = 180
    final: float = 600
    quit: float = 5
    total: float = 1800


def parse_lines(lines: list[bytes], stage: str) -> Reply:
    """Make a reply of complete lines, verbatim.

    Raises:
        Broken: a line is not `ddd text`.
    """
    matches = [_LINE.match(line.rstrip(b"\r\n")) for line in lines]
    if not matches or any(match is None for match in matches):
        raise Broken("The server answered something that is not SMTP.")
    found = [match for match in matches if match is not None]
    code = int(found[-1].group(1))
    marks = [mark for match in found if (mark := _ENHANCED.match(match.group(3) or b""))]
    enhanced = marks[0].group(1).decode("ascii") if marks and code >= 200 and code // 100 != 3 else None
    return Reply(code=code, enhanced=enhanced, text=b"".join(lines), stage=stage)


class Wire:
    """One connection. Not thread-safe; whoever holds it uses it alone."""

    def __init__(self, connection: socket.socket, timeouts: Timeouts, ends_at: float) -> None:
        self.connection = connection
        self.timeouts = timeouts
        self.transcript = Transcript()
        self.stage = "connect"  # what was last asked, for saying where it broke
        self.ends_at = ends_at
        self._buffer = bytearray()

    def begin(self, transcript: Transcript, ends_at: float) -> None:
        """Start a transaction with its own transcript and its own end, on the monotonic clock."""
        self.transcript = transcript
        self.ends_at = ends_at

    def command(self, line: bytes, stage: str, *, seconds: float | None = None, shown: bytes | None = None) -> Reply:
        """Send one command and return its reply.

        Args:
            line: without CRLF; shown: what the transcript holds in its place (AUTH).

        Raises:
            Broken: the connection is lost, the reply is late or not SMTP, or the server spoke before it was asked:
                an early reply would be taken for the answer to something else.
        """
        self.stage = stage
        self.refuse_early_bytes()
        self.transcript.add_bytes("client", (line if shown is None else shown) + b"\r\n")
        self.send(line + b"\r\n", seconds or self.timeouts.command)
        return self.reply(stage, seconds or self.timeouts.command)

    def refuse_early_bytes(self) -> None:
        """Raise Broken if the server has spoken out of turn (RFC 3207 4.2: such bytes must not survive STARTTLS)."""
        if self._buffer:
            self.transcript.add_bytes("server", bytes(self._buffer))
            raise Broken("The server spoke before it was asked.")

    def send(self, content: bytes | memoryview, seconds: float) -> None:
        """Send bytes within `seconds`; they are not put in the transcript.

        Raises:
            Broken: not all could be sent.
        """
        try:
            self.connection.settimeout(self._left(seconds))
            self.connection.sendall(content)
        except OSError as error:
            raise Broken(f"The connection was lost while sending ({_name(error)}).") from error

    def send_message(self, content: bytes) -> None:
        """Send a stuffed message block by block, each with its own time (RFC 5321 4.5.3.2.5)."""
        view = memoryview(content)
        for start in range(0, len(view), _CHUNK):
            self.send(view[start : start + _CHUNK], self.timeouts.block)

    def reply(self, stage: str, seconds: float) -> Reply:
        """Read one reply of any number of lines.

        Raises:
            Broken: lost, late, longer than MAX_LINES of MAX_LINE bytes, or not SMTP.
        """
        until = time.monotonic() + self._left(seconds)
        lines: list[bytes] = []
        try:
            while True:
                line = self._line(until)
                lines.append(line)
                match = _LINE.match(line.rstrip(b"\r\n"))
                if match is None or match.group(2) != b"-":
                    break
                if len(lines) >= MAX_LINES:
                    raise Broken(f"The server's reply has more than {MAX_LINES} lines.")
        finally:
            received = b"".join(lines)
            if received:
                self.transcript.add_bytes("server", received)
        return parse_lines(lines, stage)

    def _line(self, until: float) -> bytes:
        while True:
            end = self._buffer.find(b"\n")
            if 0 <= end < MAX_LINE:
                line = bytes(self._buffer[: end + 1])
                del self._buffer[: end + 1]
                return line
            if len(self._buffer) >= MAX_LINE:
                self._keep_rest()
                raise Broken(f"The server's reply has a line of more than {MAX_LINE} bytes.")
            self._receive(until)

    def _receive(self, until: float) -> None:
        left = until - time.monotonic()
        try:
            if left <= 0:
                raise TimeoutError
            self.connection.settimeout(left)
            received = self.connection.recv(_CHUNK)
        except OSError as error:
            self._keep_rest()
            what = "did not answer in time" if isinstance(error, TimeoutError) else f"broke off ({_name(error)})"
            raise Broken(f"The server {what}.") from error
        if not received:
            self._keep_rest()
            raise Broken("The server closed the connection.")
        self._buffer += received

    def _keep_rest(self) -> None:
        if self._buffer:
            self.transcript.add_bytes("server", bytes(self._buffer[:MAX_LINE]))
            self._buffer.clear()

    def _left(self, seconds: float) -> float:
        left = min(seconds, self.ends_at - time.monotonic())
        if left <= 0:
            raise Broken("The dialogue took longer than its total time.")
        return left

    def start_tls(self, context: ssl.SSLContext, host: str) -> ssl.SSLSocket:
        """Go on under TLS.

        Raises:
            Broken: the handshake failed; the connection is of no more use.
        """
        self.refuse_early_bytes()
        try:
            self.connection.settimeout(self._left(self.timeouts.command))
            secured = context.wrap_socket(self.connection, server_hostname=host)
        except (OSError, ValueError) as error:
            raise Broken(f"TLS could not be set up ({_name(error)}).") from error
        self.connection = secured
        return secured

    def close(self) -> None:
        """Close without a word."""
        with contextlib.suppress(OSError):  # it is gone then, which is what was wanted
            self.connection.close()


def _name(error: Exception) -> str:
    reason = getattr(error, "reason", None) or getattr(error, "strerror", None)
    return str(reason or type(error).__name__)[:200]
