"""A tracked message through the whole installation: delivered, requested by all kinds, certified, withdrawn from."""

import http.client
import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from acuse import clock
from acuse.clock import from_rfc3339
from acuse.delivery.hits import SOON
from acuse.embedded.mailboxes import messages
from acuse.mail.read import read
from acuse.proof.trust import Trust
from acuse.proof.verify import verify_bytes
from tests.flows.installation import SENDER, Installation, installation, until
from tests.flows.test_message import extracted
from tests.unit.delivery.test_hits import FIREFOX, GMAIL

SITE = "https://talleres-ribera.example"
PAGE = (
    f'<html><body><p>Su <a href="{SITE}/presupuesto?n=1#total">presupuesto</a> y el <a href="{SITE}/mapa">mapa</a>.</p>'
    f'<p><a href="mailto:{SENDER}">Escriba</a></p></body></html>'
)
RECIPIENT = "ana@acepta.example"
#: It says what it is: one that does not is known by how soon it comes, which a busy machine does not promise.
SCANNER = "Mozilla/5.0 (compatible; Barracuda Sentinel)"


@dataclass(frozen=True)
class Answer:
    """What the web door answered."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


@dataclass
class Browser:
    """A program that requests what a copy names, and follows nothing by itself."""

    running: Installation
    agent: str

    def ask(self, method: str, path: str, body: str = "", **more: str) -> Answer:
        """Send one request."""
        address = urlsplit(self.running.environment["ACUSE_PUBLIC_URL"])
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=120)
        headers = {"User-Agent": self.agent, "Accept-Language": "es", **more}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body=body or None, headers=headers)
            reply = connection.getresponse()
            return Answer(reply.status, reply.headers, reply.read())
        finally:
            connection.close()


@pytest.fixture(scope="module")
def running() -> Iterator[Installation]:
    """An installation that certifies when it is told to, so that requests are inside the first certificate."""
    with installation(ACUSE_SETTLE_TIME="PT1H") as started:
        yield started


def html(number: str) -> bytes:
    """A message that asks to be tracked."""
    return (
        f"From: Talleres Ribera <{SENDER}>\r\nTo: {RECIPIENT}\r\nSubject: Presupuesto {number}\r\n"
        f"Message-ID: <{number}@talleres-ribera.example>\r\nDate: Sat, 21 Nov 2026 10:00:00 +0100\r\n"
        "Acuse-Tracking: on\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
        f"{PAGE}\r\n"
    ).encode()


def delivered(running: Installation, number: str) -> bytes:
    """Wait for a message in the sandbox's mailbox."""

    def found() -> list[bytes]:
        kept = messages(running.data / "sandbox", "acepta.example")
        return [one.content for one in kept if f"<{number}@talleres-ribera.example>".encode() in one.content]

    until(found, "the message is delivered")
    return found()[0]


def facts(running: Installation, communication: str) -> list[dict[str, Any]]:
    """Every fact of a communication, in order."""
    rows = running.rows(
        "SELECT convert_from(canonical, 'UTF8') FROM evidence_facts WHERE subject = %s ORDER BY sequence", communication
    )
    return [json.loads(str(row[0])) for row in rows]


def of_type(running: Installation, communication: str, fact_type: str) -> list[dict[str, Any]]:
    """Those of a type."""
    return [fact for fact in facts(running, communication) if fact["type"] == fact_type]


