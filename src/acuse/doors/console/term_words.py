"""The terms of a policy in words: how long, for which cases, what they wait for."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from acuse.doors.console.ticket_words import MATTERS, PRIORITIES, PURPOSES, TYPES
from acuse.doors.ui import figures
from acuse.doors.ui.lengths import length
from acuse.helpdesk.policies import sooner
from acuse.proof.facts.ticket import TYPE_NAMES
from acuse.proof.policy import Case, Policy, PolicyTerm

UNITS = {
    "natural_hours": gettext_lazy("hours, day and night"),
    "natural_days": gettext_lazy("days, all of them"),
    "business_hours": gettext_lazy("business hours"),
    "business_days": gettext_lazy("business days"),
}
REASONS = {
    "customer": gettext_lazy("the customer’s answer"),
    "documents": gettext_lazy("what the customer has to send"),
    "adr": gettext_lazy("a body of alternative resolution"),
    "agreed": gettext_lazy("what was agreed with the customer"),
    "conformity": gettext_lazy("the customer’s agreement"),
}
RESUMES = {
    "continue": gettext_lazy("the rest runs on"),
    "restart": gettext_lazy("the whole term begins again"),
}


@dataclass(frozen=True, kw_only=True)
class TermLine:
    """A term as people read it.

    Attributes:
        place: in the policy, from 0.
        cases: pairs of which cases and how long.
        pauses: what it waits for, and how it goes on.
    """

    place: int
    name: str
    purpose: str
    cases: tuple[tuple[str, str], ...]
    calendar: str
    pauses: str
    warning: str


def line(place: int, term: PolicyTerm, calendar: str) -> TermLine:
    """A term as people read it; `calendar` is the name of its calendar."""
    return TermLine(
        place=place,
        name=term.name,
        purpose=str(PURPOSES[term.purpose]),
        cases=tuple((_which(case, first=number == 0), length(case.term)) for number, case in enumerate(term.cases)),
        calendar=calendar,
        pauses=_pauses(term),
        warning=_("when %(percent)s%% of it is left, or 6 business hours if that comes first")
        % {"percent": figures.number(term.warn)},
    )


def contradictions(policy: Policy) -> tuple[str, ...]:
    """Return a sentence for each resolution that ends before the first response of the same cases."""
    return tuple(
        _(
            "“%(resolution)s” (%(short)s) ends before “%(response)s” (%(long)s): receipts would promise the definitive "
            "answer before the first one. Cases: %(cases)s."
        )
        % {
            "resolution": one.resolution,
            "short": length(one.cases.term),
            "response": one.response,
            "long": length(one.answered),
            "cases": _which(one.cases, first=True).lower(),
        }
        for one in sooner(policy)
    )


def _which(case: Case, *, first: bool) -> str:
    parts = [_types(case.types)] if case.types else []
    parts += [_("priority %(names)s") % {"names": _either(PRIORITIES[one] for one in case.priorities)}] * bool(
        case.priorities
    )
    parts += [_("about %(names)s") % {"names": _either(MATTERS[one] for one in case.matters)}] * bool(case.matters)
    if not parts:
        return _("Every case") if first else _("Every other case")
    said = "; ".join(parts)
    return said[:1].upper() + said[1:]


def _types(names: tuple[str, ...]) -> str:
    left_out = [name for name in TYPE_NAMES if name not in names]
    if len(left_out) == 1:
        return _("All but %(name)s") % {"name": str(TYPES[left_out[0]][0]).lower()}
    return _either(TYPES[name][0] for name in names).capitalize()


def _either(words: Iterable[object]) -> str:
    return ", ".join(str(word).lower() for word in words)


def _pauses(term: PolicyTerm) -> str:
    if not term.pauses_on:
        return _("Never pauses")
    *others, last = (str(REASONS[reason]) for reason in term.pauses_on)
    waits = _("%(one)s and %(other)s") % {"one": ", ".join(others), "other": last} if others else last
    return _("Waits for %(reasons)s; then %(goes_on)s") % {"reasons": waits, "goes_on": RESUMES[term.on_resume]}
