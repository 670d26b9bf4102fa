"""The rival in acceptance: Postfix's submission service with Dovecot SASL, on high ports, in a folder of its own.

It is given every advantage: messages go to the hold queue, so that accepting them durably (Postfix fsyncs its queue
file before 250) is all it does; the password is a plain salted digest, not a slow one, and cached; nothing is looked up
and nothing is rate-limited.
"""

import base64
import hashlib
import os
import pwd
import shutil
import smtplib
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

USERNAME, SECRET = "crm", "clave-de-la-carga"
_DEADLINE_SECONDS = 30

_MASTER = """\
127.0.0.1:{starttls} inet n - n - 100 smtpd -o smtpd_tls_security_level=encrypt
127.0.0.1:{tls} inet n - n - 100 smtpd -o smtpd_tls_wrappermode=yes
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""

_DOVECOT = """\
protocols =
base_dir = {folder}/dovecot
state_dir = {folder}/dovecot-state
log_path = {folder}/dovecot.log
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_cache_size = 10M
passdb {{
  driver = passwd-file
  args = scheme=SSHA256 username_format=%u {folder}/users
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


@dataclass(frozen=True, kw_only=True)
class Rival:
    """A running service. `folder` holds its queue: `held()` counts the messages in it."""

    folder: Path
    starttls_port: int
    tls_port: int

    def held(self) -> int:
        """Return how many messages are in the hold queue."""
        return sum(1 for path in (self.folder / "queue" / "hold").rglob("*") if path.is_file())

    def log(self) -> str:
        """Return what both programs have logged."""
        files = (self.folder / "log" / "mail.log", self.folder / "dovecot.log")
        return "".join(path.read_text(errors="replace") for path in files if path.exists())


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def rival(*, certificate: Path, key: Path) -> Iterator[Rival]:
    """Run Postfix and Dovecot until the block ends. Needs root, as Postfix does.

    Args:
        certificate: PEM file with the chain. key: PEM file; both the same as for our side.
    """
    folder = Path(tempfile.mkdtemp(prefix="rival-"))
    folder.chmod(0o755)
    running = Rival(folder=folder, starttls_port=free_port(), tls_port=free_port())
    dovecot = None
    try:
        _write_postfix(running, certificate, key)
        _write_dovecot(running)
        subprocess.run(["postfix", "-c", folder / "etc", "start"], check=True, capture_output=True, timeout=60)
        dovecot = subprocess.Popen(["dovecot", "-F", "-c", folder / "dovecot.conf"], stdin=subprocess.DEVNULL)
        _wait(running)
        yield running
    finally:
        if dovecot is not None:
            dovecot.terminate()
            dovecot.wait(_DEADLINE_SECONDS)
        subprocess.run(["postfix", "-c", folder / "etc", "stop"], check=False, capture_output=True, timeout=60)
        shutil.rmtree(folder, ignore_errors=True)


def _write_postfix(running: Rival, certificate: Path, key: Path) -> None:
    folder, owner = running.folder, pwd.getpwnam("postfix")
    for name in ("etc", "queue", "data", "log"):
        (folder / name).mkdir()
    os.chown(folder / "data", owner.pw_uid, owner.pw_gid)
    own_key = folder / "etc" / "chain.pem"
    own_key.write_bytes(key.read_bytes() + certificate.read_bytes())
    own_key.chmod(0o600)
    settings = {
        "compatibility_level": "3.6",
        "queue_directory": folder / "queue",
        "data_directory": folder / "data",
        "daemon_directory": "/usr/lib/postfix/sbin",
        "command_directory": "/usr/sbin",
        "maillog_file": folder / "log" / "mail.log",
        "maillog_file_prefixes": folder,
        "mail_owner": "postfix",
        "setgid_group": "postdrop",
        "myhostname": "localhost",
        "mydestination": "",
        "mynetworks": "",
        "inet_interfaces": "127.0.0.1",
        "inet_protocols": "ipv4",
        "alias_maps": "",
        "smtpd_tls_chain_files": own_key,
        "smtpd_tls_auth_only": "yes",
        "smtpd_sasl_auth_enable": "yes",
        "smtpd_sasl_type": "dovecot",
        "smtpd_sasl_path": "private/auth",
        "smtpd_relay_restrictions": "permit_sasl_authenticated, reject",
        "smtpd_recipient_restrictions": "check_client_access static:HOLD, permit_sasl_authenticated, reject",
        "smtpd_client_connection_count_limit": "0",
        "smtpd_peername_lookup": "no",
        "in_flow_delay": "0",
    }
    (folder / "etc" / "main.cf").write_text("".join(f"{name} = {value}\n" for name, value in settings.items()))
    ports = {"starttls": running.starttls_port, "tls": running.tls_port}
    (folder / "etc" / "master.cf").write_text(_MASTER.format(**ports))


def _write_dovecot(running: Rival) -> None:
    folder, salt = running.folder, b"sal-fija"
    digest = base64.b64encode(hashlib.sha256(SECRET.encode() + salt).digest() + salt).decode()
    (folder / "users").write_text(f"{USERNAME}:{digest}\n")
    (folder / "dovecot.conf").write_text(_DOVECOT.format(folder=folder))


def _wait(running: Rival) -> None:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    until = time.monotonic() + _DEADLINE_SECONDS
    while True:
        try:
            with smtplib.SMTP_SSL("127.0.0.1", running.tls_port, timeout=5, context=context) as client:
                client.login(USERNAME, SECRET)
                return
        except (OSError, smtplib.SMTPException) as error:
            if time.monotonic() > until:
                raise RuntimeError(f"Postfix with Dovecot does not answer: {error}\n{running.log()}") from error
            time.sleep(0.1)
