"""Reads of the ledger: facts with their positions, bundles, and the ledger's own state."""

import base64
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from acuse import clock
from acuse.errors import AcuseError
from acuse.evidence.alarms import from_members
from acuse.evidence.anchors import unanchored_since
from acuse.evidence.models import Alarm, Cursor, Head
from acuse.evidence.statements import execute
from acuse.proof import merkle
from acuse.proof.bundle import Bundle, ProvenFact, SealBinding, TimeStamp
from acuse.proof.facts.fact import Fact, Subject


@dataclass(frozen=True, kw_only=True)
class LedgerFact:
    """A fact and where the ledger holds it.

    Args:
        fact: as recorded.
        position: in the ledger, from 0; None while pending.
        organisation_sequence: among its organisation's entries, from 1; None while pending.
    """

    fact: Fact
    position: int | None
    organisation_sequence: int | None


@dataclass(frozen=True, kw_only=True)
class AlarmView:
    """A condition that somebody must look at.

    Args:
        name: of the condition.
        message: one English sentence.
        told: the same as a value that can be said in another language.
        since: when it was raised.
    """

    name: str
    message: str
    told: AcuseError
    since: datetime


@dataclass(frozen=True, kw_only=True)
class LedgerState:
    """How the ledger is.

    Args:
        origin: name of the log; empty before its first start.
        verifier_key: C2SP verifier key line.
        size: entries integrated and published.
        pending: facts recorded and not yet integrated.
        checkpoint_at: when the newest checkpoint was signed.
        anchored_size: entries under the newest time stamp.
        anchored_at: its time, as the authority states it; None before the first.
        anchor_service: which authority gave it.
        anchor_development: that authority has no legal value.
        lag_seconds: age of the oldest fact that no time stamp covers; 0 where none waits.
        alarms: what somebody must look at.
    """

    origin: str
    verifier_key: str
    size: int
    pending: int
    checkpoint_at: datetime | None
    anchored_size: int
    anchored_at: datetime | None
    anchor_service: str
    anchor_development: bool
    lag_seconds: float
    alarms: tuple[AlarmView, ...]


_FACTS = """
SELECT fact.canonical, entry.position, entry.organisation_sequence
FROM evidence_facts AS fact LEFT JOIN evidence_entries AS entry ON entry.entry = fact.entry
WHERE fact.kind = %(kind)s AND fact.subject = %(subject)s AND fact.organisation = %(organisation)s
ORDER BY fact.sequence
"""
_FACTS_OF_SEVERAL = """
SELECT fact.canonical, entry.position, entry.organisation_sequence
FROM unnest(%(kinds)s::text[], %(subjects)s::uuid[]) WITH ORDINALITY AS wanted (kind, subject, place)
JOIN evidence_facts AS fact USING (kind, subject)
LEFT JOIN evidence_entries AS entry ON entry.entry = fact.entry
WHERE fact.organisation = %(organisation)s ORDER BY wanted.place, fact.sequence
"""
_PUBLISHED = """
SELECT head.size, head.note, head.verifier_key, anchor.size, anchor.note, anchor.token, anchor.chain::text,
    anchor.crls::text, binding.cms, binding.crls::text
FROM evidence_tree_head AS head
LEFT JOIN LATERAL (
    SELECT * FROM evidence_anchors WHERE size > %(position)s ORDER BY size LIMIT 1
) AS anchor ON true
LEFT JOIN LATERAL (
    SELECT * FROM evidence_bindings WHERE verifier_key = head.verifier_key ORDER BY id DESC LIMIT 1
) AS binding ON true
WHERE head.id = 1
"""


def ledger_fact(row: Sequence[Any]) -> LedgerFact:
    """Return the fact of a row (canonical, position, organisation sequence)."""
    return LedgerFact(fact=Fact.parse(bytes(row[0])), position=row[1], organisation_sequence=row[2])


def stands_at(follower: str) -> int:
    """Return the position of the ledger that a follower looks at next."""
    return Cursor.objects.filter(follower=follower).values_list("position", flat=True).first() or 0


