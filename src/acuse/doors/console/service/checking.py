"""Having the figures compared with what the ledger says, and showing what came of it."""

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from acuse.accounts.queries import Access
from acuse.doors.console.frame import member_view
from acuse.doors.console.service import asking
from acuse.doors.ui.errors import said
from acuse.errors import ConflictError, InputError
from acuse.figures.queries import last_check
from acuse.figures.services import ask_check


@require_http_methods(["GET", "POST"])
@member_view
def check(request: HttpRequest, access: Access) -> HttpResponseBase:
    """Sent, it asks for a comparison; else the state of the last, for the page that waits for it."""
    try:
        asked = asking.read(access, request)
    except InputError as error:
        messages.error(request, said(error))
        return redirect("console:service", access.view.slug)
    if request.method == "POST":
        try:
            ask_check(access=access, question=asked.question)
        except ConflictError as error:
            messages.error(request, said(error))
        return redirect(reverse("console:service", args=(access.view.slug,)) + asked.query())
    return render(
        request, "console/service/check.html", {"access": access, "asked": asked, **check_context(access, asked)}
    )


def check_context(access: Access, asked: asking.Asked) -> dict[str, object]:
    """Return what is told of the last comparison, where it was of what is asked now."""
    found = last_check(access.organisation)
    period = asked.question.period
    wanted = {"first": period.first.isoformat(), "last": period.last.isoformat(), "zone": period.zone}
    wanted |= {name: asked.narrowed.get(name, "") for name in ("channel", "mailbox", "team")}
    mine = found is not None and found.question == wanted
    return {"check": found if mine else None, "check_query": asked.query()}
