"""Reads of the time stamps over the ledger: what each covers, what waits for one, which have no legal value."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from acuse.evidence import rules
from acuse.evidence.models import Anchor, Binding
from acuse.proof.facts.fact import Fact


@dataclass(frozen=True, kw_only=True)
class AnchorView:
    """A time-stamped checkpoint: how many entries it covers, when, by whom, and whether it has no legal value."""

    size: int
    generated_at: datetime
    service: str
    development: bool


@dataclass(frozen=True, kw_only=True)
class AnchorSpan:
    """The time stamps of one span of time.

    Args:
        number: of the span, from 0.
        stamps: how many there are.
        facts: entries that they covered first.
        development: one of them has no legal value.
    """

    number: int
    stamps: int
    facts: int
    development: bool


def newest_anchor() -> Anchor | None:
    """Return the newest time-stamped checkpoint."""
    return Anchor.objects.order_by("-size").first()


def anchored_size() -> int:
    """Return how many entries of the ledger are under a time stamp."""
    return Anchor.objects.order_by("-size").values_list("size", flat=True).first() or 0


def oldest_unanchored(anchored_size: int) -> tuple[datetime | None, bool]:
    """Return when the first fact beyond a position was recorded, and whether one beyond it asks for a stamp at once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM evidence_entries AS entry JOIN evidence_facts AS fact USING (entry) "
            "WHERE entry.position >= %s AND fact.type = ANY(%s))",
            (anchored_size, sorted(rules.ANCHORED_AT_ONCE)),
        )
        urgent = cursor.fetchone()[0]
    return unanchored_since(anchored_size), urgent


def unanchored_since(anchored_size: int) -> datetime | None:
    """Return when the first fact beyond a position was recorded; None where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT fact.canonical FROM evidence_entries AS entry JOIN evidence_facts AS fact USING (entry) "
            "WHERE entry.position >= %s ORDER BY entry.position LIMIT 1",
            (anchored_size,),
        )
        first = cursor.fetchone()
    return Fact.parse(bytes(first[0])).recorded_at if first else None


def anchors_covering(*, first: int, last: int) -> list[AnchorView]:
    """Return the time-stamped checkpoints that first covered the positions `first` to `last`, the smallest first."""
    within = Anchor.objects.filter(size__gt=first, size__lte=last + 1).order_by("size")
    after = Anchor.objects.filter(size__gt=last + 1).order_by("size")[:1]
    return [
        AnchorView(size=row.size, generated_at=row.generated_at, service=row.service, development=row.development)
        for row in (*within, *after)
    ]


def anchors_since(since: datetime, *, span: timedelta) -> list[AnchorSpan]:
    """Return the time stamps from `since` on, counted by spans of time of one length; spans without any are absent."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT floor(extract(epoch FROM anchor.generated_at - %s) / %s)::int AS number, count(*), "
            "sum(anchor.size - coalesce((SELECT max(size) FROM evidence_anchors WHERE size < anchor.size), 0)), "
            "bool_or(anchor.development) FROM evidence_anchors AS anchor WHERE anchor.generated_at >= %s "
            "GROUP BY number ORDER BY number",
            (since, span.total_seconds(), since),
        )
        return [
            AnchorSpan(number=row[0], stamps=row[1], facts=int(row[2]), development=row[3]) for row in cursor.fetchall()
        ]


def development_anchors(positions: Sequence[int]) -> dict[int, bool]:
    """Say of each position whether the time stamp that first covered it is without legal value; uncovered: absent."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT wanted.position, (SELECT development FROM evidence_anchors WHERE size > wanted.position "
            "ORDER BY size LIMIT 1) FROM unnest(%s::bigint[]) AS wanted(position)",
            (list(positions),),
        )
        return {position: development for position, development in cursor.fetchall() if development is not None}


def is_development_document(*, facts_up_to: int, issued_at: datetime) -> bool:
    """Say whether a sealed document is without legal value: by its own time stamp, or the seal in use when it was made.

    Args:
        facts_up_to: ledger position of its last fact.
        issued_at: when it was sealed, aware.
    """
    sealed = Binding.objects.filter(bound_at__lte=issued_at).order_by("-id").first()
    # Development seals say so in their subject, which stands in the signature as it is.
    if sealed is not None and b"no legal value" in bytes(sealed.cms):
        return True
    return development_anchors([facts_up_to]).get(facts_up_to, not settings.ACUSE.tsa_urls)
