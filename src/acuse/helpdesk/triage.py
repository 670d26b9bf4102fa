"""Pure rules of triage: what a case is taken for when it comes in. The first rule that applies decides."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from acuse.evidence.fulltext import folded
from acuse.mail.mailboxes import lowered

MOST_RULES = 100
MOST_WORDS = 50
#: How much of a message is looked through for words.
LOOKED_THROUGH = 20_000


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule. A condition that is empty asks for nothing; one that lists several asks for one of them.

    Attributes:
        words: words or phrases in the subject or the text; accents and case do not count.
        senders: addresses, or domains written `@empresa.example`.
        channel, form_type: how it came in, and what the customer chose in the form.
        type, priority, matter, assignee, tag: what the case is taken for; empty or None leaves it.
    """

    id: UUID
    words: tuple[str, ...] = ()
    senders: tuple[str, ...] = ()
    channel: str = ""
    form_type: str = ""
    type: str = ""
    priority: str = ""
    matter: str = ""
    assignee: UUID | None = None
    tag: str = ""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What the rules look at."""

    sender: str
    subject: str
    text: str
    channel: str
    form_type: str = ""


def applying(rules: Iterable[Rule], seen: Seen) -> Rule | None:
    """Return the first rule that applies, or None."""
    words = f" {_words(seen.subject)} {_words(seen.text[:LOOKED_THROUGH])} "
    sender = lowered(seen.sender)
    return next((rule for rule in rules if _applies(rule, seen, words, sender)), None)


def _applies(rule: Rule, seen: Seen, words: str, sender: str) -> bool:
    return (
        (not rule.channel or rule.channel == seen.channel)
        and (not rule.form_type or rule.form_type == seen.form_type)
        and (not rule.senders or any(_sent_by(sender, pattern) for pattern in rule.senders))
        and (not rule.words or any(f" {_words(one)} " in words for one in rule.words if _words(one)))
    )


def _sent_by(sender: str, pattern: str) -> bool:
    wanted = lowered(pattern)
    return sender.endswith(wanted) if wanted.startswith("@") else sender == wanted


def _words(text: str) -> str:
    return " ".join(folded(text).lower().split())
