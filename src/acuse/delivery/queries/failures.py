"""What was not delivered: how much for which reason, what the servers said, and which domains it happens with.

A late failure counts as any other: its row has the class that its report gave. Every read begins with the partial
index of failures, and what servers said is read of the newest few only.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from acuse.accounts.queries import Access
from acuse.delivery.models import Communication
from acuse.delivery.queries.kinds import RESULTS
from acuse.delivery.queries.lists import mine
from acuse.evidence.search import newest_of_each
from acuse.proof.facts.communication import KIND
from acuse.proof.facts.fact import Fact

REPLIES_READ = 100
REPLIES = 3
DOMAINS = 20
_SAID = ("attempt.refused", "attempt.deferred", "bounce.received")
_OF_ITS_OWN = re.compile(r"\S*[@\d]\S*")


@dataclass(frozen=True, kw_only=True)
class SaidReply:
    """What servers said, in the words of the newest one.

    Attributes:
        text: verbatim, as the fact has it: a mapping where its bytes are not text.
        count: how many of those read said the same but for addresses and numbers.
    """

    text: object
    count: int


@dataclass(frozen=True, kw_only=True)
class FailureGroup:
    """The failures of one class.

    Attributes:
        replies: the most frequent of the newest ``REPLIES_READ``, at most ``REPLIES``.
    """

    failure_class: str
    count: int
    replies: tuple[SaidReply, ...]


@dataclass(frozen=True, kw_only=True)
class DomainFailures:
    """What came of the communications to one domain.

    Attributes:
        sent: all of them. accepted: their server took them, and none came back.
        waiting: no server took them yet. Undetermined ones are only in `sent`.
    """

    domain: str
    sent: int
    accepted: int
    failed: int
    waiting: int


def _failed(access: Access, since: datetime) -> "QuerySet[Communication]":
    return mine(access).exclude(failure_class="").filter(created_at__gte=since)


def undetermined(access: Access, *, since: datetime) -> int:
    """Return how many ended undetermined, which are no failures.

    Args:
        access: of the member who asks.
        since: of communications created at or after.
    """
    return mine(access).filter(RESULTS["undetermined"], created_at__gte=since).count()


def failures_by_class(access: Access, *, since: datetime) -> tuple[FailureGroup, ...]:
    """Return the failures by class, the most frequent first.

    Args:
        access: of the member who asks.
        since: of communications created at or after.
    """
    found = _failed(access, since).values_list("failure_class").annotate(count=Count("*"))
    return tuple(
        FailureGroup(failure_class=name, count=count, replies=_replies(access, name, since))
        for name, count in found.order_by("-count", "failure_class")
    )


def _replies(access: Access, failure_class: str, since: datetime) -> tuple[SaidReply, ...]:
    newest = _failed(access, since).filter(failure_class=failure_class).order_by("-created_at")
    ids = list(newest.values_list("id", flat=True)[:REPLIES_READ])
    facts = newest_of_each(organisation=access.organisation, kind=KIND, ids=ids, types=_SAID)
    return most_frequent([facts[one] for one in ids if one in facts], failure_class=failure_class)


def most_frequent(facts: Sequence[Fact], *, failure_class: str) -> tuple[SaidReply, ...]:
    """Return what servers said most often.

    Args:
        facts: of failures, the newest first.
        failure_class: those of another class explain another failure, and are left out.
    """
    texts: dict[tuple[str, str], object] = {}
    counts: dict[tuple[str, str], int] = {}
    for fact in facts:
        status, text = _said(fact.details)
        if fact.details["failure_class"] != failure_class or not text:
            continue
        alike = (status, _OF_ITS_OWN.sub("#", text) if isinstance(text, str) else str(text))
        texts.setdefault(alike, text)
        counts[alike] = counts.get(alike, 0) + 1
    frequent = sorted(counts, key=lambda alike: -counts[alike])[:REPLIES]
    return tuple(SaidReply(text=texts[alike], count=counts[alike]) for alike in frequent)


def _said(details: Mapping[str, Any]) -> tuple[str, object]:
    """Return the status and the words of a server, or of a report in which it is cited."""
    if "diagnostic" in details:
        return str(details["status"]), details["diagnostic"]
    reply = details.get("reply") or {}
    return f"{reply.get('code')} {reply.get('enhanced')}", reply.get("text")


def failing_domains(access: Access, *, since: datetime) -> tuple[DomainFailures, ...]:
    """Return the domains with most failures, at most ``DOMAINS``.

    Args:
        access: of the member who asks.
        since: of communications created at or after.
    """
    found = _failed(access, since).values_list("domain").annotate(count=Count("*"))
    failed = dict(found.order_by("-count", "domain")[:DOMAINS])
    counted = (
        mine(access)
        .filter(domain__in=list(failed), created_at__gte=since)
        .values_list("domain")
        .annotate(
            sent=Count("*"),
            accepted=Count("id", filter=Q(failure_class="", grade__gte=1)),
            waiting=Count("id", filter=Q(status=Communication.Status.IN_PROGRESS, grade=0)),
        )
    )
    others = {domain: counts for domain, *counts in counted}
    return tuple(
        DomainFailures(domain=domain, sent=sent, accepted=accepted, failed=count, waiting=waiting)
        for domain, count in failed.items()
        for sent, accepted, waiting in [others.get(domain, (count, 0, 0))]
    )
