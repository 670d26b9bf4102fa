"""A month at the demo's desk, played with a clock of its own before the worker starts.

Its facts say the days that it plays; the ledger's time stamps, which come afterwards, say when they were made. What was
sent in it is delivered when the worker runs. Nothing but the demo plays: everywhere else the clock is the machine's.
"""

import json
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from acuse import clock
from acuse.accounts.queries import Access

_ZONE = ZoneInfo("Europe/Madrid")
_DAYS = 30
_CALLS_A_DAY = 14
#: After which an answer can no longer be taken back, and leaves.
_UNDO = timedelta(seconds=15)
#: How the calls of a day fall on its hours: most before noon and in the late afternoon.
_LOAD = {8: 1, 9: 3, 10: 4, 11: 4, 12: 3, 13: 1, 14: 1, 15: 1, 16: 2, 17: 3, 18: 1}


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Who works at it, and where they are called."""

    owner: Access
    reception: Access
    workshop: Access
    line: UUID


@dataclass(frozen=True, kw_only=True, order=True)
class Step:
    """Something that happens in the month; `number` is that of its case, or of its call behind them."""

    at: datetime
    number: int
    act: str
    text: str = ""


@contextmanager
def played() -> Iterator["Player"]:
    """Have a clock that says what the play says; the machine's comes back at the end."""
    true = clock.now
    player = Player(true())
    clock.now = player.now
    try:
        yield player
    finally:
        clock.now = true


class Player:
    """The clock of the play: it stands still between what happens, and never goes back."""

    def __init__(self, end: datetime) -> None:
        self._end = end
        self._at = end - timedelta(days=_DAYS, hours=12)

    def now(self) -> datetime:
        """Return the moment of the play, a little later each time it is asked for."""
        self._at += timedelta(milliseconds=1)
        return self._at

    def go_to(self, moment: datetime) -> bool:
        """Go on to a moment; return False for one that has not come yet outside the play."""
        self._at = max(self._at, moment)
        return moment < self._end

    def day(self, days_ago: int) -> date:
        """Return the local date of so many days ago."""
        return self._end.astimezone(_ZONE).date() - timedelta(days=days_ago)


def play(player: Player, desk: Desk, directory: Path) -> int:
    """Play the month of `cases.json`, and calls on the line; return how many cases it has."""
    cases = json.loads((directory / "cases.json").read_text("utf-8"))
    chance = random.Random(2026)  # noqa: S311  the same in each run; nothing secret
    opened: dict[int, UUID] = {}
    for step in sorted((*_steps(player, cases), *_calls(player, chance))):
        if player.go_to(step.at):
            _attend()
            if step.act == "call":
                _call(desk, chance)
            else:
                _take(desk, cases[step.number], opened, step)
            player.go_to(step.at + _UNDO)
            _attend()
    return len(opened)


def _steps(player: Player, cases: list[dict[str, Any]]) -> Iterator[Step]:
    for number, case in enumerate(cases):
        at = _moment(player.day(case["day"]), case["at"])
        yield Step(at=at, number=number, act="open", text=case["text"])
        before = at
        for step in case["steps"]:
            # What waited for the workshop to open puts off what comes after it.
            due = max(at + timedelta(hours=step["hours"]), before + timedelta(minutes=20))
            before = _when_open(due, step["act"])
            yield Step(at=before, number=number, act=step["act"], text=step["text"])


def _calls(player: Player, chance: random.Random) -> Iterator[Step]:
    for days_ago in range(_DAYS, 0, -1):
        day = player.day(days_ago)
        for number in range(_CALLS_A_DAY if day.weekday() < 5 else 0):
            hour = chance.choices(list(_LOAD), weights=list(_LOAD.values()))[0]
            at = datetime.combine(day, time(hour, chance.randrange(60)), _ZONE).astimezone(UTC)
            yield Step(at=at, number=1000 + number, act="call")


def _moment(day: date, hour: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(hour), _ZONE).astimezone(UTC)


def _when_open(moment: datetime, act: str) -> datetime:
    """Return when somebody is there to do it: customers always are, the workshop from eight to seven on weekdays."""
    local = moment.astimezone(_ZONE)
    if act in {"customer", "agree", "disagree"}:
        return moment
    while local.weekday() > 4 or not 8 <= local.hour < 19:
        local += timedelta(hours=1)
    return local.astimezone(UTC)


def _attend() -> None:
    """What a worker would have done by now: send what is due, warn of deadlines and note those that were missed."""
    from acuse.helpdesk.jobs.deadlines import attend_due
    from acuse.helpdesk.services.replies import send_due

    while attend_due():
        pass
    while send_due():
        pass


def _take(desk: Desk, case: Mapping[str, Any], opened: dict[int, UUID], step: Step) -> None:
    """Do one step."""
    if step.act == "open":
        opened[step.number] = _open(desk, case)
        return
    ticket = opened[step.number]
    if step.act == "customer":
        _write_again(desk, case, ticket, step.text)
    elif step.act in {"agree", "disagree"}:
        _say_whether(ticket, agreed=step.act == "agree", comments=step.text)
    else:
        _work(desk, case, ticket, step)


def _open(desk: Desk, case: Mapping[str, Any]) -> UUID:
    from acuse.helpdesk.services.acknowledging import acknowledge
    from acuse.helpdesk.services.changes import assign, classify, describe
    from acuse.helpdesk.services.opening import open_ticket

    if case["channel"] == "phone":
        ticket = _open_by_call(desk, case)
    else:
        written = _written(desk, case, case["subject"], case["text"])
        ticket = open_ticket(organisation=desk.owner.organisation, written=written)
    acknowledge(ticket=ticket, name=case["name"])
    classify(
        access=desk.reception,
        tickets=[ticket],
        type=case["type"],
        priority=case["priority"],
        matter=case.get("matter", ""),
    )
    if case["type"] in {"claim", "incident"}:
        assign(access=desk.reception, tickets=[ticket], member=desk.workshop.member)
    if "product" in case:
        describe(access=desk.reception, ticket=ticket, product=case["product"])
    return ticket


