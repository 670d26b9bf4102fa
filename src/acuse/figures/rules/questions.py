"""What figures are asked for: a period of local days, and which cases and calls."""

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from acuse.errors import InputError
from acuse.proof.facts.ticket import CHANNELS

MOST_DAYS = 731
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Period:
    """Local days of a zone, both included."""

    first: date
    last: date
    zone: str

    @property
    def start(self) -> datetime:
        """The first instant, in UTC; where clocks skip midnight, the one after it."""
        return self._midnight(self.first)

    @property
    def end(self) -> datetime:
        """The instant at which it is over, left out."""
        return self._midnight(self.last + _DAY)

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1

    def before(self) -> "Period":
        """Return the period before: as many whole months where it is whole months, else as many days."""
        last = self.first - _DAY
        months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        whole = self.first.day == 1 and (self.last + _DAY).day == 1
        first = months_before(self.first, months) if whole else self.first - timedelta(days=self.days)
        return Period(first=first, last=last, zone=self.zone)

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), tzinfo=ZoneInfo(self.zone)).astimezone(UTC)


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked.

    Attributes:
        period: which days.
        now: what happens later counts nowhere: a deadline that is not over yet is not missed.
        channel: "" for all. mailbox: None for all. team: None for all.
        members: of the team.
    """

    period: Period
    now: datetime
    channel: str = ""
    mailbox: UUID | None = None
    team: UUID | None = None
    members: frozenset[UUID] = frozenset()

    @property
    def until(self) -> datetime:
        """The instant before which something has to happen to count."""
        return min(self.period.end, self.now)

    def concerns(self, *, channel: str, mailbox: UUID | None, member: UUID | None) -> bool:
        """Return whether a case, a call or what happened in them is among what is asked for."""
        return (
            (not self.channel or channel == self.channel)
            and (self.mailbox is None or mailbox == self.mailbox)
            and (self.team is None or member in self.members)
        )


def months_before(first: date, months: int) -> date:
    """Return the first day of the month so many months before that of `first`."""
    number = first.year * 12 + first.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def named_period(name: str, today: date, zone: str) -> Period | None:
    """Return a period by its name: `week`, `month`, `last_month`, `quarter`; None for another name."""
    month = today.replace(day=1)
    quarter = months_before(month, (month.month - 1) % 3)
    spans = {
        "week": (today - timedelta(days=today.weekday()), today - timedelta(days=today.weekday() - 6)),
        "month": (month, _month_end(month)),
        "last_month": (months_before(month, 1), month - _DAY),
        "quarter": (quarter, _month_end(months_before(quarter, -2))),
    }
    return Period(first=spans[name][0], last=spans[name][1], zone=zone) if name in spans else None


def check_period(first: str, last: str, *, today: date, zone: str) -> Period:
    """Return the period between two days in ISO form.

    Raises:
        InputError: one is no day, they are the wrong way round or too far apart, or the period begins in the future.
    """
    begin, end = _day(first), _day(last)
    if end < begin:
        raise InputError("The last day is before the first.")
    if begin > today:
        raise InputError("The period begins in the future: there are no figures of it yet.")
    if (end - begin).days >= MOST_DAYS:
        raise InputError("Figures are of at most %(most)s days at once.", most=MOST_DAYS)
    return Period(first=begin, last=end, zone=zone)


def check_channel(channel: str) -> str:
    """Return a channel, or "" for all.

    Raises:
        InputError: it is none.
    """
    if channel and channel not in CHANNELS:
        raise InputError("There is no such channel. Choose one of: %(channels)s.", channels=", ".join(CHANNELS))
    return channel


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise InputError("Write days as in 2026-10-31.") from error
    if not 1990 <= day.year <= 2200:
        raise InputError("Write a day between 1990 and 2200.")
    return day


def _month_end(month: date) -> date:
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])
