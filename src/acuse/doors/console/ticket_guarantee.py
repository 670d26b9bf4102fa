"""Claims and guarantees of a case: the letter of an act is drafted, read and changed, then sent."""

import hashlib
import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from uuid6 import uuid7

from acuse import clock
from acuse.accounts.queries import Access
from acuse.composition.bodies import preview
from acuse.dates import long_date
from acuse.doors.console.frame import member_view, page
from acuse.doors.console.ticket_words import LETTERS
from acuse.doors.ui import figures
from acuse.doors.ui.errors import said
from acuse.doors.ui.forms import StyledForm
from acuse.errors import ConflictError, InputError
from acuse.helpdesk.queries.case import CaseView, case
from acuse.helpdesk.queries.filling import listed
from acuse.helpdesk.queries.guarantee import closing_taken_back, letters_about
from acuse.helpdesk.queries.guarantee import guarantee as guarantee_of
from acuse.helpdesk.queries.writing import of_question
from acuse.helpdesk.services.conformity import LEAST_TERM
from acuse.helpdesk.services.guarantee import MOST_WORDS, USES, Given, draft, send, term_until
from acuse.helpdesk.services.opening import settings_of
from acuse.helpdesk.services.replies import MOST_BODY

ACTS = {
    "activation": gettext_lazy("Activate the guarantee"),
    "rejection": gettext_lazy("Reject, with reasons"),
    "documents": gettext_lazy("Ask for documents"),
    "suspension": gettext_lazy("Suspend"),
    "closing": gettext_lazy("Announce the closing"),
}
"""Act -> what the menu says."""

_EFFECTS = {
    "activation": gettext_lazy("Counts as an answer: it ends the first response. The resolution runs on."),
    "rejection": gettext_lazy(
        "Counts as an answer: it ends the first response. The resolution runs on until the case is over."
    ),
    "documents": gettext_lazy(
        "The customer has 10 business days, or what your terms say. What waits for documents stands still meanwhile, "
        "and the case waits for the customer."
    ),
    "suspension": gettext_lazy("No deadline stands still: a suspension by the company stops no term."),
    "closing": gettext_lazy("Without an answer within the days given, the case is closed without agreement."),
}
_STATES = {
    "noted": gettext_lazy("Noted, nothing communicated"),
    "active": gettext_lazy("Active"),
    "expired": gettext_lazy("Over"),
    "rejected": gettext_lazy("Rejected"),
    "documents": gettext_lazy("Waiting for documents"),
    "suspended": gettext_lazy("Suspended"),
    "studied": gettext_lazy("Documents asked for; the case went on"),
}
_ABOUT = {"guarantee": gettext_lazy("The guarantee"), "claim": gettext_lazy("The claim")}
_OF_PRODUCT = ("product", "purchase_date", "guarantee_until_date")
_OF_GUARANTEE = ("about", *_OF_PRODUCT)
_FIELDS = {
    "activation": (*_OF_PRODUCT, "words"),
    "rejection": (*_OF_GUARANTEE, "words"),
    "documents": (*_OF_GUARANTEE, "items"),
    "suspension": (*_OF_GUARANTEE, "words"),
    "closing": ("days",),
}

#: How long a notice may be read before it is sent: its term ends so much later than it says.
_READING = timedelta(minutes=1)
#: The hour as a letter says it after a day (`acuse.composition.variables`).
_HOUR = r", \d\d:\d\d \(UTC[^)\n]*\)"


