"""What a refusal means: stage, basic code, enhanced code and text to one of product.md's failure classes."""

from dataclasses import dataclass

from acuse.mail.causes.decide import decide
from acuse.mail.causes.rule import Reply, folded
from acuse.mail.causes.vocabulary import failure_class

MAILBOX_NOT_FOUND = "mailbox_not_found"
MAILBOX_FULL = "mailbox_full"
SERVER_UNAVAILABLE = "server_unavailable"
ATTACHMENT_BLOCKED = "attachment_blocked"
POLICY_BLOCKED = "policy_blocked"
DOMAIN_NOT_FOUND = "domain_not_found"
NO_MAIL_DOMAIN = "no_mail_domain"
TOO_BIG = "too_big"
THROTTLED = "throttled"
OTHER = "other"
UNDETERMINED = "undetermined"


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A classified refusal: its class, whether the same again cannot work, and the rule that said so."""

    failure_class: str
    permanent: bool
    why: str


def classify(*, stage: str, code: int, enhanced: str | None, text: str, host: str = "") -> Failure:
    """Classify a reply of a live dialogue.

    Args:
        stage: connect, ehlo, tls, auth, mail, rcpt or data; code: three digits; enhanced: "5.1.1" or None.
        text: the reply's text in any language; only the first 4096 characters count.
        host: the name of the server that answered, by which great providers are known; may be left out.

    Returns:
        The class. Whether it is permanent follows the basic code (RFC 5321 4.2.1), which wins where the enhanced code
        contradicts it. A code that is neither 4xx nor 5xx is `undetermined` and temporary.
    """
    if not 400 <= code <= 599:
        return Failure(failure_class=UNDETERMINED, permanent=False, why="not a refusal in RFC 5321")
    digit = str(code)[0]
    reply = Reply(text=folded(text), code=str(code), enhanced=enhanced or "", stage=stage, digit=digit)
    decision = decide(reply, host)
    permanent = digit == "5"
    return Failure(
        failure_class=failure_class(decision.cause, permanent=permanent), permanent=permanent, why=decision.why
    )
