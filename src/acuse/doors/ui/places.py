"""The place in a long list at which its next page begins, as addresses carry it: a moment and an identifier."""

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest

Place = tuple[datetime, UUID]


def read_place(request: HttpRequest, name: str = "before") -> Place | None:
    """Return the place that a parameter, ``?before=``, names, or None for the beginning of the list."""
    moment, _separator, identity = request.GET.get(name, "")[:100].partition("~")
    try:
        at = datetime.fromisoformat(moment)
        return (at, UUID(identity)) if at.tzinfo else None
    except ValueError:
        return None


def write_place(place: Place | None) -> str:
    """Return a place as ``?before=`` carries it; empty for none."""
    return f"{place[0].isoformat()}~{place[1]}" if place else ""


def query(**given: str) -> str:
    """Return the query of an address with what is not empty."""
    return "?" + urlencode({name: value for name, value in given.items() if value})
