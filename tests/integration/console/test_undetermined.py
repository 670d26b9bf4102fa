"""A communication whose last try had no answer: what its page, the list and the page of failures say of it."""

import re
from datetime import timedelta
from html import unescape
from uuid import UUID

import pytest
from django.test import Client

from acuse.accounts.models import User
from acuse.delivery import rules
from tests.browser import samples
from tests.browser.world import World
from tests.integration.making import UNKNOWN, attempt

BASE = "/console/talleres-ribera"
ONE_TRY = rules.Schedule(scale=1.0, limit=timedelta(minutes=4))


@pytest.fixture
def lost(world: World) -> UUID:
    """A communication that was sent whole, never answered, and is not tried any more."""
    value = samples.credential_again(world.organisation)
    raw = samples.message("portal@cortasiempre.example", "Aviso")
    sent = samples.send(value, raw, recipient="portal@cortasiempre.example")
    attempt(sent, UNKNOWN, ONE_TRY)
    return sent


def read(client: Client, path: str) -> str:
    """A page in English."""
    User.objects.update(language="en")
    answer = client.get(f"{BASE}/{path}")
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def tabs(page: str) -> dict[str, int]:
    """The tabs of the list, with their counts."""
    nav = page[page.index('class="tabs-line"') :].partition("</nav>")[0]
    return {word.strip(): int(count) for word, count in re.findall(r">([^<>]+) <span>(\d+)</span>", nav)}


@pytest.mark.parametrize("tab", ["facts", "attempts"])
def test_nothing_is_said_to_follow(member: Client, lost: UUID, tab: str) -> None:
    page = read(member, f"communications/{lost}/?tab={tab}")
    assert "It was the last try: nothing more is sent." in page
    for untrue in ("is sent again", "The answer of the server is awaited", "told of the failure"):
        assert untrue not in page


def test_the_page_says_what_follows_by_itself(member: Client, lost: UUID) -> None:
    assert "The certificate follows by itself" in read(member, f"communications/{lost}/")


def test_it_is_told_apart_from_failures_and_both_pages_count_alike(member: Client, world: World, lost: UUID) -> None:
    page = read(member, "failures/")
    failed = re.search(r"(\d+) not delivered in the last", page)
    assert failed
    assert "1 more ended undetermined and is not counted here." in page
    counted = tabs(read(member, "communications/"))
    assert (counted["Failed"], counted["Undetermined"]) == (int(failed[1]), 1)
    shown = read(member, "communications/?result=undetermined")
    assert re.findall(r'data-open href="[^"]+">([^<]+)</a>', shown) == ["portal@cortasiempre.example"]
    assert "portal@cortasiempre.example" not in read(member, "communications/?result=failed")


def test_there_is_no_tab_for_what_is_not_there(member: Client, world: World) -> None:
    assert "Undetermined" not in tabs(read(member, "communications/"))
