"""A worker's right to claim and its threads, as the loops of delivery have them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from django.db import connections

from acuse.accounts.values import SmtpCredentialValue
from acuse.config.database import conninfo
from acuse.delivery.jobs.dispatch import Dispatcher
from acuse.embedded.roles import Addresses
from acuse.evidence.leases import Holder
from tests.integration.making import credential


@pytest.fixture
def value(database: Addresses) -> SmtpCredentialValue:
    return credential()


@pytest.fixture
def holder(database: Addresses) -> Iterator[Holder]:
    made = Holder(conninfo=conninfo())
    made.show_life()
    yield made
    made.release()


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[ThreadPoolExecutor]:
    """Threads that close their connections after each message."""
    real = Dispatcher._send

    def send(self: Dispatcher, communication: UUID, domain: str) -> None:
        try:
            real(self, communication, domain)
        finally:
            connections.close_all()

    monkeypatch.setattr(Dispatcher, "_send", send)
    with ThreadPoolExecutor(16) as made:
        yield made
