"""Taking messages in: kept and recorded before anybody says 250, once however often they are sent."""

import threading
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import connections, transaction

from acuse import clock
from acuse.embedded.roles import Addresses
from acuse.errors import TemporaryError
from acuse.evidence import custody, retention
from acuse.evidence.models import Fact as FactRow
from acuse.evidence.models import StoredObject
from acuse.evidence.queries import facts_of
from acuse.evidence.rules import INSTALLATION
from acuse.proof.facts.fact import Fact
from acuse.reception.models import Item
from acuse.reception.services import erase_reception, forget_repeats
from tests.integration.making import accept, credential
from tests.integration.reception.making import DOMAIN, address, come_in

RAW = b"From: mailer@cliente.example\r\nSubject: no\r\n\r\nNo se pudo entregar.\r\n"


def facts(item: UUID, organisation: UUID = INSTALLATION) -> list[Fact]:
    return [found.fact for found in facts_of(organisation=organisation, kind="reception", id=item)]


def test_a_bounce_belongs_to_the_communication_that_its_address_names(database: Addresses) -> None:
    value = credential()
    communication = accept(value)
    (item,) = come_in(RAW, address("bounce", communication))
    row = Item.objects.get(id=item)
    assert (row.organisation_id, row.communication, row.purpose, row.state) == (
        value.organisation,
        communication,
        "bounce",
        "recorded",
    )
    assert custody.open_object(organisation=value.organisation, sha256=row.sha256) == RAW
    (fact,) = facts(item, value.organisation)
    assert fact.type == "reception.recorded"
    assert fact.details["client"]["tls"] == {"version": "TLSv1.3", "cipher": "TLS_AES_256_GCM_SHA384"}
    assert [(one.role, one.sha256, one.size) for one in fact.objects] == [("message", row.sha256, len(RAW))]


@pytest.mark.parametrize("local", ["bounce+aaaa", "reply+aaaa", "bounce+" + "a" * 42, "postmaster", "abuse"])
def test_what_names_nobody_is_the_installation_s(database: Addresses, local: str) -> None:
    (item,) = come_in(RAW, f"{local}@{DOMAIN}")
    row = Item.objects.get(id=item)
    assert (row.organisation_id, row.communication) == (None, None)
    assert row.purpose == ("unknown" if "+" in local else "postmaster")
    assert [fact.type for fact in facts(item)] == ["reception.recorded"]


def test_a_token_of_what_we_do_not_know_names_nobody(database: Addresses) -> None:
    items = come_in(RAW, address("bounce", uuid4()), address("reply", uuid4()), address("inbox", uuid4()))
    for item in items:
        row = Item.objects.get(id=item)
        assert (row.organisation_id, row.communication, row.purpose) == (None, None, "unknown")


def test_an_inbox_belongs_to_its_organisation(database: Addresses) -> None:
    value = credential()
    (item,) = come_in(RAW, address("inbox", value.organisation), mail_from="cliente@cliente.example")
    row = Item.objects.get(id=item)
    assert (row.organisation_id, row.communication, row.mail_from) == (
        value.organisation,
        None,
        "cliente@cliente.example",
    )


def test_one_message_for_several_addresses_is_an_item_each(database: Addresses) -> None:
    first, second = credential(), credential("flota-norte")
    addresses = [
        address("bounce", accept(first)),
        address("bounce", accept(second)),
        f"bounce+falso@{DOMAIN}",
        f"postmaster@{DOMAIN}",
    ]
    items = come_in(RAW, *addresses)
    assert [Item.objects.get(id=item).recipient for item in items] == addresses
    assert [Item.objects.get(id=item).organisation_id for item in items] == [
        first.organisation,
        second.organisation,
        None,
        None,
    ]


def test_a_retry_finds_the_same_item_within_seven_days(database: Addresses) -> None:
    to = address("bounce", accept(credential()))
    assert come_in(RAW, to) == come_in(RAW, to) == come_in(RAW, to.upper().replace(DOMAIN.upper(), DOMAIN))
    assert FactRow.objects.filter(kind="reception").count() == 1
    assert come_in(RAW + b"otra\r\n", to) != come_in(RAW, to, mail_from="x@cliente.example")
    Item.objects.update(received_at=clock.now() - timedelta(days=8))
    assert forget_repeats() == 3
    come_in(RAW, to)
    assert Item.objects.count() == 4


def test_two_tries_at_once_make_one_item(database: Addresses) -> None:
    to = [address("bounce", accept(credential())), f"postmaster@{DOMAIN}"]
    found: list[list[UUID]] = []
    barrier = threading.Barrier(6)

    def work(order: int) -> None:
        barrier.wait()
        mine = come_in(RAW, *to[::order])
        found.append(mine[::order])
        connections.close_all()

    threads = [threading.Thread(target=work, args=(1 if number % 2 else -1,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert len({tuple(one) for one in found}) == 1
    assert Item.objects.count() == FactRow.objects.filter(kind="reception").count() == 2


def test_where_custody_is_full_nothing_is_recorded(database: Addresses, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise TemporaryError("full")

    monkeypatch.setattr(custody, "keep", full)
    with pytest.raises(TemporaryError):
        come_in(RAW, f"postmaster@{DOMAIN}")
    assert Item.objects.count() == FactRow.objects.filter(kind="reception").count() == 0


def test_foreign_names_are_kept_as_the_database_can(database: Addresses) -> None:
    (item,) = come_in(RAW, f"postmaster@{DOMAIN}", helo="\udcff\0x" + "y" * 600)
    row = Item.objects.get(id=item)
    assert row.client_helo.startswith("?\N{REPLACEMENT CHARACTER}x")
    assert len(row.client_helo) == 512
    assert facts(item)[0].details["client"]["helo"] == row.client_helo


def test_it_leaves_with_its_facts_when_its_term_ends(database: Addresses) -> None:
    value = credential()
    (item,) = come_in(RAW, address("inbox", value.organisation))
    past = clock.now() - timedelta(days=1)
    with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE evidence_heads DISABLE TRIGGER heads_retention")
        cursor.execute("UPDATE evidence_heads SET retain_until = %s WHERE subject = %s", (past, item))
        cursor.execute("ALTER TABLE evidence_heads ENABLE TRIGGER heads_retention")
    StoredObject.objects.update(retain_until=past)
    found = retention.due()
    assert [(one.kind, one.subject) for one in found] == [("reception", item)]
    citations = retention.citations_of(found)
    told = {"reason": "retention ended", "citations": citations}
    assert erase_reception(organisation=value.organisation, item=item, **told) == 1
    assert not Item.objects.exists()
    assert facts(item, value.organisation) == []
    assert list(custody.local_store(settings.ACUSE.custody_directory).keys(f"objects/{value.organisation}")) == []
