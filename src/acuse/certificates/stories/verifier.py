"""What the verifier says of a case, which is English whatever the document's language, and what its words mean."""

from collections.abc import Iterable

from acuse.certificates.stories.deadlines.ticket import Ticket
from acuse.certificates.stories.runs import Runs
from acuse.proof.judging import Judged
from acuse.proof.verdicts.delivery import Verdict


def said(ticket: Ticket, communications: Iterable[Verdict] = ()) -> str:
    """Return the verifier's own words.

    Args:
        ticket: whose. communications: what became of those that come along, in order.
    """
    return Judged(deadlines=ticket.judgement, communications=tuple(communications), members={}).said()


def meaning(ticket: Ticket, communications: Iterable[Verdict] = ()) -> Runs:
    """Return what those words mean, each once, where the document would use others."""
    found = ticket.deadlines
    words = {} if found else {"No deadlines": ticket.word("verifier.no_deadlines")}
    words |= {each.purpose: ticket.word(f"purpose.{each.purpose}").lower() for each in found}
    words |= {each.verdict: ticket.word(f"badge.{each.verdict}.one") for each in found}
    outcomes = dict.fromkeys(each.outcome for each in communications)
    words |= {outcome: ticket.word(f"verifier.{outcome}") for outcome in outcomes}
    if ticket.judgement.contradictions:
        words["what facts say and does not follow"] = ticket.word("verifier.contradicted")
    told = "; ".join(f"{word}, {own}" for word, own in words.items() if own != word.lower().replace("_", " "))
    return ticket.say("verifier.words", words=told) if told else []
