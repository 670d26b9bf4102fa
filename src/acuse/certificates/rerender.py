"""Making the pages of a sealed document again, from the file alone, and comparing them byte for byte.

The verifier recomputes the verdict from the facts; this shows that the *pages* say nothing else. It needs the same
versions of Typst, templates and fonts that made the document: with others the answer is "cannot tell".
"""

import hashlib
from collections.abc import Sequence

from acuse.certificates.dossier import Standing, assemble
from acuse.certificates.issue import pages
from acuse.certificates.particulars import FILE, parse_particulars
from acuse.errors import CannotTell, InputError, Invalid, PermanentError
from acuse.pdf.pool import Typesetter
from acuse.proof import pdf
from acuse.proof.bundle import Bundle, parse
from acuse.proof.trust import Trust

STEP = 8
_NOT_AS_EXPECTED = (LookupError, ValueError, TypeError, AttributeError)
"""What stories raise over facts that no version records, or a kind of document that their subject has not."""


def rerender(raw: bytes, *, trust: Trust, typesetter: Typesetter, messages: Sequence[bytes] = ()) -> str:
    """Make the pages of a sealed document again and compare them with those that it has.

    Args:
        raw: the sealed PDF, verified before.
        trust: anchors.
        typesetter: of this installation.
        messages: content kept elsewhere, because it was too big for the PDF; the facts cite it by digest.

    Returns:
        One sentence that says what was compared.

    Raises:
        Invalid: the same program makes other pages from the facts.
        CannotTell: something needed is not in the file, or `messages` are others than the one that was certified.
    """
    evidence = pdf.examine(raw, trust=trust)
    objects = {hashlib.sha256(content).hexdigest(): content for content in (*evidence.attachments.values(), *messages)}

    def open_object(sha256: str) -> bytes:
        if sha256 not in objects:
            raise CannotTell(
                STEP,
                "What the pages show is not all in the file: give the content with the SHA-256 %(sha256)s (--message).",
                sha256=sha256,
            )
        return objects[sha256]

    if FILE not in evidence.attachments:
        raise CannotTell(STEP, f"The file has no {FILE}, so its pages cannot be made again.")
    try:
        particulars = parse_particulars(evidence.attachments[FILE])
        bundle = parse(evidence.attachments["proof.json"])
        _check_cited(bundle, messages)
        dossier = assemble(
            bundle=bundle,
            particulars=particulars,
            standing=Standing(
                certificate=evidence.seal_certificate,
                tsa_roots=trust.stamps,
                roots=(),
                development=particulars.development,
            ),
            open_object=open_object,
        )
        unsigned = pages(particulars.kind, dossier, typesetter)
    except (InputError, PermanentError, *_NOT_AS_EXPECTED) as error:
        raise Invalid(STEP, f"The pages cannot be made from what the file holds: {error}") from error
    if not raw.startswith(unsigned):
        raise Invalid(
            STEP, "The pages are not those that this version of Acuse makes from the facts: compare the versions."
        )
    return f"The pages, made again from the facts, are the same in all {len(unsigned)} bytes."


def _check_cited(bundle: Bundle, messages: Sequence[bytes]) -> None:
    """Check that one of the messages, where any are given, is cited by the facts."""
    cited = {item.sha256 for proven in bundle.every for item in proven.fact.objects}
    given = {hashlib.sha256(content).hexdigest() for content in messages}
    if given and not given & cited:
        raise CannotTell(
            STEP,
            "The message given has the SHA-256 %(given)s, which the facts do not cite: another one was certified.",
            given=", ".join(sorted(given)),
        )
