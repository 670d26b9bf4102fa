"""What a bundle must hold of its subjects: every fact from the first on, in order, and each of them in the ledger."""

from collections.abc import Sequence

from acuse.errors import InputError
from acuse.proof.bundle import Bundle, ProvenFact
from acuse.proof.checkpoint import Checkpoint
from acuse.proof.facts.deadline import KIND as TICKET
from acuse.proof.judging import absent_communications, check_others
from acuse.proof.merkle import verify_inclusion


def check_chains(bundle: Bundle) -> str:
    """Check that no fact is missing before the last of each subject, and that the subjects belong together.

    Returns:
        What was checked, in words.

    Raises:
        InputError: a fact is missing, out of order or about another subject.
    """
    for facts in (bundle.facts, *bundle.others):
        _check_facts(facts)
    check_others(bundle)
    first = bundle.facts[0].fact
    about = f"{len(bundle.facts)} facts about {first.subject.kind} {first.subject.id}"
    return f"{about}, from the first on, none missing up to position {bundle.facts_up_to}.{_communications(bundle)}"


def check_inclusion(bundle: Bundle, checkpoint: Checkpoint) -> str:
    """Check that every fact is in the ledger of a checkpoint, at the position that it says.

    Returns:
        What was checked, in words.

    Raises:
        InputError: one is not.
    """
    for item in bundle.every:
        verify_inclusion(
            leaf=item.fact.leaf(),
            position=item.position,
            size=checkpoint.size,
            path=item.path,
            root=checkpoint.root,
        )
    last = max(item.position for item in bundle.every)
    return f"All are in the ledger {checkpoint.origin} of {checkpoint.size} entries, the last at {last}."


def _check_facts(facts: Sequence[ProvenFact]) -> None:
    """Check that some facts are those of one subject, from its first on, none missing between."""
    first = facts[0].fact
    previous: bytes | None = None
    position = -1
    for number, item in enumerate(facts, start=1):
        fact = item.fact
        if fact.organisation != first.organisation or fact.subject != first.subject:
            raise InputError("Fact %(number)s is about another subject.", number=number)
        if fact.subject_sequence != number or fact.previous != previous:
            raise InputError("Fact %(number)s does not follow the one before it.", number=number)
        if item.position <= position:
            raise InputError("Fact %(number)s stands before its predecessor in the ledger.", number=number)
        previous, position = fact.entry(), item.position


def _communications(bundle: Bundle) -> str:
    """Say which communications of a case came along, up to where each, and which did not."""
    own = [item.fact for item in bundle.facts]
    if own[0].subject.kind != TICKET:
        return ""
    absent = absent_communications(own, [[item.fact for item in chain] for chain in bundle.others])
    named = len(bundle.others) + len(absent)
    if not named:
        return ""
    here = [f"{chain[0].fact.subject.id} up to position {chain[-1].position}" for chain in bundle.others]
    said = f" Of {named} communications that the case names, {len(here)} are in this document"
    said += f": {', '.join(here)}" if here else ""
    return f"{said}; these are not: {', '.join(absent)}." if absent else f"{said}."
