"""One article: writing its draft with the preview beside it, and publishing what the draft says."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from acuse import clock
from acuse.accounts.members import members
from acuse.accounts.queries import Access
from acuse.composition import bodies
from acuse.doors.console.acts import found, refused_at
from acuse.doors.console.faq.words import LANGUAGES, STATES, on_day
from acuse.doors.console.frame import member_view, page
from acuse.doors.ui.errors import said
from acuse.doors.ui.forms import StyledForm
from acuse.errors import AcuseError
from acuse.helpdesk import articles as rules
from acuse.helpdesk.articles import MOST_BODY, MOST_TITLE, Text
from acuse.helpdesk.queries import articles as queries
from acuse.helpdesk.queries.articles import ArticleView
from acuse.helpdesk.queries.portal import public_desk
from acuse.helpdesk.services import faq

_MARKS = gettext_lazy("**bold**, *italic*, lists with - or 1., links as [words](https://address).")


class ArticleForm(StyledForm):
    """The draft of an article, in both languages; managers also say when to look at it again."""

    ids = "article"
    seen = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)
    section = forms.ChoiceField(label=gettext_lazy("Section"))
    title_es = forms.CharField(label=gettext_lazy("Question in Spanish"), max_length=MOST_TITLE, required=False)
    body_es = forms.CharField(
        label=gettext_lazy("Answer in Spanish"),
        max_length=MOST_BODY,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "lang": "es"}),
        help_text=_MARKS,
    )
    title_en = forms.CharField(label=gettext_lazy("Question in English"), max_length=MOST_TITLE, required=False)
    body_en = forms.CharField(
        label=gettext_lazy("Answer in English"),
        max_length=MOST_BODY,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "lang": "en"}),
        help_text=gettext_lazy("Without it, whoever reads English is shown the Spanish one, and told so."),
    )
    review_date = forms.DateField(
        label=gettext_lazy("Look at it again on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("From that day on the list and the board ask whether it still holds."),
    )

    def __init__(self, *args: object, access: Access, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["section"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(one.id), one.title) for one in queries.sections(access, get_language() or "es")]
        if not access.manages:
            del self.fields["review_date"]

    def texts(self) -> dict[str, Text]:
        """Return what was written, by language."""
        given = self.cleaned_data
        return {code: Text(title=given[f"title_{code}"], body=given[f"body_{code}"]) for code, _name in LANGUAGES}

    def seen_at(self) -> datetime | None:
        """Return when what the member saw was changed last, or None."""
        try:
            return datetime.fromisoformat(self.cleaned_data["seen"])
        except ValueError:
            return None


def drawn(texts: Mapping[str, Text]) -> list[tuple[str, str, SafeString]]:
    """Return texts as readers see them: (language, question, answer)."""
    # What an answer may hold is made harmless there: paragraphs, lists and emphasis are left of it.
    return [
        (code, one.title, mark_safe(bodies.preview(one.body)))  # noqa: S308
        for code, one in texts.items()
        if one.title or one.body
    ]


@require_http_methods(["GET", "POST"])
@member_view
def new(request: HttpRequest, access: Access) -> HttpResponseBase:
    """A new article."""
    access.require_sender()
    initial = {"section": request.GET.get("section", "")}
    form = ArticleForm(request.POST or None, initial=initial, access=access)
    if form.is_valid():
        return _written(request, access, form, None)
    return _page(request, access, form, None)


@require_http_methods(["GET", "POST"])
@member_view
def article(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """An article: to write for whoever acts, to read for auditors."""
    with found():
        view = queries.article(access, id, get_language() or "es")
    if request.method == "POST":
        access.require_sender()
    initial: dict[str, object] = {
        "seen": view.row.changed_at.isoformat(),
        "section": str(view.row.section),
        "review_date": view.row.review_date,
    }
    for code, text in view.texts.items():
        initial |= {f"title_{code}": text.title, f"body_{code}": text.body}
    form = ArticleForm(request.POST or None, initial=initial, access=access)
    if form.is_valid():
        return _written(request, access, form, view)
    return _page(request, access, form, view)


def _written(request: HttpRequest, access: Access, form: ArticleForm, view: ArticleView | None) -> HttpResponseBase:
    """Keep the draft, and publish it where that was asked for; what is refused leaves what was written in the form."""
    publishes = request.POST.get("act") == "publish"
    if publishes:
        access.require_manager()
    day = form.cleaned_data.get("review_date")
    moved = "review_date" in form.fields and day != (view.row.review_date if view else None)
    if publishes or moved:
        with refused_at(form, "review_date"):
            rules.check_review(day, today=clock.now().astimezone(ZoneInfo(access.view.time_zone)).date())
    made = None
    if form.is_valid():
        with refused_at(form):
            made = faq.write_draft(
                access=access,
                section=UUID(form.cleaned_data["section"]),
                texts=form.texts(),
                article=view.row.id if view else None,
                seen=form.seen_at(),
            )
    if made is None:
        return _page(request, access, form, view)
    try:
        if publishes:
            faq.publish_article(access=access, article=made, review_date=day)
            messages.success(request, _("Published. Everybody can read it now."))
        else:
            if moved:
                faq.review_article(access=access, article=made, review_date=day)
            messages.success(request, _("The draft is saved. Readers see nothing of it until it is published."))
    except AcuseError as error:
        kept = _("The draft is saved, but not published.")
        messages.error(request, f"{kept} {said(error)}")
    return redirect("console:article", access.view.slug, made)


def _page(request: HttpRequest, access: Access, form: ArticleForm, view: ArticleView | None) -> HttpResponseBase:
    names = {str(one.id): one.name or one.email for one in members(access)}
    versions = queries.versions(access, view.row.id) if view else ()
    shown: dict[str, object] = {
        "form": form,
        "view": view,
        "state": STATES[view.row.state] if view else None,
        "review_day": on_day(view.row.review_date) if view else "",
        "drawn": drawn(_typed(request) if form.is_bound else view.texts if view else {}),
        "versions": [(one, names.get(one.published_by, "")) for one in versions],
        "shown": bool(view and view.row.version and public_desk(access.view.slug)),
    }
    return page(request, access, "faq", "console/faq/article.html", shown)


@require_POST
@member_view
def preview(request: HttpRequest, access: Access) -> HttpResponse:
    """What readers would see, while somebody writes."""
    return render(request, "console/faq/preview.html", {"drawn": drawn(_typed(request))})


def _typed(request: HttpRequest) -> dict[str, Text]:
    given = request.POST
    return {
        code: Text(
            title=given.get(f"title_{code}", "")[:MOST_TITLE],
            body=given.get(f"body_{code}", "")[:MOST_BODY].replace("\r\n", "\n"),
        )
        for code, _name in LANGUAGES
    }