class ActForm(StyledForm):
    """What a letter says.

    Args:
        act: the fields depend on it.
        about: what its letter can be about, as `letters_about` says: where the guarantee is not among it, no field is
            of one.
    """

    ids = "act"
    about = forms.ChoiceField(label=gettext_lazy("What the letter is about"), choices=tuple(_ABOUT.items()))
    product = forms.CharField(label=gettext_lazy("Product or work"), max_length=200, required=False)
    purchase_date = forms.DateField(
        label=gettext_lazy("Bought on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    guarantee_until_date = forms.DateField(
        label=gettext_lazy("Guarantee until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    words = forms.CharField(
        label=gettext_lazy("Reasons, or what else there is to say"),
        max_length=MOST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    items = forms.CharField(
        label=gettext_lazy("What is missing, a line each"),
        max_length=16_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    days = forms.IntegerField(
        label=gettext_lazy("Days to answer before it is closed"), min_value=LEAST_TERM.days, max_value=365, initial=15
    )

    def __init__(self, act: str, about: Sequence[str], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        names = [name for name in _FIELDS[act] if "guarantee" in about or name not in _OF_GUARANTEE]
        self.fields = {name: self.fields[name] for name in names}
        chosen = str(self["about"].value() or "") if "about" in names else ""
        self.is_about = chosen if chosen in about else next(one for one in about if act in USES[one])

    def given(self) -> Given:
        """Return what was entered, as the services take it."""
        said_ = {**self.cleaned_data, "about": self.is_about}
        return Given(items=tuple(listed(str(said_.pop("items", "")))), **said_)

    def digest(self, zone: str) -> str:
        """Return what tells whether a letter was written from what is entered now, with the day until when it gives.

        Args:
            zone: the organisation's time zone.
        """
        until = long_date(_until(self.given(), zone), "en") if "days" in self.fields else ""
        return hashlib.sha256(repr((self.given(), until)).encode()).hexdigest()


class LetterForm(StyledForm):
    """The letter, to be read and changed."""

    ids = "letter"
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=300)
    body = forms.CharField(
        label=gettext_lazy("Letter"), max_length=MOST_BODY, widget=forms.Textarea(attrs={"rows": 18})
    )


@require_http_methods(["GET", "POST"])
@member_view
def act(request: HttpRequest, access: Access, id: UUID, act: str) -> HttpResponseBase:
    """An act: what it says is entered, its letter drafted and changed, then sent."""
    seen = case(access, id=id)
    closes = settings_of(access.organisation).closing_allowed
    if seen is None or act not in _acts(about := letters_about(seen), closes=closes):
        raise Http404("There is no such act.")
    access.require_sender()
    form = ActForm(act, about, request.POST or None, initial=_known(seen))
    question, zone = _question(request), access.view.time_zone
    # What was changed in the letter stays until another one is written in its place.
    letter = LetterForm(request.POST) if "body" in request.POST else None
    written_from = request.POST.get("written_from", "")
    if request.method == "GET" and act == "closing" and "taken_back" in request.GET:
        form, letter, written_from = _taken_back(request, access, id, question)
    if request.method == "POST" and form.is_valid():
        try:
            if letter is None or request.POST.get("do") != "send":
                written = draft(access=access, ticket=id, act=act, given=form.given(), request=question)
                letter = LetterForm(initial={"subject": written.subject, "body": written.body})
                written_from = form.digest(zone)
            elif written_from != form.digest(zone):
                raise ConflictError(
                    "What the letter was written from was changed since. Write it anew, or change it back."
                )
            elif letter.is_valid():
                _send(request, access, id, act, form, letter, question)
                return redirect("console:ticket", access.view.slug, id)
        except (InputError, ConflictError) as error:
            form.add_error(None, said(error))
    context = {
        "case": seen,
        "row": seen.row,
        "form": form,
        "letter": letter,
        "act": act,
        "title": LETTERS[USES[form.is_about][act]],
        "of_claim_alone": act != "closing" and "guarantee" not in about,
        "effect": _EFFECTS[act],
        "written_from": written_from,
        "preview": preview(str(letter["body"].value() or "")[:MOST_BODY]) if letter else "",
        "question": question,
        # Whoever was told what happened meanwhile can send the same letter again.
        "revision": seen.row.revision if form.errors else request.POST.get("revision") or seen.row.revision,
    }
    return page(request, access, "tickets", "console/ticket_guarantee.html", context)


def _taken_back(request: HttpRequest, access: Access, id: UUID, question: UUID) -> tuple[ActForm, LetterForm, str]:
    """Return a notice of closing that was taken back, to be sent with a question of its own, and its form's digest.

    It stays as it was written but for the end of its term, which is now another. Where the letter does not say that as
    its template would, the digest is "": it has to be written anew.

    Raises:
        Http404: there is none.
    """
    row = closing_taken_back(access, ticket=id, outgoing=_identifier(request.GET["taken_back"]))
    if row is None or row.term_until is None:
        raise Http404("No such notice was taken back.")
    form = ActForm("closing", ("claim",), {"days": (row.term_until - row.created_at).days})
    form.full_clean()
    zone, body, ends = access.view.time_zone, of_question(row.body, question), True
    if term_until(form.given()) - row.term_until > _READING:
        fresh = draft(access=access, ticket=id, act="closing", given=form.given(), request=question).body
        before, after = row.term_until.astimezone(ZoneInfo(zone)).date(), _until(form.given(), zone)
        body, ends = _ending(body, fresh, *(long_date(day, row.language) for day in (before, after)))
    letter = LetterForm(initial={"subject": row.subject, "body": body})
    return form, letter, form.digest(zone) if ends else ""


def _ending(body: str, fresh: str, before: str, after: str) -> tuple[str, bool]:
    """Return a letter with the end of its term as a fresh one says it, and whether it says no other.

    Args:
        body, fresh: the letters. before, after: the days on which their terms end, in words.
    """
    said_ = re.search(re.escape(after) + _HOUR, fresh)
    if said_ is None:
        return body, body == fresh
    moved, found = re.subn(re.escape(before) + _HOUR, said_[0], body)
    return moved, found > 0 and (before == after or before not in moved)


def _until(given: Given, zone: str) -> date:
    """Return the day on which the term of a notice of closing that is sent now ends."""
    return term_until(given).astimezone(ZoneInfo(zone)).date()


def _send(
    request: HttpRequest, access: Access, id: UUID, act: str, form: ActForm, letter: LetterForm, question: UUID
) -> None:
    revision = request.POST.get("revision", "")
    send(
        access=access,
        ticket=id,
        act=act,
        given=form.given(),
        subject=letter.cleaned_data["subject"],
        body=letter.cleaned_data["body"].replace("\r\n", "\n"),
        request=question,
        revision=int(revision) if revision.isdecimal() and len(revision) < 10 else None,
    )
    messages.success(request, _("The letter leaves in a few seconds. Until then it can be taken back."))


def _question(request: HttpRequest) -> UUID:
    """Return the identifier of the question whose link the letter carries: the one that it was drafted with."""
    return _identifier(request.POST["question"]) if "question" in request.POST else uuid7()


def _identifier(text: str) -> UUID:
    """Return an identifier that this page wrote.

    Raises:
        Http404: it was changed by hand.
    """
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404("There is no such letter.") from error


def _acts(about: Sequence[str], *, closes: bool) -> list[str]:
    """Return the acts on a case, in their order, by what its letters can be about and whether it may be closed."""
    return [act for act in ACTS if any(act in USES[one] for one in about) and (closes or act != "closing")]


def _known(seen: CaseView) -> dict[str, Any]:
    """Return what the case knows already, for the fields."""
    return {
        "about": letters_about(seen)[0],
        "product": seen.product,
        "purchase_date": seen.purchase_date,
        "guarantee_until_date": seen.guarantee_until_date,
    }


def shown(access: Access, seen: CaseView, *, closes: bool) -> dict[str, Any]:
    """Return the guarantee of a case for its card: state in words, since when, until when; and the menu of acts.

    Args:
        access: of who looks. seen: the case. closes: whether a notice of closing can be sent.
    """
    today = clock.now().astimezone(ZoneInfo(access.view.time_zone)).date()
    found, about = guarantee_of(access, seen, today=today), letters_about(seen)
    return {
        "noted": "guarantee" in about,
        "state": _STATES.get(found.state, ""),
        "said_at": found.said_at,
        "until": long_date(found.until_date, figures.language()) if found.until_date else "",
        "acts": [(code, ACTS[code]) for code in _acts(about, closes=closes)],
    }
