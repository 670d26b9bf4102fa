"""Postfix as a peer: an instance of its own (configuration, queue, mailboxes, ports), nothing of the system's touched.

    with postfix(settings={...}, mailboxes=("ana@recibe.example",)) as peer:
        peer.port, peer.messages("ana@recibe.example"), peer.log()

As a recipient it is the MX of its mailboxes' domains. With `relay=Relay(...)` it is a submitting client: whatever is
given to `submit` goes out through the relay with AUTH and TLS.
"""

import os
import pwd
import shutil
import smtplib
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from tests.ports import free_port

_MASTER = """\
{address}:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True, kw_only=True)
class Relay:
    """Where a submitting instance sends everything. `authority`: PEM file that its certificate is verified against."""

    host: str
    port: int
    username: str
    password: str
    authority: Path | None = None
    implicit_tls: bool = False


@dataclass(frozen=True, kw_only=True)
class Postfix:
    """A running instance."""

    folder: Path
    port: int
    address: str = "127.0.0.1"

    def mailbox(self, address: str) -> Path:
        """Return the maildir of an address."""
        return self.folder / "mail" / address

    def messages(self, address: str) -> list[bytes]:
        """Return what has been delivered to a mailbox so far, as stored (LF line ends, Postfix's own lines on top)."""
        return [path.read_bytes() for path in sorted((self.mailbox(address) / "new").glob("*"))]

    def wait_for_messages(self, address: str, count: int = 1, seconds: float = 120) -> list[bytes]:
        """Return the messages of a mailbox once there are `count`; fails with the log after `seconds`."""
        until = time.monotonic() + seconds
        while len(found := self.messages(address)) < count:
            assert time.monotonic() < until, self.log()
            time.sleep(0.05)
        return found

    def wait_for_message(self, address: str, mark: bytes, seconds: float = 120) -> bytes:
        """Return the one message of a mailbox that holds `mark`, once it is there; others may be."""
        until = time.monotonic() + seconds
        while not (found := [one for one in self.messages(address) if mark in one]):
            assert time.monotonic() < until, self.log()
            time.sleep(0.05)
        (message,) = found
        return message

    def wait_for_log(self, text: str, seconds: float = 120) -> str:
        """Return the log once it holds `text`."""
        until = time.monotonic() + seconds
        while text not in (log := self.log()):
            assert time.monotonic() < until, log
            time.sleep(0.05)
        return log

    def log(self) -> str:
        """Return the mail log so far."""
        path = self.folder / "log" / "mail.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def submit(self, sender: str, recipients: list[str], message: bytes, options: tuple[str, ...] = ()) -> None:
        """Hand a message to this instance, as a local program would."""
        with smtplib.SMTP(self.address, self.port, timeout=120) as client:
            client.sendmail(sender, recipients, message, mail_options=options)

    def flush(self) -> None:
        """Try deferred messages again now; one that is still being delivered waits for the next time."""
        subprocess.run(["postqueue", "-c", self.folder / "etc", "-f"], check=False, capture_output=True, timeout=120)

    def release(self) -> None:
        """Let go of what an access table told it to hold; its next run of the queue delivers it."""
        subprocess.run(
            ["postsuper", "-c", self.folder / "etc", "-H", "ALL"], check=True, capture_output=True, timeout=120
        )


@contextmanager
def postfix(
    *,
    mailboxes: tuple[str, ...] = (),
    settings: Mapping[str, str] | None = None,
    tables: Mapping[str, str] | None = None,
    certificate: tuple[Path, Path] | None = None,
    relay: Relay | None = None,
    hostname: str = "mx.recibe.example",
    address: str = "127.0.0.1",
    port: int | None = None,
    impatient: bool = False,
) -> Iterator[Postfix]:
    """Run an instance until the block ends.

    Args:
        mailboxes: addresses that exist; their domains are local, other recipients of them are unknown.
        settings: main.cf parameters; `{etc}` stands for the configuration folder.
        tables: file name in that folder to content, for texthash: and regexp: maps.
        certificate: PEM paths of chain and key; turns STARTTLS on. relay: makes it a submitting client.
        hostname: its name. address, port: where it listens; a free port unless given.
        impatient: deferred messages are tried again every second or two. A scan of its queue that meets a message
            under delivery would put that off for minutes, whatever the settings say.
    """
    folder = Path(tempfile.mkdtemp(prefix="pfx-"))
    folder.chmod(0o755)
    peer = Postfix(folder=folder, port=port or free_port(), address=address)
    try:
        _configure(peer, mailboxes, hostname, certificate)
        _write(peer, settings or {}, tables or {}, relay)
        _run(peer, "start")
        _wait_until_ready(peer)
        with _flushing(peer) if impatient else nullcontext():
            yield peer
    finally:
        subprocess.run(["postfix", "-c", folder / "etc", "abort"], capture_output=True, check=False, timeout=120)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _flushing(peer: Postfix) -> Iterator[None]:
    over = threading.Event()

    def run() -> None:
        while not over.wait(1.5):
            peer.flush()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _run(peer: Postfix, verb: str) -> None:
    done = subprocess.run(["postfix", "-c", peer.folder / "etc", verb], capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr.decode() + peer.log()


def _wait_until_ready(peer: Postfix) -> None:
    until = time.monotonic() + 120
    while True:
        try:
            with smtplib.SMTP(peer.address, peer.port, timeout=5):
                return
        except (OSError, smtplib.SMTPException):
            assert time.monotonic() < until, peer.log()
            time.sleep(0.05)


def _configure(peer: Postfix, mailboxes: tuple[str, ...], hostname: str, certificate: tuple[Path, Path] | None) -> None:
    owner = pwd.getpwnam("postfix")
    for name in ("etc", "queue", "data", "mail", "log"):
        (peer.folder / name).mkdir()
    for name in ("data", "mail"):
        os.chown(peer.folder / name, owner.pw_uid, owner.pw_gid)
    domains = sorted({address.rpartition("@")[2] for address in mailboxes})
    etc = peer.folder / "etc"
    (etc / "mailboxes").write_text("".join(f"{address} {address}/\n" for address in mailboxes))
    lines = {
        "compatibility_level": "3.6",
        "queue_directory": str(peer.folder / "queue"),
        "data_directory": str(peer.folder / "data"),
        "daemon_directory": "/usr/lib/postfix/sbin",
        "command_directory": "/usr/sbin",
        "maillog_file": str(peer.folder / "log" / "mail.log"),
        "maillog_file_prefixes": str(peer.folder),
        "mail_owner": "postfix",
        "setgid_group": "postdrop",
        "myhostname": hostname,
        "mydestination": "",
        "mynetworks": "127.0.0.0/8",
        "inet_interfaces": "127.0.0.1",
        "inet_protocols": "ipv4",
        "alias_maps": "",
        "local_recipient_maps": "",
        "virtual_mailbox_domains": " ".join(domains),
        "virtual_mailbox_base": str(peer.folder / "mail"),
        "virtual_mailbox_maps": f"texthash:{etc}/mailboxes",
        "virtual_uid_maps": f"static:{owner.pw_uid}",
        "virtual_gid_maps": f"static:{owner.pw_gid}",
        "virtual_minimum_uid": "1",
        "smtpd_relay_restrictions": "permit_mynetworks, reject_unauth_destination",
        "smtputf8_enable": "yes",
    }
    if certificate is not None:
        lines |= {
            "smtpd_tls_security_level": "may",
            "smtpd_tls_chain_files": f"{certificate[1]}, {certificate[0]}",
        }
    (etc / "main.cf").write_text("".join(f"{name} = {value}\n" for name, value in lines.items()))


def _write(peer: Postfix, settings: Mapping[str, str], tables: Mapping[str, str], relay: Relay | None) -> None:
    etc = peer.folder / "etc"
    lines = dict(settings)
    if relay is not None:
        tables = {**tables, "secrets": f"[{relay.host}]:{relay.port} {relay.username}:{relay.password}\n"}
        lines |= {
            "relayhost": f"[{relay.host}]:{relay.port}",
            "smtp_sasl_auth_enable": "yes",
            "smtp_sasl_password_maps": "texthash:{etc}/secrets",
            "smtp_sasl_security_options": "noanonymous",
            "smtp_tls_security_level": "secure" if relay.authority else "encrypt",
            "smtp_tls_wrappermode": "yes" if relay.implicit_tls else "no",
            "smtp_host_lookup": "native",
        }
        if relay.authority:
            lines |= {"smtp_tls_CAfile": str(relay.authority), "smtp_tls_secure_cert_match": "hostname, nexthop"}
    for name, content in tables.items():
        (etc / name).write_text(content)
    with (etc / "main.cf").open("a") as main:
        main.writelines(f"{name} = {value.replace('{etc}', str(etc))}\n" for name, value in lines.items())
    (etc / "master.cf").write_text(_MASTER.format(address=peer.address, port=peer.port))
