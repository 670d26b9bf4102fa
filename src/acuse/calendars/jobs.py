"""Carrying calendars on, so that no term runs out of calendar."""

import logging

from acuse.calendars.queries import in_use
from acuse.calendars.services import carry_on
from acuse.errors import AcuseError

log = logging.getLogger(__name__)


def carry_on_all() -> int:
    """Publish a version of every calendar that does not yet reach three years on; return how many were.

    One that cannot be is logged, holds up no other, and is tried again the next day.
    """
    published = 0
    for organisation, calendar in in_use():
        try:
            published += carry_on(organisation=organisation, calendar=calendar)
        except AcuseError:
            log.exception("The calendar %s could not be carried on; tried again", calendar)
    return published
