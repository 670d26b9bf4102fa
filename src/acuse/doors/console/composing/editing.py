"""One template: writing it with its preview beside it, its versions and their differences, putting it away."""

from dataclasses import dataclass
from difflib import ndiff
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import retarget

from acuse.accounts.members import members
from acuse.accounts.queries import Access
from acuse.composition import bodies, queries, rules, services
from acuse.composition.queries import TemplateView, VersionView
from acuse.composition.samples import samples
from acuse.composition.shipped import shipped
from acuse.composition.uses import LANGUAGES, USES, Use
from acuse.doors.console.acts import found, refused_at
from acuse.doors.console.composing import words
from acuse.doors.console.frame import member_view, page
from acuse.doors.ui.errors import said
from acuse.doors.ui.forms import StyledForm

_DIFFERENCES = {"+ ": "added", "- ": "removed", "  ": "same"}


class TemplateForm(StyledForm):
    """A version of a template."""

    ids = "template"
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=rules.MOST_NAME,
        help_text=gettext_lazy("Only members see it, when they choose a template."),
    )
    subject = forms.CharField(
        label=gettext_lazy("Subject"),
        max_length=1_000,
        required=False,
        widget=forms.TextInput(attrs={"data-takes-variables": True}),
    )
    body = forms.CharField(
        label=gettext_lazy("Body"),
        max_length=20_000,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 20, "class": "textarea mono", "data-takes-variables": True}),
        help_text=gettext_lazy("**bold**, *italic*, lists with - or 1., links as [words](https://address)."),
    )


@dataclass(frozen=True, kw_only=True)
class Preview:
    """A template with the samples in it, or what is wrong with it: (part, sentence) of each."""

    subject: str
    html: str
    text: str
    problems: tuple[tuple[str, str], ...]


def preview_of(use: Use, language: str, subject: str, body: str) -> Preview:
    """What a template makes of the samples."""
    subject, body = rules.normal(subject), rules.normal(body)
    wrong = rules.problems(use, subject, body)
    if wrong:
        return Preview(subject="", html="", text="", problems=tuple((one.part, said(one.error)) for one in wrong[:20]))
    filled = rules.fill(use, subject, body, samples(use, language), language=language)
    # The body was sanitised: nothing but paragraphs, lists and emphasis is left of it.
    html = mark_safe(bodies.preview(filled.body))  # noqa: S308
    return Preview(subject=filled.subject, html=html, text=filled.parts.text, problems=())


def _use(code: str) -> Use:
    if code not in USES:
        raise Http404("There is no such use of templates.")
    return USES[code]


def _language(request: HttpRequest, otherwise: str) -> str:
    given = request.POST.get("language") or request.GET.get("language") or otherwise
    return given if given in LANGUAGES else "es"


def _page(
    request: HttpRequest,
    access: Access,
    *,
    use: Use,
    language: str,
    form: TemplateForm | None = None,
    template: TemplateView | None = None,
    source: tuple[str, str],
) -> HttpResponseBase:
    """The page of a template: to write where there is a form, else to read."""
    subject, body = source
    title, text = words.USE_WORDS[use.code]
    shown: dict[str, object] = {
        "use": use,
        "use_title": title,
        "use_text": text,
        "language": language,
        "languages": [(code, name, _address(access, template, use, code)) for code, name in words.LANGUAGES],
        "form": form,
        "template": template,
        "subject": subject,
        "body": body,
        "preview": preview_of(use, language, subject, body),
        "variables": words.variables(use, language),
        "versions": _versions(access, template, language),
    }
    return page(request, access, "templates", "console/composing/template.html", shown)


def _address(access: Access, template: TemplateView | None, use: Use, language: str) -> str:
    if template is None:
        return f"?use={use.code}&language={language}"
    return f"{reverse('console:template', args=(access.view.slug, template.id))}?language={language}"


def _versions(access: Access, template: TemplateView | None, language: str) -> list[tuple[VersionView, str]]:
    if template is None:
        return []
    names = _names(access)
    found_versions = queries.versions(access, template.id, language)
    return [(version, names.get(version.published_by, "")) for version in found_versions]


def _names(access: Access) -> dict[UUID, str]:
    return {one.id: one.name or one.email for one in members(access)}


@require_GET
@member_view
def standard(request: HttpRequest, access: Access) -> HttpResponseBase:
    """A standard text, to read."""
    use, language = _use(request.GET.get("use", "")), _language(request, access.view.language)
    text = shipped(use.code, language)
    return _page(request, access, use=use, language=language, source=(text.subject, text.body))


