"""A notice that comes back: its link ends, and nobody but its recipient is shown it."""

from base64 import encodebytes
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.cache import cache
from django.test import Client

from acuse import clock
from acuse.accounts.models import Membership, Organisation, User
from acuse.delivery.endpoints import EmailEndpoint
from acuse.delivery.envelope import Envelope, Recipient
from acuse.delivery.models import Notice
from acuse.delivery.queries.access import quotes_link
from acuse.delivery.services import Returned, accept_message, apply_return
from acuse.delivery.services.work import load_work
from acuse.embedded.roles import Addresses
from acuse.evidence import custody
from acuse.evidence.ledger import refer
from tests.integration import making
from tests.integration.access.conftest import MESSAGE, Visit, notify

BOUNCE: dict[str, Any] = {
    "form": "dsn",
    "status": "5.1.1",
    "reply": 550,
    "diagnostic": "550 5.1.1 <ana@cliente.example>: no such user",
    "reporting_mta": "mx.cliente.example",
    "remote_mta": None,
    "failure_class": "mailbox_not_found",
    "permanent": True,
}


def come_back(visit: Visit, raw: bytes, type: str = "bounce.received", details: dict[str, Any] = BOUNCE) -> int:
    """Apply what came back; return the number of its fact."""
    kept = custody.keep(organisation=visit.organisation, content=raw, media_type="message/rfc822")
    returned = Returned(
        reception=uuid4(), type=type, details=details, came=refer("report", kept), received_at=clock.now()
    )
    assert apply_return(
        organisation=visit.organisation,
        communication=visit.communication,
        returned=returned,
        reporting_host=making.HOST,
    )
    return visit.last(type).subject_sequence


def member(organisation: UUID) -> tuple[Client, str]:
    """A browser of a member of an organisation, and where its console begins."""
    user = User.objects.create_user(email="elena@ribera.example", name="Elena Ruiz", password="una clave bien larga")
    row = Organisation.objects.get(id=organisation)
    Membership.objects.create(user=user, organisation=row, role="owner")
    client = Client()
    client.force_login(user)
    return client, f"/console/{row.slug}"


def encodings(notice: bytes) -> dict[str, bytes]:
    """The notice inside a report, as mail servers write it."""
    start = b'Content-Type: multipart/report; boundary="r"\r\n\r\n--r\r\n'
    nested = start + b"Content-Type: message/rfc822\r\n%s\r\n%s\r\n--r--\r\n"
    return {
        "plain": nested % (b"", notice),
        "base64": nested % (b"Content-Transfer-Encoding: base64\r\n", encodebytes(notice)),
        "inside": nested % (b"", nested % (b"Content-Transfer-Encoding: base64\r\n", encodebytes(notice))),
    }


def test_a_bounce_ends_the_link_with_the_failure(visit: Visit) -> None:
    form = visit.form()
    come_back(visit, encodings(visit.notice)["plain"])
    assert visit.types()[-1] == "access.revoked"
    assert visit.last("access.revoked").details["reason"] == "El aviso no llegó a su destinatario."
    assert visit.get().status_code == 410
    for act in ("open", "accept", "reject"):
        visit.client.post(f"{visit.root}{act}", {"form": form})
    assert visit.types()[-1] == "access.revoked"
    assert (visit.row().outcome, visit.row().grade) == ("failed", 0)


def test_a_bounce_of_what_was_opened_ends_nothing(visit: Visit) -> None:
    visit.post("open")
    come_back(visit, encodings(visit.notice)["plain"])
    assert "access.revoked" not in visit.types()
    assert visit.row().outcome == "accessed"
    assert visit.get("content").status_code == 200


def test_a_refused_notice_ends_its_link(database: Addresses) -> None:
    cache.clear()
    value = making.credential()
    communication = making.accept(value, MESSAGE % b"")
    notify(communication, making.REFUSED)
    assert making.facts(value.organisation, communication)[-1].type == "access.revoked"


def test_the_sender_gets_no_link_from_what_came_back(visit: Visit) -> None:
    token = visit.root.split("/")[2].encode()
    browser, console = member(visit.organisation)
    page = f"{console}/communications/{visit.communication}/"
    for raw in encodings(visit.notice).values():
        assert quotes_link(raw)
        answer = browser.get(f"{page}returned/{come_back(visit, raw)}.eml")
        assert (answer.status_code, answer["Location"]) == (302, page)
        shown = browser.get(page).content
        assert "enlace personal del destinatario" in shown.decode()
        assert "no such user" in shown.decode()
        assert token not in shown
    short = b"From: MAILER-DAEMON@mx.cliente.example\r\n\r\nNo such user.\r\n"
    assert browser.get(f"{page}returned/{come_back(visit, short)}.eml").content == short
    told = Notice.objects.get(communication_id=visit.communication, kind="failed")
    assert not quotes_link(custody.open_object(organisation=visit.organisation, sha256=told.message_sha256))


@pytest.mark.parametrize(
    "wrapped", [b"https://f.example/?u=https%3A%2F%2Facuse.example%2Fa%2F", b"HTTPS://A.EXAMPLE/A/"]
)
def test_a_link_is_found_where_a_filter_wrapped_or_a_line_end_cut_it(visit: Visit, wrapped: bytes) -> None:
    token = visit.root.split("/")[2].encode()
    assert quotes_link(b"Subject: x\r\n\r\n" + wrapped + token)
    assert quotes_link(b"Subject: x\r\n\r\n" + wrapped + token[:20] + b"=\r\n" + token[20:])
    assert not quotes_link(b"Subject: x\r\n\r\n" + wrapped + b"a" * 42)


def test_reports_bring_no_more_than_the_headers_of_a_notice_back(database: Addresses) -> None:
    value = making.credential()
    endpoint = EmailEndpoint(per_domain=1)
    for raw, wanted in ((MESSAGE % b"", "HDRS"), (making.message(), "FULL")):
        envelope: Envelope = making.envelope(Recipient(address="ana@cliente.example"), ret="FULL")
        made = accept_message(credential=value, envelope=envelope, raw=raw)[0].id
        assert endpoint._dispatch(load_work(made), raw).ret == wanted
    endpoint.close()
