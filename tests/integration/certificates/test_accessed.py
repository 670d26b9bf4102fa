"""Content behind a link, certified for real: what was sent and what was shown travel inside and verify."""

import re
import subprocess

import pytest
from django.core.cache import cache
from django.test import Client

from acuse.certificates import rules
from acuse.certificates.bundles import handed_out, is_whole
from acuse.certificates.models import Certificate
from acuse.certificates.rerender import rerender
from acuse.proof.archive import parse_archive
from acuse.proof.report import State
from tests.integration.access.conftest import Visit, waiting
from tests.integration.access.test_undelivered import come_back, encodings
from tests.integration.certificates.conftest import Notary


def newest(visit: Visit) -> Certificate:
    """The newest certificate of a communication."""
    return Certificate.objects.filter(subject=visit.communication).latest("revision")


def test_the_recipient_downloads_the_certificate_of_their_own_access(notary: Notary) -> None:
    cache.clear()
    visit = waiting(notary.value, b"Acuse-Access: otp\r\n")
    notary.issue_due()
    first = newest(visit)
    assert notary.verify(first).state is State.VALID
    assert not any(name.startswith("enviado-") for name in notary.attachments(first))
    visit.post("open")
    visit.post("code", page="code", code=visit.code())
    shown = visit.get("message").content
    visit.post("accept", page="content", comments="Conforme.")
    notary.issue_due()
    second = newest(visit)
    assert second.supersedes == first.code
    report = notary.verify(second)
    assert report.state is State.VALID
    assert report.verdict is not None
    assert (report.verdict.outcome, report.verdict.grade) == ("accepted", 6)
    files = notary.attachments(second)
    token = visit.root.split("/")[2].encode()
    assert not any(token in content for content in (*files.values(), notary.pdf(second)))
    copy = visit.last("attempt.opened").objects[0].sha256
    assert ("sent-copy", copy) in {(one.role, one.sha256) for one in report.objects if not one.present}
    assert files[_shown(files)] == shown
    answer = visit.get("certificate")
    assert answer.content == notary.pdf(second)
    assert second.code in answer["Content-Disposition"]
    assert Client().get(f"{visit.root}certificate").status_code == 303


@pytest.mark.parametrize("limit", [rules.EMBEDDED_LIMIT, 100])
def test_neither_the_notice_nor_its_bounce_goes_into_document_or_bundle(
    notary: Notary, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    monkeypatch.setattr(rules, "EMBEDDED_LIMIT", limit)
    cache.clear()
    visit = waiting(notary.value)
    come_back(visit, encodings(visit.notice)["plain"])
    notary.issue_due()
    row = newest(visit)
    report = notary.verify(row)
    assert report.state is State.VALID
    assert {one.role for one in report.objects if not one.present} >= {"sent-copy", "report"}
    token = visit.root.split("/")[2].encode()
    assert not any(token in content for content in notary.attachments(row).values())
    proof, media_type = handed_out(organisation=visit.organisation, proof_sha256=row.bundle_sha256)
    assert media_type == ("application/json" if limit > 100 else "application/zip")
    if limit == 100:
        archive = parse_archive(proof)
        assert is_whole(archive)
        assert not any(token in content for content in archive.objects.values())
        return
    assert "are the same" in rerender(notary.pdf(row), trust=notary.trust, typesetter=notary.press.typesetter)
    words = subprocess.run(["pdftotext", "-", "-"], input=notary.pdf(row), capture_output=True, check=True).stdout
    said = " ".join(words.decode().split())
    assert visit.last("attempt.opened").objects[0].sha256[:24] in said
    assert "Su copia no se incluye en este documento, porque lleva el enlace personal" in said
    assert "puede citar el enlace personal del destinatario" in said


def _shown(files: dict[str, bytes]) -> str:
    return next(name for name in files if re.fullmatch(r"mostrado-\d+\.html", name))
