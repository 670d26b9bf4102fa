"""How far the delivery of a communication got, as a pure function of its facts (evidence.md section 3).

Only facts raise or lower anything: an absence proves nothing. A type that this version does not know weighs nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from acuse.clock import to_rfc3339
from acuse.errors import InputError
from acuse.proof.facts.communication import KIND
from acuse.proof.facts.fact import Fact

STATEMENT_VERSION = 1

OUTCOMES: Mapping[str, str] = {
    "pending": "nothing has been decided yet",
    "handed": "the sender's own outgoing server took the message; nothing is known of the recipient's system (G0)",
    "relayed": "the recipient's mail server accepted it (G1)",
    "delivered": "it was delivered to the recipient's mailbox (G2)",
    "accessed": "the content was accessed (G3 to G5)",
    "accepted": "the recipient accepted or signed (G6)",
    "refused": "the recipient rejected it",
    "expired": "its term ended",
    "failed": "it could not be delivered, for the reason in `failure_class`",
    "undetermined": "a try ended without an answer: it may have arrived or not",
}
"""Outcome of a verdict -> what it means, in English."""

LIMITS: Mapping[str, str] = {
    "not_arrived": "that the message has reached any system of the recipient",
    "not_inbox": "that it reached the inbox",
    "not_read": "that it was read",
    "not_identity": "who, in person, uses the address",
    "not_known_to_recipient": "that the recipient knew of the message",
    "not_reply_true": "that the reply of the remote server is true",
    "not_other_addresses": "that the recipient has no other address",
    "not_arrival_nor_absence": "that the message arrived, or that it did not",
    "second_copy_possible": "that only one copy arrived: an earlier try ended without an answer",
    "address_stated_by_sender": "that the address is the recipient's: only the sender stated it",
}
"""Stable key of a limit -> what is NOT proved, in English. The certificate words each in its own language."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the facts of one communication prove.

    Attributes:
        outcome: one of OUTCOMES.
        grade: highest grade that stands, 0 to 6.
        failure_class: why it failed (facts.communication.FAILURE_CLASSES); None unless the outcome is `failed`.
        reached: grade -> the fact that reached it, for every grade with a fact of its own.
        limits: keys of LIMITS, strongest first.
        decisive: the fact that decided the outcome.
        final: whether no further attempt follows by itself.
    """

    outcome: str
    grade: int
    failure_class: str | None
    reached: dict[int, Fact]
    limits: tuple[str, ...]
    decisive: Fact | None
    final: bool


@dataclass(frozen=True, kw_only=True)
class _State:
    outcome: str
    decisive: Fact
    reached: Mapping[int, Fact]
    failure_class: str | None = None
    unanswered: Fact | None = None
    final: bool = False
    remote: bool = field(default=False)


def verdict(facts: Sequence[Fact]) -> Verdict:
    """Judge one communication by its facts.

    Args:
        facts: all facts of the communication up to some position, in order of `subject_sequence`, from the first.

    Returns:
        The verdict as of the last of them.

    Raises:
        InputError: no facts, facts of another kind of subject or of several, or the first is no acceptance.
    """
    if not facts or facts[0].type != "communication.accepted":
        raise InputError("A communication begins with the fact communication.accepted.")
    if any(fact.subject != facts[0].subject or fact.subject.kind != KIND for fact in facts):
        raise InputError("The facts are not all about one communication.")
    state = _State(outcome="pending", decisive=facts[0], reached={0: facts[0]})
    for fact in facts[1:]:
        step = _STEPS.get(fact.type)
        if step is not None:
            state = step(state, fact)
    return Verdict(
        outcome=state.outcome,
        grade=max(state.reached),
        failure_class=state.failure_class,
        reached=dict(state.reached),
        limits=_limits(state, facts[0]),
        decisive=state.decisive,
        final=state.final,
    )


def statement(judged: Verdict, facts: Sequence[Fact], *, facts_up_to: int) -> dict[str, Any]:
    """Return the content of `statement.json`: the verdict as members ready to be canonicalised.

    Args:
        judged: the verdict of `facts`.
        facts: the facts it was judged by.
        facts_up_to: ledger position of the last of them.

    Returns:
        JSON members. Equal facts and positions give equal bytes: the verifier recomputes and compares.
    """
    first = facts[0]
    return {
        "v": STATEMENT_VERSION,
        "organisation": str(first.organisation),
        "subject": {"kind": first.subject.kind, "id": str(first.subject.id)},
        "outcome": judged.outcome,
        "grade": judged.grade,
        "failure_class": judged.failure_class,
        "reached": [
            {"grade": grade, "fact": str(fact.id), "occurred_at": to_rfc3339(fact.occurred_at)}
            for grade, fact in sorted(judged.reached.items())
        ],
        "decisive": None if judged.decisive is None else str(judged.decisive.id),
        "limits": list(judged.limits),
        "final": judged.final,
        "facts": len(facts),
        "facts_up_to": facts_up_to,
        "last_entry": facts[-1].entry().hex(),
    }


def _waiting(state: _State, fact: Fact) -> _State:
    """A try began or is put off: undecided, unless an earlier try reached the recipient's system."""
    if state.final:
        return state
    return replace(state, outcome="undetermined" if state.unanswered else "pending", decisive=state.unanswered or fact)


