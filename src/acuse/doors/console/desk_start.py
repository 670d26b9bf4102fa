"""From nothing to a working desk in one form: hours, terms, a mailbox, a telephone line and the public page.

Each part is a transaction of its own. What one refuses leaves those before it done: the page shows them so, and asks
for the rest alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from acuse import clock
from acuse.accounts import services as accounts
from acuse.accounts.queries import Access
from acuse.calendars.presets import PRESETS
from acuse.calendars.queries import calendars
from acuse.calendars.regions import REGIONS, with_region
from acuse.calendars.services import publish_calendar
from acuse.doors.console.acts import refused_at
from acuse.doors.console.frame import member_view, page
from acuse.doors.ui.forms import StyledForm
from acuse.helpdesk import packs
from acuse.helpdesk.queries.lines import lines
from acuse.helpdesk.queries.mailboxes import mailboxes
from acuse.helpdesk.queries.policies import current_policy
from acuse.helpdesk.services.changes import by
from acuse.helpdesk.services.lines import add_line
from acuse.helpdesk.services.mailboxes import add_mailbox
from acuse.helpdesk.services.opening import settings_of
from acuse.helpdesk.services.policies import publish_policy
from acuse.helpdesk.services.portal import change_portal, standard_consent
from acuse.mail.choices import LANGUAGES
from acuse.proof.policy import Policy

_HOURS = (
    ("office", gettext_lazy("Monday to Friday, 9:00 to 18:00")),
    ("shop", gettext_lazy("A shop that closes at midday, and opens on Saturday morning")),
    ("seasons", gettext_lazy("Hours that change with the season")),
    ("always", gettext_lazy("Always open")),
)
_TERMS = (
    ("standard", gettext_lazy("24 hours to answer, 48 business hours to resolve")),
    ("ley-10-2025", gettext_lazy("Those of Ley 10/2025")),
    ("both", gettext_lazy("Both")),
    ("", gettext_lazy("None")),
)
_REGIONS = (("", gettext_lazy("None")), *REGIONS.items())


class StartForm(StyledForm):
    """What a desk needs; fields of what is there already are left out."""

    ids = "start"
    hours = forms.ChoiceField(
        label=gettext_lazy("When you attend customers"),
        choices=_HOURS,
        help_text=gettext_lazy("Only to begin with: every hour and day can be changed afterwards."),
    )
    region = forms.ChoiceField(label=gettext_lazy("Whose holidays"), choices=_REGIONS, required=False, initial="ES")
    terms = forms.ChoiceField(
        label=gettext_lazy("Deadlines of new cases"), choices=_TERMS, required=False, initial="standard"
    )
    address = forms.EmailField(
        label=gettext_lazy("Address at which customers write"),
        max_length=320,
        help_text=gettext_lazy("For example atencion@empresa.example. Answers go out under it."),
    )
    number = forms.CharField(label=gettext_lazy("Telephone number, if there is one"), max_length=32, required=False)
    public = forms.BooleanField(
        label=gettext_lazy("Switch the public page on, with a form to write by"),
        required=False,
        initial=True,
        help_text=gettext_lazy(
            "The form asks customers to agree that their data are used, in words that you can change."
        ),
    )


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of the desk: what it is called, whether it is there, what it says, and the page that changes it."""

    title: str
    done: bool
    text: str
    page: str


@require_http_methods(["GET", "POST"])
@member_view
def start(request: HttpRequest, access: Access) -> HttpResponseBase:
    """The page; sent, it makes what is missing."""
    access.require_manager()
    form = StartForm(request.POST or None)
    for name in _there(access):
        del form.fields[name]
    if request.method == "POST" and form.is_valid() and _made(access, form):
        messages.success(request, _("The desk is ready."))
        return redirect("console:desk-start", access.view.slug)
    parts = _parts(access)
    done = sum(part.done for part in parts)
    context: dict[str, object] = {
        "form": form,
        "parts": parts,
        "done": done,
        "open": len(parts) - done,
        "mailboxes": mailboxes(access),
    }
    return page(request, access, "settings", "console/desk_start.html", context)


def _there(access: Access) -> list[str]:
    """The fields of what is there already."""
    found = {
        "hours": bool(calendars(access)),
        "region": bool(calendars(access)),
        "terms": current_policy(access.organisation) is not None,
        "address": bool(mailboxes(access)),
        "number": bool(lines(access)),
        "public": settings_of(access.organisation).portal_enabled,
    }
    return [name for name, there in found.items() if there]


