"""The parts of a message that matter to a report, gathered within limits."""

import re
from dataclasses import dataclass, replace

from acuse.mail import charsets, headers, structure
from acuse.mail.headers import Field
from acuse.mail.structure import Part

MAX_TEXT = 256 * 1024
MAX_STATUS = 8 * 1024 * 1024
MAX_RETURNED = 64 * 1024

_STATUS = ("message/delivery-status", "message/global-delivery-status")
_DISPOSITION = ("message/disposition-notification", "message/global-disposition-notification")
_MESSAGES = ("message/rfc822", "message/global")
_RETURNED = (*_MESSAGES, "text/rfc822-headers", "message/rfc822-headers", "message/global-headers")
_TAG = re.compile(r"<(?:br|p|div|tr|li|h[1-6])\b[^<>]{0,2000}>|</(?:p|div|tr|li|h[1-6]|title)>", re.IGNORECASE)
_OTHER_TAG = re.compile(r"<[^<>@]{0,2000}>")
_ENTITY = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&nbsp;": " ", "&amp;": "&"}


@dataclass(frozen=True, kw_only=True)
class Material:
    """What was found.

    Args:
        fields: the header of the message. text: what people read, plain, LF. status: texts of delivery status parts.
        feedback, disposition: text of such a part, or None. returned: the beginning of the returned message, or "".
        nested: the enclosed messages, whole. multipart: top media type. truncated: something was beyond the limits.
    """

    fields: tuple[Field, ...]
    text: str
    status: tuple[str, ...]
    feedback: str | None
    disposition: str | None
    returned: str
    nested: tuple[bytes, ...]
    media_type: str
    report_type: str
    truncated: bool

    def field(self, name: str) -> str:
        """Return the decoded value of a header field, or ""."""
        return headers.text_of(self.fields, name) or ""

    def has(self, name: str) -> bool:
        """Tell whether there is such a header field."""
        return headers.first(self.fields, name) is not None


class _Gatherer:
    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.plain: list[str] = []
        self.html: list[str] = []
        self.status: list[str] = []
        self.feedback: str | None = None
        self.disposition: str | None = None
        self.returned = ""
        self.nested: list[tuple[int, int]] = []
        self.left = {"text": MAX_TEXT, "status": MAX_STATUS}
        self.truncated = False

    def text_of(self, part: Part, budget: str) -> str:
        """Decode a part within what is left of a budget; an undeclared ISO 2022 (ESC $) is read as what it is."""
        left = self.left[budget]
        end = min(part.body_end, part.body_start + 2 * left)
        content, _ = structure.content_of(self.raw, replace(part, body_end=end))
        self.truncated = self.truncated or end < part.body_end or len(content) > left
        content = content[:left]
        self.left[budget] = left - len(content)
        charset = "iso-2022-jp" if b"\x1b$" in content else part.content.charset
        text, _ = charsets.decode(content, charset)
        return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", " ")

    def visit(self, part: Part) -> None:
        kind = part.content.media_type
        if kind in _STATUS:
            self.status.append(self.text_of(part, "status"))
        elif kind == "message/feedback-report" and self.feedback is None:
            self.feedback = self.text_of(part, "text")
        elif kind in _DISPOSITION and self.disposition is None:
            self.disposition = self.text_of(part, "text")
        elif kind in _RETURNED:
            self.enclosed(part, kind)
        elif kind == "text/html":
            self.html.append(self.text_of(part, "text"))
        elif kind.startswith(("text/", "multipart/")) or part.path == "":
            self.plain.append(self.text_of(part, "text"))

    def enclosed(self, part: Part, kind: str) -> None:
        if kind in _MESSAGES:
            self.nested.append((part.body_start, part.body_end))
        if not self.returned:
            content, _ = structure.content_of(
                self.raw, replace(part, body_end=min(part.body_end, part.body_start + MAX_RETURNED))
            )
            self.returned = charsets.decode(content, None)[0].replace("\r\n", "\n")


def gather(raw: bytes) -> Material:
    """Gather the parts of a message. Never raises."""
    root, defects = structure.parse(raw)
    found = _Gatherer(raw)
    for part in root.walk():
        if not part.children:
            found.visit(part)
    text = "\n".join(found.plain)
    if not text.strip() and found.html:
        text = _from_html("\n".join(found.html))
    return Material(
        fields=root.fields,
        text=text,
        status=tuple(found.status),
        feedback=found.feedback,
        disposition=found.disposition,
        returned=found.returned,
        nested=tuple(raw[start:end] for start, end in found.nested[:2]),
        media_type=root.content.media_type,
        report_type=(root.content.parameter("report-type") or "").strip("\"' ").lower(),
        truncated=found.truncated or any(code.startswith("too_") for code in defects),
    )


def _from_html(html: str) -> str:
    text = _OTHER_TAG.sub(" ", _TAG.sub("\n", html))
    for entity, letter in _ENTITY.items():
        text = text.replace(entity, letter)
    return text
