"""An organisation with its members, and what is asked of its register."""

from collections.abc import Callable
from uuid import UUID

import pytest

from acuse.accounts import services as accounts
from acuse.accounts.models import User
from acuse.accounts.queries import Access, access_organisation
from acuse.contacts import services
from acuse.contacts.rules import Card
from acuse.embedded.roles import Addresses
from acuse.evidence.queries import facts_of
from acuse.proof.facts.fact import Fact

SLUG = "talleres-ribera"
Entering = Callable[..., UUID]


def access_of(organisation: UUID, role: str, *, slug: str = SLUG) -> Access:
    """The access of a new member."""
    email = f"{role}@{slug}.example"
    accounts.create_user(email=email, password=None)
    accounts.add_member(organisation=organisation, email=email, role=role)
    return access_organisation(user=User.objects.get(email=email), slug=slug)


@pytest.fixture
def organisation(database: Addresses) -> UUID:
    return accounts.create_organisation(name="Talleres Ribera", slug=SLUG).id


@pytest.fixture
def access(organisation: UUID) -> Access:
    return access_of(organisation, "owner")


@pytest.fixture
def entered(access: Access) -> Entering:
    """Enters a contact: ``entered("Ana", "ana@x.example", "600 111 222")``."""

    def enter(name: str, *addresses: str, **card: str) -> UUID:
        given = [("email" if "@" in one else "phone", one) for one in addresses]
        return services.make_contact(access=access, card=Card(name=name, **card), addresses=given)

    return enter


def facts(organisation: UUID, contact: UUID) -> list[Fact]:
    """The facts about a contact."""
    return [item.fact for item in facts_of(organisation=organisation, kind="contact", id=contact)]


def types(organisation: UUID, contact: UUID) -> list[str]:
    """What the facts about a contact are."""
    return [fact.type for fact in facts(organisation, contact)]
