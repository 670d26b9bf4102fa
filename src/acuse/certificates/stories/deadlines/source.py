"""By which term of the organisation's policy a deadline runs, as its document and the page about it name that."""

from acuse.certificates.stories.wording import WORDING
from acuse.proof.verdicts.deadlines import Deadline, Judgement


def source_of(judgement: Judgement, deadline: Deadline) -> str:
    """Return the name that the policy gives to the term that set a deadline: "Ley 10/2025".

    It is the name in the version that is embedded: where the verifier finds no such term there, or another one, there
    is none. What a deadline is for is not said twice: "Ley 10/2025, resolución" is "Ley 10/2025" of a resolution.

    Args:
        judgement: whose contradictions tell whether the policy says what the deadline's start does.
        deadline: one of its deadlines.

    Returns:
        The name, not ours and of at most 80 characters; "" where it says no more than what the deadline is for.
    """
    if any(each.key == "rule_differs" and each.fact == deadline.started for each in judgement.contradictions):
        return ""
    name = str(deadline.started.details["rule"]["policy"])
    purposes = {deadline.purpose, *(words[f"purpose.{deadline.purpose}"].lower() for words in WORDING.values())}
    if name.lower() in purposes:
        return ""
    source, _, last = name.rpartition(", ")
    return source if source and last.lower() in purposes else name