def _unknown(state: _State, fact: Fact) -> _State:
    if state.final:
        return state
    return replace(state, outcome="undetermined", decisive=fact, unanswered=fact)


def _relayed(state: _State, fact: Fact) -> _State:
    """Taken charge of: G1, unless by the sender's own outgoing server, which is no system of the recipient."""
    if fact.details.get("via") is not None:
        return state if state.final else replace(state, outcome="handed", decisive=fact, final=True)
    return replace(
        state,
        outcome="relayed",
        decisive=fact,
        reached={**state.reached, 1: fact},
        failure_class=None,
        final=True,
    )


def _failed(state: _State, fact: Fact) -> _State:
    """A final failure. It lowers G1 and G2, never a grade that the recipient reached by an act."""
    if max(state.reached) >= 3:
        return state
    kept = {grade: reached for grade, reached in state.reached.items() if grade == 0}
    if state.unanswered is not None:
        # The copy whose fate is unknown may have arrived: "not delivered" would say more than is known.
        return replace(state, outcome="undetermined", decisive=state.unanswered, reached=kept, final=True)
    return replace(
        state,
        outcome="failed",
        decisive=fact,
        reached=kept,
        failure_class=str(fact.details.get("failure_class", "other")),
        final=True,
        remote=fact.type == "attempt.refused",
    )


_STEPS: Mapping[str, Callable[[_State, Fact], _State]] = {
    "attempt.opened": _waiting,
    "attempt.deferred": _waiting,
    "attempt.unknown": _unknown,
    "attempt.relayed": _relayed,
    "attempt.refused": _failed,
    "attempt.failed": _failed,
}


def _limits(state: _State, accepted: Fact) -> tuple[str, ...]:
    limits: list[str] = []
    if state.outcome == "pending":
        limits.append("not_arrived")
    elif state.outcome == "handed":
        limits += ["not_arrived", "not_known_to_recipient"]
        if state.unanswered is not None:
            limits.append("second_copy_possible")
    elif state.outcome == "undetermined":
        limits.append("not_arrival_nor_absence")
    elif state.outcome == "relayed":
        limits += ["not_inbox", "not_read", "not_identity"]
        if state.unanswered is not None:
            limits.append("second_copy_possible")
    else:
        limits.append("not_known_to_recipient")
        if state.remote:
            limits.append("not_reply_true")
        limits.append("not_other_addresses")
    if state.outcome != "failed" and accepted.details.get("recipient_basis") == "sender_stated":
        limits.append("address_stated_by_sender")
    return tuple(limits)
