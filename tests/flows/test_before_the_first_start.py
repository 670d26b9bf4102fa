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
    assert (listed.returncode, listed.stdout) == (3, "")
    assert listed.stderr.startswith("acuse: There is no installation in")
    assert "acuse serve" in listed.stderr
    for name in ("check", "fsck"):
        told = never_started.command(name, check=False)
        assert (told.returncode, told.stdout, told.stderr) == (3, "", listed.stderr)
    assert not (never_started.directory / "data").exists(), "a mistyped directory is not made an installation"
