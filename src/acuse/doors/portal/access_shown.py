"""What is shown of a message that was opened: one document that can neither run nor fetch anything. Pure.

Its bytes are kept and named by the fact of the access, so it is written before that and never again.
"""

from html import escape

from acuse.doors.portal.link import Words
from acuse.mail.html import console_document
from acuse.mail.read import Message

_MOST_TEXT = 500_000
_BRIEF_TEXT, _BRIEF_LINES = 300, 5
_STYLE = (
    "body{font:16px/24px system-ui,sans-serif;color:#1a1d21;background:#fff;margin:12px}"
    "body:focus-visible{outline:2px solid #0b5563;outline-offset:4px}"
    "pre{font:inherit;white-space:pre-wrap;overflow-wrap:anywhere;margin:0}"
)


def shown(message: Message, words: Words, *, language: str) -> bytes:
    """Return the document.

    Args:
        message: as read.
        words: of the page.
        language: of the page, where the message does not say its own.
    """
    spoken = message.language or language
    if message.html is not None:
        document = console_document(
            message.html, images=message.inline_images, placeholder=words["content.remote"], language=spoken
        )
        return document.encode("utf-8", "replace")
    text = message.text or ""
    rest = f"<p><em>{escape(words['content.cut'])}</em></p>" if len(text) > _MOST_TEXT else ""
    if not text.strip():
        rest = f"<p><em>{escape(words['content.encrypted' if message.encrypted else 'content.empty'])}</em></p>"
    head = f'<meta charset="utf-8"><title>{escape(words["content"])}</title><style>{_STYLE}</style>'
    body = f'<body tabindex="0"><pre>{escape(text[:_MOST_TEXT])}</pre>{rest}</body>'
    page = f'<!doctype html><html lang="{escape(spoken)}"><head>{head}</head>{body}</html>'
    return page.encode("utf-8", "replace")


def is_brief(message: Message) -> bool:
    """Whether what is shown of a message is a few lines of text, on a telephone too."""
    text = (message.text or "").strip()
    return message.html is None and len(text) <= _BRIEF_TEXT and text.count("\n") < _BRIEF_LINES
