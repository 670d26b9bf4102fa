"""C2SP tlog-proof files: one entry's place in the ledger as text, for public tools.

The entry itself (the 32-byte digest of a fact) stands in the `extra` line. That line is not authenticated by the
format; here it is, because the leaf is computed from it.
"""

import base64
import re
from dataclasses import dataclass

from acuse.errors import InputError
from acuse.proof.checkpoint import Checkpoint, VerifierKey, open_note, unbase64
from acuse.proof.merkle import HASH_SIZE, MAX_PATH, leaf_hash, verify_inclusion

MAGIC = "c2sp.org/tlog-proof@v1"
MAX_PROOF = 8192
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,15})", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class TlogProof:
    """A tlog-proof.

    Attributes:
        entry: 32 bytes, the digest of the fact.
        position: in the ledger, from 0.
        path: audit path, from the leaf up.
        checkpoint: the signed note.
    """

    entry: bytes
    position: int
    path: tuple[bytes, ...]
    checkpoint: bytes

    def to_text(self) -> bytes:
        """Return the content of the `.tlog-proof` file."""
        lines = [MAGIC, f"extra {_base64(self.entry)}", f"index {self.position}", *map(_base64, self.path), "", ""]
        return "\n".join(lines).encode() + self.checkpoint

    def verify(self, key: VerifierKey) -> Checkpoint:
        """Check the checkpoint's signature and the inclusion of the entry; return the checkpoint.

        Raises:
            InputError: either is wrong.
        """
        checkpoint = open_note(self.checkpoint, key)
        verify_inclusion(
            leaf=leaf_hash(self.entry),
            position=self.position,
            size=checkpoint.size,
            path=self.path,
            root=checkpoint.root,
        )
        return checkpoint


def parse_tlog_proof(raw: bytes) -> TlogProof:
    """Parse a `.tlog-proof` file whose extra line holds the entry.

    Raises:
        InputError: any other form.
    """
    if len(raw) > MAX_PROOF:
        raise InputError("Too long: a tlog-proof has at most %(limit)s bytes.", limit=MAX_PROOF)
    head, separator, checkpoint = raw.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise InputError("The tlog-proof is not text.") from error
    if not separator or len(lines) < 3 or lines[0] != MAGIC or not lines[1].startswith("extra "):
        raise InputError("Not a tlog-proof with the entry in its extra line.")
    index = _INDEX.fullmatch(lines[2])
    if index is None or len(lines) > MAX_PATH + 3:
        raise InputError("The tlog-proof has no index line, or too long a path.")
    entry, path = unbase64(lines[1][6:]), tuple(unbase64(line) for line in lines[3:])
    if any(len(value) != HASH_SIZE for value in (entry, *path)):
        raise InputError("A hash of the tlog-proof does not have 32 bytes.")
    return TlogProof(entry=entry, position=int(index.group(1)), path=path, checkpoint=checkpoint)


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
