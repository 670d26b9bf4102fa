"""When it is quieter, for whoever thinks of calling: read off the last weeks, and remembered for an hour."""

from uuid import UUID

from django.core.cache import cache

from acuse.doors.ui import load
from acuse.figures.queries import Quiet, quiet_hours

_REMEMBERED_SECONDS = 3600


def quieter(organisation: UUID) -> dict[str, object] | None:
    """Return what the public page says of quiet hours: the words and the drawing; None where too little is known."""
    found: Quiet | None = cache.get_or_set(
        f"quiet-hours-{organisation}", lambda: quiet_hours(organisation), _REMEMBERED_SECONDS
    )
    if found is None:
        return None
    halves = load.half_hours(found.half_hours, found.spans)
    return {"spans": load.spans(found.spans), "halves": halves, "ticks": load.ticks(halves)}
