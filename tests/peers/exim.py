"""Exim as a second peer, of other hands than Postfix: its own refusals, its own reports, its own configuration.

Debian lets one mail server be installed at a time, so `scripts/debian-packages` unpacks Exim beside the packages'
way, and it runs here unprivileged on a port above 1024.
"""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

PROGRAM = Path(sys.prefix) / "exim" / "usr" / "sbin" / "exim4"
#: the user that this build of Exim knows by name
OWNER = "Debian-exim"

_CONFIGURATION = """\
primary_hostname = {hostname}
exim_path = {folder}/exim4
spool_directory = {folder}/spool
log_file_path = {folder}/log/%slog
pid_file_path = {folder}/pid
daemon_smtp_ports = {port}
local_interfaces = {address}
disable_ipv6
tls_advertise_hosts =
dsn_advertise_hosts = *
smtputf8_advertise_hosts =
message_size_limit = 200K
deliver_drop_privilege
host_lookup =
keep_environment =
acl_smtp_rcpt = rcpt
acl_smtp_data = content
begin acl
rcpt:
  accept local_parts = {later}
  require verify = recipient
  accept
content:
  accept
begin routers
away:
  driver = manualroute
  domains = ! {domain}
  route_data = ${{lookup{{$domain}}lsearch{{{folder}/routes}}}}
  transport = away
  self = send
  no_more
aliases:
  driver = redirect
  data = ${{lookup{{$local_part}}lsearch{{{folder}/aliases}}}}
here:
  driver = accept
  local_parts = {mailboxes}
  transport = here
  cannot_route_message = Unknown user
begin transports
away:
  driver = smtp
  allow_localhost
here:
  driver = appendfile
  directory = {folder}/mail/$local_part_data
  maildir_format
  create_directory
  message_size_limit = 50K
  quota = ${{if eq{{$local_part}}{{llena}}{{1}}{{0}}}}
  user = {owner}
  group = {owner}
begin retry
* quota
* * F,1m,1s
"""


@dataclass(frozen=True, kw_only=True)
class Exim:
    """A running instance."""

    folder: Path
    address: str
    port: int

    def messages(self, local_part: str) -> list[bytes]:
        """Return what has been delivered to a mailbox so far."""
        return [path.read_bytes() for path in sorted((self.folder / "mail" / local_part / "new").glob("*"))]

    def log(self) -> str:
        """Return the logs so far."""
        return "".join(path.read_text(errors="replace") for path in sorted((self.folder / "log").glob("*")))


@contextmanager
def exim(
    *,
    domain: str,
    hostname: str,
    address: str,
    port: int,
    mailboxes: tuple[str, ...],
    aliases: Mapping[str, str],
    routes: Mapping[str, int],
) -> Iterator[Exim]:
    """Run an instance until the block ends.

    Args:
        domain: whose mail it takes. hostname: its name. address, port: where it listens.
        mailboxes: local parts that exist; `llena` has room for next to nothing.
        aliases: local parts that are taken at once, and where they turn out to lead.
        routes: other domains to the port on this machine where their mail goes; any further domain is unknown to it.
    """
    folder = Path(tempfile.mkdtemp(prefix="exim-"))
    peer = Exim(folder=folder, address=address, port=port)
    owner = pwd.getpwnam(OWNER)
    for name in ("spool", "log", "mail"):
        (folder / name).mkdir()
        os.chown(folder / name, owner.pw_uid, owner.pw_gid)
    os.chown(folder, owner.pw_uid, owner.pw_gid)
    shutil.copy(PROGRAM, folder / "exim4")  # its user may not enter the folder of the project
    (folder / "aliases").write_text("".join(f"{name}: {to}\n" for name, to in aliases.items()))
    (folder / "routes").write_text("".join(f"{name}: 127.0.0.1::{to}\n" for name, to in routes.items()))
    configuration = _CONFIGURATION.format(
        folder=folder,
        hostname=hostname,
        address=address,
        port=port,
        domain=domain,
        owner=OWNER,
        mailboxes=":".join(mailboxes),
        later=":".join(aliases),
    )
    (folder / "exim.conf").write_text(configuration)
    running = subprocess.Popen(
        [folder / "exim4", "-C", folder / "exim.conf", "-bdf", "-q1s", "-oX", f"{address}.{port}"],
        stdin=subprocess.DEVNULL,
        user=OWNER,
        group=OWNER,
        extra_groups=[],
        cwd=folder,
    )
    try:
        _wait(peer, running)
        yield peer
    finally:
        running.terminate()
        running.wait(120)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(peer: Exim, running: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 120
    while True:
        with suppress(OSError), socket.create_connection((peer.address, peer.port), timeout=5) as door:
            if door.recv(3) == b"220":
                return
        failed = running.poll() is not None or time.monotonic() > deadline
        assert not failed, peer.log()
        time.sleep(0.05)
