"""What a request gets of whose sender nobody is signed in any more: nothing that they wrote is lost."""

from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

#: How the fields end that nobody is shown again, and how many texts are given back.
_SECRET = ("secret", "password")
_MOST = 20


def signed_out(request: HttpRequest) -> HttpResponse:
    """Answer a request that needs somebody who is signed in.

    A page leads to itself by way of the sign-in. What was sent from a form is shown to be copied, for its own address
    is no page that one could be led back to. A part of a page is refused, so that no sign-in is swapped into its place.
    """
    if request.headers.get("HX-Request"):
        return HttpResponse(status=403)
    if request.method != "POST":
        return redirect_to_login(request.get_full_path())
    # Somebody's sentences have blanks in them; tokens, identifiers and choices have none.
    given = [text for name, texts in request.POST.lists() if not name.endswith(_SECRET) for text in texts]
    context = {
        "texts": [text for text in given if len(text.split()) > 1][:_MOST],
        "files": bool(request.FILES),
        "page": _page(request),
    }
    return render(request, "console/signed_out.html", context, status=403)


def _page(request: HttpRequest) -> str:
    """The page of ours from which the form was sent, as the browser names it; else the first one."""
    page = request.headers.get("Referer", "")
    secure = request.is_secure()
    if not url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()}, require_https=secure):
        return "/"
    parts = urlsplit(page)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
