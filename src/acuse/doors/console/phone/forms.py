"""What is entered of a call: the call itself, and which case it is about."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from acuse import clock
from acuse.accounts.queries import Access
from acuse.calendars.zones import zone
from acuse.doors.console import ticket_words
from acuse.doors.ui.errors import said
from acuse.doors.ui.forms import StyledForm
from acuse.doors.ui.phone_words import RESULTS, seconds
from acuse.errors import InputError
from acuse.helpdesk.call_rules import MOST_OUTCOME, Entered, faults_of, read_number
from acuse.helpdesk.call_times import read_moment, read_seconds
from acuse.helpdesk.queries.calls import CallRow, found_cases
from acuse.helpdesk.queries.lines import LineView
from acuse.helpdesk.services.calls import Opening

NONE, NEW, EXISTING = "none", "new", "existing"
MOST_WORDS = 80
_MOMENT = "%Y-%m-%dT%H:%M:%S"
#: What stands in the form only where somebody wrote it.
_TOLD = ("number", "waited", "talked", "outcome")


class MomentField(forms.DateTimeField):
    """A moment by the clock of whoever enters it; of an hour that clocks show twice, the first."""

    def to_python(self, value: Any) -> datetime | None:
        """Read it, or say what is wrong with it."""
        if not value or isinstance(value, datetime):
            return super().to_python(value)
        try:
            return read_moment(str(value)[:40], zone=zone(timezone.get_current_timezone_name())).at
        except InputError as error:
            raise forms.ValidationError(said(error)) from error


class CallForm(StyledForm):
    """A call as somebody remembers it."""

    ids = "call"
    number = forms.CharField(
        label=gettext_lazy("Number that called"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Empty where it was withheld."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    line = forms.ChoiceField(label=gettext_lazy("Line"))
    started_at = MomentField(
        label=gettext_lazy("When it rang"),
        help_text=gettext_lazy("Of an hour that clocks show twice in autumn, the first is taken."),
        widget=forms.DateTimeInput(format=_MOMENT, attrs={"type": "datetime-local", "step": "1"}),
    )
    result = forms.ChoiceField(
        label=gettext_lazy("Result"), choices=[(value, word) for value, (word, _icon) in RESULTS.items()]
    )
    waited = forms.CharField(
        label=gettext_lazy("Waiting time"), max_length=12, required=False, help_text=gettext_lazy("0:45, or seconds")
    )
    talked = forms.CharField(
        label=gettext_lazy("Talking time"), max_length=12, required=False, help_text=gettext_lazy("3:05, or seconds")
    )
    outcome = forms.CharField(
        label=gettext_lazy("What came of it"),
        max_length=MOST_OUTCOME,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, lines: Iterable[LineView], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["line"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(one.id), f"{one.name} · {one.number}") for one in lines]

    def clean_started_at(self) -> datetime:
        """The instant; where what was shown stands untouched, the one that was shown, in whichever of two hours."""
        shown, given = self.initial.get("started_at"), self.cleaned_data["started_at"]
        if isinstance(shown, datetime) and self.data.get("started_at") == f"{timezone.localtime(shown):{_MOMENT}}":
            return shown
        assert isinstance(given, datetime)
        return given

    def _seconds(self, name: str) -> int | None:
        try:
            return read_seconds(self.cleaned_data[name])
        except InputError as error:
            raise forms.ValidationError(said(error)) from error

    def clean_waited(self) -> int | None:
        """The seconds."""
        return self._seconds("waited")

    def clean_talked(self) -> int | None:
        """The seconds."""
        return self._seconds("talked")

    def clean_number(self) -> str:
        """The number as it is kept."""
        try:
            return read_number(self.cleaned_data["number"])
        except InputError as error:
            raise forms.ValidationError(said(error)) from error

    def clean(self) -> dict[str, Any]:
        """Say of all that does not fit together what is wrong with it, at its field."""
        given = super().clean() or self.cleaned_data
        for name, error in faults_of(self._entered(given), now=clock.now()).items():
            if name not in self.errors:
                self.add_error(name, said(error))
        return given

    def entered(self) -> Entered:
        """Return what was entered, of a valid form."""
        return self._entered(self.cleaned_data)

    def _entered(self, given: Mapping[str, Any]) -> Entered:
        """Return what was entered; something that fits stands for what is refused already."""
        return Entered(
            line=UUID(given["line"]) if "line" in given else UUID(int=0),
            started_at=given.get("started_at", clock.now()),
            result=given.get("result", "answered"),
            waited=given.get("waited"),
            talked=given.get("talked"),
            number=given.get("number", ""),
            outcome=given.get("outcome", ""),
        )


class NewCallForm(CallForm):
    """A call, and the case that it is about: none, a new one, one of the caller's, or one that is named."""

    case = forms.CharField(max_length=40, initial=NONE)
    ticket = forms.CharField(
        label=gettext_lazy("Number or key of the case, or its customer"),
        max_length=MOST_WORDS,
        required=False,
        help_text=gettext_lazy("Such as 431, EXP-0431 or a name."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    goes_on = forms.BooleanField(
        label=gettext_lazy("The customer said what the case waited for: it goes on"), required=False
    )
    name = forms.CharField(label=gettext_lazy("Name of the customer"), max_length=200, required=False)
    address = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=320,
        required=False,
        help_text=gettext_lazy("Without one no receipt can be sent."),
    )
    type = forms.ChoiceField(
        label=gettext_lazy("Type"),
        choices=[(value, word) for value, (word, _icon) in ticket_words.TYPES.items()],
        required=False,
    )
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=300, required=False)
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the customer"), choices=ticket_words.SPOKEN, required=False
    )

    def __init__(self, access: Access, lines: Iterable[LineView], *args: object, **kwargs: object) -> None:
        super().__init__(lines, *args, **kwargs)
        self._access = access

    def clean(self) -> dict[str, Any]:
        """Find the case that is named; ask for what a new one needs; refuse a form in which nothing was written."""
        given = super().clean() or self.cleaned_data
        case = given.get("case") or NONE
        given["found"] = None
        if case == EXISTING:
            given["found"] = self._named(given.get("ticket", ""))
        elif case == NEW:
            self._check_opening(given)
        elif case != NONE:
            given["found"] = _identifier(case)
        elif given.get("result") == "answered" and not any(self.data.get(name, "").strip() for name in _TOLD):
            self.add_error(
                "number", _("Write the number that called or, where it was withheld, what came of the call.")
            )
        return given

    def _check_opening(self, given: Mapping[str, Any]) -> None:
        """Say at its field each thing that a new case needs and that is not there."""
        wanted = {
            "outcome": _("Write down what the customer said: it opens the case."),
            "subject": _("Say in some words what the case is about."),
        }
        if not given.get("number") and "number" not in self.errors:
            wanted["address"] = _("Say how the customer can be reached: an e-mail address or a telephone number.")
        for name, problem in wanted.items():
            if name not in self.errors and not given[name]:
                self.add_error(name, problem)

    def _named(self, words: str) -> UUID | None:
        try:
            return named_case(self._access, words)
        except InputError as error:
            self.add_error("ticket", said(error))
            return None

    def opening(self) -> Opening | None:
        """Return the case to be opened, of a valid form."""
        given = self.cleaned_data
        if given["case"] != NEW:
            return None
        return Opening(
            name=given["name"],
            address=given["address"],
            type=given["type"] or "inquiry",
            subject=given["subject"],
            language=given["language"],
        )


def named_case(access: Access, words: str) -> UUID:
    """Return the one case that somebody may mean.

    Raises:
        InputError: there is no such one, or several.
    """
    found = found_cases(access, words=words[:MOST_WORDS])
    if not found:
        raise InputError("There is no case with that number, key or name.")
    if len(found) > 1:
        raise InputError("Several cases may be meant: choose one, or write its key.")
    return found[0].id


def first_values(lines: Iterable[LineView]) -> dict[str, object]:
    """Return what a new call is taken for: the first line, now, answered."""
    first = next((str(one.id) for one in lines), "")
    return {"line": first, "started_at": timezone.localtime(clock.now()).replace(microsecond=0), "result": "answered"}


def values_of(row: CallRow) -> dict[str, object]:
    """Return what a form shows of a call that was entered."""
    return {
        "number": row.number,
        "line": str(row.line),
        "started_at": timezone.localtime(row.started_at),
        "result": row.result,
        "waited": "" if row.waited is None else seconds(row.waited),
        "talked": "" if row.talked is None else seconds(row.talked),
        "outcome": row.outcome,
    }


def _identifier(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError as error:
        raise forms.ValidationError(_("Choose which case the call is about.")) from error
