"""The inbox: cases in a list beside the one that is open."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_POST

from acuse import clock
from acuse.accounts.queries import Access, active_members
from acuse.clock import from_rfc3339, to_rfc3339
from acuse.composition.bodies import preview
from acuse.contacts.words import MOST
from acuse.doors.console import ticket_answer, ticket_guarantee, ticket_papers
from acuse.doors.console import ticket_words as words
from acuse.doors.console.frame import member_view, page
from acuse.doors.console.ticket_deadlines import first, glance, told, warning
from acuse.doors.console.ticket_pauses import REASONS
from acuse.doors.console.ticket_timeline import entries, without_receipt
from acuse.doors.console.wording import StatusWord
from acuse.doors.ui.contradictions import contradictions
from acuse.doors.ui.errors import said
from acuse.doors.ui.places import read_place, write_place
from acuse.errors import InputError
from acuse.helpdesk.queries.board import SOON
from acuse.helpdesk.queries.case import CaseView, case
from acuse.helpdesk.queries.deadlines import Glance, deadlines_of, glances
from acuse.helpdesk.queries.desk import saved_views
from acuse.helpdesk.queries.mailboxes import MailboxView, mailboxes
from acuse.helpdesk.queries.teams import TeamView, teams
from acuse.helpdesk.queries.tickets import (
    COUNTED,
    FIRST,
    Filters,
    TicketRow,
    count,
    counts,
    found_by_number,
    tickets,
)
from acuse.helpdesk.services.changes import assign, classify
from acuse.helpdesk.services.desk import read_mention
from acuse.helpdesk.services.opening import settings_of

ASKED = (
    *("whose", "state", "status", "type", "priority", "channel", "mailbox", "team", "tag"),
    *("late", "soon", "warned", "waits", "escalated", "q"),
)
_SOONEST, _LATEST = 3, 60  # seconds until an answer that should have left is asked after again


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One row of the list."""

    row: TicketRow
    type: tuple[Any, str]
    status: StatusWord
    due: words.Due
    when: str
    at: str
    address: str


@dataclass(frozen=True, kw_only=True)
class Group:
    """Rows that are as urgent as each other."""

    title: str
    urgency: str
    rows: tuple[Listed, ...]


def read_filters(request: HttpRequest, boxes: Iterable[MailboxView], groups: Iterable[TeamView]) -> Filters:
    """The filters of an address, with the mailboxes and teams there are; what is not understood narrows nothing."""
    asked = request.GET
    whose = asked.get("whose", "")
    return Filters(
        whose=whose if whose in {"mine", "nobody", "mentions"} else _uuid(whose),
        state=_state(asked.get("state", ""), whose),
        status=_among(asked.get("status", ""), dict(words.statuses())),
        type=_among(asked.get("type", ""), words.TYPES),
        priority=_among(asked.get("priority", ""), words.PRIORITIES),
        channel=_among(asked.get("channel", ""), words.CHANNELS),
        tag=asked.get("tag", "").replace("\0", "")[:40],
        mailbox=chosen(request, "mailbox", boxes),
        team=chosen(request, "team", groups),
        late=asked.get("late") == "1",
        due_within=SOON if asked.get("soon") == "1" else None,
        warned=asked.get("warned") == "1",
        waits=asked.get("waits") == "1",
        escalated=asked.get("escalated") == "1",
        search=_words(request),
    )


def _words(request: HttpRequest) -> str:
    """What is searched for."""
    return request.GET.get("q", "").replace("\0", " ").strip()[:200]


def _kept(request: HttpRequest) -> dict[str, str]:
    """What narrows and orders the list, to be kept in its links."""
    return {name: request.GET[name] for name in (*ASKED, "order") if request.GET.get(name)}


def _state(value: str, whose: str) -> str:
    """Open cases unless others are asked for; those that mention somebody do so open or over."""
    if value in {"closed", "open"}:
        return value
    return "" if value == "all" or whose == "mentions" else "open"


def _among(value: str, known: Any) -> str:
    return value if value in known else ""


def _uuid(text: str) -> UUID | str:
    try:
        return UUID(text)
    except ValueError:
        return ""


def chosen(request: HttpRequest, name: str, known: Iterable[MailboxView | TeamView]) -> UUID | None:
    """The mailbox or team that is asked for; what is none of theirs narrows nothing."""
    return next((one.id for one in known if str(one.id) == request.GET.get(name)), None)


