"""Ends of deadlines, in calculations per second of one processor, beside what is aimed for.

    python -m bench.deadlines [--repeats N]

Half of the terms are in business hours and half in business days; every other one has three pauses. The calendar covers
ten years, with two intervals a day. There is no rival: no library that the project depends on counts business time.
"""

import argparse
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from acuse.proof.business_time import CalendarVersion, Pause, Term, due_at
from bench.report import Row, median_of, table

AIM = 20_000.0
FIRST, YEARS = date(2026, 1, 1), 10
STARTS = 500


def calendar() -> CalendarVersion:
    """Ten years, Monday to Friday, from 9 to 14 and from 16 to 19."""
    days = [FIRST + timedelta(days=number) for number in range(365 * YEARS)]
    working = [day for day in days if day.weekday() < 5]
    begin = int(datetime.combine(FIRST, datetime.min.time(), UTC).timestamp())
    midnights = [begin + (day - FIRST).days * 86_400 for day in working]
    return CalendarVersion(
        calendar=UUID(int=0),
        version=1,
        name="Bench",
        zone="UTC",
        tzdata="none",
        valid_from=begin,
        valid_until=begin + len(days) * 86_400,
        offsets=((begin, 0),),
        open=tuple(
            (midnight + start * 3600, midnight + end * 3600)
            for midnight in midnights
            for start, end in ((9, 14), (16, 19))
        ),
        business_days=tuple(working),
        definition={},
    )


def starts(version: CalendarVersion) -> Sequence[tuple[datetime, Sequence[Pause]]]:
    """Return starts over the first half of the calendar, every other one with three pauses."""
    step = timedelta(seconds=(version.valid_until - version.valid_from) // 2 // STARTS)
    found = []
    for number in range(STARTS):
        start = datetime.fromtimestamp(version.valid_from, UTC) + number * step
        days = [start + timedelta(days=day) for day in (1, 3, 5)]
        pauses = [Pause(start=day, end=day + timedelta(hours=5)) for day in days]
        found.append((start, pauses if number % 2 else []))
    return found


def rate(version: CalendarVersion, rounds: int) -> float:
    """Return calculations per second of processor time."""
    terms = (Term(amount=48, unit="business_hours"), Term(amount=15, unit="business_days"))
    each = starts(version)
    begun = time.process_time()
    for _ in range(rounds):
        for start, pauses in each:
            for term in terms:
                due_at(version, term, started_at=start, pauses=pauses)
    return rounds * len(each) * len(terms) / (time.process_time() - begun)


def rows(*, repeats: int, rounds: int) -> list[Row]:
    """Measure after one round that counts for nothing."""
    version = calendar()
    rate(version, 1)
    ours, aim, ratio, spread = median_of([(rate(version, rounds), AIM) for _ in range(repeats)])
    return [
        Row(
            what="Ends of deadlines worked out, one core",
            ours=ours,
            rival=aim,
            unit="calculations/s",
            against="what is aimed for",
            ratio=ratio,
            aim=">= 1",
            spread=spread,
            note=f"Processor time; {YEARS} years of {len(version.open):,} intervals, every other one with 3 pauses.",
        )
    ]


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--repeats", type=int, default=7)
    print(table(rows(repeats=options.parse_args().repeats, rounds=5)))


if __name__ == "__main__":
    main()
