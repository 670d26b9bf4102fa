"""The files of what was said in a case, and of a communication: looked at, drawn, saved."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from acuse.accounts.queries import Access
from acuse.delivery.queries.access import quotes_link
from acuse.doors.console.content import attachments_of
from acuse.doors.console.frame import member_view, withheld
from acuse.doors.console.kept import from_custody
from acuse.doors.console.viewing import File, drawn, viewer
from acuse.doors.ui.security import download
from acuse.helpdesk.queries.case import InteractionView, interaction
from acuse.helpdesk.queries.files import content_of


def _said(access: Access, ticket: UUID, identity: UUID, number: int) -> InteractionView:
    found = interaction(access, ticket=ticket, id=identity)
    if found is None or not 1 <= number <= len(found.attachments):
        raise Http404("There is no such file.")
    return found


def _content(access: Access, said: InteractionView, number: int) -> bytes:
    found = content_of(
        organisation=access.organisation, sha256=said.sha256, attachments=said.attachments, number=number
    )
    if found is None:
        raise Http404("The message holds no such file.")
    return found


@require_GET
@member_view
@from_custody
def save(request: HttpRequest, access: Access, id: UUID, interaction_id: UUID, number: int) -> HttpResponseBase:
    """One file of what was said, always saved and never shown in place; not what holds a link withheld."""
    said = _said(access, id, interaction_id, number)
    name = str(said.attachments[number - 1]["name"])
    content = _content(access, said, number)
    if quotes_link(content, customers=not access.sends):
        messages.error(request, withheld())
        return redirect("console:ticket", access.view.slug, id)
    return download(content, filename=name, media_type="application/octet-stream")


@require_GET
@member_view
def view(request: HttpRequest, access: Access, id: UUID, interaction_id: UUID, number: int) -> HttpResponseBase:
    """One file of what was said, to be looked at."""
    said = _said(access, id, interaction_id, number)
    slug = access.view.slug

    def address(name: str, place: int) -> str:
        return reverse(f"console:ticket-attachment{name}", args=[slug, id, interaction_id, place])

    files = [
        File(
            name=str(one["name"]),
            size=int(one["size"]),
            view=address("-view", place),
            raw=address("-raw", place),
            save=address("", place),
        )
        for place, one in enumerate(said.attachments, start=1)
    ]
    back = reverse("console:ticket", args=[slug, id])
    content = partial(_content, access, said, number)
    return viewer(request, access, files, number, content=content, place="tickets", back=back)


@require_GET
@member_view
@from_custody
def raw(request: HttpRequest, access: Access, id: UUID, interaction_id: UUID, number: int) -> HttpResponseBase:
    """A picture or a mail, as the viewer asks for it."""
    said = _said(access, id, interaction_id, number)
    name = str(said.attachments[number - 1]["name"])
    return drawn(access, _content(access, said, number), name)


@require_GET
@member_view
@from_custody
def view_sent(request: HttpRequest, access: Access, id: UUID, number: int) -> HttpResponseBase:
    """One attachment of a communication, to be looked at."""
    slug = access.view.slug
    inside = attachments_of(access, id)
    if not 1 <= number <= len(inside):
        raise Http404("The message has no such attachment.")

    def address(name: str, place: int) -> str:
        return reverse(f"console:attachment{name}", args=[slug, id, place])

    files = [
        File(
            name=one.name,
            size=one.size,
            view=address("-view", place),
            raw=address("-raw", place),
            save=address("", place),
        )
        for place, one in enumerate(inside, start=1)
    ]
    back = reverse("console:communication", args=[slug, id])
    content = inside[number - 1].content
    del inside  # the others do not stay in memory while a page of this one is drawn
    return viewer(request, access, files, number, content=lambda: content, place="communications", back=back)


@require_GET
@member_view
@from_custody
def raw_sent(request: HttpRequest, access: Access, id: UUID, number: int) -> HttpResponseBase:
    """A picture or a mail attached to a communication, as the viewer asks for it."""
    inside = attachments_of(access, id)
    if not 1 <= number <= len(inside):
        raise Http404("The message has no such attachment.")
    return drawn(access, inside[number - 1].content, inside[number - 1].name)
