"""Recording facts: the one verb of the ledger's writers.

`record` runs inside the caller's transaction, so a fact exists exactly when the state change that it proves does
(evidence.md 1.1). It locks the heads of its subjects in sorted order until commit: contention exists only within one
subject, and two writers of the same subjects cannot deadlock. A crash before commit leaves nothing; after commit the
fact is *pending* and the sequencer integrates it.
"""

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection

from acuse import clock
from acuse.errors import AcuseError
from acuse.evidence.custody import Kept
from acuse.evidence.statements import execute, integers, octets, texts, uuids, words
from acuse.proof.facts.catalogue import check_fact
from acuse.proof.facts.fact import Actor, Fact, ObjectReference, Subject

YEAR = timedelta(days=365.25)
"""Of retention."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


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
        retain_until: keep the subject longer than this installation keeps everything; what its later facts cite too.
    """

    organisation: UUID
    subject_kind: str
    subject_id: UUID
    type: str
    actor: Actor
    details: Mapping[str, Any]
    objects: tuple[ObjectReference, ...] = ()
    occurred_at: datetime | None = None
    retain_until: datetime | None = None

    @property
    def subject(self) -> tuple[str, UUID]:
        """The key of the subject's head."""
        return self.subject_kind, self.subject_id


def refer(role: str, kept: Kept) -> ObjectReference:
    """Return the reference by which a fact cites an object in custody."""
    return ObjectReference(role=role, sha256=kept.sha256, size=kept.size, media_type=kept.media_type)


_LOCK_HEADS = """
INSERT INTO evidence_heads AS head (kind, subject, organisation, sequence, entry, retain_until, legal_hold)
SELECT kind, subject, organisation, 0, NULL, retain_until, false
FROM unnest(%(kinds)s::text[], %(subjects)s::uuid[], %(organisations)s::uuid[], %(terms)s::timestamptz[])
     AS new (kind, subject, organisation, retain_until)
ON CONFLICT (kind, subject) DO UPDATE SET retain_until = greatest(head.retain_until, EXCLUDED.retain_until)
RETURNING kind, subject, organisation, sequence, entry, retain_until
"""

_INSERT = """
WITH recorded AS (
    INSERT INTO evidence_facts (id, organisation, kind, subject, sequence, type, entry, canonical)
    SELECT * FROM unnest(%(ids)s::uuid[], %(organisations)s::uuid[], %(kinds)s::text[], %(subjects)s::uuid[],
                         %(sequences)s::bigint[], %(types)s::text[], %(entries)s::bytea[], %(canonicals)s::bytea[])
), queued AS (
    INSERT INTO evidence_pending (organisation, entry)
    SELECT * FROM unnest(%(organisations)s::uuid[], %(entries)s::bytea[])
)
"""

_CITE = """, cited AS (
    INSERT INTO evidence_objects AS object (organisation, sha256, size, media_type, encoding, retain_until)
    SELECT DISTINCT ON (organisation, sha256) organisation, sha256, size, media_type, 'identity', retain_until
    FROM unnest(%(citing)s::uuid[], %(sha256s)s::text[], %(sizes)s::bigint[], %(media_types)s::text[],
                %(cited_terms)s::timestamptz[])
         AS cited (organisation, sha256, size, media_type, retain_until)
    ORDER BY organisation, sha256, retain_until DESC
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
SELECT kind, subject, organisation, sequence, entry, retain_until, false
FROM unnest(%(kinds)s::text[], %(subjects)s::uuid[], %(organisations)s::uuid[], %(sequences)s::bigint[],
            %(entries)s::bytea[], %(terms)s::timestamptz[])
     AS first (kind, subject, organisation, sequence, entry, retain_until)
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
        InputError: a fact does not fit its type.
    """
    recorded_at, term = _begin()
    heads = _lock_heads(drafts, term)
    recorded = []
    for draft, chosen in zip(drafts, _identities(recorded_at, len(drafts)), strict=True):
        head = heads[draft.subject]
        new = _complete(draft, chosen, recorded_at, head)
        heads[draft.subject] = head._replace(sequence=head.sequence + 1, entry=new.entry)
        recorded.append(new)
    moved = {
        "last_kinds": texts(kind for kind, _ in heads),
        "last_subjects": uuids(identity for _, identity in heads),
        "last_sequences": integers(head.sequence for head in heads.values()),
        "last_entries": octets(head.entry for head in heads.values() if head.entry is not None),
    }
    _insert(recorded, _MOVE_HEADS, moved)
    return [new.fact for new in recorded]


def record_first(*drafts: FactDraft) -> list[Fact]:
    """Record the first facts of subjects that this very transaction makes, one each: nothing to lock, one statement.

    Args:
        drafts: at least one, each of another subject.

    Returns:
        The facts as they are stored, in the order given.

    Raises:
        OutsideTransaction: no transaction is open.
        IntegrityError: a subject has facts already (raised where the statement's end is waited for).
        InputError: a fact does not fit its type.
    """
    recorded_at, term = _begin()
    identities = _identities(recorded_at, len(drafts))
    recorded = [
        _complete(draft, chosen, recorded_at, _Head(0, None, _term(draft, term)))
        for draft, chosen in zip(drafts, identities, strict=True)
    ]
    _insert(recorded, _MAKE_HEADS, {"terms": _moments(new.retain_until for new in recorded)})
    return [new.fact for new in recorded]


