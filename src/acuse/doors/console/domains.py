"""Sending domains: the keys that sign their mail, and what the DNS says of them, in plain words."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from acuse import clock
from acuse.accounts.queries import Access
from acuse.delivery import domains
from acuse.delivery.domains import DomainView
from acuse.delivery.services import signing_keys
from acuse.delivery.services.signing_keys import SigningKeyView
from acuse.doors.console.domain_words import advice, chip, key_chip, purpose
from acuse.doors.console.frame import member_view, page
from acuse.doors.ui.errors import said
from acuse.errors import AccessDenied, AcuseError, InputError
from acuse.mail.sending_domain import MISSING, WRONG, Finding
from acuse.proof.facts.fact import Actor

_NAMES = {"dkim": "DKIM", "spf": "SPF", "dmarc": "DMARC", "mx": "MX", "tls_rpt": "TLS-RPT", "mta_sts": "MTA-STS"}


@dataclass(frozen=True, kw_only=True)
class Card:
    """One record as the page shows it.

    Attributes:
        purpose: what it is for. chip: class, icon and word of its state. advice: what to do, or that all is well.
        key: whose record it is; None of others.
        may_leave: the key is out of use for long enough.
    """

    title: str
    purpose: str
    chip: tuple[str, str, str]
    advice: str
    name: str
    kind: str
    found: tuple[str, ...]
    publish: str
    key: SigningKeyView | None = None
    may_leave: bool = False


@dataclass(frozen=True, kw_only=True)
class Section:
    """One domain on the page.

    Attributes:
        ready: every record that people should have is right. can_make: no key waits for its record.
        rotates: a key made now would take the place of another.
    """

    view: DomainView
    cards: tuple[Card, ...]
    ready: bool
    can_make: bool
    rotates: bool


def _card(finding: Finding) -> Card:
    return Card(
        title=_NAMES[finding.check],
        purpose=purpose(finding.check),
        chip=chip(finding),
        advice=advice(finding),
        name=finding.name,
        kind=finding.kind,
        found=finding.found,
        publish=finding.publish if finding.state in {MISSING, WRONG} else "",
    )


def _key_card(key: SigningKeyView, finding: Finding | None) -> Card:
    """A key with what the DNS said of it, where it was asked since the key was made."""
    return Card(
        title=f"DKIM {key.selector}",
        purpose=purpose("dkim"),
        chip=key_chip(key, finding),
        advice=_key_advice(key, finding),
        name=key.name,
        kind="TXT",
        found=finding.found if finding else (),
        publish=key.record if _to_publish(key, finding) else "",
        key=key,
        may_leave=key.leaves_at is not None and key.leaves_at <= clock.now(),
    )


def _to_publish(key: SigningKeyView, finding: Finding | None) -> bool:
    """Whether the record is shown: it should be there, and was not seen."""
    if finding is not None and finding.state in {MISSING, WRONG}:
        return True
    return key.state == "made" or (key.state == "active" and finding is None)


def _key_advice(key: SigningKeyView, finding: Finding | None) -> str:
    if key.state == "retiring":
        return _("It no longer signs. Leave its record in the DNS as long as mail that it signed may be under way.")
    if finding is not None:
        return advice(finding)
    if key.state == "active":
        return _("It signs. Whether its record is still in the DNS has not been looked up yet: check it now.")
    return _("Publish this record at your DNS provider; then have Acuse look for it and sign with the key.")


def _section(view: DomainView) -> Section:
    seen = {finding.name: finding for finding in view.findings if finding.check == "dkim"}
    keys = [_key_card(key, seen.get(key.name)) for key in view.keys]
    states = {key.state for key in view.keys}
    others = [
        _card(finding)
        for finding in view.findings
        if finding.check != "dkim" or (not finding.name and not states & {"made", "active"})
    ]
    wanted = [finding for finding in view.findings if finding.check not in {"tls_rpt", "mta_sts"}]
    return Section(
        view=view,
        cards=(*keys, *others),
        ready=bool(wanted) and "active" in states and all(finding.ok for finding in wanted),
        can_make="made" not in states,
        rotates="active" in states,
    )


@require_GET
@member_view
def listing(request: HttpRequest, access: Access) -> HttpResponseBase:
    """The page; every member may read it."""
    sections = [_section(view) for view in domains.sending_domains(access)]
    return page(request, access, "settings", "console/domains.html", {"sections": sections})


@require_POST
@member_view
def check(request: HttpRequest, access: Access) -> HttpResponseBase:
    """Ask the DNS about a domain again."""
    domain = request.POST.get("domain", "")[:253]
    try:
        domains.check_domain(access=access, domain=domain)
        messages.success(request, _("Checked: this is what the DNS says now."))
    except AccessDenied:
        raise
    except AcuseError as error:
        messages.error(request, said(error))
    return redirect("console:domains", access.view.slug)


@require_POST
@member_view
def make_key(request: HttpRequest, access: Access) -> HttpResponseBase:
    """Make a key, the first of a domain or the one that takes the place of another."""
    access.require_manager()
    try:
        signing_keys.make_signing_key(
            organisation=access.organisation, domain=request.POST.get("domain", "")[:253], actor=_actor(access)
        )
        messages.success(request, _("The key is made. Publish its record; it signs once Acuse has seen it there."))
    except AcuseError as error:
        messages.error(request, said(error))
    return redirect("console:domains", access.view.slug)


@require_POST
@member_view
def start_signing(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """Look for a key's record and, where it is, sign with the key."""
    try:
        domains.start_signing(access=access, key=id)
        messages.success(request, _("The record is there: mail is signed with this key from now on."))
    except AccessDenied:
        raise
    except InputError as error:
        raise Http404(str(error)) from error
    except AcuseError as error:
        messages.error(request, said(error))
    return redirect("console:domains", access.view.slug)


@require_POST
@member_view
def retire_key(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """Stop signing with a key, give up one that waits, or put away one that is no longer needed."""
    access.require_manager()
    try:
        signing_keys.retire_signing_key(organisation=access.organisation, key=id, actor=_actor(access))
        messages.success(request, _("Done. The change is recorded in the ledger."))
    except InputError as error:
        raise Http404(str(error)) from error
    except AcuseError as error:
        messages.error(request, said(error))
    return redirect("console:domains", access.view.slug)


def _actor(access: Access) -> Actor:
    return Actor(kind="member", id=str(access.member))
