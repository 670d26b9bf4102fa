"""Going through telephone exchanges' files, one after the other, each claimed by lease: tried first, then entered.

A trial that breaks off begins anew, because nothing of it is kept before its end. Of a file that is being entered, some
hundred rows are one transaction, and whoever claims it next goes on behind them.
"""

import logging
import threading
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from uuid import UUID

from django.db import close_old_connections

from acuse.errors import InputError
from acuse.evidence.custody import DamagedObject, MissingObject
from acuse.evidence.leases import Holder, Queue
from acuse.helpdesk.call_sheet import Row
from acuse.helpdesk.call_trial import KnownCalls, Trial
from acuse.helpdesk.models import CallFile
from acuse.helpdesk.queries.call_files import known_calls, read_file
from acuse.helpdesk.services.call_files import end_file, end_trial, enter_rows, let_go, note_trial

log = logging.getLogger(__name__)

QUEUE = Queue(table="helpdesk_call_files", key="id", waiting="state IN ('trying', 'running')")
_TERM = timedelta(minutes=10)
_POLL_SECONDS = 0.5
_AT_ONCE = 500
_BATCHES = 20
"""Of a file that is being entered, before another gets its turn."""
_AFTER_FAULT = timedelta(minutes=1)


class Clerk:
    """Tries and enters files until told to stop.

    Args:
        holder: this process' right to claim.
    """

    def __init__(self, *, holder: Holder) -> None:
        self._holder = holder
        self._stop = threading.Event()

    def run(self, stop: threading.Event) -> None:
        """Go on until `stop`; the batch under way is finished."""
        self._stop = stop
        self._holder.let_go(QUEUE)
        while not stop.is_set():
            close_old_connections()
            if not self.go_on():
                stop.wait(_POLL_SECONDS)

    def go_on(self) -> bool:
        """Go on with the file that has waited longest; say whether there was one."""
        for file in self._holder.claim(QUEUE, term=_TERM, limit=1):
            try:
                self._work(file)
            except (InputError, DamagedObject, MissingObject) as error:
                end_file(file=file, lease=self._holder.lease, reason=str(error))
            except Exception:
                log.exception("a file of calls cannot be gone through; tried again", extra={"file": str(file)})
                let_go(file=file, lease=self._holder.lease, wait=_AFTER_FAULT)
            return True
        return False

    def _work(self, file: UUID) -> None:
        job = CallFile.objects.get(id=file)
        if job.state == CallFile.State.TRYING:
            self._try(job)
        else:
            self._enter(job)

    def _try(self, job: CallFile) -> None:
        """Find out what a file would do, unless it is given up or read otherwise meanwhile."""
        trial, seen = Trial(), KnownCalls()
        for batch in _batched(read_file(job.organisation_id, job.id)):
            entered = known_calls([row.call for row in batch if row.call is not None])
            trial = trial.after(batch, entered=entered, seen=seen)
            if self._stop.is_set() or not note_trial(file=job.id, lease=self._holder.lease, rows=trial.rows):
                let_go(file=job.id, lease=self._holder.lease)
                return
        end_trial(file=job.id, lease=self._holder.lease, trial=trial)

    def _enter(self, job: CallFile) -> None:
        """Enter some batches of a file, unless it is cancelled meanwhile."""
        lease, done = self._holder.lease, job.rows
        for batch in islice(_batched(read_file(job.organisation_id, job.id, skip=done)), _BATCHES):
            if not enter_rows(file=job.id, lease=lease, after=done, rows=batch):
                return
            done += len(batch)
            if self._stop.is_set():
                break
        end_file(file=job.id, lease=lease)
        let_go(file=job.id, lease=lease)


def _batched(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(rows, _AT_ONCE)):
        yield batch
