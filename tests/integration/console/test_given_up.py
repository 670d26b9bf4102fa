"""The tab of tries says when and why Acuse stopped trying."""

from datetime import timedelta
from html import unescape
from uuid import UUID

import pytest
from django.test import Client

from acuse.accounts.models import User
from acuse.channels.base import Outcome
from acuse.delivery import rules
from tests.browser import samples
from tests.browser.world import World
from tests.integration.making import DEFERRED, NO_DOMAIN, REFUSED, UNKNOWN, attempt

ONE_TRY = rules.Schedule(scale=1.0, limit=timedelta(minutes=4))
TWO_TRIES = rules.Schedule(scale=1.0, limit=timedelta(minutes=6))
GIVEN_UP = "Delivery was given up on "
NO_TIME = "The time for which Acuse tries would have been over before another try."


def sent(world: World) -> UUID:
    """A communication that nothing was tried for."""
    value = samples.credential_again(world.organisation)
    return samples.send(value, samples.message("ana@cliente.example", "Aviso"), recipient="ana@cliente.example")


def tries(client: Client, one: UUID) -> str:
    """The tab of tries in English."""
    User.objects.update(language="en")
    answer = client.get(f"/console/talleres-ribera/communications/{one}/?tab=attempts")
    return unescape(answer.content.decode())


@pytest.mark.parametrize(
    ("last", "said"),
    [
        (DEFERRED, ("Not delivered.", NO_TIME)),
        (UNKNOWN, ("The last try had no answer.", NO_TIME)),
        (NO_DOMAIN, ("Not delivered: the domain does not exist.", NO_DOMAIN.reason)),
    ],
)
def test_it_says_when_and_why(member: Client, world: World, last: Outcome, said: tuple[str, str]) -> None:
    one = sent(world)
    attempt(one, last, ONE_TRY)
    page = tries(member, one)
    assert page.count(GIVEN_UP) == 1
    for sentence in said:
        assert sentence in page.partition(GIVEN_UP)[2]


@pytest.mark.parametrize("last", [DEFERRED, UNKNOWN, REFUSED])
def test_nothing_is_said_where_it_goes_on_or_a_server_decided(member: Client, world: World, last: Outcome) -> None:
    one = sent(world)
    attempt(one, last, TWO_TRIES)
    assert GIVEN_UP not in tries(member, one)
