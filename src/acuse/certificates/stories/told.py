"""What every story has at hand, whatever its subject: facts with their places, words, clock."""

from dataclasses import dataclass

from acuse.certificates.stories.context import Context, LedgerFact
from acuse.certificates.stories.moments import Clock
from acuse.certificates.stories.runs import HEADLINE_LIMIT, Run, Runs, foreign, phrase
from acuse.certificates.stories.wording import WORDING


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the sections of a document share.

    Attributes:
        context: who certifies and how.
        facts: from the subject's first on, with their places.
        clock: the document's.
        message_language: of foreign words, where their script does not tell.
    """

    context: Context
    facts: tuple[LedgerFact, ...]
    clock: Clock
    message_language: str

    @property
    def position(self) -> int | None:
        """Ledger position of the last fact that has one."""
        return max((item.position for item in self.facts if item.position is not None), default=None)

    def word(self, key: str) -> str:
        """Return a sentence without slots."""
        return WORDING[self.context.language][key]

    def say(self, key: str, **values: Run | Runs | str) -> Runs:
        """Return a sentence with its slots filled."""
        return phrase(self.word(key), **values)

    def has(self, key: str) -> bool:
        """Return whether there is such a sentence."""
        return key in WORDING[self.context.language]

    def theirs(self, text: str, *, limit: int | None = None) -> Run:
        """Return a run of foreign words."""
        return foreign(text, language=self.message_language, limit=limit)

    def sender(self) -> Run:
        """Return the organisation's name for the headline area."""
        return self.theirs(self.context.organisation.name, limit=HEADLINE_LIMIT)
