"""Anchoring: the published checkpoint gets an RFC 3161 token over its note (evidence.md section 5).

Runs beside the sequencer and never holds it up. For each anchor: read [no lock], ask the authority [network], keep note
and token in custody, insert the row. A crash before custody costs a token; between custody and the row, the next anchor
is of a checkpoint at least as large, and custody holds one anchor more than the table. When no authority answers the
work goes on: facts wait, the lag shows and raises an alarm, certificates are issued at a lower level.
"""

import base64
import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import IntegrityError, close_old_connections, transaction

from acuse import clock
from acuse.errors import AcuseError, TemporaryError
from acuse.evidence import custody, rules
from acuse.evidence.alarms import clear_alarm, raise_alarm
from acuse.evidence.anchors import newest_anchor, oldest_unanchored
from acuse.evidence.ledger import FactDraft, record
from acuse.evidence.models import Anchor, TreeHead
from acuse.evidence.tsa import Stamp
from acuse.proof.facts.fact import Actor

log = logging.getLogger(__name__)

TSA_ALARM = "tsa"
CLOCK_ALARM = "clock"
_POLL_SECONDS = 0.25
_PATIENCE_AFTER_FAILURE = 5.0
_CLOCK_TOLERANCE = timedelta(seconds=1)


class Sealer:
    """Anchors checkpoints when they are due.

    Args:
        request: gets a stamp over some bytes; raises TemporaryError when no authority answers.
        interval: between anchors while facts wait.
    """

    def __init__(self, *, request: Callable[[bytes], Stamp], interval: timedelta) -> None:
        self._request = request
        self._interval = interval

    def run(self, stop: threading.Event) -> None:
        """Anchor until `stop`."""
        while not stop.is_set():
            wait = _POLL_SECONDS
            try:
                close_old_connections()
                self.anchor_if_due()
            except TemporaryError as error:
                raise_alarm(
                    TSA_ALARM, "%(error)s Nothing is lost: facts are time-stamped when it returns.", error=error
                )
                wait = _PATIENCE_AFTER_FAILURE
            except AcuseError as error:
                raise_alarm(TSA_ALARM, error.sentence, **error.particulars)
                wait = _PATIENCE_AFTER_FAILURE
            except Exception:
                log.exception("anchoring failed; tried again")
                wait = _PATIENCE_AFTER_FAILURE
            stop.wait(wait)

    def anchor_if_due(self) -> bool:
        """Anchor the published checkpoint if it is due; return whether it was."""
        head = TreeHead.objects.filter(id=1).first()
        if head is None:
            return False
        newest = newest_anchor()
        anchored = newest.size if newest else 0
        since, urgent = oldest_unanchored(anchored) if head.size > anchored else (None, False)
        if head.size > anchored and since is None:
            since = head.published_at  # the oldest waiting fact has been erased; its entry waits all the same
        state = rules.AnchorState(size=head.size, anchored=anchored, waiting_since=since, urgent=urgent)
        if not rules.anchor_due(state, interval=self._interval, now=clock.now()):
            return False
        before = clock.now()
        stamp = self._request(head.note.encode())
        self._keep(head, stamp)
        clear_alarm(TSA_ALARM)
        _compare_clocks(stamp, before, clock.now())
        return True

    def _keep(self, head: TreeHead, stamp: Stamp) -> None:
        custody.keep_checkpoint(head.size, head.note, stamp.token)
        try:
            with transaction.atomic():
                Anchor.objects.create(
                    size=head.size,
                    note=head.note,
                    token=stamp.token,
                    chain=_encoded(stamp.chain),
                    crls=_encoded(stamp.crls),
                    service=stamp.service[:200],
                    generated_at=stamp.generated_at,
                    development=stamp.development,
                    recorded_at=clock.now(),
                )
        except IntegrityError:
            log.info("another process anchored the checkpoint of %d first", head.size)


def _encoded(values: tuple[bytes, ...]) -> list[str]:
    return [base64.b64encode(value).decode("ascii") for value in values]


def _compare_clocks(stamp: Stamp, before: datetime, after: datetime) -> None:
    """Record and show it when our clock and the authority's differ by more than a second."""
    early, late = before - stamp.generated_at, stamp.generated_at - after
    difference = max(early, late)
    # genTime may be cut to whole seconds: what it cut off is no disagreement.
    if difference <= _CLOCK_TOLERANCE + timedelta(seconds=1):
        clear_alarm(CLOCK_ALARM)
        return
    seconds = f"{difference.total_seconds():.1f}"
    with transaction.atomic():
        if not raise_alarm(
            CLOCK_ALARM,
            "This machine's clock and %(service)s differ by %(seconds)s s.",
            service=stamp.service,
            seconds=seconds,
        ):
            # Recorded when it began: a fact at every anchor would itself ask for the next anchor, without end.
            return
        record(
            FactDraft(
                organisation=rules.INSTALLATION,
                subject_kind="installation",
                subject_id=rules.INSTALLATION,
                type="clock.disagreed",
                actor=Actor(kind="component", id="sealing"),
                details={
                    "authority": stamp.service[:512],
                    "token_time": clock.to_rfc3339(stamp.generated_at),
                    "local_time": clock.to_rfc3339(after),
                },
            )
        )
