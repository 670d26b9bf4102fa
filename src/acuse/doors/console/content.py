"""What was communicated: a preview that can neither run nor fetch anything, the original, its attachments."""

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from acuse.accounts.queries import Access
from acuse.delivery import queries as delivery
from acuse.delivery.queries import CommunicationView
from acuse.delivery.queries.details import sent_copy
from acuse.doors.console.added import added_to
from acuse.doors.console.frame import member_view
from acuse.doors.console.kept import from_custody
from acuse.doors.ui.security import download, foreign_page
from acuse.errors import AcuseError
from acuse.mail.html import console_document
from acuse.mail.mailboxes import Address
from acuse.mail.read import Attachment, Message, read

MAX_PREVIEW = 10_000_000
MAX_TEXT = 500_000
PLAIN_STYLE = (
    "body{font:14px/1.55 system-ui,sans-serif;color:#1a1d21;background:#fff;margin:4px}"
    "body:focus-visible{outline:2px solid #0b5563;outline-offset:2px}"
    "pre{font:inherit;white-space:pre-wrap;overflow-wrap:anywhere;margin:0}"
)
REMOTE_SIGNS = (
    'src="http',
    "src='http",
    "src=http",
    "url(http",
    "url('http",
    'url("http',
    "<script",
    "<iframe",
    "<object",
)


@dataclass(frozen=True, kw_only=True)
class Summary:
    """The head of the content card.

    Attributes:
        remote: the message asks for something from elsewhere, or holds a program; the preview blocks it.
        problem: why there is no preview; "" where there is one.
        added: what was added to the copy that was sent, in words; amended: whether anything was.
    """

    sender: str
    to: str
    subject: str
    attachments: tuple[Attachment, ...]
    remote: bool
    encrypted: bool
    problem: str
    added: str
    amended: bool


def _read(access: Access, identity: UUID) -> Message:
    raw = delivery.original_message(access, id=identity)
    if raw is None:
        raise Http404("The organisation has no such communication.")
    return read(raw)


def _people(addresses: tuple[Address, ...]) -> str:
    return ", ".join(f"{one.name} <{one.address}>" if one.name else one.address for one in addresses[:20])


def summary(access: Access, view: CommunicationView) -> Summary:
    """The head of the content card.

    Args:
        access: of the member who asks.
        view: the communication; a message over ``MAX_PREVIEW`` bytes is not read for a preview.
    """
    row = view.row
    added, amended = added_to([item.fact for item in view.facts])
    problem = ""
    message = None
    if view.size > MAX_PREVIEW:
        problem = _("Too big to preview; download the original.")
    else:
        try:
            message = _read(access, row.id)
        except AcuseError as error:
            problem = _("Custody cannot give the content: %(why)s") % {"why": error}
    if message is None:
        return Summary(
            sender=row.sender,
            to=row.recipient,
            subject=row.subject,
            attachments=(),
            remote=False,
            encrypted=False,
            problem=problem,
            added=added,
            amended=amended,
        )
    lowered = (message.html or "").lower()
    return Summary(
        sender=_people(message.sender) or row.sender,
        to=_people(message.to) or row.recipient,
        subject=message.subject or row.subject,
        attachments=message.attachments,
        remote=any(sign in lowered for sign in REMOTE_SIGNS),
        encrypted=message.encrypted,
        problem="",
        added=added,
        amended=amended,
    )


def _plain(text: str, language: str) -> str:
    cut = text[:MAX_TEXT]
    rest = f"<p><em>{escape(_('It goes on in the original.'))}</em></p>" if len(text) > MAX_TEXT else ""
    head = f'<meta charset="utf-8"><title>{escape(_("Content of the message"))}</title><style>{PLAIN_STYLE}</style>'
    body = f'<body tabindex="0"><pre>{escape(cut)}</pre>{rest}</body>'
    return f'<!doctype html><html lang="{language}"><head>{head}</head>{body}</html>'


def message_page(message: Message, language: str) -> HttpResponse:
    """A message as a page for a sandboxed frame.

    Args:
        message: as it was read.
        language: where the message names none.
    """
    language = message.language or language
    if message.html is not None:
        document = console_document(
            message.html, images=message.inline_images, placeholder=_("Remote image, not loaded:"), language=language
        )
    else:
        document = _plain(message.text or "", "es" if language.startswith("es") else "en")
    return foreign_page(document)


@require_GET
@xframe_options_sameorigin
@member_view
@from_custody
def preview(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """The content, for the sandboxed frame and nothing else: no script, no form, no request to anywhere."""
    return message_page(_read(access, id), access.view.language)


@require_GET
@member_view
@from_custody
def original(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """The message byte for byte as it was submitted."""
    raw = delivery.original_message(access, id=id)
    if raw is None:
        raise Http404("The organisation has no such communication.")
    return download(raw, filename=f"{id}.eml", media_type="message/rfc822")


@require_GET
@member_view
@from_custody
def sent(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """The copy to which something was added, byte for byte as it was sent."""
    copy = sent_copy(access, id=id)
    if copy is None:
        raise Http404("Nothing was added to the copy that was sent.")
    return download(copy, filename=f"{id}-sent.eml", media_type="message/rfc822")


def attachments_of(access: Access, identity: UUID) -> tuple[Attachment, ...]:
    """Return the files inside the message of a communication; 404 where the organisation has no such one."""
    return _read(access, identity).attachments


@require_GET
@member_view
@from_custody
def attachment(request: HttpRequest, access: Access, id: UUID, number: int) -> HttpResponseBase:
    """One attachment, decoded, always saved and never shown in place."""
    attachments = attachments_of(access, id)
    if not 1 <= number <= len(attachments):
        raise Http404("The message has no such attachment.")
    chosen = attachments[number - 1]
    return download(chosen.content, filename=chosen.name, media_type=chosen.media_type)
