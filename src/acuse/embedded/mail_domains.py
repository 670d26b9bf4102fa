"""The sandbox: a name server and a mail server for every domain of the table, on loopback addresses.

Nothing leaves the machine; what speaks to it are the real resolver and the real SMTP client, pointed here. Runs as
`python -m acuse.embedded.mail_domains --directory DIR --dns-port PORT --smtp-port PORT`.
"""

import argparse
import asyncio
import signal
import ssl
import sys
import threading
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from acuse import clock
from acuse.embedded.authority import Authority, ServerFiles
from acuse.embedded.domains import Domain, Plan, plan
from acuse.embedded.mailboxes import Mailboxes
from acuse.embedded.smtp_server import Answers, Memory, Server
from acuse.embedded.zone import PUBLISHED, Datagrams, Streams, Zone
from acuse.errors import AcuseError, ConfigurationError

HOST = "127.0.0.1"
GREYLIST_SECONDS = 300.0
_TRIES = 20  # for a free port that is free on every address


@dataclass(frozen=True, kw_only=True)
class Ports:
    """Where the sandbox listens: DNS (UDP and TCP) on 127.0.0.1, SMTP on each server's address."""

    dns: int
    smtp: int


class MailDomains:
    """The sandbox.

    Args:
        directory: where accepted messages are kept (see `mailboxes.messages`), and what else its name server says.
        dns_port: port of the name server; 0 takes a free one.
        smtp_port: port of all mail servers; 0 takes a free one.
        certificate: of the servers, for STARTTLS; None: no server offers it.
        accepting: further domains that accept everything.
        greylist_seconds: how long the first-time rules hold.
        now: the clock.
    """

    def __init__(
        self,
        directory: Path,
        *,
        dns_port: int = 0,
        smtp_port: int = 0,
        certificate: ServerFiles | None = None,
        accepting: Iterable[str] = (),
        greylist_seconds: float = GREYLIST_SECONDS,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self.plan: Plan = plan(accepting)
        self._wanted = Ports(dns=dns_port, smtp=smtp_port)
        self._directory = directory
        self._mailboxes = Mailboxes(directory)
        self._greylist_seconds = greylist_seconds
        self._now = now
        self._tls = _context(certificate) if certificate else None
        self._closing = AsyncExitStack()

    async def open(self) -> Ports:
        """Listen everywhere and return the ports.

        Raises:
            ConfigurationError: a port is taken; says which.
        """
        # The name server last: once it answers, all the servers that it names do.
        try:
            smtp_port = await self._free(self._wanted.smtp, self._open_smtp)
            dns_port = await self._free(self._wanted.dns, self._open_dns)
        except BaseException:
            await self.close()
            raise
        return Ports(dns=dns_port, smtp=smtp_port)

    async def close(self) -> None:
        """Stop listening."""
        await self._closing.aclose()

    async def _free(self, wanted: int, start: Callable[[int, AsyncExitStack], Awaitable[int]]) -> int:
        """Start a service that binds one port in several places; with port 0, look for one free in all of them."""
        for _ in range(1 if wanted else _TRIES):
            stack = AsyncExitStack()
            try:
                port = await start(wanted, stack)
            except OSError as error:
                await stack.aclose()
                failure = error
                continue
            self._closing.push_async_callback(stack.aclose)
            return port
        raise ConfigurationError(f"The sandbox cannot listen on port {wanted}: {failure}") from failure

    async def _open_dns(self, port: int, stack: AsyncExitStack) -> int:
        loop = asyncio.get_running_loop()
        zone = Zone(self.plan, self._directory / PUBLISHED)
        server = await asyncio.start_server(Streams(zone), HOST, port)
        stack.push_async_callback(_end, server)
        taken = int(server.sockets[0].getsockname()[1])
        transport, _ = await loop.create_datagram_endpoint(partial(Datagrams, zone), (HOST, taken))
        stack.callback(transport.close)
        return taken

    async def _open_smtp(self, port: int, stack: AsyncExitStack) -> int:
        loop = asyncio.get_running_loop()
        for domain, address in self.plan.servers():
            make = partial(Server, self._answers(domain), tls=self._tls, loop=loop)
            server = await loop.create_server(make, address, port)
            stack.push_async_callback(_end, server)
            port = int(server.sockets[0].getsockname()[1])
        return port

    def _answers(self, domain: Domain) -> Answers:
        memory = Memory(wait=self._greylist_seconds)
        return Answers(domain, mailboxes=self._mailboxes, memory=memory, now=self._now)


class Background:
    """The sandbox in a thread of its own, as a context manager whose value is its ports."""

    def __init__(self, domains: MailDomains) -> None:
        self._domains = domains
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="mail-domains", daemon=True)

    def __enter__(self) -> Ports:
        self._thread.start()
        try:
            return asyncio.run_coroutine_threadsafe(self._domains.open(), self._loop).result(30)
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self) -> None:
        await self._domains.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


async def _end(server: asyncio.Server) -> None:
    server.close()


def _context(files: ServerFiles) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(files.certificate, files.key)
    return context


async def _serve(domains: MailDomains) -> None:
    ending = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ending.set)
    ports = await domains.open()
    sys.stdout.write(f"Mail domains: DNS on {HOST}:{ports.dns}, SMTP on port {ports.smtp}.\n")
    sys.stdout.flush()
    await ending.wait()
    await domains.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """Play the recipient domains until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m acuse.embedded.mail_domains", description=main.__doc__)
    parser.add_argument("--directory", type=Path, required=True, help="where accepted messages are kept")
    parser.add_argument("--dns-port", type=int, required=True, help="port of the name server; 0 takes a free one")
    parser.add_argument("--smtp-port", type=int, required=True, help="port of the mail servers; 0 takes a free one")
    parser.add_argument("--authority", type=Path, help="folder of the development CA, for STARTTLS")
    parser.add_argument("--crl-url", default="http://127.0.0.1:8318/ca.crl", help="where its revocation list is")
    parser.add_argument("--accepting", action="append", default=[], metavar="DOMAIN", help="one more that accepts")
    parser.add_argument("--greylist-seconds", type=float, default=GREYLIST_SECONDS, help="how long the greylist holds")
    chosen = parser.parse_args(arguments)
    try:
        certificate = None
        if chosen.authority:
            names = plan(chosen.accepting).host_names()
            certificate = Authority(chosen.authority, crl_url=chosen.crl_url).server(names)
        domains = MailDomains(
            chosen.directory,
            dns_port=chosen.dns_port,
            smtp_port=chosen.smtp_port,
            certificate=certificate,
            accepting=chosen.accepting,
            greylist_seconds=chosen.greylist_seconds,
        )
        asyncio.run(_serve(domains))
    except (OSError, AcuseError) as error:
        sys.stderr.write(f"The mail domains cannot start: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
