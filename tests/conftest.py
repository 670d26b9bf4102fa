"""Fixtures that every kind of test may use."""

from collections.abc import Generator, Iterator
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings
from pytest_django.plugin import DjangoDbBlocker

from acuse.embedded.postgres import EmbeddedPostgres
from acuse.embedded.roles import Addresses
from tests import database as databases
from tests.browser import world as worlds
from tests.browser.world import World
from tests.environment import DIRECTORY

# The same examples in every run, and no test that fails because a machine is slow; `--hypothesis-profile=explore`
# looks for new ones.
hypothesis.settings.register_profile("same", derandomize=True, deadline=None)
hypothesis.settings.register_profile("explore", deadline=None)
hypothesis.settings.load_profile("same")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Write lone surrogates in what a test printed as escapes: reports travel between processes as UTF-8."""
    report = yield
    report.sections = [(name, _encodable(text)) for name, text in report.sections]
    if report.failed and _encodable(report.longreprtext) != report.longreprtext:
        report.longrepr = _encodable(report.longreprtext)
    return report


def _encodable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


@pytest.fixture(scope="session")
def postgres(django_db_blocker: DjangoDbBlocker) -> Iterator[EmbeddedPostgres]:
    """The session's PostgreSQL server with a migrated template database."""
    with django_db_blocker.unblock(), databases.server(DIRECTORY / "postgres") as running:
        yield running


@pytest.fixture
def database(
    postgres: EmbeddedPostgres, django_db_blocker: DjangoDbBlocker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Addresses]:
    """A database and a custody directory of this test's own."""
    own = settings.ACUSE.model_copy(update={"data_directory": tmp_path})
    monkeypatch.setattr(settings, "ACUSE", own)
    with django_db_blocker.unblock(), databases.clone(postgres) as addresses:
        yield addresses


@pytest.fixture(scope="session")
def built_world(
    postgres: EmbeddedPostgres, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> World:
    """The world of the web tests, made once."""
    with django_db_blocker.unblock():
        return worlds.build(postgres, tmp_path_factory.mktemp("world"))


@pytest.fixture
def world(
    built_world: World, postgres: EmbeddedPostgres, django_db_blocker: DjangoDbBlocker, tmp_path: Path
) -> Iterator[World]:
    """The world, for one test alone."""
    with django_db_blocker.unblock(), worlds.clone(postgres, built_world, tmp_path):
        yield built_world
