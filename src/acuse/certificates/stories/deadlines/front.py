"""Page 1: badge with counts, headline, sentence, the two lists (design: Deadlines, Wording)."""

from typing import Any

from acuse.certificates.stories.deadlines.ticket import Ticket
from acuse.certificates.stories.moments import number
from acuse.certificates.stories.runs import Runs, mono, plain
from acuse.proof.verdicts.deadlines import Deadline

_ORDER = ("met", "missed", "running", "paused", "withdrawn", "undetermined")
_SHORT = 60
_TOLD = 2
_LIMITS = ("correct", "law")


def headline(ticket: Ticket) -> str:
    """Return what became of the deadlines, in at most 60 characters of ours."""
    if not ticket.deadlines:
        return ticket.word("deadline.headline.none")
    if len(ticket.deadlines) == 1:
        (only,) = ticket.deadlines
        return plain(ticket.say(f"deadline.headline.{only.verdict}", excess=_excess(ticket, only)))
    told = (_each(ticket, missed="missed"), _each(ticket, missed="missed.brief"))
    return next((whole for whole in told if len(whole) <= _SHORT), short_verdict(ticket))


def _each(ticket: Ticket, *, missed: str) -> str:
    """Return what became of each deadline; of one that was missed by the words of `missed`."""
    parts = [
        plain(
            ticket.say(
                f"deadline.part.{missed if each.verdict == 'missed' else each.verdict}",
                purpose=ticket.purpose(each),
                excess=_excess(ticket, each),
            )
        )
        for each in ticket.deadlines
    ]
    return "; ".join([parts[0], *map(_lower, parts[1:])])


def _excess(ticket: Ticket, deadline: Deadline) -> str:
    return ticket.excess(deadline) if deadline.verdict == "missed" else ""


def short_verdict(ticket: Ticket) -> str:
    """Return how many deadlines have which verdict, for the header of later pages."""
    found = [verdict for verdict in _ORDER if ticket.judgement.count(verdict)]
    said = [_count(ticket, verdict, first=verdict == found[0]) for verdict in found]
    joined = ticket.word("and").join((", ".join(said[:-1]), said[-1])) if len(said) > 1 else "".join(said)
    return joined or ticket.word("deadline.headline.none")


def _count(ticket: Ticket, verdict: str, *, first: bool) -> str:
    """Return "2 plazos cumplidos", or "1 incumplido" after what was counted first."""
    count = ticket.judgement.count(verdict)
    word = _badge_word(ticket, verdict)
    if not first:
        return f"{number(count)}\N{NO-BREAK SPACE}{word}"
    key = "count.first.one" if count == 1 else "count.first"
    return plain(ticket.say(key, count=number(count), verdict=word))


def _badge_word(ticket: Ticket, verdict: str) -> str:
    return ticket.word(f"badge.{verdict}.one" if ticket.judgement.count(verdict) == 1 else f"badge.{verdict}")


def opening(ticket: Ticket, *, alone: bool = False) -> dict[str, Any]:
    """Return the model of the verdict block.

    Args:
        ticket: what is told. alone: the document is about its one deadline.
    """
    superseded = ticket.context.supersedes
    return {
        "kind": plain(ticket.say("kind.deadline" if alone else "kind.deadlines", ticket=ticket.key())),
        "clock": ticket.clock.line(),
        "badge": {"style": "counts", "halves": _halves(ticket)},
        "headline": headline(ticket),
        "sentence": _sentence(ticket),
        "note": ticket.word("deadlines.contradicted") if ticket.judgement.contradictions else None,
        "verbatim": None,
        "verbatim_note": None,
        "supersedes": superseded
        and ticket.say(
            "supersedes",
            code=mono(superseded.code),
            position=number(superseded.position),
            reason=ticket.theirs(superseded.reason.rstrip(".")),
        ),
    }


def _halves(ticket: Ticket) -> list[dict[str, Any]]:
    found = [verdict for verdict in _ORDER if ticket.judgement.count(verdict)]
    halves = []
    for verdict in found:
        count = ticket.judgement.count(verdict)
        label = _badge_word(ticket, verdict)
        halves.append({"mark": number(count), "label": label, "style": {"met": "filled"}.get(verdict, verdict)})
    return halves or [{"mark": "0", "label": ticket.word("badge.no_deadlines"), "style": "running"}]


def _sentence(ticket: Ticket) -> Runs:
    """Return whose case it is, and what became of the first deadlines, those missed before the others."""
    said = ticket.say("sentence.ticket", sender=ticket.sender(), customer=ticket.customer())
    chosen = sorted(ticket.deadlines, key=lambda each: each.verdict != "missed")[:_TOLD]
    for each in sorted(chosen, key=ticket.deadlines.index):
        said += _told(ticket, each)
    more = len(ticket.deadlines) - _TOLD
    if more > 0:
        said += ticket.say("sentence.more.one" if more == 1 else "sentence.more", count=number(more))
    return said


def _told(ticket: Ticket, deadline: Deadline) -> Runs:
    key = f"sentence.deadline.{deadline.verdict}"
    if deadline.verdict == "missed" and deadline.ended_at is None:
        key += ".open"
    if deadline.verdict == "met" and deadline.due_at is None:
        key += ".paused"
    pause = deadline.pauses[-1].started_at if deadline.pauses else deadline.started_at
    at = {"paused": pause, "running": deadline.due_at}.get(deadline.verdict) or deadline.judged_at
    return ticket.say(
        key,
        purpose=ticket.sourced(ticket.word(f"purpose.{deadline.purpose}"), deadline),
        term=ticket.term(deadline.term),
        used=ticket.counted(deadline, deadline.used) if deadline.used is not None else "—",
        due=_due(ticket, deadline),
        date=ticket.clock.date(at) if len(ticket.deadlines) == 1 else ticket.clock.day(at),
        time=ticket.clock.time(at),
    )


def _due(ticket: Ticket, deadline: Deadline) -> str:
    """Return when a deadline was due: the time alone where that was on the day that it ended."""
    due = deadline.due_at or deadline.judged_at
    same = ticket.clock.local(due).date() == ticket.clock.local(deadline.judged_at).date()
    if same and deadline.ended_at is not None:
        return plain(ticket.say("due.same_day", time=ticket.clock.time(due)))
    return plain(ticket.say("due.other_day", date=ticket.clock.figures(due), time=ticket.clock.time(due)))


def lists(ticket: Ticket) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what is proved and what is not: two to four sentences each, strongest first."""
    items = [ticket.say("proves.times.one" if len(ticket.deadlines) == 1 else "proves.times")]
    calendars = {each.calendar: each for each in ticket.deadlines if each.verdict in ("met", "missed")}
    for calendar, deadline in list(calendars.items())[:2]:
        due = deadline.due_at or deadline.judged_at
        items.append(
            ticket.say(
                "proves.counted" if deadline.due_at is not None else "proves.counted.paused",
                calendar=ticket.theirs(calendar.name, limit=60),
                version=number(calendar.version),
                purpose=_lower(ticket.purpose(deadline)),
                date=ticket.clock.figures(due),
                time=ticket.clock.time(due),
            )
        )
    if not calendars:
        items.append(ticket.say("proves.calendars"))
    limits = [ticket.say(f"limit.deadline.{key}") for key in _LIMITS]
    return {"title": ticket.word("proves.title"), "items": items}, {
        "title": ticket.word("limits.title"),
        "items": limits,
    }


def _lower(words: str) -> str:
    return words[0].lower() + words[1:]
