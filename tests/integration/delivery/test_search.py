"""Searching the list: the same page, whether few rows match and are found by their ids, or many."""

import itertools
from uuid import uuid4

import pytest

from acuse.accounts.queries import Access, organisation_view
from acuse.accounts.values import SmtpCredentialValue
from acuse.delivery.queries import Filters, communications
from acuse.delivery.services import accept_message
from acuse.embedded.roles import Addresses
from acuse.evidence import fulltext
from tests.integration.making import credential, envelope, message


@pytest.fixture
def value(database: Addresses) -> SmtpCredentialValue:
    return credential()


def member(value: SmtpCredentialValue) -> Access:
    view = organisation_view(value.organisation)
    return Access(user=uuid4(), member=uuid4(), role="agent", organisation=value.organisation, view=view)


@pytest.mark.parametrize("search", ["cliente.example", "ana", "carla@otro.example", "nobody"])
def test_few_and_many_are_found_alike_wherever_they_are(
    value: SmtpCredentialValue, monkeypatch: pytest.MonkeyPatch, search: str
) -> None:
    addresses = ["ana@cliente.example", "berta@cliente.example", "carla@otro.example"]
    for address in addresses:
        accept_message(credential=value, envelope=envelope(address), raw=message())
    wanted = {
        "cliente.example": ["berta@cliente.example", "ana@cliente.example"],
        "ana": ["ana@cliente.example"],
        "carla@otro.example": ["carla@otro.example"],
    }.get(search, [])
    for newest, few, limit in itertools.product((1, 2, 500), (0, 1, 500), (1, 50)):
        monkeypatch.setattr(fulltext, "_NEWEST", newest)
        monkeypatch.setattr(fulltext, "_FEW", few)
        page = communications(member(value), filters=Filters(search=search), limit=limit)
        assert [row.recipient for row in page.rows] == wanted[:limit]
        assert bool(page.older) == (len(wanted) > limit)


@pytest.mark.parametrize("newest", [1, 2, 500])
def test_the_next_page_of_a_search_goes_on_where_the_first_ended(
    value: SmtpCredentialValue, monkeypatch: pytest.MonkeyPatch, newest: int
) -> None:
    for number in range(3):
        accept_message(credential=value, envelope=envelope(f"c{number}@cliente.example"), raw=message())
    access, filters = member(value), Filters(search="cliente.example")
    monkeypatch.setattr(fulltext, "_NEWEST", newest)
    first = communications(access, filters=filters, limit=2)
    rest = communications(access, filters=filters, cursor=first.older)
    assert [row.recipient for row in (*first.rows, *rest.rows)] == [f"c{n}@cliente.example" for n in (2, 1, 0)]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("garantia", {"elena", "taller"}),
        ("GARANTÍA", {"elena", "taller"}),
        ("resguardo deposito", {"taller"}),
        ("marin", {"elena"}),
        ("marín", {"elena"}),
        ("marin@olm", {"elena"}),
        ("elena.marin@olmedo.example", {"elena"}),
        ("olmedo", {"elena"}),
        ("olmedo.example", {"elena"}),
        ("@olmedo.example", {"elena"}),
        ("olmedo.exam", {"elena"}),
        ("f-2026/31", {"taller"}),
        ("31", {"taller"}),
        ("(resguardo)", {"taller"}),
        ("o'neil", {"oneil"}),
        ("iglesias olmedo", set()),
        ("avisos", {"elena", "taller", "oneil"}),
        ("arin", set()),
        ("...", set()),
        ("\\' | & ! :* (", set()),
    ],
)
def test_words_are_found_without_accents_and_inside_addresses(
    value: SmtpCredentialValue, search: str, found: set[str]
) -> None:
    sent = {
        "elena": ("elena.marin@olmedo.example", "Extensión de garantía"),
        "taller": ("taller@iglesias.example", "Garantia: resguardo de depósito F-2026/318"),
        "oneil": ("o'neil@x.example", "Cita"),
    }
    for address, subject in sent.values():
        accept_message(credential=value, envelope=envelope(address), raw=message(subject=subject))
    rows = communications(member(value), filters=Filters(search=search)).rows
    assert {name for name, (address, _) in sent.items() if address in {row.recipient for row in rows}} == found


def test_an_address_is_filtered_exactly_whatever_its_signs(value: SmtpCredentialValue) -> None:
    addresses = ["o'neil@x.example", "neil@x.example", "josé@x.example"]
    for address in addresses:
        accept_message(credential=value, envelope=envelope(address, smtputf8=not address.isascii()), raw=message())
    for address in addresses:
        rows = communications(member(value), filters=Filters(recipient=address.upper())).rows
        assert [row.recipient for row in rows] == [address]
