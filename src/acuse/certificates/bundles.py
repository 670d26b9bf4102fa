"""The proof of a document as it is handed out: `proof.json`, or the `.zip` bundle where the PDF cannot hold everything.

Custody keeps `proof.json` alone. The archive follows from it and from the objects, each of which custody holds once
however many revisions cite it, and is put together when somebody asks: the same bytes every time.
"""

from collections.abc import Mapping
from uuid import UUID

from acuse.certificates import dossier, rules
from acuse.evidence import custody
from acuse.proof.archive import Archive
from acuse.proof.bundle import Bundle, parse
from acuse.proof.canonical import canonicalise
from acuse.proof.facts.fact import ObjectReference
from acuse.proof.judging import stated


def handed_out(*, organisation: UUID, proof_sha256: str) -> tuple[bytes, str]:
    """Return the proof of a document and its media type.

    Args:
        organisation: whose document it is.
        proof_sha256: of its `proof.json` in custody.

    Returns:
        The archive with every object that documents hold where one is too big for the PDF, so that PDF and bundle give
        the message back, or where the verdict follows from calendars; else `proof.json`.

    Raises:
        AcuseError: custody lost an object, or it is damaged.
    """
    proof = custody.open_object(organisation=organisation, sha256=proof_sha256)
    bundle = parse(proof)
    cited = _cited(bundle)
    facts = tuple(item.fact for item in bundle.facts)

    def open_object(sha256: str) -> bytes:
        return custody.open_object(organisation=organisation, sha256=sha256)

    calendars = dossier.calendars_cited(facts, open_object)
    if not calendars and all(item.size <= dossier.EMBEDDED_LIMIT for item in cited.values()):
        return proof, "application/json"
    judged = canonicalise(stated(facts, facts_up_to=bundle.facts_up_to, calendars=calendars))
    objects = {sha256: open_object(sha256) for sha256 in cited}
    return Archive(proof=proof, statement=judged, objects=objects).to_zip(), "application/zip"


def is_whole(archive: Archive) -> bool:
    """Say whether a verified archive lacks nothing of the one that `handed_out` makes of its proof."""
    return archive.statement is not None and archive.objects.keys() == _cited(parse(archive.proof)).keys()


def _cited(bundle: Bundle) -> Mapping[str, ObjectReference]:
    """Return what a document embeds of the objects that the facts cite, by digest."""
    return {item.sha256: item for _, item in rules.embedded(proven.fact for proven in bundle.facts)}
