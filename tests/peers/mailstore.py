"""Dovecot as the mailboxes behind an MX: LMTP with quotas, the service that knows them, vacation messages."""

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.ports import free_ports

_CONFIGURATION = """\
protocols = lmtp
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
ssl = no
hostname = {hostname}
postmaster_address = postmaster@{hostname}
submission_host = 127.0.0.1:{submission}
mail_location = maildir:{folder}/mail/%u
mail_uid = nobody
mail_gid = nogroup
first_valid_uid = 1
mail_plugins = quota
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = passwd-file
  args = {folder}/users
  default_fields = home={folder}/homes/%u
}}
lmtp_rcpt_check_quota = yes
protocol lmtp {{
  mail_plugins = quota sieve
}}
plugin {{
  quota = maildir
  quota_status_success = DUNNO
  quota_status_nouser = DUNNO
  quota_status_overquota = "552 5.2.2 Mailbox is full"
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
service quota-status {{
  executable = quota-status -p postfix
  client_limit = 100
  inet_listener {{
    address = 127.0.0.1
    port = {quota_status}
  }}
}}
"""
_VACATION = """\
require ["vacation"];
vacation :subject "Fuera de la oficina" "No estoy. Vuelvo el lunes.";
"""


@dataclass(frozen=True, kw_only=True)
class MailStore:
    """A running instance: where it takes LMTP, and where Postfix may ask whether a mailbox has room."""

    folder: Path
    lmtp: int
    quota_status: int

    def messages(self, address: str) -> list[bytes]:
        """Return what is in a mailbox."""
        return [path.read_bytes() for path in sorted((self.folder / "mail" / address / "new").glob("*"))]

    def log(self) -> str:
        """Return its log so far."""
        path = self.folder / "log"
        return path.read_text(errors="replace") if path.exists() else ""


@contextmanager
def mail_store(
    *,
    mailboxes: tuple[str, ...] = (),
    full: tuple[str, ...] = (),
    away: tuple[str, ...] = (),
    hostname: str = "buzones.recibe.example",
    submission: int = 0,
) -> Iterator[MailStore]:
    """Run an instance until the block ends.

    Args:
        mailboxes: addresses with room. full: addresses whose quota is used up. away: addresses that answer with a
            vacation message (RFC 5230), which leaves by the server at port `submission` of this machine.
    """
    folder = Path(tempfile.mkdtemp(prefix="dovecot-"))
    folder.chmod(0o755)
    lmtp, quota_status = free_ports(2)
    store = MailStore(folder=folder, lmtp=lmtp, quota_status=quota_status)
    for name in ("mail", "homes", *(f"mail/{one}{inner}" for one in full for inner in ("", "/cur", "/new", "/tmp"))):
        (folder / name).mkdir()
        shutil.chown(folder / name, "nobody", "nogroup")
    for one in full:
        (folder / "mail" / one / "cur" / "1.old:2,S").write_text("Subject: ocupa\n\nOcupa sitio.\n")
    (folder / "vacation.sieve").write_text(_VACATION)
    subprocess.run(["sievec", folder / "vacation.sieve"], check=True, capture_output=True, timeout=60)
    users = [f"{one}:{{PLAIN}}x::::::" for one in mailboxes]
    users += [f"{one}:{{PLAIN}}x::::::userdb_quota_rule=*:bytes=1" for one in full]
    users += [f"{one}:{{PLAIN}}x::::::userdb_sieve=file:{folder}/vacation.sieve" for one in away]
    (folder / "users").write_text("\n".join(users) + "\n")
    configuration = _CONFIGURATION.format(
        folder=folder, hostname=hostname, submission=submission, lmtp=lmtp, quota_status=quota_status
    )
    (folder / "dovecot.conf").write_text(configuration)
    running = subprocess.Popen(["dovecot", "-F", "-c", folder / "dovecot.conf"], stdin=subprocess.DEVNULL)
    try:
        _wait(store, running)
        yield store
    finally:
        running.terminate()
        running.wait(120)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(store: MailStore, running: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 120
    while True:
        with suppress(OSError), socket.create_connection(("127.0.0.1", store.lmtp), timeout=5) as door:
            if door.recv(3) == b"220":
                return
        failed = running.poll() is not None or time.monotonic() > deadline
        assert not failed, store.log() or "Dovecot does not start"
        time.sleep(0.05)
