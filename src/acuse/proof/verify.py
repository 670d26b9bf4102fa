"""The verifier: bytes of any proof in, a report of numbered steps out (evidence.md section 7). Offline, no clock.

Each step either says what it checked or raises: `Invalid` ends the verification, `CannotTell` is noted and the steps
that do not depend on it go on, so that integrity is reported even where no anchor is at hand.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cryptography import x509

from acuse.clock import to_rfc3339
from acuse.errors import AcuseError, CannotTell, InputError, Invalid, VerificationError
from acuse.proof import pdf
from acuse.proof.archive import parse_archive
from acuse.proof.binding import is_same_holder, verify_binding
from acuse.proof.bundle import VERSION, WITH_OTHERS, Bundle, parse
from acuse.proof.chain import says_no_legal_value
from acuse.proof.checkpoint import Checkpoint, VerifierKey, open_note, parse_note
from acuse.proof.completeness import check_chains, check_inclusion
from acuse.proof.facts.fact import Fact
from acuse.proof.judging import check_statement
from acuse.proof.kinds import is_pdf, kind_of
from acuse.proof.report import ObjectState, Report, Stamp, State, Step
from acuse.proof.timestamp import DEVELOPMENT_POLICY, VerifiedToken, describe, verify_token
from acuse.proof.tlog_proof import parse_tlog_proof
from acuse.proof.trust import Trust
from acuse.proof.verdicts.deadlines import Deadline, Judgement
from acuse.proof.verdicts.delivery import Verdict

__all__ = ["Trust", "verify_bytes"]

PROOF_NAME = "proof.json"
STATEMENT_NAME = "statement.json"
DOCUMENT_NAME = "document.json"
"""What the pages say besides the facts; the seal covers it, and re-rendering (`acuse verify --render`) checks it."""


@dataclass(frozen=True, kw_only=True)
class _Evidence:
    """What a file brought along for the steps on its bundle."""

    proof: bytes
    statement: bytes | None = None
    attachments: Mapping[str, bytes] = field(default_factory=dict)
    is_bare: bool = False
    sealed_with: x509.Certificate | None = None


@dataclass
class _Examination:
    """The steps taken so far; the one value that changes while a file is verified."""

    trust: Trust
    steps: list[Step] = field(default_factory=list)
    stamps: list[Stamp] = field(default_factory=list)
    facts: tuple[Fact, ...] = ()
    positions: tuple[int, ...] = ()
    objects: tuple[ObjectState, ...] = ()
    verdict: Verdict | None = None
    deadlines: Judgement | None = None
    about: Deadline | None = None
    communications: tuple[Verdict, ...] = ()
    sealed_by: str | None = None
    development: bool = False

    def note(self, step: Step) -> None:
        """Keep what a step found, in the place of what it had found before."""
        self.steps = [each for each in self.steps if each.number != step.number] + [step]

    def take(self, number: int, check: Callable[[], str | None]) -> None:
        """Run a step. None from `check` means that the file holds nothing for it."""
        try:
            text = check()
        except CannotTell as error:
            self.note(Step(number=error.step, state=State.CANNOT_TELL, text=str(error), error=_bare(error)))
        except InputError as error:
            raise Invalid(number, error.sentence, **error.particulars) from error
        else:
            state = State.NOT_THERE if text is None else State.VALID
            self.note(Step(number=number, state=state, text=text or _ABSENT[number]))

    def report(self, filename: str, kind: str) -> Report:
        """Return what was found."""
        states = {step.state for step in self.steps}
        worst = next((each for each in (State.INVALID, State.CANNOT_TELL) if each in states), State.VALID)
        return Report(
            filename=filename,
            kind=kind,
            state=worst,
            steps=tuple(sorted(self.steps, key=lambda step: step.number)),
            facts=self.facts,
            positions=self.positions,
            objects=self.objects,
            verdict=self.verdict,
            deadlines=self.deadlines,
            about=self.about,
            communications=self.communications,
            stamps=tuple(self.stamps),
            sealed_by=self.sealed_by,
            development=self.development or any(stamp.development for stamp in self.stamps),
        )


def _bare(error: VerificationError) -> AcuseError:
    """Return an error without its traceback, whose frames hold the whole file."""
    return AcuseError(error.sentence, **error.particulars)


_ABSENT = {
    5: "No time stamp: the time rests on the operator's own clock and checkpoint.",
    6: "This file holds no objects; their digests are in the facts.",
    7: "This file is no PDF.",
    8: "The facts are about nothing that is judged; there is no verdict.",
}


def verify_bytes(raw: bytes, *, filename: str, trust: Trust) -> Report:
    """Verify a PDF certificate, a bundle (`proof.json` or `.zip`) or a tlog-proof.

    Args:
        raw: the whole file.
        filename: its name, for the report; what it is, its content decides.
        trust: anchors; with none, integrity is checked and the answer is "cannot tell".

    Returns:
        The report. It never raises because of what the file holds.
    """
    examination = _Examination(trust=trust)
    kind = kind_of(raw)
    try:
        _CHECKS[kind](examination, raw)
    except Invalid as error:
        examination.note(Step(number=error.step, state=State.INVALID, text=str(error), error=_bare(error)))
        # Facts of a file that is wrong anywhere are not shown as proved.
        examination.facts, examination.positions, examination.objects = (), (), ()
        examination.verdict, examination.deadlines, examination.communications = None, None, ()
        examination.about = None
    except VerificationError as error:
        examination.note(Step(number=error.step, state=State.CANNOT_TELL, text=str(error), error=_bare(error)))
    return examination.report(filename, kind)


def _verify_unknown(examination: _Examination, raw: bytes) -> None:
    if is_pdf(raw):
        raise CannotTell(1, "This PDF carries neither a proof nor our seal: it is no certificate, or one cut short.")
    raise CannotTell(1, "This is neither a certificate nor a proof bundle nor a tlog-proof.")


def _verify_pdf(examination: _Examination, raw: bytes) -> None:
    evidence = pdf.examine(raw, trust=examination.trust)
    examination.sealed_by = evidence.seal_certificate.subject.rfc4514_string()
    examination.development = evidence.development
    for token in evidence.timestamps:
        examination.stamps.append(
            Stamp(
                at=token.at, authority=token.authority, over=token.over, development=token.policy == DEVELOPMENT_POLICY
            )
        )
    revocation = "" if evidence.revocation_checked else " Revocation was not checked: the file holds no lists."
    sealed = f"Sealed at level {evidence.level} on {to_rfc3339(evidence.seal_time)} by {examination.sealed_by}."
    examination.take(7, lambda: sealed + revocation)
    attachments = dict(evidence.attachments)
    proof, stated = attachments.pop(PROOF_NAME, None), attachments.pop(STATEMENT_NAME, None)
    attachments.pop(DOCUMENT_NAME, None)
    if proof is None or stated is None:
        raise Invalid(1, "The PDF holds no proof bundle and statement: it is sealed, but no certificate.")
    _verify_evidence(
        examination,
        _Evidence(proof=proof, statement=stated, attachments=attachments, sealed_with=evidence.seal_certificate),
    )


def _verify_archive(examination: _Examination, raw: bytes) -> None:
    try:
        archive = parse_archive(raw)
    except InputError as error:
        raise Invalid(1, error.sentence, **error.particulars) from error
    examination.take(7, lambda: None)
    evidence = _Evidence(proof=archive.proof, statement=archive.statement, attachments=archive.objects)
    _verify_evidence(examination, evidence)


def _verify_bundle(examination: _Examination, raw: bytes) -> None:
    examination.take(7, lambda: None)
    _verify_evidence(examination, _Evidence(proof=raw, is_bare=True))


def _verify_tlog_proof(examination: _Examination, raw: bytes) -> None:
    try:
        proof = parse_tlog_proof(raw)
        origin = parse_note(proof.checkpoint).checkpoint.origin
    except InputError as error:
        raise Invalid(1, error.sentence, **error.particulars) from error
    examination.take(1, lambda: "A C2SP tlog-proof of one entry.")
    keys = [key for key in map(VerifierKey.parse, examination.trust.log_keys) if key.name == origin]
    if not keys:
        raise CannotTell(
            4, "No trusted key of the log %(origin)s is at hand; a tlog-proof does not carry one.", origin=origin
        )
    examination.take(4, lambda: f"The checkpoint is signed by the trusted key of {_signed_by(proof.checkpoint, keys)}.")
    checkpoint = parse_note(proof.checkpoint).checkpoint

    def inclusion() -> str:
        for key in keys:
            if key.key_id == parse_note(proof.checkpoint).key_id:
                proof.verify(key)
        return f"The entry {proof.entry.hex()} is at position {proof.position} of {checkpoint.size}."

    examination.take(3, inclusion)


def _signed_by(note: bytes, keys: list[VerifierKey]) -> str:
    parsed = parse_note(note)
    for key in keys:
        if key.key_id == parsed.key_id:
            return open_note(note, key).origin
    raise InputError("The checkpoint is signed by another key than the trusted one of that log.")


def _verify_evidence(examination: _Examination, evidence: _Evidence) -> None:
    """Steps 1 to 6 and 8 on a bundle, whatever file it came in."""
    try:
        bundle = parse(evidence.proof)
    except InputError as error:
        raise Invalid(1, error.sentence, **error.particulars) from error
    size = len(evidence.proof)
    version = WITH_OTHERS if bundle.others else VERSION
    examination.take(1, lambda: f"A proof bundle of version {version}, {size} bytes, in its canonical form.")
    facts = tuple(item.fact for item in bundle.facts)
    examination.take(2, lambda: check_chains(bundle))
    checkpoint = _opened(bundle)
    examination.take(3, lambda: check_inclusion(bundle, checkpoint))
    tokens = _check_tokens(examination, bundle)
    examination.take(4, lambda: _check_origin(examination, bundle, tokens, evidence.sealed_with))
    examination.take(6, lambda: _check_objects(examination, bundle, evidence))
    examination.take(8, lambda: _check_verdict(examination, bundle, evidence))
    examination.facts, examination.positions = facts, tuple(item.position for item in bundle.facts)


def _opened(bundle: Bundle) -> Checkpoint:
    try:
        return open_note(bundle.checkpoint, VerifierKey.parse(bundle.key))
    except InputError as error:
        raise Invalid(4, error.sentence, **error.particulars) from error


def _check_tokens(examination: _Examination, bundle: Bundle) -> list[VerifiedToken]:
    """Step 5: every token must be sound, and at least one must lead to an anchor."""
    verified: list[VerifiedToken] = []
    untrusted: list[CannotTell] = []

    def check() -> str | None:
        for stamp in bundle.tokens:
            try:
                token = verify_token(
                    stamp.token,
                    imprint_of=bundle.checkpoint,
                    trust=examination.trust.stamps,
                    crls=stamp.crls,
                    chain=stamp.chain,
                )
            except CannotTell as error:
                untrusted.append(error)
            else:
                verified.append(token)
        if untrusted and not verified:
            raise untrusted[0]
        return " ".join(describe(token) for token in verified) if verified else None

    examination.take(5, check)
    examination.stamps += [
        Stamp(at=each.gen_time, authority=each.tsa_name, over="checkpoint", development=each.development)
        for each in verified
    ]
    return verified


def _check_origin(
    examination: _Examination, bundle: Bundle, tokens: list[VerifiedToken], sealed_with: x509.Certificate | None
) -> str:
    """Step 4, second half: whose key it is, by a trusted log key or by the seal's signature over it."""
    keys = [VerifierKey.parse(key) for key in examination.trust.log_keys]
    known = bundle.key in examination.trust.log_keys
    if not known and VerifierKey.parse(bundle.key).name in {key.name for key in keys}:
        raise Invalid(
            4, "The checkpoint is signed by %(key)s, which is not the trusted key of that log.", key=bundle.key
        )
    if bundle.binding is None:
        if not known:
            raise CannotTell(4, "The checkpoint's signature is right, but nothing says whose key it is.")
        if sealed_with is not None:
            unsure = CannotTell(7, "The PDF is sealed, but nothing says that its seal is that of the ledger inside.")
            examination.note(Step(number=7, state=State.CANNOT_TELL, text=str(unsure), error=unsure))
        return f"Signed by the trusted key {bundle.key}."
    try:
        bound = verify_binding(
            bundle.binding.cms,
            verifier_key=bundle.key,
            trust=examination.trust.seals,
            crls=bundle.binding.crls,
            at=min((token.gen_time for token in tokens), default=None),
        )
    except CannotTell:
        if known and sealed_with is None:
            return (
                f"Signed by the trusted key {bundle.key}; the seal's signature over it leads to no trusted certificate."
            )
        raise
    if sealed_with is not None and not is_same_holder(sealed_with, bound.chain[0]):
        raise Invalid(7, "The PDF is sealed by another than %(name)s, whose ledger is inside.", name=bound.name)
    examination.development = examination.development or says_no_legal_value(bound.chain)
    examination.sealed_by = examination.sealed_by or bound.chain[0].subject.rfc4514_string()
    unchecked = "" if bundle.binding.crls else " The file holds no revocation list of that seal."
    return (
        f"Signed by the log's key, which the seal of {bound.name} signed on {to_rfc3339(bound.signed_at)}.{unchecked}"
    )


