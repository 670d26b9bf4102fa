"""Page 1 of a case's record: how it stands, in one sentence and one table."""

from collections import Counter
from typing import Any

from acuse.certificates.stories.deadlines.front import opening as opening_of_deadlines
from acuse.certificates.stories.deadlines.front import short_verdict
from acuse.certificates.stories.front import short_verdict as short_verdict_of
from acuse.certificates.stories.moments import number
from acuse.certificates.stories.record.case import SAID, WholeCase
from acuse.certificates.stories.record.communications import absence, became
from acuse.certificates.stories.runs import Runs, own, plain, text_of
from acuse.proof.facts.fact import Fact

MOST_DEADLINES = 4
_AGREEMENT = ("conformity.given", "conformity.denied", "conformity.requested")
_GUARANTEE = frozenset({"activation", "rejection", "suspension", "data_request"})


def headline(case: WholeCase) -> str:
    """Return how the case stands."""
    return case.word(f"record.headline.{case.status}")


def opening(case: WholeCase, *, notes: bool) -> dict[str, Any]:
    """Return the model of the verdict block.

    Args:
        case: whose. notes: the document holds what members wrote among themselves.
    """
    told = opening_of_deadlines(case)
    return {
        **told,
        "kind": plain(case.say("kind.record-notes" if notes else "kind.record", ticket=case.key())),
        "badge": _badge(case, told["badge"]),
        "headline": headline(case),
        "sentence": _sentence(case),
    }


def _badge(case: WholeCase, badge: dict[str, Any]) -> dict[str, Any]:
    """Return what became of the deadlines, or how many facts there are where there is no deadline."""
    if not case.deadlines:
        halves = [{"mark": number(len(case.facts)), "label": case.word("record.badge"), "style": "filled"}]
        return {"style": "counts", "halves": halves}
    verdicts = {each.verdict for each in case.deadlines}
    key = f"record.badge.{verdicts.pop()}" if len(verdicts) == 1 < len(case.deadlines) else ""
    if not case.has(key):
        return badge
    return {**badge, "halves": [{**badge["halves"][0], "label": case.word(key)}]}


def _sentence(case: WholeCase) -> Runs:
    opened = case.facts[0].fact
    kind = f"record.type.{case.type}"
    said = case.say(
        "record.sentence",
        sender=case.sender(),
        customer=case.customer(),
        kind=case.word(kind if case.has(kind) else "record.type"),
        subject=case.subject(),
        **case.when(opened.occurred_at),
    )
    ended = case.last("ticket.status_changed")
    if ended is not None and case.status in ("resolved", "closed_without"):
        said += case.say(f"record.sentence.{case.status}", **case.when(ended.occurred_at))
    return said


def summary(case: WholeCase) -> list[dict[str, Any]]:
    """Return the table of page 1: what a reader looks for first, a line each."""
    rows = {
        "written": case.say(
            "record.summary.written.is",
            received=_counted(case, "received", case.count("ticket.opened", "message.received")),
            sent=_counted(case, "sent", case.count("reply.sent")),
            calls=_counted(case, "calls", case.count("call.added")),
        ),
        "deadlines": _deadlines(case),
        "communications": _communications(case),
        "agreement": _agreement(case),
        "guarantee": _guarantee(case),
    }
    return [
        {"label": case.word(f"record.summary.{name}"), "parts": [{"kind": "line", "runs": runs}]}
        for name, runs in rows.items()
        if runs
    ]


def _counted(case: WholeCase, name: str, count: int) -> str:
    key = f"record.count.{name}.one" if count == 1 else f"record.count.{name}"
    return plain(case.say(key, count=number(count)))


def _deadlines(case: WholeCase) -> Runs:
    said: Runs = []
    for each in case.deadlines[:MOST_DEADLINES]:
        word = case.word(f"purpose.{each.purpose}")
        said += [own("; ")] if said else []
        said += case.say(
            f"record.deadline.{each.verdict}",
            purpose=case.sourced(word if not said else word.lower(), each),
            term=case.term(each.term),
            excess=case.excess(each) if each.verdict == "missed" else "",
        )
    if len(case.deadlines) > MOST_DEADLINES:
        said += [own("; "), own(short_verdict(case))]
    return [*said, own(".")] if said else case.say("deadlines.none.ticket")


def _communications(case: WholeCase) -> Runs:
    if not case.communications and not case.absent:
        return case.say("record.communications.none")
    counted = Counter(plain([own(short_verdict_of(each))]) for each in case.communications)
    listed = "; ".join(f"{words}\N{NO-BREAK SPACE}({number(count)})" for words, count in counted.most_common())
    said: Runs = [own(f"{listed}. ")] if listed else []
    return [*said, *absence(case)] if case.absent else [own(f"{listed}.")]


def _agreement(case: WholeCase) -> Runs:
    """Return what was last said of agreement; of a question without an answer, what became of its message."""
    fact = case.last(*_AGREEMENT)
    if fact is None:
        return case.say("record.agreement.none")
    by = f"by.{fact.details.get('by')}"
    said = case.say(
        f"record.agreement.{fact.type}",
        by=case.word(by) if case.has(by) else "",
        number=number(fact.subject_sequence),
        **case.when(fact.occurred_at),
    )
    return [*said, own(" "), *became(case, fact)] if fact.type == "conformity.requested" else said


def _guarantee(case: WholeCase) -> Runs:
    """Return what was last sent about a guarantee or claim, and what became of it; nothing where there was nothing."""
    acts = [item.fact for item in case.facts if item.fact.type == "reply.sent" and _is_of_guarantee(item.fact)]
    if not acts:
        return []
    fact = acts[-1]
    said = case.say(
        f"record.guarantee.{fact.details['act']}",
        number=number(fact.subject_sequence),
        **case.when(fact.occurred_at),
    )
    return [*said, own(" "), *became(case, fact)]


def _is_of_guarantee(fact: Fact) -> bool:
    return fact.details.get("act") in _GUARANTEE


def lists(case: WholeCase, *, notes: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what is proved and what is not, strongest first."""
    proves = [case.say("record.proves.facts"), _words(case)]
    if case.communications:
        proves.append(case.say("record.proves.grades.some" if case.absent else "record.proves.grades"))
    if case.deadlines:
        proves.append(case.say("record.proves.deadlines"))
    limits = [case.say("record.limit.truth"), case.say("record.limit.person"), case.say("record.limit.law")]
    if not notes and case.count("note.added"):
        limits.append(case.say("record.limit.notes", count=number(case.count("note.added"))))
    if case.absent:
        limits.append(case.say("record.limit.absent", count=number(len(case.absent))))
    return (
        {"title": case.word("proves.title"), "items": proves},
        {"title": case.word("limits.title"), "items": limits},
    )


def _words(case: WholeCase) -> Runs:
    """Return where the originals of what each side wrote are."""
    left = case.left
    if left:
        return case.say("record.proves.words.left", count=number(len(left)))
    beside = any(file.role in SAID for file in case.context.elsewhere)
    return case.say("record.proves.words.beside" if beside else "record.proves.words")


def subject_text(case: WholeCase) -> str:
    """Return what the case is about, whole."""
    return text_of(case.opened.get("subject"))
