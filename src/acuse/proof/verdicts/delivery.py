"""How far the delivery of a communication got, as a pure function of its facts (evidence.md section 3).

Only facts raise or lower anything: an absence proves nothing. A type that this version does not know weighs nothing.

Reports that come back (RFC 3464) weigh as follows. Nobody signs them, so each brings a limit of its own.

- They are about a copy that a server took, or may have taken. With no such copy they change nothing.
- A report of delivery gives G2. A report of failure lowers G1 and G2, never G3 and above, which the recipient reached
  by an act of their own. Of two that contradict each other the later stands.
- Both count only within REPORTS_COUNT of the last copy that was taken, or may have been. The recipient's side, and
  every server on the way, hold the address for reports for ever; what they could still change years later would prove
  little.
- While tries follow, a report of failure changes nothing: another copy is still to come. One that comes between a try's
  beginning and its end is told as soon as that try has been taken: servers can bounce before their own answer is
  recorded.
- Where several copies may have been taken, a report of failure speaks of one of them: it leaves a reported delivery
  alone, and without one it is undetermined whether another copy arrived.

In notice mode what is sent is the notice, and the content waits behind its link. Opening it is an act: G3, or G4 where
a code that was sent to the recipient was given too; accepting it is G6. Nothing that is said of the notice lowers an
act, and no later one undoes an answer. A term that ends decides only where nothing else had: not after an act, nor
after a failure. No report undoes its end: a failure changes nothing, and a delivery adds G2 and decides nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from acuse.clock import to_rfc3339
from acuse.errors import InputError
from acuse.proof.facts.communication import KIND
from acuse.proof.facts.fact import Fact

STATEMENT_VERSION = 1

REPORTS_COUNT = timedelta(days=15)
"""How long after a copy was taken a report of its failure or delivery counts: three times the 4 to 5 days after which
servers give up (RFC 5321 section 4.5.4.1), because several may pass a message on, one after the other."""

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
    "not_report_true": "that the report that came back is true: nobody signs it",
    "not_other_addresses": "that the recipient has no other address",
    "not_arrival_nor_absence": "that the message arrived, or that it did not",
    "second_copy_possible": "that only one copy arrived: an earlier try ended without an answer",
    "link_forwarded": "who, in person, opened it: the link can be forwarded",
    "control_of_contact": "who, in person, opened it: only control of the link and of the contact is proved",
    "not_understood": "that whoever opened it read or understood it, or agrees with it",
    "legal_effect": "the legal effect of the acceptance, which is for the court to weigh",
    "not_known_before_refusal": "that they knew the content before refusing it",
    "not_aware_of_notice": "that the recipient knew of the notice",
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
    """The verdict so far.

    Attributes:
        unanswered: the last try that ended without an answer.
        taken: the fact by which the recipient's server took a copy, whatever became of it.
        copies: how many copies a server took, or may have taken.
        last_copy: the fact by which it took, or may have taken, the last of them.
        early: a report that came while a try was open, when no copy had been taken before.
        tries_over: no further try follows, though `final` may not say so.
    """

    outcome: str
    decisive: Fact
    reached: Mapping[int, Fact]
    failure_class: str | None = None
    unanswered: Fact | None = None
    taken: Fact | None = None
    copies: int = 0
    last_copy: Fact | None = None
    early: Fact | None = None
    tries_over: bool = False
    final: bool = False


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
    """A try began or is put off: undecided, unless an earlier one reached the recipient's system."""
    if state.final:
        return state
    state = replace(state, early=None, tries_over=False)
    if _stands(state):
        return state
    return replace(state, outcome="undetermined" if state.unanswered else "pending", decisive=state.unanswered or fact)


def _unknown(state: _State, fact: Fact) -> _State:
    if state.final:
        return state
    over = fact.details.get("retry_at") is None
    state = replace(state, unanswered=fact, copies=state.copies + 1, last_copy=fact, early=None, tries_over=over)
    return state if _stands(state) else replace(state, outcome="undetermined", decisive=fact)


def _relayed(state: _State, fact: Fact) -> _State:
    """Taken charge of: G1, unless by the sender's own outgoing server, which is no system of the recipient."""
    handed = fact.details.get("via") is not None
    if handed and state.final:
        return state
    early, stands = state.early, _stands(state)
    state = replace(state, copies=state.copies + 1, last_copy=fact, early=None, final=True)
    if not handed:
        state = replace(state, taken=fact, reached={**state.reached, 1: fact})
    if not stands:
        state = replace(state, outcome="handed" if handed else "relayed", decisive=fact, failure_class=None)
    return _STEPS[early.type](state, early) if early else state


def _ended(state: _State, fact: Fact) -> _State:
    """A try ended for good without success. What a report confirmed of an earlier copy stands."""
    if _stands(state):
        return replace(state, final=True)
    if state.unanswered is not None:
        # The copy whose fate is unknown may have arrived: "not delivered" would say more than is known.
        return _undetermined(state, state.unanswered)
    return _failed(state, fact)


