"""The figures as files: a table, the members that `acuse figures --json` prints, and a document of two pages."""

import atexit
import csv
import json
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from acuse import clock
from acuse.accounts.queries import Access
from acuse.doors.console.frame import member_view
from acuse.doors.console.service import asking
from acuse.doors.console.service.report import TEMPLATE, model
from acuse.doors.ui.cells import safe
from acuse.errors import InputError
from acuse.figures.queries import Source, figures_of, source
from acuse.figures.rules.members import members
from acuse.figures.rules.report import Report
from acuse.pdf.pool import Typesetter

#: Started with the first document, and left to wait for the next.
_TYPESETTER = Typesetter(processes=1)
atexit.register(_TYPESETTER.close)

Answer = Callable[[Access, asking.Asked, Report, Source], HttpResponse]


def _exported(name: str, media_type: str, write: Answer) -> Callable[..., HttpResponseBase]:
    """Return the view of one kind of file; what cannot be asked leads to the page, which says why."""

    @require_GET
    @member_view
    def export(request: HttpRequest, access: Access) -> HttpResponseBase:
        try:
            asked = asking.read(access, request)
        except InputError:
            back = redirect("console:service", access.view.slug)
            back.headers["Location"] += f"?{request.GET.urlencode()}"
            return back
        response = write(access, asked, figures_of(access.organisation, asked.question), source())
        period = asked.question.period
        file = f"{access.view.slug}-{period.first}-{period.last}.{name}"
        response.headers["Content-Type"] = media_type
        response.headers["Content-Disposition"] = f'attachment; filename="{file}"'
        return response

    return export


def _members(access: Access, asked: asking.Asked, found: Report, read: Source) -> HttpResponse:
    told = {"source": {"size": read.size, "root": read.root}, "figures": members(found)}
    return HttpResponse(json.dumps(told, indent=2))


def _table(access: Access, asked: asking.Asked, found: Report, read: Source) -> HttpResponse:
    written = StringIO()
    lines = csv.writer(written)
    lines.writerow(("figure", "value"))
    for path, value in flattened({"source": {"size": read.size, "root": read.root}, **members(found)}):
        lines.writerow((safe(path), safe("" if value is None else str(value))))
    return HttpResponse(written.getvalue())


def flattened(told: Any, path: str = "") -> Iterator[tuple[str, object]]:
    """Yield each value of JSON members with its path: "messages.received", "days[0].day"."""
    if isinstance(told, dict):
        for name, value in told.items():
            yield from flattened(value, f"{path}.{name}" if path else name)
    elif isinstance(told, list):
        for number, value in enumerate(told):
            yield from flattened(value, f"{path}[{number}]")
    else:
        yield path, told


def _document(access: Access, asked: asking.Asked, found: Report, read: Source) -> HttpResponse:
    now = clock.now()
    return HttpResponse(_TYPESETTER.typeset(str(TEMPLATE), model(access, asked, found, read, now), date=now))


table = _exported("csv", "text/csv; charset=utf-8", _table)
members_file = _exported("json", "application/json", _members)
document = _exported("pdf", "application/pdf", _document)
