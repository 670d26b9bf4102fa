"""The board of whoever leads the desk: how much there is, who has it, what is late, who waits longest."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from acuse import clock
from acuse.accounts.queries import Access, active_members
from acuse.doors.console import ticket_words as words
from acuse.doors.console.frame import member_view, page
from acuse.doors.console.ticket_deadlines import glance, warning
from acuse.doors.console.tickets import chosen
from acuse.doors.ui import figures
from acuse.helpdesk.queries.board import Board, Load, board
from acuse.helpdesk.queries.deadlines import Glance, glances
from acuse.helpdesk.queries.mailboxes import mailboxes
from acuse.helpdesk.queries.teams import teams
from acuse.helpdesk.queries.tickets import TicketRow

WIDTH = 100


@dataclass(frozen=True, kw_only=True)
class Line:
    """One member's load: their name, the list of their cases, the longest wait in words, and the bar's width."""

    load: Load
    name: str
    list: str
    waits: str
    late_width: int
    width: int


@require_GET
@member_view
def board_page(request: HttpRequest, access: Access) -> HttpResponseBase:
    """The board, of one mailbox or team if asked."""
    boxes, groups = mailboxes(access), teams(access)
    mailbox, team = chosen(request, "mailbox", boxes), chosen(request, "team", groups)
    narrowed = {name: str(one) for name, one in (("mailbox", mailbox), ("team", team)) if one}
    found = board(access, mailbox=mailbox, team=team)
    members = active_members(access)
    urgent = glances(access, [row.id for row in found.longest])
    most = max((load.open for load in found.loads), default=0)
    context: dict[str, object] = {
        "whole": found.whole,
        "tiles": _tiles(found, narrowed),
        "lines": [_line(load, members, most, narrowed) for load in found.loads],
        "longest": [(row, _since(row.waits_since), _due(row, urgent.get(row.id))) for row in found.longest],
        "mailboxes": boxes,
        "mailbox": mailbox,
        "teams": groups,
        "team": team,
        "narrowed": urlencode(narrowed),
        "counted_at": clock.now(),
        **warning(access),
    }
    return page(request, access, "board", "console/board.html", context)


def _tiles(found: Board, narrowed: dict[str, str]) -> list[tuple[str, int, str, str, str]]:
    """What is counted at the top: word, number, explanation, list behind it, and how urgent it is."""
    whole = found.whole
    nobodys = sum(one.open for one in found.loads if one.member is None)
    late, soon = "fail" if whole.late else "", "risk" if whole.soon else ""
    counted = [
        (pgettext("cases", "Open"), whole.open, _("cases that are not over"), {}, ""),
        (_("Waiting for us"), whole.waits, _("their customers wait for an answer"), {"waits": "1"}, ""),
        (_("Missed"), whole.late, _("with a missed deadline"), {"late": "1"}, late),
        (_("Due in 24 hours"), whole.soon, _("with a deadline that ends"), {"soon": "1"}, soon),
        (_("Nobody's"), nobodys, _("nobody is responsible"), {"whose": "nobody"}, ""),
        (pgettext("cases", "Escalated"), whole.escalated, _("passed on for a decision"), {"escalated": "1"}, ""),
    ]
    # What nobody is responsible for is no team's.
    return [
        (word, number, note, urlencode(asked | narrowed), urgency)
        for word, number, note, asked, urgency in counted
        if not ("whose" in asked and "team" in narrowed)
    ]


def _line(load: Load, members: dict[UUID, str], most: int, narrowed: dict[str, str]) -> Line:
    whose = str(load.member) if load.member else "nobody"
    name = members.get(load.member, _("a former member")) if load.member else _("Nobody")
    return Line(
        load=load,
        name=name,
        list=urlencode({"whose": whose} | narrowed),
        waits=_since(load.oldest),
        width=WIDTH * load.open // most if most else 0,
        late_width=WIDTH * load.late // most if most else 0,
    )


def _due(row: TicketRow, urgent: Glance | None) -> words.Due:
    return glance(urgent) if urgent else words.due(row)


def _since(moment: Any) -> str:
    return figures.age(clock.now() - moment) if moment else ""
