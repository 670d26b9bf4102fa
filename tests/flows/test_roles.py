"""One installation in two process trees over an outside PostgreSQL, as on two machines."""

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from acuse.embedded.postgres import EmbeddedPostgres
from acuse.evidence.sequencer import LEADER_LOCK
from acuse.proof.trust import Trust
from acuse.proof.verify import verify_bytes
from tests.flows.installation import Installation, installation, message, until

LEADER = (
    "SELECT client.application_name FROM pg_locks AS held JOIN pg_stat_activity AS client USING (pid) "
    "WHERE held.locktype = 'advisory' AND held.granted AND held.classid = 0 AND held.objid = %s AND held.objsubid = 1"
)
WAITING = "SELECT count(*) FROM evidence_pending"


@dataclass(frozen=True, kw_only=True)
class Trees:
    """What takes mail in and shows it, and what delivers and certifies; both may sequence."""

    front: Installation
    back: Installation

    def leader(self) -> Installation | None:
        """The tree whose sequencer leads."""
        names = [str(name) for (name,) in self.front.rows(LEADER, LEADER_LOCK)]
        assert len(names) <= 1, "never two leaders"
        return {"front": self.front, "back": self.back}[names[0]] if names else None


@pytest.fixture(scope="module")
def trees() -> Iterator[Trees]:
    with TemporaryDirectory(prefix="acuse-roles-", dir="/var/tmp") as folder:
        top = Path(folder)
        top.chmod(0o711)
        postgres = EmbeddedPostgres(top / "postgres")
        addresses = postgres.start()
        try:
            with installation(
                roles="web,smtp,sequencer",
                ACUSE_SANDBOX="0",
                ACUSE_DATABASE_URL=_named(addresses.application_dsn, "front"),
                ACUSE_DATABASE_OWNER_URL=addresses.owner_dsn,
            ) as front:
                data = top / "second"
                data.mkdir(mode=0o711)
                for name in ("keys", "custody", "authority"):  # what machines share, mounted or copied
                    (data / name).symlink_to(front.data / name)
                with installation(
                    roles="worker,sequencer",
                    new=False,
                    ACUSE_DATA_DIRECTORY=str(data),
                    ACUSE_PUBLIC_URL=front.environment["ACUSE_PUBLIC_URL"],
                    ACUSE_DATABASE_URL=_named(addresses.application_dsn, "back"),
                    ACUSE_DATABASE_OWNER_URL=addresses.owner_dsn,
                ) as back:
                    yield Trees(front=front, back=back)
        finally:
            postgres.stop()


def _named(address: str, name: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}application_name={name}"


def goes_through(trees: Trees, number: str) -> None:
    """A message goes in at one tree, out at the other, and its certificate verifies."""
    reply = trees.front.submit(message(number), "uno@acepta.example")
    (document,) = trees.front.documents(reply)
    trust = Trust.parse((trees.front.data / "trust.pem").read_text("utf-8"))
    report = verify_bytes(document, filename="x.pdf", trust=trust)
    assert report.exit_status == 0, report.to_text()


def test_a_message_goes_in_at_one_and_out_at_the_other(trees: Trees) -> None:
    assert not trees.front.pids("worker")
    assert not trees.back.pids("smtp")
    goes_through(trees, "roles")


def test_both_run_the_database_of_neither(trees: Trees) -> None:
    for tree in (trees.front, trees.back):
        assert not (tree.data / "postgres").exists()


def test_another_sequencer_takes_over_when_the_leader_is_killed(trees: Trees) -> None:
    until(trees.leader, "one leads")
    for number in range(2):
        leader = trees.leader()
        other = trees.back if leader is trees.front else trees.front
        assert leader is not None
        assert leader.process is not None
        os.kill(leader.process.pid, signal.SIGSTOP)  # so that it starts no new one in time
        try:
            (victim,) = leader.pids("sequencer")
            os.kill(victim, signal.SIGKILL)
            until(lambda tree=other: trees.leader() is tree, "the other leads")  # type: ignore[misc]
            goes_through(trees, f"takeover-{number}")
        finally:
            os.kill(leader.process.pid, signal.SIGCONT)
        until(lambda tree=leader: tree.pids("sequencer"), "the killed one is started again")  # type: ignore[misc]
    until(lambda: trees.front.value(WAITING) == 0, "no fact waits")


def test_the_ledger_holds(trees: Trees) -> None:
    assert "Everything holds." in trees.back.command("fsck").stdout
