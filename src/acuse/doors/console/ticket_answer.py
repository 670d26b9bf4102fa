"""Answering a case from its page: the box, its templates, and sending what was written."""

import mimetypes
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST
from uuid6 import uuid7

from acuse.accounts.queries import Access
from acuse.composition.bodies import preview
from acuse.composition.letters import Attachment
from acuse.composition.queries import Composed, snippet_names
from acuse.doors.console import ticket_words as words
from acuse.doors.console.frame import member_view
from acuse.doors.console.ticket_acts import begun_in, identifier, note_unattached, unattached
from acuse.doors.ui.errors import said
from acuse.errors import ConflictError, InputError
from acuse.helpdesk.queries.case import Begun, CaseView, case, drafts
from acuse.helpdesk.queries.filling import letter_with, typed_in
from acuse.helpdesk.queries.tickets import has_ticket
from acuse.helpdesk.queries.writing import (
    ACTS,
    ASKING,
    ASKS,
    NO_ANSWERS,
    NOT_ASKED,
    agree_link,
    asks_agreement,
    choices,
    write_answer,
    write_snippet,
)
from acuse.helpdesk.services import desk
from acuse.helpdesk.services.conformity import ask_conformity
from acuse.helpdesk.services.replies import MOST_BODY, MOST_FILES, Answer, reply

MOST_OCTETS = 25_000_000


def shown(request: HttpRequest, access: Access, seen: CaseView, *, certify: bool) -> dict[str, Any]:
    """Return what the box needs: what was begun, its templates, the one chosen, why what was written was refused.

    Args:
        certify: whether answers go certified where nobody switched that.
    """
    begun = drafts(access, ticket=seen.row.id)
    reply = begun.get("reply", Begun(certified=certify))
    return {
        **_writing(access, seen, chosen=request.GET.get("template", reply.template), body=reply.body),
        "drafts": begun,
        "reply": reply,
        "refused": next((str(one) for one in messages.get_messages(request) if "beside" in one.tags), ""),
        "unattached": unattached(request, seen.row.id) if "reply" in begun else "",
        "answered": answered(seen),
        "asking": [ACTS[use] for use in ASKS],
    }


