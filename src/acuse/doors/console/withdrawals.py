"""The recipients who do not want to be tracked: read only, because only they can say so."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from acuse.accounts.queries import Access
from acuse.delivery.queries.tracking import withdrawals
from acuse.doors.console.frame import member_view, page

_MOST = 1_000_000


@require_GET
@member_view
def listing(request: HttpRequest, access: Access) -> HttpResponseBase:
    """Those of the organisation, the newest first."""
    given = request.GET.get("from", "")
    begin = int(given) if given.isascii() and given.isdigit() and len(given) < 8 else 0
    found = withdrawals(access, begin=min(begin, _MOST))
    context = {
        "rows": found.rows,
        "total": found.count,
        "older": f"?from={found.older}" if found.older is not None else "",
        "newest": "?" if begin else "",
    }
    return page(request, access, "settings", "console/withdrawals.html", context)
