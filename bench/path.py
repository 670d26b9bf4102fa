"""The whole path, sustained: submitted by SMTP, relayed to the sandbox's mail server, certified, all on two cores.

    python -m bench.path [--seconds 120] [--level B-LTA]

The tree, its PostgreSQL and the sandbox (which plays recipient server, name server, CA and TSA) share the cores that
they are given; who submits runs on the others. New messages are submitted as long as fewer than a window are under way,
so that what is measured is what the whole path sustains; counted are the certificates issued meanwhile.
"""

import argparse
import os
import smtplib
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString

import psutil
from tests.flows.installation import SENDER, Installation, installation, message, until

from bench.report import Row, table

AIMS = {"B-LTA": 2.0, "B-B": 4.0}
DAILY = 500_000 / 86_400
CERTIFIED = "SELECT count(*) FROM certificates_certificates WHERE kind = 'certificate' AND state = 'issued'"
ACCEPTED = "SELECT count(*) FROM delivery_communications"
LOWERED = "SELECT count(*) FROM certificates_certificates WHERE kind = 'certificate' AND level <> %s"
SETTINGS = {"ACUSE_SMTP_THREADS": "4", "ACUSE_DOMAIN_CONCURRENCY": "8"}
#: What stands in a process' command line, and what it is called in the report.
PARTS = {
    "processes worker": "workers",
    "acuse.pdf.typeset": "typesetters",
    "processes smtp": "connector",
    "processes sequencer": "sequencer",
    "processes web": "web",
    "acuse.embedded.trust_services": "development CA and TSA",
    "acuse.embedded.mail_domains": "sandbox",
    "postgres": "PostgreSQL",
}
SESSIONS, WINDOW, WARM_SECONDS, LOOK_SECONDS, SAMPLE_SECONDS = 4, 100, 20.0, 0.5, 2.0
#: At which seconds the report tells the memory of each part.
TOLD_AT = (30, 60, 90, 120)
TEXT = "\r\n".join(["Le enviamos el presupuesto de la reparación y el plazo para aceptarlo. " * 2] * 60)


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What was there at one moment: seconds since the start, documents issued, MB of each part of the tree."""

    at: float
    certified: int
    parts: Counter[str]

    @property
    def memory(self) -> float:
        """MB of the tree with its database."""
        return sum(self.parts.values())


@contextmanager
def pinned(cores: Sequence[int]) -> Iterator[None]:
    """Let what is started in a block run on some cores only."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def processes(running: Installation) -> list[psutil.Process]:
    """Return the processes of the tree, its PostgreSQL among them, each once."""
    assert running.process is not None
    pid = Path(running.environment["ACUSE_DATA_DIRECTORY"], "postgres", "cluster", "postmaster.pid")
    roots = [psutil.Process(running.process.pid), psutil.Process(int(pid.read_text().split()[0]))]
    # The server is a child of the tree unless an earlier tree left it.
    return list({one.pid: one for root in roots for one in (root, *root.children(recursive=True))}.values())


def of_parts(running: Installation, measured: Callable[[psutil.Process], Any]) -> Counter[str]:
    """Return the sum of what is measured of the processes of each part of the tree, PostgreSQL among them."""
    sums: Counter[str] = Counter()
    for one in processes(running):
        try:
            words, value = " ".join(one.cmdline()), measured(one)
        except psutil.Error:
            continue  # ended meanwhile
        sums[next((name for mark, name in PARTS.items() if mark in words), "supervisor")] += value
    return sums


def spent(running: Installation) -> Counter[str]:
    """Return the processor seconds of each part."""
    return of_parts(running, lambda one: sum(one.cpu_times()[:2]))


def told(cost: Counter[str], certified: int) -> str:
    """Return what a message costs, in all and of each part, in processor milliseconds."""
    each = {part: seconds / max(1, certified) * 1000 for part, seconds in cost.most_common()}
    parts = ", ".join(f"{part} {milliseconds:.0f}" for part, milliseconds in each.items() if milliseconds >= 1)
    return f"{sum(each.values()):.0f} CPU ms a message: {parts}."


def memory(running: Installation) -> Counter[str]:
    """Return the MB that each part holds, shared pages counted once among their users."""
    return of_parts(running, lambda one: one.memory_full_info().pss / 2**20)


