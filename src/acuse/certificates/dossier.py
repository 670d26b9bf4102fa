"""What a document is made of: the bundle's files, embedded under their names, and the context that the story tells.

No network here: everything comes from the bundle, from custody and from the certificate's row. `assemble` does the same
from a sealed file alone.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.x509.oid import NameOID
from django.conf import settings

from acuse.accounts.queries import OrganisationView, organisation_view
from acuse.certificates import rules
from acuse.certificates.models import Certificate
from acuse.certificates.particulars import FILE, Particulars
from acuse.certificates.services import UPGRADE
from acuse.certificates.stories.context import (
    CheckpointShown,
    Context,
    EmbeddedFile,
    Language,
    Level,
    Party,
    Policy,
    SealShown,
    Superseded,
    TimeStampShown,
)
from acuse.certificates.stories.wording import WORDING
from acuse.errors import InputError
from acuse.evidence import custody
from acuse.pdf.attachments import Attachment, Relationship
from acuse.proof.archive import Archive
from acuse.proof.bundle import Bundle
from acuse.proof.canonical import canonicalise
from acuse.proof.checkpoint import parse_note
from acuse.proof.facts.deadline import KIND as TICKET
from acuse.proof.facts.fact import Fact, ObjectReference
from acuse.proof.judging import stated
from acuse.proof.timestamp import VerifiedToken, verify_token
from acuse.proof.verdicts.deadlines import Sources

_RELATIONSHIPS: dict[str, Relationship] = {
    "message": "source",
    "proof": "data",
    "statement": "data",
    "document": "data",
}
_WRITTEN = frozenset({"message", "note", "outcome"})
_OF_DEADLINES = (Certificate.Kind.CERTIFICATE, Certificate.Kind.DEADLINE)


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """Everything that goes into a document.

    Args:
        facts: those told, in order.
        message: the original, byte for byte; None where no message began it.
        sources: what the deadlines that it tells are counted and compared by.
        written: of a case's record or receipt, what was written, by digest; without what stays in custody.
        attachments: embedded files.
        context: for the story.
        bundle: the proof, as embedded.
        about: identifier of the one deadline that it is about; "" where it is about the whole.
    """

    facts: tuple[Fact, ...]
    message: bytes | None
    sources: Sources
    written: Mapping[str, bytes]
    attachments: tuple[Attachment, ...]
    context: Context
    bundle: Bundle
    about: str

    @property
    def proof(self) -> bytes:
        """`proof.json` as embedded."""
        return self._content_of("proof.json")

    def archive(self) -> Archive:
        """Return proof and statement as embedded, without other objects than those that the statement follows from."""
        statement = self._content_of("statement.json")
        return Archive(proof=self.proof, statement=statement, objects=self.sources.files())

    def _content_of(self, name: str) -> bytes:
        return next(file.content for file in self.attachments if file.name == name)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """On what the document stands: the seal's certificate and the roots of the time stamps.

    Args:
        certificate: of the seal.
        tsa_roots: anchors for the tokens of the bundle.
        roots: anchors of both, for the store of the sealed PDF.
        development: the seal has no legal value.
    """

    certificate: x509.Certificate
    tsa_roots: tuple[x509.Certificate, ...]
    roots: tuple[x509.Certificate, ...]
    development: bool


def compile_dossier(
    row: Certificate, *, bundle: Bundle, level: Level, dated_at: datetime, standing: Standing
) -> Dossier:
    """Gather what a document that was asked for is made of.

    Args:
        row: the request.
        bundle: proof of the facts that it tells.
        level: at which it will be sealed.
        dated_at: the document's date; with equal arguments the result is equal byte for byte.
        standing: seal and roots.
    """

    def open_object(sha256: str) -> bytes:
        return custody.open_object(organisation=row.organisation_id, sha256=sha256)

    particulars = _particulars(row, bundle, level, dated_at, standing)
    return assemble(bundle=bundle, particulars=particulars, standing=standing, open_object=open_object)


def assemble(
    *, bundle: Bundle, particulars: Particulars, standing: Standing, open_object: Callable[[str], bytes]
) -> Dossier:
    """Put a document's files and context together: a function of its arguments and of the objects' bytes alone.

    Args:
        bundle: proof of the facts that it tells.
        particulars: what it says besides.
        standing: seal and roots.
        open_object: SHA-256 (hex) of an object that the facts cite to its bytes.
    """
    facts = tuple(item.fact for item in bundle.facts)
    sources = Sources.read(facts, open_object)
    of_case = facts[0].subject.kind == TICKET and particulars.kind not in _OF_DEADLINES
    held = rules.held([item.fact for item in bundle.every], kind=particulars.kind)
    cited = _cited(held, particulars, open_object)
    files = [*cited[: len(held.inside)], *_own(bundle, sources, particulars)]
    elsewhere = tuple(file for file, _ in cited[len(held.inside) :])
    tokens = [_verified(stamp.token, stamp.crls, stamp.chain, bundle, standing) for stamp in bundle.tokens]
    shown = tuple(file for file, _ in files)
    return Dossier(
        facts=facts,
        message=None if of_case else _message(facts[0], open_object),
        sources=sources,
        written=_written(held, open_object) if of_case else {},
        attachments=tuple(attachment for _, attachment in files),
        context=_context(particulars, bundle, tokens, standing, shown, elsewhere=elsewhere),
        bundle=bundle,
        about=particulars.deadline,
    )


def _written(held: rules.Held, open_object: Callable[[str], bytes]) -> Mapping[str, bytes]:
    """Return what was written in a case, of what its document or bundle holds."""
    found = (item for _, item in (*held.inside, *held.beside) if item.role in _WRITTEN)
    return {item.sha256: open_object(item.sha256) for item in found}


def _message(first: Fact, open_object: Callable[[str], bytes]) -> bytes | None:
    reference = next((item for item in first.objects if item.role == "message"), None)
    if reference is None or reference.media_type != "message/rfc822":
        return None
    return open_object(reference.sha256)


def _language(wanted: object, organisation: OrganisationView) -> Language:
    return "en" if (wanted or organisation.language) == "en" else "es"


def _verified(
    token: bytes, crls: Sequence[bytes], chain: Sequence[bytes], bundle: Bundle, standing: Standing
) -> VerifiedToken:
    return verify_token(token, imprint_of=bundle.checkpoint, trust=standing.tsa_roots, crls=crls, chain=chain)


def _name(role: str, language: Language, number: int, kind: str = "") -> str:
    words = WORDING[language]
    found = words.get(f"name.{kind}.{role}") or words.get(f"name.{role}") or words["name.other"]
    return found.format(number=number)


def _cited(
    held: rules.Held, particulars: Particulars, open_object: Callable[[str], bytes]
) -> list[tuple[EmbeddedFile, Attachment]]:
    """Return the custody objects that a document embeds, then those beside it, each once, in the order of the facts."""
    files: list[tuple[EmbeddedFile, Attachment]] = []
    taken: set[str] = set()
    for fact, item in (*held.inside, *held.beside):
        content = open_object(item.sha256)
        files.append(_file(item, content, particulars, fact.subject_sequence, taken))
        taken.add(files[-1][0].name)
    return files


def _file(
    item: ObjectReference, content: bytes, particulars: Particulars, number: int, taken: set[str]
) -> tuple[EmbeddedFile, Attachment]:
    language = particulars.language
    form = item.role == "message" and item.media_type == "application/json"
    kind = "record" if particulars.kind in rules.RECORDS else ""
    name = _name("form" if form else item.role, language, number, kind)
    if name in taken:
        name = f"{item.sha256[:8]}-{name}"
    return _embedded(name, item.role, item.media_type, content, language, number)


def _embedded(
    name: str, role: str, media_type: str, content: bytes, language: Language, number: int | None = None
) -> tuple[EmbeddedFile, Attachment]:
    shown = EmbeddedFile(
        name=name, role=role, sha256=hashlib.sha256(content).hexdigest(), size=len(content), number=number
    )
    attachment = Attachment(
        name=name,
        media_type=media_type,
        content=content,
        relationship=_RELATIONSHIPS.get(role, "supplement"),
        description=WORDING[language].get(f"file.{role}", name).format(number=number),
    )
    return shown, attachment


def _own(bundle: Bundle, sources: Sources, particulars: Particulars) -> list[tuple[EmbeddedFile, Attachment]]:
    """Return the files that are ours: proof, statement, and checkpoint and token for tools that read nothing else."""
    language = particulars.language
    judged = canonicalise(stated(bundle, sources=sources, about=particulars.deadline))
    files = [
        _embedded("proof.json", "proof", "application/json", bundle.to_json(), language),
        _embedded("statement.json", "statement", "application/json", judged, language),
        _embedded(_name("checkpoint", language, 0), "checkpoint", "text/plain", bundle.checkpoint, language),
    ]
    if bundle.tokens:
        token = bundle.tokens[0].token
        files.append(_embedded(_name("token", language, 0), "token", "application/timestamp-token", token, language))
    files.append(_embedded(FILE, "document", "application/json", particulars.to_json(), language))
    return files


def _common_name(name: x509.Name) -> str:
    for kind in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME):
        values = name.get_attributes_for_oid(kind)
        if values:
            return str(values[0].value)
    return name.rfc4514_string()


def _particulars(row: Certificate, bundle: Bundle, level: Level, dated_at: datetime, standing: Standing) -> Particulars:
    environment = settings.ACUSE
    organisation = organisation_view(row.organisation_id)
    language = _language(bundle.facts[0].fact.details.get("language"), organisation)
    address = environment.public_url.removeprefix("https://").removeprefix("http://").rstrip("/")
    policy = environment.policy_url
    return Particulars(
        kind=row.kind,
        deadline=row.deadline,
        language=language,
        zone=organisation.time_zone,
        organisation=Party(name=organisation.name, tax_id=organisation.tax_id or None),
        # Two unlike names may be one person: only the operator knows, and states it.
        third_party=environment.third_party,
        policy=Policy(title=_POLICY_TITLES[language], address=policy) if policy else None,
        code=row.code,
        revision=row.revision,
        supersedes=_superseded(row, language, bundle),
        verification_address=f"{address}/verify",
        verification_url=f"{environment.public_url.rstrip('/')}/v/{row.code}",
        level=level,
        lowered=rules.is_lower(level, row.wanted_level),
        issued_at=dated_at,
        development=standing.development,
    )


def _context(
    particulars: Particulars,
    bundle: Bundle,
    tokens: Sequence[VerifiedToken],
    standing: Standing,
    files: tuple[EmbeddedFile, ...],
    *,
    elsewhere: tuple[EmbeddedFile, ...],
) -> Context:
    opened = parse_note(bundle.checkpoint).checkpoint
    certifier = Party(name=_common_name(standing.certificate.subject))
    return Context(
        language=particulars.language,
        zone=particulars.zone,
        organisation=particulars.organisation,
        certifier=certifier,
        third_party=particulars.third_party,
        policy=particulars.policy,
        code=particulars.code,
        revision=particulars.revision,
        supersedes=particulars.supersedes,
        verification_address=particulars.verification_address,
        verification_url=particulars.verification_url,
        level=particulars.level,
        lowered=particulars.lowered,
        issued_at=particulars.issued_at,
        checkpoint=CheckpointShown(note=bundle.checkpoint.decode(), size=opened.size, root=opened.root.hex()),
        time_stamps=tuple(
            TimeStampShown(authority=token.tsa_name, time=token.gen_time, serial=f"{token.serial:x}")
            for token in tokens
        ),
        seal=SealShown(
            subject=certifier,
            issuer=_common_name(standing.certificate.issuer),
            serial=f"{standing.certificate.serial_number:x}",
            valid_until=standing.certificate.not_valid_after_utc,
        ),
        files=files,
        development=particulars.development or any(token.development for token in tokens),
        elsewhere=elsewhere,
    )


_POLICY_TITLES = {"es": "Política de certificación", "en": "Certification policy"}


def _superseded(row: Certificate, language: Language, bundle: Bundle) -> Superseded | None:
    if not row.supersedes:
        return None
    earlier = Certificate.objects.get(code=row.supersedes)
    if earlier.facts_up_to is None:
        raise InputError("The certificate %(code)s was never issued, so nothing can supersede it.", code=earlier.code)
    later = {item.fact.type for item in bundle.facts if item.position > earlier.facts_up_to}
    words = WORDING[language]
    reasons = [words[f"reason.{change}"] for change in rules.CHANGES if change in later]
    if row.reason == UPGRADE:
        reasons.append(words["reason.level"])
    return Superseded(
        code=earlier.code, position=earlier.facts_up_to, reason="; ".join(reasons) or words["reason.later"]
    )
