"""A body as plain text that people read in a conversation."""

from collections.abc import Iterator, Sequence

from acuse.mail.blocks import Block, Heading, Inline, Listing, Paragraph, Preformatted, Quote, Run, Table
from acuse.mail.read import Message
from acuse.mail.structured import body_of


def text_of(message: Message) -> str:
    """Return what a message says as plain text: its plain stretches as they are, HTML as paragraphs."""
    if message.text is not None and message.html is None:
        return message.text
    return "\n".join(_lines(body_of(message).blocks)).strip()


def _lines(blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        yield from _block(block)
        yield ""


def _block(block: Block) -> Iterator[str]:
    match block:
        case Paragraph() | Heading():
            yield _inline(block.runs)
        case Preformatted():
            yield block.text
        case Listing():
            for number, item in enumerate(block.items, start=block.start):
                inner = "\n".join(_lines(item)).strip()
                yield f"{number}. {inner}" if block.ordered else f"- {inner}"
        case Quote():
            yield from (f"> {line}" for line in "\n".join(_lines(block.blocks)).strip().splitlines())
        case Table():
            for row in block.rows:
                yield " | ".join(_inline(cell.runs) for cell in row)
        case _:
            yield "---"


def _inline(runs: Sequence[Inline]) -> str:
    return "".join(_words(run) for run in runs).strip()


def _words(run: Inline) -> str:
    if not isinstance(run, Run):
        return f"[{run.alternative}]" if run.alternative else ""
    return f"{run.text} <{run.link}>" if run.link and run.link not in run.text else run.text
