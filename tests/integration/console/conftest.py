"""Members who look at the world of the web tests."""

import pytest
from django.test import Client

from acuse.accounts.models import User
from tests.browser.world import World


@pytest.fixture
def member(world: World) -> Client:
    """The owner of Talleres Ribera, signed in."""
    client = Client()
    client.force_login(User.objects.get(email="m.ribera@ribera.example"))
    return client
