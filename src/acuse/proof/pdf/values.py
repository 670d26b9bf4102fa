"""What an examined PDF is evidence of."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cryptography import x509

Level = Literal["B-B", "B-T", "B-LTA"]


@dataclass(frozen=True, kw_only=True)
class PdfTimestamp:
    """A verified RFC 3161 token of a PDF.

    Attributes:
        over: "signature" (the seal's value) or "document" (the whole file up to there).
        at: `genTime`, aware.
        authority: subject of the authority's certificate, as one line.
        policy: the authority's policy, dotted.
        serial_number: the token's number.
        certificate: of the authority.
    """

    over: Literal["signature", "document"]
    at: datetime
    authority: str
    policy: str
    serial_number: int
    certificate: x509.Certificate


@dataclass(frozen=True, kw_only=True)
class PdfEvidence:
    """A sealed PDF that was verified.

    Attributes:
        attachments: name -> content, as embedded before the seal.
        seal_certificate: who sealed.
        seal_time: aware; of the time stamp over the seal, or, at level B-B, the time the seal claims.
        level: PAdES baseline level, all of whose parts were verified.
        timestamps: in order; the one over the seal's signature comes first.
        anchors: trust anchors that the seal and the time stamps led to.
        development: the seal or a time stamp is of the development authority: no legal value.
        revocation_checked: revocation was judged, from lists inside the file (only B-LTA holds them).
        unsigned_prefix_length: bytes of the PDF as it was before the seal, up to and with its last `%%EOF`.
    """

    attachments: dict[str, bytes]
    seal_certificate: x509.Certificate
    seal_time: datetime
    level: Level
    timestamps: tuple[PdfTimestamp, ...]
    anchors: tuple[x509.Certificate, ...]
    development: bool
    revocation_checked: bool
    unsigned_prefix_length: int
