"""Notice mode through the doors: the notice arrives, its link is followed, and opening supersedes the certificate."""

import json
import re
from pathlib import Path

from acuse.embedded.mailboxes import messages
from acuse.mail.read import read
from acuse.proof.trust import Trust
from acuse.proof.verify import verify_bytes
from tests.flows.installation import Installation, message, until
from tests.flows.test_message import extracted
from tests.flows.web import Visitor

SECRET = "Aceptamos su reclamación del 3 de octubre."
_CERTIFICATES = (
    "SELECT organisation_id, sha256, code, supersedes FROM certificates_certificates WHERE subject = %s AND "
    "kind = 'certificate' AND state = 'issued' ORDER BY revision"
)


def types(running: Installation, communication: str) -> list[object]:
    statement = "SELECT type FROM evidence_facts WHERE subject = %s AND kind = 'communication' ORDER BY sequence"
    return [row[0] for row in running.rows(statement, communication)]


def arrived(running: Installation, communication: str) -> bytes:
    """The notice, as the recipient's server has it."""
    kept = messages(running.data / "sandbox", "acepta.example")
    (found,) = [one.content for one in kept if f"<{communication}@".encode() in one.content]
    return found


def test_a_notice_arrives_its_link_records_nothing_and_opening_supersedes_the_certificate(
    shared: Installation, tmp_path: Path
) -> None:
    raw = b"Acuse-Mode: notice\r\nAcuse-Language: es\r\n" + message("aviso", SECRET)
    reply = shared.submit(raw, "lee@acepta.example")
    communication = reply.rsplit(maxsplit=1)[-1]
    (earlier,) = shared.documents(reply)
    assert json.loads(extracted(earlier, tmp_path / "earlier")["statement.json"])["outcome"] == "relayed"
    text = read(arrived(shared, communication)).text or ""
    assert SECRET not in text
    link = re.search(rf"{re.escape(shared.environment['ACUSE_PUBLIC_URL'])}(/a/[a-z2-7]+/)", text)
    assert link is not None
    visitor = Visitor(shared.environment["ACUSE_PUBLIC_URL"], token="form")

    before = types(shared, communication)
    for path in (link[1], f"{link[1]}content", f"{link[1]}message", f"{link[1]}certificate", link[1]):
        assert SECRET not in visitor.get(path).text
    assert not list(visitor.cookies)
    assert types(shared, communication) == before
    assert len(shared.rows(_CERTIFICATES, communication)) == 1

    opened = visitor.post(f"{link[1]}open", form=link[1])
    assert (opened.status, opened.path) == (200, f"{link[1]}content")
    assert SECRET in visitor.get(f"{link[1]}message").text
    assert types(shared, communication)[len(before) :][:1] == ["content.accessed"]
    until(lambda: len(shared.rows(_CERTIFICATES, communication)) == 2, "the certificate is superseded")
    first, second = shared.rows(_CERTIFICATES, communication)
    assert second[3] == first[2]
    later = shared.kept(second[0], second[1])
    assert visitor.get(f"{link[1]}certificate").content == later
    files = extracted(later, tmp_path / "later")
    told = json.loads(files["statement.json"])
    assert (told["outcome"], told["grade"]) == ("accessed", 3)
    assert json.loads(files["document.json"])["supersedes"]["code"] == first[2]
    trust = Trust.parse((shared.data / "trust.pem").read_text("utf-8"))
    for document in (earlier, later):
        assert verify_bytes(document, filename="x.pdf", trust=trust).exit_status == 0
