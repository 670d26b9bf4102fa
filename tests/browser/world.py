"""The world of the web tests, built once for the session into a database that each test clones."""

import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connections

from acuse.config.database import conninfo
from acuse.embedded.postgres import EmbeddedPostgres
from acuse.evidence.sequencer import Sequencer
from acuse.proof.checkpoint import SigningKey
from tests import database as databases
from tests.browser import samples

NAME = "acuse_world"
_numbers = itertools.count(1)


@dataclass(frozen=True, kw_only=True)
class World:
    """Two organisations that know nothing of each other.

    Attributes:
        communications: recipient to identifier, of the first organisation.
        foreign: a communication of the second one.
        directory: holds the custody of both.
        key: of its ledger, for tests that let it go on.
    """

    organisation: UUID
    communications: dict[str, UUID]
    foreign: UUID
    directory: Path
    key: SigningKey


def build(postgres: EmbeddedPostgres, directory: Path) -> World:
    """Make the world: Talleres Ribera with every sample, Flota Norte with one communication, all of it integrated.

    Args:
        postgres: the session's server.
        directory: for the custody of a new world.
    """
    databases.point_django_at(postgres.create_database(NAME, template=databases.TEMPLATE))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "ACUSE", settings.ACUSE.model_copy(update={"data_directory": directory}))
        first = samples.organisation()
        communications = samples.everything(first)
        second = samples.organisation(name="Flota Norte", slug="flota-norte", email="otra@norte.example")
        raw = samples.message("ajena@correo.example", "Ajena")
        value = samples.credential(second)
        foreign = samples.send(value, raw, recipient="ajena@correo.example", outcomes=(samples.RELAYED,))
        key = SigningKey.generate("acuse.example/test")
        sequencer = Sequencer(conninfo=conninfo(), key=key)
        assert sequencer.lead()
        while sequencer.tick():
            pass
        sequencer.resign()
    connections.close_all()
    return World(organisation=first, communications=communications, foreign=foreign, directory=directory, key=key)


@contextmanager
def clone(postgres: EmbeddedPostgres, world: World, directory: Path) -> Iterator[None]:
    """Give one test the world for itself: a database cloned from it and a custody of its own."""
    name = f"world_{os.getpid()}_{next(_numbers)}"
    databases.point_django_at(postgres.create_database(name, template=NAME))
    shutil.copytree(world.directory, directory, dirs_exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "ACUSE", settings.ACUSE.model_copy(update={"data_directory": directory}))
        try:
            yield
        finally:
            connections.close_all()
            postgres.drop_database(name)
