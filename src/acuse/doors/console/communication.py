"""One communication: the verdict, how far it got, what that does not prove, and every fact behind it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from acuse.accounts.queries import Access
from acuse.certificates import queries as certificates
from acuse.certificates import services as certificate_services
from acuse.certificates.queries import CertificateView
from acuse.certificates.rules import CHANGES
from acuse.clock import from_rfc3339
from acuse.delivery import queries as delivery
from acuse.delivery.queries import AttemptView, CommunicationView
from acuse.delivery.queries.access import open_link, quotes_link
from acuse.doors.console import content, frame, resending, timeline, wording
from acuse.doors.console.certificates import issued
from acuse.doors.console.dialogue_words import sentence
from acuse.doors.console.given_up import given_up
from acuse.doors.console.kept import from_custody
from acuse.doors.ui.limits import limits_sentence
from acuse.doors.ui.qr import qr_svg
from acuse.doors.ui.security import download
from acuse.errors import AcuseError
from acuse.evidence import queries as evidence
from acuse.evidence.anchors import development_anchors, is_development_document
from acuse.evidence.queries import LedgerState
from acuse.mail.diagnostics import in_language
from acuse.proof.verdicts.delivery import Verdict, verdict

TABS = ("facts", "attempts", "recipient")
MAX_LINES = 2000


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a raw dialogue.

    Attributes:
        sentence: what it says, where its text is not something said on the line; "" where it is.
    """

    at: str
    side: str
    word: str
    text: str
    sentence: str = ""


def _found(access: Access, identity: UUID) -> CommunicationView:
    view = delivery.communication(access, id=identity)
    if view is None:
        raise Http404("The organisation has no such communication.")
    return view


def _entries(access: Access, view: CommunicationView, judged: Verdict, state: LedgerState) -> list[timeline.Entry]:
    base = reverse("console:ledger", args=[access.view.slug])
    stamped = development_anchors([item.position for item in view.facts if item.position is not None])
    facts = [item.fact for item in view.facts]
    entries = []
    for item in view.facts:
        if not timeline.shown(item.fact):
            continue
        mark = timeline.evidence_state(item.position, anchored_size=state.anchored_size)
        place = [access.view.slug, view.row.id, item.fact.subject_sequence]
        entries.append(
            timeline.entry(
                item.fact,
                position=item.position,
                state=mark,
                development=item.position is not None and stamped.get(item.position, state.anchor_development),
                ledger_url=f"{base}?entry={item.organisation_sequence}",
                dialogue_url=reverse("console:dialogue", args=place),
                message_url=reverse("console:returned", args=place),
                decisive=judged.decisive == item.fact,
                around=facts,
            )
        )
    return entries


def _current(documents: tuple[CertificateView, ...], kind: str) -> CertificateView | None:
    """The document to show first: the newest issued one, else the request for the first."""
    mine = [one for one in documents if one.kind == kind]
    return next((one for one in mine if one.issued), mine[0] if mine else None)


def _upcoming(documents: tuple[CertificateView, ...], shown: CertificateView | None) -> CertificateView | None:
    """The request for the version that will supersede the certificate shown, or None."""
    if shown is None or not shown.issued:
        return None
    return next((one for one in documents if one.kind == shown.kind and one.revision > shown.revision), None)


def _ended(view: CommunicationView, judged: Verdict) -> bool:
    """Whether nothing more is sent by itself; that an undetermined one has no tries left, its row knows."""
    return judged.final or (judged.outcome == "undetermined" and view.row.status != "in_progress")


def _sealing(
    view: CommunicationView, judged: Verdict, shown: CertificateView | None, receipt: CertificateView | None
) -> bool:
    """Whether a document is under way that the page does not show yet."""
    certificate = _ended(view, judged) and view.row.certified and not (shown and shown.issued)
    return certificate or bool(receipt and not receipt.issued)


def _next_reason(view: CommunicationView, shown: CertificateView | None, upcoming: CertificateView | None) -> str:
    """Why there will be another version: the weightiest of what the certificate shown does not tell."""
    if shown is None or upcoming is None or shown.facts_up_to is None:
        return ""
    told = shown.facts_up_to
    later = {item.fact.type for item in view.facts if item.position is None or item.position > told}
    return wording.reason(next((change for change in CHANGES if change in later), upcoming.reason))


def _is_development(shown: CertificateView | None, state: LedgerState) -> bool:
    """By the document's own time stamp and seal; before there is one, by what would be used now."""
    if shown is None or shown.facts_up_to is None or shown.issued_at is None:
        return state.anchor_development
    return is_development_document(facts_up_to=shown.facts_up_to, issued_at=shown.issued_at)


def _tries(
    view: CommunicationView, entries: Sequence[timeline.Entry]
) -> list[tuple[AttemptView, timeline.Entry | None]]:
    """Each try with the entry of the fact that closed it; None while it is under way."""
    closed = {entry.attempt: entry for entry in entries if entry.attempt is not None}
    return [(attempt, closed.get(attempt.number)) for attempt in view.attempts]


