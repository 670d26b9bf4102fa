"""The papers of a case: its receipt, certificates of its deadlines, its record; asked for, made, superseded."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from acuse.accounts.queries import Access
from acuse.certificates.queries import CertificateView, certificates_of_ticket
from acuse.doors.console.frame import member_view
from acuse.doors.console.ticket_words import named_deadline
from acuse.doors.ui.errors import said
from acuse.errors import InputError
from acuse.helpdesk.queries.deadlines import DeadlineName, deadline_names
from acuse.helpdesk.queries.tickets import has_ticket
from acuse.helpdesk.services.papers import KINDS, ask_deadline_paper, ask_paper

_NAMES = {
    "certificate": (
        gettext_lazy("Certificate of deadlines"),
        gettext_lazy("Whether each deadline was met, counted by its calendar."),
    ),
    "record": (
        gettext_lazy("Record of the case"),
        gettext_lazy(
            "Every fact, every message and what became of it. It carries the customer's links: give it to whom it "
            "concerns."
        ),
    ),
    "record-notes": (
        gettext_lazy("Record with internal notes"),
        gettext_lazy("The same, with what members wrote among themselves."),
    ),
    "receipt": (gettext_lazy("Receipt of entry"), gettext_lazy("What the customer wrote, when, and the tracking key.")),
}


@dataclass(frozen=True, kw_only=True)
class Paper:
    """One kind of paper of a case.

    Attributes:
        kind: as it is asked for. name, about: in words.
        issued: the newest that is made; None while there is none. earlier: those that it supersedes.
        waiting: the one that is being made, or None. once: it is made once and stays as it is.
        deadline: the one that it is about; None where it is about the whole.
    """

    kind: str
    name: Any
    about: Any
    issued: CertificateView | None
    earlier: Sequence[CertificateView]
    waiting: CertificateView | None
    once: bool
    deadline: DeadlineName | None = None

    @property
    def can_be_asked(self) -> bool:
        """Whether asking for it does something."""
        return self.waiting is None and not (self.once and self.issued)


def papers_of(access: Access, ticket: UUID) -> tuple[Paper, ...]:
    """Return the papers of a case: one of each kind, and after that of all deadlines one of each."""
    found = certificates_of_ticket(access, ticket=ticket)
    whole, *others = (_paper(kind, [one for one in found if one.kind == kind]) for kind in KINDS)
    deadlines = deadline_names(access, tickets=[ticket]).get(ticket, ())
    alone = [_paper("deadline", [one for one in found if one.deadline == each.id], each) for each in deadlines]
    return whole, *alone, *others


def _paper(kind: str, views: Sequence[CertificateView], deadline: DeadlineName | None = None) -> Paper:
    issued = [one for one in views if one.issued]
    name, about = _NAMES[kind] if deadline is None else (named_deadline(deadline), "")
    return Paper(
        kind=kind,
        deadline=deadline,
        name=name,
        about=about,
        issued=issued[0] if issued else None,
        earlier=issued[1:],
        waiting=next((one for one in views if not one.issued), None),
        once=kind == "receipt",
    )


def shown(access: Access, ticket: UUID) -> dict[str, Any]:
    """Return what the card of papers takes."""
    papers = papers_of(access, ticket)
    return {"ticket": ticket, "papers": papers, "making": any(paper.waiting for paper in papers)}


@require_GET
@member_view
def papers(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """The card alone, which a page asks for again while something is being made."""
    if not has_ticket(access, id=id):
        raise Http404("There is no such case.")
    context = {"access": access, "kept": request.GET.get("kept", "")[:2000], **shown(access, id)}
    return render(request, "console/ticket_papers.html", context)


@require_POST
@member_view
def ask(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """Ask for a paper as the case stands: of one kind, or of one of its deadlines."""
    if not has_ticket(access, id=id):
        raise Http404("There is no such case.")
    kind = request.POST.get("kind", "")
    deadline = _deadline(access, id, request.POST.get("deadline", "")) if kind == "deadline" else None
    try:
        if deadline is None:
            ask_paper(access=access, ticket=id, kind=kind)
        else:
            ask_deadline_paper(access=access, ticket=id, deadline=UUID(deadline.id))
        messages.success(request, _("It is being made. It will stand among the papers, at the right."))
    except InputError as error:
        messages.error(request, said(error))
    kept = request.POST.get("kept", "")[:2000]
    return redirect(f"/console/{access.view.slug}/tickets/{id}/{'?' + kept if kept else ''}#papers")


def _deadline(access: Access, ticket: UUID, asked: str) -> DeadlineName:
    """Return the deadline that was asked for, of this case alone."""
    found = deadline_names(access, tickets=[ticket]).get(ticket, ())
    for each in found:
        if each.id == asked:
            return each
    raise Http404("The case has no such deadline.")
