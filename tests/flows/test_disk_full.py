"""The disk of custody full: refusals that a client may repeat, nothing half-written, nothing sent twice."""

import contextlib
import errno
import os
import resource
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

import pytest

from acuse.embedded.mailboxes import messages
from acuse.errors import TemporaryError
from tests.flows.installation import SENDER, Installation, installation, message, until
from tests.peers.postfix import Relay, postfix

SIZE = 8_000_000
BIG = "Texto que ocupa.\r\n" * 20_000
ROWS = (
    "SELECT (SELECT count(*) FROM delivery_submissions), (SELECT count(*) FROM delivery_communications), "
    "(SELECT count(*) FROM evidence_facts WHERE type = 'communication.accepted'), "
    "(SELECT count(*) FROM delivery_deduplication)"
)
UNANCHORED = "SELECT (SELECT size FROM evidence_tree_head) - coalesce((SELECT max(size) FROM evidence_anchors), 0)"


@dataclass
class Disk:
    """The file system of custody. Where it cannot be one of its own, the kernel refuses our processes' writes."""

    custody: Path
    own: bool
    running: Installation | None = None

    @property
    def _filler(self) -> Path:
        return self.custody / "filler"

    def fill(self) -> None:
        """Leave no byte."""
        if not self.own:
            self._limit(16)
            return
        with self._filler.open("wb", buffering=0) as file:
            for size in (1 << 16, 1 << 9, 1):
                with contextlib.suppress(OSError):
                    while True:
                        file.write(b"\0" * size)
        with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
            (self.custody / "probe").write_bytes(b"\0" * 4096)
        (self.custody / "probe").unlink()

    def free(self) -> None:
        """Give the room back."""
        if self.own:
            self._filler.unlink()
        else:
            self._limit(resource.RLIM_INFINITY)

    def _limit(self, size: int) -> None:
        assert self.running is not None
        for role in ("smtp", "worker", "sequencer"):
            for pid in self.running.pids(role):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def files(self) -> set[str]:
        """Every file of the organisations' objects, hidden ones included."""
        return {str(path.relative_to(self.custody)) for path in (self.custody / "objects").rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def disk() -> Iterator[Disk]:
    """An installation whose custody is a small file system."""
    directory = Path(mkdtemp(prefix="acuse-full-", dir="/var/tmp"))
    directory.chmod(0o711)
    data = directory / "data"
    data.mkdir(mode=0o711)
    custody = data / "custody"
    custody.mkdir(mode=0o700)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=0700", "tmpfs", str(custody)]
    found = Disk(custody, own=subprocess.run(mount, capture_output=True, check=False).returncode == 0)
    try:
        # Nothing is tried again by itself while the disk is being filled.
        with installation(ACUSE_DATA_DIRECTORY=str(data), ACUSE_RETRY_SCALE="1", ACUSE_RETRY_FOR="PT1H") as started:
            found.running = started
            yield found
    finally:
        if found.own:
            subprocess.run(["umount", custody], check=True)
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def running(disk: Disk) -> Installation:
    assert disk.running is not None
    return disk.running


def settled(running: Installation) -> None:
    """Wait until nothing is under way; the token of a time stamp is an object too."""
    until(
        lambda: (
            running.value("SELECT count(*) FROM certificates_certificates WHERE state = 'requested'") == 0
            and running.value("SELECT count(*) FROM delivery_dispatches") == 0
            and running.value("SELECT count(*) FROM evidence_pending") == 0
            and running.value(UNANCHORED) == 0
        ),
        "everything is certified and time-stamped",
    )


def test_a_full_disk_refuses_for_now_and_keeps_nothing_by_halves(disk: Disk, running: Installation) -> None:
    running.documents(running.submit(message("before"), "antes@acepta.example"))
    settled(running)
    disk.fill()
    try:
        rows, files = running.rows(ROWS), disk.files()
        with pytest.raises(TemporaryError, match=r"452 4\.3\.1 Insufficient system storage"):
            running.submit(message("full", BIG), "lleno@acepta.example", "otra@acepta.example")
        assert running.rows(ROWS) == rows
        assert disk.files() == files
    finally:
        disk.free()
    first = running.submit(message("full", BIG), "lleno@acepta.example", "otra@acepta.example")
    again = running.submit(message("full", BIG), "lleno@acepta.example", "otra@acepta.example")
    assert first == again, "the retry after the refusal made them, once"
    assert len(running.documents(first)) == 2


def test_a_client_with_a_queue_hands_it_in_once_there_is_room(disk: Disk, running: Installation) -> None:
    assert running.account is not None
    relay = Relay(
        host="localhost",
        port=running.settings.smtp_starttls_port,
        username=running.account.username,
        password=running.account.secret,
        authority=running.data / "authority" / "ca.pem",
    )
    with postfix(relay=relay, hostname="correo.talleres-ribera.example", impatient=True) as client:
        disk.fill()
        try:
            client.submit(SENDER, ["cola@acepta.example"], message("queued", BIG))
            assert "452 4.3.1" in client.wait_for_log("to=<cola@acepta.example>")
        finally:
            disk.free()
        log = client.wait_for_log("status=sent")
    taken = "SELECT id FROM delivery_communications WHERE recipient = 'cola@acepta.example'"
    ((reference,),) = running.rows(taken)
    assert f"reference {reference}" in log
    running.documents(str(reference))


def test_what_a_server_answered_while_the_disk_was_full_is_kept_and_nothing_sent_twice(
    disk: Disk, running: Installation
) -> None:
    reply = running.submit(message("held"), "mientras@listagris.example")
    reference = reply.split()[-1]
    deferred = "SELECT count(*) FROM evidence_facts WHERE subject = %s AND type = 'attempt.deferred'"
    until(lambda: running.value(deferred, reference), "the recipient's server asks to wait")
    disk.fill()
    try:
        # Later than the sandbox's greylist holds, which is counted from the first attempt.
        running.rows(
            "UPDATE delivery_dispatches SET due_at = now() + interval '3 s' WHERE communication_id = %s RETURNING 1",
            reference,
        )
        until(lambda: arrived(running), "the message is delivered")
        until(lambda: running.says("is held until it can be recorded"), "the answer waits for room")
    finally:
        disk.free()
    running.documents(reply)
    assert arrived(running) == 1
    types = [kind for (kind,) in running.rows(
        "SELECT type FROM evidence_facts WHERE subject = %s AND type LIKE 'attempt.%%' ORDER BY sequence", reference
    )]  # fmt: skip
    assert types == ["attempt.opened", "attempt.deferred"] * types.count("attempt.deferred") + [
        "attempt.opened",
        "attempt.relayed",
    ]


def arrived(running: Installation) -> int:
    kept = messages(running.data / "sandbox", "listagris.example")
    return sum(b"Message-ID: <held@" in one.content for one in kept)


def test_everything_holds_afterwards(running: Installation) -> None:
    settled(running)
    assert "Everything holds." in running.command("fsck").stdout
    until(lambda: running.command("check", check=False).returncode == 0, "every alarm is gone")
