"""What a refusal means: stage, basic code, enhanced code and text to one of product.md's failure classes."""

from dataclasses import dataclass

from acuse.mail.failure_rules import (
    ATTACHMENT_BLOCKED,
    BY_CODE,
    BY_ENHANCED,
    BY_TEXT,
    DOMAIN_NOT_FOUND,
    MAILBOX_FULL,
    MAILBOX_NOT_FOUND,
    OTHER,
    POLICY_BLOCKED,
    SERVER_UNAVAILABLE,
    THROTTLED,
    TOO_BIG,
    UNDETERMINED,
)

__all__ = [
    "ATTACHMENT_BLOCKED",
    "DOMAIN_NOT_FOUND",
    "MAILBOX_FULL",
    "MAILBOX_NOT_FOUND",
    "OTHER",
    "POLICY_BLOCKED",
    "SERVER_UNAVAILABLE",
    "THROTTLED",
    "TOO_BIG",
    "UNDETERMINED",
    "Failure",
    "classify",
]

MAX_TEXT = 4096


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A classified refusal: its class, whether the same again cannot work, and the rule that said so."""

    failure_class: str
    permanent: bool
    why: str


def classify(*, stage: str, code: int, enhanced: str | None, text: str) -> Failure:
    """Classify a reply of a live dialogue.

    Args:
        stage: connect, ehlo, tls, auth, mail, rcpt or data; code: three digits; enhanced: "5.1.1" or None.
        text: the reply's text in any language; only the first 4096 characters count.

    Returns:
        The class. Whether it is permanent follows the basic code (RFC 5321 4.2.1), which wins where the enhanced code
        contradicts it. A code that is neither 4xx nor 5xx is `undetermined` and temporary.
    """
    digit = str(code)[:1]
    if not 400 <= code <= 599:
        return Failure(failure_class=UNDETERMINED, permanent=False, why="not a refusal in RFC 5321")
    subjects = ((BY_TEXT, " ".join(text[:MAX_TEXT].split())), (BY_ENHANCED, enhanced or ""), (BY_CODE, str(code)))
    for table, subject in subjects:
        for rule in table:
            if rule.holds(subject, digit, stage):
                return Failure(failure_class=rule.failure_class, permanent=digit == "5", why=rule.why)
    return Failure(failure_class=OTHER, permanent=digit == "5", why="no rule knows it")
