"""Addresses to which nothing is sent, as the page of a communication tells it. Pure: facts to words."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from acuse.clock import from_rfc3339
from acuse.doors.console.told import Told, foreign
from acuse.doors.ui import figures, grades
from acuse.proof.facts.fact import Fact


def reason_word(reason: str) -> str:
    """Why an address is on the list, as one of `proof.facts.suppression.REASONS`."""
    return {
        "mailbox_not_found": _("The mailbox does not exist"),
        "domain_not_found": _("The domain does not exist"),
        "no_mail_domain": _("The domain takes no mail"),
    }.get(reason, _("Reported as unwanted"))


def held_back(fact: Fact) -> Told:
    """The end of a communication that was held back."""
    return Told(
        title=grades.failure_word("suppressed"),
        icon="x",
        style="failed",
        source=_("Held back by Acuse: nothing was sent."),
        remark=_listed(fact.details["listed"]),
    )


def _listed(listed: Mapping[str, Any]) -> str:
    return _("The address is on the list since %(day)s. %(reason)s; communication %(id)s.") % {
        "day": figures.day(from_rfc3339(str(listed["since"]))),
        "reason": reason_word(str(listed["reason"])),
        "id": listed["communication"],
    }


def _added(fact: Fact) -> Told:
    return Told(
        title=_("The address was put on the list of suppressed addresses"),
        icon="minus-circle",
        style="deferred",
        source=reason_word(str(fact.details["reason"])),
    )


def _lifted(fact: Fact) -> Told:
    return Told(
        title=_("A member took the address off the list of suppressed addresses"),
        icon="check-circle",
        source=_("Their reason:"),
        verbatim=foreign(fact.details["reason"]),
    )


def _overridden(fact: Fact) -> Told:
    return Told(
        title=_("A member had it sent although the address is suppressed"),
        icon="paper-plane-tilt",
        style="deferred",
        source=_listed(fact.details),
    )


TELLERS: Mapping[str, Callable[[Fact], Told]] = {
    "suppression.added": _added,
    "suppression.lifted": _lifted,
    "suppression.overridden": _overridden,
}
