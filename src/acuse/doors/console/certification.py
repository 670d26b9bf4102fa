"""The rules that say which messages are certified: their list, changing it, and trying it out."""

from dataclasses import asdict, replace
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

from acuse.accounts.queries import Access
from acuse.delivery import services
from acuse.delivery.queries import rules_of
from acuse.delivery.rules import domain_of
from acuse.delivery.selection import MOST_RULES, Rule, applying
from acuse.doors.console.acts import found, refused_at
from acuse.doors.console.frame import member_view, page
from acuse.doors.console.handling import ACCESSES, LANGUAGES, MODES
from acuse.doors.ui.forms import StyledForm

_OPEN = ("", gettext_lazy("As by default"))


class RuleForm(StyledForm):
    """A rule; a new one where nothing else is said."""

    ids = "rule"
    sender = forms.CharField(
        label=gettext_lazy("Sender"),
        max_length=320,
        required=False,
        help_text=gettext_lazy("For example facturas@empresa.example, or *@empresa.example."),
    )
    domain = forms.CharField(
        label=gettext_lazy("Recipient's domain"),
        max_length=255,
        required=False,
        help_text=gettext_lazy("For example cliente.example, or *.cliente.example."),
    )
    subject = forms.CharField(
        label=gettext_lazy("Subject"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("For example Factura*; the * stands for anything."),
    )
    header = forms.CharField(label=gettext_lazy("Header field"), max_length=76, required=False)
    value = forms.CharField(label=gettext_lazy("Its value"), max_length=300, required=False)
    does = forms.ChoiceField(
        label=gettext_lazy("What is done"),
        choices=(("certify", gettext_lazy("Certify")), ("plain", gettext_lazy("Relay plainly, without certificate"))),
    )
    mode = forms.ChoiceField(label=gettext_lazy("What the recipient gets"), choices=(_OPEN, *MODES), required=False)
    access = forms.ChoiceField(label=gettext_lazy("What opens a notice"), choices=(_OPEN, *ACCESSES), required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=(_OPEN, *LANGUAGES), required=False)


class TryForm(StyledForm):
    """A message that might come."""

    ids = "try"
    sender = forms.CharField(label=gettext_lazy("Sender"), max_length=320)
    recipient = forms.CharField(label=gettext_lazy("Recipient"), max_length=320)
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=300, required=False)


def _conditions(rule: Rule) -> list[tuple[str, str]]:
    """The conditions of a rule: what is looked at, and its pattern."""
    looked = (
        (_("Sender"), rule.sender),
        (_("Recipient's domain"), rule.domain),
        (_("Subject"), rule.subject),
        (rule.header, (rule.value or "*") if rule.header else ""),
    )
    return [(name, pattern) for name, pattern in looked if pattern]


def _consequence(rule: Rule) -> str:
    """What a rule does, in words."""
    if not rule.certify:
        return _("Relay plainly, without certificate")
    chosen = (
        {key: str(name) for key, name in MODES}.get(rule.mode),
        {key: str(name) for key, name in ACCESSES}.get(rule.access),
        dict(LANGUAGES).get(rule.language),
    )
    return " · ".join([_("Certify"), *(word for word in chosen if word)])


def _tried(request: HttpRequest, rules: list[Rule]) -> dict[str, object]:
    """The form with which the rules are tried out, and which of them applies; nothing until it was sent."""
    if not request.GET.keys() & {"recipient", "sender"}:
        return {"try_form": TryForm()}
    form = TryForm(request.GET)
    if not form.is_valid():
        return {"try_form": form}
    given = form.cleaned_data
    applied = applying(
        rules,
        sender=given["sender"].strip(),
        domain=domain_of(given["recipient"].strip()),
        subject=given["subject"].strip(),
        values=lambda _name: (),
    )
    number = rules.index(applied) + 1 if applied else 0
    return {"try_form": form, "tried": True, "number": number, "consequence": _consequence(applied) if applied else ""}


def _page(
    request: HttpRequest, access: Access, *, form: RuleForm | None = None, edited: tuple[UUID, RuleForm] | None = None
) -> HttpResponseBase:
    rules = rules_of(access)
    open_id, open_form = edited or (None, None)
    shown = {
        "rules": [
            (rule, _conditions(rule), _consequence(rule), open_form if rule.id == open_id else None) for rule in rules
        ],
        "full": len(rules) >= MOST_RULES,
        "most": MOST_RULES,
        "form": None if edited else form or RuleForm(),
        **_tried(request, rules),
    }
    return page(request, access, "settings", "console/certification.html", shown)


def _rule(form: RuleForm, *, id: UUID, enabled: bool) -> Rule:
    """The rule that a valid form describes."""
    given = dict(form.cleaned_data)
    return Rule(id=id, enabled=enabled, certify=given.pop("does") == "certify", **given)


@require_GET
@member_view
def listing(request: HttpRequest, access: Access) -> HttpResponseBase:
    """The page; every member may read it, and try the rules out."""
    return _page(request, access)


@require_POST
@member_view
def add(request: HttpRequest, access: Access) -> HttpResponseBase:
    """Add a rule behind the others."""
    access.require_manager()
    form = RuleForm(request.POST)
    if form.is_valid():
        with refused_at(form):
            services.add_rule(access=access, rule=_rule(form, id=uuid7(), enabled=True))
            messages.success(request, _("Added. It counts for messages from some seconds on."))
            return redirect("console:rules", access.view.slug)
    return _page(request, access, form=form)


@require_http_methods(["GET", "POST"])
@member_view
def edit(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """The page with one rule opened for changing it in its place; sent, it is changed."""
    access.require_manager()
    rule = next((one for one in rules_of(access) if one.id == id), None)
    if rule is None:
        raise Http404("The organisation has no such rule.")
    kept = {**asdict(rule), "does": "certify" if rule.certify else "plain"}
    form = RuleForm(request.POST) if request.method == "POST" else RuleForm(initial=kept)
    if form.is_valid():
        with refused_at(form):
            services.change_rule(access=access, rule=_rule(form, id=id, enabled=rule.enabled))
            messages.success(request, _("Changed. It counts for messages from some seconds on."))
            return redirect("console:rules", access.view.slug)
    return _page(request, access, edited=(id, form))


@require_POST
@member_view
def change(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """Move a rule, switch it on or off, or remove it, as the button says."""
    act = request.POST.get("act", "")
    with found():
        if act in {"up", "down"}:
            services.move_rule(access=access, rule=id, up=act == "up")
        elif act in {"on", "off"}:
            rule = next((one for one in rules_of(access) if one.id == id), Rule(id=id))
            services.change_rule(access=access, rule=replace(rule, enabled=act == "on"))
        elif act == "remove":
            services.remove_rule(access=access, rule=id)
        else:
            raise Http404("There is no such act.")
    return redirect("console:rules", access.view.slug)