@require_POST
@member_view
def template(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """What was typed in the letter of a template; without a program in the page, kept as a draft and shown there."""
    access.require_sender()
    seen = case(access, id=id)
    if seen is None:
        raise Http404("There is no such case.")
    given, body, refused = request.POST.get("template", ""), _body(request), ""
    chosen = _offered(_templates(access), given) or given
    use, _separator, own = chosen.partition("/")
    try:
        _keep(request, access, id, body)
        if use == ASKING:
            _check_asking(access, seen, body)
        if use:
            body = letter_with(access, ticket=id, use=use, template=identifier(own) if own else None, body=body)
        elif asks_agreement(body):
            body = typed_in(access, ticket=id, body=body)
        _keep(request, access, id, body)
    except (InputError, ConflictError) as error:
        refused = said(error)
    if not request.headers.get("HX-Request"):
        return _to_the_box(request, access, id, "" if refused else chosen, refused)
    context = {
        **_writing(access, seen, chosen="" if refused else chosen, body=body),
        "access": access,
        "row": seen.row,
        "refused": refused,
    }
    return render(request, "console/ticket_body.html", context)


@require_POST
@member_view
def snippet(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """The text of a snippet, for the program in the page; without one, kept behind what was typed and shown there."""
    access.require_sender()
    if not has_ticket(access, id=id):
        raise Http404("There is no such case.")
    body, refused, text = _body(request), "", ""
    try:
        _keep(request, access, id, body)
        text = write_snippet(access, ticket=id, snippet=identifier(request.POST.get("snippet", "")))
        _keep(request, access, id, f"{body.rstrip()}\n\n{text}".lstrip())
    except (InputError, ConflictError) as error:
        refused = said(error)
    if request.headers.get("HX-Request"):
        return HttpResponse(refused or text, status=409 if refused else 200, content_type="text/plain; charset=utf-8")
    return _to_the_box(request, access, id, request.POST.get("template", ""), refused)


def _keep(request: HttpRequest, access: Access, id: UUID, body: str) -> None:
    """Keep what is written for the page that is led back to; a program in the page holds it itself."""
    if not request.headers.get("HX-Request"):
        desk.save_draft(access=access, ticket=id, kind="reply", begun=begun_in(request, body=body))


@require_POST
@member_view
def preview_answer(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """What is written, as the customer will read it."""
    if not has_ticket(access, id=id):
        raise Http404("There is no such case.")
    return HttpResponse(preview(_body(request)[:MOST_BODY]))


def _writing(access: Access, seen: CaseView, *, chosen: str, body: str) -> dict[str, Any]:
    """Return what the box writes on: its templates, the one chosen, and of a letter that asks how it will be read."""
    asks, templates = asks_agreement(body), _templates(access)
    chosen = _offered(templates, chosen) or (_offered(templates, ASKING) if asks else "")
    return {
        "templates": templates,
        "snippets": snippet_names(access, seen.language),
        "chosen_template": chosen,
        "asks_data": ACTS.get(chosen.partition("/")[0]) == "data_request" and not asks,
        "body": body,
        "asked_letter": _asking(access, seen, chosen) if asks else None,
        "preview": preview(body) if asks else "",
    }


def _to_the_box(request: HttpRequest, access: Access, id: UUID, chosen: str, refused: str = "") -> HttpResponseBase:
    """Lead back to what is being written, with the template that was chosen, and what is wrong with it beside it."""
    if refused:
        messages.error(request, refused, extra_tags="beside")
    if files := request.FILES.getlist("files"):
        note_unattached(request, id, [one.name or "" for one in files])
    kept = request.POST.get("kept", "")[:2000]
    return redirect(f"/console/{access.view.slug}/tickets/{id}/?{kept}&{urlencode({'template': chosen[:80]})}#composer")


@require_POST
@member_view
def answer(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """Queue what was written; a draft is kept until then, and written on where that is refused."""
    seen = case(access, id=id)
    if seen is None:
        raise Http404("There is no such case.")
    try:
        desk.save_draft(access=access, ticket=id, kind="reply", begun=begun_in(request, body=_body(request)))
        _answer(request, access, seen)
    except (InputError, ConflictError) as error:
        return _to_the_box(request, access, id, request.POST.get("template", ""), said(error))
    desk.save_draft(access=access, ticket=id, kind="reply", begun=Begun())
    note_unattached(request, id, [])
    kept = request.POST.get("kept", "")[:2000]
    return redirect(f"/console/{access.view.slug}/tickets/{id}/{'?' + kept if kept else ''}")


def _answer(request: HttpRequest, access: Access, seen: CaseView) -> None:
    given = request.POST
    subject = given.get("subject", "").strip() or f"Re: {seen.row.subject}"
    chosen = _chosen(access, given.get("template", ""))
    use = chosen.partition("/")[0]
    letter = _composed(access, seen, chosen) if use else None
    answer = Answer(
        subject=subject[:300],
        body=_body(request),
        language=seen.language,
        certified=given.get("certified") == "on",
        act=ACTS.get(use, ""),
        template=str((letter and letter.template) or use),
        template_version=letter.version if letter else 0,
        waits_for_customer=given.get("waits") == "on" or ACTS.get(use) == "data_request",
        files=_files(request),
    )
    revision = _revision(given.get("revision", ""))
    if use == ASKING or asks_agreement(answer.body):
        _ask(access, seen, answer, _asking(access, seen, chosen), revision)
    else:
        reply(access=access, ticket=seen.row.id, answer=answer, revision=revision)


def _body(request: HttpRequest) -> str:
    return request.POST.get("body", "").replace("\r\n", "\n")


def _revision(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _ask(access: Access, seen: CaseView, answer: Answer, letter: Composed, revision: int | None) -> None:
    """Send a letter that asks whether the customer agrees, as the member left it."""
    _check_asking(access, seen, answer.body)
    asked = replace(
        answer,
        subject=letter.subject,
        act="conformity",
        waits_for_customer=False,
        template=str(letter.template or ASKING),
        template_version=letter.version,
    )
    ask_conformity(access=access, ticket=seen.row.id, answer=asked, request=uuid7(), revision=revision)


def _check_asking(access: Access, seen: CaseView, body: str) -> None:
    if not answered(seen) and not typed_in(access, ticket=seen.row.id, body=body):
        raise ConflictError("No answer was sent to this customer yet: there is nothing to agree with. Answer first.")


def _asking(access: Access, seen: CaseView, chosen: str) -> Composed:
    """Return the letter that asks for agreement before anything was typed in it: its subject, and which text it is."""
    return _composed(access, seen, chosen if chosen.partition("/")[0] == ASKING else ASKING)


def _composed(access: Access, seen: CaseView, chosen: str) -> Composed:
    """Return the letter of a template, with anything where it says what was typed: which text it is."""
    use, _separator, own = chosen.partition("/")
    return write_answer(
        access,
        ticket=seen.row.id,
        use=use,
        template=identifier(own) if own else None,
        answer="…",
        request__items=["…"],
        conformity__link=agree_link(NOT_ASKED),
    )


def answered(seen: CaseView) -> bool:
    """Say whether the customer of a case was sent an answer."""
    return any(one.kind == "reply" and one.act not in NO_ANSWERS for one in seen.interactions)


def _files(request: HttpRequest) -> tuple[Attachment, ...]:
    given = request.FILES.getlist("files")
    if len(given) > MOST_FILES or sum(one.size or 0 for one in given) > MOST_OCTETS:
        raise InputError(
            "An answer takes at most %(files)s files of %(size)s MB in all.",
            files=MOST_FILES,
            size=MOST_OCTETS // 1_000_000,
        )
    return tuple(
        Attachment(
            name=one.name or "",
            media_type=mimetypes.guess_type(one.name or "")[0] or "application/octet-stream",
            content=one.read(),
        )
        for one in given
    )


def _templates(access: Access) -> list[tuple[str, str]]:
    """What an answer can be written from: as the field carries it, and in words."""
    return [
        (f"{one.use}/{one.template}" if one.template else one.use, one.name or str(words.LETTERS[one.use]))
        for one in choices(access)
        if one.use != "ticket.closing_notice"
    ]


def _offered(templates: list[tuple[str, str]], chosen: str) -> str:
    """Return a template as the field offers it, or "": of a use alone the first of that use, and one by its own id."""
    return next((one for one, _word in templates if chosen in {one, *one.split("/")}), "")


def _chosen(access: Access, given: str) -> str:
    """Return the template that an answer was written from, as the field offers it; "" for none.

    Raises:
        InputError: the field offers no such template (any more).
    """
    chosen = _offered(_templates(access), given)
    if given and not chosen:
        raise InputError("There is no such template.")
    return chosen
