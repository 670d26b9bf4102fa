"""Comparing what the page shows with what the ledger says."""

import logging
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from acuse import clock
from acuse.errors import AcuseError
from acuse.evidence.streaming import cursor_position
from acuse.figures.derive import figures_of_ledger, teams_in_ledger
from acuse.figures.models import Check
from acuse.figures.queries import figures_of
from acuse.figures.rules.members import members
from acuse.figures.rules.questions import Question, check_period
from acuse.figures.services import FOLLOWER

log = logging.getLogger(__name__)

_MOST_TOLD = 50


def check_next() -> int:
    """Make the comparison that has waited for longest; return 1, or 0 where none waits.

    One transaction: while it lasts the rows stand still, so that both sides are of one position. A crash leaves it
    waiting.
    """
    with transaction.atomic():
        waiting = Check.objects.select_for_update(skip_locked=True).filter(state=Check.State.WAITING)
        row = waiting.order_by("asked_at").first()
        if row is None:
            return 0
        try:
            with transaction.atomic():
                _compare(row)
        except Exception as error:
            # Left waiting, the oldest would hold up all behind it. Without a database this cannot be written either.
            log.exception("figures cannot be compared with the ledger", extra={"check": str(row.id)})
            row.state = Check.State.FAILED
            row.reason = str(error)[:500] if isinstance(error, AcuseError) else "Something went wrong inside Acuse."
        row.done_at = clock.now()
        row.save()
    return 1


def _compare(row: Check) -> None:
    before = cursor_position(FOLLOWER, lock=True)
    question = _question(row, before, clock.now())
    shown = members(figures_of(row.organisation, question))
    derived = figures_of_ledger(row.organisation, question, before=before)
    row.position, row.facts = before, derived.facts
    row.differs = differences(shown, members(derived.report))[:_MOST_TOLD]
    row.state = Check.State.DIFFERENT if row.differs else Check.State.EQUAL


def _question(row: Check, before: int, now: datetime) -> Question:
    asked = row.question
    today = now.astimezone(ZoneInfo(asked["zone"])).date()
    period = check_period(asked["first"], asked["last"], today=today, zone=asked["zone"])
    team = UUID(asked["team"]) if asked["team"] else None
    found = teams_in_ledger(row.organisation, before=before).get(team) if team else None
    return Question(
        period=period,
        now=now,
        channel=asked["channel"],
        mailbox=UUID(asked["mailbox"]) if asked["mailbox"] else None,
        team=team,
        members=found.members if found else frozenset(),
    )


def differences(shown: Any, derived: Any, path: str = "") -> list[list[str]]:
    """Return [path, shown, derived] of every value in which two trees of JSON members differ."""
    if isinstance(shown, dict) and isinstance(derived, dict):
        names = [*shown, *(name for name in derived if name not in shown)]
        return [one for n in names for one in differences(shown.get(n), derived.get(n), f"{path}.{n}".lstrip("."))]
    if isinstance(shown, list) and isinstance(derived, list) and len(shown) == len(derived):
        pairs = enumerate(zip(shown, derived, strict=True))
        return [one for n, (left, right) in pairs for one in differences(left, right, f"{path}[{n}]")]
    return [] if shown == derived else [[path, str(shown), str(derived)]]
