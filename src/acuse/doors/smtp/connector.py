"""The listeners of the SMTP connector: 587 with STARTTLS (RFC 6409) and 465 with TLS from the start (RFC 8314)."""

import asyncio
import signal
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from acuse.doors.smtp.gathering import Gathering
from acuse.doors.smtp.limits import Limits
from acuse.doors.smtp.listeners import Listeners
from acuse.doors.smtp.service import SubmissionService, Verbs
from acuse.doors.smtp.submission import Submission
from acuse.errors import ConfigurationError


@dataclass(frozen=True, kw_only=True)
class Listening:
    """Where and how to listen.

    Attributes:
        hostname: our name in banner and EHLO; the certificate should carry it.
        host: address to bind.
        starttls_port: port that offers STARTTLS (587); 0 for any free one, None for none.
        tls_port: port of implicit TLS (465); 0 for any free one, None for none.
        threads: how many verbs run at once, and so how many database connections are held, beside one that accepts.
        grace: seconds that messages under way are given when stopping.
        limits: bounds.
    """

    hostname: str
    host: str = "127.0.0.1"
    starttls_port: int | None = 587
    tls_port: int | None = 465
    threads: int = 8
    grace: float = 30.0
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, kw_only=True)
class Ports:
    """The ports that are listening; None where that door is closed."""

    starttls: int | None
    tls: int | None


def tls_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """Return a server's context: TLS 1.2 or better, no renegotiation, no compression.

    Args:
        certificate: PEM file with the certificate and its chain.
        key: PEM file with its key, unencrypted.

    Raises:
        ConfigurationError: a file is missing or they do not belong together.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION | ssl.OP_CIPHER_SERVER_PREFERENCE
    context.num_tickets = 1  # a client resumes with one; the second of OpenSSL's default costs each handshake the same
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(f"The SMTP connector's certificate or key cannot be used: {error}.") from error
    return context


class Connector:
    """The submission service of one process, in the running loop.

    Args:
        listening: where and how.
        context: TLS, for both ports.
        verbs: what lies behind the door.
    """

    def __init__(self, *, listening: Listening, context: ssl.SSLContext, verbs: Verbs) -> None:
        self._listening = listening
        self._context = context
        self._threads = ThreadPoolExecutor(listening.threads, thread_name_prefix="smtp")
        self._service = SubmissionService(
            hostname=listening.hostname, verbs=verbs, limits=listening.limits, threads=self._threads
        )
        self._gathering = Gathering(verbs, self._threads)
        self._listeners = Listeners(self._service, "SMTP connector")

    async def start(self) -> Ports:
        """Listen; return the ports. SO_REUSEPORT lets several processes share them.

        Raises:
            ConfigurationError: a port cannot be bound.
        """
        return Ports(
            starttls=await self._listen(self._listening.starttls_port, implicit=False),
            tls=await self._listen(self._listening.tls_port, implicit=True),
        )

    async def stop(self) -> None:
        """Take no more connections, let messages under way finish within the grace, then close."""
        await self._listeners.stop(self._listening.grace)
        # A verb that runs is waited for: what it commits is accepted, whether or not its client still hears so.
        await self._gathering.finish()
        await asyncio.get_running_loop().run_in_executor(None, self._threads.shutdown)

    async def _listen(self, port: int | None, *, implicit: bool) -> int | None:
        if port is None:
            return None
        loop = asyncio.get_running_loop()
        factory = partial(Submission, self._service, self._gathering, self._context, implicit, loop)
        return await self._listeners.listen(factory, self._listening.host, port)


def serve(
    *,
    listening: Listening,
    context: ssl.SSLContext,
    verbs: Verbs,
    ready: Callable[[Ports], None] | None = None,
) -> None:
    """Run the connector in this process's main thread until SIGTERM or SIGINT; return when all is finished.

    Args:
        listening: where and how.
        context: TLS, for both ports.
        verbs: what lies behind the door.
        ready: called once with the ports, when connections are taken.

    Raises:
        ConfigurationError: a port cannot be bound.
    """
    asyncio.run(_serve(Connector(listening=listening, context=context, verbs=verbs), ready))


async def _serve(connector: Connector, ready: Callable[[Ports], None] | None) -> None:
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    ports = await connector.start()
    if ready is not None:
        ready(ports)
    await stopped.wait()
    await connector.stop()
