"""Teams: who works together, for lists, the board and figures."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from acuse.accounts.queries import Access, active_members
from acuse.doors.console.frame import member_view, page
from acuse.doors.ui.errors import said
from acuse.doors.ui.forms import StyledForm
from acuse.errors import ConflictError, InputError
from acuse.helpdesk.queries.teams import TeamView, team, teams
from acuse.helpdesk.services.teams import MOST_NAME, change_team, dissolve_team, make_team


class TeamForm(StyledForm):
    """A team: its name, and who belongs to it."""

    name = forms.CharField(label=gettext_lazy("Name of the team"), max_length=MOST_NAME)
    members = forms.MultipleChoiceField(
        label=gettext_lazy("Members"), required=False, widget=forms.CheckboxSelectMultiple(attrs={"class": "checkbox"})
    )

    def __init__(self, access: Access, *, ids: str, given: object = None, shown: TeamView | None = None) -> None:
        self.ids = ids
        initial = {"name": shown.name, "members": [str(one) for one in shown.members]} if shown else {}
        super().__init__(given, initial=initial)
        field = self.fields["members"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(str(one), name) for one, name in active_members(access).items()]

    def chosen(self) -> tuple[str, list[UUID]]:
        """The name and the members of a valid form."""
        return self.cleaned_data["name"], [UUID(one) for one in self.cleaned_data["members"]]


@require_http_methods(["GET", "POST"])
@member_view
def listing(request: HttpRequest, access: Access) -> HttpResponseBase:
    """The page; sent, it makes a team."""
    if request.method != "POST":
        return _shown(request, access, TeamForm(access, ids="team"))
    access.require_manager()
    form = TeamForm(access, ids="team", given=request.POST)
    if form.is_valid():
        name, members = form.chosen()
        try:
            make_team(access=access, name=name, members=members)
        except (InputError, ConflictError) as error:
            form.add_error("name", said(error))
        else:
            return _saved(request, access)
    return _shown(request, access, form)


@require_POST
@member_view
def change(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """Rename a team, or say anew who belongs to it."""
    access.require_manager()
    found = _found(access, id)
    form = TeamForm(access, ids=f"team-{id}", given=request.POST)
    if form.is_valid():
        name, members = form.chosen()
        try:
            change_team(access=access, team=id, name=name, members=members)
        except (InputError, ConflictError) as error:
            form.add_error("name", said(error))
        else:
            return _saved(request, access)
    return _shown(request, access, TeamForm(access, ids="team"), (found.id, form))


@require_POST
@member_view
def dissolve(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """Dissolve a team."""
    access.require_manager()
    dissolve_team(access=access, team=_found(access, id).id)
    return _saved(request, access)


def _found(access: Access, id: UUID) -> TeamView:
    found = team(access, id=id)
    if found is None:
        raise Http404("There is no such team.")
    return found


def _saved(request: HttpRequest, access: Access) -> HttpResponseBase:
    messages.success(request, _("Saved. The change is recorded in the ledger."))
    return redirect("console:teams", access.view.slug)


def _shown(
    request: HttpRequest, access: Access, adding: TeamForm, refused: tuple[UUID, TeamForm] | None = None
) -> HttpResponseBase:
    names = active_members(access)
    shown = []
    for one in teams(access):
        form = refused[1] if refused and refused[0] == one.id else TeamForm(access, ids=f"team-{one.id}", shown=one)
        known = sorted(names[member] for member in one.members if member in names)
        shown.append({"team": one, "form": form, "members": known, "left": len(one.members) - len(known)})
    return page(request, access, "settings", "console/teams.html", {"adding": adding, "teams": shown})
