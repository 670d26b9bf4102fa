"""The form in which one term of a policy is written: plain fields and submits, so that it works without scripts."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from acuse.doors.console.term_words import REASONS, RESUMES, UNITS
from acuse.doors.console.ticket_words import MATTERS, PRIORITIES, PURPOSES, TYPES
from acuse.doors.ui.forms import StyledForm
from acuse.proof.business_time.term import MAX_AMOUNT
from acuse.proof.policy import MOST_CASES, NAME_MOST, WARN, WARN_MOST, PolicyTerm

_CASES = "case"


def _boxes(label: Any, choices: Sequence[tuple[str, Any]], help_text: Any = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple, help_text=help_text
    )


class TermForm(StyledForm):
    """What there is once of a term."""

    ids = "term"
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=NAME_MOST,
        help_text=gettext_lazy("As it stands in cases and certificates, such as “Resolution”."),
    )
    purpose = forms.ChoiceField(
        label=gettext_lazy("What it is for"),
        choices=list(PURPOSES.items()),
        help_text=gettext_lazy(
            "First response and resolution begin when a case is opened; the others when the customer is asked for "
            "something."
        ),
    )
    calendar = forms.ChoiceField(
        label=gettext_lazy("Counted by the calendar"),
        help_text=gettext_lazy("Days that all count go by it too: they end at its midnight."),
    )
    pauses_on = _boxes(gettext_lazy("It stands still while it waits for"), list(REASONS.items()))
    on_resume = forms.ChoiceField(label=gettext_lazy("After that"), choices=list(RESUMES.items()))
    warn = forms.IntegerField(
        label=gettext_lazy("Warn when so much of it is left, in per cent"),
        min_value=0,
        max_value=WARN_MOST,
        help_text=gettext_lazy("Or when six business hours are left, if that is sooner."),
    )

    def __init__(self, *args: Any, calendars: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["calendar"].choices = calendars  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        """Write a name in one way only."""
        return " ".join(str(self.cleaned_data["name"]).split())


class CaseForm(StyledForm):
    """Which cases have how long."""

    types = _boxes(gettext_lazy("Types"), [(name, word) for name, (word, _icon) in TYPES.items()])
    priorities = _boxes(gettext_lazy("Priorities"), list(PRIORITIES.items()))
    matters = _boxes(gettext_lazy("About"), [(name, word) for name, word in MATTERS.items() if name])
    amount = forms.IntegerField(label=gettext_lazy("How long"), min_value=1, max_value=MAX_AMOUNT)
    unit = forms.ChoiceField(label=gettext_lazy("Unit"), choices=list(UNITS.items()))

    @property
    def boxes(self) -> list[forms.BoundField]:
        """The conditions."""
        return [self["types"], self["priorities"], self["matters"]]


Cases = forms.formset_factory(
    CaseForm, extra=0, min_num=1, validate_min=True, max_num=MOST_CASES, validate_max=True, can_delete=True
)


class TermEditor:
    """The whole form.

    Args:
        sent: what was posted; None to show a term as it is.
        term: to begin with; None for a new one.
        calendars: to choose among: identifier and name.
    """

    def __init__(
        self, *, sent: QueryDict | None, term: PolicyTerm | None, calendars: Sequence[tuple[str, str]]
    ) -> None:
        self._sent = sent.copy() if sent is not None else None
        self._term, self._calendars = term, calendars

    @cached_property
    def form(self) -> TermForm:
        """The fields that there are once."""
        term = self._term
        begin: dict[str, Any] = {"warn": WARN}
        if term is not None:
            begin = {name: getattr(term, name) for name in ("name", "purpose", "pauses_on", "on_resume", "warn")}
            begin["calendar"] = str(term.calendar)
        return TermForm(self._sent, initial=begin, calendars=self._calendars)

    @cached_property
    def cases(self) -> "forms.BaseFormSet[CaseForm]":
        """The cases, each a form."""
        begin = [
            {
                "types": one.types,
                "priorities": one.priorities,
                "matters": one.matters,
                "amount": one.term.amount,
                "unit": one.term.unit,
            }
            for one in (self._term.cases if self._term else ())
        ]
        return Cases(
            self._sent,
            prefix=_CASES,
            initial=None if self._sent else begin,
            error_messages={"too_few_forms": _("A term needs at least one case.")},
        )

    def add_case(self) -> None:
        """Add a case at the end, to be filled in."""
        if self._sent is not None:
            count = int(self._sent.get(f"{_CASES}-TOTAL_FORMS") or 0)
            self._sent[f"{_CASES}-TOTAL_FORMS"] = str(min(count + 1, MOST_CASES))

    def is_valid(self) -> bool:
        """Whether everything can be read."""
        return all([self.form.is_valid(), self.cases.is_valid()])

    @property
    def members(self) -> dict[str, Any]:
        """The term as JSON members, once valid."""
        given = self.form.cleaned_data
        kept = [one.cleaned_data for one in self.cases if not one.cleaned_data.get("DELETE")]
        return {
            **given,
            "calendar": str(UUID(given["calendar"])),
            "cases": [
                {
                    "types": one["types"],
                    "priorities": one["priorities"],
                    "matters": one["matters"],
                    "term": {"amount": one["amount"], "unit": one["unit"]},
                }
                for one in kept
            ],
        }