@require_GET
@member_view
def listing(request: HttpRequest, access: Access) -> HttpResponseBase:
    """The list alone; whoever types a number or a key is led to that case."""
    found = found_by_number(access, words=_words(request)[:40])
    if len(found) == 1:
        return redirect("console:ticket", access.view.slug, found[0])
    late, soon = counts(access, [Filters(late=True), Filters(due_within=SOON)])
    context = _listed(request, access, active_members(access)) | {"late": late, "soon": soon}
    return page(request, access, "tickets", "console/tickets.html", context)


@require_GET
@member_view
def beside(request: HttpRequest, access: Access) -> HttpResponseBase:
    """The list for the page of a case."""
    context = _listed(request, access, active_members(access)) | {"access": access, "beside": True}
    return render(request, "console/tickets_list.html", context)


@require_GET
@member_view
def news(request: HttpRequest, access: Access) -> HttpResponseBase:
    """How many cases of the list something was said in since it was shown."""
    try:
        since = from_rfc3339(request.GET.get("since", ""))
    except (InputError, ValueError):
        return HttpResponse(status=400)
    filters = replace(read_filters(request, mailboxes(access), teams(access)), changed_since=since)
    kept = _kept(request)
    context = {"waiting": count(access, filters), "fresh": urlencode(kept), "slug": access.view.slug}
    return render(request, "console/tickets_news.html", context)


@require_GET
@member_view
def warned(request: HttpRequest, access: Access) -> HttpResponseBase:
    """The notice of the deadlines that end soon, for a list that stays open."""
    return render(request, "console/warned.html", {"access": access, **warning(access)})


@require_GET
@member_view
def one(request: HttpRequest, access: Access, id: UUID) -> HttpResponseBase:
    """A case: alone for links of the list and an answer that waited, else on a page beside which the list comes."""
    seen = case(access, id=id)
    if seen is None:
        raise Http404("There is no such case.")
    target = request.headers.get("HX-Target", "")
    looked_at = not target.startswith("answer-")
    if looked_at:
        read_mention(access=access, ticket=id)
    opened = _opened(request, access, seen, active_members(access))
    if target == "case" or not looked_at:
        return render(request, "console/ticket_opened.html", opened)
    return page(request, access, "tickets", "console/ticket.html", opened)


def _opened(request: HttpRequest, access: Access, seen: CaseView, members: Mapping[UUID, str]) -> dict[str, Any]:
    """What the page of a case says of it."""
    id = seen.row.id
    settings = settings_of(access.organisation)
    closes = settings.closing_allowed and seen.row.closed_at is None
    terms = deadlines_of(access, id, known=seen.facts)
    deadlines = [told(one) for one in terms.views]
    told_in_order = entries(access, seen, members, terms.views)
    return {
        "access": access,
        "kept": urlencode(_kept(request)),
        "case": seen,
        "row": seen.row,
        "type": words.TYPES[seen.row.type],
        "status": words.status(seen.row.status),
        "priority": words.PRIORITIES[seen.row.priority],
        "deadlines": deadlines,
        "terms": terms,
        "wrong": contradictions(terms.wrong),
        "unjudged": said(terms.unjudged) if terms.unjudged else "",
        "waits": [(reason, REASONS[reason]) for reason in terms.may_wait],
        "ruler": first(deadlines),
        "due": words.due(seen.row),
        "entries": told_in_order,
        "without_receipt": without_receipt(seen),
        "unsent": [(one, preview(one.body), _seconds_left(one.due_at)) for one in seen.outgoing],
        "development": any(one.development for one in told_in_order),
        "members": members,
        "types": words.TYPES,
        "priorities": words.PRIORITIES,
        "matters": words.MATTERS,
        "languages": words.LANGUAGES,
        "others": [(members.get(member, ""), writing) for member, writing in seen.others],
        **ticket_answer.shown(request, access, seen, certify=settings.certify_replies),
        **ticket_papers.shown(access, id),
        "guarantee": ticket_guarantee.shown(access, seen, closes=closes and ticket_answer.answered(seen)),
        "closes": closes,
        "assignee": members.get(seen.row.assignee) if seen.row.assignee else None,
    }


def _seconds_left(due: datetime) -> int:
    """After how many seconds an answer that waits is asked after: once it is due, and from then on ever more rarely."""
    left = (due - clock.now()).total_seconds()
    return math.ceil(left) + 1 if left > 0 else math.ceil(min(max(-left, _SOONEST), _LATEST))


