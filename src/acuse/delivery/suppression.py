"""Which facts put an address on an organisation's list of those to which nothing is sent. Pure."""

from datetime import datetime, timedelta

from acuse.proof.facts.fact import Fact

#: What may list an address.
TYPES = ("attempt.refused", "attempt.failed", "bounce.received", "complaint.received")
#: What was found longer ago than this lists nothing: addresses are made, and made again.
RECENT = timedelta(days=30)
_GONE = frozenset({"mailbox_not_found", "domain_not_found", "no_mail_domain"})


def reason_to_list(fact: Fact, *, now: datetime) -> str | None:
    """Return why a fact puts the recipient's address on the list, or None where it does not.

    Only what is for good counts: a refusal, a report of a permanent failure, what we found ourselves in the DNS; not
    the end of tries that a server had put off. And a complaint, whatever became of the message.

    Args:
        fact: of one of TYPES.
        now: present time.

    Returns:
        One of `proof.facts.suppression.REASONS`.
    """
    if now - fact.occurred_at > RECENT:
        return None
    if fact.type == "complaint.received":
        return "complaint"
    failure = str(fact.details["failure_class"])
    return failure if failure in _GONE and _for_good(fact) else None


def _for_good(fact: Fact) -> bool:
    if fact.type == "bounce.received":
        # What a forwarding target lacks says nothing of the recipient's own mailbox.
        return bool(fact.details["permanent"]) and bool(fact.details.get("own", True))
    # Without a dialogue the tries were exhausted: the last answer was "later", not "never".
    return fact.type == "attempt.refused" or any(item.role == "smtp-dialogue" for item in fact.objects)
