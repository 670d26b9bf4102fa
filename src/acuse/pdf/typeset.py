"""Typst templates and plain values in, PDF/A-3 out, and pages of foreign PDFs as pictures: the one importer of Typst.

The same template, model, attachments, date, fonts and Typst version give the same bytes. Foreign text reaches a
template only as JSON in a file, so nothing in it is ever read as markup, and every character must have a glyph
in the bundled fonts (`acuse.pdf.text`): PDF/A has no room for a missing one.

`typeset` compiles in this process. A compiler that has run once leaves threads behind, and a process forked after that
hangs in its first compile; so servers use `acuse.pdf.pool.Typesetter`, whose workers are started afresh with
`python -m acuse.pdf.typeset` and speak the frames below on their standard streams.
"""

import atexit
import base64
import json
import pickle
import re
import resource
import struct
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import typst

from acuse.errors import InputError, PermanentError
from acuse.pdf.attachments import Attachment, check_attachments
from acuse.pdf.root import Root

FONTS = Path(__file__).parent / "fonts"
STANDARDS: list[Any] = ["a-3a", "ua-1"]
MAX_MODEL = 32 * 1024 * 1024
MOST_PAGES = 100_000

_PAGE = Path(__file__).parent / "drawing" / "page.typ"
_DOTS_PER_INCH = 108  # 1200 pixels across
_COARSE = 54  # a page has then at most 600 by 3000 pixels, which are under 8 MB whatever they show
_MOST_DRAWN = 8_000_000
_PAGES = re.compile(r"only has (\d{1,9}) page", re.ASCII)
_PICTURE_NAME = re.compile(r"[a-z0-9]{2,4}\.png", re.ASCII)
_FRAME = struct.Struct(">I")


def typeset(
    template: str, model: Mapping[str, Any], attachments: tuple[Attachment, ...] = (), *, date: datetime
) -> bytes:
    """Return a tagged PDF/A-3a (also PDF/UA-1) document.

    Args:
        template: path of the main `.typ` file; what it imports lies under the same folder.
        model: JSON values for `json("/model.json")`; two members are added, `date` (six integers, UTC) and
            `attachments` (name, path, media_type, relationship, description), which the template embeds. A member
            `pictures` (file name -> base64) does not reach the template: its files lie under `/pictures` instead.
        attachments: files to embed, in this order.
        date: creation date, aware; part of the bytes.

    Raises:
        InputError: a limit is passed or an attachment has an unfit name.
        PermanentError: Typst refused the document; the message says why.
    """
    check_attachments(attachments)
    moment = _utc(date)
    listed = [_listed(number, one) for number, one in enumerate(attachments)]
    told = {name: value for name, value in model.items() if name != "pictures"}
    whole = {**told, "date": list(moment.timetuple()[:6]), "attachments": listed}
    document = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    if len(document) > MAX_MODEL:
        raise InputError(f"The text of a document has at most {MAX_MODEL} characters.")
    # A file, not `sys.inputs`: those are part of Typst's library, and with another library it forgets every layout.
    files = {"model.json": document.encode(), **_pictures(model.get("pictures", {}))}
    files |= {f"attachments/{file['path']}": one.content for file, one in zip(listed, attachments, strict=True)}
    root = _root(Path(template).resolve())
    with root.holding(files):
        return _compile(root, moment)


def draw(content: bytes, *, page: int) -> tuple[bytes, int]:
    """Return a page of a PDF as a PNG, and how many pages there are. Nothing in it runs or is fetched.

    Args:
        content: a PDF that anybody may have made; in a server only a worker of `acuse.pdf.pool` reads one.
        page: from 1.

    Raises:
        PermanentError: there is no such page, or it is damaged, protected by a password or too long.
    """
    root = _root(_PAGE)
    try:
        with root.holding({"drawn.pdf": content, "model.json": json.dumps({"page": page}).encode()}):
            made = _picture(root, _DOTS_PER_INCH)
            if len(made) > _MOST_DRAWN:
                made = _picture(root, _COARSE)
        with root.holding({"drawn.pdf": content, "model.json": json.dumps({"page": MOST_PAGES}).encode()}):
            pages = _pages(root)
    except typst.TypstError as error:
        raise PermanentError(f"The page cannot be drawn: {error.message}") from error
    return made, pages


