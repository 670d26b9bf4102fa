"""A copy to which something is added, through the whole installation: from the SMTP door to the recipient's receipt."""

import json
import re
import subprocess
from pathlib import Path

from acuse.embedded.mailboxes import messages
from acuse.mail.read import read
from acuse.proof.trust import Trust
from acuse.proof.verify import verify_bytes
from tests.flows.installation import SENDER, Installation
from tests.flows.test_message import extracted
from tests.flows.web import Visitor

PDF = b"JVBERi0xLjcgcHJlc3VwdWVzdG8=\r\n"
SITE = "https://talleres-ribera.example/presupuesto?n=1&copy=2"


def multipart(number: str, *fields: str) -> bytes:
    """A message of text and HTML, with a file."""
    head = "".join(f"{field}\r\n" for field in fields)
    return (
        (
            f"From: Talleres Ribera <{SENDER}>\r\nTo: ana@acepta.example\r\nSubject: Presupuesto {number}\r\n"
            f"Message-ID: <{number}@talleres-ribera.example>\r\nDate: Sat, 21 Nov 2026 10:00:00 +0100\r\n{head}"
            'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="m"\r\n\r\n--m\r\n'
            'Content-Type: multipart/alternative; boundary="a"\r\n\r\n'
            "--a\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
            "Presupuesto de reparaci=F3n\r\n"
            "--a\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
            f'<html><body><p>Reparación</p><a href="{SITE.replace("&c", "&amp;c")}">Ver</a></body></html>\r\n--a--\r\n'
            '--m\r\nContent-Type: application/pdf; name="p.pdf"\r\nContent-Transfer-Encoding: base64\r\n'
            'Content-Disposition: attachment; filename="p.pdf"\r\n\r\n'
        ).encode()
        + PDF
        + b"--m--\r\n"
    )


def arrived(shared: Installation, number: str) -> bytes:
    """What the sandbox's mailbox holds of a message."""
    (found,) = [
        one.content
        for one in messages(shared.directory / "data" / "sandbox", "acepta.example")
        if f"<{number}@talleres-ribera.example>".encode() in one.content
    ]
    return found


def test_what_arrives_names_its_receipt_and_the_certificate_holds_both(shared: Installation, tmp_path: Path) -> None:
    raw = multipart("anadido", "Acuse-Footer: on", "Acuse-Tracking: on")
    reply = shared.submit(raw, "ana@acepta.example")
    (document,) = shared.documents(reply)
    copy = arrived(shared, "anadido")
    said, before = read(copy), read(raw)
    assert said.defects == ()
    assert said.attachments == before.attachments
    assert (said.text or "").startswith(before.text or "?")
    base = shared.environment["ACUSE_PUBLIC_URL"].rstrip("/")
    receipt = re.search(rf"{re.escape(base)}(/r/[a-z2-7]{{42}}/)", said.text or "")
    assert receipt is not None
    html = said.html or ""
    assert receipt[0] in html
    assert re.search(rf'<a href="{re.escape(base)}/t/[a-z2-7]{{42}}/1">Ver</a>', html)
    assert re.search(rf'<img src="{re.escape(base)}/t/[a-z2-7]{{42}}/i\.gif"', html)
    assert "talleres-ribera.example" not in html
    trust = Trust.parse((shared.directory / "data" / "trust.pem").read_text("utf-8"))
    report = verify_bytes(document, filename="x.pdf", trust=trust)
    assert report.exit_status == 0, report.to_text()
    files = extracted(document, tmp_path)
    assert files["mensaje.eml"] == raw
    (sent,) = [content for name, content in files.items() if name.startswith("enviado-")]
    assert sent == copy
    (links,) = [content for name, content in files.items() if name.startswith("enlaces-")]
    assert json.loads(links) == {"links": [SITE]}
    printed = subprocess.run(["pdftotext", str(tmp_path / "certificate.pdf"), "-"], capture_output=True, check=True)
    text = " ".join(printed.stdout.decode().split())
    assert "El remitente eligió que a la copia que se envió se le añadiera: una línea con el enlace a su acuse" in text
    visitor = Visitor(base)
    page = visitor.get(receipt[1])
    assert "El servidor de acepta.example lo aceptó" in page.text
    assert visitor.get(f"{receipt[1]}certificate").content == document


def test_a_signed_message_arrives_as_it_was_signed(shared: Installation, tmp_path: Path) -> None:
    fields = "DKIM-Signature: v=1; a=rsa-sha256; d=talleres-ribera.example; s=x; h=From; bh=AA==; b=AA=="
    raw = multipart("intacto", "Acuse-Footer: on", "Acuse-Tracking: on", fields)
    (document,) = shared.documents(shared.submit(raw, "ana@acepta.example"))
    untouched = multipart("intacto", fields)
    assert arrived(shared, "intacto").endswith(untouched)
    files = extracted(document, tmp_path)
    assert not [name for name in files if name.startswith("enviado-")]
    printed = subprocess.run(["pdftotext", str(tmp_path / "certificate.pdf"), "-"], capture_output=True, check=True)
    assert "no se añadió nada: está firmada" in " ".join(printed.stdout.decode().split())
