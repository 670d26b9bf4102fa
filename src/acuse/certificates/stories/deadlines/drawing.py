"""The drawing of a deadline: one bar by the clock, or a row for each day, so that the reader can add it up.

Places are shares of the width, from 0 to 1. Long spans fold whole weeks in which nothing is flagged: first those
without a pause, then several in a row, then all.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby, pairwise
from typing import Any

from acuse.certificates.stories.deadlines.ticket import Ticket, spoken
from acuse.certificates.stories.moments import number
from acuse.certificates.stories.runs import Runs, own, plain
from acuse.dates import LONG_DAYS, LONG_MONTHS
from acuse.errors import OutsideCalendar
from acuse.proof.business_time import CalendarVersion, Pause, spent
from acuse.proof.business_time.calendar import SECOND, moment
from acuse.proof.verdicts.deadlines import Deadline

MAX_DAYS, MAX_ROWS = 25, 32
"""Longer spans fold weeks, until there are no more rows than so many."""
_USUAL = (8, 20)
_CLOSED, _FLAGGED, _OPEN = 4.2, 9.2, {False: 5.6, True: 4.9}
"""Heights of rows in mm: where nothing is open, under flags, and of others, whose bars are lower where days count."""

_GAP, _CHARACTER = 0.01, 0.0155
"""Shares of a row's width: between a flag and its label, and of one character of it."""

_TITLE, _TITLE_LINE = 92, 5.0
"""Characters of a line of the title, and how high another one is in mm."""

_ONE_DAY = timedelta(days=1)
Interval = tuple[datetime, datetime]


def drawing(ticket: Ticket, deadline: Deadline) -> dict[str, Any]:
    """Return the model of a deadline's drawing, with the sentence that stands for it."""
    title = _title(ticket, deadline)
    drawn = _bar(ticket, deadline) if deadline.term.unit == "natural_hours" else _days(ticket, deadline)
    return {"title": title, "alternative": _alternative(ticket, deadline, plain(title)), **drawn}


