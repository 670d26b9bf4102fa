"""Entering the calls of telephone exchanges' files, some hundred rows a transaction."""

from itertools import islice
from uuid import UUID

from acuse.errors import InputError
from acuse.evidence.custody import DamagedObject, MissingObject
from acuse.helpdesk.models import CallFile
from acuse.helpdesk.queries.call_files import read_file
from acuse.helpdesk.services.call_files import end_file, enter_rows

_AT_ONCE = 500
_BATCHES = 20
"""Of one file before another gets its turn, and the worker may stop."""


def enter_calls() -> int:
    """Go on with every file that is being entered; return in how many rows were gone through."""
    running = CallFile.objects.filter(state=CallFile.State.RUNNING).order_by("created_at")
    return sum(_go_on(*one) for one in running.values_list("organisation_id", "id", "rows"))


def _go_on(organisation: UUID, file: UUID, done: int) -> bool:
    """Enter some batches of one file; what can never be read ends it, with the reason."""
    try:
        rows = read_file(organisation, file, skip=done)
        for _ in range(_BATCHES):
            batch = list(islice(rows, _AT_ONCE))
            if not batch:
                end_file(file=file)
                return False
            if not enter_rows(file=file, after=done, rows=batch):
                return False
            done += len(batch)
    except (InputError, DamagedObject, MissingObject) as error:
        end_file(file=file, reason=str(error))
        return False
    return True
