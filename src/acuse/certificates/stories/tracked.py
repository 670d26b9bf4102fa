"""What was requested of a tracked copy, as documents tell it: requests, by a person or a machine.

No sentence says that somebody opened or read anything: nothing here weighs in the verdict.
"""

from collections.abc import Mapping

from acuse.certificates.stories.accessed import client_of
from acuse.certificates.stories.case import Case
from acuse.certificates.stories.moments import number
from acuse.certificates.stories.rows import Row, Teller
from acuse.certificates.stories.runs import Runs, own, text_of
from acuse.proof.facts.fact import Fact
from acuse.proof.facts.tracking import IMAGE, LINK, WITHDRAWN
from acuse.proof.verdicts.tracking import judged

_LINK = 240


def _image(case: Case, fact: Fact) -> Row:
    return Row(title=case.say("fact.image_requested"), source=client_of(case, fact), remarks=[_judged(case, fact)])


def _link(case: Case, fact: Fact) -> Row:
    leads = case.say("remark.leads", link=case.theirs(text_of(fact.details["link"]), limit=_LINK))
    return Row(
        title=case.say("fact.link_requested", number=number(fact.details["number"])),
        source=client_of(case, fact),
        remarks=[leads, _judged(case, fact)],
    )


def _withdrawn(case: Case, fact: Fact) -> Row:
    return Row(
        title=case.say("fact.tracking_withdrawn"),
        source=client_of(case, fact),
        remarks=[case.say("remark.withdrawn")],
    )


def _judged(case: Case, fact: Fact) -> Runs:
    by, codes = judged(fact, [item.fact for item in case.facts])
    words = [case.word(f"hit.{code}") for code in codes if case.has(f"hit.{code}")]
    key = f"remark.hit.{by}"
    said = case.say(key if case.has(key) else "remark.hit.unknown", reasons="; ".join(words))
    return [*said, own(" "), *case.say("remark.hit.weight")]


TELLERS: Mapping[str, Teller] = {IMAGE: _image, LINK: _link, WITHDRAWN: _withdrawn}
