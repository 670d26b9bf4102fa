"""From a reply to its cause: provider, then texts, then codes; the first rule that applies wins."""

from dataclasses import dataclass

from acuse.mail.causes import codes, content, mailboxes, senders, servers
from acuse.mail.causes.programs import PROGRAMS
from acuse.mail.causes.providers import provider_of
from acuse.mail.causes.rule import Reply, Rule
from acuse.mail.causes.vocabulary import UNDETERMINED

#: in this order, because servers put almost everything under 550 5.7.1, and because what is said of the mailbox, the
#: sender and the content overlaps: the more particular a text, the earlier it stands
ORDER: tuple[Rule, ...] = (
    *PROGRAMS,
    *mailboxes.FULL,
    *content.SIZE,
    *mailboxes.DISABLED,
    *mailboxes.MOVED,
    *senders.RELAYING,
    *senders.AUTHENTICITY,
    *mailboxes.UNKNOWN_BY_STATUS,
    *senders.SENDER_FIRST,
    *mailboxes.UNKNOWN,
    *mailboxes.REFUSES,
    *senders.REVERSE,
    *content.NOT_COMPLIANT,
    *senders.REPUTE,
    *content.FORM,
    *senders.SENDER,
    *servers.DOMAIN,
    *content.VIRUSES,
    *content.ATTACHMENTS,
    *content.SPAMMY,
    *servers.LIMITS,
    *senders.CLIENT,
    *codes.DECISIVE,
    *content.POLICIES,
    *servers.FAULTS,
    *servers.TIME,
    *senders.SAFETY,
)

#: what is said when nothing particular was found
VAGUE: tuple[Rule, ...] = (*codes.ENHANCED, *codes.LOOSE, *codes.BASIC)


@dataclass(frozen=True, kw_only=True)
class Decision:
    """The cause, why in one sentence, and whether something particular said so: another text may know better if not."""

    cause: str
    why: str
    firm: bool


NOTHING_KNOWN = Decision(cause=UNDETERMINED, why="nothing is known of the reason", firm=False)


def by_program(reply: Reply) -> Decision | None:
    """Return what a reporting program says in its own words, or None; looked for in all that a report says."""
    for rule in PROGRAMS:
        if rule.applies(reply):
            return Decision(cause=rule.cause, why=rule.why, firm=True)
    return None


def decide(reply: Reply, *hosts: str) -> Decision:
    """Return the cause of a refusal.

    Args:
        reply: what was answered. hosts: names that may tell the provider, the surest first: the remote server, the
            recipient's domain.
    """
    provider = provider_of(*hosts)
    for rule in provider.rules if provider else ():
        if rule.applies(reply):
            return Decision(cause=rule.cause, why=rule.why, firm=True)
    for rules in (ORDER, VAGUE):
        for rule in rules:
            if rule.applies(reply):
                return Decision(cause=rule.cause, why=rule.why, firm=rules is ORDER)
    return NOTHING_KNOWN
