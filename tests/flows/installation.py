"""A whole installation for a test: `acuse serve` as its own process tree, with own ports and directory."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from acuse.config.cli.submission import Account, submit
from acuse.config.environment import Environment
from acuse.embedded.postgres import EmbeddedPostgres
from tests.ports import free_ports

ACUSE = str(Path(sys.executable).parent / "acuse")
SLUG = "talleres-ribera"
SENDER = "avisos@talleres-ribera.example"
PATIENCE = 180.0


def until(condition: Callable[[], object], what: str, patience: float = PATIENCE) -> None:
    """Wait until a condition holds; fail with what was awaited."""
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"Not within {patience:.0f} s: {what}")
        time.sleep(0.1)


def processes_of(data: Path) -> set[int]:
    """Return the live processes of an installation: by their settings, by their arguments, by what they run in."""
    found = set()
    for path in Path("/proc").iterdir():
        if path.name.isdigit() and int(path.name) != os.getpid():
            with contextlib.suppress(OSError):
                said = (path / "environ").read_bytes() + b"\0" + (path / "cmdline").read_bytes()
                if str(data).encode() in said or str((path / "cwd").readlink()).startswith(str(data)):
                    found.add(int(path.name))
    return found


def end_all_of(data: Path) -> None:
    """Kill everything of an installation at once, as a loss of power does."""
    deadline = time.monotonic() + PATIENCE
    while left := processes_of(data):
        assert time.monotonic() < deadline, f"{left} do not end"
        kill_all(left)
        time.sleep(0.05)


def kill_all(pids: Iterable[int]) -> None:
    """Kill processes with -9; one may have ended with another, before its turn."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


_SET_UP = f"""
from acuse.accounts import services
made = services.create_organisation(name="Talleres Ribera", slug="{SLUG}")
services.add_sender_identity(organisation=made.id, pattern="@talleres-ribera.example")
credential, secret = services.create_credential(organisation=made.id, name="crm")
print(credential.username, secret)
"""


