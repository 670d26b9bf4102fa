"""An SMTP load generator: sessions with AUTH over TLS, on connections kept or opened for every message.

    python -m bench.loader --port 465 --username crm --secret ... --sessions 20 --seconds 10

Commands are pipelined where the server offers it, as Postfix and other submitting servers do. Every message has its own
Message-ID, so that no deduplication makes the work lighter. Latency is from MAIL to the final reply; with new
connections, from the connection.
"""

import argparse
import asyncio
import base64
import json
import multiprocessing
import ssl
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

_LINE = b"x" * 70 + b"\r\n"


class LoadError(Exception):
    """The server said something else than was expected."""


@dataclass(frozen=True, kw_only=True)
class Load:
    """What to send where.

    Attributes:
        tls: "implicit" or "starttls"; the certificate is not verified, a bench makes its own.
        sessions: at the same time, over all processes.
        seconds: how long; a message under way at the end is finished and counted.
        size: octets of one message, headers included.
        reuse: keep connections; otherwise one connection, TLS and AUTH per message.
        processes: of the generator, so that it is not what is measured.
    """

    host: str = "127.0.0.1"
    port: int
    tls: str = "implicit"
    username: str
    secret: str
    sessions: int = 20
    seconds: float = 10.0
    size: int = 10_240
    reuse: bool = True
    sender: str = "avisos@talleres-ribera.example"
    recipient: str = "cliente@acepta.example"
    processes: int = 2


@dataclass(frozen=True, kw_only=True)
class Result:
    """What came of it. Times in milliseconds."""

    messages: int
    seconds: float
    per_second: float
    median_ms: float
    p99_ms: float


class _Session:
    def __init__(self, load: Load, context: ssl.SSLContext, name: str) -> None:
        self._load = load
        self._context = context
        self._name = name
        self._sent = 0
        self._pipelining = False

    async def run(self, until: float) -> list[float]:
        """Send until the time has come; return the latencies in seconds."""
        latencies: list[float] = []
        connected = False
        while (begun := time.perf_counter()) < until:
            if not connected:
                await self._connect()
                connected = True
            if self._load.reuse:
                begun = time.perf_counter()
            await self._message()
            latencies.append(time.perf_counter() - begun)
            if not self._load.reuse:
                await self._quit()
                connected = False
        if connected:
            await self._quit()
        return latencies

    async def _connect(self) -> None:
        load = self._load
        implicit = self._context if load.tls == "implicit" else None
        self._reader, self._writer = await asyncio.open_connection(load.host, load.port, ssl=implicit)
        await self._expect(b"220")
        if implicit is None:
            await self._say(b"EHLO loader.example", b"250")
            await self._say(b"STARTTLS", b"220")
            await self._writer.start_tls(self._context)
        offered = await self._say(b"EHLO loader.example", b"250")
        self._pipelining = b"PIPELINING" in offered
        plain = base64.b64encode(f"\0{load.username}\0{load.secret}".encode())
        await self._say(b"AUTH PLAIN " + plain, b"235")

    async def _message(self) -> None:
        load = self._load
        self._sent += 1
        commands = (
            (f"MAIL FROM:<{load.sender}> SIZE={load.size}".encode(), b"250"),
            (f"RCPT TO:<{load.recipient}>".encode(), b"250"),
            (b"DATA", b"354"),
        )
        if self._pipelining:
            self._writer.write(b"".join(command + b"\r\n" for command, _ in commands))
            for _, code in commands:
                await self._expect(code)
        else:
            for command, code in commands:
                await self._say(command, code)
        self._writer.write(_content(load, f"{self._name}.{self._sent}") + b".\r\n")
        await self._writer.drain()
        await self._expect(b"250")

    async def _quit(self) -> None:
        await self._say(b"QUIT", b"221")
        self._writer.close()

    async def _say(self, command: bytes, code: bytes) -> bytes:
        self._writer.write(command + b"\r\n")
        return await self._expect(code)

    async def _expect(self, code: bytes) -> bytes:
        lines = []
        while True:
            line = await self._reader.readline()
            lines.append(line)
            if line[3:4] != b"-":
                break
        if not line.startswith(code):
            raise LoadError(f"Expected {code.decode()}, got {line.decode(errors='replace').strip() or 'the end'}.")
        return b"".join(lines)


def _content(load: Load, identifier: str) -> bytes:
    head = (
        f"From: Talleres Ribera <{load.sender}>\r\nTo: {load.recipient}\r\nSubject: Carga {identifier}\r\n"
        f"Date: Mon, 16 Nov 2026 09:00:00 +0100\r\nMessage-ID: <{identifier}@loader.example>\r\n\r\n"
    ).encode()
    lines, rest = divmod(max(2, load.size - len(head)), len(_LINE))
    return head + _LINE * lines + (b"y" * (rest - 2) + b"\r\n" if rest >= 2 else b"")


def _unverified() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


async def _sessions(load: Load, count: int, name: str) -> list[float]:
    context, until = _unverified(), time.perf_counter() + load.seconds
    sessions = [_Session(load, context, f"{name}.{number}") for number in range(count)]
    results = await asyncio.gather(*(one.run(until) for one in sessions))
    return [latency for one in results for latency in one]


def _process(load: Load, count: int, number: int) -> list[float]:
    return asyncio.run(_sessions(load, count, f"{time.time_ns()}.{number}"))


def run(load: Load) -> Result:
    """Send the load and return what came of it.

    Raises:
        LoadError: the server refused something.
        OSError: it could not be reached.
    """
    shares = [load.sessions // load.processes + (n < load.sessions % load.processes) for n in range(load.processes)]
    jobs = [(load, share, number) for number, share in enumerate(shares) if share]
    with multiprocessing.get_context("spawn").Pool(len(jobs)) as pool:
        pool.starmap(_nothing, [()] * len(jobs))  # the processes are up before the clock starts
        begun = time.perf_counter()
        latencies = sorted(one for part in pool.starmap(_process, jobs, chunksize=1) for one in part)
        seconds = time.perf_counter() - begun
    count = len(latencies)
    return Result(
        messages=count,
        seconds=round(seconds, 3),
        per_second=round(count / seconds, 1),
        median_ms=round(latencies[count // 2] * 1000, 2),
        p99_ms=round(latencies[min(count - 1, count * 99 // 100)] * 1000, 2),
    )


def _nothing() -> None:
    return None


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, send, print one JSON object."""
    parser = argparse.ArgumentParser(description="Send SMTP load with AUTH over TLS.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--tls", choices=("implicit", "starttls"), default="implicit")
    parser.add_argument("--username", required=True)
    parser.add_argument("--secret", required=True)
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--size", type=int, default=10_240)
    parser.add_argument("--new-connections", dest="reuse", action="store_false", help="one connection per message")
    parser.add_argument("--sender", default="avisos@talleres-ribera.example")
    parser.add_argument("--recipient", default="cliente@acepta.example")
    parser.add_argument("--processes", type=int, default=2)
    print(json.dumps(asdict(run(Load(**vars(parser.parse_args(arguments)))))))


if __name__ == "__main__":
    main()