def _picture(root: Root, dots_per_inch: int) -> bytes:
    made = _compiler().compile(input=str(root.main), root=str(root.path), format="png", ppi=dots_per_inch)
    if not isinstance(made, bytes):
        raise PermanentError("The page cannot be drawn: Typst returned no single picture.")
    return made


def _pages(root: Root) -> int:
    """Return how many pages the PDF has: Typst says so alone where it is asked for one that there is not."""
    try:
        _picture(root, 1)
    except typst.TypstError as error:
        said = _PAGES.search(" ".join(error.hints))
        if said is None:
            raise
        return int(said[1])
    return MOST_PAGES


def _utc(date: datetime) -> datetime:
    if date.tzinfo is None:
        raise InputError("The date of a document needs a time zone.")
    return date.astimezone(UTC).replace(microsecond=0)


def _listed(number: int, attachment: Attachment) -> dict[str, str]:
    return {
        "name": attachment.name,
        "path": f"{number:03d}",
        "media_type": attachment.media_type,
        "relationship": attachment.relationship,
        "description": attachment.description,
    }


def _pictures(pictures: Mapping[str, str]) -> dict[str, bytes]:
    for name in pictures:
        if not _PICTURE_NAME.fullmatch(name):
            raise InputError(f"The name of a picture, {name!r}, is not two to four digits and .png.")
    return {f"pictures/{name}": base64.b64decode(content) for name, content in pictures.items()}


def _compile(root: Root, moment: datetime) -> bytes:
    try:
        made, warnings = _compiler().compile_with_warnings(
            input=str(root.main),
            root=str(root.path),
            pdf_standards=STANDARDS,
            timestamp=moment,
        )
    except typst.TypstError as error:
        raise PermanentError(f"The document cannot be typeset: {error.message}") from error
    unsettled = [warning.message for warning in warnings if "converge" in warning.message]
    if unsettled:  # page numbers or breaks of such a document are not to be trusted
        raise PermanentError(f"The document cannot be typeset: {unsettled[0]}")
    if not isinstance(made, bytes):
        raise PermanentError("The document cannot be typeset: Typst returned no single file.")
    return made


_ROOTS: dict[Path, Root] = {}


def _root(template: Path) -> Root:
    """One a template: there are few, and their files are read again only where they changed."""
    if template not in _ROOTS:
        _ROOTS[template] = Root(template)
        atexit.register(_ROOTS[template].close)
    return _ROOTS[template]


_COMPILERS: list[typst.Compiler] = []


def _compiler() -> typst.Compiler:
    """One compiler a process: it keeps the fonts open. Nothing of a document stays in it that could reach the next."""
    if not _COMPILERS:
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])
        nowhere = str(FONTS / "no-packages")  # an imported package fails at once and reaches for no network
        _COMPILERS.append(typst.Compiler(font_paths=fonts, package_path=nowhere, package_cache_path=nowhere))
    return _COMPILERS[0]


def read_frame(stream: BinaryIO) -> bytes | None:
    """Return the next length-prefixed frame, or None at the end of the stream."""
    head = stream.read(_FRAME.size)
    if len(head) < _FRAME.size:
        return None
    (size,) = _FRAME.unpack(head)
    body = stream.read(size)
    return body if len(body) == size else None


def write_frame(stream: BinaryIO, body: bytes) -> None:
    """Write one length-prefixed frame and flush."""
    stream.write(_FRAME.pack(len(body)) + body)
    stream.flush()


def serve(requests: BinaryIO, answers: BinaryIO, *, memory: int) -> None:
    """Answer requests until the stream ends. Both ends are ours: frames are pickles of our own values.

    Args:
        requests: frames of ("typeset", (template, model, attachments), {date}) or ("draw", (content,), {page}).
        answers: frames of ("made", what was made) or ("input" | "permanent", sentence).
        memory: most address space of this process, bytes; past it the process dies and its owner says so.
    """
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core would keep on disk what a document said
    while (frame := read_frame(requests)) is not None:
        what, given, named = pickle.loads(frame)  # noqa: S301 - written by our own parent
        try:
            made = typeset(*given, **named) if what == "typeset" else draw(*given, **named)
            answer: tuple[str, object] = ("made", made)
        except InputError as error:
            answer = ("input", str(error))
        except PermanentError as error:
            answer = ("permanent", str(error))
        write_frame(answers, pickle.dumps(answer))


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer, memory=int(sys.argv[1]))
