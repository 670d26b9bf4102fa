"""Alarms: raised once, kept until the condition is over, shown by `check`, the log and the console."""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from acuse import clock
from acuse.errors import AcuseError
from acuse.evidence.models import Alarm
from acuse.texts import storable

log = logging.getLogger(__name__)


def raise_alarm(name: str, sentence: str, /, **particulars: object) -> bool:
    """Raise an alarm, or renew its message while it lasts; return whether it is new.

    Args:
        name: of the condition.
        sentence: for a person, in English; see `AcuseError`.
        particulars: see `AcuseError`.
    """
    said = AcuseError(sentence, **particulars)
    told = {"message": storable(str(said)), "told": to_members(said)}
    _, created = Alarm.objects.update_or_create(
        name=name, defaults=told, create_defaults={**told, "since": clock.now()}
    )
    if created:
        log.error("alarm %s: %s", name, told["message"])
    return created


def clear_alarm(name: str) -> None:
    """Clear an alarm; clearing one that was not raised changes nothing."""
    if Alarm.objects.filter(name=name).delete()[0]:
        log.warning("alarm %s is over", name)


def clear_alarms(prefix: str, *, before: datetime) -> None:
    """Clear the alarms whose name begins so that were raised before a moment: what lasts raises them again."""
    for name in Alarm.objects.filter(name__startswith=prefix, since__lt=before).values_list("name", flat=True):
        clear_alarm(name)


def to_members(error: AcuseError) -> dict[str, Any]:
    """Return what an error says as JSON members, errors among its particulars included."""
    return {"sentence": error.sentence, "particulars": {key: _member(one) for key, one in error.particulars.items()}}


def _member(value: object) -> Any:
    if isinstance(value, AcuseError):
        return to_members(value)
    if isinstance(value, tuple):
        return [_member(one) for one in value]
    return value if isinstance(value, int) else storable(str(value))


def from_members(members: Mapping[str, Any]) -> AcuseError:
    """Return the error that `to_members` wrote."""
    return AcuseError(members["sentence"], **{key: _value(one) for key, one in members["particulars"].items()})


def _value(member: Any) -> object:
    if isinstance(member, list):
        return tuple(_value(one) for one in member)
    return from_members(member) if isinstance(member, dict) else member
