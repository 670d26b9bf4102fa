"""Snippets: pieces of text that members insert into replies by a shortcut."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from acuse.accounts.queries import Access
from acuse.composition import queries, rules, services
from acuse.composition.uses import LANGUAGES, SNIPPET
from acuse.doors.console.acts import found, refused_at
from acuse.doors.console.composing import words
from acuse.doors.console.frame import member_view, page
from acuse.doors.ui.errors import said
from acuse.doors.ui.forms import StyledForm
from acuse.errors import InputError


class SnippetForm(StyledForm):
    """A piece of text."""

    ids = "snippet"
    name = forms.CharField(label=gettext_lazy("Name"), max_length=rules.MOST_NAME)
    shortcut = forms.CharField(
        label=gettext_lazy("Shortcut"),
        max_length=32,
        help_text=gettext_lazy("Typed behind a slash in a reply, for example /horario."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=words.LANGUAGES)
    body = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=rules.MOST_SNIPPET,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=format_lazy(
            gettext_lazy(
                "**bold**, *italic*, lists with - or 1., links as [words](https://address). List of variables, which "
                "are filled in: {variables}."
            ),
            variables=", ".join(f"{{{{ {name} }}}}" for name in SNIPPET.variables),
        ),
    )

    def clean_body(self) -> str:
        """Return the text, as it can be inserted."""
        try:
            return rules.check_snippet(self.cleaned_data["body"])
        except InputError as error:
            raise forms.ValidationError(said(error)) from error


def _page(
    request: HttpRequest,
    access: Access,
    *,
    form: SnippetForm | None = None,
    edited: tuple[UUID, SnippetForm] | None = None,
) -> HttpResponseBase:
    asked = request.GET.get("language", "")
    language = asked if asked in LANGUAGES else None
    open_id, open_form = edited or (None, None)
    shown: dict[str, object] = {
        "snippets": [(one, open_form if one.id == open_id else None) for one in queries.snippets(access, language)],
        "form": None if edited else form or SnippetForm(initial={"language": language or access.view.language}),
        "language": language,
        "languages": words.LANGUAGES,
    }
    return page(request, access, "templates", "console/composing/snippets.html", shown)


@require_http_methods(["GET", "POST"])
@member_view
def listing(request: HttpRequest, access: Access) -> HttpResponseBase:
    """The page, which every member may read; sent, it makes a new one."""
    if request.method != "POST":
        return _page(request, access)
    access.require_sender()
    form = SnippetForm(request.POST)
    if form.is_valid():
        with refused_at(form, "shortcut"):
            services.save_snippet(access=access, **form.cleaned_data)
            messages.success(request, _("Saved. Every member can insert it."))
            return redirect("console:snippets", access.view.slug)
    return _page(request, access, form=form)


@require_http_methods(["GET", "POST"])
@member_view
def edit(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """The page with one of them opened in its place; sent, it is changed."""
    access.require_sender()
    one = next((one for one in queries.snippets(access) if one.id == id), None)
    if one is None:
        raise Http404("The organisation has no such snippet.")
    kept = {"name": one.name, "shortcut": one.shortcut, "language": one.language, "body": one.body}
    form = SnippetForm(request.POST) if request.method == "POST" else SnippetForm(initial=kept)
    if form.is_valid():
        with refused_at(form, "shortcut"):
            services.save_snippet(access=access, snippet=id, **form.cleaned_data)
            messages.success(request, _("Saved. Every member can insert it."))
            return redirect("console:snippets", access.view.slug)
    return _page(request, access, edited=(id, form))


@require_POST
@member_view
def remove(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """Remove one."""
    with found():
        services.remove_snippet(access=access, snippet=id)
    messages.success(request, _("Removed."))
    return redirect("console:snippets", access.view.slug)
