"""Directories of the compilers at work: readable by their owner alone, and removed whatever happens.

A compiler's templates and links lie there, nothing of a document (`acuse.pdf.root`). Each pool owns one directory,
locked while the pool lives; a directory that nobody locks is what a killed process left, and the next pool removes it.
The kernel frees the lock of a killed process, so no age needs to be guessed.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

PREFIX = "acuse-typeset-"


class Scratch:
    """One locked directory under the system's directory for temporary files."""

    def __init__(self) -> None:
        self.path, self._lock = _locked_directory()
        for left in _left_behind(self.path.parent):
            shutil.rmtree(left, ignore_errors=True)

    def remove(self) -> None:
        """Remove the directory with everything in it, and free its lock. Idempotent."""
        if self._lock < 0:
            return
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._lock)
        self._lock = -1


def _locked_directory() -> tuple[Path, int]:
    while True:
        path = Path(tempfile.mkdtemp(prefix=PREFIX))
        lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(lock, fcntl.LOCK_EX)
        if path.is_dir():
            return path, lock
        os.close(lock)  # another pool found it in the moment before the lock and removed it


def _left_behind(folder: Path) -> Iterator[Path]:
    """Yield the directories of ours that no living process locks, holding each lock meanwhile."""
    for path in folder.glob(f"{PREFIX}*"):
        with suppress(OSError):
            if path.is_symlink() or path.stat().st_uid != os.geteuid():
                continue
            lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                yield path
            finally:
                os.close(lock)
