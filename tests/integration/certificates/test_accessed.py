"""Content behind a link, certified for real: what was sent and what was shown travel inside and verify."""

import re

from django.core.cache import cache
from django.test import Client

from acuse.certificates.models import Certificate
from acuse.proof.report import State
from tests.integration.access.conftest import Visit, waiting
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
    assert any(name.startswith("enviado-") for name in notary.attachments(first))
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
    assert files[_shown(files)] == shown
    answer = visit.get("certificate")
    assert answer.content == notary.pdf(second)
    assert second.code in answer["Content-Disposition"]
    assert Client().get(f"{visit.root}certificate").status_code == 303


def _shown(files: dict[str, bytes]) -> str:
    return next(name for name in files if re.fullmatch(r"mostrado-\d+\.html", name))
