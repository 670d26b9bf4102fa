"""`fsck`: recompute the whole ledger and custody, and name the first damage of each kind.

1. Entries: positions from 0 without gap; each organisation's sequence without gap.
2. Facts: canonical, equal to their entry, in their subject's chain; columns repeat what is inside; a missing one is
   named by a `content.erased`; none is outside ledger and queue.
3. Tiles and root: recomputed from the entries; the published checkpoint is signed and says the same.
4. Anchors: every note is signed and its root is the tree's at that size; every token covers its note.
5. Custody: every object that a fact cites has its row; every object that a row names is there and has its digest;
   what nobody names is reported.
"""

import base64
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from cryptography import x509
from django.db import connection, transaction

from acuse.errors import AcuseError
from acuse.evidence import custody
from acuse.evidence.custody import DamagedObject, MissingObject
from acuse.evidence.models import Anchor, StoredObject, TreeHead
from acuse.evidence.queries import read_tile
from acuse.proof import checkpoint, merkle
from acuse.proof.checkpoint import VerifierKey
from acuse.proof.facts.fact import Fact
from acuse.proof.timestamp import verify_token

_CHUNK = 5000


@dataclass(frozen=True, kw_only=True)
class Finding:
    """The first damage of one kind.

    Args:
        where: what is damaged, as precisely as it can be named.
        what: one sentence.
        damage: False where it is only worth knowing.
    """

    where: str
    what: str
    damage: bool = True


@dataclass(frozen=True, kw_only=True)
class Examined:
    """How much was read."""

    entries: int
    facts: int
    anchors: int
    objects: int


def examine(
    *, tsa_roots: Sequence[x509.Certificate], progress: Callable[[str], None]
) -> tuple[Examined, list[Finding]]:
    """Examine everything; return how much was read and what was found.

    Args:
        tsa_roots: anchors for the time stamps.
        progress: called with one line at each stage.
    """
    newest = custody.newest_checkpoint()  # before the snapshot, which then holds at least as much
    with transaction.atomic(), connection.cursor() as cursor:
        # One snapshot: a ledger that grows while it is examined is not damaged.
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        progress("entries and facts")
        reading, findings = _examine_entries()
        progress("hashes and checkpoint")
        findings += _examine_tree(reading.count, reading.tree)
        progress("time stamps")
        anchors, found = _examine_anchors(tsa_roots)
        findings += found + _custody_ahead(newest, reading.count)
        progress("custody")
        objects, found = _examine_custody(reading.cited)
        findings += found
    return Examined(entries=reading.count, facts=reading.facts, anchors=anchors, objects=objects), findings


def _rows(statement: str) -> Iterator[Sequence[Any]]:
    """Yield rows in chunks, by a server-side cursor, so that memory stays flat."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement)
        while rows := cursor.fetchmany(_CHUNK):
            yield from rows


class _Tree:
    """Tiles recomputed from the entries as they come."""

    def __init__(self) -> None:
        self.tiles: dict[tuple[int, int], bytes] = {}
        self.size = 0
        self._waiting: list[bytes] = []

    def add(self, entry: bytes) -> None:
        self._waiting.append(merkle.leaf_hash(entry))
        if len(self._waiting) >= _CHUNK:
            self.flush()

    def flush(self) -> None:
        self.tiles.update(merkle.append(self.read, self.size, self._waiting))
        self.size += len(self._waiting)
        self._waiting = []

    def read(self, level: int, index: int) -> bytes:
        return self.tiles.get((level, index), b"")


@dataclass
class _Reading:
    """What the walk over the entries has seen so far."""

    tree: _Tree
    count: int = 0
    facts: int = 0
    sequences: dict[UUID, int] = field(default_factory=dict)
    heads: dict[tuple[str, UUID], tuple[int, bytes]] = field(default_factory=dict)
    missing: dict[bytes, int] = field(default_factory=dict)
    erased: set[bytes] = field(default_factory=set)
    cited: set[str] = field(default_factory=set)

    def take(self, row: Sequence[Any]) -> str | None:
        """Take the next entry with its fact; return what is wrong with them, or None."""
        position, entry, organisation, sequence, canonical, *columns = row
        if position != self.count:
            return f"Positions jump from {self.count - 1} to {position}."
        if sequence != self.sequences.get(organisation, 0) + 1:
            return f"The sequence of organisation {organisation} has a gap."
        self.count, self.sequences[organisation] = self.count + 1, sequence
        self.tree.add(bytes(entry))
        if canonical is None:
            self.missing[bytes(entry)] = position
            return None
        self.facts += 1
        return self._take_fact(bytes(entry), bytes(canonical), (*columns, organisation))

    def _take_fact(self, entry: bytes, canonical: bytes, columns: tuple[Any, ...]) -> str | None:
        try:
            fact = Fact.parse(canonical)
        except AcuseError as error:
            return f"The fact is not readable: {error}"
        if fact.entry() != entry:
            return f"The fact {fact.id} was altered: its digest is not that of its entry."
        subject = (fact.subject.kind, fact.subject.id)
        if (*subject, fact.type, fact.organisation) != columns:
            return f"The columns of fact {fact.id} say something else than the fact."
        self.cited.update(custody.object_key(fact.organisation, item.sha256) for item in fact.objects)
        if fact.type == "content.erased":
            self.erased |= {bytes.fromhex(digest) for digest in fact.details["facts"]}
        sequence, previous = self.heads.get(subject, (fact.subject_sequence - 1, fact.previous))
        follows = previous is None if fact.subject_sequence == 1 else previous in self.missing or subject in self.heads
        if (fact.subject_sequence, fact.previous) != (sequence + 1, previous) or not follows:
            return f"The fact {fact.id} does not follow the one before it about {subject[0]} {subject[1]}."
        self.heads[subject] = (fact.subject_sequence, entry)
        return None


def _examine_entries() -> tuple[_Reading, list[Finding]]:
    reading = _Reading(tree=_Tree())
    findings: list[Finding] = []
    for row in _rows(
        "SELECT entry.position, entry.entry, entry.organisation, entry.organisation_sequence, fact.canonical, "
        "fact.kind, fact.subject, fact.type FROM evidence_entries AS entry "
        "LEFT JOIN evidence_facts AS fact ON fact.entry = entry.entry ORDER BY entry.position"
    ):
        complaint = reading.take(row)
        if complaint:
            findings.append(Finding(where=f"ledger position {row[0]}", what=complaint))
            break
    lost = [position for entry, position in reading.missing.items() if entry not in reading.erased]
    if lost and not findings:
        what = "The fact is gone, and no `content.erased` says that it was erased after its retention."
        findings.append(Finding(where=f"ledger position {min(lost)}", what=what))
    reading.tree.flush()
    return reading, findings + _unsequenced()


def _unsequenced() -> list[Finding]:
    """Find a fact that is neither in the ledger nor waiting for it: somebody took it out of the queue."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT fact.id FROM evidence_facts AS fact WHERE NOT EXISTS "
            "(SELECT 1 FROM evidence_entries AS entry WHERE entry.entry = fact.entry) AND NOT EXISTS "
            "(SELECT 1 FROM evidence_pending AS pending WHERE pending.entry = fact.entry) LIMIT 1"
        )
        row = cursor.fetchone()
    if row is None:
        return []
    return [Finding(where=f"fact {row[0]}", what="It is neither in the ledger nor waiting to be sequenced.")]