def facts_of(*, organisation: UUID, kind: str, id: UUID) -> list[LedgerFact]:
    """Return the facts of one subject, in order, pending ones included; empty for another organisation's subject."""
    found = execute(_FACTS, {"kind": kind, "subject": id, "organisation": organisation})
    return [ledger_fact(row) for row in found.fetchall()]


def owner_of(*, kind: str, subject: UUID) -> UUID | None:
    """Return the organisation whose subject it is, also after its facts were erased; None where there never was one."""
    return Head.objects.filter(kind=kind, subject=subject).values_list("organisation", flat=True).first()


def recent_facts(*, organisation: UUID, before: int | None = None, limit: int = 50) -> list[LedgerFact]:
    """Return an organisation's newest integrated facts, the newest first.

    Args:
        organisation: whose.
        before: organisation sequence to page from, exclusive; None = the newest.
        limit: at most 200.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT fact.canonical, entry.position, entry.organisation_sequence FROM evidence_entries AS entry "
            "JOIN evidence_facts AS fact ON fact.entry = entry.entry "
            "WHERE entry.organisation = %s AND entry.organisation_sequence < %s "
            "ORDER BY entry.organisation_sequence DESC LIMIT %s",
            (organisation, before if before is not None else 2**62, min(limit, 200)),
        )
        return [ledger_fact(row) for row in cursor.fetchall()]


def read_tile(level: int, index: int) -> bytes:
    """Return the stored hashes of a tile, empty where there are none yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT hashes FROM evidence_tiles WHERE level = %s AND index = %s", (level, index))
        row = cursor.fetchone()
    return bytes(row[0]) if row else b""


def _tiles(places: Collection[tuple[int, int]]) -> merkle.ReadTile:
    """Return a reader of the stored hashes of some tiles, fetched at once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT level, index, hashes FROM evidence_tiles "
            "JOIN unnest(%s::smallint[], %s::bigint[]) AS wanted (level, index) USING (level, index)",
            ([level for level, _ in places], [index for _, index in places]),
        )
        found = {(level, index): bytes(hashes) for level, index, hashes in cursor.fetchall()}
    return lambda level, index: found.get((level, index), b"")


def entries_between(first: int, count: int) -> list[bytes]:
    """Return `count` entry digests from position `first` on, fewer at the end of the ledger."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT entry FROM evidence_entries WHERE position >= %s AND position < %s ORDER BY position",
            (first, first + count),
        )
        return [bytes(row[0]) for row in cursor.fetchall()]


def _decoded(values: str) -> tuple[bytes, ...]:
    return tuple(base64.b64decode(value) for value in json.loads(values))


@dataclass(frozen=True, kw_only=True)
class _Published:
    """A checkpoint over some position, with what proves it."""

    size: int
    note: str
    verifier_key: str
    binding: SealBinding | None
    tokens: tuple[TimeStamp, ...]


def _published(position: int, *, unanchored: bool) -> _Published | None:
    """Return the first time-stamped checkpoint over a position, else, where that will do, the newest of all."""
    row = execute(_PUBLISHED, {"position": position}).fetchone()
    if row is None:
        return None
    size, note, verifier_key, *anchor, cms, binding_crls = row
    tokens: tuple[TimeStamp, ...] = ()
    if anchor[0] is not None:
        size, note, token, chain, crls = anchor
        tokens = (TimeStamp(token=bytes(token), chain=_decoded(chain), crls=_decoded(crls)),)
    elif not unanchored or size <= position:
        return None
    binding = None if cms is None else SealBinding(cms=bytes(cms), crls=_decoded(binding_crls))
    return _Published(size=size, note=note, verifier_key=verifier_key, binding=binding, tokens=tokens)


