"""Section 4 of a case's record: every fact told in plain words, with who did it and when."""

from collections.abc import Callable, Mapping
from typing import Any

from acuse.certificates.stories.deadlines.timeline import changed_fields, timeline, title
from acuse.certificates.stories.moments import number
from acuse.certificates.stories.record.case import WholeCase
from acuse.certificates.stories.record.communications import became
from acuse.certificates.stories.runs import Runs, mono, own, strong, text_of
from acuse.clock import from_rfc3339
from acuse.proof.facts.fact import Fact

_SUMMARY_FROM = 40
_LONGEST = 300
_PARTS = ("type", "priority", "matter")


def history(case: WholeCase) -> dict[str, Any]:
    """Return section 4: rows by day, none merged, none left out."""
    told = timeline(case)
    rows = [row for day in told["days"] for row in day["rows"]]
    for item, row in zip(case.facts, rows, strict=True):
        fact = item.fact
        row["source"] = _who(case, fact, row["source"])
        if fact.type in _TELLERS:
            title, remarks = _TELLERS[fact.type](case, fact)
            kept = row["remarks"][1:] if len(row["remarks"]) > 1 else []
            row |= {"title": title, "remarks": [remark for remark in (*remarks, *kept) if remark]}
        found = case.communication(fact.details.get("communication")) if fact.type == "reply.sent" else None
        if found is not None and fact.details.get("certified"):
            row["tag"] = row["tag"] or f"G{found.verdict.grade}"
    if len(rows) >= _SUMMARY_FROM:
        told["summary"] = _summary(case)
    return told


def _who(case: WholeCase, fact: Fact, otherwise: Runs | None) -> Runs | None:
    if fact.actor.kind != "member":
        return otherwise
    return case.say("record.member", number=number(case.members.index(fact.actor.id) + 1))


def _summary(case: WholeCase) -> str:
    """Return where to look first, for a history that runs over several pages."""
    wanted = ("ticket.opened", "reply.sent", "conformity.given", "conformity.denied", "term.expired")
    found = [number(item.fact.subject_sequence) for item in case.facts if item.fact.type in wanted]
    return "".join(str(run["t"]) for run in case.say("record.history.summary", numbers=", ".join(found[:30])))


def _words_of(case: WholeCase, fact: Fact) -> Runs:
    """Return where what was written stands."""
    item = case.written(fact)
    if item is None:
        return []
    file = case.file(item)
    if file is None:
        return case.say(
            "record.words.withheld" if item.role == "note" else "record.words.left", digest=mono(item.sha256)
        )
    inside = item.sha256 in {one.sha256 for one in case.context.files}
    key = "record.words.annex" if inside else "record.words.bundle"
    return case.say(key, name=mono(file.name))


def _opened(case: WholeCase, fact: Fact) -> tuple[Runs, list[Runs]]:
    details = fact.details
    said = case.say("record.fact.opened.is", tracking=case.key(), address=case.customer())
    classed = [_part(case, name, details[name]) for name in _PARTS if case.has(f"{name}.{details.get(name)}")]
    return _by_channel(case, fact, "record.fact.opened"), [
        said,
        case.say("record.fact.classed", words=" · ".join(classed)) if classed else [],
        _words_of(case, fact),
    ]


def _part(case: WholeCase, name: str, value: str) -> str:
    word = case.word(f"{name}.{value}")
    return word.lower() if name == "type" else f"{case.word(f'detail.{name}')}: {word}"


def _by_channel(case: WholeCase, fact: Fact, key: str) -> Runs:
    channel = f"record.channel.{fact.details.get('channel')}"
    return case.say(key, channel=case.word(channel) if case.has(channel) else "")


def _received(case: WholeCase, fact: Fact) -> tuple[Runs, list[Runs]]:
    author = case.theirs(text_of(fact.details.get("author")) or "—", limit=120)
    matched = f"matched_by.{fact.details.get('matched_by')}"
    known = case.say("record.fact.matched", how=case.word(matched)) if case.has(matched) else []
    return _by_channel(case, fact, "record.fact.received"), [
        [*case.say("record.fact.author", author=author), *known],
        _words_of(case, fact),
    ]


