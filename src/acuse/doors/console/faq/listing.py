"""The list of frequent questions: sections and their order, what is due for review, what readers look for in vain."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from acuse.accounts.queries import Access
from acuse.doors.console.acts import found, refused_at
from acuse.doors.console.faq.words import LANGUAGES, STATES, on_day
from acuse.doors.console.frame import member_view, page
from acuse.doors.ui.errors import said
from acuse.doors.ui.forms import StyledForm
from acuse.errors import ConflictError
from acuse.helpdesk.articles import MOST_SECTION_TITLE
from acuse.helpdesk.queries import articles as queries
from acuse.helpdesk.queries.portal import public_desk
from acuse.helpdesk.services import faq_order


class SectionForm(StyledForm):
    """The titles of a section."""

    ids = "section"
    title_es = forms.CharField(label=gettext_lazy("In Spanish"), max_length=MOST_SECTION_TITLE, required=False)
    title_en = forms.CharField(label=gettext_lazy("In English"), max_length=MOST_SECTION_TITLE, required=False)


@require_GET
@member_view
def listing(request: HttpRequest, access: Access) -> HttpResponseBase:
    """The page; every member may read it. With `change`, a section's titles can be written."""
    return _page(request, access, SectionForm(), changing=request.GET.get("change", ""))


def _page(
    request: HttpRequest, access: Access, adding: SectionForm, *, changing: str = "", changed: SectionForm | None = None
) -> HttpResponseBase:
    sections = queries.sections(access, get_language() or "es")
    shown: dict[str, object] = {
        "sections": [
            (one, _opened(one, changed) if access.manages and str(one.id) == changing else None, _articles(one))
            for one in sections
        ],
        "due": sum(row.due for one in sections for row in one.articles),
        "missed": queries.missed_words(access),
        "adding": adding,
        "public": public_desk(access.view.slug),
    }
    return page(request, access, "faq", "console/faq/list.html", shown)


def _articles(one: queries.SectionView) -> list[tuple[queries.ArticleRow, object, str, str]]:
    """Return each article with its state and its languages in words, and the day on which to look at it again."""
    return [
        (
            row,
            STATES[row.state],
            " · ".join(name for code, name in LANGUAGES if code in row.languages),
            on_day(row.review_date),
        )
        for row in one.articles
    ]


def _opened(one: queries.SectionView, changed: SectionForm | None) -> SectionForm:
    return changed or SectionForm(
        initial={"title_es": one.title_es, "title_en": one.title_en}, auto_id=f"section-{one.id}_%s"
    )


@require_POST
@member_view
def add(request: HttpRequest, access: Access) -> HttpResponseBase:
    """Make a section."""
    access.require_manager()
    form = SectionForm(request.POST)
    if form.is_valid():
        with refused_at(form):
            faq_order.add_section(access=access, **form.cleaned_data)
            return redirect("console:faq", access.view.slug)
    return _page(request, access, form)


@require_POST
@member_view
def section(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """Rename a section, move it, or remove it where it is empty: as `act` says."""
    access.require_manager()
    act = request.POST.get("act", "")
    if act == "rename":
        return _rename(request, access, id)
    with found():
        try:
            if act in {"up", "down"}:
                faq_order.move_section(access=access, section=id, up=act == "up")
            else:
                faq_order.remove_section(access=access, section=id)
        except ConflictError as error:
            messages.error(request, said(error))
    return redirect("console:faq", access.view.slug)


def _rename(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    if all(one.id != id for one in queries.sections(access, "es")):
        raise Http404("There is no such section.")
    form = SectionForm(request.POST, auto_id=f"section-{id}_%s")
    if form.is_valid():
        with refused_at(form):
            faq_order.rename_section(access=access, section=id, **form.cleaned_data)
            return redirect("console:faq", access.view.slug)
    return _page(request, access, SectionForm(), changing=str(id), changed=form)
