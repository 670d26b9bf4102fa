"""Commands on an installation that was never started say what to do, without a traceback."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.flows.installation import Installation


@pytest.fixture
def never_started() -> Iterator[Installation]:
    with TemporaryDirectory(prefix="acuse-never-", dir="/var/tmp") as folder:
        directory = Path(folder)
        directory.chmod(0o711)
        yield Installation(directory=directory, environment={"ACUSE_DATA_DIRECTORY": str(directory / "data")})


def test_commands_before_the_first_start_say_what_to_do(never_started: Installation) -> None:
    listed = never_started.command("user", "list", check=False)
    assert (listed.returncode, listed.stdout) == (1, "")
    assert listed.stderr.startswith("acuse: The database refused: relation")
    assert "acuse serve" in listed.stderr
    checked = never_started.command("check", check=False)
    assert checked.returncode == 1
    assert "migrations are waiting: `acuse serve` applies them" in checked.stdout
    assert "Traceback" not in checked.stderr
