"""The month that the demo plays: real cases by the real services, on a clock that is given back."""

import itertools
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from acuse import clock
from acuse.accounts import services
from acuse.accounts.queries import Access, access_organisation
from acuse.config.cli.demo_desk import set_up
from acuse.config.cli.demo_month import Desk, play, played
from acuse.embedded.roles import Addresses
from acuse.evidence.queries import facts_of
from acuse.helpdesk.models import Article, Call, Outgoing, Ticket
from acuse.helpdesk.queries.board import board
from acuse.helpdesk.queries.deadlines import deadlines_of
from acuse.helpdesk.queries.teams import teams

DIRECTORY = Path(__file__).parent.parent.parent.parent / "examples" / "desk"
SLUG = "talleres-ribera"


def member(organisation: object, role: str) -> Access:
    """A member of the demo's organisation."""
    user = services.create_user(email=f"{role}@talleres-ribera.example", password=None, name=role.title())
    services.add_member(organisation=organisation, email=user.email, role=role)  # type: ignore[arg-type]
    return access_organisation(user=user, slug=SLUG)


@pytest.mark.parametrize(
    ("end", "open_cases"),
    [(datetime(2026, 9, 17, 10, tzinfo=UTC), 5), (datetime(2026, 9, 20, 22, 5, tzinfo=UTC), 4)],
    ids=["thursday-noon", "monday-midnight"],
)
def test_a_month_is_played_and_the_clock_given_back(
    database: Addresses, monkeypatch: pytest.MonkeyPatch, end: datetime, open_cases: int
) -> None:
    monkeypatch.setattr(clock, "now", lambda: end)
    made = services.create_organisation(name="Talleres Ribera", slug=SLUG)
    services.add_sender_identity(organisation=made.id, pattern="@talleres-ribera.example")
    owner, reception, workshop = (member(made.id, role) for role in ("owner", "administrator", "agent"))
    true, began = clock.now, clock.now()
    with played() as player:
        desk = Desk(owner=owner, reception=reception, workshop=workshop, line=set_up(owner, DIRECTORY))
        count = play(player, desk, DIRECTORY)
    assert clock.now is true
    assert count == Ticket.objects.count() >= 28
    statuses = Counter(Ticket.objects.values_list("status", flat=True))
    assert statuses["resolved"] >= 4
    assert statuses["open"] >= open_cases
    assert {"email", "form", "phone"} == set(Ticket.objects.values_list("channel", flat=True))
    assert Ticket.objects.filter(missed__gt=0).exists(), "a month without a missed deadline is no month"
    assert Ticket.objects.filter(opened_at__lt=began - timedelta(days=20)).count() > 5
    assert not Outgoing.objects.filter(state__in=("waiting", "failed")).exists()
    assert Call.objects.count() > 200
    assert Article.objects.filter(version=1).count() == 6
    assert all(board(owner, team=one.id).whole.open for one in teams(owner)), "each team has something before it"
    assert len(teams(owner)) == 2
    receipts = Outgoing.objects.filter(act="receipt").select_related("ticket")
    assert len(receipts) == count
    assert all(one.created_at - one.ticket.opened_at < timedelta(minutes=1) for one in receipts)
    first = Ticket.objects.order_by("opened_at")[0]
    facts = [found.fact for found in facts_of(organisation=made.id, kind="ticket", id=first.id)]
    sent = [fact.recorded_at for fact in facts if fact.type == "reply.sent"]
    assert sent[0] - facts[0].recorded_at < timedelta(minutes=1), "the receipt leaves at once"
    assert all(earlier.recorded_at <= later.recorded_at for earlier, later in itertools.pairwise(facts))
    assert facts[-1].recorded_at <= clock.now()
    told = {ticket: deadlines_of(owner, ticket) for ticket in Ticket.objects.values_list("id", flat=True)}
    assert any(one.views for one in told.values())
    assert {ticket: one.wrong for ticket, one in told.items() if one.wrong} == {}, (
        "no fact of a deadline is contradicted"
    )