@require_http_methods(["GET", "POST"])
@member_view
def new(request: HttpRequest, access: Access) -> HttpResponseBase:
    """A new template, begun from the standard text."""
    access.require_manager()
    use = _use(request.POST.get("use") or request.GET.get("use", ""))
    language = _language(request, access.view.language)
    text = shipped(use.code, language)
    title = str(words.USE_WORDS[use.code][0])
    begun = {"name": title, "subject": text.subject, "body": text.body}
    return _written(request, access, use=use, language=language, begun=begun, template=None)


@require_http_methods(["GET", "POST"])
@member_view
def template(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """A template of the organisation's own: to change for managers, to read for everybody else."""
    with found():
        view = queries.template(access, id)
    use, language = USES[view.use], _language(request, access.view.language)
    current = view.current.get(language) or shipped(view.use, language)
    if request.method == "POST":
        access.require_manager()
    if not access.manages or view.archived_at:
        source = (current.subject, current.body)
        return _page(request, access, use=use, language=language, template=view, source=source)
    begun = {"name": view.name, "subject": current.subject, "body": current.body}
    return _written(request, access, use=use, language=language, begun=begun, template=view)


def _written(
    request: HttpRequest,
    access: Access,
    *,
    use: Use,
    language: str,
    begun: dict[str, str],
    template: TemplateView | None,
) -> HttpResponseBase:
    """The form; sent, it publishes, or shows what it would make where only that was asked for."""
    if request.method != "POST":
        form = TemplateForm(initial=begun)
        source = (begun["subject"], begun["body"])
        return _page(request, access, use=use, language=language, form=form, template=template, source=source)
    form = TemplateForm(request.POST)
    if form.is_valid() and request.POST.get("act") != "preview":
        given = form.cleaned_data
        for part, sentence in preview_of(use, language, given["subject"], given["body"]).problems:
            form.add_error(part, sentence)
        if not form.errors:
            with refused_at(form, "name"):
                made = services.publish_template(
                    access=access, use=use.code, language=language, template=template.id if template else None, **given
                )
                messages.success(request, _("Published. What is written from now on is written from it."))
                address = reverse("console:template", args=(access.view.slug, made))
                return redirect(f"{address}?language={language}")
    source = (request.POST.get("subject", ""), request.POST.get("body", ""))
    return _page(request, access, use=use, language=language, form=form, template=template, source=source)


@require_POST
@member_view
def preview(request: HttpRequest, access: Access) -> HttpResponse:
    """The preview while somebody writes; what is wrong leaves the last good one where it is."""
    use, language = _use(request.POST.get("use", "")), _language(request, access.view.language)
    made = preview_of(use, language, request.POST.get("subject", ""), request.POST.get("body", ""))
    answer = render(request, "console/composing/preview.html", {"preview": made, "live": True})
    return retarget(answer, "#preview-problems") if made.problems else answer


@require_http_methods(["GET", "POST"])
@member_view
def version(request: HttpRequest, access: Access, id: UUID, number: int) -> HttpResponseBase:
    """What an earlier version said, beside the one that counts; sent, it is published again."""
    language = _language(request, access.view.language)
    with found():
        view = queries.template(access, id)
    all_versions = queries.versions(access, id, language)
    old = next((one for one in all_versions if one.number == number), None)
    if old is None or (request.method == "POST" and view.archived_at):
        raise Http404("There is no such version.")
    if request.method == "POST":
        with found():
            services.publish_template(
                access=access,
                use=view.use,
                name=view.name,
                language=language,
                subject=old.subject,
                body=old.body,
                template=id,
            )
        messages.success(request, _("Restored: version %(number)s counts again, as a new one.") % {"number": number})
        return redirect(f"{reverse('console:template', args=(access.view.slug, id))}?language={language}")
    shown: dict[str, object] = {
        "template": view,
        "use_title": words.USE_WORDS[view.use][0],
        "language": language,
        "old": old,
        "current": all_versions[0],
        "who": _names(access).get(old.published_by, ""),
        "parts": [
            (_("Subject"), differences(old.subject, all_versions[0].subject)),
            (_("Body"), differences(old.body, all_versions[0].body)),
        ],
    }
    return page(request, access, "templates", "console/composing/version.html", shown)


def differences(before: str, after: str) -> list[tuple[str, str]]:
    """The lines of two texts: (what became of it, the line), with "added", "removed" and "same"."""
    lines = ndiff(before.split("\n"), after.split("\n"))
    return [(_DIFFERENCES[line[:2]], line[2:]) for line in lines if line[:2] in _DIFFERENCES]


@require_POST
@member_view
def archive(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """Put a template away."""
    with found():
        services.archive_template(access=access, template=id)
    messages.success(request, _("Archived. Nothing more is written from it."))
    return redirect("console:templates", access.view.slug)
