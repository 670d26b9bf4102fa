"""A ledger to record into, and its sequencer."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from acuse.config.database import conninfo
from acuse.embedded.roles import Addresses
from acuse.evidence.ledger import FactDraft
from acuse.evidence.sequencer import Sequencer
from acuse.proof.checkpoint import SigningKey
from acuse.proof.facts.fact import Actor

ORGANISATION = uuid4()


@pytest.fixture
def sequencer(database: Addresses) -> Iterator[Sequencer]:
    """A sequencer that leads; its ticks are called by the test."""
    running = Sequencer(conninfo=conninfo(), key=SigningKey.generate("acuse.example/test"))
    assert running.lead()
    yield running
    running.resign()


def login(member: object = None, organisation: object = ORGANISATION) -> FactDraft:
    """A small valid fact."""
    return FactDraft(
        organisation=organisation,  # type: ignore[arg-type]
        subject_kind="member",
        subject_id=member or uuid4(),  # type: ignore[arg-type]
        type="member.logged_in",
        actor=Actor(kind="member", id="m"),
        details={},
    )
