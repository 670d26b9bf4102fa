"""Which contacts are one: merging and undoing it in any order, parting, forgetting, and what forbids that."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from uuid import UUID, uuid4

import pytest
from django.db import connections, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from acuse import clock
from acuse.accounts import services as accounts
from acuse.accounts.queries import Access
from acuse.contacts import lists, queries, rules, services
from acuse.contacts.lists import Filters
from acuse.contacts.models import Address, Contact
from acuse.contacts.rules import Card
from acuse.contacts.services import Obstacle
from acuse.embedded.roles import Addresses
from acuse.errors import ConflictError, InputError
from acuse.evidence.retention import hold
from acuse.proof.facts.fact import Actor
from tests.integration.contacts.conftest import Entering, access_of, facts, types
from tests.integration.contacts.waiting import until_waiting

_numbers = count(1)


def family(access: Access, contact: UUID) -> set[UUID]:
    return set(queries.family_of(access, contact=contact))


def test_a_merged_contact_is_shown_as_the_one_it_was_merged_into(access: Access, entered: Entering) -> None:
    ana, eva = entered("Ana", "ana@x.example"), entered("Eva", "eva@x.example")
    services.merge_contacts(access=access, kept=ana, absorbed=eva)
    view = queries.contact(access, id=eva)
    assert view is not None
    assert (view.id, view.called, [one.name for one in view.absorbed]) == (ana, "Ana", ["Eva"])
    assert {one.value for one in view.addresses} == {"ana@x.example", "eva@x.example"}
    assert queries.by_address(access.organisation, channel="email", value="eva@x.example") == eva
    assert queries.names_of(access, contacts=[ana, eva, uuid4()]) == {ana: "Ana", eva: "Ana"}
    assert [fact.details for fact in (facts(access.organisation, ana)[-1], facts(access.organisation, eva)[-1])] == [
        {"kept": str(ana), "absorbed": str(eva)}
    ] * 2


def test_what_is_merged_or_the_same_is_not_merged_again(access: Access, entered: Entering) -> None:
    ana, eva, leo = entered("Ana"), entered("Eva"), entered("Leo")
    services.merge_contacts(access=access, kept=ana, absorbed=eva)
    for kept, absorbed, error in (
        (eva, ana, ConflictError),
        (leo, eva, ConflictError),
        (leo, leo, InputError),
        (leo, uuid4(), InputError),
    ):
        with pytest.raises(error):
            services.merge_contacts(access=access, kept=kept, absorbed=absorbed)
    with pytest.raises(ConflictError):
        services.unmerge_contact(access=access, contact=leo)


def test_two_who_merge_against_each_other_make_no_ring(access: Access, entered: Entering) -> None:
    ana, eva = entered("Ana"), entered("Eva")

    def against() -> None:
        try:
            services.merge_contacts(access=access, kept=eva, absorbed=ana)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            services.merge_contacts(access=access, kept=ana, absorbed=eva)
            late = pool.submit(against)
            until_waiting(late)
        with pytest.raises(ConflictError):
            late.result(60)
    assert family(access, ana) == {ana, eva}


def test_a_family_has_a_limit(access: Access, entered: Entering, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST_FAMILY", 2)
    ana, eva, leo = entered("Ana"), entered("Eva"), entered("Leo")
    services.merge_contacts(access=access, kept=ana, absorbed=eva)
    with pytest.raises(InputError):
        services.merge_contacts(access=access, kept=leo, absorbed=ana)


def test_parting_takes_addresses_out_and_merging_undoes_it(access: Access, entered: Entering) -> None:
    ana = entered("Ana", "ana@x.example", "eva@x.example")
    (mail,) = Address.objects.filter(key="eva@x.example").values_list("id", flat=True)
    eva = services.split_contact(access=access, contact=ana, addresses=[mail], name="Eva")
    assert queries.by_address(access.organisation, channel="email", value="eva@x.example") == eva
    assert types(access.organisation, eva) == ["contact.made", "address.added"]
    assert facts(access.organisation, eva)[1].details["split_from"] == str(ana)
    assert facts(access.organisation, ana)[-1].details["split_to"] == str(eva)
    found = lists.contacts(access, filters=Filters(search="eva@x.example")).rows
    assert [row.id for row in found] == [eva]
    services.merge_contacts(access=access, kept=ana, absorbed=eva)
    view = queries.contact(access, id=ana)
    assert view is not None
    assert {one.value for one in view.addresses} == {"ana@x.example", "eva@x.example"}


def test_parting_leaves_an_address_and_takes_nobody_else_s(access: Access, entered: Entering) -> None:
    ana, leo = entered("Ana", "ana@x.example", "600111222"), entered("Leo", "leo@x.example")
    own = list(Address.objects.filter(contact=ana).values_list("id", flat=True))
    others = list(Address.objects.filter(contact=leo).values_list("id", flat=True))
    for chosen in ([], own, [own[0], *others], [uuid4()]):
        with pytest.raises(InputError):
            services.split_contact(access=access, contact=ana, addresses=chosen, name="")
    assert Contact.objects.count() == 2


def test_an_erased_contact_is_forgotten_with_all_that_was_merged_into_it(access: Access, entered: Entering) -> None:
    ana = entered("Ana García", "ana@x.example", tax_id="12345678Z", notes="Nota")
    eva = entered("Eva", "eva@x.example")
    services.merge_contacts(access=access, kept=ana, absorbed=eva)
    assert services.erase_contact(access=access, contact=ana) == ()
    for row in Contact.objects.all():
        kept = (row.name, row.tax_id, row.notes, row.address_words, row.language, bytes(row.salt))
        assert kept == ("", "", "", "", "", b"")
        assert row.erased_at is not None
        assert types(access.organisation, row.id)[-1] == "contact.erased"
    assert not Address.objects.exists()
    assert lists.contacts(access, filters=Filters(search="ana")).rows == ()
    view = queries.contact(access, id=eva)
    assert view is not None
    assert view.erased_at is not None
    for again in (
        lambda: services.unmerge_contact(access=access, contact=eva),
        lambda: services.change_contact(access=access, contact=ana, name="Ana"),
        lambda: services.erase_contact(access=access, contact=ana),
    ):
        with pytest.raises(ConflictError):
            again()


def test_whoever_writes_after_being_erased_is_somebody_new(access: Access, entered: Entering) -> None:
    ana = entered("Ana", "ana@x.example")
    services.erase_contact(access=access, contact=ana)
    with transaction.atomic():
        assert written(access, "ana@x.example") != ana


def written(access: Access, value: str) -> UUID:
    return services.find_or_make(
        organisation=access.organisation,
        channel="email",
        value=value,
        name="",
        language="",
        basis="wrote_from",
        actor=Actor(kind="component", id="intake"),
    )


def test_what_forbids_erasing_is_recorded_and_said(access: Access, entered: Entering) -> None:
    ana, eva = entered("Ana", "ana@x.example"), entered("Eva")
    services.merge_contacts(access=access, kept=ana, absorbed=eva)
    until = clock.now() + timedelta(days=30)
    asked: list[tuple[UUID, ...]] = []

    def open_case(organisation: UUID, found: tuple[UUID, ...]) -> Obstacle:
        asked.append(found)
        return Obstacle(reason="retention", until=until)

    obstacles = services.erase_contact(access=access, contact=ana, holds=(lambda *_: None, open_case))
    assert obstacles == (Obstacle(reason="retention", until=until),)
    assert [set(found) for found in asked] == [{ana, eva}]
    assert types(access.organisation, ana)[-1] == "contact.erasure_requested"
    assert Contact.objects.get(id=ana).name == "Ana"


def test_a_legal_hold_on_one_of_them_forbids_erasing_all(access: Access, entered: Entering) -> None:
    ana, eva = entered("Ana", "ana@x.example"), entered("Eva")
    services.merge_contacts(access=access, kept=ana, absorbed=eva)
    hold(kind="contact", subject=eva, held=True)
    assert services.erase_contact(access=access, contact=ana) == (Obstacle(reason="legal_hold"),)
    hold(kind="contact", subject=eva, held=False)
    assert services.erase_contact(access=access, contact=ana) == ()


def test_a_case_that_is_being_opened_is_waited_for_before_erasing(access: Access, entered: Entering) -> None:
    ana = entered("Ana", "ana@x.example")
    opened: list[UUID] = []

    def erase() -> tuple[Obstacle, ...]:
        def hold_if_opened(*_: object) -> Obstacle | None:
            return Obstacle(reason="open_ticket") if opened else None

        try:
            return services.erase_contact(access=access, contact=ana, holds=(hold_if_opened,))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            contact = written(access, "ana@x.example")
            late = pool.submit(erase)
            until_waiting(late)
            opened.append(contact)
        assert late.result(60) == (Obstacle(reason="open_ticket"),)
    assert Contact.objects.get(id=ana).erased_at is None


class Merging(RuleBasedStateMachine):
    """Four contacts, merged and undone in any order, against a plain map of who was absorbed by whom."""

    access: Access

    def __init__(self) -> None:
        super().__init__()
        made = accounts.create_organisation(name="Otra", slug=f"otra-{next(_numbers)}")
        self.access = access_of(made.id, "owner", slug=made.slug)
        self.contacts = [
            services.make_contact(access=self.access, card=Card(name=name), addresses=[("email", f"{name}@x.example")])
            for name in ("ana", "eva", "leo", "sol")
        ]
        self.into: dict[UUID, UUID] = {}

    def root(self, contact: UUID) -> UUID:
        return self.root(self.into[contact]) if contact in self.into else contact

    @rule(one=st.integers(0, 3), other=st.integers(0, 3))
    def merge(self, one: int, other: int) -> None:
        kept, absorbed = self.contacts[one], self.contacts[other]
        possible = kept != absorbed and kept not in self.into and absorbed not in self.into
        try:
            services.merge_contacts(access=self.access, kept=kept, absorbed=absorbed)
        except (ConflictError, InputError):
            assert not possible
        else:
            assert possible
            self.into[absorbed] = kept

    @precondition(lambda self: self.into)
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        chosen = data.draw(st.sampled_from(sorted(self.into)))
        services.unmerge_contact(access=self.access, contact=chosen)
        del self.into[chosen]

    @invariant()
    def every_family_is_what_was_merged(self) -> None:
        for contact in self.contacts:
            wanted = {other for other in self.contacts if self.root(other) == self.root(contact)}
            assert family(self.access, contact) == wanted
            view = queries.contact(self.access, id=contact)
            assert view is not None
            assert view.id == self.root(contact)
            assert {one.contact for one in view.addresses} == wanted
        listed = lists.contacts(self.access, filters=Filters()).rows
        assert {row.id for row in listed} == {self.root(contact) for contact in self.contacts}

    @invariant()
    def each_address_stays_whose_it_was(self) -> None:
        for contact, name in zip(self.contacts, ("ana", "eva", "leo", "sol"), strict=True):
            value = f"{name}@x.example"
            assert queries.by_address(self.access.organisation, channel="email", value=value) == contact


def test_merges_and_their_undoing_in_any_order_leave_exactly_what_was_said(database: Addresses) -> None:
    few = settings(max_examples=12, stateful_step_count=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    run_state_machine_as_test(Merging, settings=few)