@require_GET
@frame.member_view
def page(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """The page of one communication."""
    view = _found(access, id)
    facts = [item.fact for item in view.facts]
    judged = verdict(facts)
    state = evidence.ledger_state()
    documents = certificates.certificates_of(access, communication=view.row.id)
    shown, receipt = _current(documents, "certificate"), _current(documents, "receipt")
    upcoming = _upcoming(documents, shown)
    link = open_link(access, communication=view.row.id)
    tab = request.GET.get("tab", "facts")
    utc = request.GET.get("utc") == "1"
    with timezone.override("UTC") if utc else timezone.override(timezone.get_current_timezone()):
        entries = _entries(access, view, judged, state)
        context = {
            "view": view,
            "row": view.row,
            "verdict": judged,
            "sentence": wording.sentence(judged, facts),
            "limits": limits_sentence(judged.limits),
            "ladder": wording.ladder(judged),
            "ladder_label": wording.ladder_label(judged),
            "status": wording.status(view.row.status, outcome=view.row.outcome, unopened=view.row.unopened),
            "entries": entries,
            "tries": _tries(view, entries),
            "given_up": given_up(facts),
            "awaited": timeline.awaited(
                final=_ended(view, judged),
                certified=view.row.certified,
                issued=bool(shown and shown.issued and not upcoming),
                until=link.expires_at if link and link.accepted_at is None else None,
                opened=bool(link and link.opened_at),
                facts=facts,
            ),
            "certificate": shown,
            "next_version": upcoming,
            "next_reason": _next_reason(view, shown, upcoming),
            "receipt": receipt,
            "issued": issued(documents),
            "seals": _sealing(view, judged, shown, receipt),
            "revisions": [one for one in documents if one.kind == "certificate" and one.issued and one is not shown],
            "qr": qr_svg(f"{settings.ACUSE.public_url.rstrip('/')}/v/{shown.code}") if shown and shown.issued else "",
            "development": _is_development(shown, state),
            "state": state,
            "tab": tab if tab in TABS else "facts",
            "utc": utc,
            "content": content.summary(access, view),
            "resending": resending.card(access, view.row),
            "link": link,
            "accepted": facts[0].details,
        }
        return frame.page(request, access, "communications", "console/communication.html", context)


def _side(value: str) -> tuple[str, str]:
    return {
        "client": ("client", _("Acuse")),
        "server": ("server", _("server")),
        "dns": ("dns", "DNS"),
        "tls": ("tls", "TLS"),
        "policy": ("tls", _("policy")),
        "connect": ("connect", _("network")),
    }.get(value, ("other", value[:20]))


def _text(members: dict[str, Any]) -> str:
    if "text" in members:
        text = str(members["text"]).rstrip("\r\n")
        ours = members["from"] not in {"client", "server"}
        return in_language(text, get_language() or "en")[0] if ours else text
    if "base64" in members:
        return _("(bytes that are not text, in base64) %(bytes)s") % {"bytes": members["base64"]}
    kept = {name: value for name, value in members.items() if name not in {"at", "from"}}
    answers = kept.get("answers")
    if isinstance(answers, dict) and isinstance(answers.get("mx"), list):
        return "\n".join(f"MX {one['preference']} {one['host']} {' '.join(one['addresses'])}" for one in answers["mx"])
    if kept and all(isinstance(value, str) for value in kept.values()):
        return " ".join(kept[name] for name in sorted(kept, reverse=True))
    return json.dumps(kept, ensure_ascii=False)


def read_dialogue(raw: bytes) -> list[Line]:
    """The lines of a transcript (JSON Lines), at most ``MAX_LINES``; one that is not understood is shown as it is."""
    lines = []
    for text in raw.decode("utf-8", "replace").splitlines()[:MAX_LINES]:
        try:
            members = json.loads(text)
            moment = timezone.localtime(from_rfc3339(str(members["at"])))
            side, word = _side(str(members["from"]))
            at = f"{moment:%H:%M:%S}.{moment.microsecond // 1000:03d}"
            lines.append(Line(at=at, side=side, word=word, text=_text(members), sentence=sentence(members)))
        except (ValueError, KeyError, TypeError, AcuseError):
            lines.append(Line(at="", side="other", word="", text=text))
    return lines


@require_GET
@frame.member_view
@from_custody
def dialogue(request: HttpRequest, access: Access, id: UUID, sequence: int) -> HttpResponseBase:
    """The complete raw dialogue that one fact cites."""
    view = _found(access, id)
    raw = delivery.dialogue(access, id=id, sequence=sequence)
    if raw is None:
        raise Http404("That fact cites no dialogue.")
    fact = next(item.fact for item in view.facts if item.fact.subject_sequence == sequence)
    digest = next(reference.sha256 for reference in fact.objects if reference.role == "smtp-dialogue")
    context = {
        "view": view,
        "row": view.row,
        "lines": read_dialogue(raw),
        "told": timeline.tell(fact),
        "fact": fact,
        "digest": digest,
    }
    return frame.page(request, access, "communications", "console/dialogue.html", context)


@require_GET
@frame.member_view
@from_custody
def returned(request: HttpRequest, access: Access, id: UUID, sequence: int) -> HttpResponseBase:
    """What came in and one fact cites, byte for byte: saved, never shown; not what holds a recipient's link."""
    raw = delivery.returned_message(access, id=id, sequence=sequence)
    if raw is None:
        raise Http404("That fact cites no message that came in.")
    if quotes_link(raw):
        messages.error(request, frame.withheld())
        return redirect("console:communication", access.view.slug, id)
    return download(raw, filename=f"{id}-{sequence}.eml", media_type="message/rfc822")


@require_POST
@frame.member_view
def receipt(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """Ask for the acceptance receipt; it is sealed on the first request. Auditors read only."""
    access.require_sender()
    view = _found(access, id)
    if not view.row.certified:
        raise Http404("What is relayed plainly has no receipt.")
    certificate_services.request_receipt(organisation=access.organisation, communication=view.row.id)
    messages.success(request, _("The receipt was asked for. It appears on this page as soon as it is sealed."))
    return redirect("console:communication", access.view.slug, view.row.id)