def height(model: dict[str, Any]) -> float:
    """Return about how high a drawing is, in mm."""
    more = _TITLE_LINE * ((len(plain(model["title"])) - 1) // _TITLE)
    return more + (20.0 if model["style"] == "bar" else 15.0 + sum(row["height"] for row in model["rows"]))


def legend(ticket: Ticket, models: Iterable[dict[str, Any]]) -> list[dict[str, str]]:
    """Return the kinds of piece that occur in some drawings, with their words."""
    pieces = [piece for model in models for row in model.get("rows", [model]) for piece in row["pieces"]]
    kinds = [kind for kind in ("counted", "pause", "over", "open") if any(piece["kind"] == kind for piece in pieces)]
    return [{"kind": kind, "label": ticket.word(f"legend.{kind}")} for kind in kinds]


def _title(ticket: Ticket, deadline: Deadline) -> Runs:
    key = f"drawing.{deadline.verdict}"
    if deadline.verdict == "missed" and deadline.ended_at is None:
        key += ".open"
    used = "—" if deadline.used is None else ticket.counted(deadline, deadline.used)
    return ticket.say(
        key,
        purpose=ticket.sourced(ticket.word(f"purpose.{deadline.purpose}"), deadline),
        used=used,
        term=ticket.term(deadline.term),
        excess=ticket.excess(deadline) if deadline.verdict == "missed" else "",
    )


def _alternative(ticket: Ticket, deadline: Deadline, title: str) -> str:
    parts = [title, plain(ticket.say("drawing.from", time=ticket.clock.short(deadline.started_at)))]
    if deadline.due_at is not None:
        parts.append(plain(ticket.say("drawing.due", time=ticket.clock.short(deadline.due_at))))
    if deadline.ended_at is not None:
        parts.append(plain(ticket.say("drawing.ended", time=ticket.clock.short(deadline.ended_at))))
    if deadline.pauses:
        parts.append(plain(ticket.say("drawing.pauses", count=number(len(deadline.pauses)))))
    return ". ".join(parts) + "."


# ---- by the clock: one bar ----


def _bar(ticket: Ticket, deadline: Deadline) -> dict[str, Any]:
    start = deadline.started_at
    end = max(deadline.due_at or deadline.judged_at, deadline.judged_at)
    whole = max(end - start, timedelta(seconds=1))
    pieces = [
        {"from": (a - start) / whole, "to": (b - start) / whole, "kind": kind}
        for a, b, kind in _pieces(deadline, [(start, end)])
    ]
    flags = [
        {"at": (moment - start) / whole, "label": ""}
        for moment in (deadline.ended_at, deadline.due_at)
        if moment is not None
    ]
    left = ticket.say("drawing.bar.from", time=ticket.clock.short(start))
    if deadline.ended_at is not None:
        left += [own(" · "), *ticket.say("drawing.bar.ended", time=ticket.clock.short(deadline.ended_at))]
    right = (
        ticket.say("drawing.bar.paused")
        if deadline.due_at is None
        else ticket.say("drawing.bar.due", time=ticket.clock.short(deadline.due_at))
    )
    return {"style": "bar", "pieces": pieces, "flags": flags, "left": left, "right": right}


def _pieces(deadline: Deadline, opening: Sequence[Interval]) -> list[tuple[datetime, datetime, str]]:
    """Cut open time where what it is to the deadline changes, and say what each piece is."""
    pauses = [(each.started_at, each.ended_at or deadline.judged_at) for each in deadline.pauses]
    turns = {deadline.started_at, deadline.judged_at, *(bound for pause in pauses for bound in pause)}
    turns |= {deadline.due_at} if deadline.due_at is not None else set()
    pieces = []
    for begin, end in opening:
        cuts = [begin, *sorted(turn for turn in turns if begin < turn < end), end]
        pieces += [(a, b, _kind(deadline, pauses, a)) for a, b in pairwise(cuts) if a < b]
    return pieces


def _kind(deadline: Deadline, pauses: Sequence[Interval], at: datetime) -> str:
    if not deadline.started_at <= at < deadline.judged_at:
        return "open"
    if any(begin <= at < end for begin, end in pauses):
        return "pause"
    return "over" if deadline.due_at is not None and at >= deadline.due_at else "counted"


# ---- by the calendar: a row for each day ----


def _days(ticket: Ticket, deadline: Deadline) -> dict[str, Any]:
    calendar = deadline.calendar
    last = max(deadline.due_at or deadline.judged_at, deadline.judged_at)
    first_day, last_day = _date(calendar, deadline.started_at), _date(calendar, last)
    days = [first_day + number * _ONE_DAY for number in range((last_day - first_day).days + 1)]
    opening = {day: tuple(found) for day, found in groupby(_opening(deadline, last), lambda each: each[2])}
    axis = _axis(calendar, opening) if not deadline.term.in_days else (0, 24)
    rows = [_row(ticket, deadline, day, opening.get(day, ()), axis) for day in days]
    ticks = (
        []
        if deadline.term.in_days
        else [
            {"at": (hour - axis[0]) / (axis[1] - axis[0]), "label": f"{hour} h"}
            for hour in range(axis[0], axis[1] + 1, 2)
        ]
    )
    return {
        "style": "days",
        "ticks": ticks,
        "total": ticket.word("drawing.total.days" if deadline.term.in_days else "drawing.total"),
        "note": plain(ticket.say("drawing.zone", calendar=calendar.zone)) if ticket.zones_differ(deadline) else None,
        "rows": _folded(ticket, deadline, days, rows),
    }


def _date(calendar: CalendarVersion, at: datetime) -> date:
    try:
        return calendar.local(at).date()
    except OutsideCalendar:
        return calendar.local(datetime.fromtimestamp(calendar.valid_until - 1, UTC)).date()


def _opening(deadline: Deadline, last: datetime) -> list[tuple[datetime, datetime, date]]:
    """Return when the calendar is open, cut at midnight, from the day of the start to that of the end."""
    calendar = deadline.calendar
    first, final = (deadline.started_at - _ONE_DAY).timestamp(), (last + _ONE_DAY).timestamp()
    found = []
    for start, end in calendar.open:
        if end < first or start > final:
            continue
        begin, stop = datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC)
        while begin < stop:
            day = calendar.local(begin).date()
            cut = min(stop, _day_end(calendar, day))
            found.append((begin, cut, day))
            begin = cut
    return found


def _day_end(calendar: CalendarVersion, day: date) -> datetime:
    """Return when the day after begins, or where the calendar ends before that."""
    try:
        return moment(calendar.day_start(day.toordinal() + 1))
    except OutsideCalendar:
        return moment(calendar.valid_until * SECOND)


