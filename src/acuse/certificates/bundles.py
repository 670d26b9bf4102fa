"""The proof of a document as it is handed out: `proof.json`, or the `.zip` bundle where the PDF cannot hold everything.

Custody keeps `proof.json` alone. The archive follows from it and from the objects, each of which custody holds once
however many revisions cite it, and is put together when somebody asks: the same bytes every time.
"""

from collections.abc import Mapping
from uuid import UUID

from acuse.certificates import rules
from acuse.certificates.models import Certificate
from acuse.evidence import custody
from acuse.proof.archive import Archive
from acuse.proof.bundle import Bundle, parse
from acuse.proof.canonical import canonicalise
from acuse.proof.facts.fact import ObjectReference
from acuse.proof.judging import stated
from acuse.proof.verdicts.deadlines import Sources


def handed_out(
    *, organisation: UUID, proof_sha256: str, kind: str = Certificate.Kind.CERTIFICATE, deadline: str = ""
) -> tuple[bytes, str]:
    """Return the proof of a document and its media type.

    Args:
        organisation: whose document it is.
        proof_sha256: of its `proof.json` in custody.
        kind: of document.
        deadline: identifier of the one deadline that it is about, if it is about one.

    Returns:
        The archive with every object that documents hold where one is too big for the PDF, so that PDF and bundle give
        the message back, where the verdict follows from calendars or terms, and of a case's record; else `proof.json`.

    Raises:
        AcuseError: custody lost an object, or it is damaged.
    """
    return packed(
        organisation=organisation,
        proof=custody.open_object(organisation=organisation, sha256=proof_sha256),
        kind=kind,
        deadline=deadline,
    )


def packed(*, organisation: UUID, proof: bytes, kind: str, deadline: str = "") -> tuple[bytes, str]:
    """Return a `proof.json` with what belongs beside it, and its media type; see `handed_out`."""
    bundle = parse(proof)
    cited = _cited(bundle, kind)

    def open_object(sha256: str) -> bytes:
        return custody.open_object(organisation=organisation, sha256=sha256)

    sources = Sources.read([item.fact for item in bundle.facts], open_object)
    small = all(item.size <= rules.EMBEDDED_LIMIT for item in cited.values())
    if not (sources.calendars or sources.rules) and small and kind not in rules.RECORDS:
        return proof, "application/json"
    judged = canonicalise(stated(bundle, sources=sources, about=deadline))
    objects = {sha256: open_object(sha256) for sha256 in cited}
    return Archive(proof=proof, statement=judged, objects=objects).to_zip(), "application/zip"


def is_whole(archive: Archive, *, kind: str = Certificate.Kind.CERTIFICATE) -> bool:
    """Say whether a verified archive lacks nothing of the one that `handed_out` makes of its proof."""
    return archive.statement is not None and archive.objects.keys() == _cited(parse(archive.proof), kind).keys()


def _cited(bundle: Bundle, kind: str) -> Mapping[str, ObjectReference]:
    """Return what a document's bundle holds of the objects that the facts cite, by digest."""
    found = rules.held([proven.fact for proven in bundle.every], kind=kind)
    return {item.sha256: item for _, item in (*found.inside, *found.beside)}
