"""Registers the templates and static files of this door with Django."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """No models: a door only translates."""

    name = "acuse.doors.console"
    label = "console"
