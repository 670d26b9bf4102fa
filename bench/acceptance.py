"""Durable acceptance over SMTP, 10 KB, AUTH over TLS: Postfix with Dovecot SASL, and Acuse where it is running.

python -m bench.acceptance                                           the rival alone
python -m bench.acceptance --ours 465 --username crm --secret ...    both, side by side
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bench.loader import Load, Result, run
from bench.submission_rival import SECRET, USERNAME, rival


@dataclass(frozen=True, kw_only=True)
class Row:
    """One measurement of one side."""

    side: str
    connections: str
    result: Result


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


def measure(target: Target, *, sessions: int, seconds: float) -> list[Row]:
    """Measure a service with kept connections, then with a new one per message."""
    rows = []
    for reuse in (True, False):
        load = Load(
            port=target.port, username=target.username, secret=target.secret,
            sessions=sessions, seconds=seconds, reuse=reuse,
        )  # fmt: skip
        rows.append(Row(side=target.side, connections="kept" if reuse else "new", result=run(load)))
    return rows


def measure_rival(*, sessions: int, seconds: float) -> list[Row]:
    """Start Postfix with Dovecot, measure it, stop it; check that what it accepted is in its queue.

    Raises:
        RuntimeError: its queue holds fewer messages than it accepted.
    """
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        chain, key = certificate(Path(name))
        with rival(certificate=chain, key=key) as running:
            target = Target(side="Postfix + Dovecot SASL", port=running.tls_port, username=USERNAME, secret=SECRET)
            rows = measure(target, sessions=sessions, seconds=seconds)
            accepted, held = sum(row.result.messages for row in rows), running.held()
            if held < accepted:
                raise RuntimeError(f"Postfix accepted {accepted} messages, and only {held} are in its queue.")
    return rows


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a table."""
    lines = [f"{'side':<24} {'connections':<12} {'messages/s':>10} {'median ms':>10} {'p99 ms':>10}"]
    for row in rows:
        one = row.result
        lines.append(
            f"{row.side:<24} {row.connections:<12} {one.per_second:>10.1f} {one.median_ms:>10.2f} {one.p99_ms:>10.2f}"
        )
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, measure, print a table and JSON."""
    parser = argparse.ArgumentParser(description="Measure durable acceptance over SMTP.")
    parser.add_argument("--ours", type=int, metavar="PORT", help="Acuse's port of implicit TLS on this machine")
    parser.add_argument("--username", default="")
    parser.add_argument("--secret", default="")
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=10.0)
    given = parser.parse_args(arguments)
    rows = measure_rival(sessions=given.sessions, seconds=given.seconds)
    if given.ours is not None:
        target = Target(side="Acuse", port=given.ours, username=given.username, secret=given.secret)
        rows += measure(target, sessions=given.sessions, seconds=given.seconds)
    print(table(rows))
    print(json.dumps([asdict(row) for row in rows]))


if __name__ == "__main__":
    main()
