"""`acuse figures`: the figures of service, derived anew from the facts of the ledger alone."""

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import typer

from acuse.config.cli.serve import ready_database
from acuse.config.environment import environment
from acuse.errors import InputError

if TYPE_CHECKING:
    from acuse.accounts.models import Organisation


def figures(
    organisation: Annotated[str, typer.Option(help="Its short name; the only organisation without it.")] = "",
    first: Annotated[str, typer.Option("--from", help="First day, as in 2026-10-01; the last month without it.")] = "",
    last: Annotated[str, typer.Option("--to", help="Last day, included.")] = "",
    channel: Annotated[str, typer.Option(help="email, form, phone or api: cases that came by it.")] = "",
    mailbox: Annotated[str, typer.Option(help="Address of a mailbox: cases that came to it.")] = "",
    team: Annotated[str, typer.Option(help="Name of a team.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="All of them, for programs.")] = False,
    rebuild: Annotated[bool, typer.Option(help="Instead, derive anew what the page adds up.")] = False,
) -> None:
    """Derive the figures of a period from the ledger's facts alone; the page of figures shows the same."""
    with ready_database(environment()):
        found = _organisation(organisation)
        if rebuild:
            from acuse.figures.services import rebuild as rebuild_rows

            print(f"{rebuild_rows(organisation=found.id)} cases and calls were derived anew.")
            return
        told = derived(found.id, found.time_zone, first=first, last=last, channel=channel, mailbox=mailbox, team=team)
        print(json.dumps(told, indent=2) if as_json else table(told))


def derived(
    organisation: UUID, zone: str, *, first: str, last: str, channel: str, mailbox: str, team: str
) -> dict[str, Any]:
    """Return the figures as JSON members, with what they were derived from.

    Raises:
        InputError: the period is none, or there is no such channel, mailbox or team.
    """
    from acuse import clock
    from acuse.evidence.queries import read_tile
    from acuse.evidence.streaming import ledger_size
    from acuse.figures.derive import figures_of_ledger, mailboxes_in_ledger, teams_in_ledger
    from acuse.figures.rules.members import members
    from acuse.figures.rules.questions import Question, check_channel, check_period
    from acuse.proof import merkle

    now, size = clock.now(), ledger_size()
    today = now.astimezone(ZoneInfo(zone)).date()
    usual = _last_month(today)
    teams = {one.name: one for one in teams_in_ledger(organisation, before=size).values()}
    chosen = _named(teams, team, "team") if team else None
    addresses = mailboxes_in_ledger(organisation, before=size) if mailbox else {}
    question = Question(
        period=check_period(first or usual[0], last or usual[1], today=today, zone=zone),
        now=now,
        channel=check_channel(channel),
        mailbox=_named(addresses, mailbox.lower(), "mailbox") if mailbox else None,
        team=chosen.id if chosen else None,
        members=chosen.members if chosen else frozenset(),
    )
    found = figures_of_ledger(organisation, question, before=size)
    source = {"size": size, "root": merkle.root(read_tile, size).hex(), "facts": found.facts}
    return {"source": source, "figures": members(found.report)}


def _organisation(slug: str) -> "Organisation":
    """Return the organisation of a short name; without one, the only organisation that there is."""
    from acuse.accounts.models import Organisation

    rows = Organisation.objects.order_by("slug")
    found = list(rows.filter(slug=slug) if slug else rows[:2])
    if len(found) > 1:
        raise InputError("There are several organisations: choose one of `acuse organisation list` by --organisation.")
    if not found:
        raise InputError(f"There is no organisation called {slug!r}." if slug else "There is no organisation yet.")
    return found[0]


def _last_month(today: date) -> tuple[str, str]:
    last = today.replace(day=1) - timedelta(days=1)
    return last.replace(day=1).isoformat(), last.isoformat()


def _named(known: dict[str, Any], name: str, what: str) -> Any:
    if name not in known:
        raise InputError(f"There is no {what} called {name!r} in the ledger.")
    return known[name]


def table(told: dict[str, Any]) -> str:
    """Return figures for people: one a line."""
    found, source = told["figures"], told["source"]
    messages, cases, calls = found["messages"], found["cases"], found["calls"]
    conformity = found["conformity"]
    met = sum(one["met"] for one in found["deadlines"])
    every = met + sum(one["missed"] for one in found["deadlines"])
    rows = [
        ("Received", messages["received"], None),
        ("Answered", messages["answered"], messages["answered_percent"]),
        ("  under 24 hours", messages["under_24_hours"], messages["under_24_hours_percent"]),
        ("  under 48 hours", messages["under_48_hours"], messages["under_48_hours_percent"]),
        ("  later", messages["later"], messages["later_percent"]),
        ("Cases opened", cases["opened"], None),
        ("  escalated", cases["escalated"], cases["escalated_percent"]),
        ("  escalated and pending", cases["escalated_pending"], cases["escalated_pending_percent"]),
        ("  other", cases["other"], cases["other_percent"]),
        ("Calls", calls["all"], None),
        *((f"  {name}", calls[name]["count"], calls[name]["percent"]) for name in ("answered", "lost", "abandoned")),
        ("Deadlines met", f"{met} of {every}", None),
        ("  cases not countable", found["deadlines_not_countable"], None),
        ("Customers who agreed", conformity["agreed"], conformity["agreed_percent"]),
    ]
    lines = [f"{name:<26}{count!s:>12}" + (f"{share:>10} %" if share else "") for name, count, share in rows]
    if calls["mean_wait_seconds"]:
        lines.append(f"{'Mean wait':<26}{calls['mean_wait_seconds']:>12} s")
        longest = calls["longest_mean_wait"]
        lines.append(f"{'  of the worst day':<26}{longest['seconds']:>12} s   {longest['day']}")
    quiet = ", ".join(f"{start} to {end}" for start, end in found["quiet_hours"])
    period = found["period"]
    return "\n".join(
        [
            f"{period['from']} to {period['to']}, {period['zone']}",
            *lines,
            f"Quieter: {quiet or 'at no time'}",
            f"From {source['facts']} facts of a ledger of {source['size']} entries with root {source['root']}",
        ]
    )