def bundle_for(
    *,
    organisation: UUID,
    kind: str,
    id: UUID,
    up_to: int | None = None,
    unanchored: bool = False,
    others: Sequence[Subject] = (),
) -> Bundle | None:
    """Return the proof of a subject's facts.

    Args:
        organisation: whose subject it is.
        kind: of the subject.
        id: of the subject.
        up_to: subject sequence of the last fact to include; None = all.
        unanchored: accept a checkpoint that no time stamp covers, where the authorities do not answer.
        others: subjects whose facts come along, all of them; one that has none any more is left out.

    Returns:
        None while a fact is not yet under such a checkpoint, or there is no fact.
    """
    # One statement, so that what is told of all of them is as of one moment.
    found = execute(
        _FACTS_OF_SEVERAL,
        {
            "kinds": [kind, *(each.kind for each in others)],
            "subjects": [id, *(each.id for each in others)],
            "organisation": organisation,
        },
    )
    every = [ledger_fact(row) for row in found.fetchall()]
    facts = [item for item in every if up_to is None or item.fact.subject_sequence <= up_to]
    if not facts or facts[0].fact.subject.id != id or any(item.position is None for item in facts):
        return None
    positions = [item.position for item in facts if item.position is not None]
    published = _published(max(positions), unanchored=unanchored)
    if published is None:
        return None
    tiles = _tiles(merkle.inclusion_tiles(positions, published.size))
    proven = [
        ProvenFact(
            fact=item.fact, position=position, path=tuple(merkle.inclusion_path(tiles, position, published.size))
        )
        for item, position in zip(facts, positions, strict=True)
    ]
    own, *along = [tuple(each) for _, each in groupby(proven, lambda item: item.fact.subject)]
    return Bundle(
        facts=own,
        others=tuple(along),
        checkpoint=published.note.encode(),
        key=published.verifier_key,
        binding=published.binding,
        tokens=published.tokens,
    )


def alarms() -> tuple[AlarmView, ...]:
    """Return what somebody must look at, the oldest first."""
    return tuple(
        AlarmView(
            name=row.name,
            message=row.message,
            told=from_members(row.told) if row.told else AcuseError(row.message),
            since=row.since,
        )
        for row in Alarm.objects.order_by("since")
    )


def ledger_state() -> LedgerState:
    """Return how the ledger is now. Every page asks: in one statement, and without an anchor's large columns."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(head.origin, ''), coalesce(head.verifier_key, ''), coalesce(head.size, 0), "
            "(SELECT count(*) FROM evidence_pending), head.published_at, coalesce(anchor.size, 0), "
            "anchor.generated_at, coalesce(anchor.service, ''), coalesce(anchor.development, %s) "
            "FROM (SELECT 1) AS ledger LEFT JOIN evidence_tree_head AS head ON head.id = 1 "
            "LEFT JOIN (SELECT * FROM evidence_anchors ORDER BY size DESC LIMIT 1) AS anchor ON true",
            (not settings.ACUSE.tsa_urls,),
        )
        origin, verifier_key, size, pending, checkpoint_at, anchored_size, anchored_at, service, development = (
            cursor.fetchone()
        )
    waiting_since = unanchored_since(anchored_size)
    return LedgerState(
        origin=origin,
        verifier_key=verifier_key,
        size=size,
        pending=pending,
        checkpoint_at=checkpoint_at,
        anchored_size=anchored_size,
        anchored_at=anchored_at,
        anchor_service=service,
        anchor_development=development,
        lag_seconds=(clock.now() - waiting_since).total_seconds() if waiting_since else 0.0,
        alarms=alarms(),
    )


def last_facts(*, organisation: UUID, kind: str, ids: Sequence[UUID]) -> dict[UUID, LedgerFact]:
    """Return the newest fact of each of some subjects of an organisation, pending ones included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT fact.canonical, entry.position, entry.organisation_sequence FROM evidence_heads AS head "
            "JOIN evidence_facts AS fact ON fact.kind = head.kind AND fact.subject = head.subject "
            "AND fact.sequence = head.sequence LEFT JOIN evidence_entries AS entry ON entry.entry = fact.entry "
            "WHERE head.kind = %s AND head.subject = ANY(%s) AND head.organisation = %s",
            (kind, list(ids), organisation),
        )
        found = [ledger_fact(row) for row in cursor.fetchall()]
    return {item.fact.subject.id: item for item in found}
