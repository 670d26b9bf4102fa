"""A case through the real doors: a customer's mail comes in by SMTP, is answered, agreed to, and proved offline."""

import json
import re
import smtplib
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from html import unescape
from pathlib import Path
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest

from acuse.embedded.mailboxes import messages
from tests.flows.installation import SLUG, Installation, installation, until
from tests.flows.test_message import extracted
from tests.flows.web import Visitor, visitor

EMAIL, PASSWORD = "agente@talleres-ribera.example", "una-clave-larga-y-rara-7"
DESK, ANA = "atencion@talleres-ribera.example", "ana@acepta.example"
VECTORS = Path(__file__).parents[1] / "vectors/bounces"
CASES = f"/console/{SLUG}/tickets/"


@pytest.fixture(scope="module")
def running() -> Iterator[Installation]:
    with installation() as started:
        yield started


@pytest.fixture(scope="module")
def agent(running: Installation) -> Visitor:
    """A member who set the mailbox up."""
    running.add_member(EMAIL, PASSWORD)
    someone = visitor(running)
    someone.log_in(EMAIL, PASSWORD)
    settings = f"/console/{SLUG}/settings/desk/"
    someone.post(f"{settings}mailboxes/", form=settings, name="Atención", address=DESK, default_type="claim")
    assert DESK in someone.get(settings).text
    return someone


def written(subject: str, body: str, to: str, name: str, answers: str = "") -> bytes:
    """What the customer's program writes."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = f"Ana Prieto <{ANA}>", to, subject
    mail["Message-ID"], mail["Date"] = f"<{name}@acepta.example>", "Sat, 21 Nov 2026 10:00:00 +0100"
    if answers:
        mail["In-Reply-To"] = answers
    mail.set_content(body)
    return mail.as_bytes()


def send(running: Installation, raw: bytes, to: str, sender: str = ANA) -> None:
    """Bring a message to the inbound door, as the customer's server does."""
    with smtplib.SMTP("127.0.0.1", running.settings.smtp_inbound_port, "mx.acepta.example", 120) as client:
        client.sendmail(sender, [to], raw)


def delivered(running: Installation, words: str) -> EmailMessage:
    """Wait for the letter that says something to reach the customer's server; return it."""

    def found() -> list[EmailMessage]:
        kept = messages(running.data / "sandbox", "acepta.example")
        letters = [message_from_bytes(one.content, policy=default) for one in kept]
        return [one for one in letters if words in text_of(one)]

    until(found, f"a letter says {words}")
    return found()[0]


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    return str(part.get_content()) if part is not None else ""


def test_a_case_from_the_customers_mail_to_a_certificate_that_is_verified_offline(
    running: Installation, agent: Visitor, tmp_path: Path
) -> None:
    send(running, written("Ruido al frenar", "Desde la revisión hace ruido.", DESK, "uno"), DESK)
    until(lambda: "Ruido al frenar" in agent.get(CASES).text, "the case is in the inbox")
    found = re.search(rf"{CASES}([0-9a-f-]{{36}})/", agent.get(CASES).text)
    assert found is not None
    case = found[0]

    # The receipt: what was said, when, and the key.
    receipt = delivered(running, "Desde la revisión hace ruido.")
    assert re.search(r"TAL-0001-[A-Z0-9]{6}", text_of(receipt))
    assert receipt["Auto-Submitted"] == "auto-replied"

    agent.post(f"{case}answer/", form=case, body="Lo miramos mañana.", certified="on", language="es")
    answer = delivered(running, "Lo miramos mañana.")
    token = str(answer["Reply-To"]).strip("<>")
    assert re.fullmatch(r"ticket\+[a-z2-7]{42}@[a-z0-9.-]+", token)
    reply = written("Otra cosa", "El jueves no puedo.", token, "dos", str(answer["Message-ID"]))
    send(running, reply, token)
    until(lambda: "El jueves no puedo." in agent.get(case).text, "the reply stands in the case")

    asking = "conformity.request"
    shown = agent.post(f"{case}template/", form=case, template=asking, body="Cambiadas las pastillas.").text
    letter = re.search(r'<textarea[^>]* id="answer-body"[^>]*>(.*?)</textarea>', shown, re.DOTALL)
    assert letter is not None
    agent.post(f"{case}answer/", form=case, template=asking, body=unescape(letter[1]))
    question = text_of(delivered(running, "Cambiadas las pastillas."))
    link = re.search(rf"{re.escape(running.environment['ACUSE_PUBLIC_URL'])}(/c/[a-z2-7]+/)", question)
    assert link is not None
    customer = Visitor(running.environment["ACUSE_PUBLIC_URL"], token="form")
    said = customer.post(link[1], said="agree", comments="Perfecto.")
    assert (said.status, said.path, list(customer.cookies)) == (200, link[1], [])
    status = "SELECT status, resolved_at IS NOT NULL FROM helpdesk_tickets"
    assert running.rows(status) == [("resolved", True)]

    # What the command derives from the ledger alone, of the only organisation, is what the page hands out.
    today = datetime.now(ZoneInfo("Europe/Madrid"))  # their day, which is another late in the evening of UTC
    span = {"from": f"{today - timedelta(days=2):%Y-%m-%d}", "to": f"{today:%Y-%m-%d}"}
    export = f"/console/{SLUG}/figures/service/figures.json?{urlencode(span)}"
    until(lambda: json.loads(agent.get(export).content)["figures"]["conformity"]["agreed"], "the agreement is counted")
    printed = json.loads(running.command("figures", "--from", span["from"], "--to", span["to"], "--json").stdout)
    shown = json.loads(agent.get(export).content)
    for told in (printed, shown):
        del told["figures"]["period"]["until"]  # each has its own moment of asking
    assert printed["figures"] == shown["figures"]
    assert printed["figures"]["messages"]["received"] == 2

    agent.post(f"{case}papers/ask/", form=case, kind="record")
    issued = "SELECT code FROM certificates_certificates WHERE subject = %s AND kind = 'record' AND state = 'issued'"
    until(lambda: running.rows(issued, found[1]), "the certificate of the case is issued")
    document = tmp_path / "expediente.pdf"
    code = running.value(issued, found[1])
    document.write_bytes(agent.get(f"/console/{SLUG}/certificates/{code}.pdf").content)
    trust = running.data / "trust.pem"
    assert running.command("verify", str(document), "--trust", str(trust)).returncode == 0