def _bounced(state: _State, fact: Fact) -> _State:
    """A report of failure came back."""
    if state.last_copy is None:
        return replace(state, early=fact)
    if not (state.final or state.tries_over) or _acted(state) or state.outcome == "expired":
        return state
    repeated = state.decisive.type == fact.type
    if repeated or _late(fact, state.last_copy):
        return state
    if state.copies == 1:
        return _failed(state, fact)
    return state if 2 in state.reached else _undetermined(state, fact)


def _confirmed(state: _State, fact: Fact) -> _State:
    """A report of delivery came back: G2, and G1 again where a failure had taken it away. A term's end stands."""
    if state.last_copy is None:
        return replace(state, early=fact)
    if 2 in state.reached or _late(fact, state.last_copy):
        return state
    decided = _acted(state) or state.outcome == "expired"
    reached = {**state.reached, **({1: state.taken} if state.taken else {}), 2: fact}
    state = replace(state, reached=reached)
    return state if decided else replace(state, outcome="delivered", decisive=fact, failure_class=None)


def _accessed(state: _State, fact: Fact) -> _State:
    """The content was opened: G3, or G4 with a code. An answer that was given stands."""
    grade = 4 if fact.details.get("authentication") else 3
    if state.outcome in ("accepted", "refused") or grade in state.reached:
        return state
    reached = {**state.reached, grade: fact}
    higher = state.outcome != "accessed" or grade == max(reached)
    state = replace(state, outcome="accessed", reached=reached, failure_class=None)
    return replace(state, decisive=fact) if higher else state


def _given(state: _State, fact: Fact) -> _State:
    if state.outcome in ("accepted", "refused"):
        return state
    return replace(state, outcome="accepted", decisive=fact, reached={**state.reached, 6: fact}, failure_class=None)


def _rejected(state: _State, fact: Fact) -> _State:
    if state.outcome in ("accepted", "refused"):
        return state
    return replace(state, outcome="refused", decisive=fact, failure_class=None)


def _expired(state: _State, fact: Fact) -> _State:
    if _acted(state) or state.outcome == "failed":
        return state
    return replace(state, outcome="expired", decisive=fact)


def _acted(state: _State) -> bool:
    """Whether the recipient's side did something by themselves, which no report about the notice undoes."""
    return max(state.reached) >= 3 or state.outcome == "refused"


def _late(report: Fact, copy: Fact) -> bool:
    return report.occurred_at - copy.occurred_at > REPORTS_COUNT


def _stands(state: _State) -> bool:
    """Whether the outcome does not hang on what a try says next."""
    return 2 in state.reached or _acted(state) or state.outcome == "expired"


def _failed(state: _State, fact: Fact) -> _State:
    failure = str(fact.details.get("failure_class", "other"))
    return replace(state, outcome="failed", decisive=fact, reached=_lowered(state), failure_class=failure, final=True)


def _undetermined(state: _State, fact: Fact) -> _State:
    return replace(
        state, outcome="undetermined", decisive=fact, reached=_lowered(state), failure_class=None, final=True
    )


def _lowered(state: _State) -> Mapping[int, Fact]:
    return {grade: reached for grade, reached in state.reached.items() if grade == 0}


_STEPS: Mapping[str, Callable[[_State, Fact], _State]] = {
    "attempt.opened": _waiting,
    "attempt.deferred": _waiting,
    "attempt.unknown": _unknown,
    "attempt.relayed": _relayed,
    "attempt.refused": _ended,
    "attempt.failed": _ended,
    "bounce.received": _bounced,
    "delivery.confirmed": _confirmed,
    "content.accessed": _accessed,
    "acceptance.given": _given,
    "content.rejected": _rejected,
    "term.expired": _expired,
}
_UNSIGNED = frozenset({"bounce.received", "delivery.confirmed"})


def _limits(state: _State, accepted: Fact) -> tuple[str, ...]:
    limits = [*_LIMITS_OF.get(state.outcome, ("not_known_to_recipient", "not_other_addresses"))]
    if state.outcome in ("accessed", "accepted"):
        limits.insert(0, "control_of_contact" if 4 in state.reached else "link_forwarded")
    if state.outcome == "refused" and max(state.reached) < 3:
        limits.insert(0, "not_known_before_refusal")
    if {state.decisive.type, state.reached[max(state.reached)].type} & _UNSIGNED:
        limits.insert(1 if state.outcome == "failed" else 2, "not_report_true")
    elif state.outcome == "failed" and state.decisive.type == "attempt.refused":
        limits.insert(1, "not_reply_true")
    if state.outcome in ("handed", "relayed", "delivered") and state.unanswered is not None:
        limits.append("second_copy_possible")
    if state.outcome != "failed" and accepted.details.get("recipient_basis") == "sender_stated":
        limits.append("address_stated_by_sender")
    return tuple(limits)


_LIMITS_OF: Mapping[str, tuple[str, ...]] = {
    "pending": ("not_arrived",),
    "handed": ("not_arrived", "not_known_to_recipient"),
    "undetermined": ("not_arrival_nor_absence",),
    "relayed": ("not_inbox", "not_read", "not_identity"),
    "delivered": ("not_inbox", "not_read", "not_identity"),
    "accessed": ("not_understood",),
    "accepted": ("legal_effect",),
    "refused": ("link_forwarded",),
    "expired": ("not_aware_of_notice",),
}