class _Head(NamedTuple):
    """The last fact of a subject, and until when the subject is kept."""

    sequence: int
    entry: bytes | None
    retain_until: datetime


class _Recorded(NamedTuple):
    """A fact, the bytes that are stored and hashed, their hash, and until when what it cites is kept."""

    fact: Fact
    canonical: bytes
    entry: bytes
    retain_until: datetime


def _begin() -> tuple[datetime, datetime]:
    """Return when facts are recorded now and until when they are kept."""
    if not connection.in_atomic_block:
        raise OutsideTransaction("Facts are recorded inside the transaction of the state change that they prove.")
    recorded_at = clock.now()
    return recorded_at, recorded_at + settings.ACUSE.retention_years * YEAR


def _term(draft: FactDraft, term: datetime) -> datetime:
    return term if draft.retain_until is None else max(term, draft.retain_until)


def _moments(moments: Iterable[datetime]) -> str:
    return words(moment.isoformat() for moment in moments)


def _lock_heads(drafts: Sequence[FactDraft], term: datetime) -> dict[tuple[str, UUID], _Head]:
    """Lock, making it where it is new, the head of each subject."""
    owners = {draft.subject: draft.organisation for draft in drafts}
    if any(owners[draft.subject] != draft.organisation for draft in drafts):
        raise ForeignSubject("Two drafts give one subject to different organisations.")
    terms = {subject: term for subject in owners}
    for draft in drafts:
        terms[draft.subject] = _term(draft, terms[draft.subject])
    subjects = sorted(owners)
    rows = execute(
        _LOCK_HEADS,
        {
            "kinds": texts(kind for kind, _ in subjects),
            "subjects": uuids(identity for _, identity in subjects),
            "organisations": uuids(owners[subject] for subject in subjects),
            "terms": _moments(terms[subject] for subject in subjects),
        },
    )
    heads = {}
    for kind, identity, organisation, sequence, entry, retain_until in rows.fetchall():
        if organisation != owners[kind, identity]:
            raise ForeignSubject("The subject of this fact belongs to another organisation.")
        heads[(kind, identity)] = _Head(sequence, None if entry is None else bytes(entry), retain_until)
    return heads


def _complete(draft: FactDraft, chosen: tuple[UUID, bytes], recorded_at: datetime, head: _Head) -> _Recorded:
    identity, salt = chosen
    fact = Fact(
        id=identity,
        organisation=draft.organisation,
        subject=Subject(kind=draft.subject_kind, id=draft.subject_id),
        type=draft.type,
        occurred_at=draft.occurred_at or recorded_at,
        recorded_at=recorded_at,
        subject_sequence=head.sequence + 1,
        previous=head.entry,
        actor=draft.actor,
        details=dict(draft.details),
        objects=draft.objects,
        salt=salt,
    )
    check_fact(fact)
    canonical = fact.canonical()
    return _Recorded(fact, canonical, hashlib.sha256(canonical).digest(), head.retain_until)


def _identities(recorded_at: datetime, count: int) -> list[tuple[UUID, bytes]]:
    """Return identities with salts: UUIDv7 with their time to the microsecond and 62 random bits, and 16 random bytes.

    RFC 9562 section 6.2, method 3: the library's are a millisecond later each time and, with ten thousand facts a
    second, run away from the clock. The system is asked for chance once: each call makes what comes after it slower.
    """
    milliseconds, microseconds = divmod((recorded_at - _EPOCH) // _MICROSECOND, 1000)
    fraction = microseconds * 4096 // 1000
    fixed = milliseconds << 80 | 7 << 76 | fraction << 64 | 2 << 62
    random = secrets.token_bytes(24 * count)
    return [
        (UUID(int=fixed | int.from_bytes(random[at : at + 8]) >> 2), random[at + 8 : at + 24])
        for at in range(0, 24 * count, 24)
    ]


def _insert(recorded: Sequence[_Recorded], heads: str, moved: Mapping[str, Any]) -> None:
    """Insert facts, their place in the queue and the objects that they cite, and do what `heads` says: one statement.

    Args:
        recorded: at least one.
        heads: the statement's end.
        moved: its further parameters.
    """
    facts = [new.fact for new in recorded]
    cited = [(new.fact.organisation, item, new.retain_until) for new in recorded for item in new.fact.objects]
    parameters = {
        "ids": uuids(fact.id for fact in facts),
        "organisations": uuids(fact.organisation for fact in facts),
        "kinds": texts(fact.subject.kind for fact in facts),
        "subjects": uuids(fact.subject.id for fact in facts),
        "sequences": integers(fact.subject_sequence for fact in facts),
        "types": texts(fact.type for fact in facts),
        "entries": octets(new.entry for new in recorded),
        "canonicals": octets(new.canonical for new in recorded),
        **moved,
    }
    if cited:
        parameters |= {
            "citing": uuids(organisation for organisation, _, _ in cited),
            "sha256s": texts(item.sha256 for _, item, _ in cited),
            "sizes": integers(item.size for _, item, _ in cited),
            "media_types": texts(item.media_type for _, item, _ in cited),
            "cited_terms": _moments(term for _, _, term in cited),
        }
    execute(_INSERT + (_CITE if cited else "") + heads, parameters)
