"""The list of templates by use: the standard texts and the organisation's own."""

from collections.abc import Iterable, Sequence

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
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
            (title, text, [(use.code, *USE_WORDS[use.code], *_texts(own.get(use.code, ()))) for use in uses])
            for title, text, uses in groups()
        ],
        "languages": LANGUAGES,
        "archived": [(one, USE_WORDS[one.use][0]) for one in queries.templates(access, archived=True)],
    }
    return page(request, access, "templates", "console/composing/listing.html", shown)


def _texts(own: Sequence[TemplateView]) -> tuple[list[tuple[TemplateView, str]], str]:
    """Each own template with where it is in use, and where the standard text is: the oldest of a language counts."""
    left = [language for language, _word in LANGUAGES]
    told = []
    for one in own:
        used = [language for language in left if language in one.current]
        told.append((one, _in_use(used)))
        left = [language for language in left if language not in used]
    return told, _in_use(left)


def _in_use(languages: Iterable[str]) -> str:
    used = list(languages)
    if len(used) == len(LANGUAGES):
        return _("in use")
    return {"es": _("in use in Spanish"), "en": _("in use in English")}[used[0]] if used else ""