def test_a_customer_saves_the_sealed_receipt_of_what_they_wrote_and_verifies_it_offline(
    running: Installation, agent: Visitor, tmp_path: Path
) -> None:
    raw = written("Cobro de más", "Me han cobrado dos veces la revisión.", DESK, "cobro")
    send(running, raw, DESK)
    public = running.environment["ACUSE_PUBLIC_URL"]
    link = re.search(rf"{re.escape(public)}(/f/[a-z2-7]+/)", text_of(delivered(running, "Me han cobrado dos veces")))
    assert link is not None
    customer, receipt = Visitor(public, token="form"), f"{link[1]}receipt"
    assert "Cobro de más" in customer.get(link[1]).text
    assert customer.post(receipt, form=link[1]).status == 200
    issued = (
        "SELECT c.code FROM certificates_certificates AS c JOIN helpdesk_tickets AS t ON t.id = c.subject "
        "WHERE t.subject = 'Cobro de más' AND c.kind = 'receipt' AND c.state = 'issued'"
    )
    until(lambda: running.rows(issued), "the receipt is sealed")
    saved = customer.get(receipt)
    assert str(running.value(issued)) in saved.headers["Content-Disposition"]
    assert list(customer.cookies) == []
    assert extracted(saved.content, tmp_path)["mensaje.eml"] == raw
    document, trust = tmp_path / "certificate.pdf", running.data / "trust.pem"
    assert running.command("verify", str(document), "--trust", str(trust)).returncode == 0


def test_an_automatic_answer_and_a_report_to_the_mailbox_open_no_case(running: Installation, agent: Visitor) -> None:
    cases, read = "SELECT count(*) FROM helpdesk_tickets", "SELECT reading FROM reception_items WHERE message_id = %s"
    before = running.value(cases)
    absent = b"Auto-Submitted: auto-replied\r\n" + written("Ausente", "Vuelvo el lunes.", DESK, "ausente")
    report = re.sub(rb"\r?\n", b"\r\n", (VECTORS / "postfix-user-unknown.eml").read_bytes())
    identity = str(message_from_bytes(report, policy=default)["Message-ID"])
    send(running, absent, DESK)
    send(running, report, DESK, sender="")
    until(lambda: running.rows(read, "<ausente@acepta.example>") == [("auto_reply",)], "the automatic answer is read")
    until(lambda: running.rows(read, identity) == [("dsn",)], "the report is read")
    # What comes in after them is filed after them.
    send(running, written("Ya he vuelto", "¿Hay noticias?", DESK, "vuelta"), DESK)
    until(lambda: "Ya he vuelto" in agent.get(CASES).text, "the case is in the inbox")
    assert running.value(cases) == int(str(before)) + 1


