"""The organisation's terms: which cases have which deadline; packs to add, a term to write, and their versions."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from acuse.accounts.members import members
from acuse.accounts.queries import Access
from acuse.calendars import queries as calendars
from acuse.doors.console.frame import member_view, page
from acuse.doors.console.kept import from_custody
from acuse.doors.console.term_forms import TermEditor
from acuse.doors.console.term_words import contradictions, line
from acuse.doors.ui.errors import said
from acuse.doors.ui.security import download
from acuse.errors import AcuseError, InputError
from acuse.evidence import custody
from acuse.helpdesk import packs
from acuse.helpdesk.policies import STARTED_BY_ITSELF
from acuse.helpdesk.queries.policies import MEDIA_TYPE, PublishedPolicy, current_policy, policy_versions
from acuse.helpdesk.queries.trial import try_policy
from acuse.helpdesk.services.policies import publish_policy
from acuse.proof.policy import Policy, PolicyTerm

_PACKS = {
    "standard": (
        gettext_lazy("24 hours and 48 business hours"),
        gettext_lazy(
            "A first response within 24 hours and a resolution within 48 business hours, except for thanks; 10 "
            "business days for the customer to complete a claim."
        ),
    ),
    "ley-10-2025": (
        gettext_lazy("Ley 10/2025"),
        gettext_lazy(
            "15 business days to resolve claims, complaints, inquiries and incidents; 5 days where it is about an "
            "undue charge; 2 hours to inform about an interrupted service; 10 business days for the customer to "
            "complete a claim, after which the term begins again."
        ),
    ),
}


@require_GET
@member_view
def listing(request: HttpRequest, access: Access) -> HttpResponseBase:
    """The terms that hold, packs to add, and every version; every member may read them."""
    current = current_policy(access.organisation)
    names = _calendars(access, with_archived=True)
    who = {member.id: member.name or member.email for member in members(access)}
    terms = current.policy.terms if current else ()
    held = {term.name for term in terms}
    context: dict[str, object] = {
        "current": current,
        "contradictions": contradictions(current.policy) if current else (),
        "lines": [line(place, term, names.get(str(term.calendar), "")) for place, term in enumerate(terms)],
        "packs": [(code, word, what) for code, (word, what) in _PACKS.items() if not _held(access, code, held)],
        "calendars": list(_calendars(access).items()),
        "versions": [
            (version, who.get(version.published_by, _("a former member")) if version.published_by else "")
            for version in policy_versions(access)
        ],
    }
    return page(request, access, "calendars", "console/terms.html", context)


@require_POST
@member_view
def add_pack(request: HttpRequest, access: Access) -> HttpResponseBase:
    """Add the terms of a pack to those there are, but for those that are among them by name."""
    access.require_manager()
    current = current_policy(access.organisation)
    before = current.policy.terms if current else ()
    try:
        chosen = _chosen_calendar(request, access)
        offered = packs.pack(request.POST.get("pack", ""), calendar=chosen, language=_language(access))
        held = {term.name for term in before}
        _publish(access, (*before, *(term for term in offered if term.name not in held)), _base(request))
    except AcuseError as error:
        messages.error(request, said(error))
    else:
        messages.success(request, _("Added. Cases that are opened from now on have these terms."))
    return redirect("console:terms", access.view.slug)


@require_POST
@member_view
def remove(request: HttpRequest, access: Access, place: int) -> HttpResponseBase:
    """Publish the terms without one of them."""
    access.require_manager()
    _current, terms = _terms(access, place)
    try:
        _publish(access, (*terms[:place], *terms[place + 1 :]), _base(request))
    except AcuseError as error:
        messages.error(request, said(error))
    else:
        messages.success(request, _("Removed. Deadlines that run keep running."))
    return redirect("console:terms", access.view.slug)


@require_http_methods(["GET", "POST"])
@member_view
def new(request: HttpRequest, access: Access) -> HttpResponseBase:
    """A term to be written."""
    access.require_manager()
    return _edit(request, access, current_policy(access.organisation), None)


@require_http_methods(["GET", "POST"])
@member_view
def edit(request: HttpRequest, access: Access, place: int) -> HttpResponseBase:
    """A term to be changed."""
    access.require_manager()
    current, _all = _terms(access, place)
    return _edit(request, access, current, place)


@require_GET
@member_view
@from_custody
def version(request: HttpRequest, access: Access, number: int) -> HttpResponseBase:
    """A version byte for byte as it is kept and cited."""
    for one in policy_versions(access):
        if one.number == number:
            content = custody.open_object(organisation=access.organisation, sha256=one.sha256)
            return download(content, filename=f"terms-{number}.json", media_type=MEDIA_TYPE)
    raise Http404


def _edit(request: HttpRequest, access: Access, current: PublishedPolicy | None, place: int | None) -> HttpResponseBase:
    """Carry out what a submit asks of the form, and show it again unless it published."""
    terms = current.policy.terms if current else ()
    term = terms[place] if place is not None else None
    sent = request.POST if request.method == "POST" else None
    editor = TermEditor(sent=sent, term=term, calendars=list(_calendars(access).items()))
    act = request.POST.get("act", "")
    base = _base(request) if sent is not None else (current.number if current else 0)
    shown: dict[str, Any] = {"editor": editor, "term": term, "base": base}
    if act == "case":
        editor.add_case()
    elif act in {"try", "publish"}:
        shown["wrong"] = not editor.is_valid()
        try:
            if editor.is_valid():
                policy = _with(terms, place, editor.members)
                if act == "publish":
                    publish_policy(access=access, terms=policy.members(), base=base)
                    messages.success(request, _("Published. Cases that are opened from now on have these terms."))
                    return redirect("console:terms", access.view.slug)
                shown["looked_at"], tried = try_policy(access, policy)
                shown["contradictions"] = contradictions(policy)
                shown |= {"tried": tried, "applies": any(one.cases for one in tried)}
                shown["untried"] = editor.members["purpose"] not in STARTED_BY_ITSELF
        except AcuseError as error:
            shown["refused"] = said(error)
    return page(request, access, "calendars", "console/term_edit.html", shown)


def _with(terms: tuple[PolicyTerm, ...], place: int | None, members: dict[str, Any]) -> Policy:
    """Return the policy with one term replaced, or added where there is no place."""
    written = Policy(terms=terms).members()
    if place is None:
        written["terms"].append(members)
    else:
        written["terms"][place] = members
    return Policy.from_members(written)


def _publish(access: Access, terms: tuple[PolicyTerm, ...], base: int) -> None:
    publish_policy(access=access, terms=Policy(terms=terms).members(), base=base)


def _terms(access: Access, place: int) -> tuple[PublishedPolicy, tuple[PolicyTerm, ...]]:
    """Return the policy in force and its terms; 404 where it has none at that place."""
    current = current_policy(access.organisation)
    if current is None or place >= len(current.policy.terms):
        raise Http404
    return current, current.policy.terms


def _base(request: HttpRequest) -> int:
    """Return the number of the version that the page showed."""
    sent = request.POST.get("base", "")
    return int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 10 else -1


def _calendars(access: Access, *, with_archived: bool = False) -> dict[str, str]:
    found = calendars.calendars(access) + (calendars.calendars(access, archived=True) if with_archived else [])
    return {str(view.id): view.name for view in found}


def _chosen_calendar(request: HttpRequest, access: Access) -> UUID:
    """Return which calendar was chosen.

    Raises:
        InputError: it is none of them.
    """
    for view in calendars.calendars(access):
        if str(view.id) == request.POST.get("calendar", ""):
            return view.id
    raise InputError("Choose a calendar by which the terms are counted.")


def _language(access: Access) -> str:
    return access.view.language if access.view.language in {"es", "en"} else "es"


def _held(access: Access, code: str, names: set[str]) -> bool:
    """Return whether the policy has the terms of a pack already."""
    offered = packs.pack(code, calendar=UUID(int=0), language=_language(access))
    return all(term.name in names for term in offered)
