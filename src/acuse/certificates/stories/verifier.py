"""What the verifier's words mean, which are English whatever the document's language."""

from acuse.certificates.stories.runs import Runs
from acuse.certificates.stories.told import Told
from acuse.proof.judging import NO_DEADLINES, Judged


def meaning(told: Told, judged: Judged) -> Runs:
    """Return what the words of `judged.said()` mean, each once, where the document would use others.

    Args:
        told: the document. judged: what the verifier finds.
    """
    words: dict[str, str] = {}
    if judged.deadlines is not None:
        found = (judged.about,) if judged.about else judged.deadlines.deadlines
        words |= {"One deadline of the case": told.word("verifier.one")} if judged.about else {}
        words |= {} if found else {NO_DEADLINES: told.word("verifier.no_deadlines")}
        words |= {each.purpose: told.word(f"purpose.{each.purpose}").lower() for each in found}
        words |= {each.verdict: told.word(f"badge.{each.verdict}.one") for each in found}
        if judged.deadlines.contradictions:
            words["what facts say and does not follow"] = told.word("verifier.contradicted")
    words |= {each.outcome: told.word(f"verifier.{each.outcome}") for each in judged.communications}
    if judged.delivery is not None:
        words |= {judged.delivery.outcome: told.word(f"verifier.{judged.delivery.outcome}")}
        words |= {"grade": told.word("verifier.grade")}
    listed = "; ".join(f"{word}, {own}" for word, own in words.items() if own != word.lower().replace("_", " "))
    return told.say("verifier.words", words=listed) if listed else []
