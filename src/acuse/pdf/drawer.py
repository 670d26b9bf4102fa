"""Pages of PDFs that anybody may have made, as pictures for whoever looks at them.

A file of a few hundred bytes can hold a page that takes hours to draw. So one is drawn at a time, few wait for it and
for a moment only, and a page that took too much is not tried again for some minutes: however often somebody asks, the
threads of the server stay free for others.
"""

import atexit
import time
from collections import OrderedDict
from datetime import timedelta
from hashlib import sha256
from threading import BoundedSemaphore, Lock

from acuse.errors import PermanentError, TemporaryError
from acuse.pdf.pool import Busy, Overrun, Typesetter

MOST_REMEMBERED = 500


class TooMuch(PermanentError):
    """A page takes more time or memory than one page may."""


class Drawer:
    """One worker apart from those that make our own documents, started when a page is first asked for.

    Args:
        timeout: for one page; drawing a scanned one takes about one second.
        wait: most time that a call waits for the one before it.
        waiting: how many calls wait at once; one more is refused at once.
        memory: most address space of the worker, bytes.
        remember: how long a page that took too much is refused.
    """

    def __init__(
        self,
        *,
        timeout: timedelta = timedelta(seconds=6),
        wait: timedelta = timedelta(seconds=2),
        waiting: int = 2,
        memory: int = 1024**3,
        remember: timedelta = timedelta(minutes=10),
    ) -> None:
        self._timeout = timeout
        self._wait = wait
        self._memory = memory
        self._remember = remember.total_seconds()
        self._places = BoundedSemaphore(1 + waiting)
        self._lock = Lock()
        self._typesetter: Typesetter | None = None
        self._refused: OrderedDict[tuple[bytes, int], float] = OrderedDict()

    def draw(self, content: bytes, *, page: int) -> tuple[bytes, int]:
        """Do as `acuse.pdf.typeset.draw` does, in the worker.

        Raises:
            PermanentError: as there.
            TooMuch: the page took too long or the worker died of it, now or some minutes ago.
            Busy: other pages are being drawn.
            ConflictError: the drawer is closed.
        """
        asked = (sha256(content).digest(), page)
        if self._is_refused(asked):
            raise TooMuch("The page took too much time or memory a while ago.")
        if not self._places.acquire(blocking=False):
            raise Busy("Other pages are being drawn; try again in a moment.")
        try:
            return self._opened().draw(content, page=page)
        except Busy:
            raise
        except (Overrun, TemporaryError) as error:
            self._refuse(asked)
            raise TooMuch("The page takes too much time or memory.") from error
        finally:
            self._places.release()

    def close(self) -> None:
        """Wait for the page under way and end the worker. Idempotent."""
        if self._typesetter is not None:
            self._typesetter.close()

    def _opened(self) -> Typesetter:
        with self._lock:
            if self._typesetter is None:
                self._typesetter = Typesetter(
                    processes=1, timeout=self._timeout, wait=self._wait, memory=self._memory, quiet=True
                )
                atexit.register(self.close)
            return self._typesetter

    def _is_refused(self, asked: tuple[bytes, int]) -> bool:
        with self._lock:
            return time.monotonic() < self._refused.get(asked, 0.0)

    def _refuse(self, asked: tuple[bytes, int]) -> None:
        with self._lock:
            self._refused[asked] = time.monotonic() + self._remember
            self._refused.move_to_end(asked)
            while len(self._refused) > MOST_REMEMBERED:
                self._refused.popitem(last=False)
