"""The sealed receipt of a case that came by no message: it is made of each case, so each kind can be made."""

from uuid import uuid4

from django.test import Client

from acuse.certificates import services
from acuse.certificates.models import Certificate
from acuse.proof.canonical import canonicalise
from acuse.proof.report import State
from tests.integration.certificates.conftest import Notary
from tests.integration.certificates.test_deadlines import Desk

SAID = canonicalise({"name": "", "subject": "Ruido", "text": "Hace ruido al frenar.", "number": "+34600111222"})

MARK = '<b class="development">'
"""Beside the marks of the ledger: under a time stamp, though one of development."""


def called(notary: Notary) -> Desk:
    """A case that a call opened, whose receipt is asked for."""
    desk = Desk(notary)
    desk.add(
        "ticket.opened",
        desk.ago(5),
        desk.keep("message", SAID),
        number=7,
        key="RIB-0007-7QK2MA",
        channel="phone",
        language="es",
        contact=str(uuid4()),
        address="",
        subject="Ruido",
        type="claim",
        priority="medium",
        matter="",
    )
    services.request_ticket_receipt(organisation=desk.organisation, ticket=desk.ticket)
    return desk


def shown(row: Certificate, language: str) -> str:
    """What the public page says of its code."""
    answer = Client().get(f"/v/{row.code}", headers={"accept-language": language})
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_a_case_that_came_by_telephone_has_a_receipt_with_what_was_said(notary: Notary) -> None:
    desk = called(notary)
    (row,) = [row for row in notary.issue_due() if row.subject == desk.ticket]
    assert row.kind == "receipt"
    assert notary.verify(row).state is State.VALID
    assert SAID in notary.attachments(row).values()
    for language, call, wrote in (("es", "registró una llamada de un cliente", "escribió"), ("en", "a call", "wrote")):
        assert call in shown(row, language)
        assert wrote not in shown(row, language)


def test_the_public_page_names_a_time_stamp_only_where_the_receipt_has_one(notary: Notary) -> None:
    desk = called(notary)
    notary.publish(anchored=False)
    dead = notary.without_time_stamps()
    (alone,) = [row for row in map(dead.issue, dead.claim()) if row.subject == desk.ticket]
    assert (alone.level, alone.anchored) == ("B-B", False)
    said = shown(alone, "es")
    assert "Que esa hora sea exacta: la da el reloj de quien certifica. Tampoco" in said
    assert MARK not in said
    other = called(notary)
    (stamped,) = [row for row in notary.issue_due() if row.subject == other.ticket]
    said = shown(stamped, "es")
    assert "el sello de tiempo solo prueba que entró antes del sello. Tampoco" in said
    assert MARK in said
