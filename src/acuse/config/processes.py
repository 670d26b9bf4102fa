"""What each process of the tree runs: `python -m acuse.config.processes ROLE`.

A process owns its threads and connections, ends on SIGTERM after the work under way, and is started again by the
supervisor when it dies.
"""

import gc
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable

import django

from acuse.config.environment import Role
from acuse.errors import AcuseError

log = logging.getLogger("acuse.processes")

_DATABASE_PAUSE_SECONDS = 1.0


class Threads:
    """The threads of one process: all stop together, and when one fails the process ends, to be started again."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.failed = False
        self._threads: list[threading.Thread] = []

    def start(self, name: str, run: Callable[[threading.Event], None]) -> None:
        """Run `run(stop)` in a thread of its own."""
        thread = threading.Thread(target=self._guard, args=(name, run), name=name)
        self._threads.append(thread)
        thread.start()

    def _guard(self, name: str, run: Callable[[threading.Event], None]) -> None:
        try:
            run(self.stop)
        except AcuseError as error:
            log.error("%s ended: %s", name, error)
            self.failed = True
        except Exception:
            log.exception("%s ended", name)
            self.failed = True
        finally:
            self.stop.set()

    def wait(self) -> int:
        """Wait for a signal or a failure, then for every thread; return the exit status."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop.set())
        while not self.stop.wait(0.5):
            pass
        for thread in self._threads:
            thread.join()
        return 1 if self.failed else 0


def sequencer() -> int:
    """Order facts and have the ledger time-stamped."""
    from acuse.config import wiring
    from acuse.config.database import conninfo
    from acuse.config.settings import ACUSE_KEYS
    from acuse.evidence.sequencer import Sequencer

    threads = Threads()
    threads.start("sequencer", Sequencer(conninfo=conninfo(), key=ACUSE_KEYS.checkpoint).run)
    threads.start("sealing", wiring.sealer().run)
    return threads.wait()


def outliving_the_database(name: str, run: Callable[[threading.Event], None]) -> Callable[[threading.Event], None]:
    """Return a loop that begins again when the database is away, rather than ending its process.

    Other threads of the process may hold what servers answered: to end would lose it, and send those messages again.
    """
    from django.db import InterfaceError, OperationalError, close_old_connections

    def running(stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                run(stop)
            except (OperationalError, InterfaceError) as error:
                log.warning("%s waits for the database: %s", name, error)
                close_old_connections()
                stop.wait(_DATABASE_PAUSE_SECONDS)

    return running


def worker() -> int:
    """Deliver, certify, tell senders, and do what is due periodically."""
    from acuse.config import wiring

    threads = Threads()
    holder = wiring.living_holder()
    loops = wiring.worker_loops(holder)
    # What is there now lives as long as the process, and making a document makes thousands of containers more: the
    # collector need not go through it all so often. docs/benchmarks.md says what this gains.
    gc.freeze()
    gc.set_threshold(10_000)
    for name, run in loops:
        threads.start(name, outliving_the_database(name, run))
    status = threads.wait()
    holder.release()
    return status


def smtp() -> int:
    """Take mail in from the organisations' programs."""
    from acuse.config import wiring

    # The thread of the dialogue needs the interpreter after every wait for the network; by default a thread that
    # accepts may keep it for 5 ms. docs/benchmarks.md says what this gains.
    sys.setswitchinterval(0.0005)
    return wiring.serve_smtp()


def web() -> int:
    """Serve the console, the public pages and the log."""
    from acuse.config import wiring

    return wiring.serve_web()


PROCESSES: dict[Role, Callable[[], int]] = {"sequencer": sequencer, "worker": worker, "smtp": smtp, "web": web}


def main() -> int:
    """Run the process named on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "acuse.config.settings")
    django.setup()
    return PROCESSES[sys.argv[1]]()  # type: ignore[index]  # the tree names only roles


if __name__ == "__main__":
    sys.exit(main())
