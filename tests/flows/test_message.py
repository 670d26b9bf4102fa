"""A message in, a proof out: through the real doors of a whole installation."""

import hashlib
import json
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from acuse.embedded.mailboxes import messages
from acuse.errors import PermanentError
from acuse.proof import merkle
from acuse.proof.checkpoint import VerifierKey, open_note
from acuse.proof.trust import Trust
from acuse.proof.verify import verify_bytes
from tests.flows.installation import SLUG, Installation, message, until

EXAMPLES = Path(__file__).parent.parent.parent / "examples"


@pytest.fixture
def running(shared: Installation) -> Installation:
    """The installation that the modules share."""
    return shared


def extracted(document: bytes, folder: Path) -> dict[str, bytes]:
    """Extract the embedded files with poppler's pdfdetach."""
    (folder / "files").mkdir(parents=True, exist_ok=True)
    path = folder / "certificate.pdf"
    path.write_bytes(document)
    subprocess.run(["pdfdetach", "-saveall", "-o", str(folder / "files"), str(path)], check=True)
    return {file.name: file.read_bytes() for file in (folder / "files").iterdir()}


def test_an_accepted_message_arrives_and_its_certificate_rebuilds_it(running: Installation, tmp_path: Path) -> None:
    raw = (EXAMPLES / "09-firmado-smime.eml").read_bytes()
    reply = running.submit(raw, "uno@acepta.example", sender="marta.soler@talleres-ribera.example")
    (document,) = running.documents(reply)
    trust = Trust.parse((running.directory / "data" / "trust.pem").read_text("utf-8"))
    report = verify_bytes(document, filename="x.pdf", trust=trust)
    assert report.exit_status == 0, report.to_text()
    assert "no legal value" in report.to_text()
    files = extracted(document, tmp_path)
    assert files["mensaje.eml"] == raw
    statement = json.loads(files["statement.json"])
    assert (statement["outcome"], statement["grade"]) == ("relayed", 1)
    kept = messages(running.directory / "data" / "sandbox", "acepta.example")
    delivered = [one for one in kept if one.content.endswith(raw)]
    assert len(delivered) == 1, "the recipient has it once, byte for byte behind our trace line"
    prepended = delivered[0].content[: -len(raw)]
    facts = json.loads(files["proof.json"])["facts"]
    opened = next(item["fact"] for item in facts if item["fact"]["type"] == "attempt.opened")
    assert opened["details"]["copy"]["prepended"].encode() == prepended
    assert opened["details"]["copy"]["digest"] == hashlib.sha256(delivered[0].content).hexdigest()


