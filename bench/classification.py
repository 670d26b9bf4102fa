"""Bounces read and classified, in messages per second of one processor, beside what is aimed for.

    python -m bench.classification [--repeats N]

The messages are those of `ACUSE_CORPORA/bounces` where there is such a collection, else the vectors of the tests; the
note says which. There is no rival: other readers of bounces find addresses or match another vocabulary, so that their
speed compares with nothing here.
"""

import os
from pathlib import Path

from acuse.mail.reports.reader import read_report
from bench import aimed
from bench.report import Row

AIM = 500.0
VECTORS = Path(__file__).parents[1] / "tests" / "vectors" / "bounces"


def messages() -> tuple[str, list[bytes]]:
    """Return the messages and where they are from."""
    corpus = Path(os.environ.get("ACUSE_CORPORA", "/nowhere"), "bounces")
    folder, name = (corpus, "the collection of bounces") if corpus.is_dir() else (VECTORS, "the vectors of the tests")
    return name, [path.read_bytes() for path in sorted(folder.glob("*.eml"))]


def rows(*, repeats: int, rounds: int) -> list[Row]:
    """Measure over all messages."""
    name, raws = messages()

    def work() -> None:
        for raw in raws:
            read_report(raw)

    return aimed.rows(
        work,
        units=len(raws),
        what="Bounces read and classified",
        unit="messages/s",
        aim=AIM,
        note=f"{len(raws)} messages of {sum(map(len, raws)) / len(raws) / 1024:.1f} KB, {name}.",
        repeats=repeats,
        rounds=rounds,
    )


if __name__ == "__main__":
    aimed.main(__doc__, rows)
