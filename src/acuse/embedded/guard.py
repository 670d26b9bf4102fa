"""The last to leave: ends a process tree whose supervisor was killed.

Started by the supervisor as a program of its own, with the standard library alone and a pipe on its standard input.
The kernel closes that pipe whenever the supervisor ends, even by SIGKILL; what then still carries the mark in its
environment, or lives in a session that the supervisor announced (`+ID`, withdrawn by `-ID`), is asked to end and then
killed. A parent-death signal would not do: it is lost when a program changes its user, and no grandchild gets it.
"""

import os
import signal
import sys
import time
from pathlib import Path

_PROC = Path("/proc")


def belonging(mark: bytes, sessions: set[int]) -> set[int]:
    """Return the live processes that carry the mark (`NAME=value`) or are in one of the sessions."""
    found = set()
    for entry in _PROC.iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            fields = (entry / "stat").read_bytes().rpartition(b")")[2].split()
            if fields[0] in (b"Z", b"X"):
                continue
            if int(fields[3]) in sessions or (mark and mark in (entry / "environ").read_bytes().split(b"\0")):
                found.add(int(entry.name))
        except OSError:
            continue  # ended while we looked, or is not ours
    return found


def end_all(mark: bytes, sessions: set[int], grace: float) -> None:
    """Ask all that belong to end, and kill those that are left after `grace` seconds."""
    deadline = time.monotonic() + grace
    asked: set[int] = set()
    while left := belonging(mark, sessions):
        late = time.monotonic() > deadline
        for pid in left if late else left - asked:
            try:
                os.kill(pid, signal.SIGKILL if late else signal.SIGTERM)
            except ProcessLookupError:
                continue
        asked |= left
        time.sleep(0.05)


def main() -> None:
    """Read announcements until the supervisor is gone, then end what is left of its tree."""
    mark, grace = sys.argv[1].encode(), float(sys.argv[2])
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sessions: set[int] = set()
    for line in sys.stdin:
        identity = int(line[1:])
        if line[0] == "+":
            sessions.add(identity)
        else:
            sessions.discard(identity)
    end_all(mark, sessions, grace)


if __name__ == "__main__":
    main()
