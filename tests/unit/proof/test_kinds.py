"""What claims to be ours is held to it; a stranger's file is unknown, which is no accusation."""

import json
import zipfile
from datetime import UTC, datetime
from io import BytesIO

import pytest

from acuse.proof.archive import Archive
from acuse.proof.report import Report, State
from acuse.proof.trust import Trust
from acuse.proof.verify import verify_bytes
from tests.pki import Pki
from tests.sealed import sealed
from tests.unit.proof.support import Operator, fact

NOW = datetime.now(UTC).replace(microsecond=0)


def check(raw: bytes) -> Report:
    return verify_bytes(raw, filename="file", trust=Trust())


def packed(**files: str) -> bytes:
    """An archive as any program writes one."""
    output = BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return output.getvalue()


@pytest.fixture(scope="module")
def certificate() -> bytes:
    return sealed(Pki(NOW), "B-LTA")


@pytest.mark.parametrize(
    "raw",
    [
        b"%PDF-1.4\n1 0 obj\n<</Type/Catalog>>\nendobj\n%%EOF\n",
        b"%PDF-1.7\n<</Type/Sig/T(Signature1)/Contents <00>>>\n%%EOF\n",
        packed(document="a report"),
        json.dumps({"name": "settings of another program"}).encode(),
    ],
    ids=["PDF", "PDF signed by others", "archive", "JSON"],
)
def test_a_file_of_somebody_else_is_unknown_and_not_called_a_forgery(raw: bytes) -> None:
    report = check(raw)
    assert (report.kind, report.state, report.exit_status) == ("unknown", State.CANNOT_TELL, 2)


def test_an_unknown_pdf_may_be_the_beginning_of_a_certificate(certificate: bytes) -> None:
    report = check(certificate[:1000])
    assert report.kind == "unknown"
    assert "cut short" in report.steps[0].text


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_certificate_that_was_cut_short_is_invalid_and_says_so(certificate: bytes, share: float) -> None:
    report = check(certificate[: int(len(certificate) * share)])
    assert (report.kind, report.state) == ("pdf", State.INVALID)
    assert "cut short" in report.steps[0].text


def test_no_single_damage_makes_a_stranger_of_a_certificate(certificate: bytes) -> None:
    facts = [fact("organisation.created", kind="organisation", details={"name": "Talleres Ribera"})]
    bundle = Operator().bundle(facts, bound=False).to_json()
    whole = {"pdf": certificate, "archive": Archive(proof=bundle).to_zip(), "bundle": bundle}
    for kind, raw in whole.items():
        for mark in (b"proof.json", b"AcuseSeal", b"acuse-proof", b'"checkpoint"'):
            at = raw.find(mark)
            damaged = raw if at < 0 else raw[:at] + b"?" + raw[at + 1 :]
            assert check(damaged).kind == kind
