"""What runs on this machine, read from /proc: who works in a folder, who carries a mark, who is alive."""

import os
import select
import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")


def everybody() -> list[int]:
    """Return the ids of all processes that we can see."""
    return [int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit()]


def working_in(folder: Path) -> set[int]:
    """Return the processes whose working directory is `folder`: a PostgreSQL server and all its children."""
    wanted = str(folder.resolve())
    found = set()
    for pid in everybody():
        with suppress(OSError):
            if (_PROC / str(pid) / "cwd").readlink() == Path(wanted):
                found.add(pid)
    return {pid for pid in found if not is_zombie(pid)}


def marked(mark: str) -> set[int]:
    """Return the processes, apart from ourselves, that were started with the environment entry `mark` (NAME=value)."""
    wanted = mark.encode()
    found = set()
    for pid in everybody():
        with suppress(OSError):
            if wanted in (_PROC / str(pid) / "environ").read_bytes().split(b"\0") and not is_zombie(pid):
                found.add(pid)
    return found - {os.getpid()}


def is_zombie(pid: int) -> bool:
    """Say whether the process has ended and only waits for its parent, or is gone."""
    try:
        status = (_PROC / str(pid) / "stat").read_text()
    except OSError:
        return True
    return status.rpartition(")")[2].split()[0] in ("Z", "X")


def wait_gone(pids: Iterable[int], *, seconds: float) -> set[int]:
    """Wait until the processes have ended; return those that have not after `seconds`."""
    deadline = time.monotonic() + seconds
    left = set()
    for pid in set(pids):
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        try:
            poll = select.poll()
            poll.register(descriptor, select.POLLIN)
            ready = poll.poll(max(0.0, deadline - time.monotonic()) * 1000)
        finally:
            os.close(descriptor)
        if not ready:
            left.add(pid)
    return left


def end(pids: Iterable[int], *, seconds: float, first: signal.Signals = signal.SIGTERM) -> None:
    """Ask the processes to end with the signal `first`, and kill those that have not after `seconds`."""
    chosen = set(pids)
    signal_all(chosen, first)
    left = wait_gone(chosen, seconds=seconds)
    signal_all(left, signal.SIGKILL)
    wait_gone(left, seconds=10)


def signal_all(pids: Iterable[int], number: signal.Signals) -> None:
    """Send a signal to each process; those gone in the meantime are passed over."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
