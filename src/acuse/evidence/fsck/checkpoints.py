"""What the tree's head, its checkpoints and their time stamps say, against the tree that was computed again."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from cryptography import x509
from django.db import connection

from acuse.errors import AcuseError
from acuse.evidence import custody
from acuse.evidence.fsck import values
from acuse.evidence.fsck.tree import Tree
from acuse.evidence.fsck.values import Finding
from acuse.evidence.models import Anchor, TreeHead
from acuse.evidence.queries import read_tile
from acuse.proof import checkpoint, merkle
from acuse.proof.checkpoint import VerifierKey
from acuse.proof.timestamp import verify_token

#: A subject whose head does not name its last fact.
_WRONG_HEAD = """
SELECT last.kind, last.subject FROM (
    SELECT DISTINCT ON (kind, subject) kind, subject, organisation, sequence, entry
    FROM evidence_facts ORDER BY kind, subject, sequence DESC
) AS last LEFT JOIN evidence_heads AS head USING (kind, subject)
WHERE (head.organisation, head.sequence, head.entry) IS DISTINCT FROM (last.organisation, last.sequence, last.entry)
LIMIT 1
"""


def examine_tree(tree: Tree) -> list[Finding]:
    """Find the first difference between the stored tiles or the published checkpoint and the entries."""
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


def examine_next(sequences: Mapping[UUID, int]) -> list[Finding]:
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


def examine_anchors(tsa_roots: Sequence[x509.Certificate]) -> tuple[int, list[Finding]]:
    """Verify every time stamp; return how many there are, and the first that does not hold."""
    head = TreeHead.objects.filter(id=1).first()
    count = 0
    for anchor in Anchor.objects.order_by("size").iterator(chunk_size=values.CHUNK):
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


def examine_newest(newest: tuple[int, bytes] | None, size: int) -> list[Finding]:
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
