"""Whoever writes becomes one contact, however many messages come at once."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from django.db import connection, connections, transaction

from acuse.accounts import services as accounts
from acuse.contacts.models import Address, Contact
from acuse.contacts.services import find_or_make
from acuse.errors import InputError
from acuse.evidence.queries import facts_of
from acuse.proof.facts.fact import Actor
from tests.integration.contacts.conftest import types
from tests.integration.contacts.waiting import until_waiting

MAIL = Actor(kind="component", id="intake")


def found(organisation: UUID, value: str, *, channel: str = "email", name: str = "", basis: str = "wrote_from") -> UUID:
    return find_or_make(
        organisation=organisation, channel=channel, value=value, name=name, language="es", basis=basis, actor=MAIL
    )


def test_the_first_message_makes_a_contact_and_the_second_finds_it(organisation: UUID) -> None:
    with transaction.atomic():
        first = found(organisation, "Ana@Cliente.example", name="Ana  García\n")
    with transaction.atomic():
        assert found(organisation, "ana@cliente.example", name="Somebody else") == first
    row = Contact.objects.get()
    assert (row.id, row.name, row.language) == (first, "Ana García", "es")
    assert types(organisation, first) == ["contact.made", "address.added"]


def test_no_fact_says_the_address_in_clear(organisation: UUID) -> None:
    with transaction.atomic():
        one = found(organisation, "ana@cliente.example", name="Ana García")
    for item in facts_of(organisation=organisation, kind="contact", id=one):
        assert b"cliente.example" not in item.fact.canonical()
        assert "García".encode() not in item.fact.canonical()


def test_a_better_reason_confirms_an_address_and_a_weaker_one_changes_nothing(organisation: UUID) -> None:
    for basis in ("wrote_from", "stated", "code_confirmed", "form_checked"):
        with transaction.atomic():
            one = found(organisation, "ana@cliente.example", basis=basis)
    assert types(organisation, one) == ["contact.made", "address.added", "address.confirmed"]
    assert Address.objects.get().basis == "code_confirmed"


def test_one_address_is_another_contact_s_in_another_organisation(organisation: UUID) -> None:
    other = accounts.create_organisation(name="Otra", slug="otra").id
    with transaction.atomic():
        assert found(organisation, "ana@cliente.example") != found(other, "ana@cliente.example")


def test_two_messages_at_once_from_a_new_address_make_one_contact(organisation: UUID) -> None:
    def second() -> UUID:
        try:
            with transaction.atomic():
                return found(organisation, "600 111 222", channel="phone")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            first = found(organisation, "+34 600 111 222", channel="phone")
            late = pool.submit(second)
            until_waiting(late)
        assert late.result(20) == first
    assert Contact.objects.count() == 1
    assert types(organisation, first) == ["contact.made", "address.added"]


def test_where_the_first_is_undone_the_second_makes_the_contact(organisation: UUID) -> None:
    with transaction.atomic():
        found(organisation, "ana@cliente.example")
        transaction.set_rollback(True)
    assert not Address.objects.exists()
    with transaction.atomic():
        assert found(organisation, "ana@cliente.example") == Contact.objects.get().id


def test_what_is_no_address_makes_nothing(organisation: UUID) -> None:
    for channel, value in (("email", "ana"), ("phone", "12"), ("postal", "C/ Mayor, 1")):
        with pytest.raises(InputError), transaction.atomic():
            found(organisation, value, channel=channel)
    assert connection.in_atomic_block is False
    assert not Contact.objects.exists()