def test_thirty_megabytes_come_as_an_attachment_and_can_be_saved(running: Installation, agent: Visitor) -> None:
    plan = b"0123456789abcde\n" * 1_875_000
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = f"Ana Prieto <{ANA}>", DESK, "El plano de la nave"
    mail["Message-ID"] = "<plano@acepta.example>"
    mail.set_content("Va adjunto.")
    mail.add_attachment(plan, maintype="application", subtype="octet-stream", filename="plano.dwg")
    raw, most = mail.as_bytes(), running.settings.message_limit
    assert len(raw) < most
    send(running, raw, DESK)
    until(lambda: "El plano de la nave" in agent.get(CASES).text, "the case is in the inbox")
    opened = "SELECT id FROM helpdesk_tickets WHERE subject = 'El plano de la nave'"
    case = f"{CASES}{running.value(opened)}/"
    (link,) = set(re.findall(rf'{case}said/[0-9a-f-]+/files/1/(?=")', agent.get(case).text))
    assert agent.get(link).content == plan

    with smtplib.SMTP("127.0.0.1", running.settings.smtp_inbound_port, "mx.acepta.example", 120) as client:
        client.ehlo()
        said = b"The message exceeds the maximum of %d octets" % most
        assert client.mail(ANA, [f"SIZE={most + 1}"]) == (552, b"5.3.4 " + said)
        assert client.mail(ANA, [f"SIZE={most}"])[0] == 250


def test_the_worker_closes_a_case_whose_notice_was_delivered_and_had_no_answer(
    running: Installation, agent: Visitor
) -> None:
    settings, subject = f"/console/{SLUG}/settings/desk/", "La ventanilla no sube"
    agent.post(settings, undo_seconds="0", seal_receipts="on", closing_allowed="on")
    assert re.search(r'<input[^>]* name="closing_allowed"[^>]* checked', agent.get(settings).text)
    send(running, written(subject, "Se queda a medias.", DESK, "ventanilla"), DESK)
    until(lambda: subject in agent.get(CASES).text, "the case is in the inbox")
    found = running.value("SELECT id FROM helpdesk_tickets WHERE subject = %s", subject)
    case = f"{CASES}{found}/"
    agent.post(f"{case}answer/", form=case, body="Cambiado el motor de la ventanilla.", language="es")
    delivered(running, "Cambiado el motor de la ventanilla.")

    closing = f"{case}guarantee/closing/"
    drafted = agent.post(closing, days="15", do="draft").text
    hidden = dict(re.findall(r'<input type="hidden" name="(revision|question|written_from)" value="([^"]*)"', drafted))
    letter = re.search(r'<textarea[^>]* name="body"[^>]*>(.*?)</textarea>', drafted, re.DOTALL)
    assert letter is not None
    body = f"{unescape(letter[1])}\n\nEs el aviso de la ventanilla."
    agent.post(closing, days="15", do="send", subject="Vamos a cerrar su caso", body=body, **hidden)
    notice = delivered(running, "Es el aviso de la ventanilla.")
    taken = (
        "SELECT letter.id FROM helpdesk_interactions AS said JOIN delivery_communications AS letter "
        "ON letter.id = said.communication WHERE said.ticket_id = %s AND said.act = 'closing_notice' "
        "AND letter.certified AND letter.status = 'concluded' AND letter.grade >= 1"
    )
    until(lambda: running.rows(taken, found), "the customer's server took charge of the notice")
    status = "SELECT status FROM helpdesk_tickets WHERE id = %s"
    assert running.value(status, found) == "pending_conformity"

    # The fifteen days pass, and the minutes after them in which what came at the last moment is taken in.
    with running.connect() as connection:
        connection.execute(
            "UPDATE delivery_communications SET final_at = final_at - interval '15 days 11 minutes' WHERE id = %s",
            [running.value(taken, found)],
        )
        connection.execute(
            "UPDATE helpdesk_outgoing SET term_until = term_until - interval '15 days 11 minutes' "
            "WHERE message_id = %s",
            [str(notice["Message-ID"])],
        )
    until(lambda: running.value(status, found) == "closed_without", "the worker closes the case")
    assert "cuando terminó su plazo" in agent.get(case).text
    link = re.search(r"/c/[a-z2-7]+/", text_of(notice))
    assert link is not None
    visitor_of_it = Visitor(running.environment["ACUSE_PUBLIC_URL"], token="form")
    assert "Esta pregunta ya no espera respuesta" in visitor_of_it.get(f"{link[0]}?l=es").text
    types = "SELECT type FROM evidence_facts WHERE subject = %s AND type IN ('term.expired', 'conformity.requested')"
    assert sorted(running.rows(types, found)) == [("conformity.requested",), ("term.expired",)]
