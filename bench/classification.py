"""Bounces read and classified, in messages per second of one processor, beside what is aimed for.

    python -m bench.classification [--repeats N]

The messages are those of `ACUSE_CORPORA/bounces` where there is such a collection, else the vectors of the tests; the
note says which. There is no rival: other readers of bounces find addresses or match another vocabulary, so that their
speed compares with nothing here.
"""

import argparse
import os
import time
from collections.abc import Sequence
from pathlib import Path

from acuse.mail.reports.reader import read_report
from bench.report import Row, median_of, table

AIM = 500.0
VECTORS = Path(__file__).parents[1] / "tests" / "vectors" / "bounces"


def messages() -> tuple[str, list[bytes]]:
    """Return the messages and where they are from."""
    corpus = Path(os.environ.get("ACUSE_CORPORA", "/nowhere"), "bounces")
    folder, name = (corpus, "the collection of bounces") if corpus.is_dir() else (VECTORS, "the vectors of the tests")
    return name, [path.read_bytes() for path in sorted(folder.glob("*.eml"))]


def rate(raws: Sequence[bytes], rounds: int) -> float:
    """Return messages per second of processor time."""
    begun = time.process_time()
    for _ in range(rounds):
        for raw in raws:
            read_report(raw)
    return rounds * len(raws) / (time.process_time() - begun)


def rows(*, repeats: int, rounds: int) -> list[Row]:
    """Measure after one round that counts for nothing."""
    name, raws = messages()
    rate(raws, 1)
    ours, aim, ratio, spread = median_of([(rate(raws, rounds), AIM) for _ in range(repeats)])
    return [
        Row(
            what="Bounces read and classified, one core",
            ours=ours,
            rival=aim,
            unit="messages/s",
            against="what is aimed for",
            ratio=ratio,
            aim=">= 1",
            spread=spread,
            note=f"Processor time; {len(raws)} messages of {sum(map(len, raws)) / len(raws) / 1024:.1f} KB, {name}.",
        )
    ]


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--repeats", type=int, default=7)
    print(table(rows(repeats=options.parse_args().repeats, rounds=5)))


if __name__ == "__main__":
    main()
