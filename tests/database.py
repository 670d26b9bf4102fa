"""The test run's PostgreSQL: started once, migrated once into a template, cloned for each test."""

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connections

from acuse.config.database import django_settings, migrate
from acuse.embedded.postgres import EmbeddedPostgres
from acuse.embedded.roles import Addresses

TEMPLATE = "acuse_template"
_numbers = itertools.count(1)


def point_django_at(addresses: Addresses) -> None:
    """Make Django's connections, of every thread from now on, use a database."""
    for alias, url in (("default", addresses.application_dsn), ("owner", addresses.owner_dsn)):
        connections[alias].close()
        settings = connections.settings[alias]
        settings.update(django_settings(url), CONN_MAX_AGE=0)
        connections[alias].settings_dict.update(settings)


@contextmanager
def server(directory: Path) -> Iterator[EmbeddedPostgres]:
    """Run a server without durability across power loss, which tests do not need, and a migrated template in it."""
    postgres = EmbeddedPostgres(
        directory, settings={"fsync": "off", "full_page_writes": "off", "max_connections": "200"}
    )
    postgres.start()
    try:
        point_django_at(postgres.create_database(TEMPLATE))
        migrate()
        connections.close_all()
        yield postgres
    finally:
        postgres.stop()


@contextmanager
def clone(postgres: EmbeddedPostgres) -> Iterator[Addresses]:
    """Give one test a database of its own, cloned from the template; no row survives it."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    addresses = postgres.create_database(name, template=TEMPLATE)
    point_django_at(addresses)
    try:
        yield addresses
    finally:
        connections.close_all()
        postgres.drop_database(name)
