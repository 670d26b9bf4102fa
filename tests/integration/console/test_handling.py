"""The console's pages of defaults and of the rules of certification, and how what is relayed plainly is shown."""

from uuid import uuid4

import pytest
from django.test import Client

from acuse.accounts.models import Membership, Organisation, SmtpCredential
from acuse.certificates.models import Certificate
from acuse.delivery.models import CertificationRule, Communication
from tests.browser.world import World

BASE = "/console/talleres-ribera/"
HANDLING, RULES = f"{BASE}settings/handling/", f"{BASE}settings/rules/"
PLAIN = {"subject": "Boletín*", "does": "plain"}
SAVED = {
    "mode": "notice",
    "notice_access": "otp",
    "term_days": "15",
    "retention_years": "10",
    "footer": "on",
    "tracking": "on",
}


def rules() -> list[tuple[str, bool, bool]]:
    return list(CertificationRule.objects.order_by("position").values_list("subject", "certify", "enabled"))


def test_defaults_are_saved_and_shown(member: Client, world: World) -> None:
    assert member.post(HANDLING, SAVED).status_code == 302
    row = Organisation.objects.get(slug="talleres-ribera")
    assert (row.mode, row.notice_access, row.term_days, row.retention_years) == ("notice", "otp", 15, 10)
    assert (row.footer, row.tracking) == (True, True)
    page = member.get(HANDLING).content.decode()
    assert '<option value="notice" selected>' in page
    assert 'value="15"' in page


@pytest.mark.parametrize(
    "change",
    [{"mode": "letter"}, {"term_days": "0"}, {"term_days": "366"}, {"retention_years": "4"}, {"tracking": "maybe"}],
)
def test_a_default_that_cannot_be_is_said_beside_its_field(
    member: Client, world: World, change: dict[str, str]
) -> None:
    assert "field-error" in member.post(HANDLING, {**SAVED, **change}).content.decode()
    assert Organisation.objects.get(slug="talleres-ribera").mode == "content"


def test_a_program_has_its_own(member: Client, world: World) -> None:
    row = SmtpCredential.objects.filter(organisation__slug="talleres-ribera").first()
    assert row is not None
    own = f"{HANDLING}credentials/{row.id}/"
    assert member.post(own, {"mode": "notice", "language": "en", "retention_years": "0"}).status_code == 302
    row.refresh_from_db()
    assert (row.mode, row.notice_access, row.language, row.retention_years) == ("notice", "", "en", 0)
    assert "Un aviso, con el contenido tras un enlace, English" in member.get(HANDLING).content.decode()
    assert (row.footer, row.tracking) == (None, None)
    chosen = {"footer": "on", "tracking": "off", "retention_years": "0"}
    assert member.post(own, chosen).status_code == 302
    row.refresh_from_db()
    assert (row.footer, row.tracking) == (True, False)
    assert "con el enlace al acuse, sin seguimiento" in member.get(HANDLING).content.decode()
    assert "field-error" in member.post(own, {"mode": "letter", "retention_years": "0"}).content.decode()
    unknown = f"{HANDLING}credentials/{uuid4()}/"
    assert member.post(unknown, {"retention_years": "0"}).status_code == 404


def test_rules_are_added_moved_switched_and_removed(member: Client, world: World) -> None:
    for given in (PLAIN, {"subject": "Factura*", "does": "certify", "mode": "notice", "access": "otp"}):
        assert member.post(f"{RULES}add/", given).status_code == 302
    first, second = CertificationRule.objects.order_by("position")
    assert rules() == [("Boletín*", False, True), ("Factura*", True, True)]
    assert member.post(f"{RULES}{second.id}/", {"act": "up"}).status_code == 302
    assert member.post(f"{RULES}{first.id}/", {"act": "off"}).status_code == 302
    assert rules() == [("Factura*", True, True), ("Boletín*", False, False)]
    page = member.get(RULES).content.decode()
    assert "Certificar · Un aviso, con el contenido tras un enlace · Un código enviado por correo" in page
    assert member.post(f"{RULES}{second.id}/", {"act": "remove"}).status_code == 302
    assert member.post(f"{RULES}{first.id}/", {"act": "on"}).status_code == 302
    assert rules() == [("Boletín*", False, True)]
    for address, act in ((f"{RULES}{uuid4()}/", "up"), (f"{RULES}{uuid4()}/", "on"), (f"{RULES}{first.id}/", "eat")):
        assert member.post(address, {"act": act}).status_code == 404


def test_a_rule_that_makes_no_sense_says_why(member: Client, world: World) -> None:
    page = member.post(f"{RULES}add/", {**PLAIN, "mode": "notice"}).content.decode()
    assert "Lo que se transmite sin certificar no tiene modo, acceso ni idioma." in page
    assert rules() == []


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("Boletín de otoño", "Se cumple la regla 1: Transmitir sin certificar."),
        ("Factura 3", "No se cumple ninguna regla: se certifica según lo predeterminado."),
    ],
)
def test_the_rules_can_be_tried_out(member: Client, world: World, subject: str, said: str) -> None:
    member.post(f"{RULES}add/", PLAIN)
    before = Communication.objects.count()
    asked = {"sender": "a@ribera.example", "recipient": "b@cliente.example", "subject": subject}
    assert said in member.get(RULES, asked).content.decode()
    assert "Este campo es obligatorio." in member.get(RULES, {"sender": "", "recipient": ""}).content.decode()
    assert Communication.objects.count() == before


@pytest.mark.parametrize("role", ["agent", "auditor"])
def test_who_does_not_manage_reads_and_changes_nothing(member: Client, world: World, role: str) -> None:
    member.post(f"{RULES}add/", PLAIN)
    row = CertificationRule.objects.get()
    Membership.objects.filter(user__email="m.ribera@ribera.example").update(role=role)
    page = member.get(RULES).content.decode()
    assert "Boletín*" in page
    assert 'method="post" action="/console/talleres-ribera/settings/rules' not in page
    assert member.get(HANDLING).status_code == 200
    for address, given in ((f"{RULES}add/", PLAIN), (f"{RULES}{row.id}/", {"act": "remove"}), (HANDLING, SAVED)):
        assert member.post(address, given).status_code == 403


def test_what_is_relayed_plainly_is_marked_and_has_no_documents(member: Client, world: World) -> None:
    one = world.communications["cliente1042@correo.example"]
    Communication.objects.filter(id=one).update(certified=False)
    documents = Certificate.objects.count()
    page = member.get(f"{BASE}communications/{one}/").content.decode()
    assert "Correo transmitido sin certificar, a" in page
    assert "Justificante de aceptación" not in page
    assert "sin certificar" in member.get(f"{BASE}communications/").content.decode()
    assert member.post(f"{BASE}communications/{one}/receipt/").status_code == 404
    assert Certificate.objects.count() == documents
