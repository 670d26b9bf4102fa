"""Dovecot's SASL for a Postfix of the tests: it checks user names and passwords, and does nothing else."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_CONFIGURATION = """\
protocols =
base_dir = {folder}/dovecot
state_dir = {folder}/dovecot-state
log_path = {folder}/dovecot.log
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home=/nonexistent
}}
service auth {{
  unix_listener {folder}/queue/private/auth {{
    mode = 0660
    user = postfix
    group = postfix
  }}
}}
"""

#: main.cf parameters of a Postfix that asks it; only who is authenticated may send, and only under TLS.
SASL = {
    "smtpd_sasl_auth_enable": "yes",
    "smtpd_sasl_type": "dovecot",
    "smtpd_sasl_path": "private/auth",
    "smtpd_tls_auth_only": "yes",
    "smtpd_recipient_restrictions": "permit_sasl_authenticated, reject",
}


@contextmanager
def dovecot(folder: Path, *, username: str, password: str) -> Iterator[None]:
    """Run it beside the Postfix instance in `folder` until the block ends."""
    users = folder / "users"
    users.write_text(f"{username}:{{PLAIN}}{password}\n")
    users.chmod(0o644)
    (folder / "dovecot.conf").write_text(_CONFIGURATION.format(folder=folder))
    running = subprocess.Popen(["dovecot", "-F", "-c", folder / "dovecot.conf"], stdin=subprocess.DEVNULL)
    try:
        _wait(folder, running)
        yield
    finally:
        running.terminate()
        running.wait(120)


def _wait(folder: Path, running: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 120
    while True:
        with suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
            probe.connect(str(folder / "queue" / "private" / "auth"))
            return
        log = folder / "dovecot.log"
        failed = running.poll() is not None or time.monotonic() > deadline
        assert not failed, log.read_text() if log.exists() else "Dovecot does not start"
        time.sleep(0.05)
