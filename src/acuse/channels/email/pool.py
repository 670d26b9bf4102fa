"""Connections kept between messages, and how many are open to one domain at once."""

import threading
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from acuse.channels.email.session import Peer, Session


@dataclass(frozen=True, kw_only=True)
class Reuse:
    """How long a connection is kept.

    Args:
        messages: sent over one connection at most; 1 turns keeping off. idle: seconds unused until it is closed.
        kept: connections kept in all.
    """

    messages: int = 100
    idle: float = 5.0
    kept: int = 200


class Pool:
    """Idle sessions by peer. Thread-safe; goodbyes are said outside the lock."""

    def __init__(self, reuse: Reuse) -> None:
        self._reuse = reuse
        self._idle: dict[Peer, deque[Session]] = {}
        self._lock = threading.Lock()
        self._closed = False

    def take(self, peer: Peer) -> Session | None:
        """Return an idle session to `peer`, the one used last, or None."""
        self.sweep()
        with self._lock:
            sessions = self._idle.get(peer)
            session = sessions.pop() if sessions else None
            if sessions is not None and not sessions:
                del self._idle[peer]
            return session

    def give_back(self, session: Session) -> None:
        """Keep a session for the next message, or close it."""
        session.last_used = time.monotonic()
        with self._lock:
            room = sum(map(len, self._idle.values())) < self._reuse.kept
            keep = room and session.usable and session.uses < self._reuse.messages and not self._closed
            if keep:
                self._idle.setdefault(session.peer, deque()).append(session)
        if not keep:
            session.quit()

    def sweep(self, *, everything: bool = False) -> None:
        """Close what has been idle too long, or everything."""
        limit = time.monotonic() - self._reuse.idle
        with self._lock:
            self._closed = self._closed or everything
            old: list[Session] = []
            for peer, sessions in list(self._idle.items()):
                while sessions and (everything or sessions[0].last_used < limit):
                    old.append(sessions.popleft())
                if not sessions:
                    del self._idle[peer]
        for session in old:
            session.quit()


class Gate:
    """At most `limit` at once for each key; whoever comes later waits."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._inside: Counter[str] = Counter()
        self._changed = threading.Condition()

    @contextmanager
    def enter(self, key: str, seconds: float) -> Iterator[bool]:
        """Wait for a place at most `seconds`; yields whether there is one."""
        with self._changed:
            entered = self._changed.wait_for(lambda: self._inside[key] < self._limit, seconds)
            if entered:
                self._inside[key] += 1
        try:
            yield entered
        finally:
            if entered:
                with self._changed:
                    self._inside[key] -= 1
                    if not self._inside[key]:
                        del self._inside[key]
                    self._changed.notify_all()
