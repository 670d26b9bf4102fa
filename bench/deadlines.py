"""Ends of deadlines, in calculations per second of one processor, beside what is aimed for.

    python -m bench.deadlines [--repeats N]

Half of the terms are in business hours and half in business days; every other one has three pauses. The calendar covers
ten years, with two intervals a day. There is no rival: no library that the project depends on counts business time.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from acuse.proof.business_time import CalendarVersion, Pause, Term, due_at
from bench import aimed
from bench.report import Row

AIM = 20_000.0
FIRST, YEARS = date(2026, 1, 1), 10
STARTS = 500
TERMS = (Term(amount=48, unit="business_hours"), Term(amount=15, unit="business_days"))


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


def rows(*, repeats: int, rounds: int) -> list[Row]:
    """Measure both units, with and without pauses."""
    version = calendar()
    each = starts(version)

    def work() -> None:
        for start, pauses in each:
            for term in TERMS:
                due_at(version, term, started_at=start, pauses=pauses)

    return aimed.rows(
        work,
        units=len(each) * len(TERMS),
        what="Ends of deadlines worked out",
        unit="calculations/s",
        aim=AIM,
        note=f"{YEARS} years of {len(version.open):,} intervals, every other one with 3 pauses.",
        repeats=repeats,
        rounds=rounds,
    )


if __name__ == "__main__":
    aimed.main(__doc__, rows)
