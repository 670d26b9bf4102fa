"""One supervised process tree: start in order, restart what crashes, stop in reverse, leave nobody behind.

Every child leads a session of its own (a terminal's Ctrl-C reaches only the supervisor, which passes it on) and
carries a mark in its environment. The mark lets a guard process end the tree when the supervisor is killed, and lets
the next start end what a kill of everything left, so that neither ports nor pid files stay taken.
"""

import fcntl
import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import FrameType

from acuse.embedded import guard, processes
from acuse.embedded.output import Sink, pump
from acuse.errors import ConfigurationError, ConflictError, TemporaryError

MARK = "SUPERVISED_BY"
GUARD_GRACE = 10.0  # seconds a tree without its supervisor gets to end by itself
STEADY_AFTER = 30.0  # seconds of life after which a crash counts as the first again
_TICK = 0.1


class StoppedWhileStarting(ConflictError):
    """A stop was asked for before every command was ready."""


class State(StrEnum):
    """Where one command stands."""

    WAITING = "waiting"  # not started yet
    STARTING = "starting"  # runs, not ready yet
    READY = "ready"
    RESTARTING = "restarting"  # crashed, waits before the next try
    STOPPED = "stopped"


@dataclass(frozen=True, kw_only=True)
class Command:
    """One program of the tree.

    Attributes:
        name: unique short name, prefixed to its output.
        arguments: the program and its arguments; the program as a full path or found in PATH.
        environment: the whole environment of the child, or None for a copy of ours.
        folder: working directory, or None for ours.
        ready: says whether it serves; None: as soon as it runs.
        first: those after it start only when it is ready; the others get ready together.
        ready_within: seconds until `start` gives up.
        stop_within: seconds between the stop signal and SIGKILL.
        stop_signal: how it is asked to end.
    """

    name: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str] | None = None
    folder: Path | None = None
    ready: Callable[[], bool] | None = None
    first: bool = False
    ready_within: float = 60.0
    stop_within: float = 15.0
    stop_signal: signal.Signals = signal.SIGTERM


@dataclass(frozen=True, kw_only=True)
class Report:
    """How one command stands: its state, its pid while it runs, how often it was restarted, how it last ended."""

    name: str
    state: State
    pid: int | None
    restarts: int
    last_exit: int | None


@dataclass(kw_only=True)
class _Child:
    command: Command
    state: State = State.WAITING
    process: subprocess.Popen[bytes] | None = None
    restarts: int = 0
    crashes: int = 0  # in a row
    last_exit: int | None = None
    started_at: float = 0.0
    next_try_at: float = 0.0
    reader: threading.Thread | None = field(default=None, repr=False)


