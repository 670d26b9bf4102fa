"""Registers the templates and static files of this door with Django."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """No models: a door only translates."""

    name = "acuse.doors.portal"
    label = "portal"