def _listed(request: HttpRequest, access: Access, members: Mapping[UUID, str]) -> dict[str, Any]:
    boxes, groups = mailboxes(access), teams(access)
    filters = read_filters(request, boxes, groups)
    order = "last" if request.GET.get("order") == "last" or filters.state != "open" else "due"
    place = read_place(request)
    found = tickets(access, filters, order=order, after=place)
    urgent = glances(access, [row.id for row in found.items if row.closed_at is None])
    kept = _kept(request)
    after = found.after
    return {
        "groups": _grouped([_shown(row, urgent.get(row.id)) for row in found.items], order),
        "here": reverse("console:tickets", args=[access.view.slug]),
        "filters": filters,
        "asked": kept,
        "kept": urlencode(kept),
        "all_customers": found.all_customers,
        "most_customers": MOST,
        "first_cases": FIRST[-1],
        "narrowing": len(kept.keys() - {"whose", "order", "q"}),
        "tabs": _tabs(access, kept),
        "views": saved_views(access),
        "statuses": words.statuses(),
        "types": words.TYPES,
        "priorities": words.PRIORITIES,
        "channels": words.CHANNELS,
        "mailboxes": boxes,
        "teams": groups,
        "news": urlencode({**kept, "since": to_rfc3339(clock.now())}),
        "older": urlencode({**kept, "before": write_place(after)}) if after else "",
        "newest": urlencode(kept) if place else "",
        "count_limit": COUNTED,
        **warning(access),
        "everybody": members,
    }


def _tabs(access: Access, kept: dict[str, str]) -> list[tuple[str, str, int, bool]]:
    """The lists everybody has, and mentions where there are any: address, word, count, whether it is this one."""
    now = kept.get("whose", "")
    named = {"mine": _("Mine"), "nobody": _("Nobody's"), "": pgettext("cases", "All"), "mentions": _("Mention you")}
    numbers = counts(access, [Filters(whose=whose, state=_state("", whose)) for whose in named])
    return [
        (urlencode({**kept, "whose": whose}), word, number, now == whose)
        for (whose, word), number in zip(named.items(), numbers, strict=True)
        if number or whose == now or whose != "mentions"
    ]


def _shown(row: TicketRow, urgent: Glance | None) -> Listed:
    return Listed(
        row=row,
        type=words.TYPES[row.type],
        status=words.status(row.status),
        due=glance(urgent) if urgent else words.due(row),
        when=words.when(row.last_at),
        at=to_rfc3339(row.last_at),
        address=row.contact_name or row.address,
    )


def _grouped(rows: list[Listed], order: str) -> list[Group]:
    """The rows in groups by urgency; all in one where they stand by time."""
    if order == "last":
        return [Group(title=_("The latest first"), urgency="", rows=tuple(rows))] if rows else []
    named = [
        (_("Missed"), "fail", [one for one in rows if one.due.urgency == "fail"]),
        (_("Due soon"), "risk", [one for one in rows if one.due.urgency == "risk"]),
        (_("With time left"), "", [one for one in rows if not one.due.urgency and one.row.due_at]),
        (_("No deadline runs"), "", [one for one in rows if not one.due.urgency and not one.row.due_at]),
    ]
    return [Group(title=title, urgency=urgency, rows=tuple(found)) for title, urgency, found in named if found]


def _told_of_bulk(done: int, *, among: int) -> str:
    """Say how many of the cases that were ticked changed, and that the others had no need to."""
    same = among - done
    told = [
        ngettext("Done in %(count)s case.", "Done in %(count)s cases.", done) % {"count": done} if done else "",
        ngettext("%(count)s case was so already.", "%(count)s cases were so already.", same) % {"count": same}
        if same
        else "",
    ]
    return " ".join(filter(None, told))


@require_POST
@member_view
def bulk(request: HttpRequest, access: Access) -> HttpResponseBase:
    """Do one thing to all the cases that are ticked."""
    chosen = [UUID(str(one)) for one in request.POST.getlist("ticket") if isinstance(_uuid(str(one)), UUID)]
    act, _separator, value = request.POST.get("act", "").partition("/")
    try:
        if not chosen:
            raise InputError("Tick the cases first.")
        if act == "assign":
            done = assign(access=access, tickets=chosen, member=UUID(value) if value else None)
        elif act in {"type", "priority"}:
            done = classify(access=access, tickets=chosen, **{act: value})
        else:
            raise InputError("Choose what is to be done with them.")
        messages.success(request, _told_of_bulk(done, among=len(set(chosen))))
    except (InputError, ValueError) as error:
        messages.error(request, said(error) if isinstance(error, InputError) else _("There is no such member."))
    return redirect(f"{request.path.removesuffix('bulk/')}?{request.POST.get('kept', '')[:2000]}")
