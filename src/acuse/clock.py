"""The only source of the present time, and its one written form."""

from datetime import UTC, datetime

from acuse.errors import InputError


def now() -> datetime:
    """Return the present time, aware, in UTC, with microseconds."""
    return datetime.now(UTC)


def to_rfc3339(moment: datetime) -> str:
    """Return `moment` as RFC 3339 UTC with six decimals and `Z` (evidence.md section 2).

    Raises:
        InputError: `moment` is naive.
    """
    if moment.tzinfo is None:
        raise InputError("A time without a zone was given; only aware times are accepted.")
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def from_rfc3339(text: str) -> datetime:
    """Parse the exact form that `to_rfc3339` writes.

    Raises:
        InputError: any other form, even if RFC 3339 would allow it.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"Not a UTC time with six decimals: {text[:40]!r}.") from error
    if not text.endswith("Z") or to_rfc3339(moment) != text:
        raise InputError(f"Not a UTC time with six decimals: {text[:40]!r}.")
    return moment
