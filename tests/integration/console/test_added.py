"""What was added to a copy, on the page of its communication, and the copy to download."""

from uuid import UUID

import pytest
from django.test import Client

from acuse import clock
from acuse.accounts.models import SmtpCredential
from acuse.accounts.values import SmtpCredentialValue
from acuse.delivery.models import TrackingWithdrawal
from acuse.delivery.services import accept_message
from tests.browser.world import World
from tests.integration.access.conftest import MESSAGE, notify
from tests.integration.delivery.test_copies import BOTH, PAGE
from tests.integration.making import envelope

BASE = "/console/talleres-ribera/communications/"


@pytest.fixture
def value(world: World) -> SmtpCredentialValue:
    row = SmtpCredential.objects.filter(organisation__slug="talleres-ribera").first()
    assert row is not None
    return SmtpCredentialValue(id=row.id, organisation=row.organisation_id, name=row.name)


def sent(value: SmtpCredentialValue, raw: bytes) -> tuple[UUID, bytes]:
    one = accept_message(credential=value, envelope=envelope(), raw=raw)[0].id
    return one, notify(one)


def test_the_page_says_what_was_added_and_gives_the_copy(member: Client, value: SmtpCredentialValue) -> None:
    one, copy = sent(value, BOTH + PAGE)
    page = member.get(f"{BASE}{one}/").content.decode()
    assert "Añadido a la copia que se envió: una línea con el enlace al acuse; una imagen que avisa" in page
    assert "1 enlace que lleva a través de Acuse" in page
    answer = member.get(f"{BASE}{one}/sent.eml")
    assert answer.content == copy
    assert f"{one}-sent.eml" in answer["Content-Disposition"]
    assert member.get(f"{BASE}{one}/original.eml").content == BOTH + PAGE


def test_why_nothing_was_added_is_said(member: Client, value: SmtpCredentialValue) -> None:
    one, _ = sent(value, BOTH + b"DKIM-Signature: v=1; d=ribera.example; h=From; b=AA==\r\n" + PAGE)
    page = member.get(f"{BASE}{one}/").content.decode()
    assert "No se añadió nada a la copia que se envió: está firmada" in page
    assert member.get(f"{BASE}{one}/sent.eml").status_code == 404


def test_a_footer_without_tracking_is_said_where_the_recipient_withdrew(
    member: Client, value: SmtpCredentialValue
) -> None:
    accepted = [
        accept_message(credential=value, envelope=envelope(), raw=one + PAGE)[0].id for one in (BOTH, BOTH[18:])
    ]
    TrackingWithdrawal.objects.create(
        organisation_id=value.organisation, address="ana@cliente.example", withdrawn_at=clock.now()
    )
    with_footer, alone = (member.get(f"{BASE}{one}/").content.decode() for one in accepted if notify(one))
    assert "Añadido a la copia que se envió: una línea con el enlace al acuse. El original" in with_footer
    for page in (with_footer, alone):
        assert "Sin seguimiento: el destinatario no lo quiere." in page


def test_nothing_is_said_where_nothing_was_chosen(member: Client, value: SmtpCredentialValue) -> None:
    one, _ = sent(value, PAGE)
    assert "a la copia que se envió" not in member.get(f"{BASE}{one}/").content.decode()
    assert member.get(f"{BASE}{one}/sent.eml").status_code == 404


def test_a_notice_is_never_handed_out(member: Client, value: SmtpCredentialValue) -> None:
    """It carries the link with which its reader could act as the recipient."""
    one, _ = sent(value, MESSAGE % b"")
    assert member.get(f"{BASE}{one}/sent.eml").status_code == 404
