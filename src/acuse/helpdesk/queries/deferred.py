"""Terms of a case that could not be counted, because their calendar ends before they would. Pure."""

from collections.abc import Iterable

from acuse.proof.facts.deadline import DEFERRED, STARTED
from acuse.proof.facts.fact import Fact
from acuse.proof.verdicts.deadlines import is_readable


def deferred(facts: Iterable[Fact]) -> list[Fact]:
    """Return of each term that was deferred, and not started since, the last fact that says so.

    Args:
        facts: of a case, in order.
    """
    found: dict[str, Fact] = {}
    for fact in facts:
        if fact.type in (DEFERRED, STARTED) and is_readable(fact):
            name = str(fact.details["rule"]["policy"])
            found.pop(name, None)
            if fact.type == DEFERRED:
                found[name] = fact
    return list(found.values())
