"""Waiting on conditions, and embedded databases in folders of their own."""

import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from acuse.embedded import processes
from acuse.embedded.postgres import EmbeddedPostgres

Eventually = Callable[[Callable[[], bool]], None]


@pytest.fixture
def eventually() -> Eventually:
    """Return a function that waits until a condition holds, and fails after two minutes."""

    def wait(condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 120
        while not condition():
            assert time.monotonic() < deadline, "the condition did not come true in time"
            time.sleep(0.02)

    return wait


def make_folder() -> Path:
    """Return a folder that every user can reach, which pytest's own is not."""
    folder = Path(tempfile.mkdtemp(prefix="embedded-"))
    folder.chmod(0o755)
    return folder


@pytest.fixture
def folder() -> Iterator[Path]:
    """Return a folder reachable by all, removed at the end with whatever still runs in it."""
    made = make_folder()
    yield made
    for cluster in made.rglob("cluster"):
        processes.end(processes.working_in(cluster), seconds=10, first=signal.SIGQUIT)
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def shared() -> Iterator[EmbeddedPostgres]:
    """Return a running server for the tests that do not hurt it."""
    made = make_folder()
    server = EmbeddedPostgres(made / "data")
    server.start()
    yield server
    server.stop()
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def stopped() -> Iterator[Path]:
    """Return the data directory of a server that was started once and stopped."""
    made = make_folder()
    server = EmbeddedPostgres(made / "data")
    server.start()
    server.stop()
    yield made / "data"
    shutil.rmtree(made)


@pytest.fixture
def data(folder: Path, stopped: Path) -> Path:
    """Return a copy of that directory, at `folder/data`: much quicker than a first start."""
    subprocess.run(["cp", "-a", stopped, folder / "data"], check=True)
    return folder / "data"


@pytest.fixture
def server(data: Path) -> Iterator[EmbeddedPostgres]:
    """Return a running server of its own."""
    made = EmbeddedPostgres(data)
    made.start()
    yield made
    made.stop()
