"""`fsck`: recompute the whole ledger and custody, and name the first damage of each kind.

1. Entries: positions from 0 without gap; each organisation's sequence without gap.
2. Facts: canonical, equal to their entry, in their subject's chain; columns repeat what is inside; a missing one is
   named by a `content.erased`; none is outside ledger and queue.
3. Tiles and root: recomputed from the entries; the published checkpoint is signed and says the same; the heads of
   subjects and the counts of organisations, from which the next facts go on, name the last ones.
4. Anchors: every note is signed and its root is the tree's at that size; every token covers its note. The newest
   checkpoint in custody is one of this tree, also where the database has lost its time stamp.
5. Custody: every object that a fact cites has its row; every object that a row names is there and has its digest;
   what nobody names is reported.

Memory stays the same however long the ledger is: the last tile of each level and one chunk of rows. The order of each
subject's facts is sorted by the database, and the walk checks the columns that it sorts by.
"""

import base64
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
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
_KEY = re.compile(r"objects/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/[0-9a-f]{2}/([0-9a-f]{64})", re.ASCII)
_UNPROTECTED = "A fact cites it, but no row says how long it is kept."


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
        findings += _unsequenced() + _examine_tree(reading.tree) + _examine_next(reading.sequences)
        progress("time stamps")
        anchors, found = _examine_anchors(tsa_roots)
        findings += found + _examine_newest(newest, reading.tree.size)
        progress("custody")
        objects, found = _examine_custody(reading.unprotected)
        findings += found
    return Examined(entries=reading.tree.size, facts=reading.facts, anchors=anchors, objects=objects), findings


def _rows(statement: str) -> Iterator[Sequence[Any]]:
    """Yield rows in chunks, by a server-side cursor, so that memory stays flat."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement)
        while rows := cursor.fetchmany(_CHUNK):
            yield from rows


class _Tree:
    """The right edge of the tree over the entries read so far; a tile is compared with the stored one once it is full.

    Attributes:
        size: how many entries.
        wrong: the first stored tile (level, index) that differs, the lowest level first; None while all agree.
    """

    def __init__(self) -> None:
        self.size = 0
        self.wrong: tuple[int, int] | None = None
        self._rows: list[list[bytes]] = []
        self._full: list[int] = []

    def add(self, entry: bytes) -> None:
        """Take the next entry."""
        self.size += 1
        self._put(0, merkle.leaf_hash(entry))

    def close(self) -> None:
        """Compare the tiles that are not full."""
        for level, row in enumerate(self._rows):
            if row:
                self._compare(level)

    def root(self) -> bytes:
        """Return the root over every entry taken."""
        return merkle.root(self._read, self.size)

    def _put(self, level: int, value: bytes) -> None:
        if level == len(self._rows):
            self._rows.append([])
            self._full.append(0)
        self._rows[level].append(value)
        if len(self._rows[level]) == merkle.TILE_WIDTH:
            self._compare(level)
            full, self._rows[level] = self._rows[level], []
            self._full[level] += 1
            self._put(level + 1, merkle.root_of(full))

    def _compare(self, level: int) -> None:
        place = (level, self._full[level])
        if (self.wrong is None or place < self.wrong) and read_tile(*place) != b"".join(self._rows[level]):
            self.wrong = place

    def _read(self, level: int, index: int) -> bytes:
        """Return a tile of the right edge, the only ones that the root over all entries needs."""
        return b"".join(self._rows[level]) if index == self._full[level] else b""


#: Entries with their facts, and of each fact the one about its subject that the ledger holds before it. The columns
#: that this sorts by are compared with what is inside each fact, in the order of the ledger, before they count.
_WALK = """
SELECT entry.position, entry.entry, entry.organisation, entry.organisation_sequence, fact.canonical,
       before.sequence, before.entry, fact.kind, fact.subject, fact.type, fact.sequence
