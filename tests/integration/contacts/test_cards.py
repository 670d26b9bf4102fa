"""Entering a contact by hand, changing it, its addresses: each with its fact, for those who may."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from django.db import connections, transaction

from acuse.accounts.queries import Access
from acuse.contacts import queries, services
from acuse.contacts.models import Address, Contact
from acuse.contacts.rules import Card, address_digest, card_digest
from acuse.errors import AccessDenied, ConflictError, InputError
from tests.integration.contacts.conftest import Entering, access_of, facts, types
from tests.integration.contacts.waiting import until_waiting


def test_a_contact_is_entered_with_its_addresses(access: Access, entered: Entering) -> None:
    one = entered("Ana García", "Ana@Cliente.example", "600 111 222", tax_id="b-1234", language="es", notes="Nota")
    view = queries.contact(access, id=one)
    assert view is not None
    assert (view.called, view.tax_id, view.language, view.notes) == ("Ana García", "B1234", "es", "Nota")
    assert [(each.channel, each.value, each.key) for each in view.addresses] == [
        ("email", "Ana@Cliente.example", "ana@cliente.example"),
        ("phone", "600 111 222", "+34600111222"),
    ]
    assert types(access.organisation, one) == ["contact.made", "address.added", "address.added"]


def test_whoever_has_the_register_can_show_what_a_fact_is_about(access: Access, entered: Entering) -> None:
    one = entered("Ana García", "ana@cliente.example")
    made, added = facts(access.organisation, one)
    row, address = Contact.objects.get(id=one), Address.objects.get(contact=one)
    assert made.details["digest"] == card_digest(salt=bytes(row.salt), card=Card(name="Ana García"))
    assert added.details["digest"] == address_digest(
        salt=bytes(address.salt), channel="email", key="ana@cliente.example"
    )


def test_a_change_names_its_fields_and_nothing_that_they_say(access: Access, entered: Entering) -> None:
    one = entered("Ana", "ana@cliente.example")
    services.change_contact(access=access, contact=one, name="Ana García", notes="Secreto", language="es")
    services.change_contact(access=access, contact=one, name="Ana García")
    changed = facts(access.organisation, one)[2:]
    assert [fact.details["fields"] for fact in changed] == [["name", "language", "notes"]]
    assert b"Secreto" not in changed[0].canonical()


def test_an_address_is_one_contact_s_alone_until_it_is_removed(access: Access, entered: Entering) -> None:
    ana, eva = entered("Ana", "ana@cliente.example"), entered("Eva")
    with pytest.raises(services.AddressTaken) as taken:
        services.add_address(access=access, contact=eva, channel="email", value="ANA@cliente.example")
    assert taken.value.contact == ana
    services.remove_address(access=access, address=Address.objects.get(contact=ana).id)
    services.add_address(access=access, contact=eva, channel="email", value="ana@cliente.example")
    assert queries.by_address(access.organisation, channel="email", value="Ana@cliente.example") == eva
    assert types(access.organisation, ana)[-1] == "address.removed"


def test_two_people_live_at_one_postal_address(access: Access, entered: Entering) -> None:
    for name in ("Ana", "Eva"):
        services.add_address(access=access, contact=entered(name), channel="postal", value="C/ Mayor, 3, Soria")
    assert queries.by_address(access.organisation, channel="postal", value="C/ Mayor, 3, Soria") is None


def test_what_fails_leaves_nothing(access: Access, entered: Entering) -> None:
    entered("Ana", "ana@cliente.example")
    for addresses in ([("email", "nueva@cliente.example"), ("email", "ana@cliente.example")], [("email", "nada")]):
        with pytest.raises((ConflictError, InputError)):
            services.make_contact(access=access, card=Card(name="Eva"), addresses=addresses)
    with pytest.raises(InputError):
        services.make_contact(access=access, card=Card())
    assert (Contact.objects.count(), Address.objects.count()) == (1, 1)


def test_a_person_works_for_a_company_and_for_nobody_else(access: Access, entered: Entering) -> None:
    company, ana = entered("Flota Norte", kind="company"), entered("Ana")
    services.change_contact(access=access, contact=ana, company=str(company))
    view = queries.contact(access, id=ana)
    assert view is not None
    assert view.company == (company, "Flota Norte")
    for wrong in (str(ana), str(uuid4()), "nobody"):
        with pytest.raises(InputError):
            services.change_contact(access=access, contact=ana, company=wrong)
    with pytest.raises(InputError):
        services.change_contact(access=access, contact=company, company=str(company))
    with pytest.raises(ConflictError):
        services.change_contact(access=access, contact=company, kind="person")


def test_auditors_change_nothing(access: Access, entered: Entering) -> None:
    one, other = entered("Ana", "ana@x.example", "600111222"), entered("Eva")
    auditor, agent = access_of(access.organisation, "auditor"), access_of(access.organisation, "agent")
    address = Address.objects.filter(contact=one).latest("id").id
    before = types(access.organisation, one)
    for refused in (
        lambda: services.make_contact(access=auditor, card=Card(name="X")),
        lambda: services.change_contact(access=auditor, contact=one, name="X"),
        lambda: services.add_address(access=auditor, contact=one, channel="phone", value="600111333"),
        lambda: services.remove_address(access=auditor, address=address),
        lambda: services.merge_contacts(access=auditor, kept=one, absorbed=other),
        lambda: services.unmerge_contact(access=auditor, contact=one),
        lambda: services.split_contact(access=auditor, contact=one, addresses=[address], name=""),
        lambda: services.erase_contact(access=agent, contact=one),
        lambda: services.import_contacts(access=auditor, rows=[]),
    ):
        with pytest.raises(AccessDenied):
            refused()
    assert types(access.organisation, one) == before
    assert queries.contact(auditor, id=one) is not None


def test_two_addresses_removed_at_once_are_both_gone_from_the_search(access: Access, entered: Entering) -> None:
    one = entered("Ana", "ana@cliente.example", "600 111 222")
    mail, phone = Address.objects.filter(contact=one).order_by("channel").values_list("id", flat=True)

    def second(address: UUID) -> None:
        try:
            services.remove_address(access=access, address=address)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            services.remove_address(access=access, address=mail)
            late = pool.submit(second, phone)
            until_waiting(late)
        late.result(60)
    assert Contact.objects.get(id=one).address_words == ""
