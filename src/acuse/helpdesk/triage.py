"""Pure rules of triage: what a case is taken for when it comes in. The first rule that applies decides."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from acuse.errors import InputError
from acuse.evidence.fulltext import SIGNS, folded
from acuse.mail.mailboxes import lowered
from acuse.proof.facts.ticket import CHANNELS, MATTERS, PRIORITIES, TYPE_NAMES

MOST_RULES = 100
MOST_WORDS = 50
_MOST_WORD = 80
_MOST_SENDER = 320
_NO_SIGNS = str.maketrans(dict.fromkeys(SIGNS, " "))
#: How much of a message is looked through for words.
LOOKED_THROUGH = 20_000


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule. A condition that is empty asks for nothing; one that lists several asks for one of them.

    Attributes:
        name: for people; may be empty. enabled: one that is not applies to nothing.
        words: words or phrases in the subject, the text or the product; accents and case do not count.
        senders: addresses, or domains written `@empresa.example`: of who wrote, or of where answers go.
        channel, form_type: how it came in, and what the customer chose in the form.
        type, priority, matter, assignee, tag: what the case is taken for; empty or None leaves it.
    """

    id: UUID
    name: str = ""
    enabled: bool = True
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
    """What the rules look at.

    Attributes:
        senders: who wrote, and where answers go (RFC 5322 sections 3.6.2: From and Reply-To).
        subject, text, product: what was said; `product` of what, where the form asked.
        channel, form_type: how it came in, and what was chosen in the form.
    """

    senders: tuple[str, ...]
    subject: str
    text: str
    channel: str
    form_type: str = ""
    product: str = ""


def check_rule(rule: Rule) -> Rule:
    """Return a rule as it is kept: without spaces around its words, and none twice.

    Raises:
        InputError: it is too long, it names what there is not, or it says nothing of a case.
    """
    checked = replace(rule, name=rule.name.strip(), words=_once(rule.words), senders=_once(rule.senders))
    if len(checked.words) > MOST_WORDS or any(not _words(one) or len(one) > _MOST_WORD for one in checked.words):
        raise InputError(
            "A rule takes at most %(most)s words or phrases, each with a letter or digit and of up to %(length)s "
            "characters.",
            most=MOST_WORDS,
            length=_MOST_WORD,
        )
    if len(checked.senders) > MOST_WORDS or not all(map(_names_sender, checked.senders)):
        raise InputError("Write senders as ana@cliente.example, or @cliente.example for a whole domain.")
    if len(checked.name) > _MOST_WORD or len(checked.tag) > 40:
        raise InputError("The name of a rule takes up to 80 characters, a tag up to 40.")
    known = (("channel", CHANNELS), ("form_type", TYPE_NAMES), ("type", TYPE_NAMES), ("priority", PRIORITIES))
    if checked.matter not in MATTERS or any(getattr(checked, one) not in ("", *words) for one, words in known):
        raise InputError("Choose among what the page offers.")
    if not (checked.type or checked.priority or checked.matter or checked.assignee or checked.tag):
        raise InputError("Say what a case is taken for: its type, priority, matter, who is responsible, or a tag.")
    return checked


def _once(given: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.strip() for one in given if one.strip()))


def _names_sender(pattern: str) -> bool:
    return (
        "@" in pattern and not pattern.endswith("@") and len(pattern) <= _MOST_SENDER and not set(pattern) & {" ", "\0"}
    )


def applying(rules: Iterable[Rule], seen: Seen) -> Rule | None:
    """Return the first rule that applies, or None."""
    words = f" {_words(seen.subject)} {_words(seen.product)} {_words(seen.text[:LOOKED_THROUGH])} "
    senders = tuple(map(lowered, seen.senders))
    return next((rule for rule in rules if _applies(rule, seen, words, senders)), None)


def _applies(rule: Rule, seen: Seen, words: str, senders: tuple[str, ...]) -> bool:
    return (
        rule.enabled
        and (not rule.channel or rule.channel == seen.channel)
        and (not rule.form_type or rule.form_type == seen.form_type)
        and (not rule.senders or any(_sent_by(one, pattern) for one in senders for pattern in rule.senders))
        and (not rule.words or any(f" {_words(one)} " in words for one in rule.words if _words(one)))
    )


def _sent_by(sender: str, pattern: str) -> bool:
    wanted = lowered(pattern)
    return sender.endswith(wanted) if wanted.startswith("@") else sender == wanted


def _words(text: str) -> str:
    """Return what counts of a text: no accents, no capitals, no signs."""
    return " ".join(folded(text).lower().translate(_NO_SIGNS).split())
