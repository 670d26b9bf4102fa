"""Quiet hours, read off the load."""

from collections.abc import Sequence

HALF_HOURS = 48


def attended(acts: Sequence[int]) -> list[int]:
    """Return the half hours of a day in which somebody attends: a tenth of what the busiest has is done in them.

    Args:
        acts: answers sent and calls answered, by half hour of the local day.
    """
    busiest = max(acts, default=0)
    return [number for number, count in enumerate(acts) if count and 10 * count >= busiest]


def quiet_hours(load: Sequence[int], acts: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Return when it is quiet: attended half hours with at most three quarters of the mean load of all attended ones.

    Args:
        load: messages and calls that came in, by half hour of the local day.
        acts: see `attended`.

    Returns:
        (first, end left out) in half hours of the day, joined where they touch; none where nothing is busier.
    """
    hours = attended(acts)
    total = sum(load[number] for number in hours)
    quiet = [number for number in hours if 4 * load[number] * len(hours) <= 3 * total] if total else []
    spans: list[tuple[int, int]] = []
    for number in quiet:
        if spans and spans[-1][1] == number:
            spans[-1] = (spans[-1][0], number + 1)
        else:
            spans.append((number, number + 1))
    return tuple(spans)
