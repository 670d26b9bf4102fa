"""What was added to the copy that was sent, as the sender had chosen, or why nothing was."""

from acuse.certificates.stories.case import Case
from acuse.certificates.stories.moments import number
from acuse.certificates.stories.runs import Runs, own
from acuse.proof.facts.fact import Fact


def sent(case: Case) -> Runs:
    """Return what was added to the copy that the first attempt sent; nothing where nothing was to be."""
    opened = next((item.fact for item in case.facts if item.fact.type == "attempt.opened"), None)
    return said(case, opened) if opened else []


def said(case: Case, fact: Fact) -> Runs:
    """Return what the fact of an attempt says was added; nothing where nothing was to be."""
    told = (fact.details.get("copy") or {}).get("additions")
    if not told:
        return []
    what = case.say("added", what=_listed(case, _what(case, told))) if amended(fact) else []
    why = case.say(f"added.not.{told['why_not']}") if told["why_not"] else []
    return [*what, own(" "), *why] if what and why else what or why


def amended(fact: Fact) -> bool:
    """Tell whether anything was added to the copy of an attempt."""
    told = (fact.details.get("copy") or {}).get("additions")
    return bool(told and (told["footer"] or told["image"] or told["links"]))


def _what(case: Case, told: dict[str, object]) -> list[str]:
    links = int(str(told["links"]))
    listed = [
        case.word("added.footer") if told["footer"] else "",
        case.word("added.image") if told["image"] else "",
        case.word("added.links.one") if links == 1 else "",
        case.word("added.links").format(count=number(links)) if links > 1 else "",
        case.word("added.withdraw") if told["image"] else "",
    ]
    return [one for one in listed if one]


def _listed(case: Case, names: list[str]) -> str:
    return case.word("and").join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]
