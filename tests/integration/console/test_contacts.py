"""The pages of contacts: what they show, who may act, and what a press does."""

import csv
import io
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone, translation

from acuse.accounts import services as accounts
from acuse.accounts.models import User
from acuse.accounts.queries import access_organisation
from acuse.calendars.rules import DAY, Definition, Shift
from acuse.calendars.services import publish_calendar
from acuse.contacts import services
from acuse.contacts.models import Address, Contact
from acuse.contacts.rules import Card
from acuse.delivery.models import Communication
from acuse.doors.ui import figures
from acuse.evidence.queries import facts_of
from acuse.helpdesk.models import Deadline
from acuse.helpdesk.packs import pack
from acuse.helpdesk.services.opening import open_by_member
from acuse.helpdesk.services.policies import publish_policy
from acuse.proof.policy import Policy
from tests.browser.world import World

BASE = "/console/talleres-ribera/contacts/"
CUSTOMER = "cliente1042@correo.example"


@pytest.fixture
def contact(world: World) -> UUID:
    """A customer to whom a communication was sent."""
    User.objects.update(language="en")
    owner = access_organisation(user=User.objects.get(email="m.ribera@ribera.example"), slug="talleres-ribera")
    addresses = [("email", CUSTOMER.upper()), ("phone", "+34 600 111 222")]
    return services.make_contact(access=owner, card=Card(name="=Marta", notes="Private note"), addresses=addresses)


def of(role: str, world: World) -> Client:
    """Another member."""
    accounts.create_user(email=f"{role}@ribera.example", password=None, language="en")
    accounts.add_member(organisation=world.organisation, email=f"{role}@ribera.example", role=role)
    client = Client()
    client.force_login(User.objects.get(email=f"{role}@ribera.example"))
    return client


def read(client: Client, address: str, **given: Any) -> str:
    answer = client.get(address, **given)
    assert answer.status_code == 200, address
    return unescape(answer.content.decode())


def types(world: World, one: UUID) -> list[str]:
    return [item.fact.type for item in facts_of(organisation=world.organisation, kind="contact", id=one)]


def test_a_contact_is_entered_changed_and_found(world: World, contact: UUID, member: Client) -> None:
    given = {"kind": "person", "name": "Ana Núñez", "email": "ana@nueva.example", "phone": "", "tax_id": "1-Z"}
    answer = member.post(f"{BASE}new/", given)
    made = Contact.objects.get(name="Ana Núñez")
    assert answer["Location"] == f"{BASE}{made.id}/"
    assert "stated on" in read(member, f"{BASE}{made.id}/")
    member.post(f"{BASE}{made.id}/edit/", {"kind": "person", "name": "Ana Núñez Gil", "tax_id": "1Z"})
    assert types(world, made.id) == ["contact.made", "address.added", "contact.changed"]
    assert "Ana Núñez Gil" in read(member, f"{BASE}?q=nunez")
    assert "Ana Núñez Gil" not in read(member, f"{BASE}?q=marta")


def test_a_person_works_for_a_company_that_is_named(world: World, contact: UUID, member: Client) -> None:
    for tax_id in ("B11111111", "B22222222"):
        member.post(f"{BASE}new/", {"kind": "company", "name": "Flota Norte", "tax_id": tax_id})

    def work_for(words: str) -> str:
        given = {"kind": "person", "name": "Marta", "company": words}
        return unescape(member.post(f"{BASE}{contact}/edit/", given, follow=True).content.decode())

    assert "Several companies are called so" in work_for("Flota Norte")
    assert "No company of the register" in work_for("Talleres")
    assert "Flota Norte" in work_for("b-22222222")
    assert Contact.objects.get(id=contact).company == Contact.objects.get(tax_id="B22222222")
    work_for("Flota Norte")
    assert Contact.objects.get(id=contact).company == Contact.objects.get(tax_id="B22222222"), (
        "what was filled in already"
    )
    work_for("")
    assert Contact.objects.get(id=contact).company is None


def test_what_is_refused_is_said_where_it_was_filled_in(world: World, contact: UUID, member: Client) -> None:
    given = {"kind": "person", "name": "Otra", "email": CUSTOMER}
    answer = member.post(f"{BASE}new/", given)
    text = unescape(answer.content.decode())
    assert "That address is a contact's already." in text
    assert f"{BASE}{contact}/" in text
    answer = member.post(f"{BASE}{contact}/addresses/", {"channel": "phone", "value": "12"})
    assert "That is not a telephone number" in answer.content.decode()
    assert Contact.objects.count() == 1


def test_the_page_shows_what_was_sent_to_its_addresses(world: World, contact: UUID, member: Client) -> None:
    text = read(member, f"{BASE}{contact}/")
    assert str(world.communications[CUSTOMER]) in text
    assert "Private note" in text
    others = [str(one) for recipient, one in world.communications.items() if recipient != CUSTOMER]
    assert not any(one in text for one in others)


def test_two_are_merged_and_parted_again(world: World, contact: UUID, member: Client) -> None:
    member.post(f"{BASE}new/", {"kind": "person", "name": "Marta bis", "email": "marta@casa.example"})
    other = Contact.objects.get(name="Marta bis").id
    assert "Marta bis" in read(member, f"{BASE}{contact}/merge/?q=bis")
    assert "Are they one" in read(member, f"{BASE}{contact}/merge/?with={other}")
    answer = member.post(f"{BASE}{contact}/merge/", {"with": other, "keep": other})
    assert answer["Location"] == f"{BASE}{other}/"
    assert member.get(f"{BASE}{contact}/")["Location"] == f"{BASE}{other}/"
    assert "+34 600 111 222" in read(member, f"{BASE}{other}/")
    member.post(f"{BASE}{contact}/unmerge/")
    assert "+34 600 111 222" not in read(member, f"{BASE}{other}/")
    phone = Address.objects.get(channel="phone").id
    answer = member.post(f"{BASE}{contact}/split/", {"addresses": [phone], "name": "Somebody else"})
    assert answer["Location"] == f"{BASE}{Contact.objects.get(name='Somebody else').id}/"


