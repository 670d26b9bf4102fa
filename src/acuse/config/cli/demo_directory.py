"""The data directory of a demo: no other installation's, and of one demo at a time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from acuse.errors import ConfigurationError

MARKER = "demo"
"""File in a data directory that says that it is a demo's. Whichever runs there holds it, with its address in it."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A data directory that this demo holds.

    Attributes:
        earlier: whether an earlier demo left it.
    """

    earlier: bool
    marker: TextIO

    def say_address(self, url: str) -> None:
        """Leave word where this demo is, for whoever starts another."""
        self.marker.truncate(0)
        self.marker.write(url)
        self.marker.flush()


@contextmanager
def claimed(directory: Path, *, keys: Path) -> Iterator[Claim]:
    """Hold a data directory for the time of a block. A process that is killed lets it go.

    Args:
        directory: made where it is missing.
        keys: where an installation has its keys.

    Raises:
        ConfigurationError: another demo runs there, it is that of a real installation, or it cannot be written.
    """
    marker = directory / MARKER
    earlier = marker.exists()
    if keys.exists() and not earlier:
        raise ConfigurationError(
            f"{directory} belongs to an installation that is no demo; set ACUSE_DATA_DIRECTORY to an empty directory."
        )
    try:
        directory.mkdir(parents=True, exist_ok=True)
        held = marker.open("a+", encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{directory} cannot be written: {error.strerror}.") from error
    with held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConfigurationError(_runs_already(directory, held)) from error
        held.truncate(0)
        yield Claim(earlier=earlier, marker=held)


def _runs_already(directory: Path, marker: TextIO) -> str:
    marker.seek(0)
    where = marker.read(300)
    at = f" at {where}" if where else ", still starting"
    return (
        f"A demo runs already in {directory}{at}. End it with Ctrl-C where it runs, or set ACUSE_DATA_DIRECTORY to "
        "another directory for a second one."
    )
