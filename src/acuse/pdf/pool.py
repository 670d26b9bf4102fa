"""Typesetting from a server: a few worker processes, started afresh, with a time limit and a memory limit.

A worker that dies or overruns is killed and replaced; the document that did it fails with a precise error, and no
other document notices. Nothing here outlives the process: after a crash of the owner its workers read the end of
their standard input and leave, and the next owner removes their files.
"""

import os
import pickle
import queue
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO, cast

from acuse.errors import ConflictError, InputError, PermanentError, TemporaryError
from acuse.pdf.attachments import Attachment
from acuse.pdf.scratch import Scratch

_FRAME_HEAD = 4
#: All that a worker needs of our environment, where secrets may stand; and every name that begins with PYTHON.
_ENVIRONMENT = frozenset({"PATH", "LANG"})


class Overrun(PermanentError):
    """A document took longer than one may."""


class Busy(TemporaryError):
    """No worker came free in the time that a caller waits."""


class _Worker:
    """One child process and the frames to and from it. Used by one thread at a time."""

    def __init__(self, memory: int, scratch: Path, *, quiet: bool) -> None:
        self._folder = tempfile.mkdtemp(dir=scratch)
        # A new interpreter, never a fork: a compiler's threads do not survive one.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "acuse.pdf.typeset", str(memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if quiet else None,
            # One thread: idle ones spin, and the other cores have other documents to make.
            env={**_environment(), "TMPDIR": self._folder, "RAYON_NUM_THREADS": "1"},
        )
        self._in = cast(BinaryIO, self._process.stdin)
        self._out = cast(BinaryIO, self._process.stdout)
        os.set_blocking(self._in.fileno(), False)

    def ask(self, body: bytes, seconds: float) -> bytes:
        """Send one request and return the answer.

        Raises:
            TimeoutError: it was not taken and answered whole within `seconds`.
            OSError, EOFError: the worker died.
        """
        deadline = time.monotonic() + seconds
        self._write(len(body).to_bytes(_FRAME_HEAD, "big"), deadline)
        self._write(body, deadline)
        size = int.from_bytes(self._read(_FRAME_HEAD, deadline), "big")
        return self._read(size, deadline)

    def _write(self, content: bytes, deadline: float) -> None:
        left = memoryview(content)
        while left:
            _await(self._in, select.POLLOUT, deadline)
            left = left[os.write(self._in.fileno(), left) :]

    def _read(self, size: int, deadline: float) -> bytes:
        parts: list[bytes] = []
        while size:
            _await(self._out, select.POLLIN, deadline)
            part = os.read(self._out.fileno(), min(size, 1 << 20))
            if not part:
                raise EOFError
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def stop(self) -> None:
        """End the process at once, with the files of what it was making; there is nothing in it to save."""
        self._process.kill()
        self._process.wait()
        for stream in (self._in, self._out):
            with suppress(OSError):
                stream.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name in _ENVIRONMENT or name.startswith("PYTHON")}


def _await(stream: BinaryIO, event: int, deadline: float) -> None:
    # Not `select`: it cannot look at a descriptor over 1023, and a server has many connections.
    ready = select.poll()
    ready.register(stream, event)
    left = deadline - time.monotonic()
    if left <= 0 or not ready.poll(left * 1000):
        raise TimeoutError


class Typesetter:
    """Typesets from any thread; each call waits for a free worker.

    Args:
        processes: how many documents at once.
        timeout: for one document, from handing it to a worker to having the answer.
        wait: most time that a call waits for a free worker; None for as long as it takes.
        memory: most address space of one worker, bytes (1 MB of text takes Typst some 450 MB).
        quiet: throw away what workers write to standard error, for documents whose makers could fill a log with it.
    """

    def __init__(
        self,
        *,
        processes: int = 2,
        timeout: timedelta = timedelta(seconds=90),
        wait: timedelta | None = None,
        memory: int = 3 * 1024**3,
        quiet: bool = False,
    ) -> None:
        self._seconds = timeout.total_seconds()
        self._wait = None if wait is None else wait.total_seconds()
        self._memory = memory
        self._quiet = quiet
        self._scratch = Scratch()
        self._free: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        self._lock = Lock()
        self._closed = False
        self._places = processes
        for _ in range(processes):
            self._free.put(None)  # a place without a process: started when first needed

    def typeset(
        self, template: str, model: Mapping[str, Any], attachments: tuple[Attachment, ...] = (), *, date: datetime
    ) -> bytes:
        """Do as `acuse.pdf.typeset.typeset` does, in a worker.

        Raises:
            InputError: as there.
            PermanentError: Typst refused the document.
            Overrun: it took longer than the time limit.
            Busy: no worker came free in time.
            TemporaryError: the worker died, for instance at its memory limit.
            ConflictError: the typesetter is closed.
        """
        return cast(bytes, self._ask(("typeset", (str(template), dict(model), attachments), {"date": date})))

    def draw(self, content: bytes, *, page: int) -> tuple[bytes, int]:
        """Do as `acuse.pdf.typeset.draw` does, in a worker.

        Raises:
            PermanentError: as there.
            Overrun: it took longer than the time limit.
            Busy: no worker came free in time.
            TemporaryError: the worker died, for instance at its memory limit.
            ConflictError: the typesetter is closed.
        """
        return cast(tuple[bytes, int], self._ask(("draw", (content,), {"page": page})))

    def _ask(self, request: tuple[str, tuple[Any, ...], dict[str, Any]]) -> object:
        with self._lock:
            if self._closed:
                raise ConflictError("The typesetter is closed.")
        try:
            worker = self._free.get(timeout=self._wait)
        except queue.Empty:
            raise Busy("Other documents are being made; try again in a moment.") from None
        answer: bytes | None = None
        try:
            worker = worker or _Worker(self._memory, self._scratch.path, quiet=self._quiet)
            answer = worker.ask(pickle.dumps(request), self._seconds)
        except TimeoutError as error:
            raise Overrun(f"The document took over {self._seconds:g} s to typeset.") from error
        except (OSError, EOFError) as error:
            raise TemporaryError("The typesetting process ended in the middle of a document.") from error
        finally:
            if answer is None and worker is not None:
                worker.stop()
                worker = None
            self._free.put(worker)
        return _opened(answer)

    def close(self) -> None:
        """Wait for documents under way and end every worker. Idempotent."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        for _ in range(self._places):
            worker = self._free.get()
            if worker is not None:
                worker.stop()
        self._scratch.remove()
        for _ in range(self._places):
            self._free.put(None)

    def __enter__(self) -> "Typesetter":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _opened(answer: bytes) -> object:
    kind, content = pickle.loads(answer)  # noqa: S301 - written by our own worker
    if kind == "input":
        raise InputError(content)
    if kind == "permanent":
        raise PermanentError(content)
    return content
