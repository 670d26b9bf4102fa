"""Making the pages of a sealed document again, from the file alone, and comparing them byte for byte.

The verifier recomputes the verdict from the facts; this shows that the *pages* say nothing else. It needs the same
versions of Typst, templates and fonts that made the document: with others the answer is "cannot tell".
"""

import hashlib

from acuse.certificates.dossier import Standing, assemble
from acuse.certificates.issue import pages
from acuse.certificates.particulars import FILE, parse_particulars
from acuse.errors import CannotTell, InputError, Invalid
from acuse.pdf.pool import Typesetter
from acuse.proof import pdf
from acuse.proof.bundle import parse
from acuse.proof.trust import Trust

STEP = 8


def rerender(raw: bytes, *, trust: Trust, typesetter: Typesetter) -> str:
    """Make the pages of a sealed document again and compare them with those that it has.

    Args:
        raw: the sealed PDF, verified before.
        trust: anchors.
        typesetter: of this installation.

    Returns:
        One sentence that says what was compared.

    Raises:
        Invalid: the same program makes other pages from the facts.
        CannotTell: something needed is not in the file.
    """
    evidence = pdf.examine(raw, trust=trust)
    objects = {hashlib.sha256(content).hexdigest(): content for content in evidence.attachments.values()}

    def open_object(sha256: str) -> bytes:
        if sha256 not in objects:
            raise CannotTell(STEP, "An object that the pages show is not in the file: it travels in the bundle.")
        return objects[sha256]

    if FILE not in evidence.attachments:
        raise CannotTell(STEP, f"The file has no {FILE}, so its pages cannot be made again.")
    try:
        particulars = parse_particulars(evidence.attachments[FILE])
        dossier = assemble(
            bundle=parse(evidence.attachments["proof.json"]),
            particulars=particulars,
            standing=Standing(
                certificate=evidence.seal_certificate,
                tsa_roots=trust.stamps,
                roots=(),
                development=particulars.development,
            ),
            open_object=open_object,
        )
    except (InputError, KeyError) as error:
        raise Invalid(STEP, f"The pages cannot be made from what the file holds: {error}") from error
    unsigned = pages(particulars.kind, dossier, typesetter)
    if not raw.startswith(unsigned):
        raise Invalid(
            STEP, "The pages are not those that this version of Acuse makes from the facts: compare the versions."
        )
    return f"The pages, made again from the facts, are the same in all {len(unsigned)} bytes."
