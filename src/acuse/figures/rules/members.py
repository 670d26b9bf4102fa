"""Figures as JSON members: what `acuse figures --json` prints, and what the page and it are compared by."""

from typing import Any

from acuse.clock import to_rfc3339
from acuse.figures.rules import rows
from acuse.figures.rules.exact import percent, written
from acuse.figures.rules.report import CaseFigures, DeadlineFigures, Report
from acuse.figures.rules.tallies import BOUNDS, DAY


def members(found: Report) -> dict[str, Any]:
    """Return figures as JSON members. Shares and means are texts with two decimals, null of nothing."""
    asked, counts = found.question, found.counts
    under_24, under_48 = found.within(DAY), found.within(2 * DAY)
    decided = counts[rows.AGREED] + counts[rows.DISAGREED]
    return {
        "period": {
            "from": asked.period.first.isoformat(),
            "to": asked.period.last.isoformat(),
            "zone": asked.period.zone,
            "until": to_rfc3339(asked.until),
        },
        "narrowed": {
            "channel": asked.channel or None,
            "mailbox": str(asked.mailbox) if asked.mailbox else None,
            "team": str(asked.team) if asked.team else None,
        },
        "messages": {
            "received": found.received,
            "answered": found.answered,
            "answered_percent": _share(found.answered, found.received),
            "under_24_hours": under_24,
            "under_24_hours_percent": _share(under_24, found.answered),
            "under_48_hours": under_48,
            "under_48_hours_percent": _share(under_48, found.answered),
            "later": found.answered - under_48,
            "later_percent": _share(found.answered - under_48, found.answered),
        },
        "cases": {**_case_members(found.cases), "by_type": {n: _case_members(c) for n, c in found.by_type.items()}},
        "calls": {
            "all": found.calls,
            **{
                kind.removeprefix("call_"): {"count": counts[kind], "percent": _share(counts[kind], found.calls)}
                for kind in rows.CALLS
            },
            "mean_wait_seconds": written(found.wait),
            "longest_mean_wait": None
            if found.longest_wait is None
            else {"day": found.longest_wait[0].isoformat(), "seconds": written(found.longest_wait[1])},
        },
        "load": [list(day) for day in found.load],
        "load_by_half_hour": list(found.half_hours),
        "quiet_hours": [[clock_time(start), clock_time(end)] for start, end in found.quiet],
        "deadlines": [_deadline_members(one) for one in found.deadlines],
        "deadlines_not_countable": found.not_countable,
        "first_response": _distribution(found.first_responses),
        "resolution": _distribution(found.resolutions),
        "conformity": {
            "asked": counts[rows.ASKED],
            "agreed": counts[rows.AGREED],
            "disagreed": counts[rows.DISAGREED],
            "agreed_percent": _share(counts[rows.AGREED], decided),
        },
        "days": [
            {"day": one.day.isoformat(), "received": one.received, "answered": one.answered, "calls": one.calls}
            for one in found.days
        ],
    }


def clock_time(half_hour: int) -> str:
    """Return when a half hour of the day begins: "08:30"; "24:00" at its end."""
    return f"{half_hour // 2:02d}:{half_hour % 2 * 30:02d}"


def _share(part: int, whole: int) -> str | None:
    return written(percent(part, whole))


def _case_members(cases: CaseFigures) -> dict[str, Any]:
    return {
        "opened": cases.opened,
        "escalated": cases.escalated,
        "escalated_percent": _share(cases.escalated, cases.opened),
        "escalated_pending": cases.pending,
        "escalated_pending_percent": _share(cases.pending, cases.opened),
        "other": cases.other,
        "other_percent": _share(cases.other, cases.opened),
    }


def _deadline_members(one: DeadlineFigures) -> dict[str, Any]:
    purpose, amount, unit, policy = rows.read_label(one.label)
    return {
        "purpose": purpose,
        "term": {"amount": amount, "unit": unit},
        "policy": policy,
        "met": one.met,
        "missed": one.missed,
        "met_percent": _share(one.met, one.met + one.missed),
    }


def _distribution(counts: tuple[int, ...]) -> list[dict[str, Any]]:
    """Return classes with the seconds below which they end; null of the last."""
    return [{"below_seconds": end, "count": count} for end, count in zip((*BOUNDS, None), counts, strict=True)]
