"""The list of templates by use: the standard texts and the organisation's own."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from acuse.accounts.queries import Access
from acuse.composition import queries
from acuse.composition.queries import TemplateView
from acuse.doors.console.composing.words import LANGUAGES, USE_WORDS, groups
from acuse.doors.console.frame import member_view, page


@require_GET
@member_view
def listing(request: HttpRequest, access: Access) -> HttpResponseBase:
    """The page; every member may read it."""
    own: dict[str, list[TemplateView]] = {}
    for one in queries.templates(access):
        own.setdefault(one.use, []).append(one)
    shown: dict[str, object] = {
        "groups": [
            (title, text, [(use.code, *USE_WORDS[use.code], own.get(use.code, ())) for use in uses])
            for title, text, uses in groups()
        ],
        "languages": LANGUAGES,
        "archived": [(one, USE_WORDS[one.use][0]) for one in queries.templates(access, archived=True)],
    }
    return page(request, access, "templates", "console/composing/listing.html", shown)
