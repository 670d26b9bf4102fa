"""Recording facts: the one verb of the ledger's writers.

`record` runs inside the caller's transaction, so a fact exists exactly when the state change that it proves does
(evidence.md 1.1). It locks the heads of its subjects in sorted order until commit: contention exists only within one
subject, and two writers of the same subjects cannot deadlock. A crash before commit leaves nothing; after commit the
fact is *pending* and the sequencer integrates it.
"""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from psycopg.types.json import Jsonb
from uuid6 import uuid7

from acuse import clock
from acuse.errors import AcuseError
from acuse.evidence.custody import Kept
from acuse.evidence.statements import execute
from acuse.proof.facts.catalogue import check_details
from acuse.proof.facts.fact import Actor, Fact, ObjectReference, Subject

_YEAR = timedelta(days=365.25)


class OutsideTransaction(AcuseError):
    """Facts are recorded in the transaction of the state change that they prove."""


class ForeignSubject(AcuseError):
    """The subject belongs to another organisation."""


@dataclass(frozen=True, kw_only=True)
class FactDraft:
    """What the caller knows of a fact; `record` adds identity, chain, time of recording and salt.

    Args:
        organisation: whose fact it is.
        subject_kind: `communication`, `member`, `organisation`, ...
        subject_id: which one.
        type: dotted, past tense, in the catalogue.
        actor: who caused it.
        details: members that the catalogue's schema of `type` accepts.
        objects: custody objects, already durable.
        occurred_at: when it happened in the world, aware; None = now.
    """

    organisation: UUID
    subject_kind: str
    subject_id: UUID
    type: str
    actor: Actor
    details: Mapping[str, Any]
    objects: tuple[ObjectReference, ...] = ()
    occurred_at: datetime | None = None

    @property
    def subject(self) -> tuple[str, UUID]:
        """The key of the subject's head."""
        return self.subject_kind, self.subject_id


def refer(role: str, kept: Kept) -> ObjectReference:
    """Return the reference by which a fact cites an object in custody."""
    return ObjectReference(role=role, sha256=kept.sha256, size=kept.size, media_type=kept.media_type)


_LOCK_HEADS = """
INSERT INTO evidence_heads AS head (kind, subject, organisation, sequence, entry, retain_until, legal_hold)
SELECT kind, subject, organisation, 0, NULL, %(retain_until)s, false
FROM unnest(%(kinds)s::text[], %(subjects)s::uuid[], %(organisations)s::uuid[]) AS new (kind, subject, organisation)
ON CONFLICT (kind, subject) DO UPDATE SET retain_until = greatest(head.retain_until, EXCLUDED.retain_until)
RETURNING kind, subject, organisation, sequence, entry
"""

_INSERT = """
WITH recorded AS (
    INSERT INTO evidence_facts (id, organisation, kind, subject, sequence, type, entry, canonical)
    SELECT * FROM unnest(%(ids)s::uuid[], %(organisations)s::uuid[], %(kinds)s::text[], %(subjects)s::uuid[],
                         %(sequences)s::bigint[], %(types)s::text[], %(entries)s::bytea[], %(canonicals)s::bytea[])
), queued AS (
    INSERT INTO evidence_pending (organisation, entry)
    SELECT * FROM unnest(%(organisations)s::uuid[], %(entries)s::bytea[])
), cited AS (
    INSERT INTO evidence_objects AS object (organisation, sha256, size, media_type, encoding, retain_until)
    SELECT DISTINCT ON (organisation, sha256) organisation, sha256, size, media_type, 'identity', %(retain_until)s
    FROM jsonb_to_recordset(%(objects)s) AS cited (organisation uuid, sha256 text, size bigint, media_type text)
    ON CONFLICT (organisation, sha256) DO UPDATE SET retain_until = greatest(object.retain_until, EXCLUDED.retain_until)
)
"""

_MOVE_HEADS = """
UPDATE evidence_heads AS head SET sequence = last.sequence, entry = last.entry
FROM unnest(%(last_kinds)s::text[], %(last_subjects)s::uuid[], %(last_sequences)s::bigint[], %(last_entries)s::bytea[])
     AS last (kind, subject, sequence, entry)
WHERE head.kind = last.kind AND head.subject = last.subject
"""

_MAKE_HEADS = """
INSERT INTO evidence_heads (kind, subject, organisation, sequence, entry, retain_until, legal_hold)
SELECT kind, subject, organisation, sequence, entry, %(retain_until)s, false
FROM unnest(%(kinds)s::text[], %(subjects)s::uuid[], %(organisations)s::uuid[], %(sequences)s::bigint[],
            %(entries)s::bytea[]) AS first (kind, subject, organisation, sequence, entry)
"""


