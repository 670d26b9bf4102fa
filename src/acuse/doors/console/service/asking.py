"""What a request asks figures of: period, channel, mailbox and team, and the addresses that ask the same again."""

import shlex
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from acuse import clock
from acuse.accounts.queries import Access
from acuse.doors.console.ticket_words import CHANNELS
from acuse.errors import InputError
from acuse.figures.queries import teams_of
from acuse.figures.rules.questions import Period, Question, check_channel, check_period, named_period
from acuse.helpdesk.queries.mailboxes import mailboxes

USUAL = "month"
PERIODS = {
    "week": _("This week"),
    "month": _("This month"),
    "last_month": _("Last month"),
    "quarter": _("This quarter"),
}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked, and what may be.

    Attributes:
        question: as `acuse.figures` takes it.
        named: the name of the period; "" of one that was written.
        mailboxes, teams: (identifier, name) to choose from.
    """

    question: Question
    named: str
    mailboxes: tuple[tuple[str, str], ...]
    teams: tuple[tuple[str, str], ...]

    @property
    def narrowed(self) -> dict[str, str]:
        """The parameters of an address beyond its period."""
        asked = self.question
        named = {"channel": asked.channel, "mailbox": asked.mailbox, "team": asked.team}
        return {name: str(value) for name, value in named.items() if value}

    @property
    def days(self) -> dict[str, str]:
        """The parameters of an address that say the period by its days."""
        period = self.question.period
        return {"from": period.first.isoformat(), "to": period.last.isoformat()}

    def query(self, **more: object) -> str:
        """Return the query that asks the same, and more."""
        return "?" + urlencode({**self.days, **self.narrowed, **more})

    def of_period(self, name: str) -> str:
        """Return the query that asks the same of a named period."""
        return "?" + urlencode({"period": name, **self.narrowed})

    def name_of(self, what: str) -> str:
        """Return the name of the mailbox or team that is asked for; "" of none."""
        chosen = self.narrowed.get(what, "")
        return dict(self.mailboxes if what == "mailbox" else self.teams).get(chosen, "")

    def in_words(self) -> str:
        """Return the channel, mailbox and team that are asked for; "" where it is all of them."""
        asked = self.question
        told = [
            str(CHANNELS[asked.channel][0]) if asked.channel else "",
            gettext("mailbox %(name)s") % {"name": self.name_of("mailbox")} if asked.mailbox else "",
            gettext("team %(name)s") % {"name": self.name_of("team")} if asked.team else "",
        ]
        return ", ".join(one for one in told if one)

    def command(self, slug: str) -> str:
        """Return what a shell is given to derive the same from the ledger alone; `slug` is the organisation's."""
        names = {what: self.name_of(what) for what in ("mailbox", "team")}
        options = {"organisation": slug, **self.days, "channel": self.question.channel, **names}
        told = (part for name, value in options.items() if value for part in (f"--{name}", value))
        return shlex.join(["acuse", "figures", *told, "--json"])


def read(access: Access, request: HttpRequest) -> Asked:
    """Return what a request asks.

    Raises:
        InputError: the period or the channel is none.
        Http404: there is no such mailbox or team in the organisation.
    """
    given = request.POST if request.method == "POST" else request.GET
    found = teams_of(access.organisation)
    boxes = tuple((str(one.id), one.address) for one in mailboxes(access))
    teams = tuple((str(one.id), one.name) for one in found)
    mailbox, team = _chosen(given.get("mailbox", ""), boxes), _chosen(given.get("team", ""), teams)
    members = {one.id: one.members for one in found}
    now, zone = clock.now(), access.view.time_zone
    today = now.astimezone(ZoneInfo(zone)).date()
    named = given.get("period", "") if not given.get("from") else ""
    question = Question(
        period=_period(given.get("from", ""), given.get("to", ""), named, today, zone),
        now=now,
        channel=check_channel(given.get("channel", "")),
        mailbox=mailbox,
        team=team,
        members=members[team] if team else frozenset(),
    )
    return Asked(question=question, named=_name(question.period, today), mailboxes=boxes, teams=teams)


def _period(first: str, last: str, named: str, today: date, zone: str) -> Period:
    if first or last:
        return check_period(first, last or today.isoformat(), today=today, zone=zone)
    found = named_period(named or USUAL, today, zone)
    if found is None:
        raise InputError("Write days as in 2026-10-31.")
    return found


def _name(period: Period, today: date) -> str:
    return next((name for name in PERIODS if named_period(name, today, period.zone) == period), "")


def _chosen(text: str, known: tuple[tuple[str, str], ...]) -> UUID | None:
    if text and text not in dict(known):
        raise Http404("The organisation has no such mailbox or team.")
    return UUID(text) if text else None
