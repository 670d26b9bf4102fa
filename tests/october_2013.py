"""October 2013 of a real public service, as facts: what it published comes out of them, to the digit.

10,000 calls: 84.46 % answered, 9.99 % lost, 5.55 % abandoned; 8,770 messages received and 11,081 answers
(126 %), 10,772 of them under 24 hours (97.21 %), 11,077 under 48 (99.96 %) and 4 later; 2 % of the cases escalated,
none of them pending, 4 % others; on its worst day a call waited two and a half minutes. Of the load over the day only
the quiet hours were published: here two things come in then for five at the other hours.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from acuse.clock import to_rfc3339
from acuse.proof.facts.fact import Actor, Fact, Subject

ZONE = "Europe/Madrid"
FIRST, LAST = date(2013, 10, 1), date(2013, 10, 31)
WORST = date(2013, 10, 14)
ORGANISATION, MEMBER = UUID(int=1), UUID(int=2)
CASES, AGAIN, OLDER, TWICE = 8_000, 770, 400, 2_231
SLOW, LATE = 305, 4
ESCALATED, OTHERS = 160, 320
CALLS, TAKEN, LOST = 10_000, 8_446, 999
QUIET = (("08:00", "10:30"), ("13:30", "17:00"), ("18:00", "19:00"))

_ADDRESS = "ana@cliente.example"
_OPENED = {
    **{"channel": "email", "language": "es", "contact": str(UUID(int=3)), "address": _ADDRESS, "subject": "Consulta"},
    **{"type": "inquiry", "priority": "medium", "matter": ""},
}
_WROTE = {"channel": "email", "author": _ADDRESS, "subject": "Re: Consulta"}
_REPLIED = {"communication": str(UUID(int=4)), "recipient": _ADDRESS, "certified": False, "language": "es"}

_DAYS = tuple(day for day in (date(2013, 10, number) for number in range(1, 32)) if day.weekday() < 5)
_MINUTE = timedelta(minutes=1)
_BUSY = {*range(21, 27), 34, 35}
#: Each half hour from 8 to 19 as often as something comes in then.
_SEATS = tuple(half for half in range(16, 38) for _ in range(5 if half in _BUSY else 2))


def subjects() -> Iterator[list[Fact]]:
    """Yield the facts of each case and of each call."""
    for number in range(CASES):
        yield _case(number)
    for number in range(OLDER):
        yield _older(number)
    for number in range(CALLS):
        yield _call(number)


def _moment(number: int) -> datetime:
    """Return when the message or call of a number comes in: spread evenly over days and seats."""
    day = number % len(_DAYS)
    half = _SEATS[(number // len(_DAYS) * 29 + day * 7) % len(_SEATS)]
    return _local(_DAYS[day], half) + timedelta(seconds=number % 900)


def _local(day: date, half: int) -> datetime:
    return datetime.combine(day, time(half // 2, half % 2 * 30), tzinfo=ZoneInfo(ZONE)).astimezone(UTC)


def _early(at: datetime) -> bool:
    """Return whether a day is left within two days, and whoever answers then is at work."""
    local = at.astimezone(ZoneInfo(ZONE))
    return local.day <= 23 and local.weekday() < 2 and local.hour < 16


_EARLY = [number for number in range(OTHERS, CASES) if _early(_moment(number))]
_WAITS = {number: timedelta(hours=25) for number in _EARLY[:SLOW]}
_WAITS |= {number: timedelta(hours=50) for number in _EARLY[SLOW : SLOW + LATE]}


def _case(number: int) -> list[Fact]:
    at = _moment(number)
    chain = _Chain("ticket", number)
    chain.opened(at)
    if number < OTHERS:
        return chain.moved(at + 20 * _MINUTE, "closed_without")
    answered = at + _WAITS.get(number, 5 * _MINUTE)
    chain.tell("reply.sent", answered, _REPLIED)
    if number < OTHERS + ESCALATED:
        chain.tell("ticket.escalated", answered, {"escalated": True})
        chain.moved(answered + _MINUTE, "resolved")
    elif number >= CASES - TWICE:
        chain.tell("reply.sent", answered + 5 * _MINUTE, _REPLIED)
    if number in _AGAIN:
        again = _moment(number % len(_DAYS) + _AGAIN[number] * len(_DAYS))
        chain.tell("message.received", max(again, answered + _MINUTE), _WROTE)
        chain.tell("reply.sent", max(again, answered + _MINUTE) + 5 * _MINUTE, _REPLIED)
    return chain.facts


def _older(number: int) -> list[Fact]:
    """A case of the last evening of September, answered in October."""
    chain = _Chain("ticket", CASES + number)
    chain.opened(_local(date(2013, 9, 30), 42))
    return chain.tell("reply.sent", _local(FIRST, 16) + number * timedelta(seconds=2), _REPLIED)


def _call(number: int) -> list[Fact]:
    at = _moment(number)
    place = number * 7919 % CALLS
    result = "answered" if place < TAKEN else "lost" if place < TAKEN + LOST else "abandoned"
    waited = 150 if at.astimezone(ZoneInfo(ZONE)).date() == WORST else 40 + number % 60
    chain = _Chain("call", number)
    details = {"line": str(UUID(int=5)), "started_at": to_rfc3339(at), "result": result, "waited": waited}
    return chain.tell("call.registered", at, {**details, "talked": None, "member": str(MEMBER)})


class _Chain:
    """The facts of one subject, as they grow."""

    def __init__(self, kind: str, number: int) -> None:
        self._subject = Subject(kind=kind, id=UUID(int=(1 << 64) + (kind == "call") * (1 << 32) + number))
        self._number = number
        self.facts: list[Fact] = []

    def opened(self, at: datetime) -> None:
        self.tell("ticket.opened", at, {"number": self._number + 1, "key": f"AAA-{self._number}", **_OPENED})

    def moved(self, at: datetime, after: str) -> list[Fact]:
        return self.tell("ticket.status_changed", at, {"before": "open", "after": after})

    def tell(self, name: str, at: datetime, details: Mapping[str, object]) -> list[Fact]:
        self.facts.append(
            Fact(
                id=UUID(int=0),
                organisation=ORGANISATION,
                subject=self._subject,
                type=name,
                occurred_at=at,
                recorded_at=at,
                subject_sequence=len(self.facts) + 1,
                previous=None,
                actor=Actor(kind="member", id=str(MEMBER)),
                details=details,
                objects=(),
                salt=b"",
            )
        )
        return self.facts


#: Cases whose customers write again, with the row of `_moment` at which they do: later, as evenly spread.
_AGAIN = {number: 340 + place % 8 for place, number in enumerate(range(1_000, 1_000 + AGAIN))}
