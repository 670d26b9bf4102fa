"""An organisation that shows public pages, and who visits them."""

from collections.abc import Iterator

import pytest
from django.test import Client

from acuse.config.database import conninfo
from acuse.embedded.roles import Addresses
from acuse.evidence.sequencer import Sequencer
from acuse.helpdesk.services.portal import change_portal
from acuse.proof.checkpoint import SigningKey
from tests.integration.helpdesk import making
from tests.integration.helpdesk.making import Desk


@pytest.fixture
def desk(database: Addresses) -> Iterator[Desk]:
    """A desk whose public pages are on, with the form."""
    sequencer = Sequencer(conninfo=conninfo(), key=SigningKey.generate("acuse.example/test"))
    assert sequencer.lead()
    made = making.desk(sequencer)
    change_portal(access=made.owner, portal_enabled=True, form_enabled=True, form_mailbox=made.mailbox, data_policy="")
    yield made
    sequencer.resign()


@pytest.fixture
def visitor() -> Client:
    """Somebody whose browser speaks Spanish."""
    return Client(headers={"accept-language": "es"})
