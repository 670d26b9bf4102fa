"""The rules that say which messages are certified: their list, changing it, and trying it out."""

from dataclasses import replace
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST
from uuid6 import uuid7

from acuse.accounts.queries import Access
from acuse.delivery import services
from acuse.delivery.queries import rules_of
from acuse.delivery.rules import domain_of
from acuse.delivery.selection import MOST_RULES, Rule, applying
from acuse.doors.console.frame import member_view, page
from acuse.doors.console.handling import ACCESSES, LANGUAGES, MODES
from acuse.doors.ui.errors import said
from acuse.doors.ui.forms import StyledForm
from acuse.errors import AccessDenied, AcuseError, InputError

_OPEN = ("", gettext_lazy("As by default"))


class RuleForm(StyledForm):
    """A new rule."""

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
    found = applying(
        rules,
        sender=given["sender"].strip(),
        domain=domain_of(given["recipient"].strip()),
        subject=given["subject"].strip(),
        values=lambda _name: (),
    )
    number = rules.index(found) + 1 if found else 0
    return {"try_form": form, "tried": True, "number": number, "consequence": _consequence(found) if found else ""}


def _page(request: HttpRequest, access: Access, form: RuleForm | None = None) -> HttpResponseBase:
    rules = rules_of(access)
    shown = {
        "rules": [(rule, _conditions(rule), _consequence(rule)) for rule in rules],
        "full": len(rules) >= MOST_RULES,
        "most": MOST_RULES,
        "form": form or RuleForm(),
        **_tried(request, rules),
    }
    return page(request, access, "settings", "console/certification.html", shown)


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
        given = form.cleaned_data
        certify = given.pop("does") == "certify"
        try:
            services.add_rule(access=access, rule=Rule(id=uuid7(), certify=certify, **given))
        except AccessDenied:
            raise
        except AcuseError as error:
            form.add_error(None, said(error))
        else:
            messages.success(request, _("Added. It counts for messages from some seconds on."))
            return redirect("console:rules", access.view.slug)
    return _page(request, access, form)


@require_POST
@member_view
def change(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """Move a rule, switch it on or off, or remove it, as the button says."""
    act = request.POST.get("act", "")
    try:
        if act in {"up", "down"}:
            services.move_rule(access=access, rule=id, up=act == "up")
        elif act in {"on", "off"}:
            rule = next((one for one in rules_of(access) if one.id == id), Rule(id=id))
            services.change_rule(access=access, rule=replace(rule, enabled=act == "on"))
        elif act == "remove":
            services.remove_rule(access=access, rule=id)
        else:
            raise Http404("There is no such act.")
    except AccessDenied:
        raise
    except InputError as error:
        raise Http404(str(error)) from error
    return redirect("console:rules", access.view.slug)
