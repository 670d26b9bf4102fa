"""Figures of certified mail: how much, what came of it, how big, and how well each domain takes it.

Everything counts communications created at or after a moment, with one pass over those of the organisation: the cost
follows how many there are in that time, and nothing is kept in between.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from django.db.models import Aggregate, Case, Count, DurationField, F, IntegerField, QuerySet, Value, When, Window
from django.db.models.functions import TruncDate

from acuse.accounts.queries import Access
from acuse.channels.base import Result
from acuse.delivery.models import Attempt, Communication
from acuse.delivery.queries.kinds import RESULTS, SIZES, size_from
from acuse.delivery.queries.lists import mine

MOST_DOMAINS = 20


@dataclass(frozen=True, kw_only=True)
class DayCount:
    """Communications of one day with the same result.

    Attributes:
        day: in the time zone that was asked for.
        result: one of `RESULTS`.
        failure_class: empty unless the result is "failed".
    """

    day: date
    result: str
    failure_class: str
    count: int


@dataclass(frozen=True, kw_only=True)
class DomainHealth:
    """What came of the communications to one domain.

    Attributes:
        results: how many have each of `RESULTS`; those that none has are absent.
        median: from acceptance here until the answer 250 of their server was recorded, of what it accepted; None where
            it accepted nothing.
    """

    domain: str
    sent: int
    results: Mapping[str, int]
    median: timedelta | None


@dataclass(frozen=True, kw_only=True)
class Domains:
    """The domains with most communications, and how many domains there are."""

    shown: tuple[DomainHealth, ...]
    every: int


class _Median(Aggregate):
    """The value in the middle of an ordered set."""

    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


def _since(access: Access, since: datetime) -> "QuerySet[Communication]":
    return mine(access).filter(created_at__gte=since)


def counts_by_day(access: Access, *, since: datetime, zone: tzinfo) -> tuple[DayCount, ...]:
    """Return how many communications each day had of each result and failure class, in no order.

    Args:
        access: of the member who asks.
        since: of communications created at or after.
        zone: where a day begins at midnight.
    """
    result = Case(*(When(condition, then=Value(name)) for name, condition in RESULTS.items()))
    found = (
        _since(access, since)
        .annotate(day=TruncDate("created_at", tzinfo=zone), result=result)
        .values_list("day", "result", "failure_class")
        .annotate(count=Count("*"))
        .order_by()
    )
    return tuple(
        DayCount(day=day, result=name, failure_class=failure_class, count=count)
        for day, name, failure_class, count in found
    )


def counts_by_size(access: Access, *, since: datetime) -> Mapping[int, int]:
    """Return how many communications have a message of each class of `SIZES`, by where the class begins."""
    of_class = Case(*(When(size_from(octets), then=Value(octets)) for octets in SIZES), output_field=IntegerField())
    found = _since(access, since).annotate(size=of_class).values_list("size").annotate(count=Count("*")).order_by()
    return {octets: dict(found).get(octets, 0) for octets in SIZES}


def domain_health(access: Access, *, since: datetime) -> Domains:
    """Return how well the `MOST_DOMAINS` domains with most communications take them, the most first."""
    each = {name: Count("id", filter=condition) for name, condition in RESULTS.items()}
    found: list[Mapping[str, Any]] = list(
        _since(access, since)
        .values("domain")
        .annotate(sent=Count("*"), **each, every=Window(Count("*")))
        .order_by("-sent", "domain")[:MOST_DOMAINS]
    )
    medians = _medians(access, since, [row["domain"] for row in found])
    shown = tuple(
        DomainHealth(
            domain=row["domain"],
            sent=row["sent"],
            results={name: row[name] for name in RESULTS if row[name]},
            median=medians.get(row["domain"]),
        )
        for row in found
    )
    return Domains(shown=shown, every=found[0]["every"] if found else 0)


def _medians(access: Access, since: datetime, domains: list[str]) -> Mapping[str, timedelta]:
    accepted = _since(access, since).filter(RESULTS["accepted"], domain__in=domains)
    tries = Attempt.objects.filter(communication__in=accepted, result=Result.RELAYED.value)
    waited = F("closed_at") - F("communication__created_at")
    return dict(
        tries.values_list("communication__domain")
        .annotate(median=_Median(waited, output_field=DurationField()))
        .order_by()
    )
