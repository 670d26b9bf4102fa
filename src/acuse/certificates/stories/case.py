"""One communication as every section of its document sees it: facts, verdict, words, clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from acuse.certificates.stories.context import Context, LedgerFact
from acuse.certificates.stories.moments import Clock
from acuse.certificates.stories.runs import ADDRESS_LIMIT, HEADLINE_LIMIT, Run, Runs, text_of
from acuse.certificates.stories.told import Told
from acuse.certificates.stories.wording import WORDING
from acuse.proof.facts.fact import Fact
from acuse.proof.verdicts.delivery import Verdict, verdict

_TRIES = ("attempt.relayed", "attempt.deferred", "attempt.refused", "attempt.unknown")


@dataclass(frozen=True, kw_only=True)
class Case(Told):
    """What the sections about a communication share.

    Attributes:
        verdict: of the facts.
    """

    verdict: Verdict

    @property
    def accepted(self) -> Mapping[str, Any]:
        """Details of the acceptance."""
        return self.facts[0].fact.details

    @property
    def decisive(self) -> Fact:
        """The fact that decided the outcome."""
        return self.verdict.decisive or self.facts[0].fact

    @property
    def attempts(self) -> int:
        """How many tries ended."""
        return sum(1 for item in self.facts if item.fact.type in _TRIES)

    @property
    def ending(self) -> str:
        """How the decisive fact changes the words: it was said by the sender's outgoing server, or cut short."""
        return ending(self.decisive)

    @property
    def resent(self) -> str:
        """What tells the words apart of a communication that a member sent once more: ".resent", else ""."""
        return ".resent" if self.accepted.get("resent_of") else ""

    def word(self, key: str) -> str:
        """Return a sentence without slots; in notice mode that of the notice, where it has words of its own."""
        words = WORDING[self.context.language]
        return words.get(f"{key}.notice", words[key]) if self.accepted.get("mode") == "notice" else words[key]

    def kept(self) -> Runs:
        """Return the sentence about the original: embedded, or in the bundle where it is too big."""
        beside = any(file.role == "message" for file in self.context.elsewhere)
        return self.say("proves.kept.elsewhere" if beside else "proves.kept")

    def subject(self) -> Run:
        """Return the subject for the headline area."""
        text = text_of(self.accepted.get("subject"))
        return self.theirs(text, limit=HEADLINE_LIMIT) if text else {"t": self.word("content.no_subject")}

    def recipient(self) -> Run:
        """Return the recipient's address for the headline area; the whole of it is in section 2."""
        return {**self.theirs(str(self.accepted["recipient"]), limit=ADDRESS_LIMIT), "k": "address"}

    def domain(self) -> Run:
        """Return the recipient's domain."""
        domain = str(self.accepted["recipient"]).rpartition("@")[2]
        return {**self.theirs(domain, limit=ADDRESS_LIMIT), "k": "address"}

    def when(self, fact: Fact) -> dict[str, str]:
        """Return the slots `date` and `time` of a fact."""
        return {"date": self.clock.date(fact.occurred_at), "time": self.clock.time(fact.occurred_at)}

    def other_day(self, fact: Fact) -> str | None:
        """Return the date of a fact in figures where it is not that of the acceptance, else None."""
        day, first = (self.clock.local(one.occurred_at).date() for one in (fact, self.facts[0].fact))
        return None if day == first else self.clock.figures(fact.occurred_at)

    def time_and_day(self, fact: Fact) -> dict[str, Run | Runs | str]:
        """Return the slots `time` and `day`; the day is said only where it is not that of the acceptance."""
        first = self.clock.local(self.facts[0].fact.occurred_at).date()
        same = self.clock.local(fact.occurred_at).date() == first
        day: Runs = [] if same else self.say("proves.on_day", date=self.clock.day(fact.occurred_at))
        return {"time": self.clock.time(fact.occurred_at), "day": day}


def ending(fact: Fact) -> str:
    """Return what tells the words for a try apart.

    Args:
        fact: that ends a try.

    Returns:
        ".outgoing" where the server was the sender's own, ".interrupted" where nothing is known of the try, ".bounced"
        where a report of failure came back, else "".
    """
    if fact.type == "bounce.received":
        return ".bounced"
    if fact.type == "attempt.unknown" and fact.details.get("stage") is None:
        return ".interrupted"
    return ".outgoing" if fact.details.get("via") else ""


def declared_language(declared: str | None) -> str | None:
    """Return the two letters of a declared language, None for anything else: what senders declare is any text."""
    letters = (declared or "").partition("-")[0].strip().lower()
    return letters if len(letters) == 2 and letters.isascii() and letters.isalpha() else None


def open_case(facts: Sequence[LedgerFact], context: Context, *, message_language: str | None) -> Case:
    """Judge the facts and set the clock.

    Args:
        facts: of one communication, from its first, in order.
        context: who certifies and how.
        message_language: of the message's own declaration, if any.

    Raises:
        InputError: the facts are not those of one communication from its beginning.
    """
    given = tuple(facts)
    judged = verdict([item.fact for item in given])
    moments = [context.issued_at, *(item.fact.occurred_at for item in given), *(i.fact.recorded_at for i in given)]
    return Case(
        context=context,
        facts=given,
        verdict=judged,
        clock=Clock(context.language, context.zone, moments),
        message_language=declared_language(message_language) or context.language,
    )
