"""Addresses to which nothing is sent, as documents tell it: held back, put on the list, taken off it, overruled."""

from collections.abc import Mapping
from typing import Any

from acuse.certificates.stories.case import Case
from acuse.certificates.stories.rows import COLUMNS, Row, Teller
from acuse.certificates.stories.runs import Runs, mono, text_of, wrapped
from acuse.clock import from_rfc3339
from acuse.proof.facts.fact import Fact


def held_back(case: Case) -> Runs:
    """Return the end of the verdict's sentence where the message was held back."""
    listed = case.decisive.details["listed"]
    since = from_rfc3339(str(listed["since"]))
    return case.say("failed.suppressed", since=case.clock.day(since), because=_because(case, listed))


def listing(case: Case, listed: Mapping[str, Any]) -> Runs:
    """Return since when the address is on the list, and which communication put it there."""
    since = from_rfc3339(str(listed["since"]))
    return case.say(
        "remark.listed",
        date=case.clock.day(since),
        because=_because(case, listed),
        communication=mono(str(listed["communication"])),
    )


def _because(case: Case, details: Mapping[str, Any]) -> str:
    return case.word(f"listed.{details['reason']}")


def _added(case: Case, fact: Fact) -> Row:
    return Row(
        title=case.say("fact.suppression_added"),
        remarks=[case.say("remark.because", because=_because(case, fact.details))],
    )


def _lifted(case: Case, fact: Fact) -> Row:
    reason = text_of(fact.details["reason"])
    return Row(title=case.say("fact.suppression_lifted"), verbatim=wrapped(reason, COLUMNS) if reason else None)


def _overridden(case: Case, fact: Fact) -> Row:
    return Row(title=case.say("fact.suppression_overridden"), remarks=[listing(case, fact.details)])


TELLERS: Mapping[str, Teller] = {
    "suppression.added": _added,
    "suppression.lifted": _lifted,
    "suppression.overridden": _overridden,
}
