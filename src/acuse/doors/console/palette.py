"""The first communications that a search finds, shown while it is typed into the palette; Enter lists them all."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from acuse.accounts.queries import Access
from acuse.certificates import queries as certificates
from acuse.delivery import queries as delivery
from acuse.delivery.queries import Filters
from acuse.doors.console.frame import member_view

SHOWN = 5
_LEAST = 2


@require_GET
@member_view
def found(request: HttpRequest, access: Access) -> HttpResponseBase:
    """The newest few; nothing for a single letter, of which almost every row has a word."""
    words = request.GET.get("q", "").replace("\0", " ").strip()
    rows: tuple[delivery.CommunicationRow, ...] = ()
    if len(words) >= _LEAST:
        also = certificates.communications_by_code(access, beginning=words)
        rows = delivery.communications(access, filters=Filters(search=words, also=also), limit=SHOWN).rows
    context = {"rows": rows, "asked": len(words) >= _LEAST, "slug": access.view.slug}
    return render(request, "console/palette.html", context)