def test_from_the_first_request_to_the_withdrawal(running: Installation, tmp_path: Path) -> None:
    reply = running.submit(html("uno"), RECIPIENT)
    communication = reply.split()[-1]
    page = read(delivered(running, "uno")).html or ""
    (root,) = set(re.findall(r"/t/[a-z2-7]{42}/", page))
    assert f"{root}i.gif" in page
    assert SITE not in page
    assert f"mailto:{SENDER}" in page

    until(lambda: of_type(running, communication, "attempt.relayed"), "the delivery is recorded")
    (relayed,) = of_type(running, communication, "attempt.relayed")
    person, scanner, gmail = (Browser(running, agent) for agent in (FIREFOX, SCANNER, GMAIL))
    for number, path in (("1", "/presupuesto?n=1#total"), ("2", "/mapa")):
        assert scanner.ask("GET", f"{root}{number}").headers["Location"] == f"{SITE}{path}"
    assert scanner.ask("HEAD", f"{root}1").status == 302
    assert gmail.ask("GET", f"{root}i.gif").body.startswith(b"GIF89a")
    until(lambda: clock.now() >= from_rfc3339(relayed["occurred_at"]) + SOON, "a person can have read it")
    assert person.ask("GET", f"{root}i.gif").status == 200
    led = person.ask("GET", f"{root}1")
    assert (led.status, led.headers["Location"]) == (302, f"{SITE}/presupuesto?n=1#total")
    assert led.headers["Referrer-Policy"] == "no-referrer"
    assert person.ask("GET", f"{root}3").status == 404
    assert person.ask("GET", f"{root}1", **{"Sec-Purpose": "prefetch"}).status == 302

    form = re.search(rb'name="form" value="([^"]+)"', person.ask("GET", root).body)
    assert form is not None
    pressed = person.ask("POST", f"{root}withdraw", urlencode({"form": form[1].decode()}))
    assert (pressed.status, pressed.headers["Location"]) == (303, f"{root}?l=es")
    assert "Ya no se registra" in person.ask("GET", root).body.decode()
    assert person.ask("GET", f"{root}1").headers["Location"] == f"{SITE}/presupuesto?n=1#total"

    told = [fact for fact in facts(running, communication) if fact["type"].startswith("track")]
    assert [(fact["type"].partition(".")[2], fact["details"].get("by")) for fact in told] == [
        ("link_requested", "scanner"),
        ("link_requested", "scanner"),
        ("link_requested", "scanner"),
        ("image_requested", "mail_proxy"),
        ("image_requested", "person"),
        ("link_requested", "person"),
        ("link_requested", "unknown"),
        ("withdrawn", None),
    ]
    running.rows("UPDATE certificates_certificates SET due_at = now() WHERE subject = %s RETURNING 1", communication)
    (document,) = running.documents(reply)
    check_certificate(running, document, tmp_path)
    check_next(running)


def check_certificate(running: Installation, document: bytes, tmp_path: Path) -> None:
    """The certificate verifies, tells the requests for what they are, and its outcome knows nothing of them."""
    trust = Trust.parse((running.data / "trust.pem").read_text("utf-8"))
    report = verify_bytes(document, filename="x.pdf", trust=trust)
    assert report.exit_status == 0, report.to_text()
    files = extracted(document, tmp_path)
    statement = json.loads(files["statement.json"])
    assert (statement["outcome"], statement["grade"]) == ("relayed", 1)
    printed = subprocess.run(["pdftotext", str(tmp_path / "certificate.pdf"), "-"], capture_output=True, check=True)
    text = " ".join(printed.stdout.decode().split())
    assert text.count("Una petición de la imagen, por una persona o una máquina") == 2
    assert text.count("por una persona o una máquina") == 7
    assert "dice ser el intermediario de imágenes de Google, que las pide para Gmail" in text
    assert "pidió solo las cabeceras (HEAD)" in text
    assert text.count("Parece hecha desde el dispositivo de alguien") == 2
    assert "Del lado del destinatario se pide que no se registren más peticiones" in text


def check_next(running: Installation) -> None:
    """The next message to whoever withdrew is sent as it is, though it asks to be tracked; another's is tracked."""
    reply = running.submit(html("dos"), RECIPIENT)
    assert "/t/" not in (page := read(delivered(running, "dos")).html or "")
    assert f"{SITE}/mapa" in page
    (accepted,) = of_type(running, reply.split()[-1], "communication.accepted")
    assert accepted["details"]["tracking"] == "withdrawn"
    running.submit(html("tres"), "luis@acepta.example")
    assert "/t/" in (read(delivered(running, "tres")).html or "")