@dataclass
class Installation:
    """A running installation."""

    directory: Path
    environment: dict[str, str]
    roles: str = "web,smtp,worker,sequencer"
    account: Account | None = None
    process: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        """Its data directory."""
        return Path(self.environment["ACUSE_DATA_DIRECTORY"])

    @property
    def settings(self) -> Environment:
        """Its settings, as the product reads them."""
        names = {name.removeprefix("ACUSE_").lower(): value for name, value in self.environment.items()}
        return Environment(_env_file=None, **{name: value for name, value in names.items()})  # type: ignore[arg-type]

    def command(self, *arguments: str, check: bool = True, text: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run `acuse ...` against this installation."""
        done = subprocess.run(
            [ACUSE, *arguments],
            env={**os.environ, **self.environment},
            input=text,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
            start_new_session=True,  # no terminal: a password is asked for on standard input
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done

    def start(self) -> None:
        """Start the tree and wait until its doors answer."""
        log = (self.directory / "test-output.log").open("ab")
        self.process = subprocess.Popen(
            [ACUSE, "serve", "--roles", self.roles],
            env={**os.environ, **self.environment},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        log.close()
        until(self.answers, f"the installation answers; see its output:\n{self.output()}")

    def answers(self) -> bool:
        """Whether the doors that are asked for answer."""
        assert self.process is not None
        assert self.process.poll() is None, self.output()
        try:
            if "web" in self.roles:
                with urllib.request.urlopen(f"{self.environment['ACUSE_PUBLIC_URL']}/health", timeout=5) as reply:
                    assert reply.status == 200
            if "smtp" not in self.roles:
                return True
            with socket.create_connection(("127.0.0.1", self.settings.smtp_starttls_port), timeout=5) as door:
                return door.recv(3) == b"220"
        except OSError:
            return False

    def output(self) -> str:
        """The last lines of what the tree said."""
        return self._said()[-6000:]

    def says(self, text: str) -> bool:
        """Whether the tree has said something, however much it has said since."""
        return text in self._said()

    def _said(self) -> str:
        path = self.directory / "test-output.log"
        return path.read_text("utf-8", "replace") if path.exists() else ""

    def stop(self) -> None:
        """Stop the tree as Ctrl-C does."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            assert self.process.wait(PATIENCE) == 0, self.output()
        self.process = None

    def kill(self) -> None:
        """Kill the parent of the tree with -9; its children end by themselves or at the next start."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(PATIENCE)
        self.process = None

    def pids(self, name: str) -> list[int]:
        """Process ids of one program of the tree, by a part of its command line."""
        found = []
        for path in Path("/proc").iterdir():
            if path.name.isdigit():
                with contextlib.suppress(OSError):
                    words = (path / "cmdline").read_bytes().split(b"\0")
                    variables = (path / "environ").read_bytes()
                    mine = f"ACUSE_DATA_DIRECTORY={self.environment['ACUSE_DATA_DIRECTORY']}".encode() in variables
                    if mine and any(name.encode() == word for word in words):
                        found.append(int(path.name))
        return found

    def connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        """Connect to its database as the application."""
        outside = self.environment.get("ACUSE_DATABASE_URL")
        address = outside or EmbeddedPostgres(self.data / "postgres").addresses().application_dsn
        return psycopg.connect(address, autocommit=True)

    def rows(self, statement: str, *parameters: object) -> list[tuple[object, ...]]:
        """Read rows, waiting while the database recovers."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                with self.connect() as connection:
                    return connection.execute(statement, parameters).fetchall()  # type: ignore[arg-type]
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def value(self, statement: str, *parameters: object) -> object:
        """Read one value."""
        return self.rows(statement, *parameters)[0][0]

    def submit(self, raw: bytes, *recipients: str, sender: str = SENDER) -> str:
        """Submit through the SMTP door; return its reply."""
        assert self.account is not None
        return submit(self.settings, self.account, raw=raw, sender=sender, recipients=list(recipients))

    def set_up(self) -> None:
        """Make the organisation, its sender domain and a credential: the three commands of an operator, in one."""
        printed = self.command("manage", "shell", "-v", "0", "-c", _SET_UP).stdout
        username, secret = printed.split()
        self.account = Account(username=username, secret=secret)

    def new_key(self, slug: str) -> Account:
        """Make an SMTP credential of an organisation."""
        lines = self.command("key", "create", slug, "crm").stdout.splitlines()
        words = dict(line.rsplit(maxsplit=1) for line in lines[:2])
        return Account(username=words["user name"], secret=words["secret"])

    def add_member(self, email: str, password: str, role: str = "owner") -> None:
        """Make a person who may log in."""
        arguments = ("user", "create", email, "--organisation", SLUG, "--role", role)
        self.command(*arguments, text=f"{password}\n{password}\n")

    def sweep(self) -> None:
        """Run now what runs every minute: alarms and upgrades."""
        self.command(
            "manage",
            "procrastinate",
            "defer",
            "--unknown",
            "acuse.config.periodic.sweep_certificates",
            '{"timestamp": 0}',
        )

    def kept(self, organisation: object, sha256: object) -> bytes:
        """Read an object of custody."""
        name = str(sha256)
        return (self.data / "custody" / "objects" / str(organisation) / name[:2] / name).read_bytes()

    def documents(self, reply: str, kind: str = "certificate") -> list[bytes]:
        """Wait for the documents of the submission that a reply names; return the newest one of each recipient."""
        reference = reply.rsplit(maxsplit=1)[-1]
        of_it = (
            "FROM delivery_communications AS c JOIN delivery_communications AS one ON one.submission_id = "
            "c.submission_id AND one.id = %s LEFT JOIN certificates_certificates AS p ON p.subject = c.id "
            "AND p.kind = %s AND p.state = 'issued'"
        )
        until(
            lambda: self.value(f"SELECT count(*) {of_it} WHERE p.id IS NULL", reference, kind) == 0,
            f"every recipient's {kind} is issued",
        )
        rows = self.rows(
            f"SELECT DISTINCT ON (c.id) p.organisation_id, p.sha256 {of_it} ORDER BY c.id, p.revision DESC",
            reference,
            kind,
        )
        return [self.kept(organisation, sha256) for organisation, sha256 in rows]


def message(number: object, text: str = "Texto.", subject: str = "Presupuesto") -> bytes:
    """Return a small message with a Message-ID of its own."""
    return (
        f"From: Talleres Ribera <{SENDER}>\r\nTo: cliente@acepta.example\r\nSubject: {subject} {number}\r\n"
        f"Message-ID: <{number}@talleres-ribera.example>\r\nDate: Sat, 21 Nov 2026 10:00:00 +0100\r\n"
        f"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    ).encode()


@contextlib.contextmanager
def installation(*, roles: str = Installation.roles, new: bool = True, **settings: str) -> Iterator[Installation]:
    """Run an installation of the sandbox; everything is stopped and removed afterwards.

    Args:
        roles: as `acuse serve --roles`.
        new: it gets its organisation and credential.
        settings: ACUSE_* that differ.
    """
    directory = Path(tempfile.mkdtemp(prefix="acuse-flow-", dir="/var/tmp"))
    directory.chmod(0o711)
    web, starttls, tls, inbound, smtp, dns, trust = free_ports(7)
    environment = {
        "ACUSE_DATA_DIRECTORY": str(directory / "data"),
        "ACUSE_PUBLIC_URL": f"http://127.0.0.1:{web}",
        "ACUSE_WEB_PORT": str(web),
        "ACUSE_SMTP_STARTTLS_PORT": str(starttls),
        "ACUSE_SMTP_TLS_PORT": str(tls),
        "ACUSE_SMTP_INBOUND_PORT": str(inbound),
        "ACUSE_SANDBOX_SMTP_PORT": str(smtp),
        "ACUSE_SANDBOX_DNS_PORT": str(dns),
        "ACUSE_TRUST_SERVICES_PORT": str(trust),
        "ACUSE_SANDBOX": "1",
        "ACUSE_MAIL_HOSTNAME": "acuse.example",
        "ACUSE_SETTLE_TIME": "PT1S",
        "ACUSE_RETRY_SCALE": "0.01",
        "ACUSE_RETRY_FOR": "PT30S",
        **settings,
    }
    running = Installation(directory=directory, environment=environment, roles=roles)
    try:
        running.start()
        if new:
            running.set_up()
        yield running
        running.stop()
    finally:
        end_all_of(running.data)
        if running.process is not None:
            running.process.wait(PATIENCE)
        shutil.rmtree(directory, ignore_errors=True)


def envelopes(examples: Path) -> list[dict[str, object]]:
    """Read the table of examples."""
    return list(json.loads((examples / "envelopes.json").read_text("utf-8")))
