"""The certificate of a ticket's deadlines, as the model of `deadlines.typ`."""

from collections.abc import Sequence
from typing import Any

from acuse.certificates.stories.case import declared_language
from acuse.certificates.stories.communication import frame, up_to
from acuse.certificates.stories.context import Context, LedgerFact
from acuse.certificates.stories.deadlines.alone import only
from acuse.certificates.stories.deadlines.drawing import drawing, height, legend
from acuse.certificates.stories.deadlines.front import headline, lists, opening, short_verdict
from acuse.certificates.stories.deadlines.sections import content, parties, table
from acuse.certificates.stories.deadlines.ticket import Ticket, open_ticket
from acuse.certificates.stories.deadlines.timeline import timeline
from acuse.certificates.stories.front import strip
from acuse.certificates.stories.proofs import integrity, verification
from acuse.certificates.stories.qr import PICTURE, qr_picture
from acuse.certificates.stories.runs import Runs, mono, own, plain
from acuse.certificates.stories.verifier import meaning
from acuse.mail.read import Message
from acuse.proof.judging import Judged
from acuse.proof.verdicts.deadlines import Sources

_ROOM = 122.5
"""Millimetres that page 1 leaves to drawings under an opening that is no higher than its badge."""

_HEADLINE, _SENTENCE = (30, 9.9), (58, 6.4)
"""Characters of a line, and how high another one is in mm; so much fits beside the badge:"""

_BESIDE = 31.9


def tell(
    facts: Sequence[LedgerFact],
    message: Message | None,
    sources: Sources,
    context: Context,
    *,
    about: str = "",
) -> dict[str, Any]:
    """Return the model of the certificate.

    Args:
        facts: of the ticket, from its first, up to the position that the certificate speaks of.
        message: that opened it, as read from custody; None where it was no message.
        sources: what its deadlines are counted and compared by.
        context: who certifies, under which code, with which proofs.
        about: identifier of the one deadline to tell; "" for all.

    Raises:
        InputError: the facts of its deadlines do not fit their types, or tell no such deadline.
    """
    declared = declared_language(message.language) if message is not None else None
    whole = open_ticket(facts, sources, context, language=declared or str(facts[0].fact.details.get("language", "")))
    one = only(whole, about) if about else None
    ticket = one or whole
    proves, limits = lists(ticket)
    told = content(whole, message)
    drawings = [drawing(ticket, deadline) for deadline in ticket.deadlines]
    first = opening(ticket, alone=one is not None)
    fits = one is None and sum(map(height, drawings)) <= _room(first)
    drawn = {"drawings": drawings, "legend": legend(ticket, drawings)}
    judged = Judged(deadlines=whole.judgement, members={}).about_one(about)
    none: dict[str, Any] = {"drawings": [], "legend": []}
    return {
        **frame(ticket, document="deadlines", verdict=short_verdict(ticket), title=headline(ticket)),
        "first": first,
        "ladder": None,
        "one": table(ticket)["tables"] if one else [],
        "drawn": drawn if fits else none,
        "proves": proves,
        "limits": limits,
        "strip": strip(whole),
        "up_to": _up_to(whole, one),
        "parties": parties(ticket),
        "content": told,
        "pictures": {**told.pop("pictures"), PICTURE: qr_picture(context.verification_url)},
        "timeline": {**timeline(ticket), "summary": ticket.say("timeline.one") if one else _absent(ticket)},
        "deadlines": {**table(ticket), **({"tables": []} if one else {}), "drawn": none if fits else drawn},
        "integrity": integrity(whole),
        "verification": verification(
            ticket, document=ticket.word("name.document"), headline=judged.said(), meaning=meaning(ticket, judged)
        ),
    }


def _up_to(ticket: Ticket, one: Ticket | None) -> str | None:
    """Return what is not shown: what came later, then the communications' own facts or all but one deadline's."""
    said = [up_to(ticket)]
    if one is not None:
        others = len(ticket.judgement.contradictions) > len(one.judgement.contradictions)
        said += [ticket.word("up_to.one"), ticket.word("up_to.one.contradicted") if others else None]
    elif ticket.absent:
        said += [ticket.word("up_to.absent")]
    return " ".join(filter(None, said)) or None


def _absent(ticket: Ticket) -> Runs | None:
    """Return which communications the case names, none of which comes along with its deadlines."""
    names: Runs = []
    for name in ticket.absent:
        names += [own(", "), mono(name)] if names else [mono(name)]
    return ticket.say("timeline.absent", names=names) if names else None


def _room(first: dict[str, Any]) -> float:
    """Return the millimetres that page 1 leaves to drawings; what does not fit stands in section 5."""
    lines = ((first["headline"], *_HEADLINE), (plain(first["sentence"]), *_SENTENCE))
    text = sum(-(-len(words) // fits) * line for words, fits, line in lines)
    room = _ROOM - max(text - _BESIDE, 0.0)
    return room - (6.0 if first["note"] else 0.0) - (12.0 if first["supersedes"] else 0.0)
