"""The process tree: order, restarts, deadlines, and nobody left behind even after SIGKILL."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from acuse.embedded import processes, ready
from acuse.embedded.output import LogFile
from acuse.embedded.supervisor import Command, State, Supervisor
from acuse.errors import ConfigurationError, ConflictError, TemporaryError
from tests.ports import free_port

Eventually = Callable[[Callable[[], bool]], None]
Maker = Callable[..., Supervisor]
Said = list[tuple[str, str]]
PYTHON = sys.executable
SLEEPER = "import time, sys; print('up', flush=True); time.sleep(600)"
STUBBORN = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
LISTENER = """
import socket, sys, time
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
time.sleep(600)
"""
TREE = """
import sys
from pathlib import Path
from acuse.embedded import ready
from acuse.embedded.output import LogFile
from acuse.embedded.supervisor import Command, Supervisor
folder, port = Path(sys.argv[1]), int(sys.argv[2])
listener, sleeper = sys.argv[3], sys.argv[4]
Supervisor(
    [
        Command(name="listener", arguments=(sys.executable, "-c", listener, str(port)),
                ready=ready.accepts("127.0.0.1", port)),
        Command(name="parent", arguments=("sh", "-c", f"setsid sleep 600 & sleep 600 & exec sleep 600")),
    ],
    directory=folder, sink=LogFile(folder / "log"),
).run()
"""


@pytest.fixture
def said() -> Said:
    """Return where the output of the tree arrives."""
    return []


@pytest.fixture
def make(tmp_path: Path, said: Said) -> Iterator[Maker]:
    """Return a maker of supervisors that are stopped at the end."""
    made: list[Supervisor] = []

    def build(*commands: Command) -> Supervisor:
        made.append(
            Supervisor(
                commands,
                directory=tmp_path / "tree",
                sink=lambda name, text: said.append((name, text)),
                backoff=(0.05, 0.2),
            )
        )
        return made[-1]

    yield build
    for supervisor in made:
        supervisor.stop()


def python(name: str, code: str, *rest: str, stop_within: float = 60) -> Command:
    return Command(name=name, arguments=(PYTHON, "-c", code, *rest), stop_within=stop_within)


def test_output_is_prefixed_and_states_are_reported(make: Maker, said: Said, eventually: Eventually) -> None:
    supervisor = make(python("one", SLEEPER), python("two", SLEEPER))
    supervisor.start()
    eventually(lambda: ("one", "up") in said and ("two", "up") in said)
    assert [(report.name, report.state) for report in supervisor.reports()] == [
        ("one", State.READY),
        ("two", State.READY),
    ]
    supervisor.stop()
    assert {report.state for report in supervisor.reports()} == {State.STOPPED}
    assert [report.last_exit for report in supervisor.reports()] == [-signal.SIGTERM, -signal.SIGTERM]


def test_a_crashed_command_is_started_again(make: Maker, eventually: Eventually) -> None:
    supervisor = make(python("one", SLEEPER))
    supervisor.start()
    first = supervisor.reports()[0].pid
    os.kill(first, signal.SIGKILL)
    eventually(lambda: supervisor.reports()[0].restarts == 1 and supervisor.reports()[0].pid not in (None, first))
    assert supervisor.reports()[0].last_exit == -signal.SIGKILL


def test_the_pause_grows_while_it_keeps_crashing(make: Maker, said: Said, eventually: Eventually) -> None:
    supervisor = make(python("one", "raise SystemExit(3)"))
    supervisor.start()
    eventually(lambda: len([text for name, text in said if name == "supervisor"]) >= 4)
    pauses = [text.rsplit(" ", 2)[1] for name, text in said if name == "supervisor"]
    assert pauses[:4] == ["0.05", "0.1", "0.2", "0.2"]


def test_a_deaf_command_is_killed_after_its_deadline(make: Maker, said: Said, eventually: Eventually) -> None:
    supervisor = make(python("deaf", STUBBORN, stop_within=0.3))
    supervisor.start()
    eventually(lambda: ("deaf", "up") in said)
    supervisor.stop()
    assert supervisor.reports()[0].last_exit == -signal.SIGKILL


def test_children_stop_in_reverse_order(make: Maker, said: Said, eventually: Eventually) -> None:
    polite = (
        "import signal, sys\n"
        "def bye(*_):\n    print('bye', flush=True); sys.exit(0)\n"
        "signal.signal(15, bye); print('up', flush=True); signal.pause()"
    )
    supervisor = make(python("one", polite), python("two", polite))
    supervisor.start()
    eventually(lambda: [text for _, text in said].count("up") == 2)
    supervisor.stop()
    assert [name for name, text in said if text == "bye"] == ["two", "one"]


def test_one_that_is_never_ready_stops_everything(make: Maker) -> None:
    never = Command(name="never", arguments=(PYTHON, "-c", SLEEPER), ready=lambda: False, ready_within=0.3)
    supervisor = make(python("one", SLEEPER), never)
    with pytest.raises(TemporaryError, match="never was not ready"):
        supervisor.start()
    assert {report.state for report in supervisor.reports()} == {State.STOPPED}


def test_a_ready_check_that_fails_does_not_end_the_watch(make: Maker, said: Said, eventually: Eventually) -> None:
    answers = iter([KeyError("x"), OSError("not yet"), True])

    def check() -> bool:
        found = next(answers)
        if isinstance(found, Exception):
            raise found
        return found

    supervisor = make(Command(name="one", arguments=(PYTHON, "-c", SLEEPER), ready=check))
    supervisor.start()
    assert supervisor.reports()[0].state is State.READY
    assert any("ready check of one failed" in text for _, text in said)


def test_only_the_first_ones_are_waited_for_one_by_one(make: Maker) -> None:
    seen: list[set[str]] = []

    def running() -> set[str]:
        return {report.name for report in supervisor.reports() if report.pid}

    def one() -> bool:
        seen.append(running())
        return len(seen) > 2

    def command(name: str, check: Callable[[], bool], first: bool = False) -> Command:
        return Command(name=name, arguments=(PYTHON, "-c", SLEEPER), ready=check, first=first)

    supervisor = make(
        command("one", one, first=True), command("two", lambda: "three" in running()), command("three", lambda: True)
    )
    supervisor.start()
    assert seen == [{"one"}] * 3


def test_a_sink_that_fails_stops_nothing(tmp_path: Path, eventually: Eventually) -> None:
    def full(_name: str, _text: str) -> None:
        raise OSError("No space left on device")

    talker = "import sys\nwhile True: sys.stdout.write('x' * 10000 + '\\n'); open(sys.argv[1], 'a').write('.')"
    progress = tmp_path / "progress"
    command = Command(name="talker", arguments=(PYTHON, "-c", talker, str(progress)))
    supervisor = Supervisor([command], directory=tmp_path / "tree", sink=full, backoff=(0.05, 0.2))
    try:
        supervisor.start()
        eventually(lambda: progress.exists() and progress.stat().st_size > 100)
        pid = supervisor.reports()[0].pid
        assert pid
        os.kill(pid, signal.SIGKILL)
        eventually(lambda: supervisor.reports()[0].restarts == 1)
    finally:
        supervisor.stop()


def test_a_program_that_is_missing_is_named(make: Maker) -> None:
    with pytest.raises(ConfigurationError, match="absent cannot be started"):
        make(Command(name="absent", arguments=("/nonexistent/program",))).start()


def test_two_trees_do_not_share_a_directory(make: Maker) -> None:
    first, second = make(python("one", SLEEPER)), make(python("one", SLEEPER))
    first.start()
    with pytest.raises(ConflictError, match=str(os.getpid())):
        second.start()


def test_two_commands_do_not_share_a_name(make: Maker) -> None:
    with pytest.raises(ConfigurationError, match="same name"):
        make(python("one", SLEEPER), python("one", SLEEPER))


def tree(folder: Path, port: int) -> subprocess.Popen[bytes]:
    folder.mkdir(exist_ok=True)
    return subprocess.Popen([PYTHON, "-c", TREE, str(folder), str(port), LISTENER, SLEEPER], start_new_session=True)


def members(folder: Path) -> set[int]:
    supervisor = Supervisor([], directory=folder, sink=lambda *_: None)
    return processes.marked(supervisor.mark)


def listening(port: int) -> bool:
    with suppress(OSError):
        return ready.accepts("127.0.0.1", port)()
    return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_nobody_is_left_when_the_supervisor_ends(
    tmp_path: Path, eventually: Eventually, number: signal.Signals
) -> None:
    port, folder = free_port(), tmp_path / "tree"
    supervisor = tree(folder, port)
    try:
        eventually(lambda: len(members(folder)) == 4 and listening(port))
        supervisor.send_signal(number)
        supervisor.wait(120)
        eventually(lambda: not members(folder))
        assert not listening(port)
        assert supervisor.returncode == (-signal.SIGKILL if number == signal.SIGKILL else 0)
    finally:
        supervisor.kill()
        supervisor.wait()


def test_what_a_kill_of_everything_left_does_not_block_the_next_start(tmp_path: Path, eventually: Eventually) -> None:
    port, folder = free_port(), tmp_path / "tree"
    first = tree(folder, port)
    try:
        eventually(lambda: len(members(folder)) == 4 and listening(port))
        guards = [pid for pid in processes.everybody() if b"guard.py" in command_line(pid) and parent(pid) == first.pid]
        assert len(guards) == 1
        first.send_signal(signal.SIGSTOP)  # so that it does not start another guard
        os.kill(guards[0], signal.SIGKILL)
        first.kill()
        first.wait()
        assert listening(port)  # the leftovers hold the port
        old = members(folder)
        second = tree(folder, port)
        try:
            eventually(lambda: len(members(folder) - old) == 4 and listening(port))
            assert not members(folder) & old
        finally:
            second.terminate()
            second.wait(120)
        eventually(lambda: not members(folder))
    finally:
        first.kill()
        first.wait()


def test_a_killed_guard_is_replaced(tmp_path: Path, eventually: Eventually) -> None:
    port, folder = free_port(), tmp_path / "tree"
    supervisor = tree(folder, port)

    def guards() -> set[int]:
        found = [pid for pid in processes.everybody() if b"guard.py" in command_line(pid)]
        return {pid for pid in found if parent(pid) == supervisor.pid}

    try:
        eventually(lambda: len(members(folder)) == 4 and len(guards()) == 1)
        (old,) = guards()
        os.kill(old, signal.SIGKILL)
        eventually(lambda: len(guards() - {old}) == 1)
        supervisor.kill()
        supervisor.wait()
        eventually(lambda: not members(folder))
    finally:
        supervisor.kill()
        supervisor.wait()


def command_line(pid: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def parent(pid: int) -> int:
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return 0


def test_the_log_turns_over_at_its_limit(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "log", limit=100)
    for number in range(5):
        log("name", f"line {number} " + "x" * 60)
    log.close()
    assert (tmp_path / "log.1").exists()
    assert (tmp_path / "log").stat().st_size < 220
    assert "name | line 4" in (tmp_path / "log").read_text()


def test_wait_gone_keeps_its_deadline() -> None:
    child = subprocess.Popen(["sleep", "600"])
    try:
        began = time.monotonic()
        assert processes.wait_gone([child.pid], seconds=0.1) == {child.pid}
        assert time.monotonic() - began < 120
        child.kill()
        assert processes.wait_gone([child.pid], seconds=120) == set()
    finally:
        child.wait()
