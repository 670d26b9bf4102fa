"""The rules that say what a new case is taken for: their list, changing it, and trying it with past cases."""

from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from uuid6 import uuid7

from acuse.accounts.queries import Access, active_members
from acuse.doors.console import ticket_words as said_as
from acuse.doors.console.acts import found, refused_at
from acuse.doors.console.frame import member_view, page
from acuse.doors.ui.forms import StyledForm
from acuse.helpdesk.queries.triage import Trial, rules_of, try_rules
from acuse.helpdesk.services import triage as services
from acuse.helpdesk.triage import MOST_RULES, Rule, check_rule

_ANY = ("", gettext_lazy("Any"))
_AS_IS = ("", gettext_lazy("Leave as it is"))
_TYPES = [(value, word) for value, (word, _icon) in said_as.TYPES.items()]
_CHANNELS = [(value, word) for value, (word, _icon) in said_as.CHANNELS.items()]
_SHOWN = 50


class RuleForm(StyledForm):
    """A rule; a new one where nothing else is said."""

    ids = "rule"
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80, required=False)
    words = forms.CharField(
        label=gettext_lazy("Words or phrases in subject, text or product"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One per line; one of them is enough. Accents and capitals do not matter."),
    )
    senders = forms.CharField(
        label=gettext_lazy("Senders"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy(
            "One per line: ana@cliente.example, or @cliente.example for a whole domain. Who wrote counts, and so does "
            "where they ask to be answered."
        ),
    )
    channel = forms.ChoiceField(label=gettext_lazy("How it came"), choices=[_ANY, *_CHANNELS], required=False)
    form_type = forms.ChoiceField(
        label=gettext_lazy("What the customer chose in the form"), choices=[_ANY, *_TYPES], required=False
    )
    type = forms.ChoiceField(label=gettext_lazy("Type"), choices=[_AS_IS, *_TYPES], required=False)
    priority = forms.ChoiceField(
        label=gettext_lazy("Priority"), choices=[_AS_IS, *said_as.PRIORITIES.items()], required=False
    )
    matter = forms.ChoiceField(
        label=gettext_lazy("Matter"),
        choices=[_AS_IS, *((value, word) for value, word in said_as.MATTERS.items() if value)],
        required=False,
    )
    assignee = forms.ChoiceField(label=gettext_lazy("Responsible"), required=False)
    tag = forms.CharField(label=gettext_lazy("Tag"), max_length=40, required=False)

    def __init__(self, *args: object, members: dict[UUID, str], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["assignee"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [_AS_IS, *((str(one), name) for one, name in members.items())]

    def rule(self, *, id: UUID, enabled: bool) -> Rule:
        """The rule that a valid form describes."""
        given = dict(self.cleaned_data)
        given |= {name: tuple(given[name].splitlines()) for name in ("words", "senders")}
        given["assignee"] = UUID(given["assignee"]) if given["assignee"] else None
        return Rule(id=id, enabled=enabled, **given)


@require_GET
@member_view
def listing(request: HttpRequest, access: Access) -> HttpResponseBase:
    """The page; every member may read it, and try the rules with past cases."""
    trial = try_rules(access, rules_of(access)) if "try" in request.GET else None
    return _page(request, access, trial=trial)


@require_POST
@member_view
def add(request: HttpRequest, access: Access) -> HttpResponseBase:
    """Add a rule behind the others, or say what it would make of past cases."""
    access.require_manager()
    form = RuleForm(request.POST, members=active_members(access))
    if not form.is_valid():
        return _page(request, access, form=form)
    trial = None
    with refused_at(form):
        rule = form.rule(id=uuid7(), enabled=True)
        if request.POST.get("act") != "try":
            services.add_rule(access=access, rule=rule)
            messages.success(request, _("Added. It counts for cases that come in from now on."))
            return redirect("console:triage", access.view.slug)
        trial = try_rules(access, (*rules_of(access), check_rule(rule)))
    return _page(request, access, form=form, trial=trial)


@require_http_methods(["GET", "POST"])
@member_view
def edit(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """The page with one rule opened in its place; sent, it is changed, or tried with past cases."""
    access.require_manager()
    rules = rules_of(access)
    rule = next((one for one in rules if one.id == id), None)
    if rule is None:
        raise Http404("The organisation has no such rule.")
    members = active_members(access)
    if request.method != "POST":
        return _page(request, access, edited=(id, RuleForm(initial=_initial(rule), members=members)))
    form, trial = RuleForm(request.POST, members=members), None
    if form.is_valid():
        with refused_at(form):
            changed = form.rule(id=id, enabled=rule.enabled)
            if request.POST.get("act") != "try":
                services.change_rule(access=access, rule=changed)
                messages.success(request, _("Changed. It counts for cases that come in from now on."))
                return redirect("console:triage", access.view.slug)
            trial = try_rules(access, [check_rule(changed) if one.id == id else one for one in rules])
    return _page(request, access, edited=(id, form), trial=trial)


@require_POST
@member_view
def change(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """Move a rule, switch it on or off, or remove it, as the button says."""
    access.require_manager()
    act = request.POST.get("act", "")
    with found():
        if act in {"up", "down"}:
            services.move_rule(access=access, rule=id, up=act == "up")
        elif act in {"on", "off"}:
            rule = next((one for one in rules_of(access) if one.id == id), None)
            if rule is None:
                raise Http404("The organisation has no such rule.")
            services.change_rule(access=access, rule=replace(rule, enabled=act == "on"))
        elif act == "remove":
            services.remove_rule(access=access, rule=id)
        else:
            raise Http404("There is no such act.")
    return redirect("console:triage", access.view.slug)


def _initial(rule: Rule) -> dict[str, Any]:
    lists = {"words": "\n".join(rule.words), "senders": "\n".join(rule.senders)}
    return {**asdict(rule), **lists, "assignee": str(rule.assignee or "")}


def _page(
    request: HttpRequest,
    access: Access,
    *,
    form: RuleForm | None = None,
    edited: tuple[UUID, RuleForm] | None = None,
    trial: Trial | None = None,
) -> HttpResponseBase:
    rules, members = rules_of(access), active_members(access)
    open_id, open_form = edited or (None, None)
    shown: dict[str, object] = {
        "rules": [
            (rule, _conditions(rule), _consequences(rule, members), open_form if rule.id == open_id else None)
            for rule in rules
        ],
        "full": len(rules) >= MOST_RULES,
        "most": MOST_RULES,
        "form": None if edited else form or RuleForm(members=members),
        "trial": trial,
        "applied": list(enumerate(trial.applied, start=1)) if trial else [],
        "changes": [(one, _present(one, members), _consequences(one.rule, members)) for one in _first(trial)],
        "same": sum(trial.applied) - len(trial.changes) if trial else 0,
        "left": max(0, len(trial.changes) - _SHOWN) if trial else 0,
    }
    return page(request, access, "settings", "console/triage.html", shown)


def _first(trial: Trial | None) -> tuple[Any, ...]:
    return trial.changes[:_SHOWN] if trial else ()


def _conditions(rule: Rule) -> list[tuple[str, str]]:
    """The conditions of a rule: what is looked at, and what it has to be."""
    looked = (
        (_("Words"), ", ".join(rule.words)),
        (_("Senders"), ", ".join(rule.senders)),
        (_("How it came"), str(said_as.CHANNELS[rule.channel][0]) if rule.channel else ""),
        (_("Chosen in the form"), str(said_as.TYPES[rule.form_type][0]) if rule.form_type else ""),
    )
    return [(name, wanted) for name, wanted in looked if wanted]


def _consequences(rule: Rule, members: dict[UUID, str]) -> str:
    """What a rule makes of a case, in words."""
    made = (
        str(said_as.TYPES[rule.type][0]) if rule.type else "",
        _("priority %(word)s") % {"word": said_as.PRIORITIES[rule.priority]} if rule.priority else "",
        str(said_as.MATTERS[rule.matter]) if rule.matter else "",
        members.get(rule.assignee, _("a former member")) if rule.assignee else "",
        f"#{rule.tag}" if rule.tag else "",
    )
    return " · ".join(word for word in made if word)


def _present(case: Any, members: dict[UUID, str]) -> str:
    """What a case is now, in words."""
    return " · ".join(
        (
            str(said_as.TYPES[case.type][0]),
            _("priority %(word)s") % {"word": said_as.PRIORITIES[case.priority]},
            members.get(case.assignee, _("nobody")) if case.assignee else _("nobody"),
        )
    )
