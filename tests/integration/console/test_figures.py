"""The page of figures: every number is that of the list it opens, and only of one's own organisation."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from acuse import clock
from acuse.accounts.models import User
from acuse.accounts.queries import Access, access_organisation
from acuse.delivery import queries
from acuse.delivery.models import Attempt, Communication, Submission
from acuse.delivery.queries import RESULTS, figures
from acuse.proof.verdicts.delivery import OUTCOMES
from tests.browser import samples
from tests.browser.world import World

PAGE = "/console/talleres-ribera/figures/"
LIST = "/console/talleres-ribera/communications/"
LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)


def read(client: Client, query: str = "", *, zone: str = "Europe/Madrid") -> str:
    """The page in English."""
    User.objects.update(language="en", time_zone=zone)
    answer = client.get(f"{PAGE}{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def numbers(page: str) -> set[tuple[str, int]]:
    """Every link to the list, with the number that it bears."""
    body = page[page.index("<main") : page.index("</main")]
    found = re.findall(rf'<a[^>]*href="({re.escape(LIST)}\?[^"]+)"[^>]*>(.*?)</a>', body)
    plain = [(unescape(address), re.sub(r"<title>.*?</title>|<[^>]+>|:.*", " ", text)) for address, text in found]
    return {(address, int(text.split()[-1])) for address, text in plain if text.split()}


def listed(client: Client, address: str) -> int:
    """How many communications a list has; they fit on a page."""
    answer = client.get(address, follow=True)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "after=" not in page
    return page.count("<tr data-row")


def spread(days: int) -> None:
    """Give communications days of their own, and messages sizes of each class."""
    for number, row in enumerate(Communication.objects.order_by("id")):
        created = row.created_at - timedelta(days=number % days, hours=number % 5)
        Communication.objects.filter(id=row.id).update(created_at=created)
    for number, submission in enumerate(Submission.objects.order_by("id")):
        Submission.objects.filter(id=submission.id).update(size=queries.SIZES[number % len(queries.SIZES)])


def owner() -> Access:
    """The access of the owner of Talleres Ribera."""
    return access_organisation(user=User.objects.get(email="m.ribera@ribera.example"), slug="talleres-ribera")


@pytest.mark.parametrize(
    ("query", "zone"), [("", "Europe/Madrid"), ("?days=7", "Pacific/Auckland"), ("?days=365", "America/Los_Angeles")]
)
def test_every_number_is_that_of_the_list_it_opens(member: Client, world: World, query: str, zone: str) -> None:
    taken = world.communications["cliente0877@correo.example"]
    samples.come_back(world.organisation, taken, "bounce.received", samples.BOUNCE)
    spread(days=6)
    page = read(member, query, zone=zone)
    found = numbers(page)
    whole = Communication.objects.filter(organisation_id=world.organisation).count()
    assert len(found) > 20
    assert max(count for _address, count in found) == whole
    for part in ("result=", "size=", "domain=", "class="):
        assert any(part in address for address, _count in found), part
    wrong = {address: (count, listed(member, address)) for address, count in found}
    assert {address: both for address, both in wrong.items() if both[0] != both[1]} == {}


def test_whatever_came_of_a_communication_is_one_result(world: World) -> None:
    row = Communication.objects.filter(organisation_id=world.organisation).first()
    assert row is not None
    for outcome in OUTCOMES:
        for status in Communication.Status.values:
            Communication.objects.filter(id=row.id).update(status=status, outcome=outcome)
            fitting = [name for name, of in RESULTS.items() if Communication.objects.filter(of, id=row.id).exists()]
            assert len(fitting) == 1, (status, outcome)


def test_days_begin_at_midnight_where_the_reader_is(world: World) -> None:
    Communication.objects.update(created_at=datetime(2026, 10, 24, 22, 30, tzinfo=UTC))

    def days(zone: str) -> set[str]:
        counts = queries.counts_by_day(owner(), since=LONG_AGO, zone=ZoneInfo(zone))
        return {one.day.isoformat() for one in counts}

    assert days("Europe/Madrid") == {"2026-10-25"}
    assert days("UTC") == {"2026-10-24"}


def test_a_domain_says_what_was_accepted_and_how_long_it_usually_took(member: Client, world: World) -> None:
    accepted = Communication.objects.filter(
        RESULTS["accepted"], organisation_id=world.organisation, domain="correo.example"
    )
    waits = {}
    for number, row in enumerate(accepted.order_by("id")):
        waits[row.id] = timedelta(seconds=10 * 4**number)
        Attempt.objects.filter(communication=row, result="relayed").update(closed_at=row.created_at + waits[row.id])
    lost = Communication.objects.filter(organisation_id=world.organisation).exclude(failure_class="")
    Attempt.objects.filter(communication__in=lost).update(closed_at=clock.now() + timedelta(days=9))
    found = queries.domain_health(owner(), since=LONG_AGO)
    health = {one.domain: one for one in found.shown}
    assert found.every == len(found.shown) == 4
    assert found.shown[0].domain == "correo.example"
    assert health["correo.example"].median == sorted(waits.values())[1] == timedelta(seconds=40)
    assert len(waits) == 3
    assert health["buzon.example"].median is None
    assert health["buzon.example"].results == {"failed": 1}
    assert health["correo.example"].results == {"accepted": 3, "waiting": 3, "failed": 1}
    assert health["correo.example"].sent == 7
    page = read(member)
    row = page[page.index('<th scope="row" class="break">correo.example') :]
    assert "42.9%" in row[: row.index("</tr>")]
    assert "40.0\u00a0s" in row[: row.index("</tr>")]


def test_only_the_domains_with_most_are_shown_and_how_many_there_are_is_said(
    member: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "MOST_DOMAINS", 2)
    page = read(member)
    assert page.count('<th scope="row" class="break">') == 2
    assert "The 2 with most, of 4." in page


def test_what_the_outgoing_server_took_is_told_apart(member: Client, world: World) -> None:
    Communication.objects.filter(outcome="relayed").update(outcome="handed", grade=0)
    page = read(member)
    assert "Handed to the sender&#x27;s outgoing server" in page
    counts = queries.counts_by_day(
        owner(),
        since=LONG_AGO,
        zone=UTC,
    )
    assert "accepted" not in {one.result for one in counts}


def test_the_term_is_kept_and_an_empty_one_says_so(member: Client, world: World) -> None:
    Communication.objects.update(created_at=clock.now() - timedelta(days=100))
    assert "Nothing was sent in this term." in read(member)
    page = read(member, "?days=365")
    assert 'href="?days=365" aria-current="true"' in page
    assert "By week and result" in page
    assert 'href="?days=30" aria-current="true"' in read(member, "?days=31")


def test_another_organisation_sees_its_own_alone(world: World) -> None:
    guest = Client()
    guest.force_login(User.objects.get(email="otra@norte.example"))
    assert guest.get(PAGE).status_code == 404
    User.objects.update(language="en")
    page = guest.get("/console/flota-norte/figures/").content.decode()
    assert "1 communication in the last 30 days" in page
    assert "buzon.example" not in page
    assert page.count('<th scope="row" class="break">') == 1


@pytest.mark.parametrize(
    "query",
    [
        "days=2026-11-01..",
        "days=2026-11-02..2026-11-01",
        "days=0001-01-01..0001-01-02",
        "days=2026-11-01..9999-12-31",
        "days=2026-13-01..2026-13-02",
        "days=a..b..c",
        "size=3",
        "size=" + "9" * 5000,
        "result=everything",
    ],
)
def test_a_list_is_narrowed_by_nothing_that_it_does_not_understand(member: Client, world: World, query: str) -> None:
    User.objects.update(language="en")
    every = Communication.objects.filter(organisation_id=world.organisation).count()
    assert listed(member, f"{LIST}?{query}") == every


def test_the_list_says_what_it_is_narrowed_to_and_keeps_it(member: Client, world: World) -> None:
    User.objects.update(language="en")
    newest = Communication.objects.filter(organisation_id=world.organisation).latest("created_at").created_at
    today = f"{newest.astimezone(ZoneInfo('Europe/Madrid')):%Y-%m-%d}"
    query = f"?result=failed&domain=correo.example&size=0&days={today}..{today}"
    page = member.get(f"{LIST}{query}").content.decode()
    for name, words in (("result", "Not delivered"), ("domain", "correo.example"), ("size", "less than 10\u00a0KB")):
        assert re.search(
            rf'<select name="{name}"[^>]*><option value="">all</option><option[^>]*selected>{words}<', page
        )
    assert f'<option value="{today}..{today}" selected>' in page
    tabs = re.findall(r'href="(\?status=[^"]+)"', page)
    assert tabs
    assert all(f"days={today}..{today}&amp;" not in one or "result=failed" in one for one in tabs)
    empty = member.get(f"{LIST}{query.replace('size=0', 'size=10000000')}").content.decode()
    assert "Not delivered, correo.example, 10\u00a0MB or more, " in empty
