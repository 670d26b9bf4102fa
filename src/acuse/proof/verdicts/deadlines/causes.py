"""Which facts of a ticket may begin, end, pause or resume which deadline.

| deadline | what may begin it | what may end it |
|---|---|---|
| first response | the case is opened | a person's answer that is no receipt; the case is resolved or closed |
| resolution | the case is opened, or opened again | the case is resolved or closed |
| completion | an answer asks for data | the customer wrote |
| closing | an answer gives notice of it | the customer wrote, agreed or did not |
"""

from collections.abc import Callable, Iterable, Mapping

from acuse.proof.facts.fact import Fact
from acuse.proof.verdicts.deadlines.values import Unasked

Fits = Callable[[Fact], bool]
MOVED = "ticket.status_changed"
"""Type of the fact that a case has another status."""
ENDS = ("resolved", "closed_without")
"""Statuses of a case that is over."""


def _moved_to(*statuses: str) -> Fits:
    return lambda fact: fact.type == MOVED and fact.details.get("after") in statuses


def _moved_from(status: str) -> Fits:
    return lambda fact: fact.type == MOVED and fact.details.get("before") == status


def _is(*types: str) -> Fits:
    return lambda fact: fact.type in types


def _answered(fact: Fact) -> bool:
    details = fact.details
    return fact.type == "reply.sent" and details.get("automatic") is not True and details.get("act") != "receipt"


def _sent_to(act: str) -> Fits:
    return lambda fact: fact.type == "reply.sent" and fact.details.get("act") == act


def _member_noted(fact: Fact) -> bool:
    return fact.type == "note.added" and fact.actor.kind == "member"


_solved = _moved_to(*ENDS)
_wrote = _is("message.received")
_agreed = _is("conformity.given")
_told = _is("message.received", "conformity.given", "conformity.denied")
_noted_call = _is("call.added")
_taken_up = _moved_from("pending_customer")
_no_longer_asked = _moved_from("pending_conformity")
_asked_for_data = _sent_to("data_request")


def _opened(fact: Fact) -> bool:
    """Return whether a fact opens the case: its first alone does, whatever another says."""
    return fact.type == "ticket.opened" and fact.subject_sequence == 1


def opened_again(fact: Fact) -> bool:
    """Return whether a fact opens a case again that was resolved or closed."""
    moved = fact.type == MOVED
    return moved and fact.details.get("before") in ENDS and fact.details.get("after") not in ENDS


def opened_unasked(facts: Iterable[Fact]) -> list[Unasked]:
    """Return where a case was resolved or closed, and opened again with no message of the customer between.

    Whoever resolves what is not solved, and opens it again, has met one term and has another. What the customer had
    agreed to just before was solved. A call is what the organisation says of it, so it makes no difference.

    Args:
        facts: of the case, in order.
    """
    found, over, agreed, calls = list[Unasked](), None, False, list[Fact]()
    for fact in facts:
        if _told(fact):
            over, agreed = None, _agreed(fact)
        elif _solved(fact):
            over, calls = None if agreed else fact, []
        elif _noted_call(fact):
            calls.append(fact)
        elif fact.type == MOVED:
            found += [] if over is None else [Unasked(over=over, again=fact, calls=tuple(calls))]
            over, agreed = None, False
    return found


MAY_START: Mapping[str, Fits] = {
    "first_response": _opened,
    "resolution": lambda fact: _opened(fact) or opened_again(fact),
    "completion": _asked_for_data,
    "closing": _sent_to("closing_notice"),
}
"""Purpose of a deadline -> whether a fact may begin it."""

MAY_END: Mapping[str, Fits] = {
    "first_response": lambda fact: _answered(fact) or _solved(fact),
    "resolution": _solved,
    "completion": _wrote,
    "closing": _is("message.received", "conformity.given", "conformity.denied"),
}
"""Purpose of a deadline -> whether a fact may end it."""

OURS = ("first_response", "resolution")
"""Purposes whose terms bind the organisation; the others are the customer's."""

MAY_PAUSE: Mapping[str, Fits] = {
    "customer": _moved_to("pending_customer"),
    "documents": _asked_for_data,
    "conformity": _moved_to("pending_conformity"),
    "adr": _member_noted,
    "agreed": _member_noted,
}
"""Reason of a pause -> whether a fact may cause it."""

BY_MEMBERS = ("adr", "agreed")
"""Reasons that a member gives, with a note; the others follow from what happens in the case."""

OVER: Mapping[str, Fits] = {
    "customer": lambda fact: _wrote(fact) or _taken_up(fact),
    "documents": lambda fact: _wrote(fact) or _taken_up(fact),
    "conformity": lambda fact: _wrote(fact) or _no_longer_asked(fact),
}
"""Reason of a pause that no member gave -> whether a fact makes what was waited for be over, by itself."""


def _may_resume(over: Fits) -> Fits:
    return lambda fact: over(fact) or _member_noted(fact)


MAY_RESUME: Mapping[str, Fits] = {
    **{reason: _may_resume(over) for reason, over in OVER.items()},
    "adr": _member_noted,
    "agreed": _member_noted,
}
"""Reason of a pause -> whether a fact may end it."""


def any_fact(fact: Fact) -> bool:
    """Return True: a deadline may stop applying for whatever happens."""
    return True
