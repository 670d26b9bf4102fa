"""What section 7 of a sealed document tells its holder to do, done: public tools, and nothing of ours but `verify`."""

import os
import re
import subprocess
import urllib.request
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.flows.installation import ACUSE, SENDER, Installation, message

COMMANDS = ("pdfsig ", "pdfdetach ", "sha256sum ", "openssl ", "acuse ")
ANCHORS = ("tsa.pem", "seal.pem", "log.vkey")
CASES = (
    ("es", "relayed", "certificate"),
    ("es", "failed", "certificate"),
    ("en", "relayed", "certificate"),
    ("en", "failed", "certificate"),
    ("es", "relayed", "receipt"),
    ("en", "relayed", "receipt"),
)


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Somebody who holds a document: a folder with it and with the anchors, and nothing else."""

    folder: Path
    text: str
    commands: tuple[str, ...]

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """Type one of the commands."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ACUSE_")}
        environment["PATH"] = f"{Path(ACUSE).parent}:{environment['PATH']}"
        environment["ACUSE_DATA_DIRECTORY"] = str(self.folder / "never-used")  # no anchors but those that are given
        return subprocess.run(
            command.split(), cwd=self.folder, env=environment, capture_output=True, text=True, timeout=300, check=False
        )

    def one(self, program: str) -> str:
        """The command of a program."""
        (found,) = [command for command in self.commands if command.startswith(program)]
        return found


def printed(document: bytes, folder: Path) -> str:
    path = folder / "document.pdf"
    path.write_bytes(document)
    text = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True).stdout
    path.unlink()
    return text


def commands_of(text: str) -> tuple[str, ...]:
    """The commands as they stand on the page."""
    lines = [line.strip().removeprefix("$ ") for line in text.splitlines()]
    return tuple(" ".join(line.split()) for line in lines if line.startswith(COMMANDS))


@pytest.fixture(scope="module")
def documents(shared: Installation) -> dict[tuple[str, str, str], bytes]:
    """A relayed and a failed message in each language, and the receipts of the relayed ones."""
    shared.command("organisation", "create", "Ribera Motors", "ribera-motors", "--language", "en")
    shared.command("organisation", "sends-as", "ribera-motors", "@ribera-motors.example")
    accounts = {
        "es": (shared.account, SENDER),
        "en": (shared.new_key("ribera-motors"), "notices@ribera-motors.example"),
    }
    found = {}
    for language, (account, sender) in accounts.items():
        user = replace(shared, account=account)
        relayed, failed = (
            user.submit(
                message(f"{language}-{end}").replace(SENDER.encode(), sender.encode(), 1), recipient, sender=sender
            )
            for end, recipient in (("relayed", "uno@acepta.example"), ("failed", "nadie@sinbuzon.example"))
        )
        (found[language, "relayed", "certificate"],) = shared.documents(relayed)
        (found[language, "failed", "certificate"],) = shared.documents(failed)
        ask_for_receipt(shared, relayed.split()[-1])
        (found[language, "relayed", "receipt"],) = shared.documents(relayed, "receipt")
    return found


def ask_for_receipt(running: Installation, communication: str) -> None:
    organisation = running.value("SELECT organisation_id FROM delivery_communications WHERE id = %s", communication)
    running.command(
        "manage", "shell", "-v", "0", "-c",
        "from uuid import UUID; from acuse.certificates.services import request_receipt; "
        f"request_receipt(organisation=UUID('{organisation}'), communication=UUID('{communication}'))",
    )  # fmt: skip


@pytest.fixture(params=CASES, ids="-".join)
def holder(
    request: pytest.FixtureRequest,
    documents: dict[tuple[str, str, str], bytes],
    shared: Installation,
    tmp_path: Path,
) -> Holder:
    document = documents[request.param]
    text = printed(document, tmp_path)
    found = Holder(folder=tmp_path, text=text, commands=commands_of(text))
    (tmp_path / found.one("pdfsig").split()[1]).write_bytes(document)
    for name in ANCHORS:
        address = f"{shared.environment['ACUSE_PUBLIC_URL']}/verify/offline/{name}"
        with urllib.request.urlopen(address, timeout=60) as reply:
            (tmp_path / name).write_bytes(reply.read())
    return found


def test_every_printed_command_gives_the_printed_result(holder: Holder) -> None:
    seal = holder.run(holder.one("pdfsig")).stdout
    assert "Signature is Valid" in seal
    assert "Signature is Invalid" not in seal
    assert holder.run(holder.one("pdfdetach")).returncode == 0
    digests = [command for command in holder.commands if command.startswith("sha256sum")]
    assert digests
    files = set()
    for command in digests:
        done = holder.run(command)
        assert done.returncode == 0, done.stderr
        for line in done.stdout.splitlines():
            digest, name = line.split()
            files.add(name)
            assert printed_digest(holder.text, name) == digest
    detached = {path.name for path in holder.folder.iterdir()} - {*ANCHORS, holder.one("pdfsig").split()[1]}
    assert files == detached, "every embedded file is named, and no other"
    stamped = holder.run(holder.one("openssl"))
    assert "Verification: OK" in stamped.stdout + stamped.stderr
    verdict = holder.run(holder.one("acuse"))
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr
    assert "no legal value" in verdict.stdout


def printed_digest(text: str, name: str) -> str:
    """The digest that section 6 prints beside a file."""
    found = re.search(rf"^\s*{re.escape(name)}\s+([0-9a-f]{{64}})\s*$", text, re.MULTILINE)
    if found:
        return found[1]
    # Long names and long digests wrap: the digest's pieces follow within the row.
    start = re.search(rf"^\s*{re.escape(name)}\b", text, re.MULTILINE)
    assert start, name
    return "".join(re.findall(r"\b[0-9a-f]{16,64}\b", text[start.start() :]))[:64]


@pytest.mark.parametrize("holder", [CASES[0]], ids="-".join, indirect=True)
def test_a_document_vouches_for_nothing_by_itself(holder: Holder) -> None:
    command, _, _ = holder.one("acuse").partition(" --trust")
    assert holder.run(command).returncode == 2
    assert holder.run(f"{command} --trust log.vkey").returncode == 2, "the ledger's key says nothing of seal and time"
    assert holder.run(holder.one("acuse").replace(".pdf", ".pdf.missing")).returncode == 2
    path = holder.folder / holder.one("pdfsig").split()[1]
    path.write_bytes(path.read_bytes().replace(b"endobj", b"endobJ", 1))
    assert holder.run(holder.one("acuse")).returncode == 1
    assert "Signature is Valid" not in holder.run(holder.one("pdfsig")).stdout
