"""What a message asks for, through the whole installation: obeyed, in the evidence, and unseen by the recipient."""

import hashlib
import json
import subprocess
from pathlib import Path

from acuse.embedded.mailboxes import messages
from acuse.proof.trust import Trust
from acuse.proof.verify import verify_bytes
from tests.flows.installation import Installation, message
from tests.flows.test_message import extracted
from tests.unit.mail.test_dkim import checked, signed, signer

ASKED = (
    b"Acuse-Language: en\r\nACUSE-reference: Expediente\r\n =?utf-8?q?ma=C3=B1ana?=\r\nAcuse-Retention: 12 years\r\n"
)


def test_choices_are_obeyed_and_never_sent(shared: Installation, tmp_path: Path) -> None:
    raw = signed(ASKED + message("elecciones"), signer())
    reply = shared.submit(raw, "elige@acepta.example")
    (document,) = shared.documents(reply)
    trust = Trust.parse((shared.directory / "data" / "trust.pem").read_text("utf-8"))
    report = verify_bytes(document, filename="x.pdf", trust=trust)
    assert report.exit_status == 0, report.to_text()
    files = extracted(document, tmp_path)
    printed = subprocess.run(["pdftotext", str(tmp_path / "certificate.pdf"), "-"], capture_output=True, check=True)
    text = " ".join(printed.stdout.decode().split())
    assert "The sender's reference: Expediente mañana" in text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    assert "kept for 12 years" in text
    assert "Taken out of the header, because they are said to Acuse alone: " in text
    assert "ACUSE-reference: Expediente =?utf-8?q?ma=C3=B1ana?= Acuse-Retention: 12 years" in text
    assert files["message.eml"] == raw, "the certificate is in English, and holds the message as submitted"
    facts = [item["fact"] for item in json.loads(files["proof.json"])["facts"]]
    accepted = next(fact["details"] for fact in facts if fact["type"] == "communication.accepted")
    assert (accepted["language"], accepted["reference"]) == ("en", "Expediente mañana")
    assert accepted["retention_years"] == 12
    copy = next(fact["details"]["copy"] for fact in facts if fact["type"] == "attempt.opened")
    assert copy["removed"].encode() == ASKED
    (delivered,) = [
        one.content
        for one in messages(shared.directory / "data" / "sandbox", "acepta.example")
        if b"<elecciones@talleres-ribera.example>" in one.content
    ]
    assert b"acuse-" not in delivered.partition(b"\r\n\r\n")[0].lower().replace(b"<elecciones", b"")
    assert delivered == copy["prepended"].encode() + raw.replace(ASKED, b"")
    assert hashlib.sha256(delivered).hexdigest() == copy["digest"]
    assert "pass" in {one.result for one in checked(delivered, signer())}
    years = shared.value(
        "SELECT round(extract(epoch FROM retain_until - now()) / 31557600) FROM evidence_heads WHERE subject = %s",
        reply.split()[-1],
    )
    assert years == 12


def test_a_bad_choice_is_refused_in_a_sentence(shared: Installation, tmp_path: Path) -> None:
    assert shared.account is not None
    (tmp_path / "message.eml").write_bytes(b"Acuse-Mode: letter\r\n" + message("mala"))
    (tmp_path / "secret").write_text(shared.account.secret)
    account = ("--user", shared.account.username, "--secret-file", str(tmp_path / "secret"))
    refused = shared.command("send", str(tmp_path / "message.eml"), "--to", "uno@acepta.example", *account, check=False)
    said = 'acuse: The SMTP connector said 554 5.6.0 Acuse-Mode may be content or notice, not "letter".\n'
    assert (refused.returncode, refused.stderr) == (1, said), "failed, as distinct from wrong use"