def _made(access: Access, form: StartForm) -> bool:
    """Make what was asked for, one part after the other; say at its field what is refused."""
    given = form.cleaned_data
    with refused_at(form, "hours" if "hours" in given else None):
        calendar = _calendar(access, given)
    if form.errors:
        return False
    with refused_at(form, "terms" if "terms" in given else None):
        _terms(access, given, calendar)
    with refused_at(form, "address" if "address" in given else None):
        _mailbox(access, given)
    with refused_at(form, "number" if "number" in given else None):
        if given.get("number", "").strip():
            with translation.override(_language(access)):
                name = _("Telephone")
            add_line(access=access, name=name, number=given["number"], calendar=calendar, public=True)
    boxes = mailboxes(access)
    if given.get("public") and boxes and not form.errors:
        with refused_at(form, "public"):
            _public(access, boxes[0].id)
    return not form.errors


def _public(access: Access, mailbox: UUID) -> None:
    """Switch the public page on with its form, which asks for consent; what else is set stays."""
    row = settings_of(access.organisation)
    change_portal(
        access=access,
        portal_enabled=True,
        form_enabled=True,
        form_mailbox=mailbox,
        quiet_hours_public=row.quiet_hours_public,
        portal_indexed=row.portal_indexed,
        welcome=row.welcome,
        consent=row.consent or standard_consent(access.view.name),
        data_policy=row.data_policy,
    )


def _calendar(access: Access, given: Mapping[str, Any]) -> UUID:
    kept = calendars(access)
    if kept:
        return kept[0].id
    year = _today(access).year
    with translation.override(_language(access)):
        name = _("Opening hours")
    return publish_calendar(
        access=access,
        name=name,
        zone=access.view.time_zone,
        definition=with_region(PRESETS[given["hours"]], given["region"], year - 1, year + 1),
    )


def _language(access: Access) -> str:
    """The organisation's: what is made here is read by its customers and stands in its papers."""
    return access.view.language if access.view.language in LANGUAGES else "es"


def _today(access: Access) -> datetime:
    return clock.now().astimezone(ZoneInfo(access.view.time_zone))


def _terms(access: Access, given: Mapping[str, Any], calendar: UUID) -> None:
    chosen = given.get("terms", "")
    codes = ("standard", "ley-10-2025") if chosen == "both" else (chosen,) if chosen else ()
    terms = tuple(term for code in codes for term in packs.pack(code, calendar=calendar, language=_language(access)))
    if terms:
        publish_policy(access=access, terms=Policy(terms=terms).members())


def _mailbox(access: Access, given: Mapping[str, Any]) -> None:
    """Set the mailbox up; that answers go out under its address is what listing it as a sender means."""
    if "address" in given:
        accounts.add_sender_identity(organisation=access.organisation, pattern=given["address"], actor=by(access))
        add_mailbox(access=access, name="", address=given["address"])


def _parts(access: Access) -> list[Part]:
    """What a desk has, part by part."""
    boxes, numbers, hours = mailboxes(access), lines(access), calendars(access)
    policy, settings = current_policy(access.organisation), settings_of(access.organisation)
    return [
        Part(
            title=_("Hours"),
            done=bool(hours),
            text=", ".join(one.name for one in hours)
            or _("When you attend customers: business time is counted by it."),
            page="calendars",
        ),
        Part(
            title=_("Deadlines"),
            done=policy is not None,
            text=", ".join(term.name for term in policy.policy.terms)
            if policy
            else _("By when each case is answered and resolved."),
            page="terms",
        ),
        Part(
            title=_("Mailbox"),
            done=bool(boxes),
            text=", ".join(one.address for one in boxes)
            or _("What customers write to it opens cases, and they get a receipt."),
            page="desk-settings",
        ),
        Part(
            title=_("Telephone"),
            done=bool(numbers),
            text=", ".join(one.number for one in numbers) or _("Optional: the line that customers call."),
            page="lines",
        ),
        Part(
            title=_("Public page"),
            done=settings.portal_enabled,
            text=_("with a form to write by")
            if settings.form_enabled
            else _("Frequent questions, a form, and how a case is going."),
            page="portal-settings",
        ),
    ]
