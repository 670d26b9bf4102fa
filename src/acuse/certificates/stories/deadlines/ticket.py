"""One ticket as every section of its document sees it: facts, verdicts, words, clock."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from acuse.certificates.stories.context import Context, LedgerFact
from acuse.certificates.stories.deadlines.source import source_of
from acuse.certificates.stories.moments import Clock, number
from acuse.certificates.stories.runs import ADDRESS_LIMIT, HEADLINE_LIMIT, Run, Runs, own, plain, text_of
from acuse.certificates.stories.told import Told
from acuse.clock import from_rfc3339
from acuse.errors import InputError
from acuse.proof.business_time import Term
from acuse.proof.facts.fact import Fact
from acuse.proof.judging import named_communications
from acuse.proof.verdicts.deadlines import Deadline, Judgement, Sources, judge

_LONG = 80


_CLASSIFIED = ("ticket.opened", "ticket.classified")


@dataclass(frozen=True, kw_only=True)
class Ticket(Told):
    """What the sections about a ticket share.

    Attributes:
        judgement: of its deadlines.
    """

    judgement: Judgement

    @property
    def opened(self) -> Mapping[str, Any]:
        """Details of the first fact."""
        return self.facts[0].fact.details

    @property
    def type(self) -> str:
        """The type of the case, by the last of the facts that says it."""
        told = (item.fact.details.get("type") for item in reversed(self.facts) if item.fact.type in _CLASSIFIED)
        return next((each for each in told if isinstance(each, str)), "")

    @cached_property
    def absent(self) -> tuple[str, ...]:
        """Communications that the case names and whose facts are not in the document."""
        return named_communications(item.fact for item in self.facts)

    @property
    def deadlines(self) -> tuple[Deadline, ...]:
        """Its deadlines, in the order in which they began."""
        return self.judgement.deadlines

    def key(self) -> Run:
        """Return the tracking key, by which people know the case."""
        key = self.opened.get("key")
        return self.theirs(str(key or self.facts[0].fact.subject.id), limit=_LONG)

    def customer(self) -> Run:
        """Return the customer's address for the headline area; the whole is in section 2."""
        return self.theirs(str(self.opened.get("address") or "—"), limit=ADDRESS_LIMIT)

    def subject(self) -> Run:
        """Return what the case is about."""
        text = text_of(self.opened.get("subject"))
        return self.theirs(text, limit=HEADLINE_LIMIT) if text else {"t": self.word("content.no_subject")}

    def when(self, moment: datetime) -> dict[str, Run | Runs | str]:
        """Return the slots `date` and `time` of a moment."""
        return {"date": self.clock.date(moment), "time": self.clock.time(moment)}

    def term(self, term: Term) -> str:
        """Return "48 horas hábiles", "1 día natural"."""
        return self.amount(term.unit, term.amount)

    def amount(self, unit: str, count: int) -> str:
        """Return a number of what a unit counts, in words."""
        key = f"term.{unit}.one" if count == 1 else f"term.{unit}"
        return plain(self.say(key, count=number(count)))

    def purpose(self, deadline: Deadline) -> str:
        """Return what a deadline is for; by its term too where another one is for the same."""
        word = self.word(f"purpose.{deadline.purpose}")
        alone = sum(each.purpose == deadline.purpose for each in self.deadlines) == 1
        return word if alone else f"{word}, {self.term(deadline.term)}"

    def sourced(self, words: str, deadline: Deadline) -> Runs:
        """Return words that name a deadline, and by which term of the policy it runs: "Resolución (Ley 10/2025)"."""
        source = source_of(self.judgement, deadline)
        return [own(f"{words} ("), self.theirs(source, limit=_LONG), own(")")] if source else [own(words)]

    def counted(self, deadline: Deadline, counted: timedelta) -> str:
        """Return counted time: "49 h 12 min 0 s", or "3 días hábiles" where days are counted."""
        if deadline.term.in_days:
            return self.amount(deadline.term.unit, counted.days)
        return spoken(counted)

    def excess(self, deadline: Deadline) -> str:
        """Return by how much a deadline was missed: in what it counts, or by the clock where nothing more counted."""
        if deadline.excess and (not deadline.term.in_days or deadline.excess.days):
            return self.counted(deadline, deadline.excess) if deadline.term.in_days else brief(deadline.excess)
        return plain(self.say("excess.clock", time=brief(deadline.late)))

    def ended_by(self, fact: Fact) -> Deadline | None:
        """Return the deadline that a fact ended, where it did."""
        return next((each for each in self.deadlines if each.ended_at is not None and each.end == fact), None)

    def zones_differ(self, deadline: Deadline) -> bool:
        """Return whether the calendar's clock is another than the document's."""
        return deadline.calendar.zone != self.context.zone


def open_ticket(facts: Sequence[LedgerFact], sources: Sources, context: Context, *, language: str | None) -> Ticket:
    """Judge the deadlines of a ticket and set the clock.

    Args:
        facts: of the ticket, from its first, in order.
        sources: what its deadlines are counted and compared by.
        context: who certifies and how.
        language: of the customer's words, if declared.

    Raises:
        InputError: the facts of its deadlines do not fit their types.
    """
    given = tuple(facts)
    judgement = judge([item.fact for item in given], sources.calendars, rules=sources.rules)
    moments = [context.issued_at, *(item.fact.occurred_at for item in given), *(i.fact.recorded_at for i in given)]
    moments += [each.due_at for each in judgement.deadlines if each.due_at is not None]
    moments += moments_in(item.fact for item in given)
    return Ticket(
        context=context,
        facts=given,
        judgement=judgement,
        clock=Clock(context.language, context.zone, moments),
        message_language=language or context.language,
    )


def moments_in(facts: Iterable[Fact]) -> Iterator[datetime]:
    """Yield the moments that the details of facts name, which the sections print."""
    for fact in facts:
        for value in fact.details.values():
            if isinstance(value, str):
                with suppress(InputError):
                    yield from_rfc3339(value)


def spoken(time: timedelta) -> str:
    """Return "49 h 12 min 0 s", "3 min 7 s", "0 s": to the nearest second, so that the times printed add up to it."""
    seconds = (time + timedelta(milliseconds=500)) // timedelta(seconds=1)
    hours, minutes = divmod(seconds // 60, 60)
    parts = [f"{number(hours)} h"] if hours else []
    parts += [f"{minutes} min"] if hours or minutes else []
    return " ".join([*parts, f"{seconds % 60} s"]).replace(" ", "\N{NO-BREAK SPACE}")


def brief(time: timedelta) -> str:
    """Return the two largest parts of a time: "1 h 12 min", "3 min 7 s"; less than a second is "< 1 s"."""
    if time < timedelta(seconds=1):
        return "<\N{NO-BREAK SPACE}1\N{NO-BREAK SPACE}s"
    parts = spoken(time).split("\N{NO-BREAK SPACE}")
    kept = parts[:4] if len(parts) > 4 else parts
    return "\N{NO-BREAK SPACE}".join(kept[:2] if kept[2:3] == ["0"] else kept)
