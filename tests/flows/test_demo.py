"""`acuse demo`: everything certified as the examples say, nothing left behind, and the next run whatever happened."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp

import pytest

from tests.flows.installation import ACUSE, PATIENCE, SLUG, end_all_of, envelopes, processes_of, until
from tests.flows.web import Visitor
from tests.ports import free_ports

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
FEW = ("01-texto-mutt.eml", "05-foto-apple-mail.eml")
PORTS = ("WEB", "SMTP_STARTTLS", "SMTP_TLS", "SMTP_INBOUND", "SANDBOX_SMTP", "SANDBOX_DNS", "TRUST_SERVICES")


@dataclass
class Demo:
    """Runs of the demo over one data directory."""

    directory: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ports = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ACUSE_")},
            **{f"ACUSE_{name}_PORT": str(port) for name, port in ports.items()},
            "ACUSE_DATA_DIRECTORY": str(self.data),
            "ACUSE_SETTLE_TIME": "PT1S",
        }

    @property
    def data(self) -> Path:
        return self.directory / "data"

    @property
    def out(self) -> Path:
        return self.directory / "out"

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `acuse ...` to its end."""
        return subprocess.run(
            [ACUSE, *arguments], env=self.environment, capture_output=True, text=True, timeout=900, check=False
        )

    def once(self, examples: Path) -> subprocess.CompletedProcess[str]:
        return self.command("demo", "--once", "--out", str(self.out), "--examples", str(examples))

    def start(self, examples: Path) -> "subprocess.Popen[bytes]":
        """Start a demo that stays."""
        with (self.directory / "said").open("wb") as said:
            return subprocess.Popen(
                [ACUSE, "demo", "--examples", str(examples)],
                env=self.environment,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )

    def said(self) -> str:
        return (self.directory / "said").read_text("utf-8", "replace")

    def nothing_is_left(self) -> None:
        """Neither processes nor ports."""
        assert processes_of(self.data) == set()
        for name in PORTS:
            for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                with socket.socket(socket.AF_INET, kind) as probe:
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # ended connections may linger
                    probe.bind(("127.0.0.1", int(self.environment[f"ACUSE_{name}_PORT"])))


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    """A data directory that no demo has used."""
    directory = Path(mkdtemp(prefix="acuse-demo-", dir="/var/tmp"))
    directory.chmod(0o711)
    running = Demo(directory)
    yield running
    end_all_of(running.data)
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="module")
def first(demo: Demo) -> subprocess.CompletedProcess[str]:
    """The first run, over every example."""
    return demo.once(EXAMPLES)


@pytest.fixture(scope="module")
def few(demo: Demo) -> Path:
    """A directory with two of the examples and the desk: the later runs need no more."""
    folder = demo.directory / "examples"
    folder.mkdir()
    rows = [row for row in envelopes(EXAMPLES) if row["file"] in FEW]
    (folder / "envelopes.json").write_text(json.dumps(rows))
    for name in FEW:
        shutil.copyfile(EXAMPLES / name, folder / name)
    shutil.copytree(EXAMPLES / "desk", folder / "desk")
    return folder


def expected(examples: Path) -> dict[str, tuple[object, object]]:
    """File name of each certificate to its outcome and failure class, as the table of the examples says."""
    found: dict[str, tuple[object, object]] = {}
    for row in envelopes(examples):
        for recipient in row["recipients"]:  # type: ignore[attr-defined]
            name = f"{Path(str(row['file'])).stem}--{recipient['address']}.pdf"
            found[name] = (recipient["outcome"], recipient["failure_class"])
    return found


def the_month_is_at_the_desk(demo: Demo, visitor: Visitor) -> None:
    """Log in as the demo says, and find the cases that were played, one of them in full."""
    login = re.search(r"^Login +(\S+) +password +(\S+)$", demo.said(), re.MULTILINE)
    assert login is not None, demo.said()
    visitor.log_in(*login.groups())
    cases = f"/console/{SLUG}/tickets/"
    listed = visitor.get(f"{cases}?state=all&q=Factura+F-2310").text
    found = re.search(rf'href="({cases}[0-9a-f-]{{36}}/)', listed)
    assert found is not None, "the list has no case of the month"
    case = visitor.get(found[1]).text
    assert "Factura F-2310 con un cobro que no reconozco" in case
    assert "Material vario: juego de clips y sellador." in case, "what a member noted"
    assert "Resuelto" in case


