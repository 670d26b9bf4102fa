"""Making pages again from a file whose `document.json` does not fit its facts: refused in words, whatever it says."""

import json
from dataclasses import replace
from typing import Any

import pytest

from acuse.certificates import rerender as again
from acuse.errors import Invalid
from acuse.proof import pdf
from acuse.proof.canonical import canonicalise
from tests.integration.certificates.conftest import Notary
from tests.integration.making import RELAYED, accept, attempt


def test_what_does_not_fit_together_cannot_be_rendered(notary: Notary, monkeypatch: pytest.MonkeyPatch) -> None:
    attempt(accept(notary.value), RELAYED)
    row = notary.issue_due()[0]
    evidence = pdf.examine(notary.pdf(row), trust=notary.trust)

    def render(**changes: Any) -> None:
        members = {**json.loads(evidence.attachments[again.FILE]), **changes}
        attachments = {**evidence.attachments, again.FILE: canonicalise(members)}
        monkeypatch.setattr(again.pdf, "examine", lambda raw, *, trust: replace(evidence, attachments=attachments))
        again.rerender(notary.pdf(row), trust=notary.trust, typesetter=notary.press.typesetter)

    render()
    for wrong in ({"kind": "parchment"}, {"kind": "record"}, {"kind": "record-notes"}, {"zone": "Mars/Olympus"}):
        with pytest.raises(Invalid, match="cannot be made from what the file holds"):
            render(**wrong)
