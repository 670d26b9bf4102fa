"""The time-stamping authorities away: nothing waits for them, everything says so, and all is made good afterwards."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from acuse.embedded.authority import Authority
from acuse.embedded.mailboxes import messages
from acuse.embedded.ready import answers
from acuse.embedded.trust_services import crl_url
from acuse.proof.timestamp import DEVELOPMENT_POLICY
from acuse.proof.trust import Trust
from acuse.proof.verify import verify_bytes
from tests.flows.installation import PATIENCE, SLUG, Installation, installation, message, until
from tests.flows.web import Visitor, visitor
from tests.ports import free_ports

EMAIL, PASSWORD = "direccion@talleres-ribera.example", "una-clave-larga-y-rara-7"
ALARMS = "SELECT name FROM evidence_alarms"
NEWEST = "SELECT token FROM evidence_anchors ORDER BY size DESC LIMIT 1"
UNANCHORED = "SELECT (SELECT size FROM evidence_tree_head) - coalesce((SELECT max(size) FROM evidence_anchors), 0)"


@dataclass
class Service:
    """A time-stamping authority that comes and goes."""

    directory: Path
    port: int
    process: "subprocess.Popen[bytes] | None" = None

    def __post_init__(self) -> None:
        self.authority = Authority(self.directory, crl_url=crl_url(f"http://127.0.0.1:{self.port}"))

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/tsa"

    def made(self, token: object) -> bool:
        """Whether a token carries this authority's certificate."""
        return self.authority.timestamping().certificate.public_bytes(Encoding.DER) in bytes(token)  # type: ignore[arg-type,call-overload]

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "acuse.embedded.trust_services", "--directory", self.directory,
             "--port", str(self.port), "--policy", DEVELOPMENT_POLICY],
            stdout=subprocess.DEVNULL,
            env={name: value for name, value in os.environ.items() if not name.startswith("ACUSE_")},
        )  # fmt: skip
        until(self.answers, "the time-stamping authority answers")

    def answers(self) -> bool:
        with suppress(OSError):
            return answers("127.0.0.1", self.port, "/ca.pem")()
        return False

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(PATIENCE)
            self.process = None


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Service, Service]]:
    """Two authorities in order of preference; neither runs yet."""
    folder = tmp_path_factory.mktemp("authorities")
    both = [Service(folder / str(number), port) for number, port in enumerate(free_ports(2))]
    yield both[0], both[1]
    for one in both:
        one.stop()


@pytest.fixture(scope="module")
def running(services: tuple[Service, Service], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    roots = tmp_path_factory.mktemp("roots") / "tsa.pem"
    roots.write_bytes(b"".join(one.authority.root_pem for one in services))
    with installation(
        ACUSE_TSA_URLS=",".join(one.address for one in services),
        ACUSE_TSA_TRUST=str(roots),
        ACUSE_ANCHOR_INTERVAL="PT1S",
    ) as started:
        yield started


@pytest.fixture(scope="module")
def member(running: Installation) -> Visitor:
    running.add_member(EMAIL, PASSWORD)
    someone = visitor(running)
    someone.log_in(EMAIL, PASSWORD)
    return someone


def test_work_goes_on_without_them_and_is_made_good_when_they_return(
    services: tuple[Service, Service], running: Installation, member: Visitor
) -> None:
    first, second = services
    for one in services:
        one.stop()
    reply = running.submit(message("outage"), "uno@acepta.example")
    reference = reply.split()[-1]
    until(
        lambda: any(b"<outage@" in one.content for one in messages(running.data / "sandbox", "acepta.example")),
        "the message is delivered all the same",
    )
    (lowered,) = running.documents(reply)
    rows = (
        "SELECT revision, level, supersedes, code FROM certificates_certificates WHERE subject = %s ORDER BY revision"
    )
    ((revision, level, _, code),) = running.rows(rows, reference)
    assert (revision, level) == (1, "B-B")
    trust = Trust.parse((running.data / "trust.pem").read_text("utf-8"))
    report = verify_bytes(lowered, filename="x.pdf", trust=trust)
    assert report.exit_status == 0, report.to_text()
    reasons = "SELECT count(*) FROM evidence_facts WHERE subject = %s AND type = 'certificate.level_lowered'"
    assert running.value(reasons, reference) == 1

    running.sweep()
    until(lambda: {("tsa",), ("anchoring",)} <= set(running.rows(ALARMS)), "the alarms are raised")
    checked = running.command("check", check=False)
    assert checked.returncode == 1
    assert "FAILED: No time stamp could be obtained" in checked.stdout
    assert "Facts have waited for a time stamp" in checked.stdout
    page = member.get(f"/console/{SLUG}/ledger/")
    assert "No se ha podido obtener ningún sello de tiempo" in page.text
    assert "Hay hechos que esperan" in page.text

    # The first is still away: the second is asked, and what it gave is what is recorded.
    second.start()
    until(lambda: running.value(UNANCHORED) == 0, "the facts are time-stamped")
    token = running.value(NEWEST)
    assert second.made(token)
    assert not first.made(token)
    running.sweep()
    until(lambda: len(running.rows(rows, reference)) == 2, "the upgrade is asked for")
    until(lambda: running.rows(rows, reference)[1][1] == "B-LTA", "the upgrade is issued")
    assert running.rows(rows, reference)[1][2] == code
    (upgraded,) = running.documents(reply)
    report = verify_bytes(upgraded, filename="x.pdf", trust=trust)
    assert report.exit_status == 0, report.to_text()
    until(lambda: running.rows(ALARMS) == [], "the alarms are gone")
    checked = running.command("check", check=False)
    assert checked.returncode == 0, checked.stdout
    assert "No time stamp could be obtained" not in member.get(f"/console/{SLUG}/ledger/").text


def test_the_preferred_one_is_used_again_when_it_is_back(
    services: tuple[Service, Service], running: Installation
) -> None:
    first, second = services
    for one in services:
        one.stop()
        one.start()
    reply = running.submit(message("back"), "dos@acepta.example")
    running.documents(reply)
    until(lambda: first.made(running.value(NEWEST)), "the preferred authority gives the newest time stamp")
    second.stop()
    running.documents(running.submit(message("alone"), "tres@acepta.example"))
    running.sweep()
    until(lambda: running.rows(ALARMS) == [], "nothing is alarming")
