"""A desk whose ledger goes on when the test says so."""

from collections.abc import Iterator

import pytest

from acuse.config.database import conninfo
from acuse.embedded.roles import Addresses
from acuse.evidence.sequencer import Sequencer
from acuse.proof.checkpoint import SigningKey
from tests.integration.helpdesk import making
from tests.integration.helpdesk.making import Desk


@pytest.fixture
def desk(database: Addresses) -> Iterator[Desk]:
    sequencer = Sequencer(conninfo=conninfo(), key=SigningKey.generate("acuse.example/test"))
    assert sequencer.lead()
    yield making.desk(sequencer)
    sequencer.resign()
