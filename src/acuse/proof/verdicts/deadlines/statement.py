"""What `statement.json` says of a ticket: the verdicts on its deadlines, as members ready to be canonicalised."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from acuse.clock import to_rfc3339
from acuse.proof.canonical import MAX_INTEGER
from acuse.proof.facts.fact import Fact
from acuse.proof.verdicts.deadlines.values import Deadline, Judgement

VERSION = 6
"""Of 1, what counts as an end, a cause and a pause was another; of 2, what counts as a start. Of 3 to 5, 5 being 4 with
the name of a deadline, the verdicts are those of 6, which looks for more that does not follow (`_SAME_BUT_FOR`), and
says of other facts that versions of the policy, or times of noting, do not fit each other (`_OTHERWISE`).
"""
ABOUT_ONE = 7
"""Of a statement that names the deadline which its document is about; the verdicts are those of 6."""
NAMING_ONE = (5, ABOUT_ONE)
"""Versions of statements that name such a deadline."""
_SAME_BUT_FOR = {
    3: frozenset({"term_missing", "deferral_unfounded", "term_late", "calendar_differs"}),
    4: frozenset({"term_late", "calendar_differs"}),
    5: frozenset({"term_late", "calendar_differs"}),
}
"""Version whose verdicts are those of this one -> what it did not look for yet."""
_OTHERWISE = frozenset({"rule_superseded", "noted_back"})
"""What versions before 6 said of other facts: of versions within a minute of each other too, and comparing the times at
which two facts in a row were noted alone."""
_MICROSECOND = timedelta(microseconds=1)


def statement(judgement: Judgement, facts: Sequence[Fact], *, facts_up_to: int) -> dict[str, Any]:
    """Return the content of `statement.json` of a ticket.

    Args:
        judgement: of `facts`, as of when the last of them was recorded.
        facts: the facts that were judged.
        facts_up_to: ledger position of the last of them.
    """
    first = facts[0]
    return {
        "v": VERSION,
        "organisation": str(first.organisation),
        "subject": {"kind": first.subject.kind, "id": str(first.subject.id)},
        "deadlines": [stated_deadline(deadline) for deadline in judgement.deadlines],
        "contradictions": [{"fact": str(each.fact.id), "contradiction": each.key} for each in judgement.contradictions],
        "facts": len(facts),
        "facts_up_to": facts_up_to,
        "last_entry": facts[-1].entry().hex(),
    }


def about_one(members: Mapping[str, Any], deadline: Deadline) -> Mapping[str, Any]:
    """Return a statement of the same verdicts, of a document that is about one of the deadlines.

    Args:
        members: content of `statement.json` of a ticket. deadline: which one.
    """
    return {**members, "v": ABOUT_ONE, "deadline": deadline.id}


def named_in(members: Any) -> str | None:
    """Return the deadline that a statement, which need not be one, says its document is about; None without."""
    if not isinstance(members, dict) or members.get("v") not in NAMING_ONE:
        return None
    named = members.get("deadline")
    return named if isinstance(named, str) else None


def as_of_version(members: Mapping[str, Any], version: int) -> Mapping[str, Any] | None:
    """Return a statement as another version would make it; None where that one's verdicts are others.

    Args:
        members: content of `statement.json` of a ticket. version: the "v" of the other.
    """
    if version == members["v"]:
        return members
    if version not in _SAME_BUT_FOR:
        return None
    known = [each for each in members["contradictions"] if each["contradiction"] not in _SAME_BUT_FOR[version]]
    return {**members, "v": version, "contradictions": known}


def comparable(members: Mapping[str, Any], version: int) -> Mapping[str, Any]:
    """Return a statement, which need not be one, without what its version said of facts of which this one does not."""
    told = members.get("contradictions")
    if version >= VERSION or not isinstance(told, list):
        return members
    kept = [each for each in told if not isinstance(each, dict) or each.get("contradiction") not in _OTHERWISE]
    return {**members, "contradictions": kept}


def stated_deadline(deadline: Deadline) -> dict[str, Any]:
    """Return what became of a deadline as JSON members; counted time is in microseconds, or in days for days.

    No number is above what JSON keeps exactly (RFC 8785): 285 years late is as late as it gets.
    """
    details = deadline.started.details
    return {
        "deadline": deadline.id,
        "purpose": deadline.purpose,
        "term": deadline.term.members(),
        "on_resume": deadline.on_resume,
        "calendar": details["calendar"],
        "rule": details["rule"],
        "verdict": deadline.verdict,
        "started_at": to_rfc3339(deadline.started_at),
        "started_by": None if deadline.cause is None else str(deadline.cause.id),
        "due_at": None if deadline.due_at is None else to_rfc3339(deadline.due_at),
        "judged_at": to_rfc3339(deadline.judged_at),
        "ended_at": None if deadline.ended_at is None else to_rfc3339(deadline.ended_at),
        "ended_by": None if deadline.end is None else str(deadline.end.id),
        "used": _counted(deadline, deadline.used),
        "excess": _counted(deadline, deadline.excess),
        "late": min(deadline.late // _MICROSECOND, MAX_INTEGER),
        "pauses": [
            {
                "reason": pause.reason,
                "started_at": to_rfc3339(pause.started_at),
                "ended_at": None if pause.ended_at is None else to_rfc3339(pause.ended_at),
            }
            for pause in deadline.pauses
        ],
    }


def _counted(deadline: Deadline, amount: timedelta | None) -> int | None:
    """Return counted time as whole days, or as microseconds for a term in hours."""
    if amount is None:
        return None
    return amount.days if deadline.term.in_days else amount // _MICROSECOND