def _check_objects(examination: _Examination, bundle: Bundle, evidence: _Evidence) -> str | None:
    cited = {each.sha256: each for item in bundle.every for each in item.fact.objects}
    # Checkpoint and time stamp may stand beside the bundle as files of their own, for tools that read nothing else.
    repeated = {bundle.checkpoint, *(stamp.token for stamp in bundle.tokens)}
    held: set[str] = set()
    for name, content in evidence.attachments.items():
        if content in repeated:
            continue
        digest = hashlib.sha256(content).hexdigest()
        if digest not in cited or cited[digest].size != len(content):
            raise InputError(
                "The embedded file %(name)s is not one that the facts cite: it was altered or added.", name=name[:80]
            )
        held.add(digest)
    examination.objects = tuple(
        ObjectState(
            sha256=each.sha256,
            size=each.size,
            media_type=each.media_type,
            role=each.role,
            present=each.sha256 in held,
        )
        for each in cited.values()
    )
    if evidence.is_bare and cited:
        return None
    return f"{len(held)} of {len(cited)} objects are here, byte for byte; {len(cited) - len(held)} are withheld."


def _check_verdict(examination: _Examination, bundle: Bundle, evidence: _Evidence) -> str | None:
    judged = check_statement(bundle, evidence.attachments.values(), evidence.statement)
    if judged is None:
        return None
    examination.verdict, examination.deadlines = judged.delivery, judged.deadlines
    examination.about, examination.communications = judged.about, judged.communications
    compared = "" if evidence.statement is None else " The statement in the file says the same."
    return f"{judged.said()}.{compared}"


_CHECKS: Mapping[str, Callable[[_Examination, bytes], None]] = {
    "pdf": _verify_pdf,
    "archive": _verify_archive,
    "bundle": _verify_bundle,
    "tlog-proof": _verify_tlog_proof,
    "unknown": _verify_unknown,
}
