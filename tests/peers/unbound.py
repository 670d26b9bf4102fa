"""Unbound as a validating name server for tests: it holds zones, some signed, and believes the keys of those.

with unbound({"firmada.example": Zone(records=[...])}) as names:
    Resolver((names,), validating=True)
"""

import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import dns.dnssec
import dns.exception
import dns.message
import dns.name
import dns.query
import dns.rdataclass
import dns.rdatatype
import dns.zone
from cryptography.hazmat.primitives.asymmetric import ec

from tests.ports import free_port

_CONFIGURATION = """\
server:
    interface: 127.0.0.1@{port}
    access-control: 127.0.0.0/8 allow
    directory: "{folder}"
    chroot: ""
    username: ""
    pidfile: ""
    use-syslog: no
    logfile: "{folder}/log"
    do-daemonize: no
    do-ip6: no
    module-config: "validator iterator"
    val-log-level: 2
remote-control:
    control-enable: no
"""
_AUTHORITY = """\
auth-zone:
    name: "{name}"
    zonefile: "{file}"
    for-downstream: no
    for-upstream: yes
    fallback-enabled: no
"""


@dataclass(frozen=True, kw_only=True)
class Zone:
    """Lines of a zone file, names relative to the zone. `added` comes in after signing: unsigned."""

    records: tuple[str, ...]
    signed: bool = True
    added: tuple[str, ...] = ()


@contextmanager
def unbound(zones: Mapping[str, Zone]) -> Iterator[str]:
    """Run it until the block ends; yields "ip:port"."""
    with tempfile.TemporaryDirectory(prefix="unbound-") as name:
        folder, port = Path(name), free_port()
        configuration = _CONFIGURATION.format(folder=folder, port=port)
        authorities = ""
        for origin, zone in zones.items():
            text, keys = _written(origin, zone)
            (folder / origin).write_text(text)
            configuration = configuration.replace("remote-control:", f"{keys}remote-control:")
            authorities += _AUTHORITY.format(name=origin, file=folder / origin)
        (folder / "unbound.conf").write_text(configuration + authorities)
        running = subprocess.Popen(["unbound", "-d", "-c", folder / "unbound.conf"], stdin=subprocess.DEVNULL)
        try:
            _wait(next(iter(zones)), port, folder, running)
            yield f"127.0.0.1:{port}"
        finally:
            running.terminate()
            running.wait(120)


def _written(origin: str, zone: Zone) -> tuple[str, str]:
    """Return the zone file, and the lines of the configuration that say whom to believe about it."""
    lines = ("@ 3600 IN SOA ns hostmaster 1 3600 600 86400 60", "@ 3600 IN NS ns", "ns 3600 IN A 127.0.0.1")
    made = dns.zone.from_text("\n".join((*lines, *zone.records)) + "\n", origin=origin, relativize=False)
    anchors = ""
    if zone.signed:
        key = ec.generate_private_key(ec.SECP256R1())
        public = dns.dnssec.make_dnskey(key.public_key(), dns.dnssec.Algorithm.ECDSAP256SHA256, flags=257)
        dns.dnssec.sign_zone(made, keys=[(key, public)], lifetime=86400)
        anchors = f'    trust-anchor: "{origin}. IN DNSKEY {public.to_text()}"\n'
    else:
        anchors = f'    domain-insecure: "{origin}"\n'
    return "\n".join((made.to_text(relativize=False), f"$ORIGIN {origin}.", *zone.added, "")), anchors


def _wait(origin: str, port: int, folder: Path, running: "subprocess.Popen[bytes]") -> None:
    question = dns.message.make_query(origin, dns.rdatatype.SOA)
    deadline = time.monotonic() + 120
    while True:
        try:
            if dns.query.udp(question, "127.0.0.1", port=port, timeout=1).answer:
                return
        except (TimeoutError, dns.exception.DNSException, OSError):
            pass
        log = folder / "log"
        failed = running.poll() is not None or time.monotonic() > deadline
        assert not failed, log.read_text() if log.exists() else "Unbound does not start"
        time.sleep(0.05)
