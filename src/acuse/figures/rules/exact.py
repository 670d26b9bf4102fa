"""Shares and means as exact fractions, rounded once: half up, to two decimals."""

_HUNDREDTHS = 100


def percent(part: int, whole: int) -> int | None:
    """Return how much of `whole` a `part` is, in hundredths of a per cent; None of nothing.

    It may pass 100 %. A half is rounded up: 1 of 16 is 6.25 %, 1 of 800 is 0.13 %.
    """
    return mean(100 * part, whole)


def mean(total: int, count: int) -> int | None:
    """Return the mean of `count` numbers that add up to `total`, in hundredths of one; None of no number."""
    return (2 * _HUNDREDTHS * total + count) // (2 * count) if count else None


def written(hundredths: int | None) -> str | None:
    """Return hundredths as a decimal number with two places: "84.46"."""
    return None if hundredths is None else f"{hundredths // _HUNDREDTHS}.{hundredths % _HUNDREDTHS:02d}"
