"""Reads and validates sealed PDFs (step 7 of the verifier); the only package that reads through pyHanko.

1. outer shell: the file ends in one signature container, strictly written, that signs every byte around it
   (`container`, `cms`; no PDF parser yet);
2. shape: one seal, then document time stamps, one revision each; each container as strict as the last (`reading`);
3. contents: every certificate carried is on the path to an anchor (`cms`);
4. changes: nothing after the seal but the security store and document time stamps (`validation`, pyHanko's comparison);
5. signatures, paths and revocation at the right time, offline, from what the file itself holds (`validation`);
6. attachments, read from the part before the seal (`reading`).
"""

from acuse.errors import CannotTell, Invalid, VerificationError
from acuse.proof.pdf.container import STEP
from acuse.proof.pdf.values import Level, PdfEvidence, PdfTimestamp
from acuse.proof.trust import Trust

__all__ = ["PDF_LIMIT", "Level", "PdfEvidence", "PdfTimestamp", "examine"]

PDF_LIMIT = 256 * 1024 * 1024
"""Largest PDF that is read, in bytes."""


def examine(raw: bytes, *, trust: Trust) -> PdfEvidence:
    """Verify a sealed PDF completely.

    There is no clock: the seal is judged at the time of the last document time stamp (B-LTA), of the time stamp over
    the signature (B-T), or at the time it claims (B-B). So a certificate that expired afterwards does not matter.

    Args:
        raw: the whole file, at most `PDF_LIMIT` bytes.
        trust: anchors of the seal and of the time stamping authorities.

    Raises:
        Invalid: altered, not sealed, or outside the profile (step 7).
        CannotTell: no anchor, no path to one, no revocation list, too large, or pyHanko is not installed (step 7).
    """
    if len(raw) > PDF_LIMIT:
        raise CannotTell(STEP, "The PDF is larger than %(limit)s bytes and was not read.", limit=PDF_LIMIT)
    try:
        from acuse.proof.pdf.examination import examine_pdf  # noqa: PLC0415 (pyHanko is optional for the verifier)
    except ImportError as error:
        raise CannotTell(
            STEP, "PDFs are verified with pyHanko, which is not installed: pip install pyhanko."
        ) from error
    try:
        return examine_pdf(raw, trust)
    except VerificationError:
        raise
    except Exception as error:
        # The readers below were not written for hostile files; whatever they raise means: not a file of ours.
        raise Invalid(STEP, "The PDF cannot be read (%(cause)s).", cause=type(error).__name__) from error
