"""Whether a deadline is what the version of the policy says that it cites."""

from collections.abc import Mapping
from typing import Any

from acuse.proof.business_time import Term
from acuse.proof.facts.fact import Fact
from acuse.proof.policy import Policy, PolicyTerm

_CLASSES = ("type", "priority", "matter")
_TELLS = ("ticket.opened", "ticket.classified")


def classified(before: Mapping[str, str], fact: Fact) -> Mapping[str, str]:
    """Return what a case is after a fact: its type, priority and matter."""
    if fact.type not in _TELLS:
        return before
    told = {name: fact.details.get(name) for name in _CLASSES}
    return {name: value if isinstance(value, str) else "" for name, value in told.items()}


def term_of(policy: Policy, started: Fact) -> PolicyTerm | None:
    """Return the term of a policy by which a deadline was started; None where it has no such."""
    return policy.named(str(started.details["rule"]["policy"]))


def is_as_ruled(term: PolicyTerm | None, details: Mapping[str, Any], case: Mapping[str, str]) -> bool:
    """Return whether `deadline.started` says what its rule does.

    Args:
        term: of the policy cited.
        details: of the fact.
        case: what the case was then, see `classified`.
    """
    return (
        term is not None
        and is_of_rule(term, details)
        and term.on_resume == details["on_resume"]
        and length_of(term, case) == Term.from_members(details["term"])
    )


def is_of_rule(term: PolicyTerm, details: Mapping[str, Any]) -> bool:
    """Return whether what was started or deferred is for what its rule is, by the calendar of that."""
    return (term.purpose, str(term.calendar)) == (details["purpose"], details["calendar"]["id"])


def length_of(term: PolicyTerm, case: Mapping[str, str]) -> Term | None:
    """Return how long a case has by a term; None where it is not for it. See `classified`."""
    return term.length(**{name: case.get(name, "") for name in _CLASSES})
