"""A calendar with everything in it, for the pages."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from acuse.accounts.models import User
from acuse.accounts.queries import access_organisation
from acuse.calendars.presets import PRESETS
from acuse.calendars.regions import with_region
from acuse.calendars.rules import ClosedDay
from acuse.calendars.services import publish_calendar

SLUG = "talleres-ribera"


def full_calendar() -> UUID:
    """Publish a calendar with seasons, a region's holidays and local days, in two versions."""
    access = access_organisation(user=User.objects.get(email="m.ribera@ribera.example"), slug=SLUG)
    definition = PRESETS["seasons"]
    made = publish_calendar(access=access, name="Atención al cliente", zone="Europe/Madrid", definition=definition)
    fair = ClosedDay(date=date(2026, 5, 15), name="San Isidro Labrador", yearly=True)
    with_holidays = replace(with_region(definition, "ES-MD", 2025, 2029), local=(fair,))
    publish_calendar(
        access=access,
        name="Atención al cliente",
        zone="Europe/Madrid",
        definition=with_holidays,
        calendar=made,
        base=1,
    )
    publish_calendar(access=access, name="Línea técnica 24 horas", zone="Europe/Madrid", definition=PRESETS["always"])
    return made
