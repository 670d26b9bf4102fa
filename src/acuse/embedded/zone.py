"""A tiny authoritative name server for the sandbox's domains (RFC 1035), over UDP and TCP.

Every other name does not exist. It says nothing about the internet and asks nobody.
"""

import asyncio
import re
import struct
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import cast

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from acuse.embedded.domains import Plan

TTL = 60
PUBLISHED = "zone"  # file of further records, in the directory of the sandbox
UDP_LIMIT = 1232  # bytes, for those that announce EDNS; 512 for others
TCP_IDLE = 10.0  # seconds
MOST_TCP = 64  # connections at once
_HEADER = 12
_SOA = "ns.sandbox.example. hostmaster.sandbox.example. 1 3600 600 86400 60"
_APEX = dns.name.from_text("example.")

Records = dict[dns.name.Name, dict[dns.rdatatype.RdataType, list[str]]]


def records(plan: Plan) -> Records:
    """Return the zone: MX and A records of every domain of the plan."""
    zone: Records = {_APEX: {dns.rdatatype.SOA: [_SOA]}}

    def add(name: str, kind: dns.rdatatype.RdataType, text: str) -> None:
        zone.setdefault(dns.name.from_text(name), {}).setdefault(kind, []).append(text)

    for domain in plan.domains:
        for exchange in domain.exchanges:
            add(domain.name, dns.rdatatype.MX, f"{exchange.preference} {exchange.host}.")
        if domain.null_mx:
            add(domain.name, dns.rdatatype.MX, "0 .")
    for host, address in plan.addresses.items():
        add(host, dns.rdatatype.A, address)
    return zone


class Zone:
    """The records of a plan, and those published beside them in a file, which is read again when it changes.

    Args:
        plan: the domains.
        published: lines of name, type and text, as `publish` writes them; it need not exist.
    """

    def __init__(self, plan: Plan, published: Path) -> None:
        self._plan, self._published = plan, published
        self._zone = records(plan)
        self._read: tuple[int, ...] = ()

    def __call__(self) -> Records:
        """Return the records of now."""
        found = self._published.stat() if self._published.exists() else None
        # Two versions may fall into one tick of the file system's clock; the second is another file all the same.
        version = (found.st_ino, found.st_mtime_ns, found.st_size) if found else ()
        if version != self._read:
            zone = records(self._plan)
            for line in self._published.read_text("utf-8").splitlines():
                name, kind, text = line.split(" ", 2)
                zone.setdefault(dns.name.from_text(name), {}).setdefault(dns.rdatatype.from_text(kind), []).append(text)
            self._zone, self._read = zone, version
        return self._zone


def publish(published: Path, wanted: Sequence[tuple[str, str, str]]) -> None:
    """Let the sandbox's name server hold these records and no others beside its own.

    Args:
        published: the file that its `Zone` reads.
        wanted: names, types and what each says.
    """
    lines = [f"{name} {kind} {_strings(text) if kind == 'TXT' else text}\n" for name, kind, text in wanted]
    temporary = published.with_suffix(".new")
    temporary.write_text("".join(lines), "utf-8")
    temporary.replace(published)  # whole or not at all: the name server may read at any time


def _strings(text: str) -> str:
    """Return a text as the strings of at most 255 octets that a TXT record takes (RFC 1035 3.3.14)."""
    pieces = (text[at : at + 255] for at in range(0, len(text), 255))
    return " ".join('"' + re.sub(r'(["\\])', r"\\\1", piece) + '"' for piece in pieces)


def answer(zone: Records, raw: bytes, *, limit: int | None) -> bytes | None:
    """Answer one query.

    Args:
        zone: the records.
        raw: the query as it arrived.
        limit: most bytes of the answer (UDP), or None (TCP); a longer one is cut and marked as such.

    Returns:
        The answer's bytes, or None when silence is right: an answer to an answer, or fewer bytes than a header has.
    """
    if len(raw) < _HEADER or raw[2] & 0x80:
        return None
    try:
        query = dns.message.from_wire(raw, ignore_trailing=False)
        reply = _reply(zone, query)
        if limit is None:
            return reply.to_wire()
        room = min(limit, max(512, query.payload)) if query.edns >= 0 else 512
        return _fitted(reply, room)
    except (dns.exception.DNSException, ValueError, struct.error, KeyError, NotImplementedError):
        # FORMERR under the identifier of the query, with nothing of what could not be read
        return raw[:2] + bytes([0x80 | raw[2] & 0x79, dns.rcode.FORMERR]) + bytes(8)


def _reply(zone: Records, query: dns.message.Message) -> dns.message.Message:
    reply = dns.message.make_response(query)
    reply.flags |= dns.flags.AA
    if query.opcode() != dns.opcode.QUERY:
        reply.set_rcode(dns.rcode.NOTIMP)
        return reply
    if len(query.question) != 1:
        reply.set_rcode(dns.rcode.FORMERR)
        return reply
    (asked,) = query.question
    if asked.rdclass != dns.rdataclass.IN:
        reply.set_rcode(dns.rcode.REFUSED)
        return reply
    name = dns.name.Name(label.lower() for label in asked.name.labels)
    found = zone.get(name)
    if found and asked.rdtype in found:
        reply.answer.append(dns.rrset.from_text_list(asked.name, TTL, "IN", asked.rdtype, found[asked.rdtype]))
        return reply
    # A name with names below it exists, even without records of its own (RFC 8020).
    if found is None and not any(each.is_subdomain(name) for each in zone):
        reply.set_rcode(dns.rcode.NXDOMAIN)
    reply.authority.append(dns.rrset.from_text(_APEX, TTL, "IN", "SOA", _SOA))
    return reply


def _fitted(reply: dns.message.Message, room: int) -> bytes:
    try:
        return reply.to_wire(max_size=room)
    except dns.exception.TooBig:
        reply.answer.clear()
        reply.authority.clear()
        reply.flags |= dns.flags.TC
        return reply.to_wire()


class Datagrams(asyncio.DatagramProtocol):
    """The UDP side."""

    def __init__(self, zone: Zone) -> None:
        self._zone = zone
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep where to answer."""
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer one query."""
        reply = answer(self._zone(), data, limit=UDP_LIMIT)
        if reply is not None and self._transport:
            self._transport.sendto(reply, addr)


class Streams:
    """The TCP side: queries one after the other, each with its length in front (RFC 1035 4.2.2)."""

    def __init__(self, zone: Zone) -> None:
        self._zone = zone
        self._room = asyncio.Semaphore(MOST_TCP)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        try:
            async with self._room:
                with suppress(asyncio.IncompleteReadError, ConnectionError, TimeoutError):
                    await self._serve(reader, writer)
        finally:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            async with asyncio.timeout(TCP_IDLE):
                (length,) = struct.unpack("!H", await reader.readexactly(2))
                reply = answer(self._zone(), await reader.readexactly(length), limit=None)
            if reply is None:
                return
            writer.write(struct.pack("!H", len(reply)) + reply)
            await writer.drain()
