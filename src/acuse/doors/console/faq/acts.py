"""What is done to an article apart from writing it: moved, looked at again, withdrawn, an older version taken up."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from acuse.accounts.queries import Access
from acuse.doors.console.acts import found
from acuse.doors.console.composing.editing import differences
from acuse.doors.console.faq.words import LANGUAGES
from acuse.doors.console.frame import member_view, page
from acuse.doors.ui.errors import said
from acuse.errors import ConflictError, InputError
from acuse.helpdesk.articles import Text
from acuse.helpdesk.queries import articles as queries
from acuse.helpdesk.services import faq, faq_order

_NOTHING = Text(title="", body="")


@require_POST
@member_view
def withdraw(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """Take an article off the public page."""
    try:
        with found():
            faq.withdraw_article(access=access, article=id)
        messages.success(request, _("Withdrawn. Nobody reads it any more; it stays here."))
    except ConflictError as error:
        messages.error(request, said(error))
    return redirect("console:article", access.view.slug, id)


@require_POST
@member_view
def review(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """Say that an article still holds, and when to look again."""
    access.require_manager()
    with found():
        queries.article(access, id, "es")
    try:
        day = forms.DateField(required=False).clean(request.POST.get("review_date", ""))
        faq.review_article(access=access, article=id, review_date=day)
        messages.success(request, _("Recorded: the article was looked at and still holds."))
    except forms.ValidationError as error:
        messages.error(request, error.messages[0])
    except InputError as error:
        messages.error(request, said(error))
    return redirect("console:article", access.view.slug, id)


@require_POST
@member_view
def move(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """Move an article up or down within its section."""
    with found():
        faq_order.move_article(access=access, article=id, up=request.POST.get("act") == "up")
    return redirect("console:faq", access.view.slug)


@require_POST
@member_view
def remove(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """Remove an article that never was published."""
    try:
        with found():
            faq.remove_draft(access=access, article=id)
        messages.success(request, _("The draft is removed."))
    except ConflictError as error:
        messages.error(request, said(error))
        return redirect("console:article", access.view.slug, id)
    return redirect("console:faq", access.view.slug)


@require_http_methods(["GET", "POST"])
@member_view
def version(request: HttpRequest, access: Access, id: UUID, number: int) -> HttpResponseBase:
    """What a version said, beside the newest one, or beside the draft; sent, the draft says it again."""
    with found():
        view = queries.article(access, id, get_language() or "es")
    versions = queries.versions(access, id)
    old = next((one for one in versions if one.number == number), None)
    if old is None:
        raise Http404("There is no such version.")
    if request.method == "POST":
        faq.restore_version(access=access, article=id, version=number)
        messages.success(request, _("The draft says again what version %(number)s said.") % {"number": number})
        return redirect("console:article", access.view.slug, id)
    newest = versions[0]
    now = view.texts if old is newest else newest.texts
    shown: dict[str, object] = {
        "view": view,
        "old": old,
        "newest": None if old is newest else newest,
        "parts": [
            (name, code, differences(_whole(old.texts.get(code)), _whole(now.get(code))))
            for code, name in LANGUAGES
            if code in old.texts or code in now
        ],
    }
    return page(request, access, "faq", "console/faq/version.html", shown)


def _whole(text: Text | None) -> str:
    one = text or _NOTHING
    return f"{one.title}\n\n{one.body}"
