"""What a search finds first while it is typed into the palette: cases, contacts, communications."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from acuse.accounts.queries import Access
from acuse.certificates import queries as certificates
from acuse.contacts.lists import Filters as ContactFilters
from acuse.contacts.lists import contacts
from acuse.delivery import queries as delivery
from acuse.delivery.queries import Filters
from acuse.doors.console.frame import member_view
from acuse.helpdesk.queries.calls import found_cases
from acuse.helpdesk.queries.tickets import Filters as CaseFilters
from acuse.helpdesk.queries.tickets import tickets

SHOWN = 5
_LEAST = 2


@require_GET
@member_view
def found(request: HttpRequest, access: Access) -> HttpResponseBase:
    """The first few of each; nothing for a single letter, of which almost every row has a word."""
    words = _words(request)
    context = {"words": words, "asked": len(words) >= _LEAST, "limit": SHOWN, "slug": access.view.slug}
    return render(request, "console/palette.html", {**context, **_found(access, words)})


@require_GET
@member_view
def entered(request: HttpRequest, access: Access) -> HttpResponseBase:
    """Lead to what is found first; with nothing, to a search: of cases, unless the organisation has none at all."""
    words, slug = _words(request), access.view.slug
    places = {"cases": "console:ticket", "contacts": "console:contact", "rows": "console:communication"}
    for name, rows in _found(access, words).items():
        if rows:
            return redirect(places[name], slug, rows[0].id)
    if tickets(access, CaseFilters(state=""), order="last", limit=1).items:
        return redirect(f"{reverse('console:tickets', args=[slug])}?{urlencode({'q': words, 'state': 'all'})}")
    return redirect(f"{reverse('console:communications', args=[slug])}?{urlencode({'q': words})}")


def _words(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\0", " ").strip()[:200]


def _found(access: Access, words: str) -> Mapping[str, tuple[Any, ...]]:
    """The first few cases, contacts and communications, in the order in which they are shown."""
    if len(words) < _LEAST:
        return {}
    also = certificates.communications_by_code(access, beginning=words)
    return {
        "cases": found_cases(access, words=words)[:SHOWN],
        "contacts": contacts(access, filters=ContactFilters(search=words, recent=True), limit=SHOWN).rows,
        "rows": delivery.communications(access, filters=Filters(search=words, also=also), limit=SHOWN).rows,
    }
