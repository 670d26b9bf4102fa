"""What a file claims to be, by its first bytes and by what stands in it in clear; whether it is, `verify` finds out.

A container alone claims nothing: anybody writes PDFs, archives and JSON. A file without a mark of ours is unknown,
which is no accusation; one with it is held to what it claims.
"""

from collections.abc import Mapping

from acuse.proof.tlog_proof import MAGIC

_BEGINNINGS: Mapping[bytes, str] = {b"{": "bundle", b"PK": "archive", MAGIC.encode(): "tlog-proof"}
# More than one each, or one that stands there several times: a single damage makes no stranger of an altered file.
_MARKS: Mapping[str, tuple[bytes, ...]] = {
    "pdf": (b"proof.json", b"AcuseSeal"),
    "archive": (b"proof.json",),
    "bundle": (b'"acuse-proof"', b'"checkpoint"'),
    "tlog-proof": (MAGIC.encode(),),
}


def kind_of(raw: bytes) -> str:
    """Return `pdf`, `bundle`, `archive`, `tlog-proof`, or `unknown` for what claims to be none of ours."""
    beginning = (kind for start, kind in _BEGINNINGS.items() if raw.startswith(start))
    kind = next(beginning, "pdf" if is_pdf(raw) else "")
    return kind if any(mark in raw for mark in _MARKS.get(kind, ())) else "unknown"


def is_pdf(raw: bytes) -> bool:
    """Say whether a reader would take it for a PDF, ours or not (ISO 32000-1, annex H.3, note 13)."""
    return b"%PDF-" in raw[:1024]
