"""What one processor does in a second, beside what is aimed for: for work of ours that has no rival."""

import argparse
import time
from collections.abc import Callable

from bench.report import Row, median_of, table


def rows(
    work: Callable[[], None], *, units: int, what: str, unit: str, aim: float, note: str, repeats: int, rounds: int
) -> list[Row]:
    """Measure after one round that counts for nothing.

    Args:
        work: one round.
        units: how many things a round does.
        what: is done. unit: of the rate. note: what a reader must know.
        aim: things in a second of processor time.
        repeats: measurements, of which the median counts. rounds: of each.
    """

    def rate() -> float:
        begun = time.process_time()
        for _ in range(rounds):
            work()
        return rounds * units / (time.process_time() - begun)

    work()
    ours, rival, ratio, spread = median_of([(rate(), aim) for _ in range(repeats)])
    return [
        Row(
            what=f"{what}, one core",
            ours=ours,
            rival=rival,
            unit=unit,
            against="what is aimed for",
            ratio=ratio,
            aim=">= 1",
            spread=spread,
            note=f"Processor time; {note}",
        )
    ]


def main(description: str | None, measure: Callable[..., list[Row]]) -> None:
    """Print the table of one bench.

    Args:
        description: of the bench.
        measure: its rows, by how many `repeats` of how many `rounds`.
    """
    options = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--repeats", type=int, default=7)
    print(table(measure(repeats=options.parse_args().repeats, rounds=5)))
