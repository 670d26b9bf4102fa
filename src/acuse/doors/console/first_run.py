"""The list before anything was sent: the steps to the first certificate and to a desk, and what it will look like."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from acuse.accounts import queries as accounts
from acuse.accounts.queries import Access
from acuse.doors.console.frame import page
from acuse.evidence.queries import LedgerState, ledger_state
from acuse.helpdesk.queries.mailboxes import mailboxes


@dataclass(frozen=True, kw_only=True)
class Task:
    """One step: done, warned (works, but somebody should know) or open."""

    key: str
    title: str
    text: str
    state: str


def tasks(access: Access, state: LedgerState) -> list[Task]:
    """The steps, each with its state as it is now."""
    view = access.view
    credentials = [one for one in accounts.credentials(access) if one.revoked_at is None]
    patterns = sorted(accounts.sender_patterns(access.organisation))
    addresses = [one.address for one in mailboxes(access)]
    language = _("Spanish") if view.language == "es" else _("English")
    about = _("%(name)s, certificates in %(language)s, times of %(zone)s") % {
        "name": view.name,
        "language": language,
        "zone": view.time_zone,
    }
    return [
        Task(key="organisation", title=_("Organisation and language"), text=about, state="done"),
        _ledger_task(state),
        Task(
            key="senders",
            title=_("Sender addresses"),
            text=", ".join(patterns) or _("List the addresses or domains as which your programs send."),
            state="done" if patterns else "open",
        ),
        Task(
            key="credential",
            title=_("SMTP credential"),
            text=", ".join(one.name for one in credentials)
            or _("One for each program, so that you can revoke one without stopping the others."),
            state="done" if credentials else "open",
        ),
        Task(
            key="send",
            title=_("First communication"),
            text=_("With your own mail program, CRM or ERP, through the SMTP connector."),
            state="open",
        ),
        Task(
            key="desk",
            title=_("The desk for your customers"),
            text=", ".join(addresses) or _("Mailbox, form, telephone, hours and deadlines: one form sets them up."),
            state="done" if addresses else "open",
        ),
    ]


def _ledger_task(state: LedgerState) -> Task:
    if state.anchor_development:
        text = _(
            "It uses the development authority. Everything it stamps says: “Development time stamp – no legal value”."
        )
        return Task(key="stamp", title=_("Ledger and time stamp"), text=text, state="warned")
    if state.anchored_at is None:
        text = _("The first time stamp has not come yet; it is asked for by itself.")
        return Task(key="stamp", title=_("Ledger and time stamp"), text=text, state="open")
    text = _("Ledger %(origin)s, stamped by %(service)s") % {"origin": state.origin, "service": state.anchor_service}
    return Task(key="stamp", title=_("Ledger and time stamp"), text=text, state="done")


def first_run(request: HttpRequest, access: Access) -> HttpResponseBase:
    """The page."""
    steps = tasks(access, ledger_state())
    credentials = [one for one in accounts.credentials(access) if one.revoked_at is None]
    context = {
        "tasks": steps,
        "done": sum(step.state == "done" for step in steps),
        "warned": sum(step.state == "warned" for step in steps),
        "open": sum(step.state == "open" for step in steps),
        "next": next((step.key for step in steps if step.state == "open"), ""),
        "connector": settings.ACUSE,
        "username": credentials[0].username if credentials else "",
        "sandbox": settings.ACUSE.sandbox,
    }
    return page(request, access, "communications", "console/first_run.html", context)
