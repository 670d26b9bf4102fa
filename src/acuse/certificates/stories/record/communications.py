"""Section 3 of a case's record: its communications, each with what its own facts prove."""

from collections.abc import Sequence
from typing import Any

from acuse.certificates.stories.case import Case
from acuse.certificates.stories.front import headline
from acuse.certificates.stories.moments import number
from acuse.certificates.stories.record.case import WholeCase
from acuse.certificates.stories.runs import Runs, mono, own
from acuse.proof.facts.fact import Fact


def communications(case: WholeCase) -> dict[str, Any]:
    """Return section 3: a row for each answer, none left out."""
    sent = [item.fact for item in case.facts if item.fact.type == "reply.sent"]
    return {
        "number": "3",
        "title": case.word("record.communications.title"),
        "introduction": _introduction(case, sent),
        "header": [case.word(f"record.communications.{name}") for name in ("fact", "sent", "became")],
        "rows": [_row(case, fact) for fact in sent],
    }


def _introduction(case: WholeCase, sent: Sequence[Fact]) -> Runs:
    said = case.say("record.communications.introduction" if sent else "record.communications.none")
    if not case.absent:
        return said
    said = [*said, own(" "), *absence(case)]
    listed = {fact.details["communication"] for fact in sent}
    names: Runs = []
    for name in case.absent:
        if name not in listed:
            names += [own(", "), mono(name)] if names else [mono(name)]
    return [*said, own(" "), *case.say("record.communications.are_not", names=names)] if names else said


def absence(case: WholeCase) -> Runs:
    """Return of how many of the communications that the case names the facts are in the document."""
    here = len(case.communications)
    return case.say("record.communications.absent", named=number(here + len(case.absent)), here=number(here))


def _row(case: WholeCase, fact: Fact) -> dict[str, Any]:
    act = f"act.{fact.details.get('act')}"
    to = case.say("record.communications.to", recipient=case.theirs(str(fact.details["recipient"]), limit=120))
    said: Runs = [own(case.clock.short(fact.occurred_at))]
    if case.has(act):
        said += [own(" · "), own(case.word(act))]
    found = case.communication(fact.details["communication"])
    return {
        "number": number(fact.subject_sequence),
        "sent": said,
        "to": to,
        "name": _name(case, fact, found),
        "grade": None if found is None or not _certified(fact) else f"G{found.verdict.grade}",
        "filled": found is not None and found.verdict.outcome not in ("failed", "refused", "expired"),
        "became": became(case, fact),
        "certificate": _certificate(case, found),
    }


def _name(case: WholeCase, fact: Fact, found: Case | None) -> Runs:
    """Return the identifier of a communication, and up to where its own facts are told."""
    name: Runs = [mono(str(fact.details["communication"]))]
    if found is None or found.position is None:
        return name
    return [*name, own(" · "), *case.say("record.communications.up_to", position=number(found.position))]


def _certified(fact: Fact) -> bool:
    return bool(fact.details.get("certified"))


def became(case: WholeCase, fact: Fact) -> Runs:
    """Return what became of an answer, by the facts of its communication.

    Args:
        case: whose. fact: `reply.sent`.
    """
    found = case.communication(fact.details.get("communication"))
    if found is None:
        return case.say("record.became.elsewhere")
    said: Runs = [own(headline(found))]
    decisive = found.verdict.decisive
    if decisive is not None:
        said += [own(", "), own(case.clock.short(decisive.occurred_at))]
    return [*said, own(".")]


def _certificate(case: WholeCase, found: Case | None) -> Runs:
    """Return the code of the newest certificate that the communication has of its own."""
    issued = [item.fact for item in found.facts if item.fact.type == "certificate.issued"] if found else []
    if not issued:
        return case.say("record.certificate.none")
    return case.say("record.certificate.is", code=mono(str(issued[-1].details["code"])))