def record(*drafts: FactDraft) -> list[Fact]:
    """Record facts, in the given order, in the caller's transaction.

    Args:
        drafts: at least one; several drafts of one subject follow each other in its chain.

    Returns:
        The facts as they are stored, in the order given.

    Raises:
        OutsideTransaction: no transaction is open.
        ForeignSubject: a subject already belongs to another organisation.
        InputError: details do not fit the type's schema.
    """
    recorded_at, retain_until = _begin(drafts)
    heads = _lock_heads(drafts, retain_until)
    facts, canonicals = [], []
    for draft in drafts:
        sequence, entry = heads[draft.subject]
        fact = _complete(draft, recorded_at, sequence + 1, entry)
        canonical = fact.canonical()
        heads[draft.subject] = (sequence + 1, hashlib.sha256(canonical).digest())
        facts.append(fact)
        canonicals.append(canonical)
    moved = {
        "last_kinds": [kind for kind, _ in heads],
        "last_subjects": [identity for _, identity in heads],
        "last_sequences": [sequence for sequence, _ in heads.values()],
        "last_entries": [entry for _, entry in heads.values()],
    }
    execute(_INSERT + _MOVE_HEADS, {**_rows(facts, canonicals, retain_until), **moved})
    return facts


def record_first(*drafts: FactDraft) -> list[Fact]:
    """Record the first facts of subjects that this very transaction makes, one each: nothing to lock, one statement.

    Args:
        drafts: at least one, each of another subject.

    Returns:
        The facts as they are stored, in the order given.

    Raises:
        OutsideTransaction: no transaction is open.
        IntegrityError: a subject has facts already (raised where the statement's end is waited for).
        InputError: details do not fit the type's schema.
    """
    recorded_at, retain_until = _begin(drafts)
    facts = [_complete(draft, recorded_at, 1, None) for draft in drafts]
    execute(_INSERT + _MAKE_HEADS, _rows(facts, [fact.canonical() for fact in facts], retain_until))
    return facts


def _begin(drafts: Sequence[FactDraft]) -> tuple[datetime, datetime]:
    """Check drafts; return when they are recorded and until when they are kept."""
    if not connection.in_atomic_block:
        raise OutsideTransaction("Facts are recorded inside the transaction of the state change that they prove.")
    for draft in drafts:
        check_details(draft.type, draft.details)
    recorded_at = clock.now()
    return recorded_at, recorded_at + settings.ACUSE.retention_years * _YEAR


def _lock_heads(
    drafts: Sequence[FactDraft], retain_until: datetime
) -> dict[tuple[str, UUID], tuple[int, bytes | None]]:
    """Lock, making it where it is new, the head of each subject; return (sequence, entry) of each."""
    owners = {draft.subject: draft.organisation for draft in drafts}
    if any(owners[draft.subject] != draft.organisation for draft in drafts):
        raise ForeignSubject("Two drafts give one subject to different organisations.")
    subjects = sorted(owners)
    rows = execute(
        _LOCK_HEADS,
        {
            "kinds": [kind for kind, _ in subjects],
            "subjects": [identity for _, identity in subjects],
            "organisations": [owners[subject] for subject in subjects],
            "retain_until": retain_until,
        },
    )
    heads = {}
    for kind, identity, organisation, sequence, entry in rows.fetchall():
        if organisation != owners[kind, identity]:
            raise ForeignSubject("The subject of this fact belongs to another organisation.")
        heads[(kind, identity)] = (sequence, None if entry is None else bytes(entry))
    return heads


def _complete(draft: FactDraft, recorded_at: datetime, sequence: int, previous: bytes | None) -> Fact:
    return Fact(
        id=uuid7(),
        organisation=draft.organisation,
        subject=Subject(kind=draft.subject_kind, id=draft.subject_id),
        type=draft.type,
        occurred_at=draft.occurred_at or recorded_at,
        recorded_at=recorded_at,
        subject_sequence=sequence,
        previous=previous,
        actor=draft.actor,
        details=dict(draft.details),
        objects=draft.objects,
        salt=secrets.token_bytes(16),
    )


def _rows(facts: Sequence[Fact], canonicals: Sequence[bytes], retain_until: datetime) -> dict[str, Any]:
    """Return the parameters of `_INSERT`: facts, their place in the queue and the objects that they cite."""
    cited = [
        {
            "organisation": str(fact.organisation),
            "sha256": item.sha256,
            "size": item.size,
            "media_type": item.media_type,
        }
        for fact in facts
        for item in fact.objects
    ]
    return {
        "ids": [fact.id for fact in facts],
        "organisations": [fact.organisation for fact in facts],
        "kinds": [fact.subject.kind for fact in facts],
        "subjects": [fact.subject.id for fact in facts],
        "sequences": [fact.subject_sequence for fact in facts],
        "types": [fact.type for fact in facts],
        "entries": [hashlib.sha256(canonical).digest() for canonical in canonicals],
        "canonicals": list(canonicals),
        "objects": Jsonb(cited),
        "retain_until": retain_until,
    }
