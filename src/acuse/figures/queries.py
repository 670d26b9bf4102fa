"""Reads of the figures: added up by the database as `rules.tallies` adds up, and the cases and calls behind each."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from acuse import clock
from acuse.accounts.queries import organisation_view
from acuse.evidence.queries import read_tile
from acuse.evidence.streaming import cursor_position
from acuse.figures.models import Check, Event, Team
from acuse.figures.rules.questions import Period, Question
from acuse.figures.rules.report import CLASSES, Messages, Report, report
from acuse.figures.rules.rows import ANSWERED, RECEIVED
from acuse.figures.rules.tallies import BOUNDS, TIMED, Tallies
from acuse.figures.services import FOLLOWER
from acuse.proof import merkle

QUIET_SPAN = timedelta(weeks=8)
"""What quiet hours are read off."""
LEAST_SPAN = timedelta(weeks=4)
LEAST_CONTACTS = 200

_ASKED = """
FROM figures_events
WHERE organisation = %(organisation)s AND at >= %(start)s AND at < %(until)s
    AND (%(channel)s = '' OR channel = %(channel)s)
    AND (%(mailbox)s::uuid IS NULL OR mailbox = %(mailbox)s::uuid)
    AND (%(members)s::uuid[] IS NULL OR member = ANY(%(members)s::uuid[]))
"""
_CLASSES = f"""
SELECT kind, label, width_bucket(coalesce(seconds, 0), %(bounds)s::bigint[]), count(*) {_ASKED} GROUP BY 1, 2, 3
"""
_MESSAGES = f"""
SELECT kind, width_bucket(coalesce(seconds, 0), %(bounds)s::bigint[]), count(*) {_ASKED} AND kind = ANY(%(messages)s)
GROUP BY 1, 2
"""
_QUARTERS = f"""
WITH timed AS (
    SELECT kind, date_bin('15 minutes', at, 'epoch'::timestamptz) AS quarter, count(*) AS every,
        count(seconds) AS known, coalesce(sum(seconds), 0)::bigint AS seconds
    {_ASKED} AND kind = ANY(%(timed)s) GROUP BY 1, 2
)
SELECT kind, (extract(epoch FROM quarter) / 900)::bigint, every, known, seconds FROM timed
"""  # noqa: S608 - constant text
_CASES = """
WITH opened AS (
    SELECT type, coalesce(escalated_at < %(until)s, false) AS escalated,
        coalesce(first_answer_at < %(until)s, false) AS answered,
        (SELECT count(*) FROM unnest(turns) AS turn WHERE turn < %(until)s) %% 2 = 1 AS over
    FROM figures_cases
    WHERE organisation = %(organisation)s AND opened_at >= %(start)s AND opened_at < %(until)s
        AND (%(channel)s = '' OR channel = %(channel)s)
        AND (%(mailbox)s::uuid IS NULL OR mailbox = %(mailbox)s::uuid)
        AND (%(members)s::uuid[] IS NULL OR assignee = ANY(%(members)s::uuid[]))
)
SELECT type, count(*), count(*) FILTER (WHERE escalated), count(*) FILTER (WHERE escalated AND NOT over),
    count(*) FILTER (WHERE over AND NOT answered)
FROM opened GROUP BY type
"""


@dataclass(frozen=True, kw_only=True)
class TeamView:
    """A team as figures know it: by its last fact that was read."""

    id: UUID
    name: str
    members: frozenset[UUID]


@dataclass(frozen=True, kw_only=True)
class Source:
    """Up to where the ledger was read for what the page shows: how many entries, and the root over them (hex)."""

    size: int
    root: str


@dataclass(frozen=True, kw_only=True)
class CheckView:
    """A comparison with the ledger; see the model."""

    id: UUID
    state: str
    asked_at: datetime
    done_at: datetime | None
    position: int | None
    facts: int
    differs: tuple[tuple[str, str, str], ...]
    reason: str
    question: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Quiet:
    """When it is quiet, in half hours of the local day (end left out), and the load of each half hour."""

    spans: tuple[tuple[int, int], ...]
    half_hours: tuple[int, ...]


def figures_of(organisation: UUID, question: Question) -> Report:
    """Return the figures of an organisation, added up from its rows."""
    asked = parameters(organisation, question)
    with connection.cursor() as cursor:
        cursor.execute(_CLASSES, asked)
        classes = {(row[0], row[1], row[2]): row[3] for row in cursor.fetchall()}
        cursor.execute(_QUARTERS, {**asked, "timed": sorted(TIMED)})
        quarters = {(row[0], row[1]): (row[2], row[3], row[4]) for row in cursor.fetchall()}
        cursor.execute(_CASES, asked)
        cases = {row[0]: (row[1], row[2], row[3], row[4]) for row in cursor.fetchall()}
    return report(question, Tallies(classes=classes, quarters=quarters, cases=cases))


def messages_of(organisation: UUID, question: Question) -> Messages:
    """Return the messages and answers of an organisation alone, which is less work than all its figures."""
    with connection.cursor() as cursor:
        cursor.execute(_MESSAGES, {**parameters(organisation, question), "messages": [RECEIVED, ANSWERED]})
        found = cursor.fetchall()
    received = sum(count for kind, _place, count in found if kind == RECEIVED)
    answers = {place: count for kind, place, count in found if kind == ANSWERED}
    return Messages(received=received, answers=tuple(answers.get(place, 0) for place in range(CLASSES)))


def parameters(organisation: UUID, question: Question) -> dict[str, Any]:
    """Return what statements over the rows are asked with."""
    return {
        "organisation": organisation,
        "start": question.period.start,
        "until": question.until,
        "channel": question.channel,
        "mailbox": question.mailbox,
        "members": sorted(question.members) if question.team else None,
        "bounds": list(BOUNDS),
    }


def teams_of(organisation: UUID) -> tuple[TeamView, ...]:
    """Return the teams of an organisation, by name."""
    found = Team.objects.filter(organisation=organisation).order_by("name")
    return tuple(TeamView(id=one.team, name=one.name, members=frozenset(one.members)) for one in found)


def source() -> Source:
    """Return up to where the ledger was read."""
    size = cursor_position(FOLLOWER)
    return Source(size=size, root=merkle.root(read_tile, size).hex())


def last_check(organisation: UUID) -> CheckView | None:
    """Return the comparison that an organisation asked for last."""
    row = Check.objects.filter(organisation=organisation).order_by("-asked_at", "-id").first()
    if row is None:
        return None
    return CheckView(
        id=row.id,
        state=row.state,
        asked_at=row.asked_at,
        done_at=row.done_at,
        position=row.position,
        facts=row.facts,
        differs=tuple((path, shown, derived) for path, shown, derived in row.differs),
        reason=row.reason,
        question=row.question,
    )


def quiet_hours(organisation: UUID) -> Quiet | None:
    """Return when fewer people write and call, by the last eight weeks; None where too little is known to say so.

    That is less than four weeks since the first, less than 200 messages and calls, or no half hour that is quieter.
    """
    now = clock.now()
    zone = organisation_view(organisation).time_zone
    today = now.astimezone(ZoneInfo(zone)).date()
    period = Period(first=today - QUIET_SPAN, last=today - timedelta(days=1), zone=zone)
    first = Event.objects.filter(organisation=organisation).order_by("at").values_list("at", flat=True).first()
    if first is None or period.end - first < LEAST_SPAN:
        return None
    found = figures_of(organisation, Question(period=period, now=now))
    if found.received + found.calls < LEAST_CONTACTS or not found.quiet:
        return None
    return Quiet(spans=found.quiet, half_hours=found.half_hours)
