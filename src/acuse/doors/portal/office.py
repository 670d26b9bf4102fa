"""An organisation's own public pages, under its short name: who may see them, in which language, and the first of them.

They are there only where the organisation switched them on; a name that is not ours and one that is off look alike.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from acuse.doors.portal.language import remember
from acuse.doors.portal.quiet import quieter
from acuse.doors.ui.phone_words import line_words
from acuse.doors.ui.preferences import LANGUAGES
from acuse.helpdesk.queries.faq import top
from acuse.helpdesk.queries.lines import public_lines
from acuse.helpdesk.queries.portal import PublicDesk, in_language, public_desk


@dataclass(frozen=True, kw_only=True)
class Office:
    """One request for a page of an organisation that shows some."""

    request: HttpRequest
    desk: PublicDesk
    language: str

    def show(self, template: str, *, status: int = 200, listed: bool = False, **more: Any) -> HttpResponse:
        """Return a page in the organisation's frame, `portal/office_base.html`.

        Args:
            template: of the page. status: of the answer. listed: search engines may show it, where the organisation
                lets them. more: what the page shows.
        """
        context = {
            "office": self,
            "desk": self.desk,
            "language": self.language,
            "certifier": settings.ACUSE.certifier,
            **more,
        }
        response = render(self.request, template, context, status=status)
        if not (listed and self.desk.indexed):
            response.headers["X-Robots-Tag"] = "noindex"
        return response


View = Callable[..., HttpResponse]


def of_office(view: View) -> View:
    """Make a view of an organisation's public page: `view(office, ...)` is called where it is switched on."""

    @wraps(view)
    def answer(request: HttpRequest, slug: str, **more: Any) -> HttpResponse:
        desk = public_desk(slug)
        if desk is None:
            raise Http404("There is no such page.")
        language = _language(request, desk.language)
        setattr(request, "LANGUAGE_CODE", language)  # noqa: B010 - an attribute that Django's own middleware sets so
        with translation.override(language), timezone.override(ZoneInfo(desk.zone)):
            response = view(Office(request=request, desk=desk, language=language), **more)
        response.headers["Content-Language"] = language
        if request.GET.get("l") == language:
            remember(response, language)
        return response

    return answer


def _language(request: HttpRequest, theirs: str) -> str:
    """Return what the address asks for (`l`), else what the visitor chose or the browser asks for, else `theirs`."""
    asked = request.GET.get("l", "")
    if asked in LANGUAGES:
        return asked
    if settings.LANGUAGE_COOKIE_NAME in request.COOKIES or "Accept-Language" in request.headers:
        spoken = translation.get_language_from_request(request)
        return spoken if spoken in LANGUAGES else theirs
    return theirs


@require_safe
@of_office
def start(office: Office) -> HttpResponse:
    """What one can do here: look for an answer, write, call, follow a case."""
    lines = public_lines(office.desk.organisation)
    return office.show(
        "portal/office.html",
        listed=True,
        here="start",
        welcome=in_language(office.desk.welcome, office.language),
        top=top(office.desk.organisation, office.language),
        lines=[line_words(state) for state in lines],
        quiet=quieter(office.desk.organisation, lines) if office.desk.quiet_hours else None,
    )
