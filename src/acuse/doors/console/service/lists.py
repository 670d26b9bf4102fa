"""What is behind a figure: each case and call that it counts, a hundred a page."""

from datetime import datetime
from uuid import UUID

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from acuse.accounts.queries import Access
from acuse.dates import LONG_DAYS
from acuse.doors.console.frame import member_view, page
from acuse.doors.console.service import asking, words
from acuse.doors.ui import figures
from acuse.doors.ui.errors import said
from acuse.errors import InputError
from acuse.figures.behind import CASES, FIGURES, Line, Which, behind
from acuse.figures.rules import rows
from acuse.figures.rules.tallies import BOUNDS


@require_GET
@member_view
def listing(request: HttpRequest, access: Access) -> HttpResponseBase:
    """The page; ``?figure=`` says which, and the rest what the figure was asked with."""
    try:
        asked, which = asking.read(access, request), _which(request)
    except InputError as error:
        raise Http404(said(error)) from error
    told = _told(which)
    found = behind(access.organisation, asked.question, which, place=_place(request, which))
    narrowed = {name: value for name in _NARROWS if (value := request.GET.get(name, "")) != ""}
    address = reverse("console:service-behind", args=(access.view.slug,))
    older = ""
    if found.after:
        older = address + asked.query(**narrowed, before=f"{found.after[0].isoformat()}~{found.after[1]}")
    lines = [_line(line) for line in found.lines]
    context: dict[str, object] = {
        "asked": asked,
        "back": reverse("console:service", args=(access.view.slug,)) + asked.query(),
        "title": words.KINDS[which.figure],
        "which": told,
        "period": figures.days(asked.question.period.first, asked.question.period.last),
        "narrowed": asked.in_words(),
        "lines": lines,
        "worded": any(line.label for line in found.lines),
        "timed": any(one["took"] for one in lines),
        "older": older,
        "first": address + asked.query(**narrowed) if request.GET.get("before") else "",
    }
    return page(request, access, "figures", "console/service/behind.html", context)


_NARROWS = ("figure", "label", "duration", "weekday", "hour")


def _which(request: HttpRequest) -> Which:
    figure = request.GET.get("figure", "")
    if figure not in FIGURES:
        raise InputError("There is no such figure.")
    return Which(
        figure=figure,
        label=_label(request.GET.get("label", "")[:300]),
        duration=_number(request, "duration", len(BOUNDS)),
        weekday=_number(request, "weekday", 6),
        hour=_number(request, "hour", 23),
    )


def _label(text: str) -> str:
    """Return a label as it may be asked for: no zeros, which a database takes for the end."""
    return text.replace("\0", "")


def _number(request: HttpRequest, name: str, most: int) -> int | None:
    text = request.GET.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 3 and int(text) <= most):
        raise InputError("There is no such figure.")
    return int(text)


def _place(request: HttpRequest, which: Which) -> tuple[datetime, str] | None:
    moment, _separator, identity = request.GET.get("before", "")[:100].partition("~")
    try:
        at = datetime.fromisoformat(moment)
        place = str(UUID(identity)) if which.figure in CASES else str(min(int(identity), 2**62))
    except ValueError:
        return None
    return (at, place) if at.tzinfo else None


def _told(which: Which) -> str:
    """What narrows the figure, in words."""
    told = []
    if which.label:
        of_deadline = which.figure in {rows.MET, rows.MISSED} and which.label.count("|") >= 3
        told.append(_named_deadline(which.label) if of_deadline else words.case_type(which.label))
    if which.duration is not None:
        told.append(words.duration_class(which.duration))
    if which.weekday is not None:
        told.append(LONG_DAYS[figures.language()][which.weekday])
    if which.hour is not None:
        told.append(_("from %(start)s to %(end)s") % {"start": f"{which.hour}:00", "end": f"{which.hour + 1}:00"})
    return ", ".join(told)


def _named_deadline(label: str) -> str:
    try:
        return words.deadline(label)
    except (ValueError, KeyError, InputError) as error:
        raise Http404("There is no such deadline.") from error


def _line(line: Line) -> dict[str, object]:
    return {
        "line": line,
        "word": words.deadline(line.label) if line.label else words.KINDS[line.kind],
        "took": words.took(line.seconds),
    }
