"""Sections 2, 3 and 5: parties, the case, and the deadlines as a table."""

from collections.abc import Callable, Sequence
from typing import Any

from acuse.certificates.stories.deadlines.ticket import Ticket
from acuse.certificates.stories.front import address, certifier, organisation
from acuse.certificates.stories.literal import literal
from acuse.certificates.stories.moments import number
from acuse.certificates.stories.runs import Runs, foreign, own, strong, text_of
from acuse.mail.read import Message
from acuse.proof.verdicts.deadlines import Deadline

_SIDE_BY_SIDE = 2


def _line(runs: Runs) -> dict[str, Any]:
    return {"kind": "line", "runs": runs}


def parties(ticket: Ticket) -> dict[str, Any]:
    """Return section 2."""
    customer = str(ticket.opened.get("address") or "—")
    return {
        "number": "2",
        "title": ticket.word("parties.title"),
        "rows": [
            {"label": ticket.word("parties.company"), "parts": [organisation(ticket)]},
            {"label": ticket.word("parties.customer"), "parts": address(ticket, customer)},
            certifier(ticket),
        ],
    }


def by_call(ticket: Ticket) -> str:
    """Return the end of the keys of what is said otherwise of a case that a call opened."""
    return ".call" if ticket.opened.get("channel") == "phone" else ""


def content(ticket: Ticket, message: Message | None, *, at_entry: bool = False) -> dict[str, Any]:
    """Return section 3.

    Args:
        ticket: whose.
        message: that opened the case, as read from custody; None where it was none.
        at_entry: whether the document tells the entry alone, and so of which type the case was then.
    """
    opened = ticket.opened
    said: Runs = [{**ticket.key(), "k": "foreign-strong"}]
    kind = f"type.{ticket.type}"
    if ticket.has(kind):
        said += [own(" · "), own(ticket.word(kind)), *([own(ticket.word("type.at_entry"))] if at_entry else [])]
    rows = [{"label": ticket.word("content.ticket"), "parts": [_line(said)]}]
    subject = text_of(opened.get("subject"))
    if subject:
        run = {**foreign(subject, language=ticket.message_language), "k": "foreign-strong"}
        rows.append({"label": ticket.word("content.subject"), "parts": [_line([run])]})
    channel = f"channel.{opened.get('channel')}"
    if ticket.has(channel):
        came = ticket.word(channel)
        rows.append({"label": ticket.word("content.channel"), "parts": [_line([own(came[0].upper() + came[1:])])]})
    told: dict[str, Any] = {
        "number": "3",
        "title": ticket.word("content.title"),
        "rows": rows,
        "begins": ticket.word(f"content.begins.ticket{by_call(ticket)}"),
        "ends": "",
        "blocks": None,
        "pictures": {},
        "attachments": [],
        "attachments_more": None,
    }
    if message is not None:
        original = next((file.name for file in ticket.context.files if file.role == "message"), "—")
        made = literal(ticket, message, original=original)
        told |= {"blocks": made.blocks, "ends": made.ends, "pictures": made.pictures}
    return told


def table(ticket: Ticket) -> dict[str, Any]:
    """Return section 5: what the drawings show, as values; a pause is explained by its facts."""
    found = ticket.deadlines
    groups = [found[start : start + _SIDE_BY_SIDE] for start in range(0, len(found), _SIDE_BY_SIDE)]
    return {
        "number": "5",
        "title": ticket.word("deadlines.title"),
        "sentence": None if found else ticket.say("deadlines.none.ticket"),
        "tables": [_group(ticket, group) for group in groups],
        "contradictions": [
            ticket.say(
                f"contradiction.{each.key}", number=number(each.fact.subject_sequence), terms=_named(ticket, each.terms)
            )
            for each in ticket.judgement.contradictions
        ],
        "contradictions_title": ticket.word("deadlines.contradictions"),
    }


def _named(ticket: Ticket, terms: Sequence[str]) -> Runs:
    """Return the names of terms, which are the organisation's own words."""
    said: Runs = []
    for name in terms:
        said += [*([own(", ")] if said else []), ticket.theirs(name, limit=60)]
    return said


def _group(ticket: Ticket, deadlines: Sequence[Deadline]) -> dict[str, Any]:
    return {
        "header": [ticket.sourced(ticket.purpose(each), each) for each in deadlines],
        "rows": [
            {"label": ticket.word(f"deadlines.{name}"), "cells": [cell(ticket, each) for each in deadlines]}
            for name, cell in _CELLS.items()
        ],
    }


def _term(ticket: Ticket, deadline: Deadline) -> Runs:
    return [own(ticket.term(deadline.term)), own(" · "), *ticket.say(f"on_resume.{deadline.on_resume}")]


def _rule(ticket: Ticket, deadline: Deadline) -> Runs:
    rule = deadline.started.details["rule"]
    return ticket.say(
        "deadlines.rule.is",
        policy=ticket.theirs(str(rule["policy"]), limit=60),
        rule_version=number(rule["version"]),
        calendar=ticket.theirs(deadline.calendar.name, limit=60),
        version=number(deadline.calendar.version),
        zone=ticket.theirs(deadline.calendar.zone, limit=40),
    )


def _start(ticket: Ticket, deadline: Deadline) -> Runs:
    started, time = deadline.started.subject_sequence, ticket.clock.short(deadline.started_at)
    if deadline.cause is None:
        return _at_fact(ticket, started, time)
    cause = number(deadline.cause.subject_sequence)
    return ticket.say("deadlines.start_at", number=number(started), cause=cause, time=time)


def _at_fact(ticket: Ticket, sequence: int, time: str) -> Runs:
    return ticket.say("deadlines.at_fact", number=number(sequence), time=time)


def _pauses(ticket: Ticket, deadline: Deadline) -> Runs:
    said: Runs = []
    for pause in deadline.pauses:
        said += [own("; ")] if said else []
        key = "deadlines.pause" if pause.ended_at is not None else "deadlines.pause.open"
        said += ticket.say(
            key,
            paused=number(pause.paused.subject_sequence),
            resumed=number(pause.resumed.subject_sequence) if pause.resumed is not None else "—",
            begin=ticket.clock.short(pause.started_at),
            end=ticket.clock.short(pause.ended_at) if pause.ended_at is not None else "—",
            reason=ticket.word(f"pause.{pause.reason}"),
        )
    return said or ticket.say("deadlines.no_pauses")


def _due(ticket: Ticket, deadline: Deadline) -> Runs:
    if deadline.due_at is None:
        return ticket.say("deadlines.no_due" if deadline.pauses else "deadlines.outside")
    return [own(ticket.clock.short(deadline.due_at))]


def _end(ticket: Ticket, deadline: Deadline) -> Runs:
    if deadline.end is None:
        return ticket.say("deadlines.no_end", time=ticket.clock.short(deadline.judged_at))
    return _at_fact(ticket, deadline.end.subject_sequence, ticket.clock.short(deadline.judged_at))


def _result(ticket: Ticket, deadline: Deadline) -> Runs:
    said: Runs = [strong(ticket.word(f"result.{deadline.verdict}"))]
    if deadline.used is not None:
        said += [own(" "), *ticket.say("result.used", used=ticket.counted(deadline, deadline.used))]
    if deadline.verdict == "missed":
        said += [own(" "), *ticket.say("result.excess", excess=ticket.excess(deadline))]
    return said


_CELLS: dict[str, Callable[[Ticket, Deadline], Runs]] = {
    "term": _term,
    "rule": _rule,
    "start": _start,
    "pauses": _pauses,
    "due": _due,
    "end": _end,
    "result": _result,
}