def _examine_tree(count: int, tree: _Tree) -> list[Finding]:
    head = TreeHead.objects.filter(id=1).first()
    if head is None:
        return [Finding(where="tree head", what="There are entries but no tree head.")] if count else []
    if head.size != count:
        return [Finding(where="tree head", what=f"The tree head says {head.size} entries; there are {count}.")]
    for (level, index), hashes in sorted(tree.tiles.items()):
        if read_tile(level, index) != hashes:
            return [Finding(where=f"tile {level}/{index}", what="The stored hashes are not those of the entries.")]
    root = merkle.root(tree.read, count)
    if bytes(head.root) != root:
        return [Finding(where="tree head", what="The root is not that of the entries.")]
    return _note_findings(head.note, head.verifier_key, count, root, "tree head") if count else []


def _note_findings(note: str, verifier_key: str, size: int, root: bytes, where: str) -> list[Finding]:
    try:
        opened = checkpoint.open_note(note.encode(), VerifierKey.parse(verifier_key))
    except AcuseError as error:
        return [Finding(where=where, what=f"The checkpoint's signature does not hold: {error}")]
    if (opened.size, opened.root) != (size, root):
        return [Finding(where=where, what="The signed checkpoint says something else than the entries.")]
    return []


def _examine_anchors(tsa_roots: Sequence[x509.Certificate]) -> tuple[int, list[Finding]]:
    head = TreeHead.objects.filter(id=1).first()
    count = 0
    for anchor in Anchor.objects.order_by("size").iterator(chunk_size=_CHUNK):
        where = f"time stamp of checkpoint {anchor.size}"
        count += 1
        if head is None or anchor.size > head.size:
            return count, [Finding(where=where, what="It covers more entries than there are.")]
        try:
            root = merkle.root(read_tile, anchor.size)
            found = _note_findings(anchor.note, head.verifier_key, anchor.size, root, where)
            if found:
                return count, found
            verify_token(bytes(anchor.token), imprint_of=anchor.note.encode(), trust=tsa_roots, **_material(anchor))
        except AcuseError as error:
            return count, [Finding(where=where, what=str(error))]
    return count, []


def _material(anchor: Anchor) -> dict[str, Any]:
    return {
        "crls": [base64.b64decode(value) for value in anchor.crls],
        "chain": [base64.b64decode(value) for value in anchor.chain],
    }


def _custody_ahead(newest: tuple[int, str] | None, size: int) -> list[Finding]:
    try:
        custody.check_not_behind(size, newest)
    except AcuseError as error:
        return [Finding(where="custody", what=str(error))]
    return []


def _examine_custody(cited: set[str]) -> tuple[int, list[Finding]]:
    findings: list[Finding] = []
    count = 0
    named: set[str] = set()
    for row in StoredObject.objects.order_by("id").iterator(chunk_size=_CHUNK):
        count += 1
        named.add(custody.object_key(row.organisation, row.sha256))
        if findings:
            continue
        where = f"object {row.sha256} of organisation {row.organisation}"
        try:
            content = custody.open_object(organisation=row.organisation, sha256=row.sha256)
        except (DamagedObject, MissingObject) as error:
            findings.append(Finding(where=where, what=str(error)))
            continue
        if len(content) != row.size or hashlib.sha256(content).hexdigest() != row.sha256:
            findings.append(Finding(where=where, what="The object has another size than its row says."))
    unprotected = cited - named
    if unprotected:
        what = "A fact cites it, but no row says how long it is kept."
        findings.append(Finding(where=min(unprotected), what=what))
    loose = sum(1 for key in custody.store().keys("objects") if key not in named and key not in unprotected)
    if loose:
        what = f"{loose} objects in custody are cited by no fact: kept before a crash or a refusal, harmless."
        findings.append(Finding(where="custody", what=what, damage=False))
    return count, findings
