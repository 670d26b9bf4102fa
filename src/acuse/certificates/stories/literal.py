"""The literal text of a message as blocks for the page: every word of it, none of ours between the double rule.

The first 20 pages are printed; what follows is in the embedded original, and the document says from which character.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from acuse.certificates.stories.case import Case
from acuse.certificates.stories.moments import number
from acuse.certificates.stories.runs import fit, language_of, mono, plain
from acuse.mail.read import Message
from acuse.pdf.text import direction

MAX_LINES = 20 * 44
"""Twenty pages of the message face."""

_LINE_CHARACTERS = 92
_MAX_PARAGRAPH = 4000


@dataclass(frozen=True, kw_only=True)
class Literal:
    """The printed part of a message.

    Attributes:
        blocks: for the template.
        ends: the words that close the literal text, with the offset where it was cut.
        replaced: the marks ⟨U+XXXX⟩ in it.
    """

    blocks: list[dict[str, Any]]
    ends: str
    replaced: tuple[str, ...]


def literal(case: Case, message: Message, *, original: str) -> Literal:
    """Return the message's text as blocks.

    Args:
        case: the communication.
        message: as read.
        original: embedded name of the original message.
    """
    return _from_plain(case, message.text or "", original)


def _from_plain(case: Case, text: str, original: str) -> Literal:
    blocks: list[dict[str, Any]] = []
    replaced: dict[str, None] = {}
    lines = 0
    ends = case.word("content.ends")
    for start, paragraph in _paragraphs(text):
        lines += sum(1 + len(line) // _LINE_CHARACTERS for line in paragraph.split("\n"))
        if lines > MAX_LINES:
            said = case.say("content.continues", name=mono(original), offset=number(start))
            ends = plain(said)
            break
        block, marks = _paragraph(case, paragraph)
        blocks.append(block)
        replaced.update(dict.fromkeys(marks))
    if not blocks and not text.strip():
        ends = case.word("content.empty")
    return Literal(blocks=blocks, ends=ends, replaced=tuple(replaced))


def _paragraphs(text: str) -> Iterator[tuple[int, str]]:
    """Yield (offset, paragraph): stretches between blank lines, long ones in pieces so that a cut is never far."""
    offset = 0
    gathered: list[str] = []
    start = 0
    for line in text.split("\n"):
        if line.strip() and sum(map(len, gathered)) + len(line) <= _MAX_PARAGRAPH:
            start = start if gathered else offset
            gathered.append(line)
        else:
            if gathered:
                yield start, "\n".join(gathered)
            gathered = []
            if line.strip():
                for piece in range(0, len(line), _MAX_PARAGRAPH):
                    yield offset + piece, line[piece : piece + _MAX_PARAGRAPH]
        offset += len(line) + 1
    if gathered:
        yield start, "\n".join(gathered)


def _paragraph(case: Case, text: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    runs: list[dict[str, Any]] = []
    marks: list[str] = []
    for line in text.split("\n"):
        if runs:
            runs.append({"break": True})
        made = fit(line.replace("\t", "    "), message=True)
        marks += made.replaced
        runs.append({"t": made.text, "lang": language_of(line, case.message_language)})
    block = {
        "kind": "paragraph",
        "dir": direction(text),
        "lang": language_of(text, case.message_language),
        "runs": runs,
    }
    return block, tuple(marks)
