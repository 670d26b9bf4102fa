"""`kill -9` of every process under load: nothing accepted is lost, nothing is sent again after a final reply."""

import contextlib
import re
import threading
from collections import Counter
from collections.abc import Iterator
from uuid import uuid4

import pytest

from acuse.embedded.mailboxes import messages
from acuse.errors import AcuseError
from tests.flows.installation import Installation, installation, kill_all, message, until

CERTIFIED = "SELECT count(*) FROM certificates_certificates WHERE kind = 'certificate' AND state = 'issued'"
COMMUNICATIONS = "SELECT count(*) FROM delivery_communications"
RELAYED_TWICE = (
    "SELECT count(*) FROM (SELECT subject FROM evidence_facts WHERE type = 'attempt.relayed' "
    "GROUP BY subject HAVING count(*) > 1) AS twice"
)
AFTER_FINAL = (
    "SELECT count(*) FROM evidence_facts AS later JOIN evidence_facts AS final USING (kind, subject) "
    "WHERE final.type IN ('attempt.relayed', 'attempt.refused') AND later.type = 'attempt.opened' "
    "AND later.sequence > final.sequence"
)


class Load:
    """Submits messages from several threads until told to stop; a refusal or a lost connection is sent again."""

    def __init__(self, target: Installation, threads: int = 3) -> None:
        self.accepted: set[str] = set()
        self._target = target
        self._name = uuid4().hex[:8]
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._run, args=(number,)) for number in range(threads)]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(120)

    def _run(self, number: int) -> None:
        count = 0
        while not self._stop.is_set():
            identity = f"{self._name}-{number}-{count}"
            raw = message(identity)
            while True:
                try:
                    self._target.submit(raw, f"c{identity}@acepta.example")
                    break
                except AcuseError:
                    if self._stop.wait(0.2):
                        return
            with self._lock:
                self.accepted.add(identity)
            count += 1
            self._stop.wait(0.3)  # a steady load, not a flood: certificates follow each message

    def copies(self, running: Installation) -> Counter[str]:
        """How often each of its messages arrived."""
        kept = messages(running.data / "sandbox", "acepta.example")
        found = (re.search(rb"Message-ID: <([^@]+)@", one.content) for one in kept)
        names = [match[1].decode() for match in found if match]
        return Counter(name for name in names if name.startswith(self._name))

    def wait_for(self, count: int) -> None:
        """Wait until so many more were accepted."""
        wanted = len(self.accepted) + count
        until(lambda: len(self.accepted) >= wanted, f"{count} more messages are accepted")


@pytest.fixture(scope="module")
def running() -> Iterator[Installation]:
    """An installation for the faults of this module."""
    with installation(ACUSE_RETRY_FOR="PT10M") as started:
        yield started


@pytest.mark.parametrize("victim", ["worker", "smtp", "sequencer", "web", "postgres"])
def test_a_process_killed_under_load_loses_nothing(running: Installation, victim: str) -> None:
    before = int(str(running.value(COMMUNICATIONS)))
    with Load(running) as load:
        for _ in range(2):
            load.wait_for(5)
            until(lambda: _pids(running, victim), f"{victim} runs")
            kill_all(_pids(running, victim))
        load.wait_for(5)
    _everything_is_certified(running, before + len(load.accepted))
    until(running.answers, "the doors answer again")
    if victim != "worker":  # only who sends may die between sending and recording
        copies = load.copies(running)
        assert set(copies) >= load.accepted
        assert {identity for identity, count in copies.items() if count > 1} == set(), "sent twice"


def _pids(running: Installation, victim: str) -> list[int]:
    if victim == "postgres":
        path = running.directory / "data" / "postgres" / "cluster" / "postmaster.pid"
        with contextlib.suppress(OSError, IndexError):  # it may be away, or not written yet
            return [int(path.read_text().splitlines()[0])]
        return []
    return running.pids(victim)


def _everything_is_certified(running: Installation, least: int) -> None:
    """Nothing accepted is lost: a message whose 250 was lost with the connection may be there, once, in addition."""
    assert int(str(running.value(COMMUNICATIONS))) >= least
    until(
        lambda: running.value(CERTIFIED) == running.value(COMMUNICATIONS),
        "every communication is certified",
        patience=600,  # there are more of them the longer the killed process took to come back
    )
    assert running.value(RELAYED_TWICE) == 0
    assert running.value(AFTER_FINAL) == 0


def test_the_whole_tree_killed_recovers_and_every_proof_holds(running: Installation) -> None:
    before = int(str(running.value(COMMUNICATIONS)))
    with Load(running) as load:
        load.wait_for(10)
        running.kill()
        running.start()
        load.wait_for(3)
    _everything_is_certified(running, before + len(load.accepted))
    examined = running.command("fsck")
    assert "Everything holds." in examined.stdout


def test_a_clients_retry_finds_the_same_communication(running: Installation) -> None:
    first = running.submit(message("retry"), "retry@acepta.example")
    again = running.submit(message("retry"), "retry@acepta.example")
    assert first.split()[-1] == again.split()[-1]
    other = running.submit(message("retry", text="Otro texto."), "retry@acepta.example")
    assert other.split()[-1] != first.split()[-1]
