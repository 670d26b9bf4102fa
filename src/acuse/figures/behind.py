"""The cases and calls behind a figure: by the same conditions by which it was added up, the newest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from acuse.errors import InputError
from acuse.figures.models import Case
from acuse.figures.queries import parameters
from acuse.figures.rules import rows
from acuse.figures.rules.questions import Question
from acuse.figures.rules.tallies import BOUNDS, DAY

PAGE = 100
_DAY_CLASS, _LAST_CLASS = BOUNDS.index(DAY), len(BOUNDS)
LOAD = (rows.RECEIVED, *rows.CALLS)

#: Figure of cases -> which of those opened in the period it counts.
CASES: Mapping[str, str] = {
    "opened": "true",
    "escalated": "escalated",
    "pending": "escalated AND NOT over",
    "other": "over AND NOT answered",
}
#: Figure of answers -> first and last class of `tallies.BOUNDS`.
ANSWERS: Mapping[str, tuple[int, int]] = {
    "under_24": (0, _DAY_CLASS),
    "under_48": (0, _DAY_CLASS + 1),
    "later": (_DAY_CLASS + 2, _LAST_CLASS),
}
FIGURES = (*CASES, *ANSWERS, *rows.KINDS, "load", "calls")

_NARROWED = """
    AND (%(channel)s = '' OR channel = %(channel)s)
    AND (%(mailbox)s::uuid IS NULL OR mailbox = %(mailbox)s::uuid)
"""
_EVENTS = f"""
SELECT at, id::text, subject, ticket, kind, label, seconds FROM figures_events
WHERE organisation = %(organisation)s AND kind = ANY(%(kinds)s) AND at >= %(start)s AND at < %(until)s
    {_NARROWED}
    AND (%(members)s::uuid[] IS NULL OR member = ANY(%(members)s::uuid[]))
    AND (%(label)s = '' OR label = %(label)s)
    AND width_bucket(coalesce(seconds, 0), %(bounds)s::bigint[]) BETWEEN %(least)s AND %(most)s
    AND (%(weekday)s::int IS NULL OR extract(isodow FROM at AT TIME ZONE %(zone)s) = %(weekday)s + 1)
    AND (%(hour)s::int IS NULL OR extract(hour FROM at AT TIME ZONE %(zone)s) = %(hour)s)
    AND (%(place_at)s::timestamptz IS NULL OR (at, id) < (%(place_at)s::timestamptz, %(place_id)s::bigint))
ORDER BY at DESC, id DESC LIMIT %(limit)s
"""  # noqa: S608 - constant text
_CASES = """
WITH opened AS (
    SELECT opened_at, ticket, type, coalesce(escalated_at < %(until)s, false) AS escalated,
        coalesce(first_answer_at < %(until)s, false) AS answered,
        (SELECT count(*) FROM unnest(turns) AS turn WHERE turn < %(until)s) %% 2 = 1 AS over
    FROM figures_cases
    WHERE organisation = %(organisation)s AND opened_at >= %(start)s AND opened_at < %(until)s
        {narrowed}
        AND (%(members)s::uuid[] IS NULL OR assignee = ANY(%(members)s::uuid[]))
)
SELECT opened.opened_at, opened.ticket::text, opened.ticket, opened.ticket, 'opened', '', NULL FROM opened
WHERE {condition} AND (%(label)s = '' OR type = %(label)s)
    AND (%(place_at)s::timestamptz IS NULL
        OR (opened.opened_at, opened.ticket) < (%(place_at)s::timestamptz, %(place_id)s::uuid))
ORDER BY opened.opened_at DESC, opened.ticket DESC LIMIT %(limit)s
"""


@dataclass(frozen=True, kw_only=True)
class Which:
    """Which figure.

    Attributes:
        figure: one of FIGURES.
        label: a deadline's, or a type of case; "" for all.
        duration: one class of `tallies.BOUNDS`; None for all.
        weekday: 0 for Monday. hour: local.
    """

    figure: str
    label: str = ""
    duration: int | None = None
    weekday: int | None = None
    hour: int | None = None


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing that a figure counts.

    Attributes:
        at: when it counts. kind: what it is; "opened" of a case.
        ticket, number, key: of the case; None, 0 and "" of a call without one.
        call: of a call, which one.
        label, seconds: as `rules.rows.Event` says them.
    """

    at: datetime
    kind: str
    ticket: UUID | None
    number: int
    key: str
    call: UUID | None
    label: str
    seconds: int | None


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some lines, and the place (instant and identifier) behind which the next are; None at the end."""

    lines: tuple[Line, ...]
    after: tuple[datetime, str] | None


def behind(
    organisation: UUID, question: Question, which: Which, *, place: tuple[datetime, str] | None, limit: int = PAGE
) -> Page:
    """Return what a figure counts.

    Args:
        organisation: whose.
        question: by which the figure was asked for.
        which: figure.
        place: behind which to go on; None for the beginning.
        limit: most lines.

    Raises:
        InputError: there is no such figure.
    """
    if which.figure not in FIGURES:
        raise InputError("There is no such figure.")
    asked = {
        **parameters(organisation, question),
        **_event_parameters(which),
        "label": which.label,
        "place_at": place[0] if place else None,
        "place_id": place[1] if place else None,
        "limit": limit + 1,
        "weekday": which.weekday,
        "hour": which.hour,
        "zone": question.period.zone,
    }
    condition = CASES.get(which.figure)
    statement = _CASES.format(narrowed=_NARROWED, condition=condition) if condition else _EVENTS
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        found = cursor.fetchall()
    shown = found[:limit]
    return Page(lines=_lines(shown), after=(shown[-1][0], shown[-1][1]) if len(found) > limit else None)


def _event_parameters(which: Which) -> dict[str, Any]:
    kinds = {"load": LOAD, "calls": rows.CALLS}.get(
        which.figure, (rows.ANSWERED,) if which.figure in ANSWERS else (which.figure,)
    )
    least, most = ANSWERS.get(which.figure, (0, _LAST_CLASS))
    if which.duration is not None:
        least = most = which.duration
    return {"kinds": list(kinds), "least": least, "most": most}


def _lines(found: Sequence[tuple[Any, ...]]) -> tuple[Line, ...]:
    cases = Case.objects.in_bulk([row[3] for row in found if row[3]])
    lines = []
    for at, _, subject, ticket, kind, label, seconds in found:
        case = cases.get(ticket)
        lines.append(
            Line(
                at=at,
                kind=kind,
                ticket=ticket,
                number=case.number if case else 0,
                key=case.key if case else "",
                call=subject if kind in rows.CALLS else None,
                label=label,
                seconds=seconds,
            )
        )
    return tuple(lines)