class Submitter:
    """Submits as long as fewer than `WINDOW` messages are under way, and samples, until the block ends."""

    def __init__(self, running: Installation, seconds: float) -> None:
        self.samples: list[Sample] = []
        self.submitted = 0
        self._running = running
        self._lock = threading.Lock()
        self._begun = time.monotonic()
        self._until = self._begun + seconds
        # One session, and seldom asked: a login and a count cost the database as much as a message.
        self._connection = running.connect()
        self._known = self._count(CERTIFIED)
        #: What an earlier one submitted may be under way still.
        self._before = self._count(ACCEPTED)

    def run(self) -> None:
        """Submit and sample until the time has come."""
        senders = [threading.Thread(target=self._submit, args=(number,)) for number in range(SESSIONS)]
        for sender in senders:
            sender.start()
        first = self._known
        sampled = 0.0
        while (now := time.monotonic()) < self._until:
            certified = self._count(CERTIFIED)
            with self._lock:
                self._known = certified
            if now - sampled >= SAMPLE_SECONDS:
                sampled = now
                parts = memory(self._running)
                self.samples.append(Sample(at=now - self._begun, certified=certified - first, parts=parts))
            time.sleep(LOOK_SECONDS)
        for sender in senders:
            sender.join()
        self._connection.close()

    def _count(self, statement: LiteralString) -> int:
        row = self._connection.execute(statement).fetchone()
        assert row is not None
        return int(str(row[0]))

    def _submit(self, number: int) -> None:
        account = self._running.account
        assert account is not None
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with smtplib.SMTP_SSL("127.0.0.1", self._running.settings.smtp_tls_port, context=context) as client:
            client.login(account.username, account.secret)
            count = 0
            while time.monotonic() < self._until:
                with self._lock:
                    room = self._before + self.submitted - self._known < WINDOW
                    self.submitted += room
                if not room:
                    time.sleep(0.02)
                    continue
                count += 1
                client.sendmail(SENDER, ["cliente@acepta.example"], message(f"{self._begun}-{number}-{count}", TEXT))


def told_memory(samples: Sequence[Sample]) -> str:
    """Return the MB of each part as they were at some moments."""
    late = [min(samples, key=lambda one: abs(one.at - moment)) for moment in TOLD_AT if moment <= samples[-1].at + 5]
    if not late:
        return ""
    totals = " ".join(f"{one.memory:.0f}" for one in late)
    rows = [f"{part} {' '.join(f'{one.parts[part]:.0f}' for one in late)}" for part, _ in late[-1].parts.most_common()]
    return f"MB at {', '.join(f'{one.at:.0f}' for one in late)} s: in all {totals}; {'; '.join(rows)}."


def slope(samples: Sequence[Sample]) -> float:
    """Return by how many MB a minute memory grew, by least squares over the second half."""
    late = samples[len(samples) // 2 :]
    middle = sum(one.at for one in late) / len(late)
    level = sum(one.memory for one in late) / len(late)
    spread = sum((one.at - middle) ** 2 for one in late)
    return 60 * sum((one.at - middle) * (one.memory - level) for one in late) / spread if spread else 0.0


def rate(samples: Sequence[Sample]) -> float:
    """Return certificates per second over the samples."""
    first, last = samples[0], samples[-1]
    return (last.certified - first.certified) / (last.at - first.at)


def measure(*, level: str, seconds: float, cores: Sequence[int]) -> Row:
    """Run the path at a level for `seconds`, on some cores."""
    with pinned(cores):
        context = installation(**SETTINGS)
        running = context.__enter__()
    try:
        with running.connect() as connection:
            connection.execute("UPDATE accounts_organisations SET seal_level = %s", (level,))
        Submitter(running, WARM_SECONDS).run()
        submitter = Submitter(running, seconds)
        before = spent(running)
        submitter.run()
        samples = submitter.samples
        cost = told(spent(running) - before, samples[-1].certified)
        until(lambda: running.value(CERTIFIED) == running.value(ACCEPTED), "everything submitted is certified")
        lowered = running.value(LOWERED, level)
    finally:
        context.__exit__(None, None, None)
    halves = rate(samples[: len(samples) // 2 + 1]), rate(samples[len(samples) // 2 :])
    reached = rate(samples)
    return Row(
        what=f"Whole path at {level}, {seconds:.0f} s, {len(cores)} cores",
        ours=reached, rival=DAILY, unit="messages/s", against="500,000 a day",
        ratio=reached / DAILY, aim=f">= {AIMS[level]:.0f}", spread=(min(halves) / DAILY, max(halves) / DAILY),
        note=f"Memory {samples[len(samples) // 2].memory:.0f} MB at half time, {samples[-1].memory:.0f} MB at the end: "
        f"{slope(samples):+.1f} MB a minute. {told_memory(samples)} Sealed lower than wanted: {lowered}. "
        f"{cost}",
    )  # fmt: skip


def rows(*, seconds: float, levels: Sequence[str] = tuple(AIMS)) -> list[Row]:
    """Measure each level on the first two cores that this process may use."""
    cores = sorted(os.sched_getaffinity(0))[:2]
    found = []
    for level in levels:
        with pinned(sorted(os.sched_getaffinity(0) - set(cores)) or cores):
            found.append(measure(level=level, seconds=seconds, cores=cores))
    return found


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=float(os.environ.get("BENCH_SECONDS", "120")))
    options.add_argument("--level", action="append", choices=sorted(AIMS))
    given = options.parse_args()
    print(table(rows(seconds=given.seconds, levels=given.level or tuple(AIMS))))


if __name__ == "__main__":
    main()
