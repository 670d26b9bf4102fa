"""Whatever message is accepted, its certificate verifies and gives it back byte for byte."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connections

from acuse.accounts.models import Organisation
from acuse.certificates.models import Certificate
from acuse.errors import AcuseError
from acuse.proof.report import State
from tests.integration.certificates.conftest import Notary
from tests.integration.making import RELAYED, accept, attempt

VECTORS = Path(__file__).resolve().parents[2] / "vectors" / "mime"
CORPORA = os.environ.get("ACUSE_CORPORA", "")
#: Of the vectors, every so many is sealed for the long term; the others without time stamps, which takes half as long.
LONG_TERM_EVERY = 8


def fault(notary: Notary, row: Certificate, raw: bytes) -> str | None:
    """What is wrong with the certificate of a message, or None."""
    report = notary.verify(row)
    if report.state is not State.VALID:
        return f"{report.state}: {[step.text for step in report.steps if step.state is not State.VALID]}"
    if notary.attachments(row)["mensaje.eml"] != raw:
        return "another message came back"
    return None


def certify(notary: Notary, messages: dict[str, bytes]) -> dict[str, str]:
    """Accept, relay and certify these messages in one ledger; return what is wrong with each that is not right."""
    subjects = {}
    for number, (name, raw) in enumerate(messages.items()):
        level = "B-LTA" if number % LONG_TERM_EVERY == 0 else "B-B"
        Organisation.objects.update(seal_level=level)
        one = accept(notary.value, raw, f"r{number}@cliente.example")
        attempt(one, RELAYED)
        subjects[one] = (name, raw)
    notary.publish()
    faults: dict[str, str] = {}

    def work(identity: object) -> None:
        row = Certificate.objects.get(id=identity)
        name, raw = subjects[row.subject]
        try:
            found = fault(notary, notary.issue(row.id), raw)
        except AcuseError as error:
            found = f"{type(error).__name__}: {error}"
        finally:
            connections.close_all()
        if found:
            faults[name] = found

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, notary.claim()))
    assert Certificate.objects.count() == len(messages)
    return faults


def files(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(directory.iterdir()) if path.is_file()}


@pytest.mark.parametrize("part", range(4))
def test_every_hostile_message_is_certified(notary: Notary, part: int) -> None:
    vectors = files(VECTORS)
    assert len(vectors) > 100
    chosen = {name: raw for number, (name, raw) in enumerate(vectors.items()) if number % 4 == part}
    assert certify(notary, chosen) == {}


@pytest.mark.skipif(not CORPORA or not Path(CORPORA).is_dir(), reason="ACUSE_CORPORA is absent")
def test_every_message_of_the_corpora_is_certified(notary: Notary) -> None:
    messages = files(Path(CORPORA) / "mime")
    assert messages
    assert certify(notary, messages) == {}
