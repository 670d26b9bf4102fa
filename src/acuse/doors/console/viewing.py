"""Attachments looked at where they are spoken of, without leaving the case or the communication.

What anybody sent is hostile, so each kind of file is shown in the way that trusts it least, and its bytes decide which
kind it is (`acuse.mail.kinds`):

- a picture goes to the browser as it is, under the type that its bytes have and a policy under which nothing else can
  come of it. Browsers draw pictures in a process of their own that may touch nothing; drawing them here would bring
  every flaw of a decoder to the machine that holds the evidence.
- a page of a PDF is drawn by Typst, which is written in a language safe in memory, in a worker with limits of time and
  memory. The browser's own viewer would run the PDF's scripts, and works neither in a sandbox nor on a telephone.
- mail is cleaned and stands in a sandboxed frame, as the content of a communication does.
- all else that is text stands escaped in the page; HTML and SVG too, as their source.
"""

import base64
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from acuse.accounts.queries import Access
from acuse.delivery.queries.access import quotes_link
from acuse.doors.console.content import message_page
from acuse.doors.console.frame import page, withheld
from acuse.doors.ui import figures
from acuse.doors.ui.errors import said
from acuse.doors.ui.security import foreign_picture
from acuse.errors import AcuseError
from acuse.mail import kinds
from acuse.mail.read import read
from acuse.pdf.drawer import Drawer, TooMuch
from acuse.pdf.pool import Busy

log = logging.getLogger(__name__)

MOST_OCTETS = 30_000_000
#: One drawer a web process: what came from outside never shares a worker with our own documents.
_DRAWER = Drawer()


@dataclass(frozen=True, kw_only=True)
class File:
    """A file that is spoken of: how it is called, and the addresses where it is looked at, drawn and saved.

    Args:
        size: octets.
        view, raw, save: addresses of `viewer`, of `drawn`, and of the download.
    """

    name: str
    size: int
    view: str
    raw: str
    save: str


def viewer(
    request: HttpRequest,
    access: Access,
    files: Sequence[File],
    number: int,
    *,
    content: Callable[[], bytes],
    place: str,
    back: str,
) -> HttpResponseBase:
    """Show one of some files: a part of the page for the script that asks for it, else a page of its own.

    Args:
        files: those that stand together, for going on to the next.
        number: from 1; of the one to show.
        content: gives its bytes.
        place, back: the part of the navigation that it belongs to, and the address it is closed to.
    """
    if not 1 <= number <= len(files):
        raise Http404("There is no such file.")
    file = files[number - 1]
    asked = request.GET.get("page", "")
    at = int(asked) if asked.isdecimal() and len(asked) < 7 else 1
    shown = _shown(access, file, content, max(1, at))
    context: dict[str, Any] = {"file": file, "back": back, "file_number": number, "files": len(files), **shown}
    context |= _turns(files, number, max(1, at), shown.get("pages", 1))
    if request.headers.get("HX-Request") == "true":
        return render(request, "console/viewed.html", context)
    return page(request, access, place, "console/viewer.html", context)


def drawn(access: Access, content: bytes, name: str) -> HttpResponseBase:
    """What the viewer asks for beside its own page: a picture, or mail for its sandboxed frame.

    Args:
        access: of the reader, whose language a mail is in that names none.
        content: the file.
        name: what it is called.
    """
    if len(content) > MOST_OCTETS:
        raise Http404("The file is too big to be drawn.")
    kind = kinds.kind_of(content, name)
    if _quotes(access, kind, content):
        raise Http404("The file quotes a recipient's link.")
    if kind == kinds.MAIL:
        return message_page(read(content), access.view.language)
    pixels = kinds.pixels_of(content) if _is_picture(kind) else None
    if pixels is None or pixels > kinds.MOST_PIXELS:
        raise Http404("Nothing of this file is drawn.")
    return foreign_picture(content, media_type=kind)


def _is_picture(kind: str) -> bool:
    return kind.startswith("image/")


def _quotes(access: Access, kind: str, content: bytes) -> bool:
    """Say whether what would be read in a file holds a link that this member is not handed; pictures are not read."""
    return kind != kinds.PDF and not _is_picture(kind) and quotes_link(content, customers=not access.sends)


def _shown(access: Access, file: File, content: Callable[[], bytes], at: int) -> dict[str, Any]:
    """Return what the template shows of a file: `how`, and what that needs; or a `problem` in a sentence."""
    if file.size > MOST_OCTETS:
        return _not(_("It is too big to be shown here: %(size)s."), size=figures.size(file.size))
    try:
        given = content()
        kind = kinds.kind_of(given, file.name)
        return _not(withheld()) if _quotes(access, kind, given) else _of_kind(kind, given, at)
    except AcuseError as error:
        return _not(_("It cannot be read: %(why)s"), why=said(error))


def _of_kind(kind: str, content: bytes, at: int) -> dict[str, Any]:
    if _is_picture(kind):
        pixels = kinds.pixels_of(content)
        if pixels is None:
            return _not(_("The picture is damaged."))
        if pixels > kinds.MOST_PIXELS:
            return _not(_("The picture has too many pixels to be shown."))
        return {"how": "picture"}
    if kind == kinds.PDF:
        return _page_of(content, at)
    if kind == kinds.MAIL:
        return {"how": "mail"}
    if not kind:
        return _not(_("Files of this kind are not shown here.") if content else _("The file is empty."))
    text, cut = kinds.text_of(content)
    if kind == kinds.TABLE:
        rows, more = kinds.rows_of(text)
        return {"how": "table", "head": rows[0] if rows else [], "rows": rows[1:], "cut": cut or more}
    return {"how": "text", "text": text, "cut": cut}


def _page_of(content: bytes, at: int) -> dict[str, Any]:
    try:
        png, pages = _DRAWER.draw(content, page=at)
    except Busy:
        return _not(_("Other PDFs are being drawn just now. Try again in a moment."))
    except TooMuch as error:
        log.info("a page of a PDF was not drawn: %s", error)
        return _not(_("Drawing this page takes too much time or memory."))
    except AcuseError as error:
        log.info("a page of a PDF was not drawn: %s", error)
        return _not(_("This PDF cannot be drawn: it is damaged, protected by a password or too big."))
    return {"how": "page", "png": base64.b64encode(png).decode(), "page_number": at, "pages": pages}


def _not(problem: str, **values: str) -> dict[str, Any]:
    return {"how": "", "problem": problem % values}


def _turns(files: Sequence[File], number: int, at: int, pages: int) -> dict[str, str]:
    """Return where it goes on and back, with the word for it: first through the pages, then through the files."""
    file = files[number - 1]
    turns: dict[str, str] = {}
    if at < pages:
        turns |= {"on": f"{file.view}?page={at + 1}", "on_word": _("Next page")}
    elif number < len(files):
        turns |= {"on": files[number].view, "on_word": _("Next file")}
    if at > 1:
        turns |= {"before": f"{file.view}?page={at - 1}", "before_word": _("Previous page")}
    elif number > 1:
        turns |= {"before": files[number - 2].view, "before_word": _("Previous file")}
    return turns
