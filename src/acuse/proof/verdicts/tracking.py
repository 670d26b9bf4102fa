"""What the requests of a tracked copy look like in the end. Nothing here weighs in the verdict of a delivery.

A program that follows every link is known as such by its second request: the first was recorded as what it looked like
then. Facts are never changed, so whoever tells them looks at what came around each.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from acuse.proof.facts.fact import Fact
from acuse.proof.facts.tracking import LINK

TOGETHER = timedelta(seconds=3)
"""Different links requested within this time of each other are followed by a program: people read what they open."""


def asked_together(facts: Iterable[Fact], *, number: int, at: datetime) -> bool:
    """Return whether a link was requested within seconds of another one.

    Args:
        facts: of the communication. number: of the link. at: when it was requested.
    """
    return any(
        abs(fact.occurred_at - at) <= TOGETHER
        for fact in facts
        if fact.type == LINK and fact.details.get("number") != number
    )


def judged(fact: Fact, facts: Iterable[Fact]) -> tuple[str, tuple[str, ...]]:
    """Return who seems to have made a request, and the codes of the reasons, as all facts show it.

    Args:
        fact: of a request. facts: of the communication.
    """
    by, reasons = str(fact.details["by"]), tuple(map(str, fact.details["reasons"]))
    if fact.type == LINK and by in ("person", "unknown"):
        number = int(fact.details["number"])
        if asked_together(facts, number=number, at=fact.occurred_at):
            return "scanner", ("links_together",)
    return by, reasons
