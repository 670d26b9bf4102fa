"""Durable acceptance over SMTP, 10 KB, 20 sessions, AUTH over TLS: Acuse beside Postfix with Dovecot SASL.

    python -m bench.acceptance [--seconds 8] [--repeats 3]

Both run on this machine with their own ports, directories and certificates, and are loaded in turn by the same loader,
which shares the cores with whom it loads. Postfix only queues (its hold queue); Acuse, with its default settings, keeps
the message in custody, commits its rows and its fact, and its sequencer publishes the fact. First with acceptance alone
(the worker off, as Postfix's delivery is), then with everything on: delivering and certifying compete for the cores.
"""

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.flows.installation import Installation, installation

from bench.loader import Load, Result, run
from bench.report import Row, median_of, table
from bench.submission_rival import SECRET, USERNAME, rival

SESSIONS = 20


@dataclass(frozen=True, kw_only=True)
class Target:
    """A running submission service with implicit TLS."""

    side: str
    port: int
    username: str
    secret: str


def certificate(folder: Path) -> tuple[Path, Path]:
    """Write a P-256 certificate for localhost and its key; return their paths."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    start = datetime.now(UTC) - timedelta(days=1)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(start).not_valid_after(start + timedelta(days=30))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    chain, secret = folder / "certificate.pem", folder / "key.pem"
    chain.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return chain, secret


def measure(target: Target, *, seconds: float, reuse: bool) -> Result:
    """Load a service and return what came of it."""
    return run(
        Load(
            port=target.port, username=target.username, secret=target.secret,
            sessions=SESSIONS, seconds=seconds, reuse=reuse,
        )
    )  # fmt: skip


def ours(running: Installation) -> Target:
    """Return where an installation listens."""
    assert running.account is not None
    return Target(
        side="Acuse", port=running.settings.smtp_tls_port,
        username=running.account.username, secret=running.account.secret,
    )  # fmt: skip


def compare(what: str, other: Target, mine: Target, *, seconds: float, repeats: int, reuse: bool = True) -> Row:
    """Load both in turn, again and again; return the row."""
    pairs, latencies = [], []
    for _ in range(repeats):
        slow = measure(other, seconds=seconds, reuse=reuse)
        fast = measure(mine, seconds=seconds, reuse=reuse)
        pairs.append((fast.per_second, slow.per_second))
        latencies.append((fast, slow))
    speed, rival_speed, ratio, spread = median_of(pairs)
    fast, slow = latencies[0]
    return Row(
        what=f"Acceptance, 10 KB, {SESSIONS} sessions: {what}",
        ours=speed, rival=rival_speed, unit="messages/s", against=other.side, ratio=ratio, aim=">= 0.5", spread=spread,
        note=f"Median and 99th percentile {fast.median_ms:.0f} and {fast.p99_ms:.0f} ms against {slow.median_ms:.0f} "
        f"and {slow.p99_ms:.0f} ms. Hoped for: 1.0.",
    )  # fmt: skip


def rows(*, seconds: float, repeats: int) -> list[Row]:
    """Measure acceptance alone, with kept and with new connections, then with everything on.

    Raises:
        RuntimeError: Postfix's queue holds fewer messages than it accepted.
    """
    found = []
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        chain, key = certificate(Path(name))
        with rival(certificate=chain, key=key) as other:
            target = Target(side="Postfix and Dovecot SASL", port=other.tls_port, username=USERNAME, secret=SECRET)
            with installation(roles="smtp,sequencer") as running:
                mine = ours(running)
                measure(mine, seconds=2, reuse=True)  # connections to the database, prepared statements
                found.append(compare("acceptance alone", target, mine, seconds=seconds, repeats=repeats))
                found.append(compare("new connections", target, mine, seconds=seconds, repeats=repeats, reuse=False))
            with installation() as running:
                # Once: what was accepted is still being delivered and certified when the rival's turn would come again.
                found.append(compare("everything on", target, ours(running), seconds=seconds, repeats=1))
            if not other.held():
                raise RuntimeError("Postfix said 250, and its queue is empty.")
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--repeats", type=int, default=3)
    given = parser.parse_args(arguments)
    print(table(rows(seconds=given.seconds, repeats=given.repeats)))


if __name__ == "__main__":
    main()
