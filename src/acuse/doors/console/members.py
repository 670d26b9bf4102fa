"""Members of an organisation: who they are, inviting them by a link that is shown once, roles, taking access away."""

from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from acuse.accounts import members, rules
from acuse.accounts.members import InvitationView, MemberView
from acuse.accounts.queries import Access
from acuse.doors.console.acts import refused_at
from acuse.doors.console.frame import member_view, page
from acuse.doors.console.wording import role
from acuse.doors.ui.errors import said
from acuse.doors.ui.forms import StyledForm
from acuse.errors import AccessDenied, AcuseError, InputError


def _roles() -> list[tuple[str, str]]:
    return [(name, role(name)) for name in rules.ROLES]


@dataclass(frozen=True, kw_only=True)
class Line:
    """A member or an invitation, as listed: ``open`` where the reader may change it."""

    view: MemberView | InvitationView
    shown: str
    role: str
    own: bool
    open: bool


def _line(view: MemberView | InvitationView, access: Access) -> Line:
    return Line(
        view=view,
        shown=getattr(view, "name", "") or view.email,
        role=role(view.role),
        own=view.id == access.member,
        open=rules.may_grant(access.role, role=view.role),
    )


class InvitationForm(StyledForm):
    """Whom to invite, and as what."""

    email = forms.CharField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("The person signs in with it."),
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=_roles, initial="agent")


def _page(request: HttpRequest, access: Access, **context: object) -> HttpResponseBase:
    shown: dict[str, object] = {
        "members": [_line(one, access) for one in members.members(access)],
        "invitations": [_line(one, access) for one in members.invitations(access)],
        "form": _form(access),
        "roles": _grantable(access),
        "duties": (
            (role("owner"), _("everything, including who the owners are")),
            (role("administrator"), _("what agents do; settings, credentials and members, except owners")),
            (role("agent"), _("communications, cases, calls, customers, and drafts of frequent questions")),
            (role("auditor"), _("sees everything but the links customers act with, and changes nothing")),
        ),
        **context,
    }
    return page(request, access, "members", "console/members.html", shown)


def _grantable(access: Access) -> list[tuple[str, str]]:
    return [(name, word) for name, word in _roles() if rules.may_grant(access.role, role=name)]


def _form(access: Access, data: object = None) -> InvitationForm:
    form = InvitationForm(data)
    form.fields["role"].choices = _grantable(access)  # type: ignore[attr-defined]
    return form


@require_GET
@member_view
def listing(request: HttpRequest, access: Access) -> HttpResponseBase:
    """The page; every member may read it."""
    return _page(request, access)


@require_POST
@member_view
def invite(request: HttpRequest, access: Access) -> HttpResponseBase:
    """Invite somebody; the link is on the answer to this request and nowhere else."""
    access.require_manager()
    form = _form(access, request.POST)
    if form.is_valid():
        with refused_at(form, "email"):
            invitation, token = members.invite(access=access, **form.cleaned_data)
            link = request.build_absolute_uri(reverse("console:invitation", args=[token]))
            return _page(request, access, invited=invitation, link=link)
    return _page(request, access, form=form)


def _changed(request: HttpRequest, access: Access, done: str) -> HttpResponseBase:
    messages.success(request, done)
    return redirect("console:members", access.view.slug)


def _refused(request: HttpRequest, access: Access, error: AcuseError) -> HttpResponseBase:
    if isinstance(error, AccessDenied):
        raise error
    if isinstance(error, InputError):
        raise Http404(str(error)) from error
    messages.error(request, said(error))
    return redirect("console:members", access.view.slug)


@require_POST
@member_view
def withdraw(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """Withdraw an invitation that nobody has taken up."""
    try:
        members.withdraw_invitation(access=access, invitation=id)
    except AcuseError as error:
        return _refused(request, access, error)
    return _changed(request, access, _("Withdrawn. Its link opens nothing any more."))


@require_POST
@member_view
def change_role(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """Give a member another role."""
    try:
        members.change_role(access=access, member=id, role=request.POST.get("role", "")[:16])
    except AcuseError as error:
        return _refused(request, access, error)
    return _changed(request, access, _("Saved. The change is recorded in the ledger."))


@require_POST
@member_view
def deactivate(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """Take a member's access away."""
    try:
        members.deactivate(access=access, member=id)
    except AcuseError as error:
        return _refused(request, access, error)
    done = _(
        "Deactivated. What they did stays in the ledger. "
        "SMTP credentials and API keys that they know stay valid: revoke those in the settings."
    )
    return _changed(request, access, done)


@require_POST
@member_view
def reactivate(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """Give a deactivated member access again."""
    try:
        members.reactivate(access=access, member=id)
    except AcuseError as error:
        return _refused(request, access, error)
    return _changed(request, access, _("Reactivated, in the same role."))
