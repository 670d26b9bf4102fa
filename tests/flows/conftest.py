"""What the flow tests share."""

from collections.abc import Iterator

import pytest

from tests.flows.installation import Installation, installation


@pytest.fixture(scope="package")
def shared() -> Iterator[Installation]:
    """An installation for the tests that leave it as they find it: to start one takes long."""
    with installation(ACUSE_RETRY_FOR="PT40S") as started:
        yield started
