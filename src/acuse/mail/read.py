"""What a message holds, read without ever failing: headers, body, inline images, attachments.

The raw bytes are the truth and are never altered; what is read here is one interpretation of them, for people to
see. Whatever cannot be read becomes a defect code, never an error.
"""

import hashlib
import html as markup
import re
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import unquote

from asn1crypto import cms

from acuse.mail import charsets, headers, structure
from acuse.mail.headers import Field, guarded
from acuse.mail.mailboxes import Address
from acuse.mail.structure import Part

_UNSAFE_NAME = re.compile(r"[\x00-\x1f\x7f/\\:\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CID = re.compile(r"cid:([^\"'\s>)]{1,998})", re.IGNORECASE)
_EXTENSIONS = {
    "application/pdf": "pdf",
    "application/pkcs7-signature": "p7s",
    "application/x-pkcs7-signature": "p7s",
    "image/gif": "gif",
    "image/jpeg": "jpg",
    "image/png": "png",
    "message/rfc822": "eml",
    "message/global": "eml",
    "text/calendar": "ics",
    "text/csv": "csv",
    "text/html": "html",
    "text/plain": "txt",
}
_SIGNATURES = {
    "application/pkcs7-signature": "smime",
    "application/x-pkcs7-signature": "smime",
    "application/pgp-signature": "pgp",
}
_SMIME = ("application/pkcs7-mime", "application/x-pkcs7-mime")


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A part that is not body text.

    `size` and `sha256` (hex) are of the decoded content. `subject` is that of a nested message. `path` is the
    part's place in the tree ("2", "1.3").
    """

    path: str
    name: str
    media_type: str
    size: int
    sha256: str
    content_id: str | None
    subject: str | None
    content: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Segment:
    """One stretch of the body: plain text, HTML, or both as alternatives of the same."""

    plain: str | None
    html: str | None


@dataclass(frozen=True, kw_only=True)
class Message:
    """One reading of a message. Absent or unreadable headers are None or empty; `defects` says what was wrong."""

    subject: str | None
    sender: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    date: datetime | None
    message_id: str | None
    in_reply_to: str | None
    language: str | None
    received_count: int
    headers: tuple[tuple[str, str], ...]
    segments: tuple[Segment, ...]
    inline_images: tuple[Attachment, ...]
    attachments: tuple[Attachment, ...]
    signed: str | None
    encrypted: bool
    defects: tuple[str, ...]

    @property
    def files(self) -> tuple[Attachment, ...]:
        """Everything that is not body text: the attachments, then the pictures inside the body."""
        return (*self.attachments, *self.inline_images)

    @property
    def text(self) -> str | None:
        """The plain body, or None where the message has only HTML (or nothing)."""
        plain = [segment.plain for segment in self.segments if segment.plain is not None]
        return "\n".join(plain) if plain else None

    @property
    def html(self) -> str | None:
        """The HTML body, untrusted: sanitise before showing. Plain stretches between HTML ones are kept, escaped."""
        if not any(segment.html is not None for segment in self.segments):
            return None
        return "\n".join(
            segment.html if segment.html is not None else f"<pre>{markup.escape(segment.plain or '')}</pre>"
            for segment in self.segments
        )


class _Collector:
    """Walks the tree once and sorts its leaves into body, images and attachments."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.segments: list[Segment] = []
        self.images: list[Attachment] = []
        self.attachments: list[Attachment] = []
        self.defects: list[str] = []
        self.signed: str | None = None
        self.encrypted = False

    def defect(self, code: str) -> None:
        if code not in self.defects:
            self.defects.append(code)

    def visit(self, part: Part) -> None:
        kind = part.content.media_type
        if part.children and kind == "multipart/alternative":
            self.alternatives(part)
        elif part.children:
            if kind == "multipart/encrypted":
                self.encrypted = True
            for child in part.children:
                self.visit(child)
        elif _is_body(part):
            text = self.text(part)
            is_html = part.content.media_type == "text/html"
            self.segments.append(Segment(plain=None if is_html else text, html=text if is_html else None))
        elif not kind.startswith("multipart/"):
            self.leaf(part)

    def alternatives(self, part: Part) -> None:
        """Keep the last plain and the last HTML form as one segment; anything else inside is not lost."""
        before = self.segments
        plain: str | None = None
        html: str | None = None
        for child in part.children:
            self.segments = []
            self.visit(child)
            plains = [segment.plain for segment in self.segments if segment.plain is not None]
            htmls = [segment.html for segment in self.segments if segment.html is not None]
            plain = "\n".join(plains) if plains and not htmls else plain
            html = "\n".join(htmls) if htmls else html
        self.segments = before
        if plain is not None or html is not None:
            self.segments.append(Segment(plain=plain, html=html))

    def text(self, part: Part) -> str:
        content, clean = structure.content_of(self.raw, part)
        if not clean:
            self.defect("transfer_encoding")
        text, honest = charsets.decode(content, part.content.charset)
        if not honest:
            self.defect("charset")
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def leaf(self, part: Part) -> None:
        content, clean = structure.content_of(self.raw, part)
        if not clean:
            self.defect("transfer_encoding")
        kind = part.content.media_type
        if kind in _SMIME and self.smime(part, content):
            return
        self.signed = self.signed or _SIGNATURES.get(kind)
        attachment = _attachment(part, content)
        inline = kind.startswith("image/") and part.content.content_id and part.content.disposition != "attachment"
        (self.images if inline else self.attachments).append(attachment)

    def smime(self, part: Part, content: bytes) -> bool:
        """Read what an opaque S/MIME signature encloses (RFC 8551 3.5.2); true if it was read."""
        smime_type = part.content.parameter("smime-type") or ""
        if smime_type in ("enveloped-data", "authEnveloped-data"):
            self.encrypted = True
            return False
        inner = guarded(lambda: _enclosed(content), None)
        if inner is None:
            return False
        nested = _Collector(inner)
        root, defects = structure.parse(inner)
        if root.content.media_type in _SMIME:
            return False  # a signature of a signature: shown as a file, so that depth stays bounded
        nested.visit(root)
        self.signed = "smime"
        self.segments += nested.segments
        self.images += nested.images
        self.attachments += nested.attachments
        for code in (*defects, *nested.defects):
            self.defect(code)
        return True


def _enclosed(content: bytes) -> bytes | None:
    envelope = cms.ContentInfo.load(content)
    if envelope["content_type"].native != "signed_data":
        return None
    inner = envelope["content"]["encap_content_info"]["content"].native
    return inner if isinstance(inner, bytes) else None


def _is_body(part: Part) -> bool:
    content = part.content
    if content.media_type.startswith("multipart/"):
        return part.body_end > part.body_start  # no part could be found in it: shown as it stands
    if content.media_type not in ("text/plain", "text/html") or content.disposition == "attachment":
        return False
    return content.filename is None


def _attachment(part: Part, content: bytes) -> Attachment:
    kind = part.content.media_type
    subject = None
    if kind in ("message/rfc822", "message/global"):
        fields, _, _ = headers.split_block(content, 0, len(content))
        subject = headers.text_of(fields, "Subject")
    return Attachment(
        path=part.path,
        name=_name(part, subject),
        media_type=kind,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        content_id=part.content.content_id,
        subject=subject,
        content=content,
    )


def _name(part: Part, subject: str | None) -> str:
    """Return a file name for people to see: no path, no controls, no direction marks that disguise an extension."""
    given = part.content.filename or (f"{subject[:100]}.eml" if subject else "")
    name = _UNSAFE_NAME.sub("_", given).strip(" .")[:255]
    extension = _EXTENSIONS.get(part.content.media_type, "bin")
    return name or f"part-{part.path or '1'}.{extension}"


def read(raw: bytes) -> Message:
    """Read a message.

    Args:
        raw: the message as received (unstuffed DATA), any bytes whatever.

    Returns:
        What it holds. It never raises; limits: structure.MAX_DEPTH levels, MAX_PARTS parts, headers.MAX_BLOCK bytes.
    """
    root, defects = structure.parse(raw)
    collector = _Collector(raw)
    for code in defects:
        collector.defect(code)
    collector.visit(root)
    images, attachments = _referenced(collector)
    return Message(
        subject=headers.text_of(root.fields, "Subject"),
        sender=headers.addresses_of(root.fields, "From"),
        to=headers.addresses_of(root.fields, "To"),
        cc=headers.addresses_of(root.fields, "Cc"),
        reply_to=headers.addresses_of(root.fields, "Reply-To"),
        date=headers.date_of(root.fields),
        message_id=_identifier(root.fields, "Message-ID"),
        in_reply_to=_identifier(root.fields, "In-Reply-To"),
        language=_language(root.fields),
        received_count=sum(1 for item in root.fields if item.name.lower() == "received"),
        headers=tuple((item.name, headers.decoded(headers.raw_text(item))) for item in root.fields),
        segments=tuple(collector.segments),
        inline_images=images,
        attachments=attachments,
        signed=collector.signed,
        encrypted=collector.encrypted,
        defects=tuple(collector.defects),
    )


def _referenced(collector: _Collector) -> tuple[tuple[Attachment, ...], tuple[Attachment, ...]]:
    """Images that no HTML names are attachments to a reader, so they are listed as such, in order of appearance."""
    named = {unquote(match) for segment in collector.segments if segment.html for match in _CID.findall(segment.html)}
    inline = tuple(image for image in collector.images if image.content_id in named)
    loose = [image for image in collector.images if image.content_id not in named]
    order = sorted(
        (*collector.attachments, *loose), key=lambda item: [int(step) for step in item.path.split(".") if step]
    )
    return inline, tuple(order)


def _identifier(fields: tuple[Field, ...], name: str) -> str | None:
    text = headers.text_of(fields, name)
    return text[:998] if text else None


def _language(fields: tuple[Field, ...]) -> str | None:
    text = headers.text_of(fields, "Content-Language") or ""
    tag = text.split(",")[0].strip()
    return tag if re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}", tag) else None