class Supervisor:
    """Runs a tree of commands.

    Args:
        commands: in the order of starting; stopped in reverse.
        directory: where the lock lives; one tree at a time per directory.
        sink: takes each line of output as (command name, text).
        backoff: first and longest pause in seconds before a crashed command is started again.
    """

    def __init__(
        self, commands: Iterable[Command], *, directory: Path, sink: Sink, backoff: tuple[float, float] = (0.5, 30.0)
    ) -> None:
        self._children = [_Child(command=command) for command in commands]
        names = [child.command.name for child in self._children]
        if len(set(names)) != len(names):
            raise ConfigurationError(f"Two commands have the same name: {sorted(names)}.")
        self._directory = directory
        self._sink = sink
        self._backoff = backoff
        #: what every process of the tree carries in its environment, as NAME=value
        self.mark = f"{MARK}={hashlib.sha256(os.fsencode(directory.resolve())).hexdigest()[:32]}"
        self._lock: int | None = None
        self._guard: subprocess.Popen[bytes] | None = None
        self._turn = threading.RLock()
        self._ending = threading.Event()
        # Set by signals: a plain name, because an Event may not be set while the same thread waits on it.
        self._asked = False
        self._watch: threading.Thread | None = None

    # -- the public verbs --------------------------------------------------------------------------------------------

    def start(self) -> None:
        """End what an earlier tree left, start all commands in order, wait until each is ready, and watch them.

        Raises:
            ConflictError: another supervisor holds the directory.
            StoppedWhileStarting: a stop was asked for meanwhile; all were stopped again.
            TemporaryError: a command was not ready in time; all were stopped again.
        """
        self._take_lock()
        guard.end_all(self.mark.encode(), set(), GUARD_GRACE)
        self._ending.clear()
        self._start_guard()
        self._watch = threading.Thread(target=self._watch_children, name="supervisor", daemon=True)
        self._watch.start()
        try:
            for child in self._children:
                with self._turn:
                    self._spawn(child)
                if child.command.first:
                    self._await_ready(child)
            for child in self._children:
                self._await_ready(child)
        except BaseException:
            self.stop()
            raise

    def run(self) -> None:
        """Start, wait for SIGINT, SIGTERM or SIGHUP (or `request_stop`), then stop. Must run in the main thread.

        A stop while starting is an end like any other.

        Raises:
            ConflictError, TemporaryError: as `start`.
        """
        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {number: signal.signal(number, self._on_signal) for number in numbers}
        try:
            self.start()
            while not (self._asked or self._ending.wait(_TICK)):
                pass
        except StoppedWhileStarting:
            pass
        finally:
            self.stop()
            for number, old in before.items():
                signal.signal(number, old)

    def request_stop(self) -> None:
        """Let `run`, or a `start` under way, come to its end. Safe from any thread and from a signal handler."""
        self._asked = True

    def stop(self) -> None:
        """Stop all commands in reverse order, each with its deadline and then SIGKILL; repeatable."""
        self._ending.set()
        with self._turn:
            for child in reversed(self._children):
                self._stop_child(child)
        if self._watch:
            self._watch.join()
            self._watch = None
        if self._guard:
            assert self._guard.stdin
            with suppress(BrokenPipeError):
                self._guard.stdin.close()  # it ends whatever daemons the children left
            self._guard.wait()
            self._guard = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
        self._asked = False

    def reports(self) -> list[Report]:
        """Return how each command stands now."""
        with self._turn:
            return [
                Report(
                    name=child.command.name,
                    state=child.state,
                    pid=child.process.pid if child.process else None,
                    restarts=child.restarts,
                    last_exit=child.last_exit,
                )
                for child in self._children
            ]

    # -- starting ----------------------------------------------------------------------------------------------------

    def _take_lock(self) -> None:
        self._directory.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._directory / "supervisor.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(descriptor, 20).decode(errors="replace").strip()
            os.close(descriptor)
            raise ConflictError(f"{self._directory} is in use by the process {holder}; stop it first.") from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        self._lock = descriptor

    def _start_guard(self) -> None:
        self._guard = subprocess.Popen(
            [sys.executable, "-I", "-S", guard.__file__, self.mark, str(GUARD_GRACE)],
            stdin=subprocess.PIPE,
            start_new_session=True,
            cwd="/",
        )
        with self._turn:
            for child in self._children:
                if child.process:
                    self._announce("+", child.process.pid)

    def _announce(self, sign: str, pid: int) -> None:
        if self._guard and self._guard.stdin:
            with suppress(BrokenPipeError):  # the watch starts a new guard
                self._guard.stdin.write(f"{sign}{pid}\n".encode())
                self._guard.stdin.flush()

    def _await_ready(self, child: _Child) -> None:
        deadline = time.monotonic() + child.command.ready_within
        while child.state is not State.READY:
            if self._asked or self._ending.is_set():
                raise StoppedWhileStarting("Stopped while starting.")
            if time.monotonic() > deadline:
                raise TemporaryError(f"{child.command.name} was not ready within {child.command.ready_within:g} s.")
            self._ending.wait(_TICK / 4)

    def _spawn(self, child: _Child) -> None:
        """Start one command. A supervisor killed here leaves a child with the mark, which the guard finds."""
        if self._ending.is_set():
            return
        command = child.command
        name, _, value = self.mark.partition("=")
        environment = {**(os.environ if command.environment is None else command.environment), name: value}
        child.started_at = time.monotonic()
        try:
            process = subprocess.Popen(
                command.arguments,
                env=environment,
                cwd=command.folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            raise ConfigurationError(f"{command.name} cannot be started: {error}") from error
        self._announce("+", process.pid)
        assert process.stdout
        child.process = process
        child.state = State.STARTING if command.ready else State.READY
        child.reader = threading.Thread(target=pump, args=(command.name, process.stdout, self._sink), daemon=True)
        child.reader.start()

    # -- watching ----------------------------------------------------------------------------------------------------

    def _watch_children(self) -> None:
        while not self._ending.wait(_TICK):
            if self._guard and self._guard.poll() is not None:
                with suppress(OSError):  # no room for a program: tried again at the next look
                    self._start_guard()
            for child in self._children:
                with self._turn:
                    if not self._ending.is_set():
                        self._look_at(child)
                self._ask_ready(child)

    def _look_at(self, child: _Child) -> None:
        if child.process and processes.is_zombie(child.process.pid):
            self._note_end(child)
            pause = min(self._backoff[0] * 2 ** min(child.crashes - 1, 20), self._backoff[1])
            child.next_try_at = time.monotonic() + pause
            child.state = State.RESTARTING
            self._say(f"{child.command.name} ended with {child.last_exit}; next try in {pause:g} s")
        elif child.state is State.RESTARTING and time.monotonic() >= child.next_try_at:
            child.restarts += 1
            try:
                self._spawn(child)
            except ConfigurationError as error:  # its program was removed: tried again, and said each time
                self._say(str(error))
                child.next_try_at = time.monotonic() + self._backoff[1]

    def _note_end(self, child: _Child) -> None:
        """Kill what an ended child left in its group, then take leave of it: until then its number is not reused."""
        assert child.process
        with suppress(ProcessLookupError):
            os.killpg(child.process.pid, signal.SIGKILL)
        child.last_exit = child.process.wait()
        self._announce("-", child.process.pid)
        lived = time.monotonic() - child.started_at
        child.crashes = 1 if lived > STEADY_AFTER else child.crashes + 1
        child.process = None
        if child.reader:
            child.reader.join(timeout=2)

    def _ask_ready(self, child: _Child) -> None:
        """Ask without holding the turn: a ready check may take its time."""
        asked = child.process
        if child.state is not State.STARTING or child.command.ready is None or asked is None:
            return
        try:
            ready = child.command.ready()
        except OSError:
            ready = False
        except Exception as error:  # a check that is wrong must not end the watch over the others
            ready = False
            self._say(f"the ready check of {child.command.name} failed: {error!r}")
        with self._turn:
            if ready and child.process is asked and child.state is State.STARTING:
                child.state = State.READY

    def _say(self, text: str) -> None:
        with suppress(OSError, ValueError):  # a full disk must not end the watch
            self._sink("supervisor", text)

    # -- stopping ----------------------------------------------------------------------------------------------------

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.request_stop()

    def _stop_child(self, child: _Child) -> None:
        if child.process:
            processes.signal_all([child.process.pid], child.command.stop_signal)
            if processes.wait_gone([child.process.pid], seconds=child.command.stop_within):
                self._say(f"{child.command.name} did not stop in time and is killed")
            self._note_end(child)
        child.state = State.STOPPED
