"""What the processes of the tree say: read line by line, named, timed, kept in a file of limited size."""

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
        self._file = path.open("ab", buffering=0)

    def __call__(self, name: str, text: str) -> None:
        line = f"{clock.to_rfc3339(clock.now())} {name} | {text}\n".encode()
        with self._turn:
            if self._file.tell() > self._limit:
                self._file.close()
                self._path.replace(self._path.with_name(self._path.name + ".1"))
                self._file = self._path.open("ab", buffering=0)
            self._file.write(line)
        if self._also:
            self._also(name, text)

    def close(self) -> None:
        """Close the file; later lines are an error."""
        with self._turn:
            self._file.close()
