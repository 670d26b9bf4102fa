"""What the processes of the tree say: read line by line, named, timed, kept in a file of limited size."""

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO

from acuse import clock

Sink = Callable[[str, str], None]
LINE_LIMIT = 16_384  # bytes; a longer line is cut into several


def pump(name: str, stream: IO[bytes], sink: Sink) -> None:
    """Hand each line of `stream` to `sink` as (name, text) until it ends.

    Reading goes on when the sink fails (disk full, closed file): a full pipe would stop the program that writes.
    """
    with stream:
        while line := stream.readline(LINE_LIMIT):
            with suppress(OSError, ValueError):
                sink(name, line.decode(errors="replace").rstrip("\r\n"))


class LogFile:
    """A sink that appends `time name | text` to a file; at `limit` bytes the file becomes `*.1`.

    Args:
        path: the file; its folder must exist.
        limit: bytes after which a new file begins.
        also: another sink that gets the same lines, or None.
    """

    def __init__(self, path: Path, *, limit: int = 50_000_000, also: Sink | None = None) -> None:
        self._path = path
        self._limit = limit
        self._also = also
        self._turn = threading.Lock()
        self._file = _private(path)

    def __call__(self, name: str, text: str) -> None:
        line = f"{clock.to_rfc3339(clock.now())} {name} | {text}\n".encode()
        with self._turn:
            if self._file.tell() > self._limit:
                self._file.close()
                self._path.replace(self._path.with_name(self._path.name + ".1"))
                self._file = _private(self._path)
            self._file.write(line)
        if self._also:
            self._also(name, text)

    def close(self) -> None:
        """Close the file; later lines are an error."""
        with self._turn:
            self._file.close()


def _private(path: Path) -> IO[bytes]:
    """Open a file for appending that only its owner may read: addresses and names stand in it."""
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab", buffering=0)  # noqa: PTH123
