"""Every comparison of speed, side by side: `make bench`.

    python -m bench [--seconds 120] [--quick]
        [acceptance access certificate classification deadlines desk_intake facts path]

Prints a table and JSON, and keeps the JSON in bench/results. docs/benchmarks.md shows one run. Nothing here passes or
fails: a figure that falls short says so.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.report import RESULTS, Machine, Row, load_rows, table, write

BENCHES = ("acceptance", "access", "certificate", "classification", "deadlines", "desk_intake", "facts", "path")


def _acceptance(seconds: float, quick: bool) -> list[Row]:
    from bench import acceptance

    return acceptance.rows(seconds=3 if quick else 10, repeats=1 if quick else 3)


def _access(seconds: float, quick: bool) -> list[Row]:
    from bench import access

    return access.rows(seconds=5 if quick else 30)


def _certificate(seconds: float, quick: bool) -> list[Row]:
    from bench import certificate

    return certificate.rows(rounds=5 if quick else 20, repeats=1 if quick else 3)


def _classification(seconds: float, quick: bool) -> list[Row]:
    from bench import classification

    return classification.rows(repeats=1 if quick else 7, rounds=1 if quick else 5)


def _deadlines(seconds: float, quick: bool) -> list[Row]:
    from bench import deadlines

    return deadlines.rows(repeats=1 if quick else 7, rounds=1 if quick else 5)


def _desk_intake(seconds: float, quick: bool) -> list[Row]:
    from bench import desk_intake

    return desk_intake.rows(messages=10 if quick else 100)


def _facts(seconds: float, quick: bool) -> list[Row]:
    from bench import facts

    return facts.rows(facts=1000 if quick else 5000, repeats=1 if quick else 3)


def _path(seconds: float, quick: bool) -> list[Row]:
    from bench import path

    return path.rows(seconds=10 if quick else seconds)


MEASURE: dict[str, Callable[[float, bool], list[Row]]] = {
    "acceptance": _acceptance,
    "access": _access,
    "certificate": _certificate,
    "classification": _classification,
    "deadlines": _deadlines,
    "desk_intake": _desk_intake,
    "facts": _facts,
    "path": _path,
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run each bench in a process of its own, one after the other, and put their rows together."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("which", nargs="*", metavar="BENCH", help="; ".join(BENCHES))
    parser.add_argument("--seconds", type=float, default=float(os.environ.get("BENCH_SECONDS", "120")))
    parser.add_argument("--quick", action="store_true", help="short: to see that it runs, not to believe the figures")
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    machine = Machine()
    if given.into is not None:
        (name,) = given.which
        write(given.into, MEASURE[name](given.seconds, given.quick), machine)
        return
    rows: list[Row] = []
    for name in given.which or BENCHES:
        print(f"bench: {name}", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            into = Path(folder) / "rows.json"
            options = [
                name,
                "--seconds",
                str(given.seconds),
                "--into",
                str(into),
                *(["--quick"] if given.quick else []),
            ]
            subprocess.run([sys.executable, "-m", "bench", *options], check=True)
            rows += load_rows(into)
            print(table(rows), flush=True)
    print(write(RESULTS / "bench.json", rows, machine))


if __name__ == "__main__":
    main()