def _written(desk: Desk, case: Mapping[str, Any], subject: str, text: str) -> Any:
    """What the customer wrote, kept as their program would have sent it."""
    from acuse.evidence import custody
    from acuse.evidence.ledger import refer
    from acuse.helpdesk.services.opening import Written
    from acuse.proof.facts.fact import Actor

    raw = _message(case, subject, text)
    kept = custody.keep(organisation=desk.owner.organisation, content=raw, media_type="message/rfc822")
    return Written(
        channel=case["channel"],
        address=case["address"],
        name=case["name"],
        language="es",
        subject=subject,
        text=text,
        occurred_at=clock.now(),
        actor=Actor(kind="component", id="demo"),
        basis="stated",
        message=refer("message", kept),
    )


def _message(case: Mapping[str, Any], subject: str, text: str) -> bytes:
    from acuse.config.cli.demo_desk import ADDRESS

    message = EmailMessage()
    message["From"] = f"{case['name']} <{case['address']}>"
    message["To"] = ADDRESS
    message["Subject"] = subject
    message["Date"] = clock.now().astimezone(_ZONE)
    message.set_content(text)
    return message.as_bytes()


def _write_again(desk: Desk, case: Mapping[str, Any], ticket: UUID, text: str) -> None:
    from acuse.helpdesk.services.opening import add_message

    add_message(ticket=ticket, written=_written(desk, case, f"Re: {case['subject']}", text), matched_by="token")


def _say_whether(ticket: UUID, *, agreed: bool, comments: str) -> None:
    from acuse.helpdesk.models import ConformityRequest
    from acuse.helpdesk.services.conformity import answer_conformity
    from acuse.proof.facts.fact import Actor

    asked = ConformityRequest.objects.get(ticket=ticket, answered_at=None, withdrawn_at=None)
    answer_conformity(
        request=asked.id,
        agreed=agreed,
        by="link",
        words="Conforme" if agreed else "No conforme",
        comments=comments,
        actor=Actor(kind="recipient", id=str(ticket)),
    )


def _work(desk: Desk, case: Mapping[str, Any], ticket: UUID, step: Step) -> None:
    """What a member does: note, pass up, answer, or ask whether the customer agrees."""
    from acuse.helpdesk.services.changes import add_note, escalate
    from acuse.helpdesk.services.replies import reply

    member = desk.workshop if case["type"] in {"claim", "incident"} else desk.reception
    if step.act == "note":
        add_note(access=member, ticket=ticket, text=step.text)
    elif step.act == "escalate":
        escalate(access=member, ticket=ticket, escalated=True, reason=step.text)
    elif step.act == "ask":
        _ask(member, ticket, step.text)
    else:
        reply(access=member, ticket=ticket, answer=_answer(case, step.text))


def _answer(case: Mapping[str, Any], text: str) -> Any:
    from acuse.helpdesk.services.replies import Answer

    return Answer(
        subject=f"Re: {case['subject']}",
        body=text,
        language="es",
        certified=case["type"] in {"claim", "complaint"},
        delay=timedelta(),
    )


def _ask(member: Access, ticket: UUID, text: str) -> None:
    from uuid6 import uuid7

    from acuse.helpdesk.queries.writing import agree_link, write_answer
    from acuse.helpdesk.services.conformity import ask_conformity
    from acuse.helpdesk.services.replies import Answer

    request = uuid7()
    letter = write_answer(
        member, ticket=ticket, use="conformity.request", answer=text, conformity__link=agree_link(request)
    )
    answer = Answer(
        subject=letter.subject,
        body=letter.body,
        language="es",
        certified=True,
        template="conformity.request",
        template_version=letter.version,
        delay=timedelta(),
    )
    ask_conformity(access=member, ticket=ticket, answer=answer, request=request, revision=None)


def _call(desk: Desk, chance: random.Random) -> None:
    """Register a call, as the reception does: most are answered, and who gives up waited longer."""
    from acuse.helpdesk.call_rules import Entered
    from acuse.helpdesk.services.calls import register_call

    result = chance.choices(("answered", "lost", "abandoned"), weights=(84, 10, 6))[0]
    answered = result == "answered"
    call = Entered(
        line=desk.line,
        started_at=clock.now(),
        result=result,
        waited=chance.randint(5, 150 if answered else 300),
        talked=chance.randint(40, 420) if answered else None,
        number=f"600{chance.randrange(10**6):06}",
    )
    register_call(access=desk.reception, call=call)


def _open_by_call(desk: Desk, case: Mapping[str, Any]) -> UUID:
    """Register the call in which a customer said it, with the case that it opens."""
    from acuse.helpdesk.call_rules import Entered
    from acuse.helpdesk.models import Call
    from acuse.helpdesk.services.calls import Opening, register_call

    call = Entered(
        line=desk.line,
        started_at=clock.now(),
        result="answered",
        waited=12,
        talked=95,
        number=case["number"],
        outcome=case["text"],
    )
    opening = Opening(name=case["name"], address=case["address"], type=case["type"], subject=case["subject"])
    registered = register_call(access=desk.reception, call=call, opening=opening)
    ticket = Call.objects.values_list("ticket_id", flat=True).get(id=registered)
    assert ticket is not None
    return ticket
