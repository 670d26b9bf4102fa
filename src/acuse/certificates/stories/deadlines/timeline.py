"""Section 4: every fact of the ticket, in order, with what it says (design: Timeline)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from acuse.certificates.stories.context import LedgerFact
from acuse.certificates.stories.deadlines.ticket import Ticket
from acuse.certificates.stories.moments import number, utc_time
from acuse.certificates.stories.runs import Run, Runs, mono, own, plain, text_of
from acuse.clock import from_rfc3339
from acuse.errors import InputError
from acuse.proof.business_time import Term
from acuse.proof.facts.deadline import MISSED, PAUSED, STARTED
from acuse.proof.facts.fact import Fact
from acuse.proof.verdicts.deadlines import is_readable

_LONGEST = 300
_HIDDEN = frozenset(
    {
        "deadline",
        "calendar",
        "rule",
        "language",
        "number",
        "key",
        "contact",
        "template",
        "client",
        "consent",
        "digest",
        "request",
        "mailbox",
    }
)
"""Details that the sections tell in their own words, or that are only for machines; all of them are in proof.json."""


def timeline(ticket: Ticket) -> dict[str, Any]:
    """Return section 4: rows by day, none merged, none left out."""
    days: list[dict[str, Any]] = []
    shown = None
    for item in ticket.facts:
        day = ticket.clock.local(item.fact.occurred_at).date()
        if day != shown:
            days.append({"title": ticket.clock.heading(item.fact.occurred_at), "rows": []})
            shown = day
        days[-1]["rows"].append(_row(ticket, item))
    return {
        "number": "4",
        "title": ticket.word("timeline.title"),
        "header": [
            plain(ticket.say("timeline.time", clock=ticket.clock.name())),
            "",
            ticket.word("timeline.fact"),
            ticket.word("timeline.number"),
        ],
        "summary": None,
        "days": days,
    }


def _row(ticket: Ticket, item: LedgerFact) -> dict[str, Any]:
    fact = item.fact
    mark, tag = _mark(ticket, fact)
    remarks = [*_remarks(ticket, fact)]
    if abs((fact.recorded_at - fact.occurred_at).total_seconds()) >= 60:
        remarks.append(ticket.say("fact.recorded", time=ticket.clock.short(fact.recorded_at)))
    return {
        "time": ticket.clock.time(fact.occurred_at),
        "utc": utc_time(fact.occurred_at),
        "mark": mark,
        "title": title(ticket, fact),
        "tag": tag,
        "tag_filled": mark == "filled",
        "source": _source(ticket, fact),
        "verbatim": None,
        "remarks": remarks,
        "number": number(fact.subject_sequence),
        "position": "–" if item.position is None else number(item.position),
        "breakable": False,
    }


def _mark(ticket: Ticket, fact: Fact) -> tuple[str, str | None]:
    if any(each.fact == fact for each in ticket.judgement.contradictions):
        return "ring", ticket.word("tag.contradicted")
    ended = ticket.ended_by(fact)
    if ended is not None:
        missed = ended.verdict == "missed"
        return ("ring", ticket.word("tag.missed")) if missed else ("filled", ticket.word("tag.met"))
    return ("cross", ticket.word("tag.missed")) if fact.type == MISSED else ("ring", None)


def title(ticket: Ticket, fact: Fact) -> Runs:
    """Return what happened, in one line."""
    key = f"fact.{fact.type}"
    by = f"{key}.{fact.details.get('by')}"
    if ticket.has(by):
        return ticket.say(by)
    if not ticket.has(key):
        return ticket.say("fact.other", type=mono(fact.type))
    return ticket.say(key, purpose=_purpose(ticket, fact))


def _purpose(ticket: Ticket, fact: Fact) -> str:
    """Return what the deadline of a fact is for, in words."""
    name = fact.details.get("deadline")
    found = next((each for each in ticket.deadlines if each.id == name), None)
    return ticket.purpose(found).lower() if found is not None else "—"


def _source(ticket: Ticket, fact: Fact) -> Runs | None:
    """Return who did it, and from where."""
    key = f"actor.{fact.actor.kind}"
    said: Runs = ticket.say(key) if ticket.has(key) else [mono(fact.actor.kind)]
    client = fact.details.get("client")
    if isinstance(client, Mapping) and client.get("ip"):
        said += ticket.say("actor.from", ip=ticket.theirs(str(client["ip"]), limit=64))
    return said


def _remarks(ticket: Ticket, fact: Fact) -> list[Runs]:
    """Return what a fact says besides, a value after its name; a value in our words where there are any."""
    if not is_readable(fact):
        return []
    if fact.type in (STARTED, PAUSED):
        return [_of_deadline(ticket, fact)]
    said: Runs = []
    for name, value in fact.details.items():
        shown = _value(ticket, name, value)
        if name in _HIDDEN or shown is None:
            continue
        known = ticket.has(f"detail.{name}")
        label = ticket.word(f"detail.{name}") if known else name
        first = label[0].upper() + label[1:] if known else name
        said += [own(f" · {label}: " if said else f"{first}: "), *shown]
    return [said] if said else []


def _of_deadline(ticket: Ticket, fact: Fact) -> Runs:
    if fact.type == PAUSED:
        reason, follows = ticket.word(f"pause.{fact.details['reason']}"), fact.details.get("follows")
        if not follows:
            return ticket.say("fact.pause.reason", reason=reason)
        return ticket.say("fact.pause.reason.by", reason=reason, cause=_named(ticket, follows))
    told = next((each for each in ticket.deadlines if each.started == fact), None)
    due = ticket.clock.short(from_rfc3339(fact.details["due_at"]))
    follows = fact.details.get("follows")
    cause = _named(ticket, follows) if follows else [own("—")]
    term: Runs = ticket.sourced(ticket.term(told.term), told) if told else [own("—")]
    return ticket.say("fact.start.term", term=term, cause=cause, due=due)


def _value(ticket: Ticket, name: str, value: Any) -> Runs | None:
    """Return one value of the details; None where there is nothing to show."""
    for text, tell in _SHOWN.items():
        if name == text:
            return tell(ticket, value)
    if isinstance(value, bool):
        return [own(ticket.word("yes" if value else "no"))]
    if isinstance(value, int):
        return [own(number(value))]
    if isinstance(value, str) or (isinstance(value, Mapping) and value.keys() == {"base64"}):
        return _text(ticket, name, text_of(value))
    if isinstance(value, list | tuple) and value and all(isinstance(one, str) for one in value):
        return [changed_fields(ticket, value) if name == "fields" else ticket.theirs(", ".join(value), limit=_LONGEST)]
    return None


def changed_fields(ticket: Ticket, names: Sequence[str]) -> Run:
    """Return what was changed on a case's card; names that our words do not know stand as they are."""
    keys = [f"record.field.{name}" for name in names]
    if all(map(ticket.has, keys)):
        return own(", ".join(map(ticket.word, keys)))
    return ticket.theirs(", ".join(names), limit=_LONGEST)


def _text(ticket: Ticket, name: str, text: str) -> Runs | None:
    if not text:
        return None
    for prefix in (f"{name}.{text}", f"status.{text}", f"act.{text}"):
        if ticket.has(prefix):
            return [own(ticket.word(prefix))]
    try:
        return [own(ticket.clock.short(from_rfc3339(text)))]
    except InputError:
        return [_run(ticket, text)]


def _run(ticket: Ticket, text: str) -> Run:
    return mono(text) if len(text) == 36 and text.count("-") == 4 else ticket.theirs(text, limit=_LONGEST)


def _named(ticket: Ticket, value: Any) -> Runs:
    return ticket.say("fact.ended_by", number=number(value["sequence"]))


def _term(ticket: Ticket, value: Any) -> Runs:
    return [own(ticket.term(Term.from_members(value)))]


_SHOWN: Mapping[str, Callable[[Ticket, Any], Runs]] = {"ended_by": _named, "follows": _named, "term": _term}
