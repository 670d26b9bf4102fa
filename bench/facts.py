"""Facts recorded, sequenced and published, beside a plain INSERT of the same bytes in the same batches.

    python -m bench.facts [--facts N] [--repeats N]

Both sides write from the same number of threads into the same durable PostgreSQL (fsync and synchronous commit on), in
turns. Ours ends when the last fact is under a signed checkpoint; the rival ends with its last commit. Of batches five
times as many facts are written as one by one, so that a turn lasts some seconds and not a few ticks of the sequencer.
"""

import argparse
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from uuid import uuid4

from bench.report import Row, median_of, table
from bench.world import world

ORGANISATION = uuid4()
PLAIN = "CREATE TABLE IF NOT EXISTS plain_facts (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, canonical bytea)"


def _batches(facts: int, size: int) -> list[list[int]]:
    return [list(range(start, min(start + size, facts))) for start in range(0, facts, size)]


def _parallel(writers: int, work: Sequence[list[int]], write: Callable[[list[int]], None]) -> None:
    with ThreadPoolExecutor(writers) as pool:
        for done in [pool.submit(write, batch) for batch in work]:
            done.result()


def ours(facts: int, batch: int, writers: int) -> tuple[float, list[bytes]]:
    """Record so many first facts while the sequencer runs; return facts per second until published, and their bytes.

    A writer is what the connector is: one transaction at a time, its statements sent together.
    """
    from django.db import transaction

    from acuse.evidence.ledger import FactDraft, record_first
    from acuse.evidence.statements import together
    from acuse.proof.facts.fact import Actor, Fact

    recorded: list[Fact] = []

    def write(numbers: list[int]) -> None:
        drafts = [
            FactDraft(
                organisation=ORGANISATION,
                subject_kind="member",
                subject_id=uuid4(),
                type="member.logged_in",
                actor=Actor(kind="member", id=str(number)),
                details={},
            )
            for number in numbers
        ]
        with transaction.atomic(), together():
            recorded.extend(record_first(*drafts))

    before = published()
    begun = time.perf_counter()
    _parallel(writers, _batches(facts, batch), write)
    while published() < before + facts:
        time.sleep(0.01)
    speed = facts / (time.perf_counter() - begun)
    return speed, [fact.canonical() for fact in recorded]


def published() -> int:
    """Return how many facts are under the newest signed checkpoint."""
    from acuse.evidence.models import TreeHead

    head = TreeHead.objects.filter(id=1).first()
    return head.size if head else 0


@contextmanager
def sequencer() -> Iterator[None]:
    """Run the product's own process of that name."""
    from acuse.evidence.models import Pending

    running = subprocess.Popen([sys.executable, "-m", "acuse.config.processes", "sequencer"], stderr=subprocess.DEVNULL)
    try:
        while published() == 0 or Pending.objects.exists():
            time.sleep(0.1)
        yield
    finally:
        running.terminate()
        running.wait(60)


def plain(rows: Sequence[bytes], batch: int, writers: int) -> float:
    """Insert the same bytes with plain INSERTs, a transaction per batch; return rows per second."""
    import psycopg

    from acuse.config.database import conninfo

    local = threading.local()
    opened: list[psycopg.Connection[tuple[object, ...]]] = []

    def write(numbers: list[int]) -> None:
        if not hasattr(local, "connection"):
            local.connection = psycopg.connect(conninfo())
            opened.append(local.connection)
        with local.connection.transaction(), local.connection.cursor() as cursor:
            cursor.executemany("INSERT INTO plain_facts (canonical) VALUES (%s)", [(rows[n],) for n in numbers])

    with closing(psycopg.connect(conninfo("owner"), autocommit=True)) as owner:
        owner.execute(PLAIN)
        owner.execute("GRANT SELECT, INSERT ON plain_facts TO PUBLIC")
    begun = time.perf_counter()
    _parallel(writers, _batches(len(rows), batch), write)
    seconds = time.perf_counter() - begun
    for connection in opened:
        connection.close()
    return len(rows) / seconds


def rows(*, facts: int, repeats: int) -> list[Row]:
    """Measure one fact a transaction from eight writers, as acceptance records them, and a hundred from two."""
    found = []
    with world(), sequencer():
        for batch, writers in ((1, 8), (100, 2)):
            pairs = []
            for _ in range(repeats + 1):
                mine, canonicals = ours(facts if batch == 1 else 5 * facts, batch, writers)
                pairs.append((mine, plain(canonicals, batch, writers)))
            speed, rival, ratio, spread = median_of(pairs[1:])  # the first warms both up
            found.append(
                Row(
                    what=f"Facts published, {batch} a transaction, {writers} writers",
                    ours=speed, rival=rival, unit="facts/s", against="plain INSERT of the same bytes, the same batches",
                    ratio=ratio, aim=">= 0.5", spread=spread,
                )
            )  # fmt: skip
    return found


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--facts", type=int, default=4000)
    options.add_argument("--repeats", type=int, default=3)
    given = options.parse_args()
    print(table(rows(facts=given.facts, repeats=given.repeats)))


if __name__ == "__main__":
    main()
