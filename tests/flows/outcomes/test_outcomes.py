"""One message to real servers for each thing that can become of it: the class, the verdict, the certificate."""

import json
import os
import smtplib
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.flows.installation import SENDER, Installation, until
from tests.flows.outcomes.cases import CASES, Case
from tests.flows.outcomes.table import DOCUMENT, Line, document
from tests.flows.outcomes.world import World, world
from tests.flows.test_message import extracted


@dataclass(frozen=True, kw_only=True)
class Told:
    """What became of a message: the row, the facts in order, the newest certificate's statement and printed text."""

    state: tuple[object, ...]
    facts: list[dict[str, Any]]
    statement: dict[str, Any]
    pages: str

    def fact(self, kind: str) -> dict[str, Any]:
        """The first fact of a type."""
        return next(one for one in self.facts if one["type"] == kind)


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("keys")) as running:
        yield running


@pytest.fixture(scope="module")
def outcomes(servers: World, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Told]:
    """Every case, sent at once and waited for together."""
    sent = {case.name: submit(servers.sending[case.route], case) for case in CASES}
    folder = tmp_path_factory.mktemp("certificates")
    return {
        case.name: told(servers.sending[case.route], case, sent[case.name], folder / str(number))
        for number, case in enumerate(CASES)
    }


def submit(running: Installation, case: Case) -> str:
    """Submit as a program would; return the communication."""
    assert running.account is not None
    with smtplib.SMTP("localhost", running.settings.smtp_starttls_port, timeout=60) as client:
        client.starttls()
        client.login(running.account.username, running.account.secret)
        client.mail(SENDER)
        client.rcpt(case.recipient, ["NOTIFY=SUCCESS,FAILURE,DELAY"] if case.success else [])
        code, reply = client.data(case.message)
    assert code == 250, reply
    return reply.decode().rsplit(maxsplit=1)[-1]


def facts_of(running: Installation, communication: str) -> list[dict[str, Any]]:
    rows = running.rows(
        "SELECT convert_from(canonical, 'UTF8') FROM evidence_facts WHERE kind = 'communication' AND "
        "subject = %s::uuid ORDER BY sequence",
        communication,
    )
    return [json.loads(str(row[0])) for row in rows]


def told(running: Installation, case: Case, communication: str, folder: Path) -> Told:
    """Wait until everything that a case is about has happened and is certified."""
    until(
        lambda: set(case.facts) <= {fact["type"] for fact in facts_of(running, communication)},
        f"{case.name}: {case.facts}",
    )
    columns = "status, outcome, grade, failure_class"
    state = running.rows(f"SELECT {columns} FROM delivery_communications WHERE id = %s", communication)[0]
    waiting = "SELECT count(*) FROM certificates_certificates WHERE subject = %s AND kind = 'certificate' AND state "
    until(
        lambda: (
            running.value(f"{waiting} = 'issued'", communication)
            and not running.value(f"{waiting} <> 'issued'", communication)
        ),
        f"{case.name}: the newest certificate is issued",
    )
    newest = (
        "SELECT organisation_id, sha256 FROM certificates_certificates WHERE subject = %s AND kind = 'certificate' "
        "ORDER BY revision DESC LIMIT 1"
    )
    files = extracted(running.kept(*running.rows(newest, communication)[0]), folder)
    printed = subprocess.run(
        ["pdftotext", str(folder / "certificate.pdf"), "-"], capture_output=True, check=True, timeout=60
    )
    return Told(
        state=state,
        facts=facts_of(running, communication),
        statement=json.loads(files["statement.json"]),
        pages=printed.stdout.decode(),
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_outcome(outcomes: dict[str, Told], case: Case) -> None:
    became = outcomes[case.name]
    status = "failed" if case.outcome == "failed" else "concluded"
    assert became.state == (status, case.outcome, case.grade, case.failure_class)
    found = became.statement
    assert (found["outcome"], found["grade"]) == (case.outcome, case.grade)
    assert (found["failure_class"] or "") == case.failure_class
    line = Line.of(case, became.facts, became.pages)
    assert line.headline == case.headline
    if case.facts[-1] != "delivery.delayed":  # which may come when the certificate is there, and supersedes none
        for text in line.said:
            assert "".join(text.split()) in "".join(became.pages.split()), "the certificate quotes the server"


def test_the_delay_is_in_the_certificate_of_what_failed_in_the_end(outcomes: dict[str, Told]) -> None:
    became = next(outcomes[case.name] for case in CASES if {"delivery.delayed", "bounce.received"} <= {*case.facts})
    assert "A report comes back: the message waits and is still being tried" in " ".join(became.pages.split())


def test_the_document_says_what_came_out(outcomes: dict[str, Told]) -> None:
    """`WRITE=1 .venv/bin/python -m pytest -q tests/flows/outcomes` writes it."""
    text = document([Line.of(case, outcomes[case.name].facts, outcomes[case.name].pages) for case in CASES])
    if os.environ.get("WRITE"):
        DOCUMENT.write_text(text, "utf-8")
    assert DOCUMENT.read_text("utf-8") == text
