"""What the page adds up is what `acuse figures` derives from the ledger alone, whatever is asked or happened."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from acuse import clock
from acuse.config.cli.figures import derived
from acuse.embedded.roles import Addresses
from acuse.errors import InputError
from acuse.evidence.ledger import FactDraft, record
from acuse.evidence.retention import citations_of, due, erase
from acuse.figures import derive
from acuse.figures.jobs import check_next
from acuse.figures.models import Case, Check, Event
from acuse.figures.queries import figures_of, last_check, quiet_hours, source, teams_of
from acuse.figures.rules.members import members
from acuse.figures.rules.questions import Question, check_period
from acuse.figures.services import ask_check, rebuild
from acuse.helpdesk.models import Ticket
from acuse.helpdesk.queries.board import board
from acuse.helpdesk.rules import OPEN_STATUSES
from acuse.helpdesk.services.changes import classify, escalate
from acuse.helpdesk.services.teams import change_team, dissolve_team
from acuse.proof.business_time import CalendarVersion
from acuse.proof.facts.fact import Actor
from tests.integration.figures.month import MAILBOX, Month, make_month

MADRID = "Europe/Madrid"
OCTOBER = ("2026-10-01", "2026-10-31")
NARROWED: tuple[dict[str, Any], ...] = (
    {},
    *({"channel": channel} for channel in ("email", "phone", "form")),
    {"mailbox": True},
    {"team": True},
)


@pytest.fixture
def month(database: Addresses, monkeypatch: pytest.MonkeyPatch) -> Iterator[Month]:
    made = make_month(monkeypatch)
    made.follow()
    yield made
    made.sequencer.resign()


def question(
    month: Month, first: str, last: str, *, channel: str = "", mailbox: bool = False, team: bool = False
) -> Question:
    now = clock.now()
    period = check_period(first, last, today=now.astimezone(ZoneInfo(MADRID)).date(), zone=MADRID)
    (view,) = teams_of(month.desk.access.organisation)
    everybody = Question(period=period, now=now, channel=channel, mailbox=month.mailbox if mailbox else None)
    return replace(everybody, team=view.id, members=view.members) if team else everybody


def shown(month: Month, first: str, last: str, **more: Any) -> dict[str, Any]:
    return members(figures_of(month.desk.access.organisation, question(month, first, last, **more)))


def told(
    month: Month, first: str, last: str, *, channel: str = "", mailbox: bool = False, team: bool = False
) -> dict[str, Any]:
    narrowed = {"channel": channel, "mailbox": MAILBOX if mailbox else "", "team": "Taller" if team else ""}
    return derived(month.desk.access.organisation, MADRID, first=first, last=last, **narrowed)


def agree(month: Month) -> dict[str, Any]:
    """Compare both sides for many questions; return the figures of October."""
    for span in (OCTOBER, ("2026-10-25", "2026-10-25"), ("2026-11-01", "2026-12-31"), ("2025-01-01", "2025-01-31")):
        for more in NARROWED:
            found = told(month, *span, **more)
            assert found["figures"] == shown(month, *span, **more)
            assert (found["source"]["size"], found["source"]["root"]) == (source().size, source().root)
    return shown(month, *OCTOBER)


def test_a_month_is_the_same_from_rows_and_from_facts(month: Month) -> None:
    found = agree(month)
    messages, cases, calls = found["messages"], found["cases"], found["calls"]
    assert messages["received"] > cases["opened"] > 20
    assert messages["answered"] > 20
    assert min(messages["under_24_hours"], messages["later"], cases["escalated"], cases["other"]) > 0
    assert min(calls[result]["count"] for result in ("answered", "lost", "abandoned")) > 0
    assert {one["purpose"] for one in found["deadlines"]} == {"first_response", "resolution"}
    assert all(sum(one[verdict] for one in found["deadlines"]) for verdict in ("met", "missed"))
    assert sum(one["count"] for one in found["resolution"]) > 0
    for some in (shown(month, *OCTOBER, mailbox=True), shown(month, *OCTOBER, team=True)):
        assert 0 < some["messages"]["received"] < messages["received"]
    assert shown(month, "2026-10-25", "2026-10-25")["load"][6][2] == 3  # a message, and a call each time it was 2:30


def test_what_is_corrected_later_moves_both_alike(month: Month) -> None:
    before = agree(month)
    call = month.call("2026-10-07 12:00", "lost", None)
    month.follow()
    assert agree(month)["calls"]["lost"]["count"] == before["calls"]["lost"]["count"] + 1
    month.call("2026-10-07 12:00", "answered", 90, of=call)
    ticket = Case.objects.filter(type="claim", opened_at__month=10).first()
    assert ticket is not None
    classify(access=month.desk.access, tickets=[ticket.ticket], type="thanks")
    month.follow()
    after = agree(month)
    assert after["calls"]["lost"]["count"] == before["calls"]["lost"]["count"]
    assert after["cases"]["by_type"]["thanks"]["opened"] == 1
    rows = Event.objects.count()
    assert rebuild(organisation=month.desk.access.organisation) > 0
    assert (agree(month), Event.objects.count()) == (after, rows)


def test_an_escalation_that_is_taken_back_leaves_the_figures_as_it_leaves_the_board(month: Month) -> None:
    access, autumn = month.desk.access, ("2026-09-01", "2026-11-30")
    before = shown(month, *autumn)["cases"]
    assert before["escalated_pending"] == board(access).whole.escalated > 0
    pending = Ticket.objects.filter(escalated_at__isnull=False, status__in=OPEN_STATUSES).first()
    assert pending is not None
    escalate(access=access, ticket=pending.id, escalated=False, reason="")
    month.follow()
    after = shown(month, *autumn)["cases"]
    assert after["escalated_pending"] == board(access).whole.escalated == before["escalated_pending"] - 1
    assert after["escalated"] == before["escalated"] - 1
    rebuild(organisation=access.organisation)
    assert shown(month, *autumn)["cases"] == told(month, *autumn)["figures"]["cases"] == after


def test_who_is_in_a_team_follows_its_facts(month: Month) -> None:
    access = month.desk.access
    change_team(access=access, team=month.team, name="Mostrador", members=[])
    month.follow()
    assert [(one.name, one.members) for one in teams_of(access.organisation)] == [("Mostrador", frozenset())]
    dissolve_team(access=access, team=month.team)
    month.follow()
    assert teams_of(access.organisation) == ()
    with pytest.raises(InputError, match="no team called"):
        told(month, *OCTOBER, team=True)


def test_what_was_erased_counts_no_more(month: Month) -> None:
    organisation, now = month.desk.access.organisation, month.desk.now
    month.desk.pass_time("2015-10-05 10:00")
    call = month.call("2015-10-05 09:00")
    month.follow()
    month.desk.now = now
    span = ("2015-10-01", "2015-10-31")
    assert shown(month, *span)["calls"]["all"] == 1
    (old,) = (one for one in due() if one.subject == call)
    erase(organisation=organisation, kind="call", subject=call, reason="Terminó.", citations=citations_of([old]))
    month.follow()
    assert told(month, *span)["figures"] == shown(month, *span)
    assert not Event.objects.filter(subject=call).exists()


def test_too_little_is_known_to_say_when_it_is_quieter(month: Month) -> None:
    assert quiet_hours(month.desk.access.organisation) is None


def test_a_comparison_says_equal_or_names_what_differs(month: Month) -> None:
    access = month.desk.access
    ask_check(access=access, question=question(month, *OCTOBER, team=True))
    assert (check_next(), check_next()) == (1, 0)
    found = last_check(access.organisation)
    assert found is not None
    assert (found.state, found.differs, found.position) == ("equal", (), source().size)
    assert found.facts > 100
    Event.objects.filter(kind="received", at__month=10).delete()
    ask_check(access=access, question=question(month, *OCTOBER))
    check_next()
    found = last_check(access.organisation)
    assert found is not None
    assert found.state == "different"
    assert "messages.received" in {path for path, _, _ in found.differs}


def test_a_case_whose_deadlines_cannot_be_counted_is_counted_as_that(
    month: Month, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = agree(month)
    assert before["deadlines_not_countable"] == 0

    def lost(_organisation: UUID, _digest: str) -> CalendarVersion:
        raise InputError("Custody has no such object.")

    monkeypatch.setattr(derive, "_calendar", lost)
    assert told(month, *OCTOBER)["figures"] != shown(month, *OCTOBER), "the page still shows what it counted"
    rebuild(organisation=month.desk.access.organisation)
    found = agree(month)
    assert found["deadlines"] == []
    assert found["deadlines_not_countable"] > 20


def test_the_ledger_knows_a_mailbox_whatever_its_last_fact_is_of(month: Month) -> None:
    organisation, mailbox = month.desk.access.organisation, uuid4()
    fetched = {"enabled": False, "server": "imap.example:993", "security": "tls", "username": "ana"}
    told_of = {
        "mailbox.made": {"name": "Atención", "address": "Atencion@ribera.example", "enabled": True},
        "mailbox.fetch_changed": {**fetched, "folder": "INBOX", "mark_read": True},
    }
    for type, details in told_of.items():
        with transaction.atomic():
            record(
                FactDraft(
                    organisation=organisation,
                    subject_kind="mailbox",
                    subject_id=mailbox,
                    type=type,
                    actor=Actor(kind="member", id=str(month.desk.access.member)),
                    details=details,
                )
            )
    month.follow()
    asked = {"first": OCTOBER[0], "last": OCTOBER[1], "channel": "", "team": ""}
    found = derived(organisation, MADRID, mailbox="atencion@RIBERA.example", **asked)
    assert found["figures"]["narrowed"]["mailbox"] == str(mailbox)


def test_what_goes_wrong_fails_the_comparison_and_holds_up_none_behind_it(
    month: Month, monkeypatch: pytest.MonkeyPatch
) -> None:
    access = month.desk.access
    wrong = question(month, *OCTOBER)
    ask_check(access=access, question=wrong)
    ask_check(access=access, question=question(month, *OCTOBER, team=True))
    first, second = Check.objects.order_by("asked_at")
    Check.objects.filter(id=first.id).update(question={})
    assert (check_next(), check_next(), check_next()) == (1, 1, 0)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.reason) == ("failed", "Something went wrong inside Acuse.")
    assert second.state == "equal"


def test_a_comparison_knows_the_local_day(month: Month) -> None:
    month.desk.pass_time("2026-12-01 00:30")  # in Madrid; in UTC it is the day before
    ask_check(access=month.desk.access, question=question(month, "2026-12-01", "2026-12-01"))
    check_next()
    found = last_check(month.desk.access.organisation)
    assert found is not None
    assert (found.state, found.reason) == ("equal", "")
