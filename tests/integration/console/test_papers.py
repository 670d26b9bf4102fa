"""The papers of a case, and the letters of claims and guarantees, through the console's and the customer's doors."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client

from acuse import clock
from acuse.accounts.models import User
from acuse.certificates.models import Certificate
from acuse.config.database import conninfo
from acuse.embedded.roles import Addresses
from acuse.evidence import custody
from acuse.evidence.sequencer import Sequencer
from acuse.helpdesk.models import Outgoing
from acuse.helpdesk.queries.writing import follow_path
from acuse.helpdesk.services.changes import describe
from acuse.helpdesk.services.replies import send_due
from acuse.helpdesk.services.settings import change_desk
from acuse.proof.checkpoint import SigningKey
from tests.integration.helpdesk import making
from tests.integration.helpdesk.making import Desk, letter

PDF = b"%PDF-1.7 sellado"
TODAY = clock.now().date()


@pytest.fixture
def desk(database: Addresses, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["testserver"])
    sequencer = Sequencer(conninfo=conninfo(), key=SigningKey.generate("acuse.example/test"))
    assert sequencer.lead()
    made = making.desk(sequencer)
    change_desk(  # papers that are asked for are the matter here
        access=made.owner,
        default_assignee=None,
        certify_replies=False,
        undo_seconds=10,
        closing_allowed=False,
        seal_receipts=False,
    )
    User.objects.update(language="en")
    made.receive(letter())
    Outgoing.objects.all().delete()  # the receipt, which is no matter here
    yield made
    sequencer.resign()


def signed_in(role: str) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(User.objects.get(email=f"{role}@ribera.example"))
    return client


def case(desk: Desk) -> str:
    return f"/console/talleres-ribera/tickets/{desk.ticket().id}/"


def text(client: Client, path: str) -> str:
    """What people read of a page."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def made(desk: Desk, kind: str) -> Certificate:
    """Take the one that was asked for as made."""
    row = Certificate.objects.get(subject=desk.ticket().id, kind=kind, state="requested")
    kept = custody.keep(organisation=desk.organisation, content=PDF, media_type="application/pdf")
    row.state, row.issued_at, row.level, row.sha256 = Certificate.State.ISSUED, clock.now(), "B-LTA", kept.sha256
    row.facts_up_to = 1
    row.save()
    return row


def test_each_paper_is_asked_for_made_and_superseded(desk: Desk) -> None:
    client = signed_in("agent")
    assert "Record with internal notes" in text(client, case(desk))
    for kind in ("certificate", "record", "record-notes", "receipt"):
        assert client.post(f"{case(desk)}papers/ask/", {"kind": kind}).status_code == 302
    assert text(client, f"{case(desk)}papers/").count("Being made…") == 4
    assert 'hx-trigger="load delay:3s"' in client.get(f"{case(desk)}papers/").content.decode()
    codes = [made(desk, kind).code for kind in ("certificate", "record", "record-notes", "receipt")]
    shown = text(client, case(desk))
    assert all(code in shown for code in codes)
    assert "Make it anew : Record of the case" in shown
    assert "Make it anew : Receipt of entry" not in shown, "what came in stays what it was"
    assert "hx-trigger" not in client.get(f"{case(desk)}papers/").content.decode()
    client.post(f"{case(desk)}papers/ask/", {"kind": "record"})
    again = made(desk, "record")
    assert (again.revision, again.supersedes) == (2, codes[1])
    assert f"Earlier versions {codes[1]}" in text(client, case(desk))
    saved = client.get(f"/console/talleres-ribera/certificates/{again.code}.pdf")
    assert saved.content == PDF
    assert f"record-{again.code}.pdf" in saved["Content-Disposition"]
    assert "Record with internal notes" in text(client, "/console/talleres-ribera/certificates/")


def test_who_may_only_read_asks_for_nothing_and_nobody_for_what_there_is_not(desk: Desk) -> None:
    reader, agent = signed_in("auditor"), signed_in("agent")
    assert reader.post(f"{case(desk)}papers/ask/", {"kind": "record"}).status_code in (302, 403)
    assert "Make it" not in text(reader, case(desk))
    assert agent.post(f"{case(desk)}papers/ask/", {"kind": "diploma"}).status_code == 302
    assert not Certificate.objects.filter(subject=desk.ticket().id).exists()