def _replied(case: WholeCase, fact: Fact) -> tuple[Runs, list[Runs]]:
    details = fact.details
    act = f"record.act.{details.get('act')}"
    title = case.word(act) if case.has(act) else case.word("record.act.answer")
    key = "record.fact.sent.certified" if details.get("certified") else "record.fact.sent"
    told = case.say(key, recipient=case.theirs(str(details["recipient"]), limit=120))
    if details.get("automatic"):
        told += case.say("record.fact.automatic")
    until = details.get("term_until")
    return [strong(title)], [
        told,
        case.say("record.fact.term", time=case.clock.short(from_rfc3339(until))) if until else [],
        became(case, fact),
        _words_of(case, fact),
    ]


def _noted(case: WholeCase, fact: Fact) -> tuple[Runs, list[Runs]]:
    return case.say("fact.note.added"), [_words_of(case, fact)]


def _called(case: WholeCase, fact: Fact) -> tuple[Runs, list[Runs]]:
    details = fact.details
    result = f"record.call.{details.get('result')}"
    began = case.say("record.call.began", time=case.clock.short(from_rfc3339(details["started_at"])))
    return case.say("record.fact.called", result=case.word(result)), [began, _words_of(case, fact)]


def _amended(case: WholeCase, fact: Fact) -> tuple[Runs, list[Runs]]:
    _title, remarks = _called(case, fact)
    result = case.word(f"record.call.{fact.details.get('result')}")
    return case.say("record.fact.call_amended", result=result), remarks


def _answered(case: WholeCase, fact: Fact) -> tuple[Runs, list[Runs]]:
    details = fact.details
    by, comments = f"by.{details.get('by')}", text_of(details.get("comments"))
    words = case.theirs(text_of(details.get("words")) or "—", limit=_LONGEST)
    how = case.word(by) if case.has(by) else ""
    return title(case, fact), [
        [own(f"{how[:1].upper()}{how[1:]}. "), *case.say("record.conformity.words", words=words)],
        case.say("record.conformity.comments", comments=case.theirs(comments, limit=4 * _LONGEST)) if comments else [],
    ]


def _asked(case: WholeCase, fact: Fact) -> tuple[Runs, list[Runs]]:
    name = mono(str(fact.details["communication"]))
    return case.say("fact.conformity.requested"), [case.say("record.conformity.asked", communication=name)]


def _assigned(case: WholeCase, fact: Fact) -> tuple[Runs, list[Runs]]:
    member = fact.details.get("member")
    if not member:
        return case.say("record.fact.nobody"), []
    if member in case.members:
        return case.say("record.fact.assigned", number=number(case.members.index(member) + 1)), []
    return case.say("record.fact.assigned.other"), [[mono(str(member))]]


def _moved(case: WholeCase, fact: Fact) -> tuple[Runs, list[Runs]]:
    before, after = (case.word(f"status.{fact.details[name]}") for name in ("before", "after"))
    return case.say("record.fact.moved", after=after), [case.say("record.fact.moved.before", before=before)]


def _described(case: WholeCase, fact: Fact) -> tuple[Runs, list[Runs]]:
    return case.say("record.fact.described", fields=changed_fields(case, fact.details["fields"])), []


def _escalated(case: WholeCase, fact: Fact) -> tuple[Runs, list[Runs]]:
    return case.say("record.fact.escalated" if fact.details["escalated"] else "record.fact.taken_back"), []


def _issued(case: WholeCase, fact: Fact) -> tuple[Runs, list[Runs]]:
    of_one = "deadline" if "deadline" in fact.details else fact.type
    document = f"record.document.{fact.details.get('document') or of_one}"
    return case.say("record.fact.issued", document=case.word(document), code=own(str(fact.details["code"]))), []


_TELLERS: Mapping[str, Callable[[WholeCase, Fact], tuple[Runs, list[Runs]]]] = {
    "ticket.opened": _opened,
    "message.received": _received,
    "reply.sent": _replied,
    "note.added": _noted,
    "call.added": _called,
    "call.amended": _amended,
    "conformity.requested": _asked,
    "conformity.given": _answered,
    "conformity.denied": _answered,
    "ticket.assigned": _assigned,
    "ticket.status_changed": _moved,
    "ticket.described": _described,
    "ticket.escalated": _escalated,
    "certificate.issued": _issued,
    "receipt.issued": _issued,
}
