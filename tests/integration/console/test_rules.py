"""Changing a rule of certification in its place: the form, the fact, and who may."""

import re
from uuid import uuid4

import pytest
from django.test import Client

from acuse.accounts.models import Membership
from acuse.delivery.models import CertificationRule
from acuse.evidence.queries import facts_of
from acuse.proof.facts.fact import Fact
from tests.browser.world import World

RULES = "/console/talleres-ribera/settings/rules/"
FIRST = {"subject": "Factura*", "domain": "cliente.example", "does": "certify", "mode": "notice", "access": "otp"}
SECOND = {"sender": "boletin@ribera.example", "does": "plain"}


def made(member: Client) -> tuple[CertificationRule, CertificationRule]:
    """Two rules, in their order."""
    for given in (FIRST, SECOND):
        assert member.post(f"{RULES}add/", given).status_code == 302
    first, second = CertificationRule.objects.order_by("position")
    return first, second


def facts(world: World) -> list[Fact]:
    """The facts of the organisation's rules."""
    found = facts_of(organisation=world.organisation, kind="organisation", id=world.organisation)
    return [item.fact for item in found if item.fact.type.startswith("certification_rule.")]


def test_a_rule_that_relays_plainly_needs_a_condition(member: Client, world: World) -> None:
    page = member.post(f"{RULES}add/", {"does": "plain", "subject": " "}).content.decode()
    assert "sin ninguna condición, no se certificaría nada" in page
    assert not CertificationRule.objects.exists()
    assert facts(world) == []


def test_one_rule_is_opened_in_its_place_as_it_is(member: Client, world: World) -> None:
    first, second = made(member)
    page = member.get(f"{RULES}{first.id}/edit/").content.decode()
    row = page[page.index(f'id="rule-{first.id}"') : page.index(f'id="rule-{second.id}"')]
    assert 'value="Factura*"' in row
    assert 'value="cliente.example"' in row
    for chosen in ("certify", "notice", "otp"):
        assert f'<option value="{chosen}" selected>' in row
    assert page.count("rule-edit") == 0
    assert len(re.findall(r'<form[^>]*action="[^"]*/edit/', page)) == 1
    assert 'id="add"' not in page, "one form at a time"
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids)), "the form for a new one has identifiers of its own"


def test_a_changed_rule_keeps_its_place_and_its_switch_and_is_a_fact(member: Client, world: World) -> None:
    first, _second = made(member)
    member.post(f"{RULES}{first.id}/", {"act": "off"})
    before = len(facts(world))
    answer = member.post(f"{RULES}{first.id}/edit/", {**FIRST, "subject": "Albarán*", "access": "button"})
    assert answer.status_code == 302
    row = CertificationRule.objects.get(id=first.id)
    assert (row.subject, row.domain, row.access, row.position, row.enabled) == (
        "Albarán*",
        "cliente.example",
        "button",
        1,
        False,
    )
    newest = facts(world)[-1]
    assert len(facts(world)) == before + 1
    assert newest.type == "certification_rule.changed"
    assert newest.actor.kind == "member"
    assert newest.details["rule"] == str(first.id)
    assert (newest.details["subject"], newest.details["position"], newest.details["enabled"]) == ("Albarán*", 1, False)


def test_saving_what_it_was_records_nothing(member: Client, world: World) -> None:
    first, _second = made(member)
    before = len(facts(world))
    assert member.post(f"{RULES}{first.id}/edit/", FIRST).status_code == 302
    assert len(facts(world)) == before


def test_what_makes_no_sense_is_said_in_its_place_and_changes_nothing(member: Client, world: World) -> None:
    first, second = made(member)
    answer = member.post(f"{RULES}{second.id}/edit/", {**SECOND, "mode": "notice", "sender": "otra@ribera.example"})
    page = answer.content.decode()
    row = page[page.index(f'id="rule-{second.id}"') :]
    assert "Lo que se transmite sin certificar no tiene modo, acceso ni idioma." in row
    assert 'value="otra@ribera.example"' in row, "what was typed is kept"
    assert CertificationRule.objects.get(id=second.id).sender == "boletin@ribera.example"
    assert "no tiene modo" not in page[: page.index(f'id="rule-{first.id}"')]


def test_a_rule_that_is_gone_is_not_found(member: Client, world: World) -> None:
    assert member.get(f"{RULES}{uuid4()}/edit/").status_code == 404
    assert member.post(f"{RULES}{uuid4()}/edit/", FIRST).status_code == 404


@pytest.mark.parametrize("role", ["agent", "auditor"])
def test_who_does_not_manage_changes_none(member: Client, world: World, role: str) -> None:
    first, _second = made(member)
    Membership.objects.filter(user__email="m.ribera@ribera.example").update(role=role)
    assert "/edit/" not in member.get(RULES).content.decode()
    assert member.get(f"{RULES}{first.id}/edit/").status_code == 403
    assert member.post(f"{RULES}{first.id}/edit/", {**FIRST, "subject": "Otra"}).status_code == 403
    assert CertificationRule.objects.get(id=first.id).subject == "Factura*"
