"""A small authoritative name server for tests: UDP on a free loopback port, its zone a mapping."""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

Zone = dict[tuple[str, str], list[str] | int]


@dataclass(kw_only=True)
class NameServer:
    """`zone`: (name, type) to record texts, or to a response code for that question; other names do not exist."""

    zone: Zone
    authenticated: bool = False
    port: int = 0
    asked: list[tuple[str, str]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def answer(self, wire: bytes) -> bytes | None:
        query = dns.message.from_wire(wire)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        reply = dns.message.make_response(query)
        found = self.zone.get((name, kind))
        if isinstance(found, int):
            if found < 0:
                return None
            reply.set_rcode(dns.rcode.Rcode(found))
        elif found:
            reply.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *found))
        elif not any(known == name or known.endswith(f".{name}") for known, _ in self.zone):
            reply.set_rcode(dns.rcode.NXDOMAIN)
        if self.authenticated:
            reply.flags |= dns.flags.AD
        return reply.to_wire()


@contextmanager
def name_server(
    zone: Mapping[tuple[str, str], list[str] | int], *, authenticated: bool = False
) -> Iterator[NameServer]:
    """Run a name server. A negative response code means that it never answers that question."""
    server = NameServer(zone=dict(zone), authenticated=authenticated)
    wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    wire.bind(("127.0.0.1", 0))
    wire.settimeout(0.02)
    server.port = wire.getsockname()[1]
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            with suppress(TimeoutError):
                query, peer = wire.recvfrom(4096)
                if (reply := server.answer(query)) is not None:
                    wire.sendto(reply, peer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        stop.set()
        thread.join(60)
        wire.close()