def test_public_tools_agree_with_the_certificate(running: Installation, tmp_path: Path) -> None:
    reply = running.submit(message("tools"), "dos@acepta.example")
    (document,) = running.documents(reply)
    files = extracted(document, tmp_path)
    signature = subprocess.run(
        ["pdfsig", str(tmp_path / "certificate.pdf")], capture_output=True, text=True, check=False
    ).stdout
    assert "Signature is Valid" in signature
    assert "Total document signed" in signature
    anchor = running.directory / "data" / "authority" / "ca.pem"
    stamped = subprocess.run(
        f"openssl ts -verify -token_in -in sello.tst -data punto-de-control.txt -CAfile {anchor}".split(),
        cwd=tmp_path / "files",
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Verification: OK" in stamped.stdout + stamped.stderr
    assert set(files) >= {"mensaje.eml", "proof.json", "statement.json"}
    done = subprocess.run(["pdfinfo", str(tmp_path / "certificate.pdf")], capture_output=True, text=True, check=True)
    assert "Tagged:          yes" in done.stdout


def test_a_failure_is_certified_and_told_to_the_sender_once(running: Installation, tmp_path: Path) -> None:
    reply = running.submit(message("nobody"), "una.vez@sinbuzon.example")
    (document,) = running.documents(reply)
    statement = json.loads(extracted(document, tmp_path)["statement.json"])
    assert (statement["outcome"], statement["failure_class"]) == ("failed", "mailbox_not_found")
    until(
        lambda: running.value(
            "SELECT count(*) FROM evidence_facts WHERE type = 'sender.notified' AND subject = %s", reply.split()[-1]
        ),
        "the sender is notified",
    )
    told = messages(running.directory / "data" / "sandbox", "talleres-ribera.example")
    reports = [one for one in told if b"una.vez@sinbuzon.example" in one.content]
    assert len(reports) == 1
    assert b"message/delivery-status" in reports[0].content
    assert reports[0].envelope["sender"] == ""


OUTCOMES = {
    "x@listagris.example": ("relayed", None),
    "x@llena.example": ("failed", "mailbox_full"),
    "x@politica.example": ("failed", "policy_blocked"),
    "x@nullmx.example": ("failed", "no_mail_domain"),
    "x@noexiste.example": ("failed", "domain_not_found"),
    "x@inalcanzable.example": ("failed", "server_unavailable"),
    "x@cortasiempre.example": ("undetermined", None),
}


@pytest.fixture(scope="module")
def replies(shared: Installation) -> dict[str, str]:
    """The reply to a message for each outcome: submitted together, because some are tried until the term is over."""
    return {recipient: shared.submit(message(recipient), recipient) for recipient in OUTCOMES}


@pytest.mark.parametrize("recipient", OUTCOMES)
def test_every_outcome_has_its_certificate(
    running: Installation, tmp_path: Path, replies: dict[str, str], recipient: str
) -> None:
    (document,) = running.documents(replies[recipient])
    statement = json.loads(extracted(document, tmp_path)["statement.json"])
    assert (statement["outcome"], statement["failure_class"]) == OUTCOMES[recipient]


def test_what_is_sent_again_to_a_mailbox_that_does_not_exist_is_held_back(
    running: Installation, tmp_path: Path
) -> None:
    recipient = "dos.veces@sinbuzon.example"
    first = running.submit(message("first"), recipient).split()[-1]
    until(
        lambda: running.value(
            "SELECT count(*) FROM evidence_facts WHERE type = 'suppression.added' AND subject = %s", first
        ),
        "the address is on the list",
    )
    reply = running.submit(message("second"), recipient.upper())
    (document,) = running.documents(reply)
    files = extracted(document, tmp_path)
    statement = json.loads(files["statement.json"])
    assert (statement["outcome"], statement["failure_class"]) == ("failed", "suppressed")
    types = [item["fact"]["type"] for item in json.loads(files["proof.json"])["facts"]]
    assert types[:2] == ["communication.accepted", "attempt.failed"]
    assert "attempt.opened" not in types
    trust = Trust.parse((running.directory / "data" / "trust.pem").read_text("utf-8"))
    assert verify_bytes(document, filename="x.pdf", trust=trust).exit_status == 0


def test_a_stranger_may_not_send_as_somebody_else(running: Installation) -> None:
    with pytest.raises(PermanentError, match=r"550 5\.7\.1"):
        running.submit(message("forged"), "x@acepta.example", sender="otro@empresa.example")


def test_the_public_log_can_be_mirrored_and_checked(running: Installation, tmp_path: Path) -> None:
    running.documents(running.submit(message("log"), "log@acepta.example"))
    address = running.environment["ACUSE_PUBLIC_URL"]

    def fetch(path: str) -> bytes:
        with urllib.request.urlopen(f"{address}/log/{path}", timeout=60) as reply:
            return bytes(reply.read())

    note = fetch("checkpoint")
    trust = Trust.parse((running.directory / "data" / "trust.pem").read_text("utf-8"))
    opened = open_note(note, VerifierKey.parse(trust.log_keys[0]))
    entries: list[bytes] = []
    while len(entries) < opened.size:
        index, width = len(entries) // 256, min(256, opened.size - len(entries))
        suffix = "" if width == 256 else f".p/{width}"
        bundle = fetch(f"tile/entries/{index:03d}{suffix}")
        assert len(bundle) == 34 * width
        assert {bundle[at : at + 2] for at in range(0, len(bundle), 34)} == {b"\x00\x20"}, "each entry's length"
        entries += [bundle[at + 2 : at + 34] for at in range(0, len(bundle), 34)]
    assert merkle.root_of([merkle.leaf_hash(entry) for entry in entries]) == opened.root
    with pytest.raises(urllib.error.HTTPError):
        fetch("tile/0/999")


def test_send_and_verify_work_from_the_command_line(running: Installation, tmp_path: Path) -> None:
    assert running.account is not None
    (tmp_path / "secret").write_text(running.account.secret)
    (tmp_path / "message.eml").write_bytes(message("cli").replace(b"\r\n", b"\n"))  # as files on Unix are
    out = tmp_path / "out"
    running.command(
        "send", str(tmp_path / "message.eml"), "--to", "cli@acepta.example", "--user", running.account.username,
        "--secret-file", str(tmp_path / "secret"), "--out", str(out),
    )  # fmt: skip
    (certificate,) = out.iterdir()
    assert running.command("verify", str(certificate)).returncode == 0
    damaged = bytearray(certificate.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    (tmp_path / "damaged.pdf").write_bytes(damaged)
    assert running.command("verify", str(tmp_path / "damaged.pdf"), check=False).returncode == 1
    empty = tmp_path / "empty.pem"
    empty.write_text("")
    assert running.command("verify", "--trust", str(empty), str(certificate), check=False).returncode == 2


def test_check_and_fsck_say_that_all_is_well(running: Installation) -> None:
    until(lambda: running.command("check", check=False).returncode == 0, "nothing is late after the tests before")
    assert "Everything holds." in running.command("fsck").stdout


def test_a_revoked_key_opens_nothing(running: Installation) -> None:
    username = running.command("key", "create", SLUG, "temporal").stdout.split()[2]
    listed = running.command("key", "list", SLUG).stdout
    assert username in listed
    running.command("key", "revoke", SLUG, username)
    assert "revoked" in running.command("key", "list", SLUG).stdout


def test_wrong_use_is_one_sentence_and_a_status(running: Installation) -> None:
    for arguments, status in (
        (("key", "create", "nadie", "x"), 2),
        (("send", "/nowhere.eml", "--to", "x@acepta.example"), 2),
        (("serve", "--roles", "teapot"), 2),
    ):
        done = running.command(*arguments, check=False)
        assert done.returncode == status
        assert "Traceback" not in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1


def test_the_pages_over_a_message_kept_elsewhere_are_made_again_with_it(running: Installation, tmp_path: Path) -> None:
    """Over 25 MB it is not in the PDF: it is given by hand, and its digest decides whether it is the one."""
    line = b"QUJD" * 19 + b"\r\n"
    encoded = b"application/octet-stream; name=datos.bin\r\nContent-Transfer-Encoding: base64"
    raw = message("grande", text="").replace(b"text/plain; charset=utf-8", encoded)
    raw += line * (25_500_000 // len(line))
    (document,) = running.documents(running.submit(raw, "grande@acepta.example"))
    certificate, original, other = (tmp_path / name for name in ("grande.pdf", "grande.eml", "otro.eml"))
    certificate.write_bytes(document)
    original.write_bytes(raw)
    other.write_bytes(raw + b"\r\n")
    assert len(document) < 10_000_000
    lacking = running.command("verify", "--render", str(certificate), check=False)
    assert (lacking.returncode, f"SHA-256 {hashlib.sha256(raw).hexdigest()}" in lacking.stdout) == (2, True)
    wrong = running.command("verify", "--render", "--message", str(other), str(certificate), check=False)
    assert (wrong.returncode, "another one was certified" in wrong.stdout) == (2, True)
    done = running.command("verify", "--render", "--message", str(original), str(certificate))
    assert "are the same in all" in done.stdout
    alone = running.command("verify", "--message", str(original), str(certificate), check=False)
    assert (alone.returncode, alone.stderr) == (2, "acuse: Give --message together with --render.\n")
    nowhere = running.command("verify", "--render", "--message", "/nowhere.eml", str(certificate), check=False)
    said = "acuse: /nowhere.eml cannot be read: No such file or directory.\n"
    assert (nowhere.returncode, nowhere.stdout, nowhere.stderr) == (2, "", said), "it is said before any work"


def test_the_pages_can_be_made_again_from_the_file_alone(running: Installation, tmp_path: Path) -> None:
    raw = (EXAMPLES / "02-imagenes-thunderbird.eml").read_bytes()
    reply = running.submit(raw, "paginas@acepta.example", sender="marta.soler@talleres-ribera.example")
    (document,) = running.documents(reply)
    (tmp_path / "pages.pdf").write_bytes(document)
    done = running.command("verify", "--render", str(tmp_path / "pages.pdf"))
    assert "are the same in all" in done.stdout
    told = running.command("verify", "--render", "--json", str(tmp_path / "pages.pdf"))
    assert [one["state"] for one in json.loads(told.stdout)] == ["valid"], "what a program reads is JSON alone"
    assert "are the same in all" in told.stderr