def test_a_letter_is_drafted_changed_and_sent(desk: Desk) -> None:
    client, path = signed_in("agent"), f"{case(desk)}guarantee/activation/"
    describe(access=desk.agent, ticket=desk.ticket().id, product="Caja")
    assert "Activation of the guarantee" in text(client, path)
    given = {
        "product": "Caja de cambios",
        "purchase_date": str(TODAY - timedelta(days=9)),
        "guarantee_until_date": str(TODAY + timedelta(days=700)),
        "words": "",
        "revision": str(desk.ticket().revision),
    }
    drafted = client.post(path, {**given, "do": "draft"})
    assert "Caja de cambios" in drafted.content.decode()
    given["written_from"] = drafted.context["written_from"]
    assert not Outgoing.objects.exists(), "nothing is sent by looking"
    sent = client.post(path, {**given, "do": "send", "subject": "Su garantía", "body": "Queda **activada**."})
    assert sent.status_code == 302
    row = Outgoing.objects.get()
    assert (row.subject, row.body, row.certified, row.act) == ("Su garantía", "Queda **activada**.", True, "activation")
    Outgoing.objects.update(due_at=clock.now())
    send_due()
    shown = text(client, case(desk))
    assert "Guarantee Active" in shown
    assert "Product or work" in shown


@pytest.mark.parametrize(
    ("act", "given", "said"),
    [
        ("activation", {"product": "x"}, "Say until when the guarantee lasts."),
        ("activation", {"purchase_date": str(TODAY + timedelta(days=3))}, "nothing can have been bought after today"),
        ("rejection", {"words": " "}, "the customer has a right to the reasons"),
        ("documents", {"items": "\n \n"}, "Name what is missing"),
    ],
)
def test_what_does_not_fit_is_said_and_what_was_entered_stays(
    desk: Desk, act: str, given: dict[str, str], said: str
) -> None:
    describe(access=desk.agent, ticket=desk.ticket().id, product="Freno")
    entered = {"about": "guarantee", "product": "Freno 88", **given, "do": "draft"}
    answer = signed_in("agent").post(f"{case(desk)}guarantee/{act}/", entered)
    page = answer.content.decode()
    assert said in page
    assert given.get("product", "Freno 88") in page
    assert not Outgoing.objects.exists()


def test_an_act_on_a_case_that_went_on_keeps_the_letter_that_was_written(desk: Desk) -> None:
    client, path = signed_in("agent"), f"{case(desk)}guarantee/rejection/"
    given = {"words": "No cubre golpes.", "revision": "999"}
    given["written_from"] = client.post(path, {**given, "do": "draft"}).context["written_from"]
    answer = client.post(path, {**given, "do": "send", "subject": "Rechazo", "body": "Mis palabras"})
    assert "Something happened in this case" in answer.content.decode()
    assert "Mis palabras" in answer.content.decode()


def test_there_is_no_such_act_and_no_closing_where_it_is_not_allowed(desk: Desk) -> None:
    client = signed_in("agent")
    for act in ("erasure", "closing", "activation"):
        assert client.get(f"{case(desk)}guarantee/{act}/").status_code == 404
    assert signed_in("auditor").get(f"{case(desk)}guarantee/rejection/").status_code == 403


def test_a_customer_has_the_receipt_sealed_waits_for_it_and_saves_it(desk: Desk) -> None:
    client, path = Client(headers={"Accept-Language": "es"}), follow_path(desk.ticket().id)
    assert "Obtener el justificante" in text(client, path)
    assert client.get(f"{path}receipt").status_code == 303, "looking asks for nothing"
    assert not Certificate.objects.filter(kind="receipt").exists()
    elsewhere = client.post(f"{path}receipt", headers={"Sec-Fetch-Site": "cross-site"})
    assert elsewhere.status_code == 403
    for _ in range(2):
        assert client.post(f"{path}receipt").status_code == 303
    waiting = client.get(f"{path}receipt")
    assert "Se está sellando su justificante" in waiting.content.decode()
    assert waiting.headers["Refresh"].startswith("3; url=")
    code = made(desk, "receipt").code
    saved = client.get(f"{path}receipt")
    assert (saved.content, saved.headers["Content-Type"]) == (PDF, "application/pdf")
    assert f"{desk.ticket().key}-{code}.pdf" in saved["Content-Disposition"]
    assert saved["Referrer-Policy"] == "no-referrer"
    assert "Descargar el justificante" in text(client, path)
    assert client.get("/f/otra/receipt").status_code == 404
    key = custody.object_key(desk.organisation, Certificate.objects.get(kind="receipt").sha256)
    custody.store().delete(key)
    custody.store().put(key, b"")
    damaged = client.get(f"{path}receipt")
    assert (damaged.status_code, "dentro de un rato" in damaged.content.decode()) == (503, True)
