"""The threads of a process: what ends it, and what does not."""

import threading

import pytest
from django.db import InterfaceError, OperationalError

from acuse.config import processes
from acuse.config.processes import Threads, outliving_the_database


@pytest.mark.parametrize("error", [OperationalError("the database system is starting up"), InterfaceError("closed")])
def test_a_lost_database_ends_no_loop_and_so_no_other_thread(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    monkeypatch.setattr(processes, "_DATABASE_PAUSE_SECONDS", 0)
    threads, runs = Threads(), []

    def run(stop: threading.Event) -> None:
        runs.append(stop.is_set())
        if len(runs) < 3:
            raise error
        stop.set()

    threads.start("loop", outliving_the_database("loop", run))
    assert threads.stop.wait(60)
    assert runs == [False, False, False]
    assert not threads.failed


def test_any_other_fault_ends_the_process() -> None:
    def run(stop: threading.Event) -> None:
        raise ZeroDivisionError

    threads = Threads()
    threads.start("loop", outliving_the_database("loop", run))
    assert threads.stop.wait(60)
    assert threads.failed