def the_line_that_it_prints_sends(demo: Demo) -> None:
    """Paste it elsewhere, in a shell that knows nothing of this demo."""
    line = re.search(r"^ +or +(.+ send .+)$", demo.said(), re.MULTILINE)
    assert line is not None, demo.said()
    strange = {name: value for name, value in demo.environment.items() if not name.startswith("ACUSE_")}
    done = subprocess.run(
        ["sh", "-c", line[1]], env=strange, cwd="/", capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, line[1] + done.stderr
    assert re.search(r"you@acepta\.example  relayed G\d", done.stdout), done.stdout


def stated(certificate: Path, folder: Path) -> dict[str, object]:
    """The statement inside a certificate, extracted by a public tool."""
    path = folder / f"{certificate.name}.json"
    subprocess.run(["pdfdetach", "-savefile", "statement.json", "-o", path, certificate], check=True)
    return dict(json.loads(path.read_text("utf-8")))


def test_a_port_that_somebody_else_has_is_named_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        running, port = Demo(tmp_path), other.getsockname()[1]
        running.environment["ACUSE_SANDBOX_SMTP_PORT"] = str(port)
        refused = running.once(EXAMPLES)
    assert refused.returncode != 0
    assert f"Port {port} is in use: free it, or set ACUSE_SANDBOX_SMTP_PORT to another." in refused.stderr
    assert not (running.data / "postgres").exists()


def test_every_example_is_certified_as_its_table_says(
    demo: Demo, first: subprocess.CompletedProcess[str], tmp_path: Path
) -> None:
    assert first.returncode == 0, first.stdout + first.stderr
    wanted = expected(EXAMPLES)
    assert {path.name for path in demo.out.iterdir()} == {*wanted, "trust.pem"}
    assert list(demo.directory.rglob("*.pdf")) == list(demo.out.glob("*.pdf")), "no other PDF is written"
    found = {name: stated(demo.out / name, tmp_path) for name in wanted}
    assert {name: (one["outcome"], one["failure_class"]) for name, one in found.items()} == wanted
    table = [line.split() for line in first.stdout.splitlines() if "B-LTA" in line]
    assert len(table) == len(wanted), "one line of the table for each certificate, all at the best level"
    assert f"{len(wanted)} of {len(wanted)} certificates verified" in first.stdout


def test_the_verifier_finds_the_anchors_of_the_demo_by_itself(
    demo: Demo, first: subprocess.CompletedProcess[str]
) -> None:
    certificates = sorted(str(path) for path in demo.out.glob("*.pdf"))
    assert len(certificates) == len(expected(EXAMPLES))
    done = demo.command("verify", *certificates[::5])  # the demo itself has verified them all
    assert done.returncode == 0, done.stdout + done.stderr
    assert demo.command("verify", "--trust", str(demo.out / "trust.pem"), certificates[0]).returncode == 0


def test_nothing_that_it_started_is_left(demo: Demo, first: subprocess.CompletedProcess[str]) -> None:
    demo.nothing_is_left()


def test_it_runs_again_after_each_kind_of_kill(
    demo: Demo, first: subprocess.CompletedProcess[str], few: Path, tmp_path: Path
) -> None:
    # The parent alone, while messages are under way.
    run = demo.start(few)
    until(lambda: "accepted, reference" in demo.said() or run.poll() is not None, "the second run sends")
    assert run.poll() is None, demo.said()
    run.send_signal(signal.SIGKILL)
    run.wait(PATIENCE)
    # The next run comes to its end and stays; then everything at once.
    run = demo.start(few)
    until(lambda: "Ctrl-C stops everything" in demo.said() or run.poll() is not None, "the third run stays up")
    assert run.poll() is None, demo.said()
    assert "Console" in demo.said()
    the_line_that_it_prints_sends(demo)
    second = demo.once(few)
    address = f"http://127.0.0.1:{demo.environment['ACUSE_WEB_PORT']}"
    the_month_is_at_the_desk(demo, Visitor(address))
    assert (second.returncode, f"A demo runs already in {demo.data} at {address}." in second.stderr) == (3, True)
    end_all_of(demo.data)
    run.wait(PATIENCE)
    last = demo.once(few)
    assert last.returncode == 0, last.stdout + last.stderr
    wanted = expected(few)
    assert {path.name for path in demo.out.iterdir()} == {*wanted, "trust.pem"}
    assert {name: stated(demo.out / name, tmp_path)["outcome"] for name in wanted} == {
        name: outcome for name, (outcome, _) in wanted.items()
    }
    demo.nothing_is_left()
