"""Alarms: raised once, kept until the condition is over, shown by `check`, the log and the console."""

import logging

from acuse import clock
from acuse.evidence.models import Alarm

log = logging.getLogger(__name__)


def raise_alarm(name: str, message: str) -> bool:
    """Raise an alarm, or renew its message while it lasts; return whether it is new."""
    _, created = Alarm.objects.update_or_create(
        name=name, defaults={"message": message}, create_defaults={"message": message, "since": clock.now()}
    )
    if created:
        log.error("alarm %s: %s", name, message)
    return created


def clear_alarm(name: str) -> None:
    """Clear an alarm; clearing one that was not raised changes nothing."""
    if Alarm.objects.filter(name=name).delete()[0]:
        log.warning("alarm %s is over", name)
