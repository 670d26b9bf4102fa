"""Which messages are certified, and how each is handled: rules in order, then what nobody chose. Pure."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from acuse.accounts.values import Defaults
from acuse.errors import InputError
from acuse.mail.choices import ACCESSES, LANGUAGES, MODES, Asked
from acuse.proof.facts.fact import Fact

MOST_RULES = 100
_LIMITS = {"sender": 320, "domain": 255, "subject": 300, "header": 76, "value": 300}
_HEADER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule of an organisation: every condition that is not empty must hold. The first rule that applies decides.

    Attributes:
        id: of the rule.
        enabled: whether it counts at all.
        sender: pattern of the address that sends.
        domain: pattern of the recipient's domain.
        subject: pattern of the decoded subject.
        header: name of a header field that the message must have.
        value: pattern that one such field must fit.
        certify: otherwise what it applies to is relayed plainly.
        mode, access, language: for what it applies to, unless the message itself says otherwise; empty for no say.
    """

    id: UUID
    enabled: bool = True
    sender: str = ""
    domain: str = ""
    subject: str = ""
    header: str = ""
    value: str = ""
    certify: bool = True
    mode: str = ""
    access: str = ""
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class Handling:
    """How one message is handled for one recipient.

    Attributes:
        certified: otherwise it is relayed plainly: recorded, but without certificate.
        mode: "content": the message itself is sent; "notice": a notice with the link to it.
        access: in notice mode "button", or "otp" for a code by e-mail; empty in content mode.
        language: of what the recipient and the certificate are told.
        reference: the sender's own text; empty where there is none.
        term: how long the content waits in notice mode.
        retention_years: how long content and evidence are kept; 0 for as long as everything is.
        rule: that applied, if any did.
        tracking: of the copy that is sent: "on"; "withdrawn", where the recipient does not want it; else empty. In
            notice mode nothing but the notice is sent, and what is relayed plainly is left as it is.
        footer: whether that copy names its receipt.
    """

    certified: bool
    mode: str
    access: str
    language: str
    reference: str
    term: timedelta
    retention_years: int
    rule: UUID | None
    tracking: str = ""
    footer: bool = False


_SILENT = Rule(id=UUID(int=0))


def fits(pattern: str, text: str) -> bool:
    """Tell whether a text fits a pattern, in any case of letters: `*` stands for any characters, or none.

    Takes time in proportion to the text and the pattern, whatever they hold.
    """
    text = text.casefold()
    first, *others = pattern.casefold().split("*")
    if not others:
        return text == first
    *middle, last = others
    at, end = len(first), len(text) - len(last)
    if end < at or not text.startswith(first) or not text.endswith(last):
        return False
    for piece in middle:
        found = text.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def check_rule(rule: Rule) -> Rule:
    """Return a rule as it is kept: without blanks around its patterns, the domain without `@`.

    Raises:
        InputError: a pattern is too long or cannot be written, or the parts contradict each other.
    """
    tidy = replace(
        rule,
        domain=rule.domain.strip().removeprefix("@"),
        **{name: getattr(rule, name).strip() for name in ("sender", "subject", "header", "value")},
    )
    for name, most in _LIMITS.items():
        if len(getattr(tidy, name)) > most or not getattr(tidy, name).isprintable():
            raise InputError("A pattern takes up to %(most)s characters, without line ends.", most=most)
    if tidy.header and not _HEADER.fullmatch(tidy.header):
        raise InputError("The name of a header field has letters, digits and hyphens, such as X-Campaign.")
    if tidy.value and not tidy.header:
        raise InputError("Say in which header field the value is looked for.")
    if not tidy.certify and (tidy.mode or tidy.access or tidy.language):
        raise InputError("What is relayed plainly has neither mode nor access nor language.")
    if tidy.enabled and not (tidy.certify or tidy.sender or tidy.domain or tidy.subject or tidy.header):
        raise InputError("Say which messages are relayed plainly: without a condition, nothing would be certified.")
    if tidy.access and tidy.mode == "content":
        raise InputError("Access says how a notice is opened; content that is sent needs none.")
    words = ((tidy.mode, MODES), (tidy.access, ACCESSES), (tidy.language, LANGUAGES))
    if any(said and said not in choices for said, choices in words):
        raise InputError("That is not one of the choices.")
    return replace(tidy, mode="notice") if tidy.access else tidy


def is_certified(facts: Sequence[Fact]) -> bool:
    """Tell from the facts of a communication whether it is certified, or relayed plainly."""
    return all(fact.details.get("certified", True) for fact in facts if fact.type == "communication.accepted")


def applying(
    rules: Sequence[Rule],
    *,
    sender: str,
    domain: str,
    subject: str,
    values: Callable[[str], Iterable[str]],
    notice: bool = False,
) -> Rule | None:
    """Return the first rule that applies to a message, or None.

    Args:
        rules: in their order.
        sender: address that sends.
        domain: of the recipient.
        subject: decoded.
        values: the decoded values of the fields of a name.
        notice: the message asks to wait behind a link. No rule relays it plainly: that would open it to everybody.
    """
    for rule in rules:
        if not rule.enabled or (notice and not rule.certify):
            continue
        texts = ((rule.sender, sender), (rule.domain, domain), (rule.subject, subject))
        if not all(fits(pattern, text) for pattern, text in texts if pattern):
            continue
        if not rule.header or any(fits(rule.value or "*", value) for value in values(rule.header)):
            return rule
    return None


def handle(asked: Asked, rule: Rule | None, defaults: Defaults) -> Handling:
    """Return how a message is handled: as it asks, else as the rule says, else by default."""
    said = rule or _SILENT
    mode = (asked.mode or said.mode or defaults.mode) if said.certify else "content"
    added = said.certify and mode == "content"
    tracking = defaults.tracking if asked.tracking is None else asked.tracking
    footer = defaults.footer if asked.footer is None else asked.footer
    return Handling(
        certified=said.certify,
        mode=mode,
        access=(asked.access or said.access or defaults.access) if mode == "notice" else "",
        language=asked.language or said.language or defaults.language,
        reference=asked.reference,
        term=defaults.term,
        retention_years=asked.retention_years or defaults.retention_years,
        rule=None if rule is None else rule.id,
        tracking="on" if added and tracking else "",
        footer=added and footer,
    )
