"""The verifier's step, as each paper prints it: the very command, and the very words that it answers."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from acuse.accounts.models import Organisation
from acuse.certificates import services
from acuse.certificates.models import Certificate
from acuse.proof.trust import Trust
from tests.flows.installation import ACUSE
from tests.flows.test_commands import commands_of, printed
from tests.integration.certificates.conftest import Notary
from tests.integration.certificates.test_deadlines import Desk, certified_one, two_deadlines
from tests.integration.certificates.test_records import Answered, recorded

LEVELS = ("B-B", "B-T", "B-LTA")
LANGUAGES = ("es", "en")
COUNTED = {
    ("es", 8): "los ocho pasos con «valid»",
    ("en", 8): "all eight steps with “valid”",
    ("es", 7): "siete pasos con «valid», el 5 con «not in file»",
    ("en", 7): "seven steps with “valid”, step 5 with “not in file”",
}
DEADLINES = {"es": "Un justificante no juzga los plazos", "en": "A receipt judges no deadlines of the case"}


def answer(notary: Notary, row: Certificate, folder: Path) -> str:
    """Type what the paper says, beside the paper and the anchors that it names; return what is answered."""
    document = notary.pdf(row)
    page = printed(document, folder)
    (command,) = [each for each in commands_of(page) if each.startswith("acuse verify")]
    trust = notary.trust
    offered = {
        "tsa.pem": Trust(stamps=trust.stamps),
        "seal.pem": Trust(seals=trust.seals),
        "log.vkey": Trust(log_keys=trust.log_keys),
    }
    for name in re.findall(r"--trust (\S+)", command):
        (folder / name).write_text(offered[name].to_text())
    (folder / command.split()[2]).write_bytes(document)
    environment = {**os.environ, "ACUSE_DATA_DIRECTORY": str(folder / "never-used")}
    words = [ACUSE, *command.split()[1:]]
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def agree(notary: Notary, row: Certificate, folder: Path, language: str, *, valid: int = 8) -> None:
    """Compare the paper with what the verifier answers."""
    said = answer(notary, row, folder)
    page = " ".join(printed(notary.pdf(row), folder).split())
    marks = re.findall(r"^  \d (valid|not in file|cannot tell|INVALID) ", said, re.MULTILINE)
    assert (len(marks), marks.count("valid")) == (8, valid)
    assert COUNTED[language, valid] in page
    opened, closed = "«»" if language == "es" else "“”"
    (found,) = re.findall(r"^  8 valid +Verdict recomputed from the facts\. (.*)\. The statement", said, re.MULTILINE)
    for words in (said.splitlines()[0], found):
        assert f"{opened}{words}{closed}" in page, (words, page[-3000:])


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(Desk, "language", request.param)
    return str(request.param)


def receipt(notary: Notary, *, anchored: bool) -> Certificate:
    desk = two_deadlines(notary)
    services.request_ticket_receipt(organisation=desk.organisation, ticket=desk.ticket)
    notary.publish(anchored=anchored)
    made = [notary.issue(identity) for identity in notary.claim()]
    (row,) = [row for row in made if row.subject == desk.ticket]
    return row


@pytest.mark.parametrize("anchored", [True, False], ids=["stamped", "unstamped"])
@pytest.mark.parametrize("level", LEVELS)
def test_of_a_receipt(notary: Notary, tmp_path: Path, language: str, level: str, anchored: bool) -> None:
    Organisation.objects.update(seal_level=level)
    row = receipt(notary, anchored=anchored)
    assert (row.kind, row.level, row.anchored) == ("receipt", level, anchored)
    agree(notary, row, tmp_path, language, valid=8 if anchored else 7)
    page = " ".join(printed(notary.pdf(row), tmp_path).split())
    assert "«No deadlines in the facts of this file»" in page.replace("“", "«").replace("”", "»")
    assert DEADLINES[language] in page


@pytest.mark.parametrize("level", LEVELS)
def test_of_the_other_papers(notary: Notary, tmp_path: Path, language: str, level: str) -> None:
    Organisation.objects.update(seal_level=level)
    desk = Answered(notary)
    record = recorded(notary, desk)
    communication = Certificate.objects.get(subject=desk.communication, kind="certificate")
    one = certified_one(notary, desk, "a")
    services.request_ticket_certificate(organisation=desk.organisation, ticket=desk.ticket)
    (whole,) = notary.issue_due()
    kinds = [row.kind for row in (record, communication, one, whole)]
    assert kinds == ["record", "certificate", "deadline", "certificate"]
    for row in (record, communication, one, whole):
        assert row.level == level
        agree(notary, row, tmp_path, language)
