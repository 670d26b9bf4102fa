"""The sealed receipt of a case that came by no message: it is made of each case, so each kind can be made."""

from uuid import uuid4

from acuse.certificates import services
from acuse.proof.canonical import canonicalise
from acuse.proof.report import State
from tests.integration.certificates.conftest import Notary
from tests.integration.certificates.test_deadlines import Desk


def test_a_case_that_came_by_telephone_has_a_receipt_with_what_was_said(notary: Notary) -> None:
    desk = Desk(notary)
    said = canonicalise({"name": "", "subject": "Ruido", "text": "Hace ruido al frenar.", "number": "+34600111222"})
    desk.add(
        "ticket.opened",
        desk.ago(5),
        desk.keep("message", said),
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
    (row,) = [row for row in notary.issue_due() if row.subject == desk.ticket]
    assert row.kind == "receipt"
    assert notary.verify(row).state is State.VALID
    assert said in notary.attachments(row).values()
