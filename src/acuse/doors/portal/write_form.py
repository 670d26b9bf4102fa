"""The fields of the public form, and the token, the hidden field and the counters that guard it."""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from math import ceil
from typing import Any
from uuid import UUID

from django import forms
from django.core import signing
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from acuse import clock
from acuse.doors.portal.reply_address import check_reply_address
from acuse.doors.ui.counters import count
from acuse.doors.ui.errors import said
from acuse.doors.ui.forms import StyledForm
from acuse.errors import InputError
from acuse.helpdesk import form_guard
from acuse.helpdesk.form_guard import Sheet, Upload, check_sheet, check_text

#: A field that people neither see nor reach; programs that fill in everything fill it in.
TRAP = "website"
TYPES = {
    "inquiry": _("Inquiry"),
    "claim": _("Claim"),
    "complaint": _("Complaint"),
    "incident": _("Incident"),
    "request": _("Request"),
    "suggestion": _("Suggestion"),
    "thanks": _("Thanks"),
}
_SALT = "acuse.office.form"
_SHOWN_NAME = 80


class WriteForm(StyledForm):
    """What a customer writes; files and consent come on the page after it."""

    name = forms.CharField(
        label=_("Your name"), max_length=form_guard.MOST_NAME, widget=forms.TextInput({"autocomplete": "name"})
    )
    address = forms.CharField(
        label=_("Your e-mail address"),
        max_length=254,
        help_text=_("We answer there, and send you a receipt at once."),
        widget=forms.EmailInput({"autocomplete": "email"}),
    )
    type = forms.ChoiceField(label=_("What is it?"), choices=tuple(TYPES.items()))
    subject = forms.CharField(label=_("In a few words"), max_length=form_guard.MOST_SUBJECT)
    text = forms.CharField(
        label=_("What happened"), max_length=form_guard.MOST_TEXT, widget=forms.Textarea({"rows": 8})
    )
    product = forms.CharField(
        label=_("Product (if it is about one)"), max_length=form_guard.MOST_PRODUCT, required=False
    )
    purchase_date = forms.DateField(
        label=_("Day of the purchase (if you know it)"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
    )

    def clean_address(self) -> str:
        """An address whose domain takes mail."""
        return _checked(check_reply_address, self.cleaned_data["address"])

    def clean_text(self) -> str:
        """Text that says something."""
        return _checked(check_text, self.cleaned_data["text"])

    def clean_purchase_date(self) -> date | None:
        """A day that has been."""
        day: date | None = self.cleaned_data["purchase_date"]
        if day is not None and not date(1900, 1, 1) <= day <= timezone.localdate():
            raise forms.ValidationError(_("That day cannot be: write when it was bought."))
        return day

    def sheet(self) -> Sheet:
        """What was written, checked by the desk's own rules.

        Raises:
            InputError: it does not fit.
        """
        return check_sheet(Sheet(**self.cleaned_data), today=timezone.localdate())


def _checked(check: Any, value: str) -> str:
    try:
        return str(check(value))
    except InputError as error:
        raise forms.ValidationError(said(error)) from error


@dataclass(frozen=True, kw_only=True)
class Token:
    """What a form carries: which it is, for whom, and when it was made.

    Attributes:
        name: of this form: sent twice with the same content, it is taken once.
        owner: the organisation, or the case, that it is for.
    """

    name: str
    owner: UUID
    made_at: datetime

    @classmethod
    def new(cls, owner: UUID) -> "Token":
        """Return one for a form that is about to be shown."""
        return cls(name=secrets.token_hex(16), owner=owner, made_at=clock.now())

    @classmethod
    def of(cls, request: HttpRequest, owner: UUID) -> "Token | None":
        """Return what a form brought back, or None where that is none of ours, or another's."""
        try:
            held = signing.loads(request.POST.get("form", ""), salt=_SALT)
            found = cls(name=held["n"], owner=UUID(held["o"]), made_at=clock.from_rfc3339(held["t"]))
        except (signing.BadSignature, KeyError, TypeError, ValueError):
            return None
        return found if found.owner == owner else None

    def signed(self) -> str:
        """Return it as the form carries it."""
        held = {"n": self.name, "o": self.owner.hex, "t": clock.to_rfc3339(self.made_at)}
        return signing.dumps(held, salt=_SALT)

    @property
    def is_stale(self) -> bool:
        """Whether it is too old to be sent."""
        return clock.now() - self.made_at > form_guard.MOST_AGE

    def renewed(self) -> "Token":
        """Return one in its place. Whoever waited for so long need not wait again."""
        return replace(Token.new(self.owner), made_at=clock.now() - form_guard.LEAST_AGE)

    def name_of(self, said: Mapping[str, object], uploads: Sequence[Upload]) -> str:
        """Return what names one sending of it: another where what it says, or a file, was changed since."""
        files = [[one.name, hashlib.sha256(one.content).hexdigest()] for one in uploads]
        content = json.dumps([said, files], default=str, sort_keys=True)
        return f"{self.name}.{hashlib.sha256(content.encode()).hexdigest()}"

    @property
    def early_milliseconds(self) -> int:
        """How long it is still too young to be sent, rounded up."""
        return ceil(form_guard.early_by(self.made_at, now=clock.now()) / timedelta(milliseconds=1))

    def check_age(self) -> None:
        """Refuse what was sent too fast, or too late. Raises InputError."""
        form_guard.check_age(self.made_at, now=clock.now())


def uploads_of(request: HttpRequest) -> list[Upload]:
    """Return the files that came with a form, once their sizes are known to fit; those nobody chose are left out.

    Raises:
        InputError: they are too many, too big together, or empty.
    """
    given = request.FILES.getlist("files")
    form_guard.check_sizes([one.size or 0 for one in given])
    return [Upload(name=one.name or "", media_type=one.content_type or "", content=one.read()) for one in given]


def names_of_files(request: HttpRequest) -> str:
    """Return how the files are called that came with a form, for the page that comes back without them."""
    return ", ".join((one.name or "")[:_SHOWN_NAME] for one in request.FILES.getlist("files")[: form_guard.MOST_FILES])


def is_over(kind: str, of: str, most: int) -> bool:
    """Count once more, and say whether that is more than `most` within the window; `of` is any text."""
    return count(counter(kind, of), seconds=form_guard.WINDOW.total_seconds()) > most


def counter(kind: str, of: str) -> str:
    """Return the key of a counter; whom it counts stands there as a keyed digest."""
    return f"form:{kind}:{signing.Signer(salt=_SALT).signature(of)}"


def limits() -> Mapping[str, int]:
    """Return what files a form takes, for its page."""
    return {
        "files": form_guard.MOST_FILES,
        "octets": form_guard.MOST_OCTETS,
        "megabytes": form_guard.MOST_OCTETS // 1_000_000,
    }