def _axis(
    calendar: CalendarVersion, opening: dict[date, tuple[tuple[datetime, datetime, date], ...]]
) -> tuple[int, int]:
    """Return from which hour to which the days are drawn: 8 to 20, or the calendar's widest hours."""
    hours = [_hour(calendar, bound, day) for day, found in opening.items() for each in found for bound in each[:2]]
    first = min([_USUAL[0], *(int(hour) // 2 * 2 for hour in hours)])
    last = max([_USUAL[1], *(-(-int(hour + 0.999) // 2) * 2 for hour in hours)])
    return first, min(last, 24)


def _hour(calendar: CalendarVersion, at: datetime, day: date) -> float:
    """Return the hour of an instant on the clock of its day; the end of the day is 24."""
    local = calendar.local(at)
    midnight = datetime.combine(day, time(), local.tzinfo)
    return min(max((local - midnight).total_seconds() / 3600, 0.0), 24.0)


def _row(
    ticket: Ticket,
    deadline: Deadline,
    day: date,
    opening: Sequence[tuple[datetime, datetime, date]],
    axis: tuple[int, int],
) -> dict[str, Any]:
    pieces = (
        _day_piece(deadline, day)
        if deadline.term.in_days
        else [
            {"from": _place(deadline, a, day, axis), "to": _place(deadline, b, day, axis), "kind": kind}
            for a, b, kind in _pieces(deadline, [(begin, end) for begin, end, _ in opening])
        ]
    )
    last = day == _date(deadline.calendar, deadline.judged_at)
    flags = _flags(ticket, deadline, day, axis)
    return {
        "day": _named(ticket, day),
        "pieces": pieces,
        "closed": None if pieces else _why_closed(ticket, deadline, day),
        "flags": flags,
        "total": _total(ticket, deadline, day) if pieces or last else None,
        "last": last,
        "folded": False,
        "height": _CLOSED if not pieces and not flags else _FLAGGED if flags else _OPEN[deadline.term.in_days],
    }


def _named(ticket: Ticket, day: date) -> str:
    name = LONG_DAYS[ticket.context.language][day.weekday()]
    return f"{name} {day.day}"


def _place(deadline: Deadline, at: datetime, day: date, axis: tuple[int, int]) -> float:
    share = (_hour(deadline.calendar, at, day) - axis[0]) / (axis[1] - axis[0])
    return min(max(share, 0.0), 1.0)


def _day_piece(deadline: Deadline, day: date) -> list[dict[str, Any]]:
    """Return the one piece of a day where days are counted; none where the day does not count."""
    calendar = deadline.calendar
    if deadline.term.unit == "business_days" and day not in calendar.business_days:
        return []
    start, end = _date(calendar, deadline.started_at), _date(calendar, deadline.judged_at)
    pauses = [
        (_date(calendar, each.started_at), _date(calendar, each.ended_at or deadline.judged_at))
        for each in deadline.pauses
    ]
    if day == start or day > end:
        kind = "open"
    elif any(first <= day <= last for first, last in pauses):
        kind = "pause"
    else:
        kind = "over" if deadline.due_at is not None and day > _date(calendar, deadline.due_at) else "counted"
    return [{"from": 0.0, "to": 1.0, "kind": kind}]


def _why_closed(ticket: Ticket, deadline: Deadline, day: date) -> str:
    """Return why a day is closed: the holiday's name where what people wrote gives it."""
    written = deadline.calendar.definition
    for kind in ("holidays", "local"):
        for one in written.get(kind) or ():
            if isinstance(one, dict) and _falls(one, day):
                said = ticket.say(f"closed.{kind}", name=ticket.theirs(str(one.get("name", "")), limit=50))
                return plain(said)
    return ticket.word("closed.days" if deadline.term.in_days else "closed")


def _falls(holiday: dict[str, Any], day: date) -> bool:
    written = str(holiday.get("date"))
    return written == day.isoformat() or (holiday.get("yearly") is True and written[4:] == day.isoformat()[4:])


def _flags(ticket: Ticket, deadline: Deadline, day: date, axis: tuple[int, int]) -> list[dict[str, Any]]:
    told = [("begins", deadline.started_at), ("due", deadline.due_at), ("ended", deadline.ended_at)]
    flags = []
    for key, at in told:
        if at is None or _date(deadline.calendar, at) != day:
            continue
        shown = deadline.calendar.local(at).strftime("%H:%M:%S")
        place = _place(deadline, at, day, axis)
        flags.append({"at": place, "label": plain(ticket.say(f"flag.{key}", time=shown))})
    return _labelled(sorted(flags, key=lambda flag: flag["at"]))


def _labelled(flags: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give each label a place of its own, beside its flag where there is room."""
    free = 0.0
    for flag in flags:
        flag["label_at"] = max(flag["at"] + _GAP, free)
        free = flag["label_at"] + _wide(flag) + 2 * _GAP
    limit = 1.0
    for flag in reversed(flags):
        flag["label_at"] = min(flag["label_at"], limit - _wide(flag))
        limit = flag["label_at"] - 2 * _GAP
    return flags


def _wide(flag: dict[str, Any]) -> float:
    return len(flag["label"]) * _CHARACTER


def _total(ticket: Ticket, deadline: Deadline, day: date) -> str | None:
    """Return what is counted at the end of a day; nothing for days that had not come."""
    calendar = deadline.calendar
    if _date(calendar, deadline.judged_at) < day:
        return None
    at = min(_day_end(calendar, day) - timedelta(microseconds=1), deadline.judged_at)
    pauses = [Pause(start=each.started_at, end=each.ended_at or deadline.judged_at) for each in deadline.pauses]
    if deadline.on_resume == "restart" and deadline.pauses and deadline.pauses[-1].ended_at is None:
        at = min(at, pauses.pop().start)
    try:
        counted = spent(
            calendar,
            deadline.term,
            started_at=deadline.started_at,
            at=at,
            pauses=pauses,
            on_resume="restart" if deadline.on_resume == "restart" else "continue",
        )
    except OutsideCalendar:
        return None
    return number(counted.days) if deadline.term.in_days else spoken(counted)


# ---- long spans ----


def _folded(
    ticket: Ticket, deadline: Deadline, days: Sequence[date], rows: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Fold whole weeks where there are more rows than a page has room for."""
    if len(rows) <= MAX_DAYS:
        return rows
    weeks = [list(found) for _, found in groupby(zip(days, rows, strict=True), lambda each: _monday(each[0]))]
    for with_pauses, joined in ((False, False), (False, True), (True, True)):
        groups = _grouped(weeks, with_pauses=with_pauses, joined=joined)
        if sum(1 if folds else len(group) for folds, group in groups) <= MAX_ROWS:
            break
    folded: list[dict[str, Any]] = []
    for folds, group in groups:
        folded += [_week(ticket, deadline, group)] if folds else [row for _, row in group]
    return folded


def _monday(day: date) -> date:
    return day - day.weekday() * _ONE_DAY


_Days = list[tuple[date, dict[str, Any]]]


def _grouped(weeks: Sequence[_Days], *, with_pauses: bool, joined: bool) -> list[tuple[bool, _Days]]:
    """Return weeks, or several in a row, with whether they are folded."""

    def folds(week: _Days) -> bool:
        plain_week = not any(row["flags"] or row["last"] for _, row in week)
        paused = any(piece["kind"] == "pause" for _, row in week for piece in row["pieces"])
        return len(week) == 7 and plain_week and (with_pauses or not paused)

    found = [(folds(week), week) for week in weeks]
    if not joined:
        return found
    return [
        (same, [day for _, week in several for day in week])
        for same, several in ((same, list(several)) for same, several in groupby(found, lambda each: each[0]))
    ]


def _week(ticket: Ticket, deadline: Deadline, days: _Days) -> dict[str, Any]:
    first, last = days[0][0], days[-1][0]
    months = LONG_MONTHS[ticket.context.language]
    key = "folded.week" if len(days) == 7 else "folded.weeks"
    said = ticket.say(
        key if first.month == last.month else f"{key}.months",
        first=number(first.day),
        last=number(last.day),
        first_month=months[first.month - 1],
        last_month=months[last.month - 1],
    )
    paused = any(piece["kind"] == "pause" for _, row in days for piece in row["pieces"])
    over = any(piece["kind"] == "over" for _, row in days for piece in row["pieces"])
    words = ticket.word("folded.paused") if paused else ticket.word("folded.over") if over else ""
    return {
        "day": plain(said),
        "pieces": [],
        "closed": words,
        "flags": [],
        "total": next((row["total"] for _, row in reversed(days) if row["total"] is not None), None),
        "last": False,
        "folded": True,
        "height": _CLOSED,
    }