def test_a_contact_to_whom_something_is_under_way_is_not_erased_until_it_has_ended(
    world: World, contact: UUID, member: Client
) -> None:
    sent = Communication.objects.filter(recipient=CUSTOMER)
    ended = sent.get().status
    sent.update(status="in_progress")
    answer = member.post(f"{BASE}{contact}/erase/")
    assert "still under way" in answer.content.decode()
    assert types(world, contact)[-1] == "contact.erasure_requested"
    sent.update(status=ended)
    assert member.post(f"{BASE}{contact}/erase/")["Location"] == BASE
    text = read(member, f"{BASE}{contact}/")
    assert "This contact was erased." in text
    assert not any(word in text for word in ("=Marta", "Private", "600 111 222"))


def test_a_contact_with_an_open_case_is_not_erased(world: World, contact: UUID, member: Client) -> None:
    owner = access_organisation(user=User.objects.get(email="m.ribera@ribera.example"), slug="talleres-ribera")
    always = publish_calendar(
        access=owner, name="Always", zone="Europe/Madrid", definition=Definition(week=((Shift(0, DAY),),) * 7)
    )
    terms = pack("standard", calendar=always, language="en")
    publish_policy(access=owner, terms=Policy(terms=terms).members())
    case = open_by_member(
        access=owner, address=CUSTOMER, number="", name="Marta", subject="A noise", text="It rattles.", type="claim"
    )
    text = read(member, f"{BASE}{contact}/")
    assert f"/tickets/{case}/" in text
    assert "A noise" in text
    refused = unescape(member.post(f"{BASE}{contact}/erase/").content.decode())
    assert "A case of theirs is open." in refused
    due = Deadline.objects.filter(ticket=case).latest("due_at").due_at
    assert due is not None
    with translation.override("en"), timezone.override("Europe/Madrid"):
        assert f"A deadline of a case of theirs is running. Until {figures.day(due)}." in refused
    assert types(world, contact)[-1] == "contact.erasure_requested"


def test_a_file_is_looked_at_then_entered(world: World, contact: UUID, member: Client) -> None:
    def send(act: str) -> str:
        raw = f"nombre;correo\nAna;ana@x.example\nMarta;{CUSTOMER}\nEva;no\n".encode("cp1252")
        given = {"act": act, "file": SimpleUploadedFile("clientes.csv", raw)}
        return unescape(member.post(f"{BASE}import/", given, follow=True).content.decode())

    looked = send("check")
    assert "Enter 1 contact" in looked
    assert "That is not an e-mail address." in looked
    assert Contact.objects.count() == 1
    assert "1 contact was entered." in send("import")
    assert Contact.objects.count() == 2
    assert "There is nothing to enter." in send("check")


def test_the_export_has_what_the_list_shows_and_no_formula(world: World, contact: UUID, member: Client) -> None:
    answer = member.get(f"{BASE}export.csv?q=marta")
    raw = b"".join(answer).decode()
    head, row = csv.reader(io.StringIO(raw.removeprefix("\ufeff")))
    cells = dict(zip(head, row, strict=True))
    assert (cells["name"], cells["phone"], cells["email"]) == ("'=Marta", "'+34 600 111 222", CUSTOMER.upper())
    assert "Private note" not in raw
    assert b"".join(member.get(f"{BASE}export.csv?q=nadie")).count(b"\n") == 1


def test_auditors_see_everything_and_change_nothing(world: World, contact: UUID) -> None:
    auditor, before = of("auditor", world), types(world, contact)
    text = read(auditor, f"{BASE}{contact}/")
    assert "Marta" in text
    assert not any(word in text for word in ("edit/", "merge/", "split/", "erase/", "remove/"))
    one = f"{BASE}{contact}/"
    address = Address.objects.filter(contact=contact).latest("id").id
    for path in ("new/", "import/", f"{contact}/edit/", f"{contact}/merge/", f"{contact}/split/", f"{contact}/erase/"):
        assert auditor.get(f"{BASE}{path}").status_code == 403, path
        assert auditor.post(f"{BASE}{path}", {"kind": "person", "name": "X"}).status_code == 403, path
    for path in ("addresses/", f"addresses/{address}/remove/", "unmerge/"):
        assert auditor.post(f"{one}{path}", {"channel": "phone", "value": "600111333"}).status_code == 403, path
    assert types(world, contact) == before


def test_agents_change_and_do_not_erase(world: World, contact: UUID) -> None:
    agent = of("agent", world)
    assert agent.get(f"{BASE}{contact}/edit/").status_code == 200
    assert agent.post(f"{BASE}{contact}/erase/").status_code == 403
    assert "erase/" not in read(agent, f"{BASE}{contact}/")


def test_where_there_is_none_the_page_says_what_to_do(world: World, member: Client) -> None:
    User.objects.update(language="en")
    assert "There is no contact yet." in read(member, BASE)


def test_filters_that_say_nothing_are_left_out(world: World, contact: UUID, member: Client) -> None:
    answer = member.get(f"{BASE}?kind=firm&letter=!&q=marta")
    assert answer["Location"] == f"{BASE}?q=marta"
    assert member.get(f"{BASE}?after=nada")["Location"] == BASE + "?"
