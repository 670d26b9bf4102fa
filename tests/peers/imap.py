"""A Dovecot that serves one mailbox by IMAP, with TLS and STARTTLS, from a Maildir that tests write into."""

import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from socket import create_connection
from tempfile import TemporaryDirectory

from tests.peers.certificates import Authority, authority, server_certificate
from tests.ports import free_ports

HOST = "imap.ribera.example"
USERNAME, PASSWORD = "atencion", 'clave "muy" secreta ñ'

_CONFIGURATION = """\
protocols = imap
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
ssl = required
ssl_cert = <{certificate}
ssl_key = <{key}
auth_mechanisms = plain
auth_failure_delay = 0
mail_location = maildir:{folder}/Maildir
mail_max_userip_connections = 100
service imap-login {{
  inet_listener imap {{
    address = 127.0.0.1
    port = {starttls}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {tls}
    ssl = yes
  }}
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={folder}
}}
"""


@dataclass(kw_only=True)
class Server:
    """A running one.

    Attributes:
        tls, starttls: its ports. root: under which its certificate is. folder: with its Maildir.
    """

    tls: int
    starttls: int
    root: Authority
    folder: Path
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Run it, and wait until it answers."""
        configuration = self.folder / "dovecot.conf"
        self.process = subprocess.Popen(["dovecot", "-F", "-c", configuration], stdin=subprocess.DEVNULL)
        _wait(self.folder, self.process, (self.tls, self.starttls))

    def stop(self) -> None:
        """End it; its mail and its numbers stay."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(120)
            self.process = None

    def drop(self, raw: bytes, name: str, *, at: float | None = None) -> None:
        """Put a message into a folder, whole at once; `at` is when it came, in seconds since 1970."""
        box = self.folder / "Maildir"
        temporary = box / "tmp" / name
        temporary.write_bytes(raw)
        if at is not None:
            os.utime(temporary, (at, at))
        temporary.chmod(0o666)
        temporary.rename(box / "new" / name)

    def renumber(self) -> None:
        """Forget which numbers messages have: the folder gets another UIDVALIDITY."""
        box = self.folder / "Maildir"
        numbers = box / "dovecot-uidlist"
        before = re.search(r"^3 V(\d+)", numbers.read_text())
        assert before is not None
        for forgotten in box.glob("dovecot*"):
            forgotten.unlink()
        # By itself it takes the second of the clock, which may be that of the time before.
        numbers.write_text(f"3 V{int(before[1]) + 1} N1\n")
        numbers.chmod(0o666)

    def flags(self) -> list[str]:
        """The flags of each message, as Maildir writes them."""
        here = [one for part in ("new", "cur") for one in (self.folder / "Maildir" / part).iterdir()]
        return sorted(one.name.partition(":2,")[2] for one in here)


@contextmanager
def imap_server(*, host: str = HOST, root: Authority | None = None) -> Iterator[Server]:
    """Run it until the block ends, in a folder that its own users can reach too.

    Args:
        host: its name. root: who vouches for it; one of its own where none is given.
    """
    with TemporaryDirectory(prefix="acuse-imap-", dir="/var/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        server = _prepared(folder, host, root or authority())
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _prepared(folder: Path, host: str, root: Authority) -> Server:
    certificate, key = server_certificate(root, host, folder=folder)
    for part in ("", "cur", "new", "tmp"):
        box = folder / "Maildir" / part
        box.mkdir()
        box.chmod(0o777)
    (folder / "users").write_text(f"{USERNAME}:{{PLAIN}}{PASSWORD}\n")
    (folder / "users").chmod(0o644)
    tls, starttls = free_ports(2)
    (folder / "dovecot.conf").write_text(
        _CONFIGURATION.format(folder=folder, certificate=certificate, key=key, tls=tls, starttls=starttls)
    )
    return Server(tls=tls, starttls=starttls, root=root, folder=folder)


def _wait(folder: Path, running: "subprocess.Popen[bytes]", ports: tuple[int, int]) -> None:
    deadline = time.monotonic() + 120
    while True:
        with suppress(OSError):
            for port in ports:
                create_connection(("127.0.0.1", port), timeout=5).close()
            return
        log = folder / "dovecot.log"
        failed = running.poll() is not None or time.monotonic() > deadline
        assert not failed, log.read_text() if log.exists() else "Dovecot does not start"
        time.sleep(0.05)
