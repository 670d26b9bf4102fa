"""Members who look at the world of the web tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from acuse.accounts.models import User
from acuse.embedded.postgres import EmbeddedPostgres
from tests.browser import world as worlds
from tests.browser.world import World


@pytest.fixture(scope="session")
def built_world(
    postgres: EmbeddedPostgres, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> World:
    """The world, made once."""
    with django_db_blocker.unblock():
        return worlds.build(postgres, tmp_path_factory.mktemp("world"))


@pytest.fixture
def world(
    built_world: World, postgres: EmbeddedPostgres, django_db_blocker: DjangoDbBlocker, tmp_path: Path
) -> Iterator[World]:
    """The world, for one test alone."""
    with django_db_blocker.unblock(), worlds.clone(postgres, built_world, tmp_path):
        yield built_world


@pytest.fixture
def member(world: World) -> Client:
    """The owner of Talleres Ribera, signed in."""
    client = Client()
    client.force_login(User.objects.get(email="m.ribera@ribera.example"))
    return client
