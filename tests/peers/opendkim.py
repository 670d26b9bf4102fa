"""OpenDKIM: beside a Postfix of the tests it signs what that server's own domain sends; alone it judges signatures."""

import base64
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.ports import free_port

_CONFIGURATION = """\
Mode s
Domain {domain}
Selector {selector}
KeyFile {folder}/key.pem
Socket inet:{port}@127.0.0.1
Canonicalization relaxed/relaxed
Background no
RequireSafeKeys no
"""


@dataclass(frozen=True, kw_only=True)
class Signing:
    """A running instance: main.cf parameters of a Postfix that asks it, and the record that its domain publishes."""

    settings: dict[str, str]
    record: str


@contextmanager
def opendkim(*, domain: str, selector: str) -> Iterator[Signing]:
    """Sign what is sent under a domain until the block ends."""
    with tempfile.TemporaryDirectory(prefix="opendkim-") as name:
        folder, port = Path(name), free_port()
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL
        (folder / "key.pem").write_bytes(key.private_bytes(*pem, serialization.NoEncryption()))
        (folder / "key.pem").chmod(0o600)
        public = key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        text = _CONFIGURATION.format(domain=domain, selector=selector, folder=folder, port=port)
        (folder / "opendkim.conf").write_text(text)
        running = subprocess.Popen(
            ["opendkim", "-f", "-x", folder / "opendkim.conf"], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        try:
            _wait(port, running)
            settings = {"smtpd_milters": f"inet:127.0.0.1:{port}", "milter_default_action": "tempfail"}
            yield Signing(settings=settings, record=f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}")
        finally:
            running.terminate()
            running.communicate(timeout=120)


def _wait(port: int, running: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 120
    while True:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
            return
        failed = running.poll() is not None or time.monotonic() > deadline
        assert not failed, running.stderr.read() if running.stderr else "OpenDKIM does not start"
        time.sleep(0.05)


def judged(message: bytes, records: Mapping[str, str], folder: Path) -> str:
    """Return what OpenDKIM says of the signatures of a message.

    Args:
        message: as it was sent. records: what the DNS says, by name. folder: to work in.
    """
    (folder / "keys").write_text("".join(f"{name} {text}\n" for name, text in records.items()), "ascii")
    (folder / "conf").write_text(f"Mode v\nTestPublicKeys {folder / 'keys'}\n", "ascii")
    (folder / "message").write_bytes(message)
    command = ["opendkim", "-x", str(folder / "conf"), "-v", "-v", "-t", str(folder / "message")]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    return said.stdout + said.stderr
