"""The structure of a sealed PDF: its signatures and revisions, its security store and its attachments."""

import logging
from dataclasses import dataclass
from io import BytesIO

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.decode_limits import (
    DEFAULT_PURPOSE_LIMITS,
    DecodeLimits,
    DecodePurpose,
    StreamDecodeLimits,
)
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, enumerate_sig_fields
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from acuse.errors import Invalid
from acuse.proof.pdf.container import STEP, Container, strict_hex

logging.getLogger("pyhanko").addHandler(logging.NullHandler())
logging.getLogger("pyhanko_certvalidator").addHandler(logging.NullHandler())

MOST_SIGNATURES = 16
MOST_ATTACHMENTS = 1000
ATTACHMENTS_LIMIT = 256 * 1024 * 1024
_MOST_NODES = 2000
_DEEPEST = 16
_END = b"%%EOF"

DECODING = DecodeLimits(
    per_purpose={
        **DEFAULT_PURPOSE_LIMITS,
        DecodePurpose.XREF_STREAM: StreamDecodeLimits(max_output_size=1 << 19),
        DecodePurpose.OBJECT_STREAM: StreamDecodeLimits(max_output_size=1 << 23),
    }
)
"""Tables of objects grow a hundredfold in memory; those of a certificate have some thousand entries of 5 bytes."""


@dataclass(frozen=True, kw_only=True)
class Structure:
    """A PDF whose signatures have the shape of ours.

    Attributes:
        seal: pyHanko's view of the seal.
        seal_der: the seal's CMS.
        timestamps: pyHanko's view of the document time stamps, in order.
        token_ders: their tokens.
        signed: for the seal and each document time stamp, the two stretches of bytes it signs, joined.
        prefix_length: see `PdfEvidence.unsigned_prefix_length`.
    """

    seal: EmbeddedPdfSignature
    seal_der: bytes
    timestamps: tuple[EmbeddedPdfSignature, ...]
    token_ders: tuple[bytes, ...]
    signed: tuple[bytes, ...]
    prefix_length: int


def read_structure(raw: bytes, last: Container) -> Structure:
    """Read a PDF and check its shape.

    Args:
        raw: the file.
        last: the container found from the end, which the PDF reader has to find as well.

    Raises:
        Invalid: another shape. What pyHanko raises on unreadable files passes through.
    """
    reader = PdfFileReader(BytesIO(raw), strict=True, decode_limits=DECODING)
    if reader.encrypted:
        raise Invalid(STEP, "The PDF is encrypted, which a sealed PDF never is.")
    signatures = reader.embedded_signatures
    if not 1 <= len(signatures) <= MOST_SIGNATURES or len(signatures) != len(list(enumerate_sig_fields(reader, True))):
        raise Invalid(STEP, "The PDF has no seal, too many signatures, or one of an unknown kind.")
    containers = [_container(raw, each) for each in signatures]
    if (containers[-1].start, containers[-1].end) != (last.start, last.end):
        raise Invalid(STEP, "The last seal or time stamp of the PDF is not where the file says.")
    _check_kinds(signatures)
    _check_revisions(reader, signatures)
    return Structure(
        seal=signatures[0],
        seal_der=containers[0].der,
        timestamps=tuple(signatures[1:]),
        token_ders=tuple(each.der for each in containers[1:]),
        signed=tuple(
            raw[: gap.start] + raw[gap.end : gap.end + int(each.byte_range[3])]
            for each, gap in zip(signatures, containers, strict=True)
        ),
        prefix_length=_prefix_length(raw, reader, signatures[0]),
    )


def _container(raw: bytes, signature: EmbeddedPdfSignature) -> Container:
    """The gap in the byte range of one signature, read as strictly as the last one."""
    ranges = [int(each) for each in signature.byte_range]
    if len(ranges) != 4 or ranges[0] != 0 or min(ranges) < 0:
        raise Invalid(STEP, "A signature does not begin at the first byte of the PDF.")
    start, end, length = ranges[1:]
    if not start < end <= end + length <= len(raw) or raw[start : start + 1] != b"<" or raw[end - 1 : end] != b">":
        raise Invalid(STEP, "A signature leaves out more of the PDF than itself.")
    der = strict_hex(raw[start:end])
    if signature.pkcs7_content[: len(der)] != der:
        raise Invalid(STEP, "A signature is not the one that its byte range leaves out.")
    return Container(start=start, end=end, der=der)


def _check_kinds(signatures: list[EmbeddedPdfSignature]) -> None:
    kinds = [(str(each.sig_object_type), str(each.sig_object["/SubFilter"])) for each in signatures]
    if kinds[0] != ("/Sig", "/ETSI.CAdES.detached") or set(kinds[1:]) - {("/DocTimeStamp", "/ETSI.RFC3161")}:
        raise Invalid(STEP, "The PDF must carry one seal and, after it, nothing but document time stamps.")
    if signatures[0].docmdp_level != MDPPerm.NO_CHANGES:
        raise Invalid(STEP, "The seal does not forbid changes.")


def _check_revisions(reader: PdfFileReader, signatures: list[EmbeddedPdfSignature]) -> None:
    """The seal's revision, then one for each time stamp, up to the last of the file."""
    first = signatures[0].signed_revision
    expected = list(range(first, first + len(signatures)))
    if first < 1 or [each.signed_revision for each in signatures] != expected:
        raise Invalid(STEP, "The PDF has other revisions than its seal and time stamps.")
    if reader.xrefs.total_revisions != first + len(signatures):
        raise Invalid(STEP, "The PDF was changed after its last seal or time stamp.")


def _prefix_length(raw: bytes, reader: PdfFileReader, seal: EmbeddedPdfSignature) -> int:
    """The offset behind the `%%EOF` that ends the revision before the seal."""
    before = reader.xrefs.get_xref_container_info(seal.signed_revision - 1)
    at = raw.find(_END, before.end_location, int(seal.byte_range[1]))
    if at < 0:
        raise Invalid(STEP, "The part of the PDF before the seal has no end.")
    return at + len(_END)


def read_attachments(prefix: bytes) -> dict[str, bytes]:
    """Read the embedded files of the PDF as it was before the seal.

    Raises:
        Invalid: a name twice, or over a limit. What pyHanko raises on unreadable files passes through.
    """
    root = PdfFileReader(BytesIO(prefix), strict=True, decode_limits=DECODING).root
    names = root.get("/Names", {}).get("/EmbeddedFiles")
    found: dict[str, bytes] = {}
    total = 0
    for name, specification in _leaves(names) if names is not None else ():
        content = bytes(specification["/EF"]["/F"].data)
        total += len(content)
        if name in found or len(found) >= MOST_ATTACHMENTS or total > ATTACHMENTS_LIMIT:
            raise Invalid(STEP, "The PDF has an attachment twice, or too many or too large ones.")
        found[name] = content
    return found


def _leaves(tree: generic.DictionaryObject) -> list[tuple[str, generic.DictionaryObject]]:
    """The entries of a name tree (ISO 32000-1, 7.9.6), in order."""
    leaves: list[tuple[str, generic.DictionaryObject]] = []
    waiting = [(tree, 0)]
    nodes = 0
    while waiting:
        node, depth = waiting.pop()
        nodes += 1
        if nodes > _MOST_NODES or depth > _DEEPEST:
            raise Invalid(STEP, "The list of attachments is too deep or too long.")
        entries = node.get("/Names", ())
        leaves.extend((str(entries[at]), entries[at + 1]) for at in range(0, len(entries), 2))
        waiting.extend((kid, depth + 1) for kid in reversed(node.get("/Kids", ())))
    return leaves
