"""Django's registration of the calendars."""

from django.apps import AppConfig


class CalendarsConfig(AppConfig):
    """When an organisation is open, by versions in custody."""

    name = "acuse.calendars"
    label = "calendars"
