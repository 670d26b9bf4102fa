"""A case as the certificate of one of its deadlines tells it: that deadline, and the facts that it follows from."""

from dataclasses import replace

from acuse.certificates.stories.deadlines.ticket import Ticket
from acuse.errors import InputError
from acuse.proof.facts.fact import Fact
from acuse.proof.verdicts.deadlines import Deadline, Judgement


def only(ticket: Ticket, deadline: str) -> Ticket:
    """Return a ticket with one deadline, what is contradicted of it, and its facts after the first.

    The rest is judged with it and is in the file: a deadline's verdict is recomputed from all facts of the case.

    Args:
        ticket: the whole. deadline: identifier of the one.

    Raises:
        InputError: it has no such deadline.
    """
    told = ticket.judgement.named(deadline)
    if told is None:
        raise InputError("The facts tell no deadline of that name.")
    wrong = tuple(each for each in ticket.judgement.contradictions if _concerns(each.fact, told))
    return replace(
        ticket,
        facts=tuple(item for item in ticket.facts if item is ticket.facts[0] or _concerns(item.fact, told)),
        judgement=Judgement(deadlines=(told,), contradictions=wrong),
    )


def _concerns(fact: Fact, deadline: Deadline) -> bool:
    """Say whether a fact is a deadline's own, or one for which it began, stood still or ended."""
    causes = (deadline.cause, deadline.end, *(pause.cause for pause in deadline.pauses))
    causes += tuple(pause.resumed for pause in deadline.pauses)
    return fact.details.get("deadline") == deadline.id or fact in causes
