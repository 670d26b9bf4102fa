"""The list of contacts: by name or the newest first, words, letters and kinds, and its export."""

import csv
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlencode

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from acuse.accounts.queries import Access
from acuse.clock import to_rfc3339
from acuse.contacts import lists
from acuse.contacts.lists import ContactRow, Filters
from acuse.doors.console.contacts import wording
from acuse.doors.console.dropped import drop_nonsense
from acuse.doors.console.frame import member_view, page
from acuse.doors.ui.cells import Echo, safe
from acuse.errors import InputError

EXPORT_LIMIT = 100_000
ASKED = ("q", "kind", "letter", "sort")
HEAD = ("id", "kind", "name", "tax_id", "language", "company", "email", "phone", "whatsapp", "postal", "created_at")


def read_filters(request: HttpRequest) -> Filters:
    """The filters of an address; whatever is not understood narrows nothing."""
    asked = request.GET
    return Filters(
        search=asked.get("q", "").replace("\0", " ").strip()[:200],
        kind=asked.get("kind", ""),
        letter=asked.get("letter", "")[:1],
        recent=asked.get("sort") == "recent",
    )


def _address(request: HttpRequest, **changes: str) -> str:
    """The present filters as a query string, with some changed; empty ones left out, pages begun anew."""
    kept = {name: request.GET.get(name, "") for name in ASKED}
    return "?" + urlencode({name: value for name, value in {**kept, **changes}.items() if value})


@require_GET
@member_view
def listing(request: HttpRequest, access: Access) -> HttpResponseBase:
    """The list, or what to do first where there is no contact yet."""
    filters = read_filters(request)
    understood = {
        "kind": filters.kind in ("person", "company"),
        "letter": filters.letter in (*lists.LETTERS, lists.OTHER),
        "sort": filters.recent,
    }
    if (without := drop_nonsense(request, understood)) is not None:
        return without
    try:
        shown = lists.contacts(access, filters=filters, cursor=request.GET.get("after", ""))
    except InputError:
        return redirect(f"{request.path}{_address(request)}")
    context = {
        "filters": filters,
        "rows": [(row, wording.kind(row.kind)) for row in shown.rows],
        "total": lists.count(access, filters=filters),
        "count_limit": lists.COUNT_LIMIT,
        "letters": _letters(request, filters),
        "orders": [
            (_address(request, sort=""), _("By name"), not filters.recent),
            (_address(request, sort="recent", letter=""), _("Newest"), filters.recent),
        ],
        "further": _address(request, after=shown.after) if shown.after else "",
        "first": _address(request) if request.GET.get("after") else "",
        "export": f"export.csv{_address(request)}",
        "none_yet": not shown.rows and not filters.narrowing and not lists.any_contact(access),
        "said": _said(filters),
    }
    return page(request, access, "contacts", "console/contacts/list.html", context)


def _letters(request: HttpRequest, filters: Filters) -> list[tuple[str, str, bool]]:
    """The letters by which names begin: address, sign, chosen; none where the newest come first."""
    if filters.recent:
        return []
    every = [
        ("", pgettext("contacts", "All")),
        *((letter, letter.upper()) for letter in lists.LETTERS),
        (lists.OTHER, lists.OTHER),
    ]
    return [(_address(request, letter=letter), sign, filters.letter == letter) for letter, sign in every]


def _said(filters: Filters) -> str:
    """The filters in words, for the empty list."""
    parts = [
        _("“%(words)s”") % {"words": filters.search} if filters.search else "",
        wording.kind(filters.kind) if filters.kind else "",
        _("names with %(letter)s") % {"letter": filters.letter.upper()} if filters.letter else "",
    ]
    return ", ".join(part for part in parts if part)


@require_GET
@member_view
def export(request: HttpRequest, access: Access) -> HttpResponseBase:
    """The list as CSV, with the same filters; notes, which are for members only, are left out."""
    rows = _lines(access, read_filters(request))
    response = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{access.view.slug}-contacts.csv"'
    return response


def _lines(access: Access, filters: Filters) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield "\ufeff" + writer.writerow(HEAD)
    for row in islice(lists.every(access, filters=filters), EXPORT_LIMIT):
        yield writer.writerow(_cells(row))


def _cells(row: ContactRow) -> list[str]:
    by_channel = {
        channel: "; ".join(address.value for address in row.addresses if address.channel == channel)
        for channel in wording.ICONS
    }
    texts = (row.kind, row.name, row.tax_id, row.language, row.company, *by_channel.values())
    return [str(row.id), *map(safe, texts), to_rfc3339(row.created_at)]