FROM evidence_entries AS entry
LEFT JOIN evidence_facts AS fact ON fact.entry = entry.entry
LEFT JOIN (
    SELECT inner_entry.position, lag(inner_fact.sequence) OVER subject AS sequence,
           lag(inner_fact.entry) OVER subject AS entry
    FROM evidence_entries AS inner_entry JOIN evidence_facts AS inner_fact ON inner_fact.entry = inner_entry.entry
    WINDOW subject AS (PARTITION BY inner_fact.kind, inner_fact.subject ORDER BY inner_entry.position)
) AS before ON before.position = entry.position
ORDER BY entry.position
"""

#: The first entry whose fact is gone although no fact in the ledger says that it was erased.
_LOST = """
SELECT min(entry.position) FROM evidence_entries AS entry
WHERE NOT EXISTS (SELECT 1 FROM evidence_facts AS fact WHERE fact.entry = entry.entry) AND NOT EXISTS (
    SELECT 1 FROM (
        SELECT jsonb_array_elements_text(convert_from(fact.canonical, 'UTF8')::jsonb #> '{details,facts}') AS entry
        FROM evidence_facts AS fact JOIN evidence_entries AS placed ON placed.entry = fact.entry
        WHERE fact.type = 'content.erased'
    ) AS erased WHERE erased.entry = encode(entry.entry, 'hex')
)
"""

#: Whether an entry stands before a position while its fact is gone.
_GONE = """
SELECT EXISTS (SELECT 1 FROM evidence_entries AS entry WHERE entry.entry = %s AND entry.position < %s
               AND NOT EXISTS (SELECT 1 FROM evidence_facts AS fact WHERE fact.entry = entry.entry))
"""


#: A subject whose head does not name its last fact.
_WRONG_HEAD = """
SELECT last.kind, last.subject FROM (
    SELECT DISTINCT ON (kind, subject) kind, subject, organisation, sequence, entry
    FROM evidence_facts ORDER BY kind, subject, sequence DESC
) AS last LEFT JOIN evidence_heads AS head USING (kind, subject)
WHERE (head.organisation, head.sequence, head.entry) IS DISTINCT FROM (last.organisation, last.sequence, last.entry)
LIMIT 1
"""


@dataclass
class _Reading:
    """What the walk over the entries has seen so far."""

    tree: _Tree
    facts: int = 0
    sequences: dict[UUID, int] = field(default_factory=dict)
    cited: list[tuple[UUID, str]] = field(default_factory=list)
    unprotected: str | None = None

    def take(self, row: Sequence[Any]) -> str | None:
        """Take the next entry with its fact; return what is wrong with them, or None."""
        position, entry, organisation, sequence, canonical, *others = row
        of_entry = self._take_entry(position, bytes(entry), organisation, sequence)
        if canonical is None:
            return of_entry
        of_fact = self._take_fact(position, bytes(entry), organisation, bytes(canonical), others)
        return of_entry or of_fact

    def _take_entry(self, position: int, entry: bytes, organisation: UUID, sequence: int) -> str | None:
        expected, last = self.tree.size, self.sequences.get(organisation, 0)
        self.sequences[organisation] = sequence
        self.tree.add(entry)
        if position != expected:
            return f"Positions jump from {expected - 1} to {position}."
        if sequence != last + 1:
            return f"The sequence of organisation {organisation} has a gap."
        return None

    def _take_fact(
        self, position: int, entry: bytes, organisation: UUID, canonical: bytes, others: Sequence[Any]
    ) -> str | None:
        self.facts += 1
        try:
            fact = Fact.parse(canonical)
        except AcuseError as error:
            return f"The fact is not readable: {error}"
        if fact.entry() != entry:
            return f"The fact {fact.id} was altered: its digest is not that of its entry."
        sequence_before, entry_before, *columns = others
        stated = [fact.subject.kind, fact.subject.id, fact.type, fact.subject_sequence]
        if [*stated, fact.organisation] != [*columns, organisation]:
            return f"The columns of fact {fact.id} say something else than the fact."
        self._cite(fact)
        if not _follows(fact, position, sequence_before, entry_before):
            return f"The fact {fact.id} does not follow the one before it about {fact.subject.kind} {fact.subject.id}."
        return None

    def _cite(self, fact: Fact) -> None:
        self.cited += ((fact.organisation, item.sha256) for item in fact.objects)
        if len(self.cited) >= _CHUNK:
            self.check_cited()

    def check_cited(self) -> None:
        """Look for the rows of the objects cited since the last time."""
        if self.unprotected is None:
            keys = (custody.object_key(*cited) for cited in self.cited)
            self.unprotected = next(_without_row(keys), None)
        self.cited = []


def _follows(fact: Fact, position: int, sequence: int | None, entry: bytes | None) -> bool:
    """Say whether a fact continues what the ledger holds about its subject before it."""
    if entry is not None and sequence is not None:
        return (fact.subject_sequence, fact.previous) == (sequence + 1, bytes(entry))
    if fact.subject_sequence == 1:
        return fact.previous is None
    # Those before it were erased: their entries are still there.
    with connection.cursor() as cursor:
        cursor.execute(_GONE, (fact.previous, position))
        return bool(cursor.fetchone()[0])


def _examine_entries() -> tuple[_Reading, list[Finding]]:
    reading = _Reading(tree=_Tree())
    findings: list[Finding] = []
    for row in _rows(_WALK):
        complaint = reading.take(row)
        # The walk goes on: the tree, and what is said of it, is that of all entries.
        if complaint and not findings:
            findings.append(Finding(where=f"ledger position {row[0]}", what=complaint))
    reading.check_cited()
    reading.tree.close()
    return reading, findings or _lost()


def _lost() -> list[Finding]:
    """Find a fact that is gone without having been erased; asked only where every fact there is was found sound."""
    with connection.cursor() as cursor:
        cursor.execute(_LOST)
        position = cursor.fetchone()[0]
    if position is None:
        return []
    what = "The fact is gone, and no `content.erased` says that it was erased after its retention."
    return [Finding(where=f"ledger position {position}", what=what)]


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


def _examine_tree(tree: _Tree) -> list[Finding]:
    count = tree.size
    head = TreeHead.objects.filter(id=1).first()
    if head is None:
        return [Finding(where="tree head", what="There are entries but no tree head.")] if count else []
    if head.size != count:
        return [Finding(where="tree head", what=f"The tree head says {head.size} entries; there are {count}.")]
    if tree.wrong is not None:
        level, index = tree.wrong
        return [Finding(where=f"tile {level}/{index}", what="The stored hashes are not those of the entries.")]
    root = tree.root()
    if bytes(head.root) != root:
        return [Finding(where="tree head", what="The root is not that of the entries.")]
    return _note_findings(head.note.encode(), head.verifier_key, count, root, "tree head") if count else []


def _examine_next(sequences: Mapping[UUID, int]) -> list[Finding]:
    """Find what the next fact or entry would continue from wrongly: the chain and the ledger keep it for ever."""
    with connection.cursor() as cursor:
        cursor.execute(_WRONG_HEAD)
        head = cursor.fetchone()
        cursor.execute("SELECT organisation, last FROM evidence_organisation_sequences")
        counted = dict(cursor.fetchall())
    found = []
    if head is not None:
        where = f"head of {head[0]} {head[1]}"
        found.append(Finding(where=where, what="It does not name the last fact, which the next one has to follow."))
    for organisation in sorted(sequences.keys() | counted.keys()):
        last, said = sequences.get(organisation, 0), counted.get(organisation, 0)
        if last != said:
            what = f"The count of its entries says {said}; the last one is {last}."
            return [*found, Finding(where=f"organisation {organisation}", what=what)]
    return found


def _note_findings(note: bytes, verifier_key: str, size: int, root: bytes, where: str) -> list[Finding]:
    try:
        opened = checkpoint.open_note(note, VerifierKey.parse(verifier_key))
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
            note = anchor.note.encode()
            found = _note_findings(note, head.verifier_key, anchor.size, root, where)
            if found:
                return count, found
            verify_token(bytes(anchor.token), imprint_of=note, trust=tsa_roots, **_material(anchor))
        except AcuseError as error:
            return count, [Finding(where=where, what=str(error))]
    return count, []


def _material(anchor: Anchor) -> dict[str, Any]:
    return {
        "crls": [base64.b64decode(value) for value in anchor.crls],
        "chain": [base64.b64decode(value) for value in anchor.chain],
    }


def _examine_newest(newest: tuple[int, bytes] | None, size: int) -> list[Finding]:
    """Hold the newest checkpoint in custody against the tree: it stays when the table of time stamps is emptied."""
    head = TreeHead.objects.filter(id=1).first()
    try:
        custody.check_not_behind(size, newest)
        if newest is None or head is None:
            return []
        kept, note = newest
        root = merkle.root(read_tile, kept)
        return _note_findings(note, head.verifier_key, kept, root, f"checkpoint {kept} in custody")
    except AcuseError as error:
        return [Finding(where="custody", what=str(error))]


def _without_row(keys: Iterable[str]) -> Iterator[str]:
    """Yield those of the keys of custody that no row names."""
    waiting = iter(keys)
    while batch := list(islice(waiting, _CHUNK)):
        found = [match.groups() for match in map(_KEY.fullmatch, batch) if match]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT organisation, sha256 FROM evidence_objects JOIN unnest(%s::uuid[], %s::text[]) "
                "AS wanted (organisation, sha256) USING (organisation, sha256)",
                ([organisation for organisation, _ in found], [sha256 for _, sha256 in found]),
            )
            named = {custody.object_key(*row) for row in cursor.fetchall()}
        yield from (key for key in batch if key not in named)


def _examine_custody(unprotected: str | None) -> tuple[int, list[Finding]]:
    findings: list[Finding] = []
    count = 0
    for row in StoredObject.objects.order_by("id").iterator(chunk_size=_CHUNK):
        count += 1
        if not findings:
            findings += _examine_object(row)
    if unprotected is not None:
        # What nobody names cannot be told apart then from what facts cite.
        return count, [*findings, Finding(where=unprotected, what=_UNPROTECTED)]
    loose = sum(1 for _ in _without_row(custody.store().keys("objects")))
    if loose:
        what = f"{loose} objects in custody are cited by no fact: kept before a crash or a refusal, harmless."
        findings.append(Finding(where="custody", what=what, damage=False))
    return count, findings


def _examine_object(row: StoredObject) -> list[Finding]:
    where = f"object {row.sha256} of organisation {row.organisation}"
    try:
        content = custody.open_object(organisation=row.organisation, sha256=row.sha256)
    except (DamagedObject, MissingObject) as error:
        return [Finding(where=where, what=str(error))]
    if len(content) != row.size:
        return [Finding(where=where, what="The object has another size than its row says.")]
    return []
