"""The watch over the ledger: what waits too long raises an alarm that `check`, the log and the console show."""

from datetime import datetime, timedelta

from django.db import connection

from acuse import clock
from acuse.evidence import rules
from acuse.evidence.alarms import clear_alarm, raise_alarm
from acuse.evidence.anchors import newest_anchor, oldest_unanchored
from acuse.proof.facts.fact import Fact

SEQUENCER_ALARM = "sequencer"
LAG_ALARM = "anchoring"
CLOCK_ALARM = "clock_back"


def _said(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def watch_ledger(*, interval: timedelta) -> None:
    """Raise or clear the alarms over facts that wait to be sequenced and over entries that wait for a time stamp.

    Args:
        interval: between anchors, as configured.
    """
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT fact.canonical FROM evidence_pending AS pending JOIN evidence_facts AS fact USING (entry) "
            "ORDER BY pending.id LIMIT 1"
        )
        row = cursor.fetchone()
    if row is not None and now - Fact.parse(bytes(row[0])).recorded_at > rules.INTERNAL_LATENESS:
        raise_alarm(SEQUENCER_ALARM, "Facts wait to be put in order: does a sequencer run, and may it? See its log.")
    else:
        clear_alarm(SEQUENCER_ALARM)
    anchor = newest_anchor()
    since, _ = oldest_unanchored(anchor.size if anchor else 0)
    if since is not None and since - now > rules.CLOCK_TOLERANCE:
        raise_alarm(
            CLOCK_ALARM, "The clock went back: there are facts of %(since)s. Check its NTP.", since=_said(since)
        )
    else:
        clear_alarm(CLOCK_ALARM)
    if since is not None and rules.anchor_late(since, interval=interval, now=now):
        raise_alarm(
            LAG_ALARM, "Facts have waited for a time stamp since %(since)s. Nothing is lost.", since=_said(since)
        )
    else:
        clear_alarm(LAG_ALARM)
