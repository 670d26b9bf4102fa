"""What was said in a case, as a message to be printed: mail as it is, forms and notes as the text that they hold."""

import json
from typing import Any

from acuse.mail.read import Message, read
from acuse.proof.facts.fact import ObjectReference

_TEXT = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"


def message_of(item: ObjectReference, content: bytes) -> Message:
    """Return what an object says.

    Args:
        item: as a fact cites it. content: its bytes.
    """
    if item.media_type == "message/rfc822":
        return read(content)
    text = content.decode("utf-8", "replace")
    return read(_TEXT + (_answers(text) if item.media_type == "application/json" else text).encode())


def _answers(text: str) -> str:
    """Return the answers of a form, one after the other: the words by themselves, the rest by their names."""
    try:
        given: Any = json.loads(text)
    except ValueError:
        return text
    if not isinstance(given, dict):
        return text
    words = str(given.get("text") or "")
    others = [f"{name}: {_value(value)}" for name, value in given.items() if name != "text" and value not in ("", None)]
    return "\n\n".join(part for part in (words, "\n".join(others)) if part)


def _value(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
